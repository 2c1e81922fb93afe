import os
from dataclasses import FrozenInstanceError
from mmap import ALLOCATIONGRANULARITY

import numpy as np
import pytest

from slicekit import Volume, pixel_aspect, take_plane
from slicekit.files import read_volume
from slicekit.volume import check_plane


class OnePlaneAtATime:
    """Looks like an array, but refuses to be read whole."""

    def __init__(self, array):
        self._array, self.shape, self.read = array, array.shape, []

    def __getitem__(self, where):
        self.read.append(where)
        return self._array[where]

    def __array__(self, *args, **kwargs):
        raise AssertionError("read whole")


class HandsOut:
    """Says that it is a (4, 5, 6) array, and hands out the same plane wherever it is asked."""

    shape = (4, 5, 6)

    def __init__(self, plane):
        self._plane = plane

    def __getitem__(self, where):
        return self._plane


class Closed:
    """Such as what is left of an array in a file that was closed."""

    @property
    def shape(self):
        raise RuntimeError("no such dataset")

    def __getitem__(self, where):
        raise RuntimeError("no such dataset")


@pytest.mark.parametrize(("axis", "aspect"), [(0, 2 / 4), (1, 1 / 4), (2, 1 / 2), (-1, 1 / 2)])
def test_aspect_is_pixel_height_over_pixel_width(axis, aspect):
    assert pixel_aspect((1, 2, 4), axis) == aspect
    assert Volume(np.zeros((2, 3, 4)), spacing=(1, 2, 4)).aspect(axis) == aspect


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_plane_is_numpys_take(array, axis):
    expected = np.take(array, 2, axis)
    assert np.array_equal(take_plane(array, 2, axis), expected)
    assert np.array_equal(Volume(array).plane(2, axis), expected)


def test_the_first_axis_is_held_fixed_unless_another_one_is_named(array):
    assert np.array_equal(take_plane(array, 2), array[2])
    assert np.array_equal(Volume(array).plane(2), array[2])
    assert pixel_aspect((1, 2, 4)) == Volume(array, (1, 2, 4)).aspect() == 2 / 4
    lazy = OnePlaneAtATime(array)
    assert [plane.shape for plane in Volume(lazy).some_planes()] == [(5, 6)] * 9


def test_plane_reads_one_plane_and_nothing_else(array):
    lazy = OnePlaneAtATime(array)
    Volume(lazy).plane(3, axis=1)
    assert lazy.read == [(slice(None), 3, slice(None))]


@pytest.mark.parametrize(("index", "axis"), [(-1, 0), (4, 0), (5, 1), (6, 2), (0, 3), (0, -4)])
def test_plane_out_of_range_says_what_is_in_range(array, index, axis):
    with pytest.raises(IndexError, match=r"out of range.*use 0"):
        Volume(array).plane(index, axis)


@pytest.mark.parametrize("shape", [(), (3,), (3, 4), (3, 4, 5, 6)])
def test_a_volume_has_three_axes(shape):
    with pytest.raises(ValueError, match=r"must be 3-D, got shape"):
        Volume(np.zeros(shape))


def test_a_list_is_not_an_array():
    with pytest.raises(TypeError, match=r"must be an array, got a list; use np.asarray"):
        Volume([[[1]]])


@pytest.mark.parametrize(
    "spacing", [(1, 1), (1, 1, 1, 1), (0, 1, 1), (-1, 1, 1), (np.nan, 1, 1), (np.inf, 1, 1)]
)
def test_spacing_is_three_sizes_above_zero(spacing, array):
    with pytest.raises(ValueError, match=r"three sizes of 1e-12 to 1e\+12 mm, got"):
        Volume(array, spacing=spacing)


def test_the_array_is_kept_and_not_copied(array):
    volume = Volume(array)
    assert volume.array is array
    assert np.shares_memory(np.asarray(volume), array)
    assert np.array_equal(volume[1], array[1])
    assert (len(volume), volume.shape, volume.ndim) == (4, (4, 5, 6), 3)


def test_repr_tells_sides_and_sizes(array):
    volume = Volume(array, spacing=(1, 1, 2.5), name="head")
    assert repr(volume) == "<Volume 'head': 4 x 5 x 6 voxels of 1 x 1 x 2.5 mm>"


def test_an_affine_may_be_a_list_and_must_lead_somewhere(array):
    affine = np.diag([1, 2, 3, 1]).tolist()
    volume = Volume(array, (1, 2, 3), affine)
    assert isinstance(volume.affine, np.ndarray)
    assert volume.affine.tolist() == affine
    for wrong in (np.eye(3), np.zeros((4, 4)), [[1]], "RAS"):
        with pytest.raises(ValueError, match="affine must be a 4 x 4 matrix") as caught:
            Volume(array, affine=wrong)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda v: v.plane(1.0), "index must be a whole number, got 1.0; use int()"),
        (lambda v: v.plane(True), "index must be a whole number, got True; use int()"),
        (lambda v: v.plane(0, "1"), "axis must be a whole number, got '1'; use int()"),
        (lambda v: v.plane(0, 3), "axis 3 is out of range for a volume; use 0, 1 or 2"),
        (
            lambda v: v.plane(5, 1),
            "index 5 is out of range for axis 1, which has 5 slices; use 0 to 4",
        ),
        (
            lambda v: Volume(v.array, (1, 1)),
            "spacing must be three sizes of 1e-12 to 1e+12 mm, got (1, 1); "
            "leave it out for voxels of 1 x 1 x 1 mm",
        ),
        (
            lambda v: Volume(v.array, affine=[[1]]),
            "affine must be a 4 x 4 matrix with three directions of 1e-12 to 1e+12 mm, "
            "and 0, 0, 0, 1 below, got [[1]]; leave it out if nobody knows where the volume lies",
        ),
        (lambda v: Volume([1]), "a volume must be an array, got a list; use np.asarray"),
        (
            lambda v: Volume(v.array[0]),
            "a volume must be 3-D, got shape (5, 6); "
            "use np.stack for images, slicekit.view for time",
        ),
        (
            lambda v: Volume(Closed()),
            "the array cannot tell its shape (no such dataset); is its file still open?",
        ),
        (
            lambda v: Volume(v.array[:0]),
            "there is nothing in a volume of shape (0, 5, 6); give it slices",
        ),
        (
            lambda v: Volume(v.array.astype(complex)),
            "values of type complex128 have no grey; make real numbers of them, as np.abs does",
        ),
        (
            lambda v: Volume(HandsOut(v.array[0].T)).plane(0),
            "a slice must be (5, 6) real numbers, got int16 (6, 5); see what the array hands out",
        ),
        (
            lambda v: Volume(HandsOut(v.array[0].astype(complex))).plane(0),
            "a slice must be (5, 6) real numbers, got complex128 (5, 6); "
            "see what the array hands out",
        ),
    ],
)
def test_an_error_names_the_value_the_fault_and_the_cure(array, make, words):
    with pytest.raises((TypeError, ValueError, IndexError)) as caught:
        make(Volume(array))
    assert str(caught.value) == words


def test_spacing_and_affine_are_kept_as_numbers_of_one_kind(array):
    volume = Volume(array, np.array([1, 2, 4], np.float32), np.diag([1, 2, 4, 1]))
    assert volume.spacing == (1.0, 2.0, 4.0)
    assert {type(size) for size in volume.spacing} == {float}
    assert volume.affine.dtype == float


def test_without_a_spacing_voxels_are_cubes_of_one_millimetre(array):
    assert Volume(array).spacing == (1, 1, 1)


def test_a_volume_is_equal_only_to_itself(array):
    volume, other = Volume(array), Volume(array)
    assert volume == volume
    assert volume != other
    assert {volume: "its", other: "another's"}[volume] == "its"


@pytest.mark.parametrize("name", ["array", "spacing", "affine", "name"])
def test_a_volume_cannot_be_changed(array, name):
    volume = Volume(array)
    with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
        setattr(volume, name, None)
    assert volume.array is array


def test_numpy_gets_a_copy_and_another_type_where_it_asks_for_them(array):
    volume = Volume(array)
    assert np.asarray(volume, dtype=np.float32).dtype == np.float32
    assert not np.shares_memory(np.array(volume), array)
    assert volume.__array__() is array
    assert volume.__array__(np.float32).dtype == np.float32
    assert not np.shares_memory(volume.__array__(copy=True), array)


# ---- what a slice is made of


def test_a_single_voxel_is_a_volume():
    assert Volume(np.full((1, 1, 1), 7)).plane(0).tolist() == [[7]]


def test_a_file_without_axes_holds_nothing(tmp_path):
    np.save(tmp_path / "one.npy", np.float32(7))
    words = r"there is nothing in a volume of shape \(\); give it slices"
    with pytest.raises(ValueError, match=words):
        read_volume(tmp_path / "one.npy")


@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_whole_numbers_of_eight_bytes_stay_exact(kind):
    plane = Volume(np.full((1, 1, 1), 2**53 + 1, kind)).plane(0)
    assert plane.dtype == kind
    assert plane.item() == 2**53 + 1  # as a float it would be even


def test_what_a_mask_hides_does_not_count_in_a_slice_and_stays_in_the_array():
    whole = np.ma.array([[[1.5, np.nan, 1e300]]], mask=[[[False, True, True]]])
    plane = Volume(whole).plane(0)
    assert plane.tolist() == [[1.5, None, None]]
    assert plane.data.tolist() == [[1.5, 0, 0]]
    assert whole.data[0, 0, 2] == 1e300


@pytest.mark.parametrize("offset", [0, 80, 2 * ALLOCATIONGRANULARITY + 8])
def test_a_mapped_file_that_was_cut_short_is_named_wherever_its_voxels_begin(tmp_path, offset):
    path = tmp_path.resolve() / "scan.raw"
    path.write_bytes(bytes(offset + 24))
    volume = Volume(np.memmap(path, np.uint8, "r", offset, (2, 3, 4)))
    assert volume.plane(1).sum() == 0
    assert len([*volume.some_planes()]) == 9
    os.truncate(path, offset + 23)  # the page is still there: to read from it ends nothing
    for read in (lambda: volume.plane(1), volume.some_planes):
        with pytest.raises(OSError, match="cut short") as caught:
            read()
        assert str(caught.value) == f"{path} was cut short since it was opened; open it again"


def test_what_is_too_large_for_a_float_is_infinite_without_a_word():
    values = np.full((4, 5), np.longdouble("-1e4000"))
    with np.errstate(all="raise"):
        assert np.all(check_plane(values, (4, 5)) == -np.inf)
