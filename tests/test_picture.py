"""One volume on one axes: its contrast, its proportions, and its slice."""

import re
import warnings
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import (
    AsinhNorm,
    BoundaryNorm,
    Colormap,
    LogNorm,
    Normalize,
    PowerNorm,
)

from slicekit import view
from slicekit.keywords import check_keywords, keywords_of_imshow
from slicekit.picture import (
    Picture,
    check_frame,
    check_limits,
    limits_for,
    unrounded,
    whole_range,
)
from slicekit.plane import Plane
from slicekit.volume import Volume


@pytest.fixture
def volume(array):
    return Volume(array, spacing=(1, 2, 4))


def picture(volume, plane=Plane(0, 1), **options):  # noqa: B008  it is frozen
    return Picture(plt.figure().subplots(), volume, plane, **options)


def test_a_picture_is_grey_and_exact_and_has_the_proportions_of_the_volume(volume, array):
    made = picture(volume)
    im, ax = made.im, made.ax
    assert np.array_equal(im.get_array(), array[1])
    assert (im.get_cmap().name, im.get_clim()) == ("gray", (0, 119))
    assert (im.get_interpolation(), im._interpolation_stage) == ("nearest", "data")
    assert ax.get_aspect() == 0.5
    assert made.title is ax.title
    assert ax.get_title() == ""
    assert (made.ax, made.volume, made.plane) == (ax, volume, Plane(0, 1))


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (2**30, "i4"),
        (-(2**30), ">i4"),
        (-(2**31), "i4"),
        (3 * 10**9, "u4"),
        (10**12, "i8"),
        (7, "i8"),
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_large_whole_numbers_are_not_rounded(first, kind, masked):
    values = np.random.default_rng(0).integers(0, 200, (3, 20, 20))
    volume = (values + first).astype(kind)
    if masked:
        volume = np.ma.masked_array(volume, values < 9)
    seen = []
    for data in (volume, np.ma.asanyarray(volume).astype(float)):
        viewer = view(data).overlay(data, cmap="viridis")
        viewer.move(1)
        viewer.fig.canvas.draw()
        seen.append(np.array(viewer.fig.canvas.buffer_rgba()))
    assert np.array_equal(*seen)


def test_large_labels_stay_labels():
    labels = np.array([[[0, 614_454_277], [5, 614_454_278]]])
    (overlay,) = view(np.zeros((1, 2, 2)), overlay=labels).layers
    colours = overlay.im.to_rgba(overlay.im.get_array())
    assert not np.array_equal(colours[0, 1], colours[1, 1])


def test_what_is_drawn_later_does_not_move_the_picture(volume):
    made = picture(volume)
    made.ax.plot([-99, 99], [-99, 99])
    assert (made.ax.get_xlim(), made.ax.get_ylim()) == ((-0.5, 5.5), (4.5, -0.5))


def test_with_an_extent_of_ones_own_the_axes_have_a_scale_already(volume):
    assert picture(volume, extent=(0, 60, 0, 30)).ax.get_aspect() == 1
    assert picture(volume, extent=(0, 60, 0, 30), aspect=3).ax.get_aspect() == 3


@pytest.mark.parametrize(
    ("origin", "down", "across"),
    [("upper", (3.5, -0.5), (4.5, -0.5)), ("lower", (-0.5, 3.5), (-0.5, 4.5))],
)
def test_each_axis_has_its_own_limits_and_proportions(volume, origin, down, across):
    made = picture(volume, origin=origin)
    made.show(Plane(1, 2))
    assert (made.ax.get_xlim(), made.ax.get_ylim()) == ((-0.5, 5.5), down)
    assert (made.ax.get_aspect(), made.plane) == (0.25, Plane(1, 2))
    made.show(Plane(0, 3, transpose=True))
    assert made.ax.get_aspect() == 2
    made.show(Plane(0, 3))
    assert (made.ax.get_xlim(), made.ax.get_ylim()) == ((-0.5, 5.5), across)
    assert made.ax.get_aspect() == 0.5


def test_an_extent_of_ones_own_is_for_the_axis_that_it_was_given_with(volume):
    made = picture(volume, extent=(0, 60, 0, 30), aspect=3)
    made.show(Plane(1, 2))
    assert made.im.get_extent() == [-0.5, 5.5, 3.5, -0.5]
    made.show(Plane(0, 2))
    assert made.im.get_extent() == [0, 60, 0, 30]
    assert made.ax.get_aspect() == 3


def test_zoom_stays_as_long_as_the_axis_does(volume):
    made = picture(volume)
    made.ax.set(xlim=(1, 2), ylim=(3, 2))
    made.show(Plane(0, 2))
    assert (made.ax.get_xlim(), made.ax.get_ylim()) == ((1, 2), (3, 2))
    assert np.array_equal(made.im.get_array(), volume.array[2])


def test_a_turned_plane_is_turned_from_the_beginning(volume):
    for plane in (Plane(0, 1, leftwards=True), Plane(0, 1, leftwards=True, upwards=False)):
        made = picture(volume, plane)
        assert (made.ax.get_xlim(), made.ax.get_ylim()) == ((5.5, -0.5), (4.5, -0.5))
    assert picture(volume, Plane(0, 1, upwards=True)).ax.get_ylim() == (-0.5, 4.5)


def test_the_home_button_leads_to_the_limits_of_the_axis_on_show(volume, monkeypatch):
    made, told = picture(volume), []
    toolbar = SimpleNamespace(update=lambda: told.append(made.ax.get_ylim()))
    monkeypatch.setattr(made.ax.figure.canvas, "toolbar", toolbar)
    made.show(Plane(0, 2))
    assert told == []
    made.show(Plane(1, 2))
    assert told == [(3.5, -0.5)]


def test_the_same_on_other_axes(volume):
    made = picture(volume, vmin=7, alpha=0.5)
    made.im.set_cmap("viridis")
    made.ax.set(xlim=(1, 2), ylim=(3, 2), aspect=7)
    ax = plt.figure().subplots()
    other = made.on(ax, Plane(0, 3))
    assert np.array_equal(other.im.get_array(), volume.array[3])
    assert (other.im.get_cmap().name, other.im.get_clim()) == ("viridis", (7, 119))
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_aspect()) == ((1, 2), (3, 2), 7)
    assert other.im.get_alpha() == 0.5
    assert made.plane == Plane(0, 1)


# ---- norms


@pytest.mark.parametrize(
    ("norm", "vmin", "vmax", "expected"),
    [
        (None, None, None, (Normalize, 0, 119)),
        (None, 5, None, (Normalize, 5, 119)),
        (None, None, 5, (Normalize, 0, 5)),
        (None, -5, 0, (Normalize, -5, 0)),
        (None, 0, 1, (Normalize, 0, 1)),
        ("log", None, None, (LogNorm, 1, 119)),
        (LogNorm(), None, 50, (LogNorm, 1, 50)),
        (Normalize(3, 4), None, 9, (Normalize, 3, 9)),
        (PowerNorm(2), None, None, (PowerNorm, 0, 119)),
    ],
)
def test_limits_that_are_not_given_are_those_of_the_volume(volume, norm, vmin, vmax, expected):
    made = whole_range(volume, 0, norm, vmin, vmax)
    assert (type(made), made.vmin, made.vmax) == expected
    assert made is not norm
    if isinstance(norm, LogNorm):
        assert norm.vmin is None


def test_where_a_logarithm_begins():
    images = [np.array([-3, 0, 2, 9])]
    assert limits_for(Normalize(), lambda: images) == (-3, 9)
    assert limits_for(LogNorm(), lambda: images) == (-3, 9, 2, 9)


# ---- keywords


def test_keywords_of_imshow_are_known_and_those_for_one_image_are_not():
    known = keywords_of_imshow()
    assert {"cmap", "alpha", "origin", "interpolation_stage", "zorder", "clip_on"} <= known
    assert not known & {"self", "X", "data", "kwargs", "figure"}


def test_our_own_keywords_are_known_where_they_are_said_to_be():
    check_keywords({"cmap": "gray", "overlay": None}, ["overlay"])
    with pytest.raises(TypeError, match="unexpected keyword argument 'overlay'"):
        check_keywords(dict.fromkeys(["cmap", "overlay"]))
    with pytest.raises(TypeError, match="did you mean 'overlay'"):
        check_keywords({"overlya": None}, ["overlay"])


# ---- the frame


@pytest.mark.parametrize("aspect", [1e300, 10_001, 0.9e-4, 0, -1, np.nan, np.float32(1e9)])
def test_an_aspect_leaves_a_picture_some_width(array, aspect):
    words = r"^aspect must be from 0\.0001 to 10000, got .*; leave it out for that of the voxels$"
    with pytest.raises(ValueError, match=words):
        view(array, aspect=aspect)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("aspect", [10_000, 1e-4, 2, "auto", "equal", None])
def test_an_aspect_that_can_be_is_taken(array, aspect):
    assert view(array, aspect=aspect).ax.get_aspect() in (aspect, 1)


@pytest.mark.parametrize(
    "extent", ["abcd", (0, 1, 2), (0, 1e300, 0, 1), (1, 1, 0, 5), (0, 5, 2, 2), (0, np.nan, 0, 1)]
)
def test_an_extent_is_four_numbers_with_room_between_them(array, extent):
    words = r"^extent must be left, right, bottom and top, .* got .*; leave it out for voxels$"
    with pytest.raises(ValueError, match=words):
        view(array, extent=extent)
    assert plt.get_fignums() == []


def test_an_extent_may_run_either_way(array):
    assert view(array, extent=(9, -9, 5, 0.5)).im.get_extent() == [9, -9, 5, 0.5]


@pytest.mark.parametrize("limits", [{"vmin": 500}, {"vmax": -1}])
def test_who_gives_one_limit_beyond_the_other_is_told_whose_that_is(array, limits):
    with pytest.raises(ValueError, match=r"; give both of them, since .* is the volume's own$"):
        view(array, **limits)
    with pytest.raises(ValueError, match=r"; for black and white the other way round, take"):
        view(array, vmin=2, vmax=1)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (
            {"extent": (0, 1, 2)},
            "extent must be left, right, bottom and top, four numbers with room between them, "
            "got (0, 1, 2); leave it out for voxels",
        ),
        (
            {"aspect": 0},
            "aspect must be from 0.0001 to 10000, got 0; leave it out for that of the voxels",
        ),
    ],
)
def test_a_frame_that_cannot_be_is_told_in_full(frame, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        check_frame(**frame)


@pytest.mark.parametrize("aspect", [10_000, 1e-4])
def test_an_aspect_at_its_limits_can_be(aspect):
    check_frame(aspect=aspect)


# ---- the values


@pytest.mark.parametrize(
    ("values", "kind"),
    [([100], "i8"), ([-100], "i4"), ([2**24, -(2**24)], "i4"), ([1e30], "f4"), ([60_000], "u2")],
)
def test_what_matplotlib_does_not_round_stays_as_it_is(values, kind):
    image = np.array([values], kind)
    assert unrounded(image) is image


@pytest.mark.parametrize("value", [2**24 + 1, -(2**24) - 1])
def test_what_matplotlib_would_round_becomes_real_numbers(value):
    found = unrounded(np.array([[value]], "i4"))
    assert found.dtype == np.float64
    assert found == value


# ---- the limits


CURE = "for black and white the other way round, take cmap='gray_r'"


@pytest.mark.parametrize("limits", [(2.0, 1.0), (1.0, 1.0), (0.0, np.inf), (np.nan, 1.0)])
def test_limits_that_cannot_be_are_told_in_full(limits):
    low, high = limits
    words = "limits must be two finite numbers, the lower one first, got "
    words += f"vmin={low} and vmax={high}; {CURE}"
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        check_limits(Normalize(low, high))


@pytest.mark.parametrize(
    ("norm", "limits", "words"),
    [
        ("nope", (None, None), "norm='nope': "),
        (LogNorm(), (0.0, 1.0), "norm='LogNorm', vmin=0.0, vmax=1.0: "),
        (PowerNorm(0), (0.0, 1.0), "norm='PowerNorm', vmin=0.0, vmax=1.0: "),
    ],
)
def test_a_norm_that_cannot_be_is_named_with_its_limits(volume, norm, limits, words):
    with pytest.raises(ValueError, match=f"^Matplotlib cannot use {re.escape(words)}"):
        whole_range(volume, 0, norm, *limits)


@pytest.mark.parametrize("norm", [Normalize(-1e308, 1e308), AsinhNorm(vmin=-1e308, vmax=1e308)])
def test_limits_too_far_apart_for_a_norm_are_refused(norm):
    name = type(norm).__name__
    words = rf"^Matplotlib cannot use norm='{name}', .*08: no grey comes of them; take others$"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=words):
            check_limits(norm)


class OneWay(Normalize):
    def inverse(self, value):
        raise NotImplementedError


@pytest.mark.parametrize("norm", [BoundaryNorm([0, 1, 2], 2), OneWay()])
def test_a_norm_need_not_lead_back(volume, norm):
    assert type(whole_range(volume, 0, norm, None, None)) is type(norm)


def test_a_map_without_colours_fails_at_once(array):
    with pytest.raises(ValueError, match=r"^Matplotlib cannot use cmap=<.*>: Abstract class only$"):
        view(array, cmap=Colormap("x"))
    assert plt.get_fignums() == []
