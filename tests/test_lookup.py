"""Parts of the quick way by themselves: voxels and colours, beside Matplotlib's."""

from runpy import run_path
from typing import ClassVar

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.patches import Circle
from matplotlib.transforms import Affine2D, Bbox

from slicekit import lookup
from slicekit.lookup import LookUp, every, is_plain, kind_of, look_up, voxels_seen

BY_VALUE = pytest.mark.skipif(not lookup.BY_VALUE, reason="older Matplotlib is not looked up")
SMALL = np.arange(12, dtype=np.uint8).reshape(3, 4)


def laid_out(array, place=(0.125, 0.4, 0.5, 0.5), **options):
    """Return an image that will fill 40 x 30 pixels of a canvas of 80 x 60, six from the top."""
    fig = plt.figure(figsize=(0.8, 0.6), dpi=100)
    ax = fig.add_axes(place)
    ax.set_axis_off()
    given = {"cmap": "viridis", "interpolation": "nearest", "interpolation_stage": "data"}
    im = ax.imshow(array, **{**given, "aspect": "auto", **options})
    return im, fig.canvas.get_renderer()


def shown(array, place=(0.125, 0.4, 0.5, 0.5), **options):
    """Draw such an image, and return the pixels, too."""
    im, renderer = laid_out(array, place, **options)
    im.figure.canvas.draw()
    return im, renderer, np.asarray(im.figure.canvas.buffer_rgba())


def test_a_type_is_the_same_in_every_order_of_bytes():
    assert kind_of(np.zeros(1, ">u2")) == kind_of(np.zeros(1, "<u2")) == np.dtype("u2")
    assert kind_of(np.zeros(1, ">u2")).isnative


@pytest.mark.parametrize("kind", lookup.FEW_VALUES)
def test_each_value_stands_where_it_is_looked_up(kind):
    values = every(kind)
    assert len(values) == 2 ** (8 * kind.itemsize)
    for value in (np.iinfo(kind).min, -1, 0, 1, np.iinfo(kind).max):
        if value >= np.iinfo(kind).min:
            assert values[value] == value


@BY_VALUE
def test_the_voxel_under_each_pixel():
    im, renderer, _ = shown(SMALL)
    place, rows, columns = voxels_seen(im, renderer)
    assert place == (slice(6, 36), slice(10, 50))
    assert rows.tolist() == [row for row in range(3) for _ in range(10)]
    assert columns.tolist() == [column for column in range(4) for _ in range(10)]
    im, renderer, _ = shown(SMALL, origin="lower")
    assert voxels_seen(im, renderer)[1].tolist() == rows.tolist()[::-1]


def test_what_cannot_be_looked_up_is_said():
    im, renderer, _ = shown(SMALL)
    im.set_transform(Affine2D().rotate_deg(9) + im.axes.transData)
    with pytest.raises(ValueError, match=r"^this image does not fill its axes, or is turned$"):
        voxels_seen(im, renderer)
    assert look_up(im, renderer) is None
    im.set_alpha(0.5)
    fault = "^this image is more than one voxel and its colour for each pixel$"
    with pytest.raises(ValueError, match=fault):
        LookUp(im, renderer)


def with_colours(**extremes):
    return plt.colormaps["gray"].with_extremes(**extremes)


@BY_VALUE
@pytest.mark.parametrize(
    ("change", "plain"),
    [
        (lambda im: None, True),
        (lambda im: im.set_alpha(1), True),
        (lambda im: im.set_alpha(0.5), False),
        (lambda im: im.set_data(SMALL.astype(">i2")), True),
        (lambda im: im.set_data(SMALL.astype("f4")), True),
        (lambda im: im.set_data(SMALL.astype("f8")), True),
        (lambda im: im.set_data(SMALL.astype("i4")), False),
        (lambda im: im.set_data(np.dstack([SMALL] * 3)), False),
        (lambda im: im.set_cmap(with_colours(bad=(0, 0, 0, 0))), True),
        (lambda im: im.set_cmap(with_colours(bad=(1, 0, 0, 0.5))), False),
        (lambda im: im.set_cmap(with_colours(over=(1, 0, 0, 0.5))), False),
        (lambda im: im.set_cmap(with_colours(under=(1, 0, 0, 0.5))), False),
        (lambda im: im.set_cmap(ListedColormap([(1, 0, 0, 1), (1, 0, 0, 0.5)])), False),
        (lambda im: im.set_clip_on(False), False),
        (lambda im: im.set_clip_path(Circle((1, 1), 1, transform=im.axes.transData)), False),
        (lambda im: im.set_agg_filter(lambda image, dpi: (image, 0, 0)), False),
    ],
)
def test_which_images_are_looked_up(change, plain):
    im, _, _ = shown(SMALL)
    change(im)
    assert is_plain(im) is plain


@BY_VALUE
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("shape", [(3, 4), (90, 100), (3, 100), (90, 4)])
@pytest.mark.parametrize("kind", ["u1", "i1", ">u2", "i2", "f4", "f8"])
def test_the_pixels_are_those_of_matplotlib(kind, shape, masked):
    array = np.arange(np.prod(shape)).reshape(shape) % 120 - (40 if kind[-2] != "u" else 0)
    array = np.ma.masked_where(array % 7 == 5, array, copy=False) if masked else array
    array = array.astype(kind)
    im, renderer, pixels = shown(array, vmin=-20, vmax=90)
    drawn = pixels.copy()
    image = LookUp(im, renderer)
    pixels[:] = 255
    im.stale = True
    image.draw(pixels)
    assert np.array_equal(pixels, drawn)
    assert not im.stale
    assert image.is_exact
    assert image.covers() == (not masked and kind[0] != "f")


@BY_VALUE
def test_what_was_learnt_holds_until_something_else_than_the_values_changes():
    for change in (
        lambda im: im.set_cmap("gray"),
        lambda im: im.set_norm(Normalize(0, 5)),
        lambda im: im.set_clim(0, 5),
        lambda im: im.set_data(SMALL.astype("i2")),
        lambda im: im.set_data(SMALL[:2]),
        lambda im: im.set_data(SMALL[:, :2]),
        lambda im: im.set_interpolation("bilinear"),
        lambda im: im.set_zorder(9),
    ):
        im, renderer, _ = shown(SMALL)
        image = LookUp(im, renderer)
        im.set_data(SMALL[::-1])
        im.stale_callback = None
        assert image.holds()
        change(im)
        assert not image.holds()


@BY_VALUE
def test_smooth_images_are_looked_up_where_voxels_are_smaller_than_pixels():
    for options in ({"interpolation": "bilinear"}, {"interpolation_stage": "rgba"}):
        im, renderer, _ = shown(SMALL, **options)
        fault = "^this image is smooth, and its voxels are larger than pixels$"
        with pytest.raises(ValueError, match=fault):
            LookUp(im, renderer)
        im, renderer, _ = shown(np.zeros((61, 81), np.uint8), **options)
        assert not LookUp(im, renderer).is_exact


@BY_VALUE
@pytest.mark.parametrize(
    ("shape", "is_looked_up"), [((30, 40), False), ((1, 1200), False), ((30, 41), True)], ids=str
)
def test_smooth_images_with_as_many_voxels_as_pixels_are_not(shape, is_looked_up):
    image = look_up(*laid_out(np.zeros(shape, np.float32), interpolation="bilinear"))
    assert (image is not None) is is_looked_up


@BY_VALUE
def test_a_colour_map_with_holes_covers_nothing():
    im, renderer, pixels = shown(SMALL, cmap=with_colours(under=(0, 0, 0, 0)), vmin=3)
    drawn = pixels.copy()
    image = LookUp(im, renderer)
    pixels[:] = 255
    image.draw(pixels)
    assert np.array_equal(pixels, drawn)
    assert not image.covers()


def looks_like_matplotlibs(im, renderer, pixels):
    """Check that what is looked up is what Matplotlib has drawn; return it."""
    drawn, image = pixels.copy(), LookUp(im, renderer)
    pixels[:] = 255
    image.draw(pixels)
    return np.array_equal(pixels, drawn) and image


@pytest.mark.parametrize(
    ("version", "is_looked_up"), [((3, 9, 4), False), ((3, 10, 0), True), ((3, 11, 2), True)]
)
def test_images_are_looked_up_from_matplotlib_3_10_on(version, is_looked_up, monkeypatch):
    im, _, _ = shown(SMALL)
    monkeypatch.setattr(mpl, "__version_info__", (*version, "final", 0))
    assert run_path(lookup.__file__)["is_plain"](im) is is_looked_up


@BY_VALUE
@pytest.mark.parametrize(
    "place", [(0, 0, 1, 1), (0, 0.4, 0.5, 0.6), (0.5, 0.5, 1 / 80, 1 / 60)], ids=str
)
@pytest.mark.parametrize("shape", [(3, 4), (90, 100)])
def test_an_image_may_reach_the_edges_of_the_canvas_and_be_one_pixel(place, shape):
    array = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    assert looks_like_matplotlibs(*shown(array, place))


@BY_VALUE
def test_an_image_ends_where_its_clip_box_does():
    im, renderer, pixels = shown(SMALL)
    im.set_clip_box(Bbox([[15, 30], [40, 50]]))
    im.figure.canvas.draw()
    image = looks_like_matplotlibs(im, renderer, pixels)
    assert image.place == (slice(10, 30), slice(15, 40))


@BY_VALUE
def test_values_too_near_each_other_for_single_precision_have_colours_of_their_own():
    array = 1e9 + np.arange(12.0).reshape(3, 4)
    im, renderer, pixels = shown(array, vmin=1e9, vmax=1e9 + 11)
    assert looks_like_matplotlibs(im, renderer, pixels)
    assert len(np.unique(pixels.view(np.uint32)[6:36, 10:50])) == 12


@BY_VALUE
@pytest.mark.parametrize(
    ("shape", "count"), [((3, 4), 12), ((60, 10), 600), ((60, 70), 1200), ((2, 6000), 1200)]
)
def test_colours_are_looked_for_no_more_than_once_for_each_voxel_or_pixel(shape, count):
    class Counting(Normalize):
        counts: ClassVar = []

        def __call__(self, value, clip=None):
            self.counts.append(np.size(value))
            return super().__call__(value, clip)

    im, renderer = laid_out(np.zeros(shape, np.float32), norm=Counting(0, 1))
    image = LookUp(im, renderer)
    Counting.counts.clear()
    image.draw(np.asarray(im.figure.canvas.buffer_rgba()))
    assert Counting.counts == [count]


@BY_VALUE
def test_more_voxels_than_single_precision_can_count():
    _, rows, columns = voxels_seen(*laid_out(np.zeros((4230, 4200), np.uint8)))
    assert rows.tolist() == [*range(70, 4230, 141)]
    assert columns.tolist() == [*range(52, 4200, 105)]


@BY_VALUE
@pytest.mark.parametrize("stage", ["data", "rgba"])
def test_what_was_learnt_of_a_smooth_image_holds_for_other_values(stage):
    array = np.arange(61 * 81, dtype=np.float32).reshape(61, 81)
    im, renderer, _ = shown(array, interpolation="bilinear", interpolation_stage=stage)
    image = LookUp(im, renderer)
    im.stale_callback = None
    im.set_data(array[::-1])
    assert image.holds()
    im.make_image(renderer, unsampled=True)  # for a vector format, which keeps what it made
    assert image.holds()
    im.set_interpolation_stage("data" if stage == "rgba" else "rgba")
    assert not image.holds()


# ---- letters
