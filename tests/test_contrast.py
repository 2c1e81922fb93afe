"""Limits as numbers: what each wish means, and what keys and mouse make of them."""

import numpy as np
import pytest
from matplotlib.colors import BoundaryNorm, LogNorm, NoNorm, Normalize, TwoSlopeNorm

from slicekit import Volume, view
from slicekit.contrast import adjust, adjust_all, limits, reset_contrast, set_limits

TEN = Volume(np.arange(11).reshape(11, 1, 1))
TWENTY = Volume(np.arange(0, 21, 2.0).reshape(1, 11, 1))


@pytest.mark.parametrize(
    ("clim", "norm", "expected"),
    [
        (None, None, [(), ()]),
        ("volume", None, [(), ()]),
        ("slice", "log", [(), ()]),
        ("shared", None, [(0, 20), (0, 20)]),
        ("shared", "log", [(1, 20), (1, 20)]),
        ("shared", LogNorm(), [(1, 20), (1, 20)]),
        ((2, 7), None, [(2, 7), (2, 7)]),
        ([(2, 7), (3, 8)], None, [(2, 7), (3, 8)]),
        (("0%", "50%"), None, [(0, 5), (0, 10)]),
        (("0", 7), None, [(0, 7), (0, 7)]),
        (("0%", "50%"), "log", [(1, 5.5), (2, 11)]),
        ([("10%", "90%"), (3, "100%")], None, [(1, 9), (3, 20)]),
        ((None, 9), None, [(None, 9), (None, 9)]),
    ],
)
def test_what_a_wish_for_limits_means(clim, norm, expected):
    found = limits(clim, [TEN, TWENTY], 0, norm)
    assert [tuple(one.values()) for one in found] == expected
    assert all(list(one) in ([], ["vmin", "vmax"]) for one in found)


def test_percentiles_are_those_of_finite_values_and_nothing_has_none():
    odd = np.array([np.nan, np.inf, -np.inf, 1, 3], dtype=float).reshape(5, 1, 1)
    nothing = np.ma.masked_all((2, 1, 1))
    for array, expected in ((odd, (1, 3)), (nothing, (None, None))):
        (found,) = limits(("0%", "100%"), [Volume(array)], 0, None)
        assert tuple(found.values()) == expected
    assert limits((4, "100%"), [Volume(nothing)], 0, None) == [{"vmin": 4, "vmax": None}]


@pytest.mark.parametrize("clim", ["mean", 5, (1, 2, 3), [(1, 2)] * 3, "1%"])
def test_what_is_no_wish_for_limits(clim):
    with pytest.raises(ValueError, match="clim must be 'volume', 'slice', 'shared'"):
        limits(clim, [TEN, TWENTY], 0, None)


@pytest.mark.parametrize(
    ("norm", "change", "expected"),
    [
        (Normalize(0, 10), {}, (0, 10)),
        (Normalize(0, 10), {"brighter": 0.1}, (-1, 9)),
        (Normalize(0, 10), {"wider": 2}, (-5, 15)),
        (Normalize(0, 10), {"wider": 0.5, "brighter": -0.2}, (4.5, 9.5)),
        (LogNorm(1, 100), {"brighter": 0.5}, (0.1, 10)),
        (TwoSlopeNorm(0, -1, 3), {"wider": 2}, (-3, 5)),
        (BoundaryNorm([0, 10], 256), {"wider": 2}, (0, 10)),
        (NoNorm(0, 10), {"wider": 2}, (0, 10)),
    ],
)
def test_limits_move_together_or_apart(norm, change, expected):
    adjust(norm, **change)
    assert (norm.vmin, norm.vmax) == pytest.approx(expected)


def test_nobody_sees_one_limit_without_the_other():
    norm = Normalize(0, 1)
    seen = []
    norm.callbacks.connect("changed", lambda: seen.append((norm.vmin, norm.vmax)))
    set_limits(norm, 5, 9)
    assert seen == [(5, 9)]


def test_panels_that_share_their_limits_are_changed_once_and_all_go_back(array):
    viewer = view([array, array * 2], clim="shared")
    before = [p.im.get_clim() for p in viewer.pictures]
    adjust_all(viewer)
    assert [p.im.get_clim() for p in viewer.pictures] == before
    adjust_all(viewer, wider=2)
    adjust_all(viewer, wider=2)
    assert [p.im.get_clim() for p in viewer.pictures] == [(-357, 595)] * 2
    assert len(viewer.limits_before) == 1
    reset_contrast(viewer)
    assert [p.im.get_clim() for p in viewer.pictures] == before
    assert viewer.limits_before == []
    adjust_all(viewer, brighter=0.5)
    reset_contrast(viewer)
    assert [p.im.get_clim() for p in viewer.pictures] == before


def test_colour_bars_stand_beside_what_shares_their_limits(array):
    for options, bars in (({}, 2), ({"clim": "shared"}, 1)):
        viewer = view([array, array * 2], colorbar=True, **options)
        assert len(viewer.fig.axes) == 2 + bars


def test_each_slice_has_its_limits_on_another_picture_too(array):
    viewer = view(array, clim="slice")
    (limits_of_each,) = viewer.layers
    other = view(array * 2).pictures[0]
    made = limits_of_each.on(other, other.plane)
    assert made.picture is other
    assert other.im.get_clim() == (array[2].min() * 2, array[2].max() * 2)
