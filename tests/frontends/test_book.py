"""The book, built once, and opened as files in Chromium, with real wheel, mouse and keys."""

import base64
import importlib.util
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from build_chapters import CHAPTERS, ROOT
from notebooks import chromium
from PIL import Image

import slicekit

pytestmark = pytest.mark.frontend
CHAPTER_05, CHAPTER_06, CHAPTER_07 = sorted(CHAPTERS.glob("0[567]_*.ipynb"))
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}


def changed_files():
    told = ["git", "status", "--porcelain", "--ignored", "--untracked-files=all"]
    listed = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    litter = ("__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".venv")
    return {line for line in listed.splitlines() if not any(word in line for word in litter)}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The book; nothing else may have been written."""
    folder, before = tmp_path_factory.mktemp("book") / "site", changed_files()
    command = [sys.executable, "tools/build_site.py", str(folder)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pages, " in done.stdout
    assert changed_files() == before
    return folder


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(site, browser):
    """Open pages as files; at the end, none of them may have asked for anything but files."""
    faults, asked, pages = [], [], []

    def open_page(name, viewport=WIDE, **options):
        page = browser.new_page(viewport=viewport, **options)
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(f"{name}: {error}"))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("requestfailed", lambda request: faults.append(f"{name}: {request.url[:200]}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / name).as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()
    assert faults == []
    assert [url[:200] for url in asked if not url.startswith(("file:", "data:"))] == []


def names(site):
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def test_every_chapter_page_and_solution_is_there(site):
    sources = [*CHAPTERS.rglob("[0-9][0-9]_*.ipynb"), *CHAPTERS.glob("solutions/*.md")]
    sources += (ROOT / "docs").rglob("*.md")
    wanted = {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in sources}
    wanted = {name for name in wanted if ".ipynb_checkpoints" not in name}
    assert wanted | {"index.html", "api.html", "search.html"} <= set(names(site))


def test_sizes(site):
    sizes = {name: (site / name).stat().st_size / 1e6 for name in names(site)}
    assert max(sizes.values()) < 6.5, sizes
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 40e6


def test_every_page_opens_whole_in_both_widths(site, open_page):
    """The fixture sees errors and requests; here nothing sticks out, and no image is bare."""
    for name in names(site):
        page = open_page(name)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert seen[0] <= seen[1], (name, seen)
        bare = page.locator("img:not([alt]), img[alt='']").count()
        broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).length"
        assert (bare, page.evaluate(broken)) == (0, 0), name
        page.close()


def test_links_lead_to_pages_and_to_places_in_them(site, open_page):
    known = {}
    page = open_page("index.html")
    links = """[...document.querySelectorAll("a[href]")].map(a => a.href)
               .filter(href => href.startsWith("file:")).map(href => href.split("#"))"""
    found = "[...document.querySelectorAll('[id]')].map(e => e.id)"
    asked = set()
    for name in names(site):
        page.goto((site / name).as_uri())
        known[(site / name).as_uri()] = {"", *page.evaluate(found)}
        asked |= {(name, url, (rest or [""])[0]) for url, *rest in page.evaluate(links)}
    for name, url, place in asked:
        if url in known:
            assert place in known[url], (name, url, place)
        else:
            assert Path(url.removeprefix("file://")).is_file(), (name, url)


def test_the_cells_say_what_the_stored_notebooks_say(site, open_page):
    for path in sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb")):
        outputs = [
            output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])
        ]
        page = open_page(f"chapters/{path.stem}.html")
        said = page.locator(".cell_output pre").all_text_contents()
        words = [o.get("text") or o.data["text/plain"] for o in outputs if not has_picture(o)]
        assert [w.strip() for w in said] == [w.strip() for w in words], path.stem
        figures = page.locator(".cell_output img.still, .cell_output figure.slicekit")
        assert figures.count() == sum(map(has_picture, outputs)), path.stem


def has_picture(output):
    return "image/png" in output.get("data", {})


def grey(image):
    return np.asarray(image.convert("RGB").convert("L"), float)


def figures(page):
    found = page.locator("figure.slicekit")
    return [Figure(page, found.nth(number)) for number in range(found.count())]


class Figure:
    """A figure that scrolls."""

    def __init__(self, page, place):
        self.page, self.place = page, place
        self.img, self.slider = place.locator("img"), place.locator("input")

    def index(self):
        return int(self.slider.input_value())

    def last(self):
        return int(self.slider.get_attribute("max"))

    def picture(self):
        """Return what the image holds, as grey numbers."""
        url = self.img.evaluate(
            """async img => {
              await img.decode();
              const [width, height] = [img.naturalWidth, img.naturalHeight];
              const canvas = Object.assign(document.createElement("canvas"), { width, height });
              canvas.getContext("2d").drawImage(img, 0, 0);
              return canvas.toDataURL();
            }"""
        )
        return grey(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self.index()

    def wheel(self, notches):
        """Turn the wheel over the picture; up is below zero, as in the browser."""
        self.img.scroll_into_view_if_needed()
        self.page.wait_for_timeout(400)  # the page has come to rest
        self.img.hover()
        for _ in range(abs(notches)):
            self.page.mouse.wheel(0, 100 if notches > 0 else -100)
            self.page.wait_for_timeout(50)
        return self.index()


@pytest.mark.parametrize("path", [CHAPTER_05, CHAPTER_06, CHAPTER_07], ids=lambda path: path.stem)
def test_a_figure_scrolls(open_page, path):
    page = open_page(f"chapters/{path.stem}.html")
    first, second, *_ = figures(page)
    start, other = first.index(), second.index()
    seen = first.picture()
    assert first.wheel(-1) == start + 1
    assert np.abs(first.picture() - seen).mean() > 0.5
    assert first.wheel(2) == start - 1
    first.img.click()
    assert first.press("k", "k", "k") == start + 2
    assert first.press("j", "ArrowLeft", "ArrowDown") == start - 1
    assert first.press("PageUp") == start + 9
    assert first.press("End") == first.press("k") == first.press("End") == first.last()
    assert first.press("Home") == first.press("j") == first.press("PageDown") == 0
    box = first.slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    assert abs(first.index() - 0.75 * first.last()) < 0.03 * first.last()
    assert second.index() == other
    second.img.click()
    there = first.index()
    assert second.press("k") == other + 1
    assert first.index() == there


def test_every_figure_begins_where_the_chapter_is(site, open_page):
    """What a cell says of its index is what the figure below it shows."""
    page = open_page(f"chapters/{CHAPTER_05.stem}.html")
    assert [figure.index() for figure in figures(page)] == [34, 30, 35, 79]
    page = open_page(f"chapters/{CHAPTER_06.stem}.html")
    assert [figure.index() for figure in figures(page)] == [35, 23, 95]


def test_a_figure_whose_key_does_harm_stays_still(open_page):
    """The first two of chapter 06: Matplotlib answers K, too, which no page does."""
    page = open_page(f"chapters/{CHAPTER_06.stem}.html")
    assert page.locator("img.still").count() == 2
    assert "logarithmic" in page.locator("img.still").first.get_attribute("alt")


def test_picture_i_is_what_matplotlib_draws(open_page):
    page = open_page(f"chapters/{CHAPTER_05.stem}.html")
    figure = figures(page)[2]
    axial = np.asarray(slicekit.load()).T
    fig = slicekit.multi_slice_viewer(axial)
    ax = fig.axes[0]
    for index in (0, 20, figure.last()):
        figure.slider.fill(str(index))
        ax.images[0].set_array(axial[index])
        fig.canvas.draw()
        drawn = grey(Image.fromarray(np.asarray(fig.canvas.buffer_rgba())))
        shown = figure.picture()
        assert shown.shape == drawn.shape
        assert np.abs(shown - drawn).mean() < 2, index
        assert np.abs(shown - drawn[:, ::-1]).mean() > 4, index
    plt.close(fig)


def test_the_keyboard_alone_reaches_all_figures_and_drawers(open_page):
    page = open_page(f"chapters/{CHAPTER_07.stem}.html")
    count, reached = page.locator("figure.slicekit").count(), set()
    number = (
        "[...document.querySelectorAll('figure.slicekit input')].indexOf(document.activeElement)"
    )
    for _ in range(400):
        page.keyboard.press("Tab")
        if (found := page.evaluate(number)) >= 0 and found not in reached:
            reached.add(found)
            figure = figures(page)[found]
            before = figure.index()
            assert figure.press("ArrowLeft") == before - 1
            frame = figure.img.evaluate("img => getComputedStyle(img).outlineStyle")
            assert frame == "solid"
        if len(reached) == count:
            break
    assert len(reached) == count >= 4
    page = open_page("index.html", NARROW)
    page.keyboard.press("Tab")  # to the content
    page.keyboard.press("Tab")
    assert not page.locator(".sidebar-drawer").is_visible()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="05 Answer a key").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/05_answer_a_key.html")


def test_search_works_from_files(open_page):
    page = open_page("index.html")
    page.get_by_placeholder("Search").fill("logarithmic")
    page.keyboard.press("Enter")
    # results come one by one
    page.locator("#search-results li a", has_text="06 Free the keys").first.wait_for()


@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"]
)
def test_accessibility(site, open_page, size, scheme):
    axe = Path(importlib.util.find_spec("axe_playwright_python").origin).with_name("axe.min.js")
    for name in ("index.html", "api.html", "search.html", f"chapters/{CHAPTER_05.stem}.html"):
        page = open_page(name, size, color_scheme=scheme)
        page.add_script_tag(content=axe.read_text())
        # preloaded, it would ask for style sheets, which a browser does not give to files
        found = page.evaluate("axe.run({preload: false, resultTypes: ['violations']})")[
            "violations"
        ]
        faults = [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]
        assert faults == [], name


def test_print(open_page, tmp_path):
    """On paper there is no navigation, no slider, and no code that runs over the edge."""
    page = open_page(f"chapters/{CHAPTER_05.stem}.html", {"width": 700, "height": 900})
    page.emulate_media(media="print")
    for part in (".sidebar-drawer", ".toc-drawer", ".slicekit-controls", ".mobile-header"):
        assert not page.locator(part).first.is_visible(), part
    cut = "[...document.querySelectorAll('article pre')].filter(p => p.scrollWidth > p.clientWidth)"
    assert page.evaluate(f"{cut}.length") == 0
    assert page.pdf()[:4] == b"%PDF"


def test_the_key_card_is_one_page_of_a4(open_page):
    page = open_page("docs/key_card.html")
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) == 1
