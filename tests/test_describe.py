import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, LogNorm, PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
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


def test_a_colour_bar_leaves_its_panel_where_it_is():
    fig, axes = plt.subplots(1, 2)
    for ax in axes:
        fig.colorbar(ax.imshow(IMAGE), ax=ax)
    places = re.findall(r"Panel (\d) \(row 1 of 1, column (\d) of 2\)", describe(fig))
    assert places == [("1", "1"), ("2", "2"), ("3", "1"), ("4", "2")]
    fig, ax = plt.subplots()
    fig.colorbar(ax.imshow(IMAGE), ax=ax)
    assert " (row" not in describe(fig)


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


# ---- word for word: whoever changes a word changes what is stored in every notebook


def test_the_words_of_a_figure_with_many_things_in_it():
    fig = Figure(figsize=(4, 3.5), layout="constrained")
    fig.suptitle("all")
    fig.text(0.5, 0.25, "note")
    one, other = fig.subplots(1, 2)
    one.plot([1, 2], [3, 4], "r--o", lw=2, label="up")
    one.plot([1, 2], [4, 3], "b")
    one.set(xlabel="mm", xticks=[1, 1.5], yticks=[], title="lines")
    one.legend()
    one.text(1.25, 3, "here", color="lime", visible=False)
    one.add_patch(plt.Circle((1, 3), 0.1, fc="red", ec="blue"))
    one.scatter([1], [3])
    red = plt.colormaps["viridis"].with_extremes(over="red")
    other.imshow(
        IMAGE, norm=LogNorm(1, 29), cmap=red, alpha=0.5, interpolation="nearest", origin="lower"
    )
    other.set_axis_off()
    assert describe(fig) == (
        "Figure of 4 x 3.5 inches, constrained layout, 'all', panels: 2. "
        "Panel 1 (row 1 of 1, column 1 of 2) 'lines'; x 'mm' linear 0.845 to 2.055 ticks at 1, 1.5;"
        " y linear 2.845 to 4.055 no ticks; aspect auto; Circle #0000ff #ff0000, digest 4b75fa07; "
        "PathCollection a3e7af8f 98a8a5ba 98a8a5ba 340e39fc; "
        "line 'up' #ff0000 -- o 2 wide, digest 1b50f9c5; "
        "line #0000ff - None 1.5 wide, digest e05ef437; "
        "hidden text 'here' #00ff00 at 1.25 3; legend 'up'. "
        "Panel 2 (row 1 of 1, column 2 of 2) ''; no axes, -0.5 to 5.5 by -0.5 to 4.5; aspect 1; "
        "image 5 x 6 uint8, origin lower, extent -0.5 5.5 -0.5 4.5, "
        "viridis (altered, fde73d06) LogNorm 1 to 29, interpolation nearest, alpha 0.5, "
        "digest b2f4c9da. text 'note' #000000 at 0.5 0.25"
    )


def special():
    """Return an image with everything that is no number, and a mask."""
    values = np.linspace(0, 2, 30).reshape(5, 6)
    values[0, :3] = np.nan, np.inf, -np.inf
    return np.ma.masked_inside(values, 1.5, 1.6)


@pytest.mark.parametrize(
    ("image", "options", "words"),
    [
        (special(), {"vmin": 0, "vmax": 2}, "gray linear 0 to 2, interpolation auto"),
        (np.dstack([IMAGE / 30] * 3), {}, "extent -0.5 5.5 4.5 -0.5, interpolation auto"),
        (np.eye(2), {"cmap": ListedColormap(["red", "lime"])}, "own colours fa6d648b linear 0 to"),
        (IMAGE, {"interpolation": "antialiased"}, "interpolation auto, digest"),  # its old name
    ],
)
def test_the_words_of_other_images(image, options, words):
    assert words in describe(figure(image, **options))


@pytest.mark.parametrize(
    ("image", "options", "digest"),
    [
        (special(), {"vmin": 0, "vmax": 2}, "2b799a94"),
        (np.dstack([IMAGE / 30] * 3), {}, "fd4cb6cd"),
        (np.dstack([IMAGE / 30] * 3), {"vmin": 0, "vmax": 2}, "fd4cb6cd"),  # no scale of grey
        (np.eye(2), {}, "6458069a"),
        (np.linspace(1, 2, 4).reshape(2, 2), {"vmin": 1, "vmax": 2}, "6dd22450"),
        (np.array([[1e30, -1e30], [0, 1]]), {"vmin": 0, "vmax": 1}, "4874529c"),
    ],
)
def test_a_digest_is_the_same_for_ever(image, options, digest):
    assert describe(figure(image, **options)).endswith(f", digest {digest}.")


def test_of_many_paths_the_first_four_are_told():
    fig, ax = plt.subplots()
    lines = [[(0, place), (1, place)] for place in range(6)]
    ax.add_collection(LineCollection(lines, array=np.arange(6.0)))
    assert describe(fig).endswith(
        "LineCollection 491db7d4 f6f253fd 98a8a5ba b59fa0a7 1a26b8e9 68fc9cf2 078d5e79 f3ac736f."
    )


def test_axes_without_a_grid_have_no_place():
    fig = Figure()
    fig.add_axes((0.25, 0.25, 0.5, 0.5)).set(xlim=(0, 1 / 3), ylim=(-1e-9, 12345678))
    assert describe(fig) == (
        "Figure of 6.4 x 4.8 inches, panels: 1. "
        "Panel 1 ''; x linear 0 to 0.3333; y linear 0 to 1.23457e+07; aspect auto."
    )


def test_the_words_of_an_image_without_data():
    fig = Figure()
    ax = fig.subplots()
    ax.add_image(AxesImage(ax))
    assert describe(fig).endswith("; aspect auto; image without data.")


def test_the_words_of_a_legend_with_two_lines():
    fig = Figure()
    ax = fig.subplots()
    ax.legend(ax.plot([1, 2]) + ax.plot([2, 1]), ["up", "down"])
    assert describe(fig).endswith("; legend 'up', 'down'.")


def test_a_hidden_panel_has_no_words():
    fig = figure()
    words = describe(fig)
    fig.add_axes((0, 0, 1, 1)).set_visible(False)
    assert describe(fig) == words
