"""
Take the documents' pictures of the example's report: `python -m tests.pictures`.

Needs a browser. The pictures show a claim with its evidence, which is what the report is for.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.test_report_html_browser import CHROMIUM
from verify.report.html import HtmlFormatter
from verify.report.load import load

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
# Of each picture: the interface, width and height, and what the reader's system prefers.
PICTURES = {
    "report-desktop": ("en", 1400, 900, "light"),
    "report-dark": ("en", 1400, 900, "dark"),
    "report-persian": ("fa", 1400, 900, "light"),
    "report-phone": ("en", 390, 800, "light"),
}


def main() -> None:
    reports = load((ROOT / "reports" / "example.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM))
        for name, (ui, width, height, scheme) in PICTURES.items():
            page_file = Path(folder) / f"{name}.html"
            page_file.write_text(HtmlFormatter(ui).format(reports), "utf-8")
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page.goto(page_file.as_uri())
            page.locator(".first a").first.click()
            page.wait_for_timeout(400)
            page.screenshot(path=IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
