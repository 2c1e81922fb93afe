"""The function `view` by itself: what it is told, what it takes for granted, what it refuses."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.colors import LogNorm

from slicekit import OrthoViewer, View, Volume, view

MASK = np.arange(120).reshape(4, 5, 6) % 7 == 3


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch):
    """Agg draws whenever it is asked to draw when idle, and nobody looks."""
    monkeypatch.setattr(FigureCanvasBase, "draw_idle", lambda self: None)


def titles(viewer):
    return [ax.get_title() for ax in viewer.axes]


# ---- what is taken for granted


def test_an_array_alone_is_one_panel_with_nothing_over_it(array):
    viewer = view(array)
    assert type(viewer) is View
    assert (viewer.axis, viewer.look, viewer.at, viewer.volume.affine) == (0, None, {}, None)
    assert (viewer.fig.axes, viewer.layers, len(viewer.points)) == ([viewer.ax], [], 0)
    assert viewer.volume.spacing == (1, 1, 1)
    assert viewer.im.get_clim() == (0, 119)
    assert titles(viewer) == ["2 / 3"]
    assert plt.get_fignums() == [viewer.fig.number]


@pytest.mark.parametrize("planes", [False, True])
def test_lists_of_layers_and_each_alone(array, planes):
    def draw(ax, index):
        ax.text(0, 0, f"{index}")

    along = slice(0, 1) if not planes else slice(None)
    one = view(array, planes=planes, overlay=MASK, contours=MASK, draw=draw, points=[[2, 3, 3]])
    two = view(array, planes=planes, overlay=[MASK, MASK], contours=(MASK,), draw=[draw, draw])
    for viewer, count in ((one, 1), (two, 2)):
        assert {len(ax.images) for ax in viewer.axes[along]} == {1 + count}
        assert sum(t.get_text() == "2" for ax in viewer.axes for t in ax.texts) == count
    assert (one.points.tolist(), two.points.tolist()) == ([[2, 3, 3]], [])


# ---- kinds of keywords


@pytest.mark.parametrize("name", ["dims", "rgb", "colorbar", "titles", "labels", "planes", "draw"])
def test_a_keyword_of_another_kind_is_refused_by_its_name(array, name):
    with pytest.raises(TypeError, match=f"^{name} must be .*, got 7$"):
        view(array, **{name: 7})
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("ncols", "error", "words"),
    [
        (0, ValueError, "^ncols must be 1 or more, got 0; leave it out for four at most$"),
        (1.5, TypeError, r"^ncols must be a whole number, got 1.5; use int\(\)$"),
        (True, TypeError, r"^ncols must be a whole number, got True; use int\(\)$"),
    ],
)
def test_numbers_of_columns_that_cannot_be(array, ncols, error, words):
    with pytest.raises(error, match=words):
        view([array, array], ncols=ncols)
    assert plt.get_fignums() == []


def test_columns(array):
    for options, geometry in (
        ({"ncols": 1}, (2, 1)),
        ({"ncols": np.int8(2)}, (1, 2)),
        ({}, (1, 2)),
    ):
        viewer = view([array, array], **options)
        assert viewer.ax.get_subplotspec().get_geometry()[:2] == geometry


# ---- several volumes


def test_an_empty_list_and_volumes_that_do_not_fit(array):
    with pytest.raises(ValueError, match=r"^nothing to show, .* empty; put volumes in it$"):
        view([])
    with pytest.raises(ValueError, match=r"as many slices each, got \[3, 4\]; crop them$"):
        view((array, array[1:]))
    assert len(view([array, array[:, 1:]]).axes) == 2
    assert len(view([array]).axes) == 1


def test_who_does_not_know_where_it_lies_lies_where_the_first_one_does(array):
    affine = np.diag([2.0, 3, 4, 1])
    known = Volume(array, (2, 3, 4), affine)
    viewer = view([known, array, array[:, 1:]])
    first, second, third = (picture.volume for picture in viewer.pictures)
    assert second.spacing == first.spacing == (2, 3, 4)
    assert second.affine is first.affine
    assert (third.spacing, third.affine) == ((1, 1, 1), None)
    own = view([known, Volume(array, (5, 5, 5), np.eye(4))]).pictures[1].volume
    assert (own.spacing, own.affine[0, 0]) == ((5, 5, 5), 1)


def test_one_axis_by_its_name_for_all(array):
    viewer = view([array, -array], dims="zyx", axis="x")
    assert viewer.axis == 2
    assert np.array_equal(viewer.pictures[1].im.get_array(), -array[:, :, 3])


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_colour_map_for_each(array, kind):
    viewer = view([array, array], cmap=kind(["jet", "hot"]), clim=(1, 50))
    assert [picture.im.get_cmap().name for picture in viewer.pictures] == ["jet", "hot"]
    assert viewer.im.get_clim() == (1, 50)
    with pytest.raises(ValueError, match=r"^2 volumes need as many colour maps, got 3$"):
        view([array, array], cmap=kind(["jet"] * 3))


def test_colours_are_looked_at_before_they_are_shown(array):
    colours = np.stack([array * 300.0] * 3, axis=-1)
    with pytest.raises(ValueError, match="colours"):
        view([colours / 1e6, colours], rgb=True)
    assert plt.get_fignums() == []
    assert view(array * 300.0).im.get_clim() == (0, 35700)


# ---- contrast


@pytest.mark.parametrize(
    ("clim", "expected", "bars"),
    [
        ("volume", [(0, 119), (0, 238)], 2),
        ("shared", [(0, 238)] * 2, 1),
        ("slice", [(60, 89), (120, 178)], 2),
        ((3, 7), [(3, 7)] * 2, 2),
        (np.array([3, 7]), [(3, 7)] * 2, 2),
    ],
)
def test_limits_and_colour_bars(array, clim, expected, bars):
    viewer = view([array, 2 * array], clim=clim, colorbar=True, index=2)
    assert [picture.im.get_clim() for picture in viewer.pictures] == expected
    assert len(viewer.fig.axes) == 2 + bars
    viewer.adjust(brighter=0.5)
    assert (viewer.im.norm is viewer.pictures[1].im.norm) == (bars == 1)
    assert len(view([array, 2 * array], clim=clim).fig.axes) == 2


def test_limits_on_a_logarithmic_scale_leave_out_what_is_not_on_it(array):
    viewer = view(array - 50.0, norm=LogNorm(), clim=("0%", "100%"))
    assert viewer.im.get_clim() == (1, 69)


# ---- left and right


@pytest.mark.parametrize(
    ("options", "letters"),
    [
        ({}, []),
        ({"radiological": False}, ["L", "R", "P", "A"]),
        ({"radiological": True}, ["R", "L", "P", "A"]),
        ({"orientation": "RAS"}, ["L", "R", "P", "A"]),
        ({"orientation": "LAS"}, ["L", "R", "P", "A"]),
    ],
    ids=str,
)
def test_letters_are_there_if_somebody_asks_for_a_side(array, options, letters):
    affine = None if "orientation" in options else np.eye(4)
    viewer = view(array, axis=2, affine=affine, **options)
    assert [text.get_text() for text in viewer.ax.texts] == letters
    if letters:
        step = -1 if letters[0] == "R" or options.get("orientation") == "LAS" else 1
        assert np.array_equal(viewer.im.get_array(), array[:, :, 3].T)
        left, right = viewer.ax.get_xlim()
        assert np.sign(right - left) == step


def test_three_planes_look_from_the_side_asked_for(array):
    for side in (None, False, True):
        viewer = view(array, affine=np.eye(4), planes=True, radiological=side)
        assert type(viewer) is OrthoViewer
        assert viewer.look.radiological is bool(side)


def test_an_offset_counts_along_the_axes_of_the_array(array):
    for orientation in (None, "RAS", "ras"):
        viewer = view(array, offset=(10, 20, 30), orientation=orientation)
        assert titles(viewer) == [f"{'sagittal ' if orientation else ''}2 / 3, 12 mm"]
    planes = view(array, offset=(10, 20, 30), planes=True)
    assert titles(planes) == ["axis 0 2 / 3, 12 mm", "axis 1 2 / 4, 22 mm", "axis 2 3 / 5, 33 mm"]
    with pytest.raises(
        ValueError,
        match=r"^offset=\(1, 2, 3\) counts .* and orientation='LAS' tells .*; affine= tells both$",
    ):
        view(array, offset=(1, 2, 3), orientation="LAS")


# ---- where it is drawn


@pytest.mark.parametrize("planes", [False, True])
def test_a_figure_of_ones_own_stays_open_after_a_fault_and_one_of_ours_does_not(array, planes):
    axes = plt.figure().subplots(1, 3)
    number = axes[0].figure.number
    wrong = {"planes": planes, "overlay": np.zeros((2, 2, 2))}
    for ax in (axes if planes else axes[0], None, []):
        with pytest.raises(ValueError, match="same shape"):
            view(array, ax=ax, **wrong)
        assert plt.get_fignums() == [number]


def test_axes_of_ones_own(array):
    axes = plt.figure().subplots(2, 3)
    assert view([array, array], planes=True, ax=axes).axes == [*axes[0], *axes[1]]
    assert view(array, ax=axes[0, 1]).axes == [axes[0, 1]]
    assert view([array, array], ax=[axes[0, 1], axes[1, 1]]).axes == [axes[0, 1], axes[1, 1]]
    assert len(plt.get_fignums()) == 1


# ---- titles


def test_titles_and_labels_are_counted(array):
    for options, words in (
        ({"titles": ["a"]}, "titles must be 2, one each, got 1"),
        ({"labels": "abcd", "axis": 1}, "labels must be 5, one each, got 4"),
    ):
        with pytest.raises(ValueError, match=f"^{words}$"):
            view([array, array], **options)
    assert plt.get_fignums() == []
    viewer = view([array, array], titles=("a", "b"), labels="vwxyz", axis=1)
    assert titles(viewer) == ["a, 2 / 4, x", "b, 2 / 4, x"]


def test_what_fails_at_last_leaves_axes_of_ones_own_as_they_were(array):
    fig, ax = plt.subplots()

    def heard():
        return {name: len(known) for name, known in fig.canvas.callbacks.callbacks.items() if known}

    before, names = heard(), {*vars(ax)}
    with pytest.raises(ValueError, match="same shape") as caught:  # it holds the viewer
        view(array, ax=ax, overlay=array[:, 1:])
    assert heard() == before
    assert {*vars(ax)} == names
    assert not ax.images
    assert caught.value


def test_no_orientation_goes_with_an_offset_whatever_it_is(array):
    with pytest.raises(ValueError, match=r"^offset=\(1, 2, 3\) counts mm .* orientation=5 tells"):
        view(array, offset=(1, 2, 3), orientation=5)
