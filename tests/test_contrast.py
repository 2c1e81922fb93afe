"""Limits as numbers: what each wish means, and what keys and mouse make of them."""

from copy import deepcopy
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import (
    AsinhNorm,
    BoundaryNorm,
    FuncNorm,
    LogNorm,
    NoNorm,
    Normalize,
    TwoSlopeNorm,
)

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


def test_limits_that_are_numbers_need_no_look_at_the_volume():
    assert limits((2, 7), [object()], 0, None) == [{"vmin": 2, "vmax": 7}]


@pytest.mark.parametrize("end", ["100.5%", "-1%", "nan%", "much"])
def test_what_is_no_percentile_is_named(end):
    words = rf"^a limit must be a number or a percentile, '0%' to '100%', got '{end}'$"
    with pytest.raises(ValueError, match=words):
        limits((0, end), [TEN], 0, None)


def test_limits_that_meet_are_refused():
    norm = Normalize(0, 1)
    with pytest.raises(ValueError, match=r"wider one above zero, got 0\.0 and 0$"):
        adjust(norm, wider=0)
    assert (norm.vmin, norm.vmax) == (0, 1)


def test_a_change_that_cannot_be_is_named():
    with pytest.raises(ValueError, match=r"^brighter must") as caught:
        adjust(Normalize(0, 1), brighter=0.5, wider=-1)
    words = "brighter must be a finite number, and wider one above zero, got 0.5 and -1"
    assert str(caught.value) == words


def test_a_norm_whose_way_back_gives_objects_is_changed():
    norm = FuncNorm((np.sqrt, np.frompyfunc(lambda value: value**2, 1, 1)), 0, 16)
    adjust(norm, wider=0.5)
    assert (norm.vmin, norm.vmax) == (1, 9)


def test_a_change_of_contrast_is_drawn(array, monkeypatch):
    viewer = view(array)
    asked = []
    monkeypatch.setattr(viewer.fig.canvas, "draw_idle", lambda: asked.append(1))
    adjust_all(viewer, wider=2)
    assert asked


def test_with_limits_for_each_slice_those_of_the_slice_on_show_come_back(array):
    viewer = view(array, clim="slice")
    adjust_all(viewer, wider=2)
    viewer.index = 3
    reset_contrast(viewer)
    assert viewer.im.get_clim() == (array[3].min(), array[3].max())


def test_a_colour_bar_ends_where_numbers_do(array):
    view(array, clim=(-1e300, 1e300), colorbar=True)
    for clim in ((-2e300, 0), (0, 2e300)):
        with pytest.raises(
            ValueError, match=r"^no colour bar can show .*; divide the values first$"
        ):
            view(array, clim=clim, colorbar=True)


@pytest.mark.parametrize("panels", [1, 2])
def test_colour_bars_in_a_figure_of_ones_own_are_laid_out_with_it(array, panels):
    fig, axes = plt.subplots(1, panels)
    view([array, array * 2][:panels], ax=axes, colorbar=True)
    fig.tight_layout()  # this warns of a bar that takes no part
    boxes = [ax.get_tightbbox() for ax in fig.axes]
    assert all(fig.bbox.count_contains(box.corners()) == 4 for box in boxes)
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)


def test_panels_with_one_colour_bar_stay_of_one_size(array):
    viewer = view([array, array * 2], clim="shared", colorbar=True)
    one, other = (picture.ax.get_position(original=True) for picture in viewer.pictures)
    bar = viewer.fig.axes[-1].get_position(original=True)
    assert (one.width, one.height) == pytest.approx((other.width, other.height))
    assert one.x1 < other.x0 < other.x1 < bar.x0


@pytest.mark.parametrize(
    ("norm", "change"),
    [
        (Normalize(0, 1e307), {"wider": 1.25}),
        (Normalize(0, 1e307), {"brighter": 1.0}),
        (Normalize(0, 1e307), {"brighter": -1.0}),
        (LogNorm(1, 1e30), {"wider": 1.25}),
        (LogNorm(1, 1e30), {"brighter": 1.0}),
        (LogNorm(1, 1e30), {"brighter": -1.0}),
        (AsinhNorm(vmin=0, vmax=1e300), {"wider": 1.25}),
    ],
)
def test_a_key_that_is_held_ends_where_the_norm_still_shows_something(norm, change):
    norm, before = deepcopy(norm), None
    for _ in range(3000):
        before = norm.vmin, norm.vmax
        adjust(norm, **change)
        dark, light = norm([norm.vmin, norm.vmax])
        assert dark < light
    assert before == (norm.vmin, norm.vmax)  # it goes no further


def test_limits_that_cannot_be_are_never_told():
    norm = LogNorm(1e-200, 1e200)
    seen = []
    norm.callbacks.connect("changed", lambda: seen.append((norm.vmin, norm.vmax)))
    adjust(norm, wider=2)
    assert seen == [(1e-200, 1e200)]


def test_each_of_three_volumes_has_its_pair():
    pairs = [(0, 1), (2, 3), (4, 5)]
    found = limits(pairs, [TEN] * 3, 0, None)
    assert [tuple(one.values()) for one in found] == pairs
    with pytest.raises(ValueError, match=r"^clim must be"):
        limits([(0, 2, 4), (1, 3, 5)], [TEN] * 3, 0, None)


def test_the_contrast_of_a_picture_that_was_taken_away_stays(array):
    viewer = view([array, array])
    gone, there = viewer.pictures
    gone.im.remove()
    before = gone.im.get_clim()
    adjust_all(viewer, brighter=0.1)
    assert gone.im.get_clim() == before
    assert there.im.get_clim() != before


def test_percentiles_that_meet_are_drawn_apart():
    sparse = Volume(np.eye(9).reshape(9, 3, 3))
    assert limits(("1%", "50%"), [sparse], 0, None) == [{"vmin": 0, "vmax": 1}]
    assert limits((0, "50%"), [sparse], 0, None) == [{"vmin": 0, "vmax": 0}]  # refused later
