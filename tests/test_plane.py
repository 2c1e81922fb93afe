"""Arithmetic of slices: where they lie, how they are seen, and which come next."""

from dataclasses import FrozenInstanceError

import matplotlib.pyplot as plt
import numpy as np
import pytest

from slicekit.places import nearest_pixel, pixels, to_axes, to_pixel, voxel
from slicekit.plane import Plane, slice_position
from slicekit.travel import along, onwards, place_of, steps_between, where_of
from slicekit.volume import Volume

AFFINE = np.array([[0, -3, 0, 10], [2, 0, 0, 20], [0, 0, 4, 30], [0, 0, 0, 1]])


def test_a_plane_is_seen_as_imshow_shows_it_unless_told_otherwise():
    assert Plane(0, 1) == Plane(0, 1, transpose=False, leftwards=False, upwards=None)


def test_a_plane_stays_as_it_is():
    with pytest.raises(FrozenInstanceError):
        Plane(0, 1).index = 2


def test_a_transposed_plane_has_its_picture_and_its_aspect_transposed(array):
    volume, spacing = Volume(array), (1, 2, 8)
    assert np.array_equal(Plane(0, 1).of(volume), array[1])
    assert np.array_equal(Plane(0, 1, transpose=True).of(volume), array[1].T)
    assert Plane(0, 1).aspect(spacing) == 1 / 4
    assert Plane(0, 1, transpose=True).aspect(spacing) == 4
    assert Plane(1, 1, transpose=True).aspect(spacing) == 8


@pytest.mark.parametrize(
    ("leftwards", "upwards", "xlim", "ylim"),
    [
        (False, None, (0, 6), (5, 1)),  # as origin has it
        (True, None, (6, 0), (5, 1)),
        (False, True, (0, 6), (1, 5)),
        (True, False, (6, 0), (5, 1)),
    ],
)
def test_a_plane_is_turned_by_its_limits(leftwards, upwards, xlim, ylim):
    limits = Plane(0, 0, leftwards=leftwards, upwards=upwards).limits((0, 6, 5, 1))
    assert (limits["xlim"], tuple(limits["ylim"])) == (xlim, ylim)


@pytest.mark.parametrize(("axis", "mm"), [(0, 20 + 2 * 5), (1, 10 - 3 * 5), (2, 30 + 4 * 5)])
def test_a_slice_lies_where_all_its_voxels_lie(axis, mm):
    assert slice_position(AFFINE, 5, axis) == mm
    assert slice_position(AFFINE.tolist(), 5, axis) == mm
    assert slice_position(None, 5, axis) is None


@pytest.mark.parametrize("other", [0, 2])
def test_an_oblique_slice_lies_nowhere_but_rounding_does_not_make_it_oblique(other):
    affine = AFFINE.astype(float)
    affine[0, other] = 5e-5
    assert slice_position(affine, 5, 1) == -5
    affine[0, other] = 2e-4
    assert slice_position(affine, 5, 1) is None


# ---- voxels, pixels and places on the axes


@pytest.mark.parametrize(
    ("plane", "row", "column"),
    [
        (Plane(0, 1), 2, 3),
        (Plane(1, 2), 1, 3),
        (Plane(2, 3), 1, 2),
        (Plane(0, 1, transpose=True), 3, 2),
        (Plane(2, 3, transpose=True), 2, 1),
    ],
)
def test_a_voxel_and_its_pixel(plane, row, column):
    assert [int(n[0]) for n in pixels(plane, np.array([[1, 2, 3]]))] == [row, column]
    assert voxel(plane, row, column).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("origin", "extent", "first", "last"),
    [
        ("upper", (10, 18, 5, 2), (11, 2.5), (17, 4.5)),
        ("lower", (10, 18, 2, 5), (11, 2.5), (17, 4.5)),
        ("lower", (10, 18, 5, 2), (11, 4.5), (17, 2.5)),
        ("upper", (18, 10, 5, 2), (17, 2.5), (11, 4.5)),
        ("upper", (10, 18, 8, 2), (11, 3), (17, 7)),
    ],
)
def test_a_pixel_and_its_place_on_the_axes(origin, extent, first, last):
    im = plt.subplots()[1].imshow(np.zeros((3, 4)), origin=origin, extent=extent)
    assert to_axes(im, 0, 0) == first
    assert to_axes(im, 2, 3) == last
    assert to_pixel(im, *first) == nearest_pixel(im, *first) == (0, 0)
    assert to_pixel(im, *last) == nearest_pixel(im, *last) == (2, 3)


def test_at_the_edge_of_an_image_and_beside_it():
    im = plt.subplots()[1].imshow(np.zeros((3, 4)), extent=(10, 18, 5, 2))
    assert to_pixel(im, 10, 2) == (0, 0)
    assert to_pixel(im, 17.9, 4.9) == (2, 3)
    for x, y, nearest in [(18, 3, (1, 3)), (9.9, 3, (1, 0)), (11, 5, (2, 0)), (11, 1.9, (0, 0))]:
        assert to_pixel(im, x, y) is None
        assert nearest_pixel(im, x, y) == nearest


# ---- the direction of travel


def test_a_slice_has_a_place_and_nothing_else_has():
    everything = slice(None)
    place = place_of((everything, np.int16(3), everything))
    assert place == (None, 3, None)
    assert type(place[1]) is int
    assert where_of(place) == (everything, 3, everything)
    assert along(place) == (True, False, True)
    for other in (3, [1, everything], (1, slice(1, 2), everything), (1.0, everything), (..., 1)):
        assert place_of(other) is None


def test_steps_are_counted_along_each_axis():
    assert steps_between((1, None, 5), (4, None, 2)) == [3, 0, -3]
    assert steps_between((None, 1), (1, None)) == [0, 0]


@pytest.mark.parametrize(
    ("index", "step", "following"),
    [
        (5, 1, [6, 7]),
        (5, -1, [4, 3]),
        (1, -1, [0]),
        (0, -1, []),
        (38, 1, [39]),
        (39, 1, []),
        (5, 10, [15, 25]),
        (5, 11, []),
        (25, -11, []),
        (5, 0, []),
    ],
)
def test_the_next_two_slices_in_the_direction_of_travel(index, step, following):
    assert onwards((None, index, None), [0, step, 0], (4, 40, 4)) == [
        (None, n, None) for n in following
    ]


def test_whoever_goes_along_two_axes_at_once_is_not_followed():
    assert onwards((5, 5, None), [1, 1, 0], (40, 40, 4)) == []
