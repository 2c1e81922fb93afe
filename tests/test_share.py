"""What leaves Python shows what Matplotlib draws: the page, the film, pictures, the montage."""

import base64
import io
import json
import locale
import re
from contextlib import suppress
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pytest
from make_cover import COVER, make_cover
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from test_browser import PageOf

import slicekit
from slicekit import montage, share
from slicekit.frames import Canvas, each_picture, kept, on_another_canvas, spoken, without_colours
from slicekit.lookup import BY_VALUE
from slicekit.montage import chosen, sheet
from slicekit.page import page, script, scroller, style


@pytest.fixture
def viewer(array):
    """A viewer with something over it, on slice 2 of 4."""
    return slicekit.view(array, overlay=array > 90, spacing=(1, 1, 2), ax=small().subplots())


def small():
    return plt.figure(figsize=(2, 1.5), dpi=100)


def drawn(viewer, index):
    """Return what Matplotlib draws for a slice, (rows, columns, 3)."""
    viewer.index = index
    canvas = FigureCanvasAgg(viewer.fig)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


class Page(HTMLParser):
    """A page, taken apart."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.data, self._where = [], {}, None
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)
        self.slices = json.loads(self.data["application/json"])

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._where = dict(attributes).get("type") if tag == "script" else tag

    def handle_data(self, data):
        self.data[self._where] = self.data.get(self._where, "") + data

    def __getitem__(self, name):
        (found,) = [attributes for tag, attributes in self.tags if tag == name]
        return found

    def pictures(self):
        return [pixels(address) for address in self.slices["pictures"]]


def pixels(address):
    data = base64.b64decode(address.partition("base64,")[2])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


# ---- the page


def test_the_page_holds_every_slice_as_matplotlib_draws_it(viewer, tmp_path):
    shown = Page(viewer.to_html(tmp_path / "scan.html")).pictures()
    assert len(shown) == 4
    for index, picture in enumerate(shown):
        assert np.array_equal(picture, drawn(viewer, index)), index


def test_the_page_begins_with_the_slice_on_show(viewer, tmp_path):
    page = Page(viewer.to_html(tmp_path / "scan.html"))
    assert (page["input"]["min"], page["input"]["max"], page["input"]["value"]) == ("0", "3", "2")
    assert np.array_equal(pixels(page["img"]["src"]), drawn(viewer, 2))


def test_the_page_says_what_it_shows(viewer, tmp_path):
    page = Page(viewer.to_html(tmp_path / "scan.html", alt="numbers <in> order"))
    assert page.slices["words"] == ["0 / 3", "1 / 3", "2 / 3", "3 / 3"]
    assert page["img"]["alt"] == "numbers <in> order: 2 / 3"
    assert page["input"]["aria-valuetext"] == "2 / 3"
    assert page["input"]["aria-label"] == "slice of numbers <in> order"
    assert page.data["title"].strip() == "numbers <in> order"
    assert Page(viewer.to_html(tmp_path / "scan.html")).data["title"].strip() == "scan"


def test_the_page_needs_nothing_else(viewer, tmp_path):
    page = Page(viewer.to_html(tmp_path / "scan.html"))
    assert "://" not in page.text
    assert [tag for tag, _ in page.tags if tag in ("link", "iframe", "object")] == []
    assert page["img"]["src"].startswith("data:image/png;base64,")
    assert style() in page.text
    assert script() in page.text


def test_no_title_breaks_the_page(array, tmp_path):
    evil = '</script><script>alert("1")</script><!-- & "quotes"'
    viewer = slicekit.view(array, title=evil, ax=small().subplots())
    page = Page(viewer.to_html(tmp_path / "scan.html", alt=evil))
    assert page.slices["words"] == [evil] * 4
    assert page["img"]["alt"] == f"{evil}: {evil}"
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 2


def test_a_page_of_every_third_slice_begins_as_near_as_can_be(array, tmp_path):
    viewer = slicekit.view(array, axis=2, index=4, ax=small().subplots())
    page = Page(viewer.to_html(tmp_path / "scan.html", every=3))
    assert page.slices["words"] == ["0 / 5", "3 / 5"]
    assert page["input"]["value"] == "1"
    assert viewer.index == 4


def test_dots_per_inch(viewer, tmp_path):
    usual, fine = (viewer.to_html(tmp_path / f"{dpi}.html", dpi=dpi) for dpi in (None, 200))
    assert Page(usual).pictures()[0].shape == (150, 200, 3)
    assert Page(fine).pictures()[0].shape == (300, 400, 3)


def test_all_panels_are_told(array, tmp_path):
    viewer = slicekit.view([array, -array], titles=["one", "other"])
    page = Page(viewer.to_html(tmp_path / "scan.html"))
    assert page.slices["words"][1] == "one, 1 / 3; other, 1 / 3"
    without = slicekit.view(array, title="")
    assert Page(without.to_html(tmp_path / "scan.html")).slices["words"][3] == "slice 3"


def test_pictures_that_are_grey_are_stored_as_grey(array, tmp_path):
    viewer = slicekit.view(array, ax=small().subplots())
    data = Page(viewer.to_html(tmp_path / "scan.html")).slices["pictures"][0]
    assert Image.open(io.BytesIO(base64.b64decode(data.partition("base64,")[2]))).mode == "L"


def test_webp_is_told_from_png():
    file = io.BytesIO()
    Image.new("L", (2, 2)).save(file, "WEBP")
    assert 'src="data:image/webp;base64,UklG' in scroller([file.getvalue()], ["one"], 0, "x")


# ---- the film


def opened(path):
    return Image.open(io.BytesIO(path.read_bytes()))


def test_the_film_shows_every_slice(viewer, tmp_path):
    (path,) = viewer.save(tmp_path / "scan.gif", fps=5)
    film = opened(path)
    assert (film.n_frames, film.info["duration"], film.info["loop"]) == (4, 200, 0)
    for index in range(4):
        film.seek(index)
        far = np.abs(np.asarray(film.convert("RGB")).astype(int) - drawn(viewer, index))
        assert far.mean() < 1, index
    others = [np.abs(drawn(viewer, i).astype(int) - drawn(viewer, i + 1)).mean() for i in range(3)]
    assert min(others) > 2  # slices differ by more than the film from what is drawn


def test_a_film_whose_colours_come_later(tmp_path):
    """Pillow reads them wrongly if the first frame is stored as grey."""
    head = np.asarray(slicekit.load())[:, :, 17:23]
    places = [n - m / 2 for n, m in zip(np.indices(head.shape[:2]), head.shape, strict=False)]
    mask = np.zeros(head.shape, bool)
    mask[:, :, 3:] = (np.hypot(*places) < 10)[..., np.newaxis]
    viewer = slicekit.view(head, axis=2, overlay=mask, ax=plt.figure(dpi=100).subplots())
    film = opened(viewer.save(tmp_path / "scan.gif")[0])
    for index in range(6):
        film.seek(index)
        far = np.abs(np.asarray(film.convert("RGB")).astype(int) - drawn(viewer, index))
        assert far.mean() < 1, index


def test_a_film_of_grey_slices_is_exact(array, tmp_path):
    viewer = slicekit.view(array, axis=1, ax=small().subplots())
    film = opened(viewer.save(tmp_path / "scan.GIF", every=2, dpi=80)[0])
    assert film.n_frames == 3
    film.seek(1)
    viewer.fig.set_dpi(80)
    assert np.array_equal(np.asarray(film.convert("RGB")), drawn(viewer, 2))


@pytest.mark.parametrize(
    ("keyword", "wrong", "words"),
    [
        (name, wrong, words)
        for name, words, several in [
            ("fps", "0.01 to 50", [0, -1, 51]),
            ("dpi", "10 to 8192", [0, -3, 9, 8193, 1e9]),
            ("max_mb", "0 to inf", [-1]),
        ]
        for wrong in [*several, "x", np.nan, [5]]
    ],
)
def test_a_film_that_nobody_can_see(array, tmp_path, keyword, wrong, words):
    viewer = slicekit.view(array, ax=plt.figure(figsize=(1, 2)).subplots())
    for save in (viewer.save, viewer.to_html)[: 1 if keyword == "fps" else 2]:
        path = tmp_path / ("scan.gif" if save == viewer.save else "scan.html")
        with pytest.raises(ValueError, match=f"^{keyword} must be from {words}, got ") as caught:
            save(path, **{keyword: wrong})
        assert str(caught.value).endswith(repr(wrong))
    assert list(tmp_path.iterdir()) == []


def test_a_film_in_slow_motion(viewer, tmp_path):
    (path,) = viewer.save(tmp_path / "scan.gif", fps=0.01, every=3)
    assert opened(path).info["duration"] == 100_000


@pytest.mark.parametrize("wrong", [{"dpi": "x"}, {"dpi": -3}, {"format": "foo"}, {"wrong": 1}])
def test_what_matplotlib_cannot_save(viewer, tmp_path, wrong):
    ((name, value),) = wrong.items()
    with pytest.raises((TypeError, ValueError), match=f"^Matplotlib cannot use {name}={value!r}: "):
        viewer.save(tmp_path / "scan.png", **wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["scan.png", "scan.gif", "scan.html", ""])
def test_a_folder_is_no_file(viewer, tmp_path, name):
    (tmp_path / name).mkdir(exist_ok=True)
    save = viewer.to_html if name.endswith("html") else viewer.save
    with pytest.raises(IsADirectoryError, match=r"is a folder; add the name of a file$"):
        save(tmp_path / name)


@pytest.mark.parametrize("path", [3, None, b"scan.png"])
def test_what_is_no_path(viewer, array, path):
    for save in (viewer.save, viewer.to_html, lambda path: slicekit.save_planes(array, path, 0)):
        with pytest.raises(TypeError, match=r"^path must be a string or a Path, got "):
            save(path)


def test_a_film_knows_no_other_keyword_than_dpi(viewer, tmp_path):
    with pytest.raises(TypeError, match="facecolor"):
        viewer.save(tmp_path / "scan.gif", facecolor="red")


# ---- single pictures


def test_one_picture_and_all_of_them(viewer, tmp_path):
    assert viewer.save(str(tmp_path / "one.png")) == [tmp_path / "one.png"]
    all_of_them = viewer.save(tmp_path / "slice{index:02}.png", every=2)
    assert [path.name for path in all_of_them] == ["slice00.png", "slice02.png"]
    one, two = (np.asarray(opened(tmp_path / name)) for name in ("one.png", "slice02.png"))
    assert np.array_equal(one, two)
    assert np.array_equal(one[..., :3], drawn(viewer, 2))


# ---- the montage


def shown(ax):
    return np.ma.getdata(ax.images[0].get_array())


def test_the_montage_shows_the_slices_in_their_places(array):
    viewer = slicekit.view(array, axis=2)
    fig = viewer.montage(4, ncols=3)
    assert [ax.get_title() for ax in fig.axes] == ["0 / 5", "2 / 5", "3 / 5", "5 / 5"]
    for ax, index in zip(fig.axes, (0, 2, 3, 5), strict=True):
        assert np.array_equal(shown(ax), array[:, :, index])
    places = [ax.get_position() for ax in fig.axes]
    assert places[0].y0 == places[2].y0 > places[3].y1
    assert places[0].x1 < places[1].x0 < places[2].x0


def test_the_montage_looks_like_the_viewer(array):
    options = {"cmap": "magma", "origin": "lower", "transpose": True, "spacing": (1, 2, 3)}
    viewer = slicekit.view(array, axis=1, clim=(10, 50), interpolation="bilinear", **options)
    viewer.axis = 2
    viewer.ax.set_xlim(1, 3)
    slicekit.press(viewer.fig, "]")
    ax = viewer.montage([5]).axes[0]
    ours, theirs = viewer.im, ax.images[0]
    assert np.array_equal(shown(ax), array[:, :, 5].T)
    for ask in ("get_clim", "get_cmap", "get_extent", "get_interpolation"):
        assert getattr(theirs, ask)() == getattr(ours, ask)(), ask
    assert theirs.origin == "lower"
    assert (ax.get_xlim(), ax.get_ylim()) == ((1, 3), viewer.ax.get_ylim())
    assert ax.get_aspect() == viewer.ax.get_aspect() == 2


def test_the_montage_shows_what_lies_over_the_slices(array):
    viewer = slicekit.view(array, points=[[3, 1, 2]], draw=lambda ax, i: ax.text(1, 1, f"no {i}"))
    viewer.overlay(array > 90, color="red", alpha=0.3).contour(array > 100, color="blue")
    first, last = viewer.montage([0, 3]).axes
    assert [ax.texts[0].get_text() for ax in (first, last)] == ["no 0", "no 3"]
    assert [len(ax.collections) for ax in (first, last)] == [0, 2]  # outline, point
    over = last.images[1]
    assert np.array_equal(over.get_array().filled(0), array[3] > 90)
    assert over.get_alpha() == 0.3
    assert over.get_cmap() == viewer.layers[-2].im.get_cmap()
    assert first.images[1].get_array().mask.all()
    assert len(viewer.ax.images) == 2  # and the viewer's own have stayed


def test_what_is_hidden_stays_so(viewer):
    slicekit.press(viewer.fig, "m")
    assert not viewer.montage([3]).axes[0].images[1].get_visible()


def test_the_montage_with_a_contrast_for_each_slice(array):
    viewer = slicekit.view(array, clim="slice")
    limits = [ax.images[0].get_clim() for ax in viewer.montage([0, 3]).axes]
    assert limits == [(0, 29), (90, 119)]
    assert viewer.im.get_clim() == (60, 89)


def test_the_montage_of_panels_and_moments(array):
    series = np.stack([array, array + 200])
    viewer = slicekit.view([series, -series], dims="tzyx", titles=["one", "other"], clim="shared")
    viewer.go(t=1)
    axes = viewer.montage([1, 2, 3], ncols=2).axes
    assert [ax.get_title() for ax in axes[:2]] == ["one, 1 / 3, t 1 / 1", "other, 1 / 3, t 1 / 1"]
    assert np.array_equal(shown(axes[2]), series[1, 2])
    assert np.array_equal(shown(axes[5]), -series[1, 3])
    assert len({ax.get_position().y0 for ax in axes[:4]}) == 1
    assert axes[4].get_position().x0 == axes[0].get_position().x0


def test_a_layer_that_only_shows_is_left_out(array):
    class Own:
        def show(self, plane):
            pass

    viewer = slicekit.view(array).add(Own())
    assert len(viewer.montage(2).axes) == 2


def test_more_tiles_than_slices_are_all_slices(viewer):
    fig = viewer.montage()
    assert [ax.get_title() for ax in fig.axes] == ["0 / 3", "1 / 3", "2 / 3", "3 / 3"]
    assert plt.gcf() is fig


def test_slices_that_are_not_there(viewer):
    with pytest.raises(IndexError, match="index 4 is out of range"):
        viewer.montage([0, 4])
    with pytest.raises(ValueError, match="slices must be 1 or more, got 0"):
        viewer.montage(0)
    for slices in (2.5, [], [[0, 1]], np.array([True, False]), {1, 2}, "12"):
        with pytest.raises(TypeError, match="slices must be a whole number or a list of indices"):
            viewer.montage(slices)
    with pytest.raises(ValueError, match="ncols must be 1 or more, got 0"):
        viewer.montage(ncols=0)


# ---- what holds for all of them

LEAVE = {
    "page": lambda viewer, folder, **given: viewer.to_html(folder / "scan.html", **given),
    "film": lambda viewer, folder, **given: viewer.save(folder / "scan.gif", **given),
}
leave = pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE)


@leave
def test_what_is_too_large_is_not_written(viewer, tmp_path, leave):
    with pytest.raises(ValueError, match=r"about 0\.\d+ MB, more than max_mb=0\.001; take every"):
        leave(viewer, tmp_path, max_mb=0.001)
    assert list(tmp_path.iterdir()) == []
    assert viewer.index == 2


@leave
def test_a_folder_that_is_not_there_is_told_before_the_work(viewer, tmp_path, leave):
    seen = []
    viewer.on_change(lambda viewer: seen.append(viewer.index))
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere; make it, then save scan"):
        leave(viewer, tmp_path / "nowhere")
    assert seen == []


def test_the_size_foretold_is_that_of_all_slices(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (40, 30, 30), dtype=np.uint8)
    viewer = slicekit.view(noise, ax=small().subplots())
    whole = viewer.to_html(tmp_path / "scan.html").stat().st_size / 1e6
    with pytest.raises(ValueError, match="more than max_mb") as refused:
        viewer.to_html(tmp_path / "small.html", max_mb=whole / 4)
    told = float(re.search(r"about (\S+) MB", str(refused.value))[1])
    assert told == pytest.approx(whole, rel=0.1)


def test_a_page_is_never_larger_than_it_may_be(array, tmp_path):
    viewer = slicekit.view(array[:2], ax=small().subplots())
    size = viewer.to_html(tmp_path / "scan.html", max_mb=1).stat().st_size
    text = len(style()) + len(script()) + 2000  # around the pictures
    with pytest.raises(ValueError, match="more than max_mb"):
        viewer.to_html(tmp_path / "small.html", max_mb=(size - text - 100) / 1e6)


def test_names_of_files(viewer, tmp_path):
    with pytest.raises(ValueError, match=r"call it scan\.html, not .*scan\.png"):
        viewer.to_html(tmp_path / "scan.png")
    with pytest.raises(ValueError, match=r"a film is one file; leave out the braces in .*\.gif"):
        viewer.save(tmp_path / "{index}.gif")
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere; make it, then save 0\.png"):
        viewer.save(tmp_path / "nowhere" / "{index}.png")
    assert viewer.index == 2


def test_titles_of_two_lines_have_room(array):
    one, two = (
        slicekit.view(array, title=title).montage(4, ncols=2) for title in ("one", "one\ntwo")
    )
    for fig in (one, two):
        fig.canvas.draw()
        for ax in fig.axes:
            assert ax.title.get_window_extent().y1 <= fig.bbox.y1
        above, below = fig.axes[0], fig.axes[2]
        assert below.title.get_window_extent().y1 < above.get_window_extent().y0


@leave
@pytest.mark.parametrize(("every", "fault"), [(0, ValueError), (-1, ValueError), (1.5, TypeError)])
def test_every_so_many(viewer, tmp_path, leave, every, fault):
    with pytest.raises(fault, match=f"every must be .*, got {every}"):
        leave(viewer, tmp_path, every=every)


@leave
def test_the_viewer_is_as_before(viewer, tmp_path, leave):
    click = viewer.fig.canvas
    leave(viewer, tmp_path)
    assert (viewer.index, viewer.fig.canvas) == (2, click)
    slicekit.press(viewer.fig, "k")
    assert viewer.index == 3


@leave
def test_a_fault_in_the_middle_leaves_the_viewer_as_before(viewer, tmp_path, leave):
    def fail_on_slice_3(ax, index):
        if index == 3:
            raise RuntimeError("cannot draw this one")

    viewer.draw(fail_on_slice_3)
    with pytest.raises(RuntimeError, match="cannot draw this one"):
        leave(viewer, tmp_path)
    assert viewer.index == 2
    assert list(tmp_path.iterdir()) == []


KINDS = {
    "labels": {"overlay": np.arange(120).reshape(4, 5, 6) // 20},
    "outlines and points": {
        "contours": np.arange(120).reshape(4, 5, 6) > 70,
        "points": [[1, 2, 3]],
    },
    "a contrast each": {"clim": "slice", "colorbar": True},
    "titles that grow": {"title": lambda index: "one\n" * index + "more", "cmap": "magma"},
}


def changing(array, kind, layout):
    """A viewer in a figure whose surroundings change, too."""
    fig = plt.figure(figsize=(2, 1.5), dpi=100, layout=layout)
    viewer = slicekit.view(array, index=0, ax=fig.subplots(), **KINDS[kind])
    viewer.on_change(lambda viewer: fig.suptitle("odd" * (viewer.index % 2), size=6))
    return viewer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_the_quick_pictures_are_matplotlibs_own(array, tmp_path, kind, layout):
    page = Page(changing(array, kind, layout).to_html(tmp_path / "scan.html"))
    again = changing(array, kind, layout)
    canvas = Canvas(again.fig)
    canvas.draw()  # a layout engine takes more than one drawing to come to rest
    for again.index, picture in enumerate(page.pictures()):
        canvas.draw()
        assert np.array_equal(picture, np.asarray(canvas.buffer_rgba())[..., :3]), again.index


@leave
def test_who_looks_at_a_live_figure_sees_nothing_of_it(array, tmp_path, leave):
    plt.switch_backend("module://matplotlib.backends.backend_webagg_core")
    viewer = slicekit.view(array, index=1)
    page = PageOf(viewer.fig)
    page.press("k")
    page.answer()
    viewer.ax.set_xlabel("not drawn yet")
    frames, told = page.frames, []
    viewer.fig.canvas.mpl_connect("resize_event", told.append)
    leave(viewer, tmp_path, dpi=40)
    assert (page.frames, viewer.index, told) == (frames, 2, [])
    page.answer()
    page.press("k")
    page.answer()
    shown = page.picture
    viewer.fig.canvas.draw()
    assert np.array_equal(shown, np.asarray(viewer.fig.canvas.buffer_rgba()))
    plt.close("all")
    plt.switch_backend("agg")


def test_all_pictures_have_one_size_whatever_the_settings(viewer, tmp_path):
    with plt.rc_context({"savefig.bbox": "tight", "savefig.dpi": 30}):
        shown = Page(viewer.to_html(tmp_path / "scan.html")).pictures()
    assert {picture.shape for picture in shown} == {(150, 200, 3)}


def test_a_viewer_of_ones_own_and_a_figure_without_pyplot(array, tmp_path):
    viewer = slicekit.SliceViewer(array, ax=Figure(figsize=(2, 1.5), dpi=100).subplots())
    page = Page(share.to_html(viewer, tmp_path / "scan.html"))
    assert np.array_equal(page.pictures()[1], drawn(viewer, 1))
    assert len(montage.montage(viewer, 2).axes) == 2
    assert share.save(viewer, tmp_path / "scan.gif")[0].exists()


def test_the_page_holds_pictures_and_not_the_volume(array, tmp_path):
    """Slices 1 to 3 are all white: what they differ in does not leave."""
    viewer = slicekit.view(array, clim=(0, 1), title="", ax=small().subplots())
    page = Page(viewer.to_html(tmp_path / "scan.html"))
    assert len({picture.tobytes() for picture in page.pictures()}) == 2
    assert page.slices.keys() == {"pictures", "words"}


def test_the_moving_picture_of_the_readme_is_made_by_its_tool(tmp_path):
    make_cover(tmp_path / "cover.gif")
    made, stored = opened(tmp_path / "cover.gif"), opened(COVER)
    assert made.n_frames == stored.n_frames == 23
    for number in range(0, 23, 5):
        small = []
        for film in (made, stored):
            film.seek(number)
            small.append(np.asarray(film.convert("RGB").resize((64, 64)), dtype=float))
        assert np.abs(small[0] - small[1]).mean() < 5, number


# ---- small parts


def test_the_figure_of_a_page_is_complete():
    picture = io.BytesIO()
    Image.new("L", (1, 1)).save(picture, "PNG")
    address = "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
    assert scroller([picture.getvalue()] * 2, ["a < b", "c"], 1, "head & neck") == (
        '<figure class="slicekit" data-name="head &amp; neck">\n'
        f'<img alt="head &amp; neck: c" src="{address}">\n'
        '<div class="slicekit-controls" hidden>\n'
        '<input type="range" min="0" max="1" value="1" aria-label="slice of head &amp; neck" '
        'aria-valuetext="c">\n<span aria-hidden="true">c</span>\n</div>\n'
        f'<script type="application/json">{{"pictures": ["{address}", "{address}"], '
        '"words": ["a \\u003c b", "c"]}</script>\n'
        '<figcaption class="slicekit-keys" hidden>Wheel or slider; after a click also '
        "K and J, arrows, Page Up and Page Down, Home and End.</figcaption>\n"
        "<noscript><p>Scrolling needs JavaScript.</p></noscript>\n</figure>\n"
    )
    assert page("<figure>", "head & neck") == (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>head &amp; neck</title>\n<style>\n{style()}</style>\n</head>\n"
        f"<body>\n<main>\n<figure></main>\n<script>\n{script()}</script>\n</body>\n</html>\n"
    )


def test_a_film_runs_for_ever_at_the_speed_asked_for(viewer, tmp_path):
    for options, duration in (({}, 100), ({"fps": 50}, 20), ({"fps": 3}, 330)):
        with Image.open(viewer.save(tmp_path / "scan.gif", **options)[0]) as film:
            assert film.info["loop"] == 0
            assert film.info["duration"] == duration
            assert film.n_frames == 4


def test_a_picture_in_which_one_pixel_has_a_colour_keeps_it():
    picture = Image.new("RGB", (3, 2), (7, 7, 7))
    assert without_colours(picture).mode == "L"
    for colour in ((8, 7, 7), (7, 8, 7), (7, 7, 8)):
        picture.putpixel((1, 1), colour)
        assert without_colours(picture).getpixel((1, 1)) == colour


def test_a_figure_drawn_elsewhere_comes_back_as_it_was(viewer, monkeypatch):
    before, dpi = viewer.fig.canvas, viewer.fig.dpi
    stale = []
    monkeypatch.setattr(before, "draw_idle", lambda: stale.append(viewer.fig.stale))
    for asked, used in ((None, dpi), (37, 37)):
        with on_another_canvas(viewer, asked) as canvas:
            assert viewer.fig.canvas is canvas is not before
            assert viewer.fig.dpi == used
            viewer.index = 0
            canvas.draw()
        assert (viewer.fig.canvas, viewer.fig.dpi, viewer.index) == (before, dpi, 2)
        assert stale.pop()


@pytest.mark.parametrize("fault", [False, True])
def test_the_slice_on_show_is_shown_again(viewer, fault):
    with suppress(KeyError), kept(viewer):
        viewer.index = 0
        if fault:
            raise KeyError
    assert viewer.index == 2


def test_a_picture_is_drawn_in_full_where_there_is_no_quick_way(viewer):
    viewer.fig.set_layout_engine("constrained")
    canvas = FigureCanvasAgg(viewer.fig)
    pictures = [np.asarray(p.convert("RGB")) for p in each_picture(viewer, canvas, [0, 3, 1])]
    for index, picture in zip([0, 3, 1], pictures, strict=True):
        assert np.array_equal(picture, drawn(viewer, index))


@pytest.mark.parametrize(
    ("count", "slices", "indices"),
    [
        (12, 1, [6]),
        (12, 2, [3, 9]),
        (12, 3, [2, 6, 10]),
        (12, 12, list(range(12))),
        (12, 99, list(range(12))),
        (12, [11, 0], [11, 0]),
        (12, np.uint8(2), [3, 9]),
    ],
)
def test_which_slices_a_montage_shows(count, slices, indices):
    viewer = slicekit.view(np.zeros((count, 4, 5)))
    assert chosen(viewer, slices) == indices


@pytest.mark.parametrize(
    ("number", "ncols", "grid"), [(4, 4, (1, 4)), (4, 3, (2, 3)), (2, 9, (1, 2)), (3, 1, (3, 1))]
)
def test_a_montage_is_as_large_as_its_tiles(number, ncols, grid):
    rows, columns = grid
    viewer = slicekit.view(np.zeros((8, 20, 10)), spacing=(1, 1, 2))
    fig = viewer.montage(number, ncols=ncols)
    width = plt.rcParams["figure.figsize"][0] * 1.25
    high = width / columns  # 20 rows of 1 mm are as high as 10 columns of 2 mm are wide
    assert fig.get_size_inches() == pytest.approx((width, rows * (high + 0.25)))
    assert len(fig.axes) == number
    for place, ax in enumerate(fig.axes):
        assert ax.get_subplotspec().get_geometry() == (rows, columns, place, place)
        assert not ax.axison
    below = fig.subplotpars
    assert (below.left, below.bottom, below.right, below.wspace) == (0.01, 0.01, 0.99, 0.03)
    assert below.top == pytest.approx(1 - 0.25 / (rows * (high + 0.25)))
    assert below.hspace == pytest.approx(0.25 / high * 1.2)


def test_a_montage_of_what_has_no_proportions():
    viewer = slicekit.view(np.zeros((8, 20, 10)), aspect="auto")
    viewer.ax.set(xlim=(0, 4), ylim=(0, 8))
    assert sheet(viewer.ax, 2) == pytest.approx((8, 8))
    viewer.ax.set_aspect(0.25)
    assert sheet(viewer.ax, 4) == pytest.approx((8, 1))


def test_the_title_of_a_tile_is_small_and_near(viewer):
    title = viewer.montage(1).axes[0].title
    assert title.get_fontsize() == pytest.approx(10 / 1.2, abs=0.01)


def test_a_picture_is_spoken_by_its_titles(array):
    viewer = slicekit.view([array, array], title="one\n two")
    assert spoken(viewer) == "one two; one two"
    assert spoken(slicekit.view(array, title="", index=3)) == "slice 3"


@pytest.mark.skipif(not BY_VALUE, reason="older Matplotlib is not looked up")
def test_of_many_pictures_only_the_first_is_drawn_in_full(viewer, monkeypatch):
    drawn = []
    draw = FigureCanvasAgg.draw
    monkeypatch.setattr(FigureCanvasAgg, "draw", lambda self: (drawn.append(1), draw(self)))
    with on_another_canvas(viewer) as canvas:
        assert len(list(each_picture(viewer, canvas, [0, 1, 2, 3]))) == 4
        assert len(drawn) == 1


def test_a_screen_with_small_pixels_makes_no_larger_pictures(viewer):
    viewer.fig.canvas._set_device_pixel_ratio(2)
    assert viewer.fig.dpi == 200
    with on_another_canvas(viewer):
        assert viewer.fig.dpi == 100
    assert viewer.fig.dpi == 200


def test_files_are_numbered_from_nought_or_from_one(viewer, tmp_path):
    for pattern, names in (("{}", "0123"), ("{index}", "0123"), ("{number}", "1234")):
        files = viewer.save(tmp_path / f"{pattern}.png", dpi=10)
        assert [file.stem for file in files] == [*names]


def test_a_slow_film_is_a_film(viewer, tmp_path):
    with Image.open(viewer.save(tmp_path / "scan.gif", fps=0.5)[0]) as film:
        assert film.info["duration"] == 2000


def test_a_montage_of_two_panels_has_both_side_by_side_in_the_same_width(array):
    one = slicekit.view(array).montage(2, ncols=2)
    two = slicekit.view([array, array]).montage(2, ncols=2)
    assert one.get_figwidth() == two.get_figwidth()
    high, low = (fig.get_figheight() - 0.25 for fig in (one, two))
    assert high == pytest.approx(2 * low)


def test_the_size_of_a_page_is_that_of_its_pictures_as_text(viewer, tmp_path):
    page = Page(viewer.to_html(tmp_path / "scan.html"))
    addresses = [*page.slices["pictures"], page["img"]["src"]]
    size = sum(len(address.partition("base64,")[2]) for address in addresses)
    viewer.to_html(tmp_path / "fits.html", max_mb=size / 1e6)
    with pytest.raises(ValueError, match="more than max_mb"):
        viewer.to_html(tmp_path / "small.html", max_mb=(size - 30) / 1e6)


@pytest.mark.parametrize("pattern", ["{x}.png", "{index.x}.png", "{index:x!}.png"])
def test_a_name_that_is_no_format_is_told_its_fields(pattern):
    with pytest.raises(
        ValueError, match=r"is no format \(.*\); its fields are {index} and {number}$"
    ):
        share.name_of(pattern, 3)


# ---- what is asked for and cannot be


def test_a_picture_without_an_ending_is_called_what_it_becomes(array, tmp_path, monkeypatch):
    viewer = slicekit.view(array)
    assert viewer.save(tmp_path / "one") == [tmp_path / "one.png"]
    assert viewer.save(tmp_path / "two{index}", every=2) == [
        tmp_path / "two0.png",
        tmp_path / "two2.png",
    ]
    monkeypatch.setitem(plt.rcParams, "savefig.format", "pdf")
    assert viewer.save(tmp_path / "three") == [tmp_path / "three.pdf"]
    assert viewer.save(tmp_path / "four", format="png") == [tmp_path / "four"]
    (tmp_path / "five").mkdir()
    (tmp_path / "six.pdf").mkdir()
    for name, folder in (("five", "five"), ("six", "six.pdf")):
        with pytest.raises(IsADirectoryError, match=f"{folder} is a folder; add the name of a "):
            viewer.save(tmp_path / name)
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == ["five", "four", "one.png", "six.pdf", "three.pdf", "two0.png", "two2.png"]


def test_a_film_takes_nothing_of_savefig_but_dpi(array, tmp_path):
    viewer = slicekit.view(array)
    with pytest.raises(TypeError, match=r"^a film takes no facecolor, only dpi; leave it out$"):
        viewer.save(tmp_path / "a.gif", facecolor="red")


@pytest.mark.parametrize("alt", [None, 3, np.zeros(2)])
def test_what_pictures_show_is_told_in_words(array, tmp_path, alt):
    words = r"^alt must be words that tell what the pictures show, got "
    with pytest.raises(TypeError, match=words):
        slicekit.view(array).to_html(tmp_path / "a.html", alt=alt)
    assert list(tmp_path.iterdir()) == []


def test_a_page_has_letters_for_what_cannot_be_decoded(array, tmp_path):
    path = slicekit.view(array, ax=small().subplots()).to_html(tmp_path / "a.html", alt="a\udcff")
    assert "<title>a?</title>" in path.read_text(encoding="utf-8")


def test_each_file_shows_the_slice_that_it_is_called_after(array, tmp_path):
    viewer = slicekit.view(array, index=3, ax=small().subplots())
    for index, path in zip((0, 2), viewer.save(tmp_path / "{}.png", every=2), strict=True):
        assert np.array_equal(np.asarray(opened(path))[..., :3], drawn(viewer, index))


def test_an_ending_of_no_picture_is_told_what_there_is(viewer, tmp_path):
    with pytest.raises(ValueError, match=r"^'foo' is no format") as caught:
        viewer.save(tmp_path / "scan.foo")
    known = ", ".join(viewer.fig.canvas.get_supported_filetypes())
    assert str(caught.value) == (
        "'foo' is no format of Matplotlib's; to_html writes pages, save films (gif) "
        f"and pictures ({known})"
    )


def test_a_name_that_is_no_format_is_told_why():
    with pytest.raises(ValueError, match=r"^path") as caught:
        share.name_of("{x}.png", 3)
    words = "path '{x}.png' is no format ('x'); its fields are {index} and {number}"
    assert str(caught.value) == words


def test_a_page_may_have_the_short_ending(array, tmp_path):
    viewer = slicekit.view(array, ax=small().subplots())
    assert viewer.to_html(tmp_path / "scan.htm", every=4).read_text().startswith("<!doctype html>")


def test_what_are_no_words_is_named(array, tmp_path):
    with pytest.raises(TypeError, match=r"what the pictures show, got 3$"):
        slicekit.view(array).to_html(tmp_path / "a.html", alt=3)


def test_a_page_is_utf_8_wherever_it_is_written(array, tmp_path):
    viewer = slicekit.view(array, ax=small().subplots())
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        page = viewer.to_html(tmp_path / "a.html", every=4, alt="Schädel")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    assert "Schädel" in page.read_text(encoding="utf-8")


def test_the_picture_on_show_counts_twice_and_no_other(array, tmp_path):
    noise = np.zeros((3, 30, 30))
    noise[1] = np.random.default_rng(0).random((30, 30))
    viewer = slicekit.view(noise, index=1, ax=small().subplots())
    page = Page(viewer.to_html(tmp_path / "a.html"))
    addresses = [*page.slices["pictures"], page["img"]["src"]]
    data = [base64.b64decode(address.partition("base64,")[2]) for address in addresses]
    size = sum(len(picture) * 4 // 3 for picture in data)
    viewer.to_html(tmp_path / "a.html", max_mb=(size + 0.5) / 1e6)
    with pytest.raises(ValueError, match="more than max_mb"):
        viewer.to_html(tmp_path / "a.html", max_mb=(size - 0.5) / 1e6)


def test_a_size_is_told_in_millions_of_bytes():
    with pytest.raises(ValueError, match=r"would have about 1\.1 MB, more than max_mb=1; "):
        share.check_size(1_050_001, 1)
