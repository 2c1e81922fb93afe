"""A figure in a browser: a stand-in for the page takes what is sent, and answers as pages do."""

import io
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import slicekit
from slicekit import browser
from slicekit.paint import Painter

PAUSE = browser.PAUSE  # as it is for readers; tests do not wait


class PageOf:
    """What the page shows: whole pictures replace it, different pixels are laid over it."""

    def __init__(self, fig):
        self.canvas, self.mode, self.frames, self.asked = fig.canvas, "full", 0, 0
        fig.canvas.manager.add_web_socket(self)
        self.tell(type="refresh")
        self.answer()

    def send_json(self, content):
        self.asked += content["type"] == "draw"
        self.mode = content.get("mode", self.mode) if content["type"] == "image_mode" else self.mode

    def send_binary(self, data):
        self.frames += 1
        picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
        if self.mode == "full":
            self.picture = picture
        else:
            self.picture = np.where(picture[..., 3:] > 0, picture, self.picture)

    def tell(self, **event):
        self.canvas.handle_event(event)

    def answer(self):
        """Ask for a picture, as the page does once it was told that there is a new one."""
        if self.asked:
            self.asked = 0
            self.tell(type="draw")

    def press(self, *keys):
        for key in keys:
            self.tell(type="key_press", key=f"k{key}")

    def point_at(self, ax):
        x, y = ax.transAxes.transform((0.5, 0.5))
        height = self.canvas.get_renderer().height
        where = {"x": x, "y": height - y, "button": 0, "buttons": 0, "modifiers": []}
        self.tell(type="motion_notify", **where)


@pytest.fixture(autouse=True)
def _in_a_browser(monkeypatch):
    plt.switch_backend("module://matplotlib.backends.backend_webagg_core")
    monkeypatch.setattr(browser, "PAUSE", 0)
    yield
    plt.close("all")
    plt.switch_backend("agg")


def as_redrawn(fig):
    """Return the picture that Matplotlib makes of a figure, all of it."""
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba()).copy()


def blocks(shape=(40, 20, 30)):
    return np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)


def with_text(viewer):
    viewer.ax.text(3, 3, "over the picture", color="red")


def with_grid(viewer):
    viewer.ax.grid(visible=True)


def with_words_of_the_figure(viewer):
    viewer.fig.suptitle("above")
    viewer.fig.text(0.4, 0.5, "across the picture", color="red", size=20)


def with_legend(viewer):
    viewer.ax.plot([3, 20], [3, 15], label="a line")
    viewer.ax.legend()


def without_axes(viewer):
    viewer.ax.set_axis_off()


def zoomed(viewer):
    viewer.ax.set(xlim=(3, 11), ylim=(12, 2))


def in_colour(viewer):
    viewer.fig.set_facecolor("pink")


def see_through(viewer):
    viewer.fig.patch.set_alpha(0.3)


def growing(ax, index):
    return ax.plot(np.arange(index + 2), np.arange(index + 2), color="C1")


KINDS = {
    "plain": {},
    "labels": {"overlay": blocks() // 60},
    "outlines": {"contours": blocks() > 200},
    "points": {"points": [(2, 3, 4), (3, 5, 6), (4, 9, 9)]},
    "drawn": {"draw": growing},
    "colour bar": {"colorbar": True},
    "each slice": {"clim": "slice", "colorbar": True},
    "transposed": {"transpose": True, "cmap": "magma"},
    "along the last": {"axis": 2},
}
CHANGES = [
    with_text,
    with_grid,
    with_words_of_the_figure,
    with_legend,
    without_axes,
    zoomed,
    in_colour,
    see_through,
]
KEYS = ["k", "PageUp", "a", "k", "]", "m"]


@pytest.mark.parametrize(
    ("kind", "change"),
    [*((kind, None) for kind in KINDS), *(("plain", change) for change in CHANGES)],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_the_page_shows_what_a_full_redraw_would(kind, change):
    plt.rcParams["figure.dpi"] = 61  # ticks end between pixels; at 72 and 100 they do not
    viewer = slicekit.view(blocks(), **KINDS[kind])
    if change:
        change(viewer)
    page = PageOf(viewer.fig)
    page.point_at(viewer.ax)
    for key in KEYS:
        before = page.picture
        page.press(key)
        page.answer()
        shown = page.picture
        assert np.array_equal(shown, as_redrawn(viewer.fig)), key
        assert np.array_equal(shown, page.picture), key
        page.press(key)  # and now after a full redraw
        page.answer()
        if key == "k":
            assert not np.array_equal(page.picture, before)


@pytest.mark.parametrize("kind", ["plain", "labels", "outlines", "points", "drawn", "transposed"])
def test_a_step_draws_no_more_than_the_slice(kind, redraws):
    viewer = slicekit.view(blocks(), index=0, **KINDS[kind])
    page = PageOf(viewer.fig)
    drawn = redraws(viewer.fig)
    frames = page.frames
    page.press("k", "k", "k", "k")
    assert (len(drawn), page.frames - frames, page.asked) == (0, 4, 0)
    assert np.array_equal(page.picture, as_redrawn(viewer.fig))


def test_what_stays_the_same_is_learnt_once_and_again_after_a_drawing(monkeypatch):
    viewer = slicekit.view(blocks(), index=0)
    page = PageOf(viewer.fig)
    learnt = []
    prepare = Painter._prepare
    monkeypatch.setattr(Painter, "_prepare", lambda painter: learnt.append(0) or prepare(painter))
    page.press(*"kkjkkk")
    page.answer()
    assert len(learnt) == 1
    viewer.ax.set_xlabel("new")
    page.press("k")
    page.answer()
    page.press("k", "k")
    page.answer()
    assert len(learnt) == 2
    assert np.array_equal(page.picture, as_redrawn(viewer.fig))


def test_what_else_changes_is_drawn_too(redraws):
    viewer = slicekit.view(blocks(), index=0, colorbar=True)
    page = PageOf(viewer.fig)
    page.press("k")
    viewer.on_change(lambda viewer: viewer.fig.suptitle(f"slice {viewer.index}"))
    for key in "kkk":
        page.press(key)
        page.answer()
        shown = page.picture
        assert np.array_equal(shown, as_redrawn(viewer.fig))
    viewer.ax.set_position([0.3, 0.3, 0.5, 0.5])
    page.press("k")
    page.answer()
    shown = page.picture
    assert np.array_equal(shown, as_redrawn(viewer.fig))


def test_two_viewers_on_one_figure(redraws):
    fig, (left, right) = plt.subplots(1, 2)
    one = slicekit.SliceViewer(blocks(), ax=left, index=0)
    two = slicekit.SliceViewer(blocks()[::-1], ax=right, index=0)
    page = PageOf(fig)
    drawn = redraws(fig)
    for ax in (left, right):
        page.point_at(ax)
        page.press("k", "k")
    assert (one.index, two.index, len(drawn)) == (2, 2, 0)
    assert np.array_equal(page.picture, as_redrawn(fig))
    one.close()
    page.answer()
    page.press("k")
    page.answer()
    assert (one.index, two.index) == (2, 3)
    assert np.array_equal(page.picture, as_redrawn(fig))


def test_a_viewer_that_leaves_costs_no_drawing(redraws):
    fig, (left, right) = plt.subplots(1, 2)
    one, two = (slicekit.SliceViewer(blocks(), ax=ax, index=0) for ax in (left, right))
    page = PageOf(fig)
    page.press("k")
    drawn = redraws(fig)
    one.close()
    page.press("k")
    page.answer()
    assert (one.index, two.index, len(drawn)) == (1, 2, 0)
    assert np.array_equal(page.picture, as_redrawn(fig))


def test_keys_that_come_fast_wait_for_the_page(monkeypatch):
    monkeypatch.setattr(browser, "PAUSE", 60)
    viewer = slicekit.view(blocks(), index=0)
    page = PageOf(viewer.fig)
    frames = page.frames
    page.press(*"kkkkkkkkkkkkkkkkkkkk")
    assert page.frames == frames
    page.answer()
    assert page.frames == frames + 1
    assert np.array_equal(page.picture, as_redrawn(viewer.fig))
    assert viewer.index == 20


def test_a_key_after_a_short_rest_is_answered_at_once(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(browser, "PAUSE", PAUSE)
    monkeypatch.setattr(browser, "monotonic", lambda: clock[0])
    page = PageOf(slicekit.view(blocks(), index=0).fig)
    for rest, sent in ((0.05, 0), (0.15, 1), (0.05, 0), (0.15, 1)):
        frames = page.frames
        clock[0] += rest
        page.press("k")
        assert page.frames - frames == sent


def test_saving_resizing_and_drawing_in_between(tmp_path):
    viewer = slicekit.view(blocks(), index=0)
    page = PageOf(viewer.fig)
    page.press("k")
    for between in (
        lambda: viewer.fig.savefig(tmp_path / "big.png", dpi=200),
        lambda: viewer.fig.savefig(tmp_path / "same.png"),
        lambda: page.tell(type="resize", width=500, height=300),
        lambda: page.tell(type="set_device_pixel_ratio", device_pixel_ratio=2),
        lambda: viewer.fig.set_dpi(70),
    ):
        between()
        page.answer()
        for _ in range(2):
            page.press("k")
            page.answer()
            shown = page.picture
            assert np.array_equal(shown, as_redrawn(viewer.fig))


def test_every_picture_is_whole_and_close_gives_all_back():
    viewer = slicekit.view(blocks(), index=0)
    canvas, page = viewer.fig.canvas, PageOf(viewer.fig)
    page.press("k")
    canvas.draw()
    assert page.mode == "full"
    assert {*browser.Post.REPLACED} <= {*vars(canvas)}
    viewer.close()
    page.answer()
    assert not {*browser.Post.REPLACED} & {*vars(canvas)}
    viewer.index = 4
    canvas.draw()
    assert page.mode == "diff"
    assert np.array_equal(page.picture, as_redrawn(viewer.fig))


def test_a_page_that_had_parts_of_pictures_gets_whole_ones():
    fig, ax = plt.subplots()
    page = PageOf(fig)
    for colour in ("white", "pink"):
        fig.set_facecolor(colour)
        page.tell(type="draw")
    assert page.mode == "diff"
    slicekit.SliceViewer(blocks(), ax=ax)
    fig.patch.set_alpha(0.3)  # laid over the last picture, it would be another colour
    page.tell(type="draw")
    assert page.mode == "full"
    shown = page.picture
    assert np.array_equal(shown, as_redrawn(fig))


@pytest.mark.parametrize("of", ["ipympl", "Matplotlib"])
def test_the_page_holds_still_while_a_viewer_lives(of, monkeypatch):
    fig, axes = plt.subplots(1, 2)
    canvas, held = fig.canvas, []
    if of == "ipympl":
        canvas.capture_scroll = False
    else:  # Matplotlib 3.11; older ones have no word for it
        monkeypatch.setattr(type(canvas), "get_capture_scroll", lambda self: False, 0)
        monkeypatch.setattr(type(canvas), "set_capture_scroll", lambda self, on: held.append(on), 0)
    viewers = [slicekit.SliceViewer(blocks(), ax=ax) for ax in axes]
    for viewer in viewers:
        held.append(vars(canvas).get("capture_scroll", "held"))
        viewer.close()
    held.append(vars(canvas).get("capture_scroll", "let go"))
    assert held == (
        [True, True, False] if of == "ipympl" else [True, "held", "held", False, "let go"]
    )


def test_grey_pictures_are_sent_as_grey():
    grey = np.full((4, 5, 4), 255, np.uint8)
    grey[..., :3] = np.arange(5)[:, None]
    tinted, clear = grey.copy(), grey.copy()
    tinted[0, 0, 2], clear[0, 0, 3] = 200, 100
    for pixels, mode in ((grey, "L"), (tinted, "RGBA"), (clear, "RGBA")):
        sent = Image.open(io.BytesIO(browser.as_png(pixels)))
        assert sent.mode == mode
        assert np.array_equal(np.asarray(sent.convert("RGBA")), pixels)


def test_pictures_are_packed_in_the_quickest_way():
    sent = browser.as_png(np.zeros((4, 5, 4), np.uint8))
    packed = sent[sent.index(b"IDAT") + 4 :]
    assert packed[1] >> 6 == 0  # zlib's own word for it


def test_on_the_desktop_nothing_is_replaced():
    plt.switch_backend("agg")
    viewer = slicekit.view(blocks())
    assert not {*browser.Post.REPLACED} & {*vars(viewer.fig.canvas)}


# ---- what a hostile reader of this module has found


def top_ticks(viewer):
    viewer.ax.xaxis.tick_top()


def black_letter(viewer):
    viewer.ax.figure.text(0.5, 0.5, "L", size=30)


@pytest.mark.parametrize("change", [top_ticks, black_letter])
def test_what_looks_right_on_a_black_slice(change):
    volume = blocks()
    volume[:3] = 0
    viewer = slicekit.view(volume, index=0, title=lambda index: "one\ntwo" if index % 2 else "one")
    change(viewer)
    page = PageOf(viewer.fig)
    for _ in range(5):
        page.press("k")
        page.answer()
        shown = page.picture
        assert np.array_equal(shown, as_redrawn(viewer.fig))


@pytest.mark.parametrize("when", ["before", "in a listener"])
def test_with_a_layout_engine_each_step_is_a_full_drawing(redraws, when):
    viewer = slicekit.view(
        blocks(), index=0, title=lambda index: "one\ntwo" if index % 2 else "one"
    )
    page = PageOf(viewer.fig)
    page.press("k")
    if when == "before":
        viewer.fig.set_layout_engine("constrained")
    else:
        viewer.on_change(lambda viewer: viewer.fig.set_layout_engine("constrained"))
    drawn = redraws(viewer.fig)
    for step in range(1, 5):
        page.press("k")
        page.answer()
        assert len(drawn) >= step
        assert np.array_equal(page.picture, np.asarray(viewer.fig.canvas.buffer_rgba()))


def changing(part):
    """Return a listener that changes something outside the slices, without a trace in the axes."""

    def change(viewer):
        odd = viewer.index % 2 == 0
        {
            "hidden title": lambda: viewer.note.set_visible(odd),
            "hidden bar": lambda: viewer.fig.axes[1].set_visible(odd),
            "hidden axis": lambda: viewer.ax.xaxis.set_visible(odd),
            "label": lambda: viewer.ax.xaxis.label.set_text(f"slice {viewer.index}"),
            "words at ticks": lambda: plt.setp(viewer.ax.get_xticklabels(), color="rg"[odd]),
            "label of bar": lambda: viewer.fig.axes[1].yaxis.label.set_text(str(viewer.index)),
            "legend": lambda: viewer.legend.get_texts()[0].set_text(str(viewer.index)),
        }[part]()

    return change


@pytest.mark.parametrize(
    "part",
    [
        "hidden title",
        "hidden bar",
        "hidden axis",
        "label",
        "words at ticks",
        "label of bar",
        "legend",
    ],
)
def test_what_a_listener_changes_around_the_slices(part):
    viewer = slicekit.view(blocks(), index=0, colorbar=True)
    viewer.note = viewer.fig.suptitle("above")
    viewer.legend = viewer.fig.legend(*[viewer.ax.plot([1, 2], [3, 4]), ["a line"]])
    page = PageOf(viewer.fig)
    page.press("k")
    viewer.on_change(changing(part))
    for _ in range(4):
        page.press("k")
        page.answer()
        shown = page.picture
        assert np.array_equal(shown, as_redrawn(viewer.fig))
        page.press("j", "k")


def test_a_handler_that_lets_other_events_in():
    viewer = slicekit.view(blocks(), index=0)
    page = PageOf(viewer.fig)
    released = []
    viewer.fig.canvas.mpl_connect("key_release_event", lambda event: released.append(event.key))
    viewer.on_change(lambda viewer: page.tell(type="key_release", key="kx"))
    page.press("k", "k")
    page.answer()
    assert np.array_equal(page.picture, as_redrawn(viewer.fig))
    assert (viewer.index, released) == (2, ["x", "x"])


def test_in_interactive_mode_one_request_is_one_picture():
    with plt.ion():
        viewer = slicekit.view(blocks(), index=0)
        page = PageOf(viewer.fig)
        page.answer()
        page.press("k")
        page.answer()
        page.frames = page.asked = 0
        page.press("k")
        assert page.frames == 1
        for _ in range(5):
            page.answer()
        assert page.frames + page.asked <= 2


def test_words_that_cannot_be_drawn_say_so_and_the_next_ones_are_drawn():
    words = {2: r"$\frac{$"}
    viewer = slicekit.view(
        blocks(), index=0, draw=lambda ax, index: ax.text(2, 2, words.get(index, str(index)))
    )
    page = PageOf(viewer.fig)
    page.press("k", "k")
    with pytest.raises(ValueError, match="frac"):
        page.answer()
    page.press("k")
    page.answer()
    assert np.array_equal(page.picture, as_redrawn(viewer.fig))


def test_the_page_is_held_as_it_was_before():
    fig, ax = plt.subplots()
    fig.canvas.capture_scroll = True
    slicekit.SliceViewer(blocks(), ax=ax).close()
    assert fig.canvas.capture_scroll is True


def test_a_canvas_without_a_manager():
    from matplotlib.backends.backend_webagg_core import FigureCanvasWebAggCore
    from matplotlib.figure import Figure

    canvas = FigureCanvasWebAggCore(Figure())
    viewer = slicekit.SliceViewer(blocks(), ax=canvas.figure.add_subplot())
    viewer.close()
    assert not {*browser.Post.REPLACED} & {*vars(canvas)}


# ---- by itself


@pytest.fixture
def post():
    """What stands between a page and a figure, and what the figure's canvas was told."""
    fig = plt.figure()
    told = []
    for name in ("draw_idle", "handle_event"):
        setattr(fig.canvas, name, lambda *event, name=name: told.append((name, *event)))
    fig.canvas.get_diff_image = lambda: b"its own"
    return browser.Post(fig.canvas), told


def test_between_events_the_canvas_asks_for_pictures_itself(post):
    post, told = post
    post.canvas.draw_idle()
    assert told == [("draw_idle",)]


def test_what_is_asked_for_during_an_event_is_asked_for_once_and_after_it(post, monkeypatch):
    post, told = post
    monkeypatch.setattr(post.painter, "paint", lambda: False)
    post._own["handle_event"] = lambda event: [post.canvas.draw_idle() for _ in range(3)]
    post.canvas.handle_event({"type": "button_release"})
    assert told == [("draw_idle",)]
    post.canvas.draw_idle()
    assert told == [("draw_idle",)] * 2


@pytest.mark.parametrize(("kind", "way"), [("draw", "paint"), ("key_press", "learn")])
def test_what_drawing_itself_asks_for_is_not_drawn_again(post, monkeypatch, kind, way):
    post, told = post
    monkeypatch.setattr(post.painter, way, post.canvas.draw_idle)
    post.canvas.handle_event({"type": kind})
    assert told == [("handle_event", {"type": kind})]


def test_when_the_last_viewer_has_left_drawings_are_told_no_more(post):
    post, _ = post
    leave = post.enter(list)
    post.canvas.draw()
    leave()
    post.painter.backdrop = "kept"
    post.canvas.draw()
    assert post.painter.backdrop == "kept"


def test_before_there_is_a_page_the_canvas_makes_the_picture_itself(post):
    post, _ = post
    post.canvas.syncing_data_url = True
    assert post.canvas.get_diff_image() == b"its own"
    post.canvas.syncing_data_url = False
    post.canvas.draw()
    assert post.canvas.get_diff_image().startswith(b"\x89PNG")


@pytest.mark.parametrize("before", [True, False])
def test_a_page_is_held_in_the_way_that_its_canvas_knows(before):
    assert browser.hold_page(SimpleNamespace(), True) is False
    canvas = SimpleNamespace(capture_scroll=before)
    assert browser.hold_page(canvas, True) is before
    assert canvas.capture_scroll is True
    held = [before]
    canvas = SimpleNamespace(get_capture_scroll=lambda: held[-1], set_capture_scroll=held.append)
    assert browser.hold_page(canvas, not before) is before
    assert held == [before, not before]


@pytest.mark.parametrize("kind", ["key_press", "scroll", "button_press", "motion_notify"])
def test_the_painter_learns_before_what_moves_slices_and_only_if_it_must(post, monkeypatch, kind):
    post, told = post
    learnt = []
    monkeypatch.setattr(post.painter, "learn", lambda: learnt.append(len(told)))
    event = {"type": kind}
    post.canvas.handle_event(event)
    assert learnt == ([] if kind == "motion_notify" else [0])
    assert told == [("handle_event", event)]
    post.painter.backdrop = "there is one"
    post.canvas.handle_event(event)
    assert len(learnt) == (kind != "motion_notify")


def test_a_painter_that_fails_forgets_and_the_canvas_draws(post, monkeypatch):
    post, told = post

    def fail():
        raise RuntimeError

    forgotten = []
    monkeypatch.setattr(post.painter, "paint", fail)
    monkeypatch.setattr(post.painter, "forget", lambda: forgotten.append(True))
    post.canvas.handle_event({"type": "draw"})
    assert told == [("handle_event", {"type": "draw"})]
    assert forgotten == [True]


# ---- the mouse, of which the page tells late, or not at all


@pytest.fixture
def planes():
    """Three planes of a volume, and a function that moves the mouse over the last one."""
    viewer = slicekit.view(slicekit.Volume(blocks()), planes=True)
    page = PageOf(viewer.fig)
    ax = viewer.axes[2]

    def mouse(kind, column, row, down):
        x, y = ax.transData.transform((column, row))
        y = viewer.fig.canvas.get_renderer().height - y
        page.tell(type=kind, x=x, y=y, button=0, buttons=int(down), modifiers=[])

    return viewer, mouse


def place(viewer):
    """Return column and row of the crosshair in the last panel."""
    down, across = viewer.crosshairs[2].lines
    return down.get_xdata()[0], across.get_ydata()[0]


def test_a_motion_told_after_the_press_does_not_end_the_drag(planes):
    viewer, mouse = planes
    mouse("button_press", 3, 4, down=True)
    mouse("motion_notify", 3, 4, down=False)  # from before the press
    mouse("motion_notify", 8, 9, down=True)
    assert place(viewer) == (8, 9)


def test_a_drag_ends_where_the_button_is_released(planes):
    viewer, mouse = planes
    mouse("button_press", 3, 4, down=True)
    mouse("button_release", 8, 9, down=False)
    mouse("motion_notify", 7, 7, down=True)  # from before the release
    assert place(viewer) == (8, 9)


def test_a_button_released_beside_the_figure_ends_the_drag(planes):
    viewer, mouse = planes
    mouse("button_press", 3, 4, down=True)
    mouse("motion_notify", 5, 6, down=True)
    mouse("figure_leave", 5, 6, down=True)
    mouse("motion_notify", 8, 9, down=False)
    assert place(viewer) == (5, 6)
    mouse("motion_notify", 9, 9, down=True)
    assert place(viewer) == (5, 6)


def test_parts_of_a_pixel_do_not_lead_to_the_next_voxel(planes):
    """The figure may begin between two pixels of the page."""
    viewer, mouse = planes
    ax = viewer.axes[2]
    edge = np.array([2.5, 3.5])  # between voxels
    x, y = ax.transData.transform(edge)
    column, row = edge + 0.01
    assert (np.floor([x, y]) < [x, y]).all()  # without the parts, it would be the last voxel
    mouse("motion_notify", column, row, down=False)
    mouse("button_press", column, row, down=True)
    mouse("button_release", column, row, down=False)
    assert place(viewer) == (3, 4)
    told = []
    mouse_move = lambda event: told.append((event.xdata, event.ydata))  # noqa: E731
    viewer.fig.canvas.toolbar = SimpleNamespace(mouse_move=mouse_move)
    viewer.refresh()  # the status line is told once more where the mouse is
    np.testing.assert_allclose(told, [(column, row)], atol=1e-3)
