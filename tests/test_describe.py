import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import ListedColormap, LogNorm, PowerNorm
from matplotlib.figure import Figure
from matplotlib.widgets import Slider

from slicekit.describe import describe

IMAGE = np.arange(30, dtype=np.uint8).reshape(5, 6)


def figure(image=IMAGE, **options):
    fig = Figure(figsize=(4, 3))
    ax = fig.subplots()
    ax.imshow(image, **{"cmap": "gray", **options})
    ax.set_title("head")
    return fig


def test_the_words():
    assert describe(figure(vmin=0, vmax=40)) == (
        "Figure of 4 x 3 inches, panels: 1. Panel 1 'head'; x linear -0.5 to 5.5; "
        "y linear 4.5 to -0.5; aspect 1; image 5 x 6 uint8, origin upper, "
        "extent -0.5 5.5 4.5 -0.5, gray linear 0 to 40, interpolation auto, digest b2f4c9da."
    )


@pytest.mark.parametrize(
    "changed",
    [
        figure(IMAGE[::-1]),
        figure(IMAGE[:, ::-1]),
        figure(IMAGE.astype(float)),
        figure(IMAGE + 1),
        figure(np.dstack([IMAGE] * 3)),
        figure(cmap="viridis"),
        figure(cmap=plt.colormaps["gray"].with_extremes(over="red")),
        figure(cmap=plt.colormaps["gray"].with_extremes(bad="blue")),
        figure(vmin=1),
        figure(vmax=30),
        figure(norm=LogNorm(1, 29)),
        figure(norm=PowerNorm(2)),
        figure(cmap=plt.colormaps["gray"].resampled(3)),
        figure(np.ma.masked_equal(IMAGE, 7)),
        figure(origin="lower"),
        figure(aspect=0.5),
        figure(aspect="auto"),
        figure(interpolation="nearest"),
        figure(alpha=0.5),
        figure(extent=(0, 6, 0, 5)),
        figure(visible=False),
    ],
)
def test_a_change_of_the_image_changes_the_words(changed):
    assert describe(changed) != describe(figure())


@pytest.mark.parametrize(
    "change",
    [
        lambda fig, ax: fig.set_size_inches(4, 4),
        lambda fig, ax: fig.suptitle("all"),
        lambda fig, ax: fig.set_layout_engine("constrained"),
        lambda fig, ax: fig.text(0.5, 0.5, "note"),
        lambda fig, ax: fig.add_subplot(),
        lambda fig, ax: ax.set_title("tail"),
        lambda fig, ax: ax.set_xlabel("mm"),
        lambda fig, ax: ax.set_ylabel("mm"),
        lambda fig, ax: ax.set_xscale("symlog"),
        lambda fig, ax: ax.set_xlim(0, 5),
        lambda fig, ax: ax.invert_yaxis(),
        lambda fig, ax: ax.set_aspect(2),
        lambda fig, ax: ax.set_axis_off(),
        lambda fig, ax: ax.set_xticks([]),
        lambda fig, ax: ax.set_xticks([0, 3]),
        lambda fig, ax: ax.set_visible(False),
        lambda fig, ax: ax.imshow(IMAGE),
        lambda fig, ax: ax.images[0].set_array(IMAGE * 2),
        lambda fig, ax: ax.images[0].set_clim(0, 9),
        lambda fig, ax: ax.text(1, 1, "here"),
        lambda fig, ax: ax.axvline(2),
        lambda fig, ax: ax.add_patch(plt.Circle((1, 1), 1)),
        lambda fig, ax: ax.scatter([1], [2]),
        lambda fig, ax: fig.colorbar(ax.images[0]),
    ],
)
def test_a_change_of_the_figure_changes_the_words(change):
    fig = figure()
    before = describe(fig)
    change(fig, fig.axes[0])
    assert describe(fig) != before


@pytest.mark.parametrize(
    ("draw", "redraw"),
    [
        (lambda ax: ax.plot([1, 2], [1, 3]), lambda ax: ax.plot([1, 2], [1, 4])),
        (lambda ax: ax.plot([1, 2], "r"), lambda ax: ax.plot([1, 2], "b")),
        (lambda ax: ax.plot([1, 2], "-"), lambda ax: ax.plot([1, 2], ":")),
        (lambda ax: ax.plot([1, 2], lw=1), lambda ax: ax.plot([1, 2], lw=2)),
        (lambda ax: ax.plot([1, 2], marker="o"), lambda ax: ax.plot([1, 2], marker="x")),
        (lambda ax: ax.text(1, 1, "a"), lambda ax: ax.text(1, 2, "a")),
        (lambda ax: ax.text(1, 1, "a"), lambda ax: ax.text(1, 1, "a", color="red")),
        (
            lambda ax: ax.add_patch(plt.Rectangle((1, 1), 2, 2)),
            lambda ax: ax.add_patch(plt.Rectangle((2, 2), 2, 2)),
        ),
        (lambda ax: ax.scatter([1], [2]), lambda ax: ax.scatter([1], [3])),
        (lambda ax: ax.scatter([1], [2], c="r"), lambda ax: ax.scatter([1], [2], c="b")),
        (lambda ax: ax.pcolormesh(IMAGE), lambda ax: ax.pcolormesh(IMAGE + 1)),
        (lambda ax: ax.fill_between([1, 2], [1, 2]), lambda ax: ax.fill_between([1, 2], [1, 3])),
        (lambda ax: ax.contour(IMAGE, [5]), lambda ax: ax.contour(IMAGE, [6])),
        (
            lambda ax: [ax.imshow(IMAGE, zorder=1), ax.imshow(IMAGE + 1, zorder=2)],
            lambda ax: [ax.imshow(IMAGE, zorder=2), ax.imshow(IMAGE + 1, zorder=1)],
        ),
    ],
)
def test_a_change_of_what_is_drawn_over_it_changes_the_words(draw, redraw):
    one, other = figure(), figure()
    draw(one.axes[0])
    redraw(other.axes[0])
    assert describe(one) != describe(other)


def test_the_same_figure_has_the_same_words():
    assert describe(figure()) == describe(figure())


def test_a_panel_knows_its_place():
    fig, axes = plt.subplots(2, 3)
    axes[1, 0].set_title("here")
    assert "Panel 4 (row 2 of 2, column 1 of 3) 'here'" in describe(fig)


def test_numbers_do_not_show_where_they_come_from():
    assert describe(figure(vmin=np.float64(1), vmax=np.uint8(9))) == describe(
        figure(vmin=1, vmax=9)
    )


def test_floats_that_look_the_same_have_the_same_words():
    image = np.linspace(0, 1, 30).reshape(5, 6)
    options = {"vmin": 0, "vmax": 1}
    assert describe(figure(image, **options)) == describe(figure(image + 1e-9, **options))
    assert describe(figure(image, **options)) != describe(figure(image + 0.02, **options))


def test_missing_and_masked_values_have_words():
    image, limits = IMAGE.astype(float), {"vmin": 0, "vmax": 40}
    image[0, 0] = np.nan
    zero = np.nan_to_num(image)
    assert describe(figure(image, **limits)) != describe(figure(zero, **limits))
    assert "digest" in describe(figure(np.ma.masked_less(IMAGE, 3)))


def test_describing_changes_nothing_and_draws_nothing():
    fig, current = figure(), plt.figure()
    drawn = []
    fig.canvas.mpl_connect("draw_event", drawn.append)
    describe(fig)
    assert drawn == []
    assert plt.gcf() is current


def test_it_is_one_paragraph():
    assert "\n" not in describe(figure())
    assert describe(plt.figure()) == "Figure of 6.4 x 4.8 inches, panels: 0."


def test_a_colour_map_without_a_name_is_told_by_its_colours():
    fig, axes = plt.subplots(1, 2)
    for ax, colours in zip(axes, (["red", "lime"], ["red", "blue"]), strict=True):
        ax.imshow(np.eye(2), cmap=ListedColormap(colours))
    first, second = re.findall(r"own colours (\w{8})", describe(fig))
    assert first != second


def test_a_slider_is_told_by_its_words_and_its_handle():
    fig = Figure()
    slider = Slider(fig.add_axes((0.1, 0.1, 0.8, 0.1)), "slice", 0, 9, valinit=3, valstep=1)
    before = describe(fig)
    assert "Polygon" not in before
    assert "Rectangle" not in before
    assert "text 'slice'" in before
    slider.set_val(4)
    assert describe(fig) != before
