"""
Take the documents' pictures of the example's report: `python -m tests.pictures [FOLDER]`.

Needs a browser, and poppler's pdftoppm for the one on paper. Each picture shows a part of the
report as a reader sees it: nothing is lit by a resting mouse.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import sync_playwright

from tests.test_report_html_browser import CHROMIUM
from verify.report.html import HtmlFormatter
from verify.report.load import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PAPER = "report-print"
# Dots an inch of the page on paper: as wide as the others are in the documents.
RESOLUTION = 110


class Picture(NamedTuple):
    """What is shown, in which interface, and on what screen."""

    part: str = "claim"
    """`claim`, with its evidence; `top`, the masthead; or `figures`, the sources at a glance."""
    ui: str = "en"
    width: int = 1400
    height: int = 900
    is_dark: bool = False


PICTURES = {
    "report-top": Picture("top"),
    "report-desktop": Picture(),
    "report-dark": Picture(is_dark=True),
    "report-persian": Picture(ui="fa"),
    "report-phone": Picture(width=390, height=800),
    "report-figures": Picture("figures"),
}


def main(folder: Path = IMAGES) -> None:
    reports = load((ROOT / "reports" / "example.json").read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as pages, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM))
        for ui in ("en", "fa"):
            (Path(pages) / f"{ui}.html").write_text(HtmlFormatter(ui).format(reports), "utf-8")
        for name, picture in PICTURES.items():
            page = opened(browser, Path(pages) / f"{picture.ui}.html", picture)
            take(page, picture, folder / f"{name}.png")
            page.close()
        print_first_page(opened(browser, Path(pages) / "en.html", Picture()), folder)
        browser.close()


def opened(browser: Browser, file: Path, picture: Picture) -> Page:
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.is_dark else "light",
    )
    page.goto(file.as_uri())
    return page


def take(page: Page, picture: Picture, path: Path) -> None:
    if picture.part == "claim":
        page.locator(".first a").first.click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    if picture.part == "figures":
        box = page.locator("section.figures").first.bounding_box()
        assert box
        page.screenshot(
            path=path,
            full_page=True,
            clip={"x": 0, "y": box["y"], "width": picture.width, "height": box["height"]},
        )
    else:
        page.screenshot(path=path)


def print_first_page(page: Page, folder: Path) -> None:
    """Print the report as a reader would, and picture the first page of what comes out."""
    with tempfile.TemporaryDirectory() as printed:
        pdf = Path(printed) / "report.pdf"
        page.pdf(path=pdf, format="A4", prefer_css_page_size=True)
        options = ["-png", "-r", str(RESOLUTION), "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run(["pdftoppm", *options, str(pdf), str(folder / PAPER)], check=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
