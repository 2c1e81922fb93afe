"""The painter by itself: what it draws in part, and what it leaves to a drawing in full."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.spines import Spine
from matplotlib.text import Text

import slicekit
from slicekit.frames import Canvas
from slicekit.lookup import BY_VALUE
from slicekit.paint import Painter

LOOKED_UP = pytest.mark.skipif(not BY_VALUE, reason="older Matplotlib is not looked up")
NOISE = np.random.default_rng(0).integers(20, 250, (30, 12, 15)).astype(np.uint8)
SMOOTH = {"interpolation": "antialiased", "interpolation_stage": "data"}


def shown(data=NOISE, **options):
    """Return a viewer in a small figure, and a painter of it that has learnt nothing yet."""
    fig = plt.figure(figsize=(2, 1.6), dpi=100)
    ax = fig.add_axes((0.2, 0.2, 0.75, 0.625))  # no edge of it lies within a pixel
    viewer = slicekit.view(data, ax=ax, aspect="auto", **{"index": 14, **options})
    return viewer, painter_of(viewer)


def painter_of(*viewers):
    canvas = Canvas(viewers[0].fig)
    canvas.draw()
    return Painter(canvas, lambda: [ax for viewer in viewers for ax in viewer.axes])


def learnt(data=NOISE, **options):
    viewer, painter = shown(data, **options)
    assert painter.learn() is True
    return viewer, painter


def pixels(painter):
    return np.asarray(painter.canvas.buffer_rgba()).copy()


def is_as_drawn_in_full(viewer, painter, steps=(1, 1, -4, 2)):
    """Check that some steps in a row are painted, each as Matplotlib draws it."""
    painted = []
    for step in steps:
        viewer.move(step)
        assert painter.paint() is True
        painted.append(pixels(painter))
    for step, picture in zip(reversed(steps), reversed(painted), strict=True):
        painter.canvas.draw()
        assert np.array_equal(picture, pixels(painter))
        viewer.move(-step)
    return True


# ---- what is drawn in part


def nothing(viewer):
    pass


def paint_on_no_paper(viewer):
    viewer.fig.set_facecolor("none")


def thicken_faint_spines(viewer):
    viewer.ax.spines[["left", "right"]].set(linewidth=9, alpha=0.5)


def thicken_faint_spines_without_ticks(viewer):
    viewer.ax.set(xticks=[], yticks=[])
    thicken_faint_spines(viewer)


def draw_a_faint_grid_beyond_the_image(viewer):
    viewer.ax.set(xlim=(-5, 20), ylim=(17, -5))
    viewer.ax.grid(alpha=0.3)


def put_ticks_inside(viewer):
    viewer.ax.tick_params(direction="in")


def see_through(viewer):
    viewer.im.set_alpha(0.5)


def remove_the_image(viewer):
    viewer.im.remove()


def draw_beyond_the_axes(viewer):
    viewer.ax.plot([13, 18], [4, 4], clip_on=False)


@pytest.mark.parametrize(
    "change",
    [
        *[nothing, paint_on_no_paper, thicken_faint_spines, thicken_faint_spines_without_ticks],
        *[draw_a_faint_grid_beyond_the_image],
        *[put_ticks_inside, see_through, remove_the_image, draw_beyond_the_axes],
    ],
)
def test_what_is_drawn_in_part_looks_as_if_drawn_in_full(change):
    viewer, painter = shown()
    change(viewer)
    painter.canvas.draw()
    assert painter.learn() is True
    assert is_as_drawn_in_full(viewer, painter)


@pytest.mark.parametrize(
    "kind", [pytest.param(AxesImage, marks=LOOKED_UP), Spine, pytest.param(Text, marks=LOOKED_UP)]
)
def test_matplotlib_is_not_asked_for_what_is_known(kind, monkeypatch):
    viewer, painter = learnt()
    with monkeypatch.context() as patch:
        patch.setattr(kind, "draw", None)
        viewer.move(1)
        assert painter.paint()
    assert is_as_drawn_in_full(viewer, painter)


@LOOKED_UP
@pytest.mark.parametrize("place", [(0, 0), (80, 30)])  # in a corner, and beside a spine
def test_nothing_but_what_a_slice_changes_is_painted_over(place):
    viewer, painter = learnt(title="")
    for _ in range(2):
        viewer.move(1)
        painter.paint()
        np.asarray(painter.canvas.buffer_rgba())[place] = 7
    viewer.move(1)
    assert painter.paint()
    assert np.all(pixels(painter)[place] == 7)


def test_what_was_painted_is_not_to_be_drawn_again():
    viewer, painter = learnt()
    viewer.move(1)
    assert viewer.fig.stale
    assert painter.paint()
    assert not viewer.fig.stale
    assert not viewer.ax.stale


# ---- in haste


@LOOKED_UP
def test_smooth_slices_are_drawn_in_haste_only_if_that_will_do():
    viewer, painter = learnt(np.tile(NOISE, (1, 20, 20)), **SMOOTH)
    assert painter.in_haste is False
    viewer.move(1)
    assert painter.paint(exactly=False)
    assert painter.in_haste is True
    hasty = pixels(painter)
    assert painter.paint()
    assert painter.in_haste is False
    assert not np.array_equal(hasty, pixels(painter))
    assert is_as_drawn_in_full(viewer, painter)


@LOOKED_UP
def test_after_a_drawing_in_full_nothing_is_in_haste():
    viewer, painter = shown(np.tile(NOISE, (1, 20, 20)), **SMOOTH)
    assert painter.in_haste is False
    painter.learn()
    viewer.move(1)
    painter.paint(exactly=False)
    assert painter.in_haste is True
    painter.forget()
    assert painter.in_haste is False


# ---- what is left to a full drawing


def name_the_columns(viewer):
    viewer.ax.set_xlabel("columns")


def colour_the_paper(viewer):
    viewer.fig.set_facecolor("red")


def colour_a_spine(viewer):
    viewer.ax.spines["top"].set_color("red")


def zoom(viewer):
    viewer.ax.set_xlim(2, 9)


def write_on_the_figure(viewer):
    viewer.fig.text(0.1, 0.1, "new")


def enlarge_the_title(viewer):
    viewer.ax.title.set_fontsize(30)


def animate_a_line(viewer):
    viewer.ax.plot([3, 9], [3, 9], animated=True)


def draw_over_a_word(viewer):
    viewer.ax.plot([-4, 9], [10, 10], clip_on=False)


def write_a_title_over_a_word(viewer):
    viewer.ax.set_title("m" * 40)


@pytest.mark.parametrize(
    "change",
    [
        *[name_the_columns, colour_the_paper, colour_a_spine, zoom, write_on_the_figure],
        *[enlarge_the_title, animate_a_line, draw_over_a_word, write_a_title_over_a_word],
    ],
)
def test_a_change_of_more_than_the_slice_is_left_to_a_full_drawing(change):
    viewer, painter = shown()
    viewer.fig.text(0.02, 0.93, "word", size=8)
    painter.canvas.draw()
    assert painter.learn()
    before = pixels(painter)
    change(viewer)
    assert painter.paint() is False
    assert np.array_equal(before, pixels(painter))


def test_a_colour_map_that_changes_is_drawn_by_matplotlib():
    viewer, painter = learnt()
    viewer.im.set_cmap("magma")
    assert is_as_drawn_in_full(viewer, painter)


def test_nothing_is_painted_before_there_is_a_backdrop_and_after_it_is_dropped():
    _, painter = shown()
    assert painter.backdrop is None
    assert painter.paint() is False
    painter.learn()
    painter.forget()
    assert painter.backdrop is None
    assert painter.paint() is False


def test_nothing_is_learnt_from_a_picture_that_is_out_of_date():
    viewer, painter = shown()
    viewer.move(1)
    assert painter.learn() is False
    assert painter.is_worth_a_try() is True
    painter.canvas.draw()
    assert painter.learn() is True


def test_a_picture_over_which_somebody_else_has_drawn_stays_as_it_is():
    _, painter = shown()
    np.asarray(painter.canvas.buffer_rgba())[3, 3] = 7
    before = pixels(painter)
    assert painter.learn() is False
    assert np.array_equal(before, pixels(painter))
    assert painter.backdrop is None
    assert painter.is_worth_a_try() is False


def test_who_is_given_up_is_tried_again_when_the_figure_looks_otherwise():
    viewer, painter = learnt()
    painter.give_up()
    assert painter.is_worth_a_try() is False
    assert painter.learn() is False
    zoom(viewer)
    assert painter.is_worth_a_try() is True


def draw_an_animated_line(fig):
    fig.add_artist(Line2D([0, 1], [0, 1], animated=True))


def write_over_the_slice(fig):
    fig.text(0.5, 0.5, "over it")


@pytest.mark.parametrize("change", [draw_an_animated_line, write_over_the_slice])
def test_where_more_than_slices_would_change_nothing_is_tried(change):
    viewer, painter = shown()
    change(viewer.fig)
    painter.canvas.draw()
    assert painter.learn() is False
    assert painter.is_worth_a_try() is False
    assert painter.paint() is False


@pytest.mark.parametrize(
    "make",
    [
        lambda: plt.figure(layout="constrained").subplots(),
        lambda: plt.figure().subfigures(1, 2)[0].subplots(),
    ],
    ids=["in a layout", "in a part of a figure"],
)
def test_axes_that_somebody_else_moves_are_left_to_matplotlib(make):
    painter = painter_of(slicekit.view(NOISE, ax=make()))
    painter.canvas.draw()
    assert painter.learn() is False
    assert painter.is_worth_a_try() is False


@pytest.mark.parametrize(("apart", "is_tried"), [(-3, False), (0, True), (3, True)])
def test_panels_that_overlap_are_left_to_matplotlib(apart, is_tried):
    fig = plt.figure(figsize=(2, 1), dpi=100)
    axes = [fig.add_axes((left, 0.2, 0.3, 0.6)) for left in (0.2, 0.5 + apart / 200)]
    axes[1].set_yticks([])
    axes[0].set_xticks([6])
    viewers = [slicekit.view(NOISE, ax=ax, aspect="auto", title="") for ax in axes]
    painter = painter_of(*viewers)
    painter.canvas.draw()
    assert painter.learn() is is_tried
    assert painter.is_worth_a_try() is is_tried


# ---- on axes that are no viewer's


def alone(image, **options):
    """Return an image, and a painter of its axes that has learnt nothing yet."""
    fig = plt.figure(figsize=(2, 1.6), dpi=100)
    im = fig.add_axes((0.2, 0.2, 0.75, 0.625)).imshow(image, aspect="auto", **options)
    im.axes.set_title("0 / 7")
    canvas = Canvas(fig)
    canvas.draw()
    return im, Painter(canvas, lambda: [im.axes])


@LOOKED_UP
@pytest.mark.parametrize(
    ("options", "smooth"), [(SMOOTH, True), ({"interpolation": "nearest"}, False)]
)
def test_what_is_drawn_in_haste_is_drawn_exactly_when_asked(options, smooth):
    image = np.tile(NOISE[0], (20, 20))
    im, painter = alone(image, **{"interpolation_stage": "data", **options})
    assert (painter.in_haste, painter.backdrop, painter.paint()) == (False, None, False)
    assert painter.learn() is True
    assert painter.in_haste is False
    im.set_data(image[::-1])
    assert painter.paint(exactly=False) is True
    assert painter.in_haste is smooth
    hasty = pixels(painter)
    assert painter.paint() is True
    assert painter.in_haste is False
    exact = pixels(painter)
    assert np.array_equal(hasty, exact) is not smooth
    assert painter.paint(exactly=False) is True
    painter.canvas.draw()
    assert np.array_equal(pixels(painter), exact)
    painter.forget()
    assert (painter.in_haste, painter.backdrop, painter.paint()) == (False, None, False)


def test_a_walk_with_a_painter():
    im, painter = alone(NOISE[0], interpolation="nearest", interpolation_stage="data")
    fig, ax = im.figure, im.axes
    assert painter.is_worth_a_try() is True
    im.set_data(NOISE[1])
    assert painter.learn() is False  # the picture is out of date
    painter.canvas.draw()
    assert painter.learn() is True
    for index in (2, 3):
        im.set_data(NOISE[index])
        ax.title.set_text(f"{index} / 7")
        assert painter.paint() is True
        assert (fig.stale, ax.stale, painter.in_haste) == (False, False, False)
        painted = pixels(painter)
        painter.canvas.draw()
        assert np.array_equal(painted, pixels(painter))
        painter.forget()
        assert painter.learn() is True
    (line,) = ax.plot([3, 9], [3, 9], animated=True)
    assert painter.paint() is False  # somebody else draws it
    line.remove()
    painter.canvas.draw()
    painter.forget()
    assert painter.learn() is True
    ax.spines["top"].set_color("red")
    assert painter.paint() is False
    painter.canvas.draw()
    assert painter.learn() is True
    ax.set_xlim(2, 9)
    assert painter.paint() is False
    painter.canvas.draw()
    np.asarray(painter.canvas.buffer_rgba())[3, 3] = 7
    drawn = pixels(painter)
    assert painter.learn() is False  # there is something that nobody knows
    assert np.array_equal(pixels(painter), drawn)
    assert (painter.is_worth_a_try(), painter.backdrop) == (False, None)
    ax.set_xlim(2, 8)
    assert painter.is_worth_a_try() is True
    painter.give_up()
    assert painter.is_worth_a_try() is False


def test_spines_are_kept_and_painted_once_however_thick_and_faint(monkeypatch):
    im, painter = alone(NOISE[0], interpolation="nearest", interpolation_stage="data")
    im.axes.set(xticks=[], yticks=[], title="")
    im.axes.spines[:].set(linewidth=9, alpha=0.5)
    painter.canvas.draw()
    assert painter.learn() is True
    with monkeypatch.context() as patch:
        patch.setattr(Spine, "draw", None)
        for index in (1, 2):
            im.set_data(NOISE[index])
            assert painter.paint() is True
    painted = pixels(painter)
    painter.canvas.draw()
    assert np.array_equal(painted, pixels(painter))


def test_axes_may_touch_but_not_overlap():
    for apart, is_tried in ((-3, False), (0, True), (3, True)):
        fig = plt.figure(figsize=(2, 1), dpi=100)
        axes = [fig.add_axes((left, 0.2, 0.3, 0.6)) for left in (0.2, 0.5 + apart / 200)]
        for ax in axes:
            ax.imshow(NOISE[0], aspect="auto")
            ax.set(xticks=[], yticks=[])
        canvas = Canvas(fig)
        canvas.draw()
        painter = Painter(canvas, lambda axes=axes: axes)
        assert painter.learn() is is_tried
        assert painter.is_worth_a_try() is is_tried
