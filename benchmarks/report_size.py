"""
Measure the HTML report of a long article: how large it is, and how soon a browser shows it.

    python benchmarks/report_size.py [--citations 300] [--runs 5]

The floors: under 3 MB, first paint under a second, and a step to the next citation that a
reader does not notice (100 ms). It exits with 1 where one is missed. Needs Debian's chromium.
Beside it stands the page that sarif-tools makes of the same findings: a list, without the
article or the evidence.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import sample  # noqa: E402
from verify import rules  # noqa: E402
from verify.model import Anchor, Article, Citation, Report, Span  # noqa: E402
from verify.report import for_run  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MOST_BYTES, MOST_PAINT, MOST_STEP = 3_000_000, 1000.0, 100.0
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"]
PAINT = """new Promise((found) => new PerformanceObserver((list) => found(
    list.getEntriesByName('first-contentful-paint')[0].startTime
)).observe({type: 'paint', buffered: true}))"""
STEP = """new Promise((found) => {
    const start = performance.now();
    document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}));
    requestAnimationFrame(() => setTimeout(() => found(performance.now() - start)));
})"""


def long_report(count: int) -> Report:
    """Repeat the sample's verdicts, each with three passages, in paragraphs of four notes."""
    report = sample.decided()
    text, citations, verdicts = "", [], []
    for number in range(count):
        verdict = report.verdicts[number % len(report.verdicts)]
        start = len(text)
        sentence, marker = verdict.claim.text, f"[{number + 1}]"
        end = start + len(sentence)
        text += sentence + marker + ("\n\n" if number % 4 == 3 else " ")
        cited = Citation(
            str(number + 1), Span(end, end + len(marker)), Span(start, end), verdict.claim
        )
        citations.append(cited)
        passages = (verdict.evidence * 3)[:3]
        verdicts.append(replace(verdict, citation=cited, evidence=passages))
    article = Article(
        Path("long.txt"), text, (Anchor(0, 1, 1),), (), tuple(citations), title="A long article"
    )
    report = replace(report, article=article, verdicts=tuple(verdicts))
    return replace(report, findings=rules.apply(report))


def paints(browser: Browser, file: Path, runs: int) -> list[float]:
    """Return after how many milliseconds a browser first shows a page, run by run."""
    found = []
    for _ in range(runs):
        tab = browser.new_page(viewport={"width": 1400, "height": 900})
        tab.goto(file.as_uri())
        found.append(float(tab.evaluate(PAINT)))
        tab.close()
    return found


def steps(browser: Browser, file: Path) -> list[float]:
    """Return how many milliseconds each of ten steps to the next citation takes."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.goto(file.as_uri())
    found = [float(tab.evaluate(STEP)) for _ in range(10)]
    tab.close()
    return found


def peer(report: Report, folder: Path) -> Path:
    """Write the page that sarif-tools makes of the findings."""
    made, page = folder / "report.sarif", folder / "sarif-tools.html"
    made.write_text(for_run("sarif").format([report]), "utf-8")
    command = [sys.executable, "-m", "sarif", "html", "-o", str(page), str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return page


def main() -> int:
    """Print the figures; return 1 where a floor is missed."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1] if __doc__ else "")
    parser.add_argument("--citations", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    report = long_report(options.citations)
    started = time.process_time()
    page = for_run("html").format([report])
    made = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "report.html"
        file.write_text(page, "utf-8")
        other = peer(report, Path(folder))
        theirs = other.stat().st_size
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        ours, beside = (paints(browser, each, options.runs) for each in (file, other))
        walked = steps(browser, file)
        browser.close()
    # The quickest run: what the others add is the machine's load, and the browser's own start.
    size, paint, step = len(page.encode()), min(ours), statistics.median(walked)
    print(f"citations       {options.citations}, findings {len(report.findings)}")
    print(f"made in         {made:.2f} s of CPU")
    print(f"size            {size / 1e6:.2f} MB (at most {MOST_BYTES / 1e6:.0f})")
    print(
        f"first paint     {paint:.0f} ms (at most {MOST_PAINT:.0f}; runs: "
        f"{', '.join(f'{p:.0f}' for p in ours)})"
    )
    print(f"next citation   {step:.0f} ms (at most {MOST_STEP:.0f})")
    print(
        f"sarif-tools     {theirs / 1e6:.2f} MB, first paint {min(beside):.0f} ms: ours is "
        f"{size / theirs:.1f} times as large and painted after {paint / min(beside):.1f} times that"
    )
    return int(size > MOST_BYTES or paint > MOST_PAINT or step > MOST_STEP)


if __name__ == "__main__":
    sys.exit(main())
