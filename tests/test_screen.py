"""The quick way on the screen: every picture is, pixel by pixel, the one that Matplotlib makes."""

import gc
import io
import warnings
import weakref
from collections import Counter

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import TimerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import BoundaryNorm, LogNorm
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from test_browser import as_redrawn

import slicekit
from slicekit import letters, lookup, parts
from slicekit.volume import Volume

BY_VALUE = pytest.mark.skipif(not lookup.BY_VALUE, reason="older Matplotlib is not looked up")


def values(kind, shape=(40, 21, 30), seed=0):
    """Return noise of a type, over most of its range."""
    rng = np.random.default_rng(seed)
    if np.dtype(kind).kind == "f":
        return rng.normal(size=shape).astype(kind)
    limits = np.iinfo(kind)
    return rng.integers(limits.min // 2, limits.max // 2, shape).astype(kind)


@pytest.fixture(autouse=True)
def _letters_do_not_touch():
    with plt.rc_context({"figure.dpi": 100}):
        yield


def picture(fig):
    return np.asarray(fig.canvas.buffer_rgba()).copy()


def settled(viewer):
    """Go on until the quick way is found: the first step is drawn in full, and learnt from."""
    viewer.fig.canvas.draw()
    viewer.move(1)
    viewer.move(1)
    return viewer


def is_quick_and_right(viewer, redraws, steps=(1, 1, -1, 5, -3)):
    """Check some steps: drawn the quick way, and as Matplotlib draws them."""
    settled(viewer)
    events = redraws(viewer.fig)
    quick = []
    for step in steps:
        viewer.move(step)
        quick.append(picture(viewer.fig))
    assert not events, "drawn in full"
    for step, seen in zip(reversed(steps), reversed(quick), strict=True):
        assert np.array_equal(seen, as_redrawn(viewer.fig))
        viewer.move(-step)
    return True


@pytest.mark.parametrize(
    "kind", ["u1", "i1", "u2", "i2", ">u2", "<i2", "f4", "f8", "i4", "i8", "?"]
)
def test_every_type_of_values(kind, redraws):
    array = values("u1") > 90 if kind == "?" else values(kind)
    assert is_quick_and_right(slicekit.SliceViewer(array), redraws)


@pytest.mark.parametrize(
    "options",
    [
        {"axis": 1},
        {"axis": 2, "transpose": True},
        {"origin": "lower", "cmap": "viridis"},
        {"norm": LogNorm(1, 100)},
        {"norm": BoundaryNorm([0, 10, 60, 100], 256)},
        {"vmin": 30, "vmax": 60},
        {"interpolation": "bilinear"},
        {"interpolation_stage": "rgba"},
        {"alpha": 0.5},
        {"extent": (0, 7, 0, 4)},
        {"aspect": "auto"},
    ],
    ids=str,
)
def test_every_way_to_show_them(options, redraws):
    assert is_quick_and_right(slicekit.SliceViewer(values("u1"), **options), redraws)


def test_colours_beyond_the_limits_and_for_what_is_missing(redraws):
    cmap = mpl.colormaps["gray"].with_extremes(over="red", under="blue", bad="green")
    array = values("f4")
    array[array > 2] = np.nan
    for bad in (cmap, cmap.with_extremes(bad=(0, 0, 0, 0.5)), "gray"):
        viewer = slicekit.SliceViewer(array, cmap=bad, vmin=-1, vmax=1)
        assert is_quick_and_right(viewer, redraws)


def clip_to_a_disk(viewer):
    viewer.im.set_clip_path(Circle((10, 10), 6, transform=viewer.ax.transData))


def zoom_out(viewer):
    viewer.ax.set(xlim=(-20, 50), ylim=(40, -20))


def look_at_its_rim(viewer):
    viewer.ax.set(xlim=(-8, 4), ylim=(5, -9))


def let_it_leave_the_axes(viewer):
    viewer.im.set_clip_on(False)
    viewer.ax.set(xlim=(15, 20), ylim=(16, 14))
    viewer.ax.set_axis_off()


def take_the_frame_away(viewer):
    viewer.ax.set_frame_on(False)


def take_the_axis_away(viewer):
    viewer.ax.set_axis_off()


def show_small_ticks(viewer):
    viewer.ax.minorticks_on()


def show_a_faint_grid_beyond_the_image(viewer):
    zoom_out(viewer)
    viewer.ax.grid(alpha=0.3)


def turn(viewer):
    viewer.im.set_transform(Affine2D().rotate_deg_around(10, 10, 30) + viewer.ax.transData)


@pytest.mark.parametrize(
    "change",
    [
        *[clip_to_a_disk, zoom_out, look_at_its_rim, let_it_leave_the_axes, turn],
        *[take_the_frame_away, take_the_axis_away, show_small_ticks],
        show_a_faint_grid_beyond_the_image,
    ],
)
def test_other_images_and_other_axes(change, redraws):
    viewer = slicekit.SliceViewer(values("u1"))
    change(viewer)
    assert is_quick_and_right(viewer, redraws)


def test_masked_values_show_what_is_under_them(redraws):
    array = np.ma.masked_greater(values("u1"), 100)
    assert is_quick_and_right(slicekit.SliceViewer(array), redraws)


@pytest.mark.parametrize(
    ("size", "dpi"), [((3, 2), 72), ((6.4, 4.8), 100), ((9.37, 5.21), 133), ((16, 12), 100)]
)
def test_every_size(size, dpi, redraws):
    fig = plt.figure(figsize=size, dpi=dpi)
    volume = Volume(values("u1"), spacing=(1, 1.3, 0.7), affine=np.diag([2.5, 1.3, 0.7, 1]))
    assert is_quick_and_right(slicekit.SliceViewer(volume, ax=fig.subplots()), redraws)


@pytest.mark.parametrize(
    "options",
    [
        {"overlay": values("u1") // 60},
        {"contours": values("u1") > 90},
        {"points": [(20, 3, 4), (21, 5, 6)]},
        {"draw": lambda ax, index: ax.plot([0, index % 20], [0, 9], color="C1")},
        {"colorbar": True},
        {"clim": "slice"},
        {"title": "slice {} of $n$"},
        {"title": "slice {}\nof many"},
        {"labels": [f"{'abcdef'[i % 6]} {i}" for i in range(40)]},
        {"planes": True},
        {"planes": True, "affine": np.diag([-1, 1, 1, 1])},
        {"radiological": True, "affine": np.diag([-1, 1, 1, 1])},
    ],
    ids=str,
)
def test_whatever_a_view_draws(options, redraws):
    assert is_quick_and_right(slicekit.view(values("u1"), **options), redraws)


def test_several_panels(redraws):
    array = values("u1")
    viewer = slicekit.view([array, values("f4"), array], cmap=["gray", "magma", "bone"])
    assert is_quick_and_right(viewer, redraws)


def test_two_viewers_in_one_figure(redraws):
    _, (left, right) = plt.subplots(ncols=2)
    one = slicekit.SliceViewer(values("u1"), ax=left)
    other = slicekit.SliceViewer(values("i2"), ax=right)
    assert is_quick_and_right(one, redraws)
    other.move(1)
    assert is_quick_and_right(other, redraws)
    other.close()
    assert is_quick_and_right(one, redraws)


def resize(viewer):
    viewer.fig.set_size_inches(5, 6)


def change_dpi(viewer):
    viewer.fig.set_dpi(77)


def move_to_a_finer_screen(viewer):
    viewer.fig.canvas._set_device_pixel_ratio(2)


def zoom(viewer):
    viewer.ax.set(xlim=(3.3, 17), ylim=(18, 2.2))


def pan_away(viewer):
    viewer.ax.set(xlim=(-10, 20))


def save(viewer):
    viewer.fig.savefig(io.BytesIO(), dpi=200)


def save_as_pdf(viewer):
    viewer.fig.savefig(io.BytesIO(), format="pdf")


def change_colours(viewer):
    viewer.im.set_cmap("magma")


def change_colours_in_place(viewer):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is about to go
        viewer.im.cmap.set_over("red")
    viewer.im.set_clim(10, 40)


def change_limits(viewer):
    viewer.im.norm.vmax = 50


def change_interpolation(viewer):
    viewer.im.set_interpolation("bilinear")


def see_through(viewer):
    viewer.im.set_alpha(0.4)


def change_axis(viewer):
    viewer.axis = 2


def toggle(viewer):
    viewer.toggle()


def hide(viewer):
    viewer.im.set_visible(False)


def make_smaller(viewer):
    viewer.im.set_extent((5, 12, 12, 5))


def remove(viewer):
    if viewer.im in viewer.ax.images:
        viewer.im.remove()


def see_through_below(viewer):
    viewer.im.set_cmap(mpl.colormaps["gray"].with_extremes(under=(0, 0, 0, 0)))
    viewer.im.set_clim(20, 80)


def add_an_inset(viewer):
    viewer.ax.inset_axes((0.2, 1.05, 0.3, 0.1))


def add_an_axis(viewer):
    viewer.ax.secondary_xaxis("top")


def hide_all(viewer):
    viewer.fig.set_visible(False)


def add_text(viewer):
    viewer.ax.text(3, 3, "over the picture", color="red")


def add_words_above(viewer):
    viewer.fig.text(0.45, 0.9, "near the title", color="red")


def add_a_figure_legend(viewer):
    viewer.fig.legend(viewer.ax.plot([3, 20], [3, 15]), ["a line"], loc="center")


def add_a_line_that_is_not_clipped(viewer):
    viewer.ax.plot([-12, 40], [5, 30], color="red", clip_on=False)


def add_axes(viewer):
    viewer.fig.add_axes((0.05, 0.05, 0.2, 0.2))


def thicken_a_spine(viewer):
    viewer.ax.spines["left"].set(linewidth=9, alpha=0.5)


def move_a_spine(viewer):
    viewer.ax.spines["left"].set_position(("outward", 10))


def show_a_grid(viewer):
    viewer.ax.grid(visible=True)


def put_ticks_inside(viewer):
    viewer.ax.tick_params(direction="inout", top=True)


def put_ticks_above(viewer):
    viewer.ax.xaxis.tick_top()


def paint_the_title(viewer):
    viewer.ax.title.set(color="red", rotation=3)


def enlarge_the_title(viewer):
    viewer.ax.title.set_fontsize(20)


def put_the_title_inside(viewer):
    viewer.ax.set_title("x", y=0.8)


def lay_out(viewer):
    viewer.fig.set_layout_engine("constrained")
    for _ in range(3):  # or it moves a little with each drawing
        viewer.fig.canvas.draw()


def stretch(viewer):
    viewer.ax.set_aspect(2)


def put_left(viewer):
    viewer.ax.set_anchor("W")


def widen(viewer):
    viewer.ax.set_box_aspect(0.3)


def let_limits_follow(viewer):
    viewer.ax.set_adjustable("datalim")


CHANGES = [
    stretch,
    put_left,
    widen,
    let_limits_follow,
    resize,
    change_dpi,
    move_to_a_finer_screen,
    zoom,
    pan_away,
    save,
    save_as_pdf,
    change_colours,
    change_colours_in_place,
    change_limits,
    change_interpolation,
    see_through,
    change_axis,
    toggle,
    hide,
    make_smaller,
    remove,
    see_through_below,
    add_an_inset,
    add_an_axis,
    hide_all,
    add_text,
    add_words_above,
    add_a_figure_legend,
    add_a_line_that_is_not_clipped,
    add_axes,
    thicken_a_spine,
    move_a_spine,
    show_a_grid,
    put_ticks_inside,
    put_ticks_above,
    paint_the_title,
    enlarge_the_title,
    put_the_title_inside,
    lay_out,
]


@pytest.mark.parametrize("kind", ["u1", "f4"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_after_every_change(change, kind):
    """Nobody draws the figure in full after the change: the next step has to see it by itself."""
    array = values(kind)
    viewer = settled(slicekit.view(array, overlay=values("u1") > 100))
    change(viewer)
    for step in (1, 1, 1, 7, -2):
        viewer.move(step)
        seen = picture(viewer.fig)
        if step == 7:
            change(viewer)  # once more, and over what was learnt since
            viewer.move(1)
            seen = picture(viewer.fig)
        assert np.array_equal(seen, as_redrawn(viewer.fig))


@pytest.mark.parametrize(
    "change", [c for c in CHANGES if c is not toggle], ids=lambda change: change.__name__
)
def test_what_was_learnt_before_a_change_is_not_used_after_it(change):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    change(viewer)
    for _ in range(4):
        viewer.move(1)
        seen = picture(viewer.fig)
        viewer.screen.painter.forget()
        assert np.array_equal(seen, as_redrawn(viewer.fig))


@BY_VALUE
@pytest.mark.parametrize("kind", ["u2", "f4"])
def test_smooth_slices_larger_than_the_screen_move_in_haste_and_settle(kind, redraws):
    array = values(kind, (9, 700, 600))
    smooth = {"interpolation": "antialiased", "interpolation_stage": "data"}
    viewer = settled(slicekit.SliceViewer(array, index=0, **smooth))
    events = redraws(viewer.fig)
    viewer.move(1)
    moving = picture(viewer.fig)
    viewer.settle()
    still = picture(viewer.fig)
    assert not events
    assert not np.array_equal(moving, still)
    viewer.settle()
    assert np.array_equal(still, as_redrawn(viewer.fig))
    viewer.im.set(interpolation="nearest", interpolation_stage="data")
    assert np.array_equal(moving, as_redrawn(viewer.fig))


@BY_VALUE
def test_settling_shows_what_has_changed_since():
    smooth = {"interpolation": "antialiased", "interpolation_stage": "data"}
    viewer = settled(slicekit.SliceViewer(values("u1", (9, 700, 600)), index=0, **smooth))
    viewer.move(1)
    viewer.ax.set_xlabel("columns")
    viewer.settle()
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


@BY_VALUE
def test_a_window_settles_by_itself_and_not_while_it_moves(monkeypatch):
    """A stand-in for a timer of a window, which counts from its last start on."""
    started = []

    class Timer(TimerBase):
        def _timer_start(self):
            started.append(self)

    monkeypatch.setattr(plt.figure().canvas.__class__, "_timer_cls", Timer)
    smooth = {"interpolation": "antialiased", "interpolation_stage": "data"}
    viewer = slicekit.SliceViewer(values("u2", (9, 700, 600)), index=0, **smooth)
    settled(viewer)
    viewer.move(1)
    moving = picture(viewer.fig)
    (timer,) = {*started}
    assert (timer.interval, timer.single_shot) == (200, True)
    timer._on_timer()
    assert not np.array_equal(moving, picture(viewer.fig))
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


def test_settling_changes_nothing_that_is_exact(redraws):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    events = redraws(viewer.fig)
    viewer.settle()
    assert not events


def test_what_somebody_else_draws_over_a_picture_of_his_own_is_left_to_him(redraws):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    viewer.ax.plot([3, 9], [3, 9], animated=True)
    events = redraws(viewer.fig)
    viewer.move(1)
    assert events


def write_what_cannot_be_drawn(ax, index):
    if index == 25:
        ax.text(2, 2, "$\\nix$")


def test_a_fault_while_drawing_is_matplotlibs_own_and_the_next_step_is_right():
    viewer = settled(slicekit.view(values("u1"), draw=write_what_cannot_be_drawn))
    with pytest.raises(ValueError, match="nix"):
        viewer.index = 25
    viewer.index = 26
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


def test_a_quick_way_that_fails_is_left_soon(monkeypatch, redraws):
    viewer = slicekit.SliceViewer(values("u1"))
    viewer.fig.canvas.draw()
    monkeypatch.setattr(viewer.screen.painter, "learn", lambda: 1 / 0)
    viewer.move(1)
    viewer.move(1)
    viewer.move(1)
    events = redraws(viewer.fig)
    viewer.move(1)
    assert len(events) == 1
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


def test_a_figure_that_was_never_drawn_is_not_drawn_twice(redraws):
    viewer = slicekit.SliceViewer(values("u1"))
    events = redraws(viewer.fig)
    viewer.move(1)
    assert len(events) == 1


@pytest.mark.parametrize("panels", [1, 4])
def test_learning_does_nothing_once_too_often(panels, monkeypatch):
    viewer = slicekit.view([values("u1")] * panels)
    viewer.fig.canvas.draw()
    done = Counter()
    for owner, name in (
        (RendererAgg, "clear"),
        (Spine, "draw"),
        (letters, "digits_fit"),
        (parts, "ticks"),
    ):
        real = getattr(owner, name)

        def counted(*args, name=name, real=real):
            done[name] += 1
            return real(*args)

        monkeypatch.setattr(owner, name, counted)
    viewer.move(1)
    assert done["clear"] <= 4, "once in full, twice for what reaches into slices, once for the rest"
    assert done["draw"] <= 4 * 4 * panels
    assert done["digits_fit"] <= panels, "one title of three has words"
    assert done["ticks"] <= 4 * 2 * panels


def test_a_closed_viewer_is_drawn_by_matplotlib(redraws):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    viewer.close()
    events = redraws(viewer.fig)
    viewer.move(1)
    assert len(events) == 1
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


def test_another_canvas_is_not_drawn_on():
    viewer = settled(slicekit.SliceViewer(values("u1")))
    before = picture(viewer.fig)
    old, other = viewer.fig.canvas, FigureCanvasAgg(viewer.fig)
    viewer.move(1)
    assert np.array_equal(before, np.asarray(old.buffer_rgba()))
    assert np.array_equal(np.asarray(other.buffer_rgba()), as_redrawn(viewer.fig))


def test_what_is_never_quick_is_not_tried_for_ever(monkeypatch, redraws):
    """The colour bar changes with each slice, so that each backdrop is drawn in vain."""
    viewer = settled(slicekit.view(values("f4"), clim="slice", colorbar=True))
    for _ in range(6):
        viewer.move(1)
    monkeypatch.setattr(viewer.screen.painter, "learn", None)
    events = redraws(viewer.fig)
    viewer.move(1)
    assert len(events) == 1
    monkeypatch.undo()
    zoom(viewer)
    viewer.move(1)
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


def test_whoever_draws_in_full_after_each_step_makes_no_step_slow(redraws):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    for _ in range(6):
        viewer.move(1)
        viewer.fig.canvas.draw()
    viewer.move(1)
    events = redraws(viewer.fig)
    viewer.move(1)
    assert not events


def test_whoever_changes_something_now_and_then_makes_no_other_step_slow(redraws):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    viewer.index = 3
    for name in "abcde":
        viewer.ax.set_xlabel(name)
        viewer.move(1)
        viewer.move(1)
    assert is_quick_and_right(viewer, redraws)


def test_a_viewer_that_closes_leaves_the_screen_to_the_other():
    _, axes = plt.subplots(1, 2)
    one, other = (slicekit.SliceViewer(values("u1"), ax=ax) for ax in axes)
    one.close()
    third = slicekit.SliceViewer(values("u1"), ax=axes[0])
    assert third.screen is other.screen


def test_interactive_mode_asks_for_no_drawing_in_full(monkeypatch):
    with plt.ion():
        viewer = settled(slicekit.view(values("u1"), overlay=values("u1") > 100))
        asked = []
        monkeypatch.setattr(viewer.fig.canvas, "draw_idle", lambda: asked.append(1))
        for step in (1, 1, -1):
            viewer.move(step)
        assert not asked
        viewer.ax.set_xlabel("x")  # and what is no step is drawn as ever
        assert asked


def test_the_figure_is_the_only_one_who_holds_the_screen():
    viewer = settled(slicekit.SliceViewer(values("u1")))
    screen, fig = weakref.ref(viewer.screen), viewer.fig
    viewer.close()
    assert not any(
        getattr(handler(), "__self__", None) is screen()
        for handler in fig.canvas.callbacks.callbacks.get("draw_event", {}).values()
    )
    plt.close("all")
    del viewer, fig
    gc.collect()
    assert screen() is None


@pytest.mark.parametrize("kind", ["u1", "f4"])
def test_a_colour_map_that_was_changed_in_place_and_told_nobody(kind):
    viewer = settled(slicekit.SliceViewer(values(kind), vmin=0.2, vmax=0.5))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is about to go
        viewer.im.cmap.set_over("red")
    viewer.move(1)
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


def same_as_a_twin_drawn_in_full(make, steps=7):
    """Compare some quick pictures in a row, with no drawing in full between them, with a twin's."""
    one, twin = make(), make()
    one.fig.canvas.draw()
    for _ in range(steps):
        one.move(1)
        twin.move(1)
        assert np.array_equal(picture(one.fig), as_redrawn(twin.fig))
    return True


def test_slices_that_are_masked_later_on():
    array = np.ma.array(values("u1"))
    array[24:30, 5:9] = np.ma.masked
    assert same_as_a_twin_drawn_in_full(lambda: slicekit.SliceViewer(array, index=19))


def long_label_beside_a_colour_bar():
    labels = ["x" * (i % 40) for i in range(40)]
    viewer = slicekit.view(values("u1"), labels=labels, colorbar=True, index=25)
    viewer.fig.axes[1].set_title("HU")
    return viewer


def line_over_a_colour_bar():
    def draw(ax, index):
        ax.plot([3, index], [3, 3], clip_on=False, color="red", zorder=0.5)

    return slicekit.view(values("u1"), colorbar=True, draw=draw, index=25)


def one_over_the_other():
    fig = plt.figure()
    array = np.ma.array(values("u1"))
    array[24:30, 5:9] = np.ma.masked
    slicekit.SliceViewer(values("u1"), ax=fig.add_axes((0.1, 0.1, 0.6, 0.6)))
    return slicekit.SliceViewer(array, ax=fig.add_axes((0.3, 0.3, 0.6, 0.6)), index=19)


def inset_on_some_slices():
    def draw(ax, index):
        if index % 2:
            ax.inset_axes((0.2, 1.05, 0.3, 0.1))

    return slicekit.view(values("u1"), draw=draw)


@pytest.mark.parametrize(
    "make",
    [
        long_label_beside_a_colour_bar,
        line_over_a_colour_bar,
        one_over_the_other,
        inset_on_some_slices,
    ],
)
def test_what_comes_to_lie_over_or_under_something_else(make):
    assert same_as_a_twin_drawn_in_full(make)


# ---- what is kept: spines


@pytest.mark.parametrize("kept", [Spine, pytest.param(Text, marks=BY_VALUE)])
def test_spines_and_titles_are_not_worked_out_anew(kept, monkeypatch):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    monkeypatch.setattr(kept, "draw", None)
    for _ in range(5):
        viewer.move(1)
    monkeypatch.undo()
    assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


def test_spines_in_every_style(redraws):
    viewer = slicekit.SliceViewer(values("u1"))
    spines = viewer.ax.spines
    spines["left"].set(linestyle="--", color=(1, 0, 0, 0.5), linewidth=5)
    spines["right"].set(path_effects=[withStroke(linewidth=6, foreground="gold")], zorder=-1)
    spines["top"].set_visible(False)
    spines["bottom"].set(hatch="/", capstyle="round", linewidth=0.3)
    assert is_quick_and_right(viewer, redraws)


def test_a_spine_that_cannot_be_drawn_leaves_the_renderer_as_it_was(monkeypatch):
    viewer = slicekit.SliceViewer(values("u1"))
    monkeypatch.setattr(Spine, "draw", None)
    with pytest.raises(TypeError):
        parts.Drawn(viewer.ax.spines["left"], viewer.fig.canvas.get_renderer())
    monkeypatch.undo()
    viewer.fig.canvas.draw()
    assert "draw_path" not in vars(viewer.fig.canvas.get_renderer())


# ---- and titles


def test_what_lies_under_a_title_changes():
    def scribble(ax, index):
        ax.text(12, -1, "under the title"[: index % 15], color="red", zorder=2)

    viewer = settled(slicekit.view(values("u1"), draw=scribble))
    for _ in range(5):
        viewer.move(1)
        seen = picture(viewer.fig)
    assert np.array_equal(seen, as_redrawn(viewer.fig))


def test_a_title_that_grows_lies_under_the_text_of_the_figure():
    def make():
        viewer = slicekit.view(values("u1"), title=lambda i: "\u2588" * (1 if i < 24 else 20))
        viewer.fig.text(0.6, 0.9, "of the figure", color="red")
        return viewer

    assert same_as_a_twin_drawn_in_full(make)


@pytest.mark.parametrize("ticks", [[0, 10, 20], [0]])  # below the title, and far from it
def test_a_title_moves_up_when_its_lowest_line_does(ticks):
    def title(index):
        return f"{index}" if index % 3 else f"{index}$_{{y}}$"

    viewer = slicekit.view(values("u1"), title=title)
    viewer.ax.xaxis.tick_top()
    viewer.ax.set_xticks(ticks)
    settled(viewer)
    for _ in range(4):
        viewer.move(1)
        viewer.move(1)
        assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


@pytest.mark.parametrize("dpi", [60, 100, 160])
@pytest.mark.parametrize("words", ["{} / 99", "slice {}, -{}.5 mm", "{} {} {}", "{}"])
def test_every_number_is_written_as_matplotlib_writes_it(words, dpi):
    fig = plt.figure(figsize=(4, 3), dpi=dpi)
    array = np.zeros((1000, 2, 2), np.uint8)
    viewer = settled(slicekit.view(array, title=lambda i: words.format(i, i, i), ax=fig.subplots()))
    for index in (3, 10, 11, 47, 74, 99, 100, 111, 589, 985, 7):
        viewer.index = index
        assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))
        viewer.move(1)
        viewer.move(1)
        quick = picture(viewer.fig)
        assert np.array_equal(quick, as_redrawn(viewer.fig))


@pytest.mark.parametrize("style", ["normal", "italic"])
@pytest.mark.parametrize("family", ["sans-serif", "serif", "monospace", "cursive"])
def test_every_font(family, style):
    viewer = settled(slicekit.SliceViewer(np.zeros((300, 2, 2), np.uint8)))
    viewer.ax.title.set(family=family, style=style, size=9)
    for step in (1, 1, 1, 8, 30, 100, 7, -60):
        viewer.move(step)
        assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))
        viewer.move(1)
        viewer.move(1)
        assert np.array_equal(picture(viewer.fig), as_redrawn(viewer.fig))


@pytest.mark.parametrize("look", [{"rotation": 180}, {"bbox": {"facecolor": "yellow", "pad": 9}}])
def test_a_title_that_is_more_than_letters_in_a_row(look):
    def make():
        viewer = slicekit.view(np.zeros((300, 2, 2), np.uint8), title=str)
        viewer.ax.title.set(**look)
        return viewer

    assert same_as_a_twin_drawn_in_full(make)


class Kerned(Text):
    """A text that stands a little further right where there is a seven in it."""

    def draw(self, renderer):
        x, there = self.get_position()[0], "7" in self.get_text()
        self.set_x(x + 0.01 * there)
        super().draw(renderer)
        self.set_x(x)


def test_letters_that_move_with_a_digit_are_left_to_matplotlib():
    def make():
        viewer = slicekit.view(np.zeros((30, 2, 2), np.uint8), title="{} / 29".format)
        viewer.ax.title.__class__ = Kerned
        return viewer

    assert same_as_a_twin_drawn_in_full(make)


# ---- what fails


def test_a_drawing_that_fails_leaves_interactive_mode_as_it_was(monkeypatch):
    viewer = settled(slicekit.view(values("u1"), draw=write_what_cannot_be_drawn))
    before = viewer.fig.stale_callback
    with pytest.raises(ValueError, match="nix"):
        viewer.index = 25
    assert viewer.fig.stale_callback is before


def test_whoever_was_given_up_once_has_as_many_tries_again(redraws):
    viewer = settled(slicekit.SliceViewer(values("u1")))
    for name in "abc":
        viewer.ax.set_xlabel(name)
        viewer.move(1)
    zoom(viewer)
    viewer.move(1)
    viewer.ax.set_xlabel("d")
    viewer.move(1)
    events = redraws(viewer.fig)
    viewer.move(1)
    assert not events
