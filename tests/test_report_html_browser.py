"""The HTML page in a real browser: with a mouse, with keys, on a phone, on paper, under attack."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import hostile, sample
from tests.test_report_html import many
from tests.test_word_by_word import linked_report
from verify.cli import main
from verify.model import Outcome
from verify.report import for_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from verify.model import Report

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync", "--no-first-run"]
WIDE = {"width": 1400, "height": 900}
PHONE = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def shown(browser: Any, folder: Path) -> Iterator[Callable[..., Any]]:
    """Open reports in a tab of its own; the test fails for whatever the page says or asks for."""
    contexts: list[Any] = []
    said: list[str] = []
    asked: list[str] = []

    def show(
        *reports: Report,
        ui: str = "en",
        place: str = "",
        before: Sequence[Report] = (),
        **options: Any,
    ) -> Any:
        context = browser.new_context(**{"viewport": WIDE, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        tab = context.new_page()
        file = folder / f"{len(list(folder.iterdir()))}.html"
        written = for_run("html", ui=ui, before=before).format(reports or [sample.decided()])
        file.write_text(written, "utf-8")
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("dialog", lambda dialog: hear(said, dialog))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(file.as_uri() + place)
        return tab

    yield show
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith("file://")] == []


def hear(said: list[str], dialog: Any) -> None:
    said.append(dialog.message)
    dialog.dismiss()


def current(tab: Any) -> str:
    return str(tab.evaluate("document.querySelector('.card.current')?.id ?? ''"))


def cards(tab: Any) -> list[str]:
    found = tab.evaluate("[...document.querySelectorAll('.card:not([hidden])')].map((c) => c.id)")
    return [str(card).removeprefix("note-") for card in found]


# --- for everybody ----------------------------------------------------------------------

SEEN: dict[str, dict[str, Any]] = {
    "light": {},
    "dark, on a phone": {"color_scheme": "dark", "viewport": PHONE, "has_touch": True},
    "Persian, dark": {"ui": "fa", "color_scheme": "dark"},
    "Persian, on a phone": {"ui": "fa", "viewport": PHONE},
}


@pytest.mark.parametrize("seen", SEEN)
def test_axe_finds_no_barrier(shown: Callable[..., Any], seen: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    tab = shown(**SEEN[seen])
    tab.evaluate(
        "for (const d of document.querySelectorAll('details')) d.open = true;"
        "for (const c of document.querySelectorAll('.card')) c.style.contentVisibility = 'visible'"
    )
    found = axe.Axe().run(tab).response["violations"]

    assert [(v["id"], [n["html"][:90] for n in v["nodes"]][:3]) for v in found] == []


def test_axe_finds_no_barrier_in_the_list_of_keys(shown: Callable[..., Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    tab = shown()
    tab.keyboard.press("?")

    assert [v["id"] for v in axe.Axe().run(tab, context="#help").response["violations"]] == []


@pytest.mark.parametrize(
    ("width", "ui"), [(320, "fa"), (360, "en"), (768, "fa"), (1100, "en"), (1400, "en")]
)
def test_nothing_overflows(shown: Callable[..., Any], width: int, ui: str) -> None:
    tab = shown(ui=ui, viewport={"width": width, "height": 800})

    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    wide = """[...document.querySelectorAll('main *')].filter((e) => {
        const box = e.getBoundingClientRect();
        return box.width && !e.closest('svg, .hidden, .cards')
            && (box.left < -1 || box.right > innerWidth + 1);
    }).map((e) => e.outerHTML.slice(0, 90))"""
    assert tab.evaluate(wide) == []


def test_without_scripts_everything_can_be_read_and_no_control_is_shown(
    shown: Callable[..., Any],
) -> None:
    tab = shown(java_script_enabled=False, place="#note-4")

    assert tab.locator(".card").count() == 8
    assert tab.locator(".tools:visible, .controls:visible").count() == 0
    assert tab.locator("#note-4 .claim-text").is_visible()
    box = tab.locator("#note-4").bounding_box()
    assert 0 <= box["y"] < 900


def test_every_stop_of_the_tab_key_can_be_seen(shown: Callable[..., Any]) -> None:
    tab = shown(viewport=PHONE)
    stops = 0
    for _ in range(60):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(
            """(() => { const e = document.activeElement, s = getComputedStyle(e);
            const b = e.getBoundingClientRect();
            return [e.tagName, e.matches(':focus-visible'), s.outlineStyle,
                    b.bottom > 0 && b.top < innerHeight]; })()"""
        )
        if stop[0] == "BODY":
            break
        stops += 1
        assert stop[1:] == [True, stop[2], True]
        assert stop[2] != "none", stop
    assert stops == 60


# --- keys -------------------------------------------------------------------------------


def test_keys_walk_through_the_citations(shown: Callable[..., Any]) -> None:
    tab = shown()
    walked = []
    for key in ["j", "j", "ArrowRight", "k", "ArrowLeft", "k"]:
        tab.keyboard.press(key)
        walked.append(current(tab))

    assert walked == ["note-1", "note-2", "note-3", "note-2", "note-1", "note-1"]
    assert tab.evaluate("document.activeElement.id") == "note-1"
    assert tab.url.endswith("#note-1")
    assert tab.locator("mark.claim.current").inner_text().startswith("The Sabz dam was opened")


def test_arrows_follow_the_direction_of_reading(shown: Callable[..., Any]) -> None:
    tab = shown(ui="fa")
    for key in ["ArrowLeft", "ArrowLeft", "ArrowRight"]:
        tab.keyboard.press(key)

    assert current(tab) == "note-1"


def test_a_key_leads_from_the_evidence_to_the_article_and_back(shown: Callable[..., Any]) -> None:
    tab = shown(place="#note-5")
    tab.wait_for_function("document.querySelector('#note-5.current, #note-5:target')")
    for place in ("note-5-text", "note-5"):
        tab.keyboard.press("a")
        tab.wait_for_function(f"document.activeElement.id === '{place}'")


def test_keys_search_help_and_go_back(shown: Callable[..., Any]) -> None:
    tab = shown()
    tab.keyboard.press("/")
    tab.keyboard.type("canal j")
    assert tab.locator(".search").input_value() == "canal j"
    tab.keyboard.press("Escape")
    assert tab.locator(".search").input_value() == ""
    assert len(cards(tab)) == 8
    tab.keyboard.press("Escape")
    tab.keyboard.press("?")
    assert tab.locator("#help").is_visible()
    tab.keyboard.press("Escape")
    assert not tab.locator("#help").is_visible()


def test_single_keys_can_be_turned_off(shown: Callable[..., Any]) -> None:
    tab = shown()
    tab.keyboard.press("?")
    tab.locator("#keys").uncheck()
    tab.keyboard.press("Escape")
    tab.keyboard.press("j")

    assert current(tab) == ""


def test_keys_of_the_browser_stay_the_browser_s(shown: Callable[..., Any]) -> None:
    tab = shown()
    tab.keyboard.press("Control+j")

    assert current(tab) == ""


# --- choosing ---------------------------------------------------------------------------


def test_outcomes_language_and_note_choose_what_is_shown(shown: Callable[..., Any]) -> None:
    tab = shown()
    tab.locator(".chip.altered").click()
    assert cards(tab) == ["3"]
    tab.locator(".chip.supported").click()
    assert cards(tab) == ["1", "2", "3"]
    tab.locator("select.language").select_option("fa")
    assert cards(tab) == ["2"]
    assert tab.locator(".shown").inner_text() == "1 of 8 shown"
    assert tab.locator("#note-3-text").evaluate("e => e.classList.contains('out')")
    tab.locator(".clear").click()
    assert len(cards(tab)) == 8
    assert not tab.locator(".clear").is_visible()
    tab.locator("select.note").select_option("7")
    assert cards(tab) == ["7"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("canal", ["5", "6"]),
        ("CANAL sohrabi", ["5"]),
        ("گنجایش", ["2"]),  # the page writes it with an Arabic ye
        ("جابه جا", ["4"]),  # and this with a non-joiner
        ("40 میلیون", ["2"]),
        ("xyzzy", []),
    ],
)
def test_a_search_reads_persian_as_a_reader_does(
    shown: Callable[..., Any], words: str, found: list[str]
) -> None:
    tab = shown()
    tab.locator(".search").fill(words)

    assert cards(tab) == found


def test_the_persian_page_counts_in_its_own_digits(shown: Callable[..., Any]) -> None:
    tab = shown(ui="fa")
    tab.locator(".chip.supported").click()

    assert tab.locator(".shown").inner_text() == "۲ از ۸ نمایان"


def test_the_worst_can_come_first(shown: Callable[..., Any]) -> None:
    tab = shown()
    tab.locator("select.order").select_option("rank")
    assert cards(tab) == list("43657812")
    tab.keyboard.press("Escape")
    tab.locator("h1").click()
    tab.keyboard.press("j")
    assert current(tab) == "note-4"
    tab.locator("select.order").select_option("place")
    assert cards(tab) == list("12345678")


def test_a_step_keeps_to_what_is_shown(shown: Callable[..., Any]) -> None:
    tab = shown()
    tab.locator(".chip.unchecked").click()
    for _ in range(4):
        tab.locator(".following").click()

    assert current(tab) == "note-8"
    tab.locator(".previous").click()
    assert current(tab) == "note-7"


# --- links ------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_an_address_opens_at_its_note(shown: Callable[..., Any], viewport: dict[str, int]) -> None:
    tab = shown(place="#note-6", viewport=viewport)
    tab.wait_for_function("document.querySelector('.card.current')")

    assert current(tab) == "note-6"
    box = tab.locator("#note-6 h3").bounding_box()
    assert 0 <= box["y"] < viewport["height"]
    if viewport is WIDE:
        claim = tab.locator("#note-6-text").bounding_box()
        assert 0 <= claim["y"] < viewport["height"]


def earlier() -> Report:
    """The sample as an earlier run saw it: two claims fared otherwise, and one was not there."""
    report = sample.decided()
    fared = {"2": Outcome.NOT_FOUND, "4": Outcome.SUPPORTED}
    verdicts = [
        replace(v, outcome=fared.get(v.citation.label, v.outcome))
        for v in report.verdicts
        if v.citation and v.citation.label != "6"
    ]
    return replace(report, verdicts=tuple(verdicts), created=report.created.replace(month=5, day=3))


def test_what_has_changed_since_an_earlier_report_is_shown_alone(
    shown: Callable[..., Any],
) -> None:
    tab = shown(before=[earlier()])
    chip = tab.locator(".chip.turned")

    assert " ".join(chip.inner_text().split()).endswith("Changed since 3 May 2026 3")
    assert "was supported on 3 May 2026" in tab.locator("#note-4 .turn").text_content()
    chip.click()
    assert (chip.get_attribute("aria-pressed"), cards(tab)) == ("true", ["2", "4", "6"])
    assert tab.locator(".shown").inner_text() == "3 of 8 shown"
    tab.locator(".chip.contradicted").click()
    assert cards(tab) == ["4"]
    tab.locator(".clear").click()
    assert (chip.get_attribute("aria-pressed"), len(cards(tab))) == ("false", 8)


def test_a_page_without_an_earlier_report_has_no_such_button(shown: Callable[..., Any]) -> None:
    tab = shown()

    assert tab.locator(".chip.turned, .turn, .masthead .since").count() == 0


@pytest.mark.parametrize("seen", SEEN)
def test_axe_finds_no_barrier_in_what_has_changed(shown: Callable[..., Any], seen: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    tab = shown(before=[earlier()], **SEEN[seen])
    found = axe.Axe().run(tab).response["violations"]
    tab.locator(".chip.turned").click()  # the article is dimmed then, on purpose
    found += axe.Axe().run(tab, context=".evidence").response["violations"]

    assert [(v["id"], [n["html"][:90] for n in v["nodes"]][:3]) for v in found] == []


def test_a_link_to_what_is_filtered_away_shows_it_again(shown: Callable[..., Any]) -> None:
    tab = shown()
    tab.locator(".chip.unchecked").click()
    tab.locator(".first a").first.click()

    assert current(tab) == "note-4"
    assert len(cards(tab)) == 8


def test_a_claim_leads_to_its_evidence_and_back(shown: Callable[..., Any]) -> None:
    tab = shown(viewport=PHONE)
    tab.locator("#note-5-text").click()
    assert current(tab) == "note-5"
    tab.locator("#note-5 .back a").click()
    assert tab.evaluate("document.activeElement.id") == "note-5-text"
    tab.locator("mark.claim[data-for=note-2]").click()
    assert current(tab) == "note-2"


def test_the_link_to_a_note_is_copied(shown: Callable[..., Any]) -> None:
    tab = shown(permissions=["clipboard-read", "clipboard-write"])
    tab.locator("#note-3 .permalink").click()
    tab.wait_for_function("document.querySelector('#said').textContent")

    assert tab.locator("#said").inner_text() == "Link copied"
    assert tab.evaluate("navigator.clipboard.readText()").endswith("#note-3")
    assert tab.url.endswith("#note-3")


def test_steps_lead_from_one_article_to_the_next(shown: Callable[..., Any]) -> None:
    tab = shown(sample.decided(), sample.report(), place="#note-8")
    tab.wait_for_function("document.querySelector('.card.current')")
    tab.keyboard.press("j")
    assert current(tab) == "a2-note-1"
    tab.keyboard.press("k")
    assert current(tab) == "note-8"
    tab.locator("nav a").nth(1).click()
    assert tab.url.endswith("#a2-top")


# --- light and paper --------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_can_be_changed(shown: Callable[..., Any], scheme: str) -> None:
    tab = shown(color_scheme=scheme)

    def brightness() -> int:
        colour = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(n) for n in re.findall(r"\d+", colour)[:3])

    before = brightness()
    assert (before > 600) is (scheme == "light")
    tab.locator("#theme").click()
    assert (brightness() > 600) is (scheme == "dark")
    tab.keyboard.press("d")
    assert brightness() == before


def test_paper_has_everything_and_no_control(shown: Callable[..., Any]) -> None:
    tab = shown(color_scheme="dark")
    tab.locator(".chip.altered").click()
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert tab.locator(".card:visible").count() == 8
    assert tab.locator("#note-1 .provenance dl").is_visible()
    assert tab.locator("button:visible, select:visible, input:visible").count() == 0
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    tab.emulate_media(media="screen")
    assert not tab.locator("#note-3 .provenance dl").is_visible()
    assert len(tab.pdf(format="A4")) > 20_000


# --- many, and hostile ------------------------------------------------------------------


def test_300_citations_can_be_walked_and_searched(shown: Callable[..., Any]) -> None:
    tab = shown(many(300))
    tab.keyboard.press("k")
    assert current(tab) == "note-4.300"
    tab.locator(".search").fill("no such words")
    assert cards(tab) == []
    tab.locator(".search").fill("")
    assert len(cards(tab)) == 300


HOOK = """
window.hits = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'fetch'])
    window[name] = () => { window.hits.push(name); };
"""


def attack(payload: str, number: int) -> Report:
    """Put a payload everywhere in a report of one verdict, another one each time."""
    report = hostile.poisoned(payload[:400])  # the long ones are floods: nothing new to run
    article = replace(report.article, references=report.article.references[:1])
    verdicts = report.verdicts[number % 8 :][:1]
    sources = dict(list(report.sources.items())[:2])
    return replace(
        report,
        article=article,
        sources=sources,
        verdicts=verdicts,
        findings=report.findings[:1],
    )


@pytest.mark.parametrize("policy", [True, False], ids=["with the policy", "by escaping alone"])
def test_nothing_that_a_text_holds_is_executed(browser: Any, folder: Path, *, policy: bool) -> None:
    payloads = [p for group in hostile.PAYLOADS.values() for p in group]
    assert len(payloads) >= 100
    # Escaping has to hold alone; that the policy changes nothing is seen on a part.
    payloads = payloads[::8] if policy else payloads
    file = folder / f"hostile-{policy}.html"
    file.write_text(
        for_run("html").format([attack(payload, n) for n, payload in enumerate(payloads)]), "utf-8"
    )
    assert_inert(browser, file, policy=policy)


@pytest.mark.parametrize("ui", ["en", "fa"])
def test_nothing_is_executed_of_a_hostile_project_that_was_checked(
    browser: Any, tmp_path: Path, ui: str
) -> None:
    payloads = [p for p in hostile.SHORT if p.isprintable()]
    assert len(payloads) >= 100
    article = project(tmp_path, payloads)
    page = tmp_path / "report.html"

    code = main(["check", str(article), "--offline", "--no-translate", "--quiet", "--ui", ui,
                 "--format", f"html={page}"])  # fmt: skip

    assert code in {1, 3}
    assert page.read_text("utf-8").count('class="card') >= len(payloads)
    assert_inert(browser, page, policy=False)


def project(folder: Path, payloads: Sequence[str]) -> Path:
    """Write an article, its sources.yaml and the pages it cites, with the payloads in them all."""
    said = [f"the water of town {n} rose in spring {p}" for n, p in enumerate(payloads)]
    entries = []
    for n, payload in enumerate(payloads):
        body = f"<p>{payload}</p><p>In the report {escape(said[n])}.</p>"
        head = f"<title>{payload}</title><meta name=author content='{payload}'>"
        (folder / f"page-{n}.html").write_text(f"<html><head>{head}</head><body>{body}", "utf-8")
        fields = {"note": str(n), "title": payload, "publisher": payload, "file": f"page-{n}.html",
                  "quote": said[n]}  # fmt: skip
        entries.append(json.dumps(fields))
    (folder / "sources.yaml").write_text(
        "sources:\n" + "".join(f"  - {entry}\n" for entry in entries), "utf-8"
    )
    claims = "\n\n".join(f"They found “{text}”.[^{n}]" for n, text in enumerate(said))
    notes = "\n".join(
        f"[^{n}]: {p} Writer, “{p}”, <https://example.org/{n}?{p}>" for n, p in enumerate(payloads)
    )
    article = folder / "article.md"
    article.write_text(f"# {payloads[0]}\n\n{claims}\n\n{notes}\n", "utf-8")
    return article


def assert_inert(browser: Any, file: Path, *, policy: bool) -> None:
    """Walk through a page, and assert that nothing in it ran, was asked for, or could act."""
    said: list[str] = []
    context = browser.new_context(viewport=WIDE, bypass_csp=not policy)
    context.add_init_script(HOOK)
    tab = context.new_page()
    tab.on("dialog", lambda dialog: hear(said, dialog))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("request", lambda request: said.append(request.url))
    tab.goto(file.as_uri())
    before = said.copy()
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.locator(".search").first.fill("<img src=x onerror=alert(1)>")
    tab.locator(".clear:visible").first.click()
    acting = tab.evaluate(
        """[...document.querySelectorAll('*')].filter((e) =>
            e.getAttributeNames().some((a) => a.startsWith('on') || a === 'style')
            || (e.hasAttribute('href') && !/^(https?:|#)/i.test(e.getAttribute('href')))
            || /^(img|iframe|object|embed|base|link|video|audio)$/i.test(e.tagName)).length"""
    )
    hits = tab.evaluate("window.hits")
    scripts = tab.evaluate("document.scripts.length")
    context.close()

    assert before == [file.as_uri()]
    assert said == before
    assert (hits, scripts, acting) == ([], 1, 0)


def test_the_hook_would_notice(browser: Any) -> None:
    context = browser.new_context()
    context.add_init_script(HOOK)
    tab = context.new_page()
    tab.goto("data:text/html,<img src=x onerror=alert(1)>")
    tab.wait_for_function("window.hits.length")

    assert tab.evaluate("window.hits") == ["alert"]
    context.close()


# --- word by word -----------------------------------------------------------------------


def lit(tab: Any) -> list[str]:
    found = tab.evaluate(
        "[...document.querySelectorAll('blockquote .lit')].map((e) => e.innerText)"
    )
    return [str(text) for text in found]


def test_a_word_and_its_counterpart_light_up_together(shown: Callable[..., Any]) -> None:
    tab = shown(linked_report())
    words = tab.locator("#note-2 blockquote [data-word='0']")

    words.first.hover()
    assert lit(tab) == ["reservoir", "مخزن"]
    words.last.hover()
    assert lit(tab) == ["reservoir", "مخزن"]
    tab.locator("h1").first.hover()
    assert lit(tab) == []


def test_the_list_of_words_is_reached_by_keys(shown: Callable[..., Any]) -> None:
    tab = shown(linked_report(), ui="fa")
    tab.locator("#note-2 details.words summary").focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert lit(tab) == ["reservoir", "مخزن"]
    tab.keyboard.press("Tab")
    assert lit(tab) == ["40 million", "۴۰ میلیون"]


def test_axe_finds_no_barrier_in_the_list_of_words(shown: Callable[..., Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    tab = shown(linked_report())
    tab.locator("#note-2 details.words summary").click()
    tab.locator("#note-2 .words li").first.focus()

    assert axe.Axe().run(tab).response["violations"] == []
