"""How dark and how bright arrays are, and which of them have no limits that could be shown."""

import numpy as np
import pytest
from test_volume import OnePlaneAtATime

from slicekit import Volume
from slicekit.intensity import (
    check_colours,
    intensity_range,
    places_of_planes,
    some_planes,
    values_of,
)

MOST = np.finfo(float).max


@pytest.mark.parametrize(("kind", "low", "high"), [("i2", -2, 257), ("f8", -0.01, 1.01)])
def test_colours_may_be_rounded(kind, low, high):
    check_colours([np.array([low, high], kind)])


@pytest.mark.parametrize(
    ("kind", "value", "most"), [("i2", -3, 255), ("i2", 258, 255), ("f8", -0.02, 1), ("f8", 1.5, 1)]
)
def test_colours_beyond_their_limits_are_named(kind, value, most):
    with pytest.raises(ValueError, match=r"^colours must be 0 to") as caught:
        check_colours([np.zeros(2, kind), np.array([0, value], kind)])
    words = f"colours must be 0 to {most}, got {value}; make black 0, and divide by what is white"
    assert str(caught.value) == words


def test_what_chooses_its_own_planes_does():
    class Lazy:
        def some_planes(self, axes):
            return [axes]

    assert list(some_planes(Lazy(), (1, 2))) == [(1, 2)]


def test_numbers_lie_no_farther_apart_than_numbers_reach():
    assert intensity_range([np.array([0, MOST])]) == (0, MOST)
    with pytest.raises(ValueError, match=r"^values from -1e\+308 to 1\.7e\+308 lie") as caught:
        intensity_range([np.array([-1e308, 1.7e308])])
    assert str(caught.value).endswith("too far apart to be shown; mask those that mean nothing")


def test_the_limits_of_one_value_are_a_millionth_apart():
    assert intensity_range([np.array([1e7])]) == (1e7, 1e7 + 10)
    assert intensity_range([np.array([-1e7])]) == (-1e7, -1e7 + 10)
    assert intensity_range([np.array([5])]) == (5, 6)


def test_a_small_array_is_seen_whole_and_a_large_one_at_nine_places():
    for planes, seen in ((64, 64), (65, 9)):
        array = np.broadcast_to(np.uint8(1), (planes, 1024, 1024))
        assert len(list(some_planes(array))) == seen


def test_nine_planes_lie_as_far_apart_as_can_be(array):
    lazy = OnePlaneAtATime(np.zeros((2, 20, 3)))
    assert [plane.shape for plane in Volume(lazy).some_planes(1)] == [(2, 3)] * 9
    assert [where[1] for where in lazy.read] == [0, 2, 5, 7, 10, 12, 14, 17, 19]
    lazy.read.clear()
    assert [plane.shape for plane in some_planes(lazy)] == [(20, 3)] * 9
    along_the_first = [where for where, *_ in places_of_planes((17, 3, 4), (0,))]
    assert along_the_first == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert list(places_of_planes((3, 3, 4), (0, 1)))[1] == (0, 1, slice(None))


@pytest.mark.parametrize(
    ("images", "limits"),
    [
        ([], (0, 1)),
        ([np.array([7, 7])], (7, 8)),
        ([np.array([3, 9]), np.array([5, 12])], (3, 12)),
        ([np.array([1, np.inf, -np.inf, np.nan, 3])], (1, 3)),
        ([np.ma.masked_equal([1, 2, 3], 3)], (1, 2)),
        ([np.array([np.nan]), np.array([2, 4])], (2, 4)),
    ],
)
def test_limits_are_those_of_all_finite_values(images, limits):
    assert intensity_range(images) == limits


@pytest.mark.parametrize("kind", [np.uint8, float])
def test_only_values_above_a_limit_count(kind):
    assert intensity_range([np.array([0, 1, 5], kind)], above=0) == (1, 5)


def test_what_computes_itself_is_asked_to_and_keeps_its_mask():
    masked = np.ma.masked_less([1, 2, 3], 2)

    class Lazy:
        def compute(self):
            return masked

        def __array__(self, dtype=None, copy=None):
            return masked.data

    assert values_of(Lazy()) is masked
    assert values_of([1, 2]).tolist() == [1, 2]
