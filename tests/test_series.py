"""`Series`: slices of volumes in one array, without a viewer."""

import numpy as np
import pytest
from test_volume import OnePlaneAtATime

from slicekit import view
from slicekit.series import Series
from slicekit.sources import as_volume


@pytest.fixture
def volume():
    return np.arange(11 * 5 * 6, dtype=np.int16).reshape(11, 5, 6)


def test_a_slice_of_a_series_lies_along_the_first_axis_unless_told(volume):
    film = as_volume(np.stack([volume, -volume]), {"t": 1}, dims="tzyx")[0]
    assert np.array_equal(film.plane(2), -volume[2])
    assert np.array_equal(film.plane(2, -1), -volume[..., 2])
    for axis, index, words in [
        (3, 0, "axis 3 is out"),
        (0, 11, "index 11 .* axis 0, which has 11"),
    ]:
        with pytest.raises(IndexError, match=words):
            film.plane(index, axis)


@pytest.mark.parametrize(("along", "sides"), [((), (5, 6)), ((0,), (5, 6)), ((2,), (11, 5))])
def test_some_planes_of_a_series_lie_along_the_first_axis_unless_told(volume, along, sides):
    film = as_volume(OnePlaneAtATime(np.stack([volume] * 2)), {}, dims="tzyx")[0]
    assert {plane.shape for plane in film.some_planes(*along)} == {sides}


def test_a_series_is_told_in_one_line():
    series = view(np.zeros((2, 5, 6, 7)), dims="tzyx").volume
    assert repr(series) == "<Series '': t 2, z 5, y 6, x 7>"
    colours = view(np.zeros((5, 6, 7, 3)), rgb=True).volume
    assert repr(colours) == "<Series '': 0 5, 1 6, 2 7>"


def test_values_that_have_no_grey_are_no_series(volume):
    def series(array):
        return Series(array, tuple("tzyx"), (1, 2, 3), {"t": 0}, {"t": 0}, (1, 1, 1), None, "")

    assert series(volume[None]).shape == (11, 5, 6)
    with pytest.raises(ValueError, match="complex128 have no grey"):
        series(volume[None] * 1j)
