"""The axes that are not shown: how long they are, their keys, and going along them."""

import re

import numpy as np
import pytest

from slicekit import Volume, press, view
from slicekit.held import held_counts, keys_of_held, with_held
from slicekit.sources import as_volume


def film(moments, **options):
    """Return a series of so many moments."""
    return as_volume(np.zeros((moments, 4, 5, 6)), {}, dims=options.pop("dims", "tzyx"))[0]


@pytest.fixture
def viewer():
    return view(np.arange(3 * 4 * 5 * 6).reshape(3, 4, 5, 6), dims="tzyx", index=1)


def test_volumes_hold_nothing_and_series_as_many_places_as_they_have():
    volume = Volume(np.zeros((4, 5, 6)))
    assert held_counts([volume]) == {}
    assert held_counts([volume, film(3), film(2, dims="czyx"), film(3)]) == {"t": 3, "c": 2}


def test_series_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"^axis 't' has 3 and 2 places; crop one$"):
        held_counts([film(3), film(2)])


@pytest.mark.parametrize(
    ("held", "letters"),
    [
        (["t"], ["t"]),
        (["Time"], ["t"]),
        (["time", "trial"], ["t", "r"]),
        (["time", "t"], ["t", "t"]),  # there is no other
        (["keys"], ["e"]),  # K is taken
        (["2nd"], ["n"]),
        (["2"], ["2"]),
        (["kK"], ["k"]),
    ],
)
def test_an_axis_has_its_first_letter_that_is_free(held, letters):
    found = keys_of_held(held, {"next": ["k", "right"], "previous": ["j"]})
    expected = {}
    for name, letter in zip(held, letters, strict=True):
        expected |= {f"next {name}": {letter}, f"previous {name}": {letter.upper()}}
    assert found == expected


@pytest.mark.parametrize(
    ("where", "error", "words"),
    [
        ({"q": 1}, ValueError, "no axis 'q' is held; there are ['t']"),
        (
            {"t": 3},
            IndexError,
            "index 3 is out of range for axis t, which has 3 slices; use 0 to 2",
        ),
        (
            {"index": 4, "t": 2},
            IndexError,
            "index 4 is out of range for axis 0, which has 4 slices; use 0 to 3",
        ),
        ({"index": 2, "t": 1.5}, TypeError, "index must be a whole number, got 1.5; use int()"),
    ],
)
def test_who_goes_where_nothing_is_stays(viewer, where, error, words):
    with pytest.raises(error, match=f"^{re.escape(words)}$"):
        viewer.go(**where)
    assert (viewer.index, viewer.at) == (1, {"t": 0})


def test_going_moves_what_is_named_and_shows_it(viewer):
    for where, index, moment in [
        ({"t": 2}, 1, 2),
        ({"index": 3}, 3, 2),
        ({"index": 0, "t": 1}, 0, 1),
    ]:
        viewer.go(**where)
        assert (viewer.index, viewer.at) == (index, {"t": moment})
        assert viewer.im.get_array()[0, 0] == moment * 120 + index * 30


def test_the_way_back_leads_along_all_axes(viewer):
    went = []
    back = with_held(viewer, lambda: went.append(dict(viewer.at)))
    viewer.go(t=2)
    back()
    assert (went, viewer.at) == ([{"t": 2}], {"t": 0})


@pytest.mark.parametrize(("wrap", "moments"), [(False, [0, 1, 2, 2, 1]), (True, [2, 0, 1, 2, 1])])
def test_keys_along_an_axis_that_is_held_end_there_or_go_round(viewer, wrap, moments):
    viewer.wrap = wrap
    for key, moment in zip("TtttT", moments, strict=True):
        press(viewer.fig, key)
        assert viewer.at == {"t": moment}
