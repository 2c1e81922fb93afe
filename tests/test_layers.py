"""What lies over a slice, by itself."""

import numpy as np
import pytest
from matplotlib.backend_bases import FigureCanvasBase

from slicekit import SliceViewer, link, view
from slicekit.overlays import see_through


@pytest.mark.parametrize(
    ("image", "labels", "hide_zero", "values", "hidden"),
    [
        ([0, 1, 2], True, True, [0, 1, 2], [True, False, False]),
        ([0, 1, 2], True, False, [0, 1, 2], [False, False, False]),
        ([False, True], True, True, [0, 1], [True, False]),
        ([0.0, np.nan, np.inf, 7.5], False, False, [0, 0, 0, 7.5], [False, True, True, False]),
        ([0.0, np.nan, 3.0], False, True, [0, 0, 3], [True, True, False]),
        ([20_000, 2**24, 2**24 + 1], True, True, [20_000, 2**24, 7217], [False] * 3),
        ([20_000, 2**24, 2**24 + 1], False, True, [20_000, 2**24, 2**24 + 1], [False] * 3),
        (np.ma.masked_equal([5, 6], 6), True, True, [5, 0], [False, True]),
    ],
)
def test_what_of_an_overlay_is_seen(image, labels, hide_zero, values, hidden):
    seen = see_through(np.ma.asanyarray(image), labels, hide_zero)
    assert np.ma.getmaskarray(seen).tolist() == hidden
    assert np.ma.filled(seen, 0).tolist() == [
        0 if hide else value for value, hide in zip(values, hidden, strict=True)
    ]


def test_each_panel_counts_its_own_overlays(array):
    viewer = view([array, array], points=[[2, 1, 1]])
    mask = array > 60
    for panel in (0, 1, 0):
        viewer.overlay(mask, panel=panel)
    first, second, third = (layer.im for layer in viewer.layers if hasattr(layer, "im"))
    assert first.get_cmap() == second.get_cmap() != third.get_cmap()
    alone = view(array, overlay=mask).layers[0].im
    assert first.get_cmap() == alone.get_cmap()


def test_a_map_has_the_same_limits_in_each_panel(array):
    viewer = view([array, array]).overlay(array / 100, cmap="hot")
    assert [layer.im.get_clim() for layer in viewer.layers] == [(0, 1.19)] * 2


def test_points_are_red_crosses_unless_they_are_said_to_be_something_else(array):
    marks = view(array, points=[[2, 1, 1]]).ax.collections[-1]
    assert marks.get_sizes().tolist() == [80]
    assert np.allclose(marks.get_edgecolor(), [1, 0, 0, 1])


def test_what_lies_over_a_slice_is_seen_from_the_beginning(array):
    viewer = view(array, points=[[2, 1, 1]], contours=array > 60, overlay=array > 60)
    assert [layer.visible for layer in viewer.layers] == [True] * 3
    viewer.toggle()
    assert [layer.visible for layer in viewer.layers] == [False] * 3


@pytest.mark.parametrize(
    "change",
    [
        lambda viewer: viewer.toggle_crosshair(),
        lambda viewer: viewer.toggle(),
        lambda viewer: viewer.overlay(viewer.volume.array > 60),
    ],
)
def test_whatever_changes_is_drawn(array, change, monkeypatch):
    viewer = view(array, planes=True)
    asked = []
    monkeypatch.setattr(FigureCanvasBase, "draw_idle", lambda self: asked.append(self))
    change(viewer)
    assert viewer.fig.canvas in asked


def test_the_colour_bar_of_three_planes_lies_in_their_corner(array):
    viewer = view(array, planes=True, colorbar=True)
    corner = viewer.fig.axes[3]
    (bar,) = corner.child_axes
    viewer.fig.draw_without_rendering()
    inside = corner.transAxes.inverted().transform_bbox(bar.get_window_extent()).bounds
    assert inside == pytest.approx((0.05, 0.15, 0.9, 0.06))


def test_a_panel_that_is_not_there(array):
    with pytest.raises(ValueError, match=r"^there is no panel 2; use 0 to 1$"):
        view([array, array]).overlay(array > 60, panel=2)


def test_a_viewer_that_does_not_know_where_it_is_cannot_be_linked(array):
    known, unknown = view(array, affine=np.eye(4)), view(array)
    with pytest.raises(ValueError, match=r"does not know where it lies in mm; give it an affine=$"):
        link(known, unknown)


@pytest.mark.parametrize(
    ("keyword", "wrong"),
    [
        ("zorder", "x"),
        ("zorder", (1, 2)),
        ("agg_filter", 3),
        ("transform", 3),
        ("resample", "x"),
    ],
)
@pytest.mark.parametrize("way", ["picture", "one picture", "overlay"])
def test_a_keyword_that_only_a_drawing_would_refuse(array, keyword, wrong, way):
    ways = {
        "picture": lambda: view(array, **{keyword: wrong}),
        "one picture": lambda: SliceViewer(array, **{keyword: wrong}),
        "overlay": lambda: view(array).overlay(array, **{keyword: wrong}),
    }
    with pytest.raises(TypeError, match=f"^{keyword} must be .*, got "):
        ways[way]()


@pytest.mark.parametrize(
    "right", [{"zorder": -1.5}, {"zorder": np.int8(2)}, {"resample": None}, {"agg_filter": None}]
)
def test_a_keyword_that_a_drawing_takes(array, right):
    view(array, overlay=array, **right).fig.canvas.draw()


@pytest.mark.parametrize(
    ("layer", "wrong"),
    [
        ("contour", {"zorder": "x"}),
        ("contour", {"linewidths": "a"}),
        ("mark", {"zorder": "x"}),
        ("mark", {"linewidths": "a"}),
        ("mark", {"path_effects": "x"}),
        ("mark", {"sketch_params": "x"}),
        ("mark", {"urls": 3}),
    ],
)
def test_a_layer_is_tried_before_it_is_there(array, layer, wrong):
    viewer = view(array)
    before = viewer.ax.get_children()
    data = array > 60 if layer == "contour" else [[2, 1, 1]]
    ((name, value),) = wrong.items()
    with pytest.raises((TypeError, ValueError), match=f"^Matplotlib cannot use .*{name}={value!r}"):
        getattr(viewer, layer)(data, **wrong)
    assert viewer.layers == []
    assert viewer.ax.get_children() == before
    viewer.fig.canvas.draw()


@pytest.mark.parametrize("hide_zero", ["x", None, 1])
def test_zero_is_hidden_or_not(array, hide_zero):
    with pytest.raises(TypeError, match=r"^hide_zero must be True or False, got "):
        view(array).overlay(array, hide_zero=hide_zero)
