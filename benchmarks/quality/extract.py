"""
How well pages are decoded and read: charsets, ZWNJ, main text.

Built Persian pages carry sentences of the shared parallel text in four layouts; Chromium prints
some of them as PDFs, which both readers of PDFs are given. The collected pages are readability's
and newspaper4k's own test sets. Recall and precision count words. Figures are fractions, and more
is better. Everything is seeded.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from verify.errors import ExtractError
from verify.extract import extract
from verify.extract.charset import decode
from verify.language.fold import normalise
from verify.model import Snapshot, SourceId

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 7
ZWNJ = "\u200c"
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Page:
    """A page with the text that an extractor should find in it."""

    body: bytes
    expected: str


def measure(shared: Path) -> dict[str, float]:
    """Return every figure of this room."""
    data = shared / "data"
    sentences = _sentences(data / "parallel_fa_en.tsv.gz")
    figures = {"charset_cases": _charset_cases(sentences)}
    figures["charset_corpus"] = _charset_corpus(data / "charset.tar.xz")
    built = list(_built(sentences))
    figures["zwnj_kept"] = _zwnj(built)
    for name, pages in (
        ("persian", iter(built)),
        ("readability", _readability(data / "html_readability.tar.xz")),
        ("newspaper4k", _newspaper(data / "html_newspaper4k.tar.xz")),
    ):
        scores = [_score(page) for page in pages]
        figures[f"{name}_recall"] = sum(r for r, _ in scores) / len(scores)
        figures[f"{name}_precision"] = sum(p for _, p in scores) / len(scores)
    return figures | _pdf(built)


# --- PDFs -------------------------------------------------------------------------------

PRINTED = 12
"""Of the built pages, three of each layout."""


def _pdf(built: list[Page]) -> dict[str, float]:
    """
    Return the share of the paragraphs that a PDF gives back, letter for letter.

    White space and ZWNJ are not counted, which no PDF keeps reliably; `zwnj` says how many of
    the words with a ZWNJ kept theirs.
    """
    if not shutil.which("chromium") or not shutil.which("pdftotext"):
        return {}
    with tempfile.TemporaryDirectory() as folder:
        files = [_printed(Path(folder), page) for page in built[:PRINTED]]
    figures = {}
    for name, which in (("pdftotext", shutil.which), ("pdfminer", lambda _: None)):
        with patch("verify.extract.pdf.shutil.which", which):
            texts = [extract(_snapshot(file, "application/pdf")).text for file in files]
        pairs = list(zip(built, texts, strict=False))
        wanted = [(line, text) for page, text in pairs for line in page.expected.split("\n")]
        found = [_letters(line) in _letters(text) for line, text in wanted]
        figures[f"pdf_{name}"] = sum(found) / len(found)
        joined = [(w, set(t.split())) for p, t in pairs for w in p.expected.split() if ZWNJ in w]
        figures[f"pdf_{name}_zwnj"] = sum(w in text for w, text in joined) / len(joined)
    return figures


def _printed(folder: Path, page: Page) -> bytes:
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_bytes(page.body.replace(b'lang="fa-IR"', b'lang="fa" dir="rtl"', 1))
    subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--print-to-pdf={target}",
            source,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return target.read_bytes()


def _letters(text: str) -> str:
    return "".join(normalise(text).replace(ZWNJ, "").split())


# --- charsets ---------------------------------------------------------------------------


def _charset_cases(sentences: list[str]) -> float:
    """Read one page in the ten ways of facts.md: two charsets, told in every wrong way."""
    text = _legacy(" ".join(sentences[:40]))
    bare = f"<html><head></head><body><p>{text}</p></body></html>"
    meta = '<meta http-equiv="Content-Type" content="text/html; charset={}">'

    def page(label: str | None, encoding: str, source: str = bare) -> bytes:
        head = f"<head>{meta.format(label)}" if label else "<head>"
        return source.replace("<head>", head).encode(encoding, "ignore")

    short = f"<html><head></head><body><p>{text[:120]}</p></body></html>"
    cases = [
        (page(None, "cp1256"), "windows-1256"),
        (page("windows-1256", "cp1256"), None),
        (page(None, "cp1256"), None),
        (page("windows-1256", "cp1256"), "utf-8"),
        (page("windows-1256", "cp1256"), "iso-8859-1"),
        (page(None, "cp1256", short), None),
        (page(None, "utf-8"), "utf-8"),
        (page("utf-8", "utf-8"), None),
        (page(None, "utf-8"), None),
        (page("windows-1256", "utf-8"), None),
    ]
    key = text[:60].encode("cp1256", "ignore").decode("cp1256")
    return sum(key in decode(body, label)[0] for body, label in cases) / len(cases)


def _charset_corpus(archive: Path) -> float:
    """Read every text of the corpus with its true charset in the header, and count."""
    right = total = 0
    for name, body in _files(archive):
        folder = name.split("/")[-2]
        encoding = folder.rpartition("-")[0]
        try:
            truth = body.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
        total += 1
        text = decode(body, encoding)[0]
        right += text.lstrip("\ufeff") == truth.lstrip("\ufeff").replace("\0", "")
    return right / total


# --- pages ------------------------------------------------------------------------------


def _score(page: Page) -> tuple[float, float]:
    """Return recall and precision of the main text's words."""
    try:
        found = extract(_snapshot(page.body))
    except ExtractError:
        return 0.0, 0.0
    main = _words(" ".join(found.text[s.start : s.end] for s in found.main))
    expected = _words(page.expected)
    shared = (main & expected).total()
    return shared / max(1, expected.total()), shared / max(1, main.total())


def _zwnj(pages: list[Page]) -> float:
    """Return the share of the expected words with a ZWNJ that the whole text still has."""
    kept = total = 0
    for page in pages:
        text = set(extract(_snapshot(page.body)).text.split())
        joined = [w for w in page.expected.split() if ZWNJ in w]
        total += len(joined)
        kept += sum(word in text for word in joined)
    return kept / total


def _words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text))


def _snapshot(body: bytes, media_type: str = "text/html") -> Snapshot:
    now = datetime.now(UTC)
    return Snapshot(SourceId("page"), "page", "page", media_type, body, now, "file")


def _readability(archive: Path) -> Iterator[Page]:
    files = dict(_files(archive))
    for name in sorted(n for n in files if n.endswith("/source.html")):
        folder = name.rpartition("/")[0]
        expected = files[f"{folder}/expected.html"].decode("utf-8", "replace")
        about = json.loads(files[f"{folder}/expected-metadata.json"])
        text = f"{about.get('title') or ''}\n{_text(expected)}"
        if expected.strip():
            yield Page(files[name], text)


def _newspaper(archive: Path) -> Iterator[Page]:
    files = dict(_files(archive))
    for name in sorted(n for n in files if "/html/" in n and n.endswith(".html")):
        truth = name.replace("/html/", "/txt/").replace(".html", ".txt")
        about = name.replace("/html/", "/metadata/").replace(".html", ".json")
        if truth in files:
            title = json.loads(files[about]).get("title") if about in files else None
            text = f"{title or ''}\n{files[truth].decode('utf-8', 'replace')}"
            yield Page(files[name], text)


def _text(html: str) -> str:
    from lxml import html as parser

    return "".join(str(text) for text in parser.fromstring(html).itertext())


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            handle = tar.extractfile(member) if member.isfile() else None
            if handle is not None:
                yield member.name, handle.read()


# --- built Persian pages ----------------------------------------------------------------


def _sentences(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    found = [r[3] for r in rows[1:] if r[0] == "flores_dev" and "<" not in r[3] and "&" not in r[3]]
    random.Random(SEED).shuffle(found)
    return found


def _legacy(text: str) -> str:
    """Write Persian as windows-1256 has it, with Arabic ye and kaf."""
    return text.replace("ی", "ي").replace("ک", "ك")


def _built(sentences: list[str]) -> Iterator[Page]:
    """Yield 40 pages: four layouts, ten fillings each."""
    chooser = random.Random(SEED)
    for number in range(40):
        chosen = chooser.sample(sentences, 34)
        title, lead, quote = chosen[0], chosen[1], chosen[2]
        paragraphs = [" ".join(chosen[i : i + 2]) for i in range(3, 21, 2)]
        links = [" ".join(s.split()[:9]) for s in chosen[21:30]]
        layout = (_cms, _soup, _table, _blog)[number % 4]
        yield layout(title, [lead, *paragraphs[:4], quote, *paragraphs[4:]], links, chosen[30:])


def _list(texts: list[str], tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="/{n}">{t}</a></{tag}>' for n, t in enumerate(texts))


def _paragraphs(texts: list[str], wrap: str = "{}") -> str:
    return "".join(wrap.format(f"<p>{t}</p>") for t in texts)


def _page(html: str, main: list[str], encoding: str = "utf-8") -> Page:
    return Page(html.encode(encoding, "ignore"), "\n".join(main))


def _cms(title: str, body: list[str], links: list[str], comments: list[str]) -> Page:
    html = f"""<!doctype html><html lang="fa" dir="rtl"><head><meta charset="utf-8">
    <title>{title}</title></head><body><header><nav><ul>{_list(links[:6])}</ul></nav></header>
    <main><article><h1>{title}</h1>
    <div class="item-summary"><p class="introtext">{body[0]}</p></div>
    <div class="item-text">{_paragraphs(body[1:4])}<section class="box related"><h5>بیشتر</h5>
    <ul>{_list(links)}</ul></section>{_paragraphs(body[4:])}</div>
    <section class="comments"><h5>نظرات</h5>{_paragraphs(comments)}</section></article>
    <aside><ul>{_list(links)}</ul></aside></main><footer><p>{links[0]}</p></footer></body></html>"""
    return _page(html, [title, *body])


def _soup(title: str, body: list[str], links: list[str], comments: list[str]) -> Page:
    del comments
    html = f"""<!doctype html><html lang="fa" dir="rtl"><head><title>{title}</title></head><body>
    <div id="root"><div class="x-1"><div role="navigation"><ul>{_list(links)}</ul></div>
    <div class="x-2"><div><h1>{title}</h1></div>{_paragraphs(body[:4], '<div class="x-3">{}</div>')}
    <div data-e2e="recommendations"><ul>{_list(links)}</ul></div>
    {_paragraphs(body[4:], '<div class="x-3">{}</div>')}</div>
    <div class="x-4"><ol>{_list(links)}</ol></div></div></div></body></html>"""
    return _page(html, [title, *body])


def _table(title: str, body: list[str], links: list[str], comments: list[str]) -> Page:
    del comments
    html = f"""<HTML><HEAD><TITLE>{title}</TITLE></HEAD><BODY DIR=RTL><TABLE><TR><TD VALIGN=TOP>
    <TABLE>{"".join(f"<TR>{_list([x], 'TD')}</TR>" for x in links)}</TABLE></TD>
    <TD><P><B>{title}</B></P><FONT SIZE=2>{"<BR><BR>".join(body)}</FONT></TD></TR></TABLE>
    </BODY></HTML>"""
    main = [t.encode("cp1256", "ignore").decode("cp1256") for t in map(_legacy, [title, *body])]
    return _page(_legacy(html), main, "cp1256")


def _blog(title: str, body: list[str], links: list[str], comments: list[str]) -> Page:
    html = f"""<!doctype html><html lang="fa-IR"><head><meta charset="utf-8"></head>
    <body class="single with-sidebar"><div id="page"><div class="site-content"><main><article>
    <header class="entry-header"><h1>{title}</h1></header><div class="entry-content">
    {_paragraphs(body[:5])}<blockquote><p>{body[5]}</p></blockquote>{_paragraphs(body[6:])}
    <div class="sharedaddy"><a href="/s">اشتراک</a></div></div></article>
    <div id="comments">{_paragraphs(comments, '<div class="comment">{}</div>')}</div></main></div>
    <aside id="secondary"><ul>{_list(links)}</ul></aside></div></body></html>"""
    return _page(html, [title, *body])
