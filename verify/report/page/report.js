// What the page can do beyond being read: choose, search, walk, link. It writes no HTML: all
// text is set as text, and every element that it shows is already there.
"use strict";

(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const wide = matchMedia("(min-width: 68rem) and (min-height: 30rem)");
  const isRightToLeft = root.dir === "rtl";
  const digits = new Intl.NumberFormat(root.lang === "fa" ? "fa" : "en", { useGrouping: false });

  // Spellings that a reader takes for the same: Arabic ye and kaf, digits, marks, the non-joiner.
  const fold = (text) => text.normalize("NFKD").toLowerCase()
    .replace(/[\u064b-\u065f\u0670\u0300-\u036f\u0640]/g, "")
    .replace(/[\u200c\s]+/g, " ")
    .replace(/[\u064a\u0649]/g, "\u06cc").replace(/\u0643/g, "\u06a9")
    .replace(/[\u06f0-\u06f9]/g, (d) => d.charCodeAt(0) - 0x6f0)
    .replace(/[\u0660-\u0669]/g, (d) => d.charCodeAt(0) - 0x660);

  let current = null;
  const desks = all(".desk:not(.bare)").map((element) => new Desk(element));

  // One article with its evidence, and what is chosen of it.
  function Desk(element) {
    const tools = element.querySelector(".tools");
    const list = element.querySelector(".cards");
    const cards = all(".card", list);
    const texts = new Map();
    const marks = new Map(all("mark.claim", element).map((m) => [m, m.dataset.for.split(" ")]));
    const find = (name) => tools.querySelector(name);

    const textOf = (card) => {
      if (!texts.has(card)) texts.set(card, fold(card.textContent));
      return texts.get(card);
    };

    const wanted = () => {
      const pressed = all(".chip[aria-pressed=true]", tools);
      const outcomes = pressed.map((c) => c.dataset.outcome).filter(Boolean);
      const isTurned = pressed.some((c) => "turn" in c.dataset);
      const language = find(".language")?.value ?? "";
      const note = find("select.note").value;
      const words = fold(find(".search").value).split(" ").filter(Boolean);
      const isAll = !pressed.length && !language && !note && !words.length;
      const matches = (card) =>
        (!outcomes.length || outcomes.includes(card.dataset.outcome)) &&
        (!isTurned || "turn" in card.dataset) &&
        (!language || card.dataset.language === language) &&
        (!note || card.dataset.note.replace(/\s+/g, " ").trim() === note) &&
        words.every((word) => textOf(card).includes(word));
      return { isAll, matches };
    };

    const filter = () => {
      const { isAll, matches } = wanted();
      for (const card of cards) {
        card.hidden = !matches(card);
        byId(`${card.id}-text`)?.classList.toggle("out", card.hidden);
      }
      for (const [mark, ids] of marks) {
        mark.classList.toggle("out", ids.every((id) => byId(id)?.hidden));
      }
      const shown = this.visible().length;
      const said = find(".shown");
      said.value = shown ? said.dataset.words
        .replace("{shown}", digits.format(shown)).replace("{all}", digits.format(cards.length))
        : said.dataset.nothing;
      find(".clear").hidden = isAll;
      if (current?.hidden) choose(null);
    };

    const order = () => {
      const place = find(".order").value === "rank" ? (c) => Number(c.dataset.rank) : () => 0;
      list.append(...[...cards].sort((a, b) => place(a) - place(b)));
    };

    this.element = element;
    this.search = find(".search");
    this.visible = () => all(".card", list).filter((card) => !card.hidden);
    this.marksOf = (card) => [...marks].filter(([, ids]) => ids.includes(card.id)).map(([m]) => m);
    this.holds = (card) => cards.includes(card);
    this.isFiltered = () => !find(".clear").hidden;
    this.clear = () => {
      tools.reset();
      for (const chip of all(".chip", tools)) chip.setAttribute("aria-pressed", "false");
      order();
      filter();
    };
    this.scrollTo = (card) => {
      if (!wide.matches) return card.scrollIntoView({ block: "start" });
      const pane = list.parentElement.getBoundingClientRect();
      if (pane.top > 60 || pane.bottom < innerHeight - 60) element.scrollIntoView();
      list.scrollBy({ top: card.getBoundingClientRect().top - list.getBoundingClientRect().top - 4 });
      const claim = byId(`${card.id}-text`)?.getBoundingClientRect();
      if (claim && (claim.top < 60 || claim.bottom > innerHeight - 60)) {
        scrollBy({ top: claim.top - innerHeight / 3 });
      }
    };

    tools.hidden = false;
    tools.addEventListener("submit", (event) => event.preventDefault());
    find(".clear").addEventListener("click", () => { this.clear(); this.search.focus(); });
    this.search.addEventListener("input", filter);
    for (const select of all("select", tools)) {
      select.addEventListener("change", () => { order(); filter(); });
    }
    for (const chip of all(".chip", tools)) {
      chip.addEventListener("click", () => {
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
        filter();
      });
    }
    find(".previous").addEventListener("click", () => step(-1, this));
    find(".following").addEventListener("click", () => step(1, this));
    filter();
  }

  // --- the citation that is looked at ------------------------------------------------------

  function choose(card, { focus = true, scroll = true } = {}) {
    for (const old of all(".current")) old.classList.remove("current");
    current = card;
    if (!card) return;
    const desk = desks.find((d) => d.holds(card));
    if (card.hidden) desk.clear();
    card.classList.add("current");
    byId(`${card.id}-text`)?.classList.add("current");
    for (const mark of desk.marksOf(card)) mark.classList.add("current");
    history.replaceState(null, "", `#${encodeURIComponent(card.id)}`);
    if (focus) card.focus({ preventScroll: true });
    if (scroll) desk.scrollTo(card);
  }

  function here() {
    const chosen = current && desks.find((desk) => desk.holds(current));
    const inView = (d) => d.element.getBoundingClientRect().bottom > innerHeight / 3;
    return chosen || desks.find(inView) || desks[0];
  }

  function step(by, desk = here()) {
    const cards = desk?.visible() ?? [];
    if (!cards.length) return;
    const place = cards.indexOf(current);
    const next = place < 0 ? (by > 0 ? 0 : cards.length - 1) : place + by;
    const neighbour = desks[desks.indexOf(desk) + by];
    if (cards[next]) choose(cards[next]);
    else if (neighbour) choose(neighbour.visible().at(by > 0 ? 0 : -1) ?? current);
  }

  function fromAddress() {
    const id = decodeURIComponent(location.hash.slice(1));
    const card = byId(id.replace(/-text$/, ""));
    if (!card?.classList.contains("card")) return;
    const isText = id.endsWith("-text");
    choose(card, { focus: !isText, scroll: !isText });
    if (isText) byId(id).focus();
  }

  // --- links, theme, help -------------------------------------------------------------------

  async function copy(card) {
    choose(card, { scroll: false, focus: false });
    const said = byId("said");
    const isCopied = await (navigator.clipboard?.writeText(location.href) ?? Promise.reject())
      .then(() => true, () => false);
    said.textContent = isCopied ? said.dataset.copied : said.dataset.linked;
    said.classList.add("shown");
    setTimeout(() => { said.classList.remove("shown"); said.textContent = ""; }, 2500);
  }

  function changeTheme() {
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  }

  // Back and forth between a claim and its evidence.
  function cross() {
    if (!current) return step(1);
    const marker = byId(`${current.id}-text`);
    if (document.activeElement === marker) return choose(current);
    marker?.focus();
    marker?.scrollIntoView({ block: "center" });
  }

  const help = byId("help");
  const forward = isRightToLeft ? "ArrowLeft" : "ArrowRight";
  const backward = isRightToLeft ? "ArrowRight" : "ArrowLeft";
  const KEYS = {
    j: () => step(1), k: () => step(-1), [forward]: () => step(1), [backward]: () => step(-1),
    "/": () => { here()?.search.focus(); here()?.search.select(); },
    a: cross, c: () => current && copy(current), d: changeTheme, "?": () => help.showModal(),
  };

  // Keys by their place too, so that they work under a Persian layout.
  const PLACES = { KeyJ: "j", KeyK: "k", KeyA: "a", KeyC: "c", KeyD: "d" };

  function escape(target) {
    const desk = here();
    if (target === desk?.search && !target.value) target.blur();
    else if (desk?.isFiltered()) desk.clear();
    else choose(null);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") return escape(event.target);
    if (!byId("keys").checked || event.target.closest?.("input, select, textarea")) return;
    const does = KEYS[event.key] ?? (event.shiftKey ? undefined : KEYS[PLACES[event.code]]);
    if (!does) return;
    event.preventDefault();
    does();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const mark = event.target.closest("mark.claim");
    const card = event.target.closest(".card");
    if (link?.classList.contains("permalink")) {
      event.preventDefault();
      copy(link.closest(".card"));
    } else if (link) {
      const id = decodeURIComponent(link.hash.slice(1));
      if (!byId(id.replace(/-text$/, ""))?.classList.contains("card")) return;
      event.preventDefault();
      history.replaceState(null, "", link.hash);
      fromAddress();
      if (id.endsWith("-text")) byId(id).scrollIntoView({ block: "center" });
    } else if (mark && !String(getSelection())) {
      choose(byId(mark.dataset.for.split(" ")[0]));
    } else if (card && card !== current && !event.target.closest("a, summary")) {
      choose(card, { scroll: false, focus: false });
    }
  });

  // A word of a claim and its counterpart light up together, under the pointer or the focus.
  let lit = [];
  function light(event) {
    const word = event.target.closest?.("[data-word]");
    for (const old of lit) old.classList.remove("lit");
    lit = word ? all(`[data-word="${word.dataset.word}"]`, word.closest(".card")) : [];
    for (const each of lit) each.classList.add("lit");
  }
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, light);

  document.querySelector(".controls").hidden = false;
  byId("theme").addEventListener("click", changeTheme);
  byId("ask").addEventListener("click", () => help.showModal());
  addEventListener("hashchange", fromAddress);

  // Paper has no buttons: open what is folded, and fold it again afterwards.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open], .more, .facts)");
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of folded) details.open = false; });

  root.classList.add("alive");
  // The browser goes to the address's place by itself when all is loaded; we go after it.
  addEventListener("load", () => requestAnimationFrame(fromAddress));
})();
