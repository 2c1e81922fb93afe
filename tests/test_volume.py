import numpy as np
import pytest

from slicekit import Volume, pixel_aspect, take_plane


class OnePlaneAtATime:
    """Looks like an array, but refuses to be read whole."""

    def __init__(self, array):
        self._array, self.shape, self.read = array, array.shape, []

    def __getitem__(self, where):
        self.read.append(where)
        return self._array[where]

    def __array__(self, *args, **kwargs):
        raise AssertionError("read whole")


@pytest.mark.parametrize(("axis", "aspect"), [(0, 2 / 4), (1, 1 / 4), (2, 1 / 2), (-1, 1 / 2)])
def test_aspect_is_pixel_height_over_pixel_width(axis, aspect):
    assert pixel_aspect((1, 2, 4), axis) == aspect
    assert Volume(np.zeros((2, 3, 4)), spacing=(1, 2, 4)).aspect(axis) == aspect


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_plane_is_numpys_take(array, axis):
    expected = np.take(array, 2, axis)
    assert np.array_equal(take_plane(array, 2, axis), expected)
    assert np.array_equal(Volume(array).plane(2, axis), expected)


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
    with pytest.raises(ValueError, match=r"three sizes in mm above zero, got"):
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
