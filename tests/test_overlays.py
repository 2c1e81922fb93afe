"""An overlay by itself: which values are seen, in which colours, and what becomes of them."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import Normalize

from slicekit import Volume, view
from slicekit.overlays import LABEL_COLOURS, LabelNorm, Overlay, overlay_colours, see_through
from slicekit.picture import Picture
from slicekit.plane import Plane


@pytest.mark.parametrize(
    ("image", "labels", "hide_zero", "values", "hidden"),
    [
        ([0, 1, 2], True, True, [0, 1, 2], [True, False, False]),
        ([0, 1, 2], True, False, [0, 1, 2], [False, False, False]),
        ([False, True], True, True, [0, 1], [True, False]),
        ([0.0, np.nan, np.inf, 7.5], False, False, [0, 0, 0, 7.5], [False, True, True, False]),
        ([0.0, np.nan, 3.0], False, True, [0, 0, 3], [True, True, False]),
        ([20_000, 2**24, 2**24 + 1], True, True, [20_000, 2**24, 7217], [False] * 3),
        ([20_000, 2**24, 2**24 + 1], False, True, [20_000, 2**24, 2**24 + 1], [False] * 3),
        (np.ma.masked_equal([5, 6], 6), True, True, [5, 0], [False, True]),
    ],
)
def test_what_of_an_overlay_is_seen(image, labels, hide_zero, values, hidden):
    seen = see_through(np.ma.asanyarray(image), labels, hide_zero)
    assert np.ma.getmaskarray(seen).tolist() == hidden
    assert np.ma.filled(seen, 0).tolist() == [
        0 if hide else value for value, hide in zip(values, hidden, strict=True)
    ]


def test_a_map_has_the_same_limits_in_each_panel(array):
    viewer = view([array, array]).overlay(array / 100, cmap="hot")
    assert [layer.im.get_clim() for layer in viewer.layers] == [(0, 1.19)] * 2


@pytest.mark.parametrize("hide_zero", ["x", None, 1])
def test_zero_is_hidden_or_not(array, hide_zero):
    with pytest.raises(TypeError, match=r"^hide_zero must be True or False, got "):
        view(array).overlay(array, hide_zero=hide_zero)


def test_labels_have_ten_colours_in_turn():
    assert [tuple(plt.get_cmap("tab10")(number)) for number in range(10)] == LABEL_COLOURS
    colours = overlay_colours(np.arange(3), 5)
    seen = colours["cmap"](colours["norm"](np.array([1, 2, 10, 11, 21, 0])))
    assert [tuple(colour) for colour in seen] == [
        LABEL_COLOURS[number] for number in (0, 1, 9, 0, 0, 9)
    ]


def test_a_label_between_two_is_the_nearer_one():
    norm = LabelNorm(10)
    assert norm([1.2, 11.2]).tolist() == norm([1, 1]).tolist() == [0.05, 0.05]
    assert norm(np.ma.masked_equal([1, 2], 2)).tolist() == [0.05, None]


@pytest.mark.parametrize(
    ("image", "number", "color", "colours"),
    [
        (np.array([True]), 0, None, LABEL_COLOURS[:1]),
        (np.array([True]), 9, None, LABEL_COLOURS[9:]),
        (np.array([True]), 10, None, LABEL_COLOURS[:1]),
        (np.array([True]), 21, None, LABEL_COLOURS[1:2]),
        (np.array([3]), 1, None, LABEL_COLOURS),
        (np.array([3], np.uint8), 1, None, LABEL_COLOURS),
        (np.array([3.0]), 1, "red", [(1, 0, 0, 1)]),
        (np.array([True]), 1, "red", [(1, 0, 0, 1)]),
    ],
)
def test_masks_have_the_next_colour_labels_all_of_them(image, number, color, colours):
    given = overlay_colours(image, number, color)
    assert given.keys() == {"cmap", "norm"}
    assert given["cmap"].colors == colours
    assert given["norm"].count == len(colours)
    assert (given["norm"].vmin, given["norm"].vmax) == (0.5, len(colours) + 0.5)


def test_a_map_is_seen_in_the_colours_of_fire():
    assert overlay_colours(np.array([0.5]), 3) == {"cmap": "inferno"}
    with pytest.raises(ValueError, match=r"^Matplotlib cannot use color='no colour': "):
        overlay_colours(np.array([0.5]), 3, "no colour")


def over(array, data, index=1, **options):
    """Return an overlay on a picture of its own."""
    ax = plt.figure().add_subplot()
    picture = Picture(ax, Volume(array), Plane(0, index))
    return Overlay(picture, Volume(data), Plane(0, index), **options)


def test_an_overlay_is_half_seen_through_and_not_read_out(array):
    layer = over(array, array * 1.0)
    assert layer.im.get_alpha() == 0.5
    assert layer.im.get_interpolation() == "nearest"
    assert layer.im._interpolation_stage == "data"  # Matplotlib 3.8 tells nobody
    assert layer.im.get_clim() == (0, 119)
    assert not layer.im.mouseover
    assert over(array, array, interpolation="bilinear").im.get_interpolation() == "bilinear"


def test_zero_is_seen_through_unless_it_counts(array):
    assert over(array, array * 1.0, index=0).im.get_array().count() == 29
    assert over(array, array * 1.0, index=0, hide_zero=False).im.get_array().count() == 30


def test_how_far_it_is_seen_through_is_told_where_it_cannot_be(array):
    with pytest.raises(ValueError, match=r"^Matplotlib cannot use alpha=7: "):
        over(array, array * 1.0, alpha=7)


def test_large_whole_numbers_of_a_map_are_not_rounded():
    for labels, kind in ((False, "f"), (True, "i")):
        assert see_through(np.array([2**24 + 1]), labels, True).dtype.kind == kind


def test_an_overlay_leaves_the_proportions_and_lies_where_the_picture_lies(array):
    ax = plt.figure().add_subplot()
    options = {"origin": "lower", "extent": (0, 60, 0, 50), "aspect": 2}
    picture = Picture(ax, Volume(array), Plane(0, 1), **options)
    layer = Overlay(picture, Volume(array * 1.0), Plane(0, 1))
    assert ax.get_aspect() == 2
    assert layer.im.origin == "lower"
    assert list(layer.im.get_extent()) == [0, 60, 0, 50]


def test_a_slice_that_cannot_be_read_leaves_nothing_over_the_picture(array):
    layer = over(array, array * 1.0)
    assert layer.im.get_array().count() == 30

    def plane(index, axis):
        raise KeyboardInterrupt

    object.__setattr__(layer.volume, "plane", plane)
    with pytest.raises(KeyboardInterrupt):
        layer.show(Plane(0, 2))
    assert layer.im.get_array().count() == 0


def test_an_overlay_moves_with_the_picture_unless_it_is_gone(array):
    layer = over(array, array * 1.0)
    layer.picture.show(Plane(1, 2))
    layer.show(Plane(1, 2))
    assert np.array_equal(layer.im.get_array(), array[:, 2])
    assert (
        list(layer.im.get_extent()) == list(layer.picture.im.get_extent()) == [-0.5, 5.5, 3.5, -0.5]
    )
    layer.im.remove()
    layer.show(Plane(0, 3))
    assert list(layer.im.get_extent()) == [-0.5, 5.5, 3.5, -0.5]


def test_another_picture_has_the_overlay_as_it_is_now(array):
    layer = over(array, array * 1.0, cmap="hot", alpha=0.25, hide_zero=False, norm=Normalize(2, 9))
    layer.im.set(alpha=0.75, cmap="jet", clim=(3, 7))
    layer.visible = False
    assert layer.visible is False
    picture = Picture(plt.figure().add_subplot(), Volume(array), Plane(0, 0))
    other = layer.on(picture, Plane(0, 0))
    assert other.im.axes is picture.ax
    assert (other.im.get_alpha(), other.im.get_cmap().name, other.im.get_clim()) == (
        *(0.75, "jet"),
        (3, 7),
    )
    assert other.im.get_array().count() == 30
    assert np.array_equal(other.im.get_array(), array[0])
    assert other.visible is False
    layer.visible = True
    assert layer.on(picture, Plane(0, 0)).visible is True
