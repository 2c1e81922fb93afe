"""The page of ``to_html`` in Chromium, opened as a file: slider, wheel, keys, and in words."""

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from build_chapters import CHAPTERS, read
from notebooks import chromium
from PIL import Image
from screen import save_picture, until

import slicekit
from slicekit.frames import each_picture, encoded, on_another_canvas
from slicekit.page import page, scroller

pytestmark = pytest.mark.frontend
VOLUME = np.random.default_rng(3).integers(0, 255, (30, 8, 9), dtype=np.uint8)
LAST = len(VOLUME) - 1


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def drawn():
    """Each slice as the viewer draws it."""
    viewer = slicekit.view(VOLUME, ax=plt.figure(figsize=(3, 2), dpi=100).subplots())
    with on_another_canvas(viewer) as canvas:
        pictures = each_picture(viewer, canvas, range(30))
        return [np.asarray(picture.convert("RGB")) for picture in pictures]


@pytest.fixture
def scan(tmp_path):
    viewer = slicekit.view(VOLUME, index=5, ax=plt.figure(figsize=(3, 2), dpi=100).subplots())
    return viewer.to_html(tmp_path / "scan.html", alt="noise")


class Page:
    """A page in the browser, and one of its figures."""

    def __init__(self, browser, path, width=900, height=700, **options):
        self.tab = browser.new_page(viewport={"width": width, "height": height}, **options)
        self.asked, self.faults = [], []
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("console", lambda message: self.faults.append(message.text))
        self.tab.goto(path.as_uri())

    def index(self, number=0):
        return int(self.tab.locator("input").nth(number).input_value())

    def shown(self, number=0):
        """Return what is on the screen in place of the picture."""
        shot = self.tab.locator("figure img").nth(number).screenshot()
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))

    def shows(self, picture, number=0):
        return until(lambda: np.array_equal(self.shown(number), picture), "the picture", 5)

    def wheel(self, *turns):
        for turn in turns:
            self.tab.mouse.wheel(0, turn)
        self.tab.wait_for_timeout(100)

    def press(self, *keys):
        for key in keys:
            self.tab.keyboard.press(key)


@pytest.fixture
def opened(browser, scan):
    opened = Page(browser, scan)
    yield opened
    save_picture(opened.shown(), "page")
    assert opened.faults == []
    assert {url[:5] for url in opened.asked} <= {"file:", "data:"}  # nothing from anywhere else
    opened.tab.close()


def test_the_slider(opened, drawn):
    assert opened.shows(drawn[5])
    opened.tab.locator("input").fill("12")
    assert opened.shows(drawn[12])
    assert not np.array_equal(drawn[12], drawn[12][::-1])


def test_dragging_the_slider(opened, drawn):
    box = opened.tab.locator("input").bounding_box()
    middle = box["y"] + box["height"] / 2
    opened.tab.mouse.move(box["x"] + box["width"] * 0.2, middle)
    opened.tab.mouse.down()
    opened.tab.mouse.move(box["x"] + box["width"] - 1, middle, steps=5)
    opened.tab.mouse.up()
    assert opened.shows(drawn[LAST])


def test_the_wheel_at_once(opened, drawn):
    opened.tab.locator("img").hover()
    opened.wheel(-100)
    assert opened.shows(drawn[6])
    opened.wheel(100, 100)
    assert opened.shows(drawn[4])
    assert opened.tab.evaluate("scrollY") == 0


def test_a_trackpad_sends_crumbs(opened):
    opened.tab.locator("img").hover()
    opened.wheel(*[-7] * 12)  # 84 pixels: two steps of 40
    assert opened.index() == 7


def test_keys_after_a_click(opened, drawn):
    opened.press("k", "ArrowRight")
    assert opened.index() == 5
    opened.tab.locator("img").click()
    for key, index in {
        "k": 6, "K": 7, "ArrowRight": 8, "ArrowUp": 9, ".": 10,
        "j": 9, "J": 8, "ArrowLeft": 7, "ArrowDown": 6, ",": 5,
        "PageUp": 15, "PageDown": 5, "End": LAST, "Home": 0,
    }.items():  # fmt: skip
        opened.press(key)
        assert opened.index() == index, key
        assert opened.shows(drawn[index]), key


def test_the_ends(opened, drawn):
    opened.tab.locator("img").click()
    opened.press("PageDown", "j")
    assert opened.shows(drawn[0])
    opened.press("PageUp", "PageUp", "PageUp", "k")
    assert opened.shows(drawn[LAST])


def test_the_keys_of_the_viewer_and_of_the_page_are_the_same():
    names = {"right": "ArrowRight", "left": "ArrowLeft", "up": "ArrowUp", "down": "ArrowDown",
             "pageup": "PageUp", "pagedown": "PageDown", "home": "Home", "end": "End"}  # fmt: skip
    text = (slicekit.page.HOME / "scroller.js").read_text().partition("};")[0]
    for keys in slicekit.SliceViewer.KEYS.values():
        for key in keys:
            name = names.get(key, key)
            assert "wheel" in key or f" {name}: " in text or f'"{name}": ' in text, key


def test_other_keys_are_the_browsers(opened):
    opened.tab.locator("img").click()
    opened.press("Control+k", "Alt+j", "x")
    assert opened.index() == 5


def test_in_words(opened):
    """What a screen reader has: one slider with a name, and the slice as its value."""
    opened.tab.keyboard.press("Tab")
    assert opened.tab.evaluate("document.activeElement.tagName") == "INPUT"
    opened.press("k")
    slider = opened.tab.get_by_role("slider", name="slice of noise")
    assert slider.get_attribute("aria-valuetext") == "6 / 29"
    assert opened.tab.get_by_role("img", name="noise: 6 / 29").count() == 1
    assert opened.tab.locator("figure span").inner_text() == "6 / 29"
    style = "getComputedStyle(document.querySelector('figure img')).outlineStyle"
    assert opened.tab.evaluate(style) == "solid"  # who uses the keyboard sees where they are
    opened.tab.keyboard.press("Tab")
    assert opened.tab.evaluate("document.activeElement.tagName") == "BODY"  # and gets out again


def test_without_javascript(browser, scan, drawn):
    opened = Page(browser, scan, java_script_enabled=False)
    assert opened.shows(drawn[5])
    assert opened.tab.locator("noscript").bounding_box()["height"] > 10
    assert not opened.tab.locator("input").is_visible()
    assert not opened.tab.locator("figcaption").is_visible()
    opened.tab.close()


def test_on_a_telephone_nothing_sticks_out(browser, scan):
    opened = Page(browser, scan, width=320, height=600)
    assert opened.tab.evaluate("document.documentElement.scrollWidth") <= 320
    opened.tab.close()


def test_the_page_that_chapter_11_builds_by_hand(browser):
    """Every slice is another picture, and the slider shows them all."""
    (text,) = CHAPTERS.glob("11_*.md")
    names = {}
    for cell in read(text).cells:
        if cell.cell_type == "code" and "by_hand" not in names:
            exec(re.sub("^%.*", "", cell.source), names)
    opened = Page(browser, names["by_hand"])
    assert opened.index() == 34
    seen = set()
    for index in range(68):
        opened.tab.locator("input").fill(str(index))
        seen.add(opened.tab.locator("img").get_attribute("src"))
    assert seen == set(names["sources"])
    width, height = opened.tab.evaluate("[picture.naturalWidth, picture.naturalHeight]")
    assert (width, height) == tuple(names["viewer"].fig.canvas.get_width_height())
    assert opened.faults == []
    opened.tab.close()


@pytest.fixture
def two(browser, tmp_path, drawn):
    """Two figures on a long page."""
    pictures = [encoded(Image.fromarray(each), "PNG") for each in drawn]
    words = [str(number) for number in range(len(pictures))]
    figures = [scroller(pictures, words, start, f"figure {start}") for start in (5, 20)]
    space = "<p style='height: 500px'>text</p>"
    path = tmp_path / "two.html"
    path.write_text(page(space.join(["", *figures, ""]), "two"), encoding="utf-8")
    opened = Page(browser, path)
    yield opened
    assert opened.faults == []
    opened.tab.close()


def test_two_figures_know_nothing_of_each_other(two, drawn):
    two.tab.locator("img").nth(1).click()
    two.press("k")
    assert (two.index(0), two.index(1)) == (5, 21)
    assert two.shows(drawn[5], 0)
    two.tab.locator("img").nth(0).click()
    two.press("j")
    assert (two.index(0), two.index(1)) == (4, 21)


# a turn of the wheel over the first figure, in the moment in which the page has moved
TURN = """() => document.addEventListener("scroll", () => {
  const turn = new WheelEvent("wheel", { deltaY: 100, cancelable: true, bubbles: true });
  window.left = document.querySelector("figure img").dispatchEvent(turn);
})"""


def test_whoever_scrolls_the_page_is_not_caught_by_a_figure(two):
    two.tab.evaluate(TURN)
    two.tab.mouse.move(100, 300)
    two.tab.mouse.wheel(0, 200)
    until(lambda: two.tab.evaluate("scrollY") >= 200, "the page to be scrolled")
    assert two.tab.evaluate("window.left") is True  # to the page
    assert two.index(0) == 5
    two.tab.wait_for_timeout(400)
    two.tab.locator("img").nth(0).hover()
    two.tab.wait_for_timeout(400)
    two.wheel(100)
    assert two.index(0) == 4


def test_at_the_last_slice_the_page_goes_on(two):
    two.tab.locator("img").nth(0).click()
    two.press("Home")
    two.tab.wait_for_timeout(400)
    before = two.tab.evaluate("scrollY")
    two.wheel(100)
    two.tab.wait_for_timeout(300)
    assert two.tab.evaluate("scrollY") > before
