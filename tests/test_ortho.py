"""Three planes that meet in one voxel, driven by real events."""

import gc
import io
import re
import weakref

import matplotlib.pyplot as plt
import nibabel as nib
import numpy as np
import pytest
from matplotlib.backend_bases import FigureCanvasBase, MouseButton, MouseEvent, NavigationToolbar2
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from PIL import Image
from test_viewer import connected
from test_volume import OnePlaneAtATime

from slicekit import OrthoViewer, View, Volume, claim_keys, press, scroll, view
from slicekit.frames import each_picture, on_another_canvas, spoken
from slicekit.ortho import Crosshair, thrice, with_norm
from slicekit.picture import Picture
from slicekit.places import pixels
from slicekit.plane import Plane
from slicekit.titles import Titles

AFFINE = np.diag([-2.0, 3, 4, 1])  # LAS
AFFINE[:3, 3] = 10, -20, -30


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch):
    """Agg draws whenever it is asked to draw when idle, and nobody looks."""
    monkeypatch.setattr(FigureCanvasBase, "draw_idle", lambda self: None)


@pytest.fixture
def viewer(array):
    return view(array, affine=AFFINE, planes=True)


def event(viewer, name, place, button=None, **more):
    """Send an event of the mouse at a place on the figure."""
    event = MouseEvent(name, viewer.fig.canvas, *place, button, **more)
    viewer.fig.canvas.callbacks.process(name, event)


def at(viewer, panel, voxel):
    """Return the place on the figure of a voxel in a panel."""
    picture = viewer.pictures[panel]
    row, column = np.delete(voxel, picture.plane.axis)[:: -1 if picture.plane.transpose else 1]
    return picture.ax.transData.transform((column, row))


def press_at(viewer, panel, voxel, button=MouseButton.LEFT):
    event(viewer, "button_press_event", at(viewer, panel, voxel), button)


def move_to(viewer, panel, voxel, **more):
    event(viewer, "motion_notify_event", at(viewer, panel, voxel), **more)


def release(viewer, panel, voxel, button=MouseButton.LEFT):
    event(viewer, "button_release_event", at(viewer, panel, voxel), button)


def click(viewer, panel, voxel):
    press_at(viewer, panel, voxel)
    release(viewer, panel, voxel)


def shows(viewer, array):
    """Compare all panels, their titles and their crosshairs with the voxel of the viewer."""
    for picture, crosshair in zip(viewer.pictures, viewer.crosshairs, strict=True):
        axis = picture.plane.axis
        image = np.take(array, viewer.voxel[axis], axis)
        assert np.array_equal(picture.im.get_array(), image.T if picture.plane.transpose else image)
        assert f" {viewer.voxel[axis]} / {array.shape[axis] - 1}" in picture.ax.get_title()
        down, across = crosshair.lines
        (x, y) = down.get_xdata()[0], across.get_ydata()[0]
        assert picture.im.get_array()[int(y), int(x)] == array[viewer.voxel]


# ---- the first frame


def test_three_planes_meet_in_the_middle(viewer, array):
    assert isinstance(viewer, OrthoViewer)
    assert viewer.voxel == (2, 2, 3)
    assert np.allclose(viewer.position, [6, -14, -18])
    shows(viewer, array)
    assert [ax.get_title() for ax in viewer.axes] == [
        "sagittal 2 / 3, 6 mm",
        "coronal 2 / 4, -14 mm",
        "axial 3 / 5, -18 mm",
    ]
    assert len(viewer.fig.axes) == 4
    assert repr(viewer) == "<OrthoViewer: axis 0, slice sagittal 2 / 3, 6 mm>"


def test_the_viewer_alone_takes_what_view_takes(array, tmp_path):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    volume = Volume(array, (2, 3, 4), AFFINE)
    for data in (volume, nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii", [volume]):
        shows(OrthoViewer(data, radiological=True), array)
    viewer = OrthoViewer(array, axis=2, index=5, vmin=-3, wrap=True)
    assert viewer.voxel == (2, 2, 5)
    assert [p.im.get_clim() for p in viewer.pictures] == [(-3, 119)] * 3


def test_planes_side_by_side_share_an_edge_and_all_have_one_scale(array):
    for options in ({}, {"affine": AFFINE}):
        viewer = view(array, planes=True, **options)
        viewer.fig.draw_without_rendering()
        boxes = [ax.get_window_extent() for ax in viewer.axes]
        left, right = sorted(
            (b for b in boxes if b.y1 > viewer.fig.bbox.height / 2), key=lambda b: b.x0
        )
        (below,) = (box for box in boxes if box is not left and box is not right)
        assert (left.y0, left.y1) == pytest.approx((right.y0, right.y1))
        assert (left.x0, left.x1) == pytest.approx((below.x0, below.x1))


@pytest.mark.parametrize("setting", ["figure.autolayout", "figure.constrained_layout.use"])
def test_layouts_of_ones_own_settings_move_nothing(array, setting):
    plain = view(array, planes=True)
    plt.rcParams[setting] = True
    viewer = view(array, planes=True)
    for one in (plain, viewer):
        one.fig.canvas.draw()
    for ax, other in zip(plain.axes, viewer.axes, strict=True):
        assert ax.bbox.bounds == other.bbox.bounds


# ---- click and drag


@pytest.mark.parametrize("panel", [0, 1, 2])
def test_a_click_goes_there_in_all_panels(viewer, array, panel):
    axis = viewer.pictures[panel].plane.axis
    voxel = np.array([1, 4, 0])
    click(viewer, panel, voxel)
    voxel[axis] = (2, 2, 3)[axis]  # the plane that was clicked stays
    assert viewer.voxel == tuple(voxel)
    shows(viewer, array)
    assert viewer.points.tolist() == [voxel.tolist()]
    assert viewer.axis == axis


def test_a_drag_takes_the_crosshair_along(viewer, array):
    press_at(viewer, 2, (1, 1, 3))
    for voxel in ((2, 1, 3), (3, 4, 3)):
        move_to(viewer, 2, voxel)
        assert viewer.voxel == voxel
        shows(viewer, array)
    release(viewer, 2, (3, 4, 3))
    move_to(viewer, 2, (0, 0, 3))
    assert viewer.voxel == (3, 4, 3)
    assert len(viewer.points) == 1  # the one that was clicked


def test_a_drag_stops_at_the_edge_of_its_own_panel(viewer):
    press_at(viewer, 2, (1, 1, 3))  # left is on the left, and the first axis runs there
    x, y = at(viewer, 2, (1, 1, 3))
    for place, voxel in (
        ((x + 9999, y), (0, 1, 3)),
        ((x, y - 9999), (1, 0, 3)),
        ((-5, 9999), (3, 4, 3)),
    ):
        event(viewer, "motion_notify_event", place)
        assert viewer.voxel == voxel
    event(viewer, "motion_notify_event", at(viewer, 0, (2, 4, 5)))
    assert viewer.voxel[2] == 3  # over another panel it still belongs to the first


def test_a_release_beside_the_figure_is_noticed(viewer):
    press_at(viewer, 2, (1, 1, 3))
    no_button_at(viewer, (2, 2, 3))  # late news of a motion before the button went down
    assert viewer.voxel == (2, 2, 3)
    event(viewer, "figure_leave_event", (1, 1))
    no_button_at(viewer, (3, 3, 3))
    assert viewer.voxel == (2, 2, 3)
    move_to(viewer, 2, (3, 3, 3))
    assert viewer.voxel == (2, 2, 3)


def no_button_at(viewer, voxel):
    place = at(viewer, 2, voxel)
    moved = MouseEvent("motion_notify_event", viewer.fig.canvas, *place)
    moved.buttons = frozenset()  # as Matplotlib tells from 3.10 on
    viewer.fig.canvas.callbacks.process("motion_notify_event", moved)


def test_other_buttons_do_not_move_it(viewer):
    for button in (MouseButton.MIDDLE, MouseButton.RIGHT):
        press_at(viewer, 2, (1, 1, 3), button)
        release(viewer, 2, (1, 1, 3), button)
    event(viewer, "button_press_event", (1, 1), MouseButton.LEFT)  # beside the panels
    move_to(viewer, 2, (1, 1, 3))
    assert viewer.voxel == (2, 2, 3)
    assert len(viewer.points) == 0


@pytest.mark.parametrize("mode", ["zoom", "pan"])
def test_no_click_while_zoom_or_pan_is_on(viewer, mode):
    toolbar = NavigationToolbar2(viewer.fig.canvas)
    getattr(toolbar, mode)()
    press_at(viewer, 2, (1, 1, 3))
    move_to(viewer, 2, (3, 3, 3))
    release(viewer, 2, (3, 3, 3))
    assert viewer.voxel == (2, 2, 3)
    getattr(toolbar, mode)()
    elsewhere = [1, 1, 1]  # in a panel that was not zoomed
    elsewhere[viewer.pictures[0].plane.axis] = viewer.voxel[viewer.pictures[0].plane.axis]
    click(viewer, 0, elsewhere)
    assert viewer.voxel == tuple(elsewhere)


def test_zoom_survives_steps_and_drags(viewer, array):
    viewer.axes[2].set(xlim=(0.5, 2.5), ylim=(1, 4))
    limits = [(ax.get_xlim(), ax.get_ylim()) for ax in viewer.axes]
    press(viewer.fig, "k", viewer.axes[2])
    press_at(viewer, 2, (1, 2, 4))
    move_to(viewer, 2, (2, 3, 4))
    assert [(ax.get_xlim(), ax.get_ylim()) for ax in viewer.axes] == limits
    assert viewer.voxel == (2, 3, 4)
    shows(viewer, array)


# ---- keys and wheel


@pytest.mark.parametrize("panel", [0, 1, 2])
def test_keys_and_wheel_are_for_the_panel_under_the_pointer(viewer, array, panel):
    axis = viewer.pictures[panel].plane.axis
    ax, expected = viewer.axes[panel], list(viewer.voxel)
    for act, index in (
        (lambda: press(viewer.fig, "end", ax), array.shape[axis] - 1),
        (lambda: press(viewer.fig, "home", ax), 0),
        (lambda: press(viewer.fig, "k", ax), 1),
        (lambda: scroll(viewer.fig, 1, ax), 2),
        (lambda: scroll(viewer.fig, -0.1, ax), 1),
        (lambda: press(viewer.fig, "pageup", ax), array.shape[axis] - 1),
    ):
        act()
        expected[axis] = index
        assert viewer.voxel == tuple(expected)
        assert (viewer.axis, viewer.index) == (axis, index)
        shows(viewer, array)


def test_the_wheel_turns_from_panel_to_panel_by_itself(viewer):
    for panel, voxel in ((1, (2, 1, 3)), (2, (2, 1, 2)), (0, (1, 1, 2))):
        scroll(viewer.fig, -1, viewer.axes[panel])
        assert viewer.voxel == voxel


def test_keys_beside_the_panels_go_on_where_one_was(viewer):
    press(viewer.fig, "j", viewer.axes[1])
    press(viewer.fig, "j", viewer.fig.axes[3])  # the corner
    assert viewer.voxel == (2, 0, 3)
    scroll(viewer.fig, 1, viewer.fig.axes[3])
    assert viewer.voxel == (2, 0, 3)


def test_keys_stop_at_the_ends_or_wrap(array):
    for wrap, expected in ((False, 5), (True, 0)):
        viewer = view(array, planes=True, wrap=wrap)
        press(viewer.fig, "end", viewer.axes[2])
        press(viewer.fig, "k", viewer.axes[2])
        assert viewer.voxel == (2, 2, expected)


def test_the_crosshair_can_be_hidden(viewer, array):
    press(viewer.fig, "h")
    assert [c.visible for c in viewer.crosshairs] == [False] * 3
    click(viewer, 0, (2, 1, 1))
    assert not any(line.get_visible() for ax in viewer.axes for line in ax.lines)
    viewer.toggle_crosshair()
    assert [c.visible for c in viewer.crosshairs] == [True] * 3
    shows(viewer, array)


def test_keys_of_ones_own(array):
    viewer = view(array, planes=True, keys={"crosshair": "x", "next": "n"})
    press(viewer.fig, "x")
    press(viewer.fig, "n")
    assert (viewer.crosshairs[0].visible, viewer.voxel) == (False, (3, 2, 3))
    with pytest.raises(ValueError, match="no action 'axis'"):
        view(array, planes=True, keys={"axis": "x"})


def test_keys_are_claimed_once_and_all_is_given_back(array):
    fig = plt.figure()
    before = connected(fig)
    axes = fig.subplots(1, 3)
    viewer = view(array, planes=True, ax=axes, overlay=array > 9, points=[], colorbar=True)
    viewer.close()
    viewer.close()
    assert connected(fig) == before
    press(fig, "k", axes[1])
    click(viewer, 2, (1, 1, 3))
    assert viewer.voxel == (2, 2, 3)
    assert axes[0].get_xscale() == "linear"
    assert "voxel" not in axes[0].format_coord(1, 1)
    release_keys = claim_keys(fig, {"k"})
    release_keys()
    assert connected(fig) == before


# ---- telling and setting


def test_the_status_line_of_each_panel(viewer, array):
    for panel, voxel in ((0, (2, 1, 4)), (1, (3, 2, 0)), (2, (0, 4, 3))):
        x, y = viewer.axes[panel].transData.inverted().transform(at(viewer, panel, voxel))
        px, py, pz = (AFFINE @ [*voxel, 1])[:3]
        said = viewer.axes[panel].format_coord(x, y)
        assert said == f"voxel {voxel}, ({px:.1f}, {py:.1f}, {pz:.1f}) mm, value {array[voxel]}"
    assert viewer.axes[0].format_coord(-7, -7) == ""


def test_the_status_line_is_written_again_when_the_voxel_below_it_moves(viewer):
    said = []
    toolbar = NavigationToolbar2(viewer.fig.canvas)
    toolbar.set_message = said.append
    viewer.fig.canvas.toolbar = toolbar
    move_to(viewer, 2, (1, 1, 3))
    press(viewer.fig, "k", viewer.axes[2])
    assert said[-1].startswith("voxel (1, 1, 4)")


def test_voxel_position_index_axis_and_go(viewer, array):
    viewer.voxel = np.array([1, 0, 5])
    shows(viewer, array)
    viewer.position = 9.1, -11, -21.4
    assert viewer.voxel == (0, 3, 2)
    shows(viewer, array)
    viewer.axis = 1
    assert viewer.index == 3
    viewer.index = 4
    assert viewer.voxel == (0, 4, 2)
    viewer.go(1)
    assert viewer.voxel == (0, 1, 2)
    shows(viewer, array)
    viewer.go()
    assert viewer.voxel == (0, 1, 2)


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("voxel", (1, 2), ValueError, r"three indices, got \(1, 2\); go\(index\)"),
        ("voxel", 3, ValueError, "three indices, got 3"),
        ("voxel", [1, [2], 3], ValueError, r"three indices, got \[1, \[2\], 3\]; go"),
        ("position", [1, [2], 3], ValueError, r"three numbers in mm, got \[1, \[2\], 3\]"),
        ("position", (1e300, 0, 0), IndexError, r"^index -?\d{70,80}\.\.\. is out of range"),
        ("voxel", (1, 2, 6), IndexError, "index 6 is out of range for axis 2.*use 0 to 5"),
        ("voxel", (-1, 2, 3), IndexError, "index -1 is out of range for axis 0"),
        ("voxel", (1.0, 2, 3), TypeError, "must be a whole number, got 1.0"),
        ("position", (1, 2), ValueError, "three numbers in mm"),
        ("position", (99, 0, 0), IndexError, "out of range for axis 0"),
        ("index", 4, IndexError, "index 4 is out of range for axis 0"),
        ("index", 1.5, TypeError, "whole number"),
        ("axis", 3, IndexError, "axis 3 is out of range"),
    ],
)
def test_what_cannot_be_set(viewer, array, name, value, error, words):
    with pytest.raises(error, match=words):
        setattr(viewer, name, value)
    assert viewer.voxel == (2, 2, 3)
    shows(viewer, array)


def test_no_position_without_an_affine(array):
    viewer = view(array, planes=True, spacing=(1, 2, 3))
    assert viewer.position is None
    with pytest.raises(ValueError, match="does not know where it lies in mm; give it an affine="):
        viewer.position = 1, 2, 3


def test_who_listens_hears_each_change_once(viewer):
    heard = []
    end = viewer.on_change(lambda v: heard.append(v.voxel))
    press(viewer.fig, "k", viewer.axes[1])
    click(viewer, 2, (0, 0, 3))
    viewer.voxel = viewer.voxel
    viewer.position = viewer.position
    assert heard == [(2, 3, 3), (0, 0, 3)]
    end()
    press(viewer.fig, "k", viewer.axes[1])
    assert len(heard) == 2


# ---- contrast


def test_contrast_is_one_for_all_three(viewer):
    for key in ("]", "-"):
        before = viewer.im.get_clim()
        press(viewer.fig, key)
        assert viewer.im.get_clim() != before
        assert len({p.im.get_clim() for p in viewer.pictures}) == 1
    press_at(viewer, 1, (1, 2, 1), MouseButton.RIGHT)
    move_to(viewer, 1, (3, 2, 4))
    release(viewer, 1, (3, 2, 4), MouseButton.RIGHT)
    assert len({p.im.get_clim() for p in viewer.pictures}) == 1
    press(viewer.fig, "0")
    assert [p.im.get_clim() for p in viewer.pictures] == [(0, 119)] * 3
    assert viewer.voxel == (2, 2, 3)


def test_each_plane_has_its_own_limits_if_asked(array):
    viewer = view(array, planes=True, clim="slice", colorbar=True)
    for panel in (0, 1, 2):
        press(viewer.fig, "end", viewer.axes[panel])
        im = viewer.pictures[panel].im
        assert im.get_clim() == (im.get_array().min(), im.get_array().max())
    bars = [ax for ax in viewer.fig.axes if ax.get_label() == "<colorbar>"]
    assert [bar.get_ylim() for bar in bars] == [p.im.get_clim() for p in viewer.pictures]


@pytest.mark.parametrize("clim", ["shared", (3, 50), ("10%", "90%")])
def test_limits_said(array, clim):
    viewer = view([array, array * 2], planes=True, clim=clim)
    clims = {p.im.get_clim() for p in viewer.pictures}
    low, high = np.percentile(array, [10, 90])
    expected = {
        "shared": {(0, 238)},
        (3, 50): {(3, 50)},
        ("10%", "90%"): {(low, high), (2 * low, 2 * high)},
    }
    assert clims == expected[clim]


def test_a_norm_of_the_callers_is_not_touched(array):
    norm = LogNorm()
    viewer = view(array, planes=True, norm=norm)
    assert (norm.vmin, norm.vmax) == (None, None)
    assert [p.im.get_clim() for p in viewer.pictures] == [(1, 119)] * 3


def test_one_colour_bar_stands_in_the_corner(array):
    viewer = view(array, planes=True, colorbar=True)
    viewer.fig.draw_without_rendering()
    corner = viewer.fig.axes[3].get_window_extent()
    (bar,) = viewer.fig.axes[3].child_axes
    assert corner.contains(*bar.get_window_extent().min)
    press(viewer.fig, "]")
    assert bar.get_xlim() == viewer.im.get_clim()
    of_ones_own = view(array, planes=True, colorbar=True, ax=plt.figure().subplots(1, 3))
    assert len(of_ones_own.fig.axes) == 4
    assert len(of_ones_own.axes) == 3


# ---- what is shown


def test_several_volumes_show_the_same_voxel(array):
    viewer = view([array, -array], planes=True, titles=["one", "two"], ncols=1, orientation="LPS")
    click(viewer, 5, (3, 4, 3))
    assert viewer.voxel == (3, 4, 3)
    for one, two in zip(viewer.pictures[:3], viewer.pictures[3:], strict=True):
        assert np.array_equal(one.im.get_array(), -two.im.get_array())
    assert [ax.get_title().partition(",")[0] for ax in viewer.axes] == ["one"] * 3 + ["two"] * 3
    assert viewer.pictures[3].im.get_clim() == (-119, 0)
    assert len(viewer.fig.axes) == 8
    with pytest.raises(ValueError, match=r"need one shape, got \[\(4, 5, 6\), \(4, 5, 5\)\]; link"):
        view([array, array[..., 1:]], planes=True)


def test_time_goes_on_in_all_planes(array):
    film = np.stack([array, -array])
    viewer = view(film, dims="tzyx", planes=True)
    press(viewer.fig, "t")
    shows(viewer, -array)
    assert viewer.axes[0].get_title() == "axis 0 2 / 3, t 1 / 1"
    viewer.go(1, t=0)
    assert viewer.voxel == (1, 2, 3)
    shows(viewer, array)
    series = view(nib.Nifti1Image(np.moveaxis(film, 0, -1), AFFINE), planes=True)
    press(series.fig, "t", series.axes[2])
    shows(series, -array)
    assert np.allclose(series.position, [6, -14, -18])


@pytest.mark.parametrize("affine", [None, AFFINE])
def test_overlays_outlines_points_and_drawings_in_each_plane(array, affine):
    mask, drew = array % 7 == 3, []
    viewer = view(array, planes=True, affine=affine, overlay=mask, contours=mask)
    viewer.mark([[1, 3, 4]]).draw(lambda ax, index: drew.append((viewer.axes.index(ax), index)))
    viewer.voxel = 1, 3, 4
    for picture in viewer.pictures:
        under, over = picture.ax.images
        assert np.array_equal(over.get_array().filled(0) == 1, under.get_array() % 7 == 3)
        (x, y) = picture.ax.collections[-1].get_offsets()[0]
        assert under.get_array()[int(y), int(x)] == array[1, 3, 4]
        assert len(picture.ax.collections) == 2  # outlines, and the point
    along_the_axis = [p.plane.axis for p in viewer.pictures].index(0)
    assert drew[-1] == (along_the_axis, 1)
    assert {panel for panel, _ in drew} == {along_the_axis}
    press(viewer.fig, "m")
    assert [over.get_visible() for ax in viewer.axes for over in ax.images[1:]] == [False] * 3
    click(viewer, 2, (0, 0, 4))
    press(viewer.fig, "backspace")
    assert viewer.points.tolist() == [[1, 3, 4]]


def test_a_point_is_marked_in_the_planes_where_it_lies(viewer):
    viewer.mark([[1, 2, 0]])
    assert [len(ax.collections) for ax in viewer.axes] == [0, 1, 0]
    viewer.voxel = 1, 1, 0
    assert [len(ax.collections) for ax in viewer.axes] == [1, 0, 1]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"title": "CT"}, ["CT"] * 3),
        ({"title": "{axis}: {index} {mm:g}"}, ["0: 2 6", "1: 2 -14", "2: 3 -18"]),
        ({"title": lambda index: f"<{index}>"}, ["<2>", "<2>", "<3>"]),
        (
            {"labels": "abcd"},
            ["sagittal 2 / 3, 6 mm, c", "coronal 2 / 4, -14 mm", "axial 3 / 5, -18 mm"],
        ),
        (
            {"labels": "abcdef", "axis": 2},
            ["sagittal 2 / 3, 6 mm", "coronal 2 / 4, -14 mm", "axial 3 / 5, -18 mm, d"],
        ),
    ],
)
def test_titles(array, options, expected):
    viewer = view(array, planes=True, affine=AFFINE, **options)
    assert [ax.get_title() for ax in viewer.axes] == expected


def inches_of_titles(viewer):
    """Return how far each title reaches from left to right."""
    renderer = viewer.fig.canvas.get_renderer()
    boxes = [ax.title.get_window_extent(renderer) for ax in viewer.axes]
    return [(box.x0 / viewer.fig.dpi, box.x1 / viewer.fig.dpi) for box in boxes]


@pytest.mark.parametrize(
    ("shape", "spacing", "options"),
    [
        ((15, 64, 64), (4, 4.8, 4.8), {"index": 14}),
        ((64, 64, 112), (7.7, 7.7, 16.1), {"title": "slice {} of the whole body"}),
        ((1, 1, 90), (1, 1, 1), {}),
        ((40, 1, 1), (1, 40, 1), {"labels": [f"label of slice {i}" for i in range(40)]}),
        ((18, 22, 18), (10, 10, 10), {"title": "first line {}\nand a second one"}),
    ],
)
def test_titles_fit_and_no_figure_is_too_high(shape, spacing, options):
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = -100.25
    viewer = view(np.zeros(shape, np.uint8), planes=True, affine=affine, **options)
    wide, high = viewer.fig.get_size_inches()
    assert wide <= 6.4 + 1e-6
    assert high <= 1.25 * 6.4 + 1e-6
    viewer.fig.canvas.draw()
    before = [ax.title.get_fontsize() for ax in viewer.axes]
    sagittal, coronal, axial = inches_of_titles(viewer)
    assert all(left >= 0 and right <= wide for left, right in (sagittal, coronal, axial))
    assert coronal[1] < sagittal[0]
    viewer.voxel = 0, 0, 0
    viewer.voxel = tuple(count // 2 for count in shape)
    assert [ax.title.get_fontsize() for ax in viewer.axes] == before


def test_names_of_volumes_stand_in_their_corners(array):
    names = ["sub-01_T1w.nii.gz", "sub-01_ses-03_acq-mprage_run-1_T2w.nii.gz"]
    for viewer in (
        view([array, array], planes=True, affine=AFFINE, titles=names),
        OrthoViewer([Volume(array, affine=AFFINE)] * 2, titles=Titles(titles=names)),
    ):
        corners = [ax.texts[0].get_text() for ax in viewer.fig.axes if ax not in viewer.axes]
        assert ["".join(c.split("neuro")[0].split()) for c in corners] == names
        assert [ax.get_title().split()[0] for ax in viewer.axes] == [
            *("sagittal", "coronal", "axial"),
        ] * 2
        viewer.fig.canvas.draw()
        renderer = viewer.fig.canvas.get_renderer()
        for ax in set(viewer.fig.axes) - set(viewer.axes):
            assert ax.texts[0].get_window_extent(renderer).x1 <= ax.get_window_extent().x1


def test_names_stand_in_the_titles_where_there_is_no_corner(array):
    axes, names = plt.figure().subplots(2, 3), ["the ct of monday", "dose"]
    viewer = view([array, array], planes=True, affine=AFFINE, titles=names, ax=axes)
    titles = [ax.get_title().partition(",")[0] for ax in viewer.axes]
    assert titles == [*[names[0]] * 3, *[names[1]] * 3]


def test_a_second_viewer_writes_in_no_corner_of_the_first(viewer, array):
    axes = [viewer.fig.add_axes((0.6 + 0.1 * i, 0.1, 0.1, 0.1)) for i in range(3)]
    view(array, affine=AFFINE, planes=True, ax=axes, radiological=True, colorbar=True)
    corner = viewer.fig.axes[3]
    assert [text.get_text().split(":")[0] for text in corner.texts] == ["neurological"]
    assert corner.child_axes == []


def test_one_map_has_the_same_colours_in_all_planes():
    volume = np.zeros((30, 40, 50))
    volume[13:17, 18:22, 23:27] = 5
    volume[15, 20, 25] = 37  # in the middle planes only
    lazy = OnePlaneAtATime(volume)
    viewer = view(np.zeros(volume.shape), affine=np.eye(4), planes=True, overlay=lazy)
    overlays = [layer.im for layer in viewer.layers if hasattr(layer, "visible")]
    assert len(overlays) == 3
    assert len({im.get_clim() for im in overlays}) == 1
    here = (14, 19, 24)
    viewer.voxel = here
    colours = []
    for picture, im in zip(viewer.pictures, overlays, strict=True):
        row, column = pixels(picture.plane, np.array([here]))
        colours.append(im.to_rgba(im.get_array())[row[0], column[0]].tolist())
    assert colours == [colours[0]] * 3
    given = view(volume, affine=np.eye(4), planes=True, overlay=lazy, colorbar=True)
    given.overlay(lazy, vmin=2, vmax=9)
    last = [layer.im.get_clim() for layer in given.layers[-3:]]
    assert last == [(2, 9)] * 3


@pytest.mark.parametrize(
    "data",
    [
        np.random.default_rng(0).random((4, 5, 6)) > 0.5,
        np.full((4, 5, 6), np.nan),
        np.zeros((4, 5, 6)),
        np.where(np.arange(120).reshape(4, 5, 6) % 7, np.inf, 1.0),
        np.ma.masked_less(np.arange(120).reshape(4, 5, 6), 60),
        np.arange(1).reshape(1, 1, 1),
        np.arange(5).reshape(1, 5, 1),
        np.arange(24).reshape(1, 4, 6),
    ],
    ids=["bool", "NaN", "constant", "infinite", "masked", "one voxel", "a line", "one slice"],
)
def test_odd_data(data):
    viewer = view(data, planes=True, affine=AFFINE, contours=data, overlay=data == 1)
    for ax in viewer.axes:
        for key in ("end", "home", "k", "h"):
            press(viewer.fig, key, ax)
    low, high = viewer.im.get_clim()
    assert np.isfinite([low, high]).all()
    assert low < high
    click(viewer, 1, viewer.voxel)
    viewer.fig.canvas.draw()
    assert all(0 <= i < count for i, count in zip(viewer.voxel, data.shape, strict=True))


# ---- lazy data


def test_a_step_reads_one_plane_and_a_drag_two():
    lazy = OnePlaneAtATime(np.arange(40 * 30 * 20).reshape(40, 30, 20))
    viewer = view(lazy, planes=True, orientation="PIR")
    assert len(lazy.read) == 9 + 2  # for the contrast, and two that are not among them to show
    lazy.read.clear()
    press(viewer.fig, "k", viewer.axes[1])
    axis = viewer.axis
    viewer.close()  # what is being read ahead comes to its end
    assert lazy.read[0][axis] == viewer.index
    assert len(lazy.read) <= 3
    assert all(where[a] == slice(None) for where in lazy.read for a in range(3) if a != axis)
    viewer = view(lazy, planes=True, orientation="PIR")
    click(viewer, 2, (1, 1, 1))
    press_at(viewer, 2, (1, 1, 1))
    lazy.read.clear()
    still = viewer.pictures[2].plane.axis
    move_to(viewer, 2, (2, 13, 14))
    viewer.close()
    assert len([where for where in lazy.read if 13 in where or 14 in where or 2 in where]) == 2
    assert all(where[still] == slice(None) for where in lazy.read)
    lazy.read.clear()
    viewer.voxel = viewer.voxel
    assert lazy.read == []


def test_a_series_on_disk_is_never_read_whole(array):
    lazy = OnePlaneAtATime(np.stack([array] * 3))
    viewer = view(lazy, dims="tzyx", planes=True, overlay=OnePlaneAtATime(array > 9))
    for key in ("k", "t", "h", "]", "end"):
        press(viewer.fig, key, viewer.axes[1])
    assert all(sum(isinstance(part, int) for part in where) == 2 for where in lazy.read)


# ---- what leaves Python


def test_pictures_of_three_planes_are_those_of_a_full_drawing(viewer):
    with on_another_canvas(viewer, 50) as canvas:
        quick = list(each_picture(viewer, canvas, range(4)))
    for index, picture in enumerate(quick):
        viewer.index = index
        file = io.BytesIO()
        viewer.fig.savefig(file, dpi=50)
        full = np.asarray(Image.open(file).convert("RGB"))
        assert np.array_equal(np.asarray(picture.convert("RGB")), full)
    assert len({picture.tobytes() for picture in quick}) == 4


def test_save_page_and_film(viewer, tmp_path):
    viewer.axis = 1
    files = viewer.save(tmp_path / "s{index}.png", dpi=20)
    assert len({file.read_bytes() for file in files}) == len(files) == 5
    page = viewer.to_html(tmp_path / "planes.html", dpi=20).read_text()
    assert page.count("coronal 4 / 4, -8 mm") >= 1
    (film,) = viewer.save(tmp_path / "planes.gif", dpi=20)
    with Image.open(film) as frames:
        assert frames.n_frames == 5
    assert viewer.voxel == (2, 2, 3)


def test_a_montage_is_of_the_axis_that_is_counted(viewer, array):
    viewer.overlay(array > 60)
    press(viewer.fig, "k", viewer.axes[2])
    fig = viewer.montage([0, 5])
    picture = viewer.pictures[2]
    for ax, index in zip(fig.axes, (0, 5), strict=True):
        under, over = ax.images
        assert np.array_equal(under.get_array(), array[:, :, index].T)
        assert np.array_equal(over.get_array().mask, array[:, :, index].T <= 60)
        assert [t.get_text() for t in ax.texts] == ["L", "R", "P", "A"]
        assert ax.get_xlim() == picture.ax.get_xlim()
        assert ax.get_title() == f"axial {index} / 5, {-30 + 4 * index} mm"
    assert viewer.voxel == (2, 2, 4)


# ---- where it is drawn


def test_axes_of_ones_own(array):
    axes = plt.figure().subplots(3, 1)
    viewer = view(array, planes=True, ax=axes, affine=AFFINE)
    assert viewer.axes == list(axes)
    shows(viewer, array)
    assert OrthoViewer(array, plt.figure().subplots(1, 3)).voxel == (2, 2, 3)
    half, _ = plt.figure().subfigures(1, 2)
    assert view(array, planes=True, ax=half.subplots(1, 3)).fig is half.figure
    with pytest.raises(ValueError, match="three planes need three axes for each volume, got 2"):
        view(array, planes=True, ax=axes[:2])


def test_a_figure_without_pyplot(array):
    fig = Figure()
    FigureCanvasAgg(fig)
    viewer = view(array, planes=True, ax=fig.subplots(1, 3), affine=AFFINE)
    press(fig, "k", viewer.axes[1])
    click(viewer, 2, (0, 1, 3))
    scroll(fig, -1, viewer.axes[0])
    assert viewer.voxel == (0, 1, 3)
    shows(viewer, array)
    assert plt.get_fignums() == []


def test_two_viewers_on_one_figure(array):
    fig = plt.figure()
    axes = fig.subplots(2, 3)
    one, two = (view(array, planes=True, ax=row) for row in axes)
    press(fig, "k", axes[1, 2])
    click(two, 0, (2, 0, 4))
    press(fig, "h", axes[0, 0])
    assert one.voxel == (2, 2, 3)
    assert two.voxel == (2, 0, 4)
    assert (one.crosshairs[0].visible, two.crosshairs[0].visible) == (False, True)
    one.close()
    press(fig, "k", axes[1, 2])
    press(fig, "k", axes[0, 2])  # nobody there any more: the other one answers
    assert two.voxel == (2, 0, 5)
    assert axes[0, 0].get_xscale() == "linear"


def test_two_figures(array):
    one, two = view(array, planes=True), view(array, planes=True)
    press(one.fig, "k", one.axes[2])
    click(two, 2, (0, 0, 3))
    assert (one.voxel, two.voxel) == ((2, 2, 4), (0, 0, 3))


def test_it_lives_as_long_as_its_figure(array):
    viewer = view(array, planes=True, overlay=array > 5, points=[[1, 1, 1]])
    fig, gone, volume = viewer.fig, weakref.ref(viewer), weakref.ref(viewer.volume)
    del viewer
    gc.collect()
    press(fig, "k", fig.axes[0])
    assert gone().voxel[0] == 3
    plt.close(fig)
    del fig
    gc.collect()
    assert gone() is None
    assert volume() is None


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"transpose": True}, TypeError, "transpose is for one plane, and here are three"),
        ({"extent": (0, 1, 0, 1)}, TypeError, "extent is for one plane, and here are three"),
        ({"index": 9}, IndexError, "index 9 is out of range for axis 0"),
        ({"axis": 3}, IndexError, "axis 3 is out of range"),
        ({"cmap": "nope"}, ValueError, "nope"),
        ({"overlay": np.zeros((4, 5, 7))}, ValueError, "must have the same shape"),
        ({"points": [1, 2]}, ValueError, r"points must be \(N, 3\)"),
        ({"keys": {"nxet": "n"}}, ValueError, "no action 'nxet'"),
        ({"titles": ["a", "b"]}, ValueError, "titles must be 1, one each, got 2"),
        ({"ncols": 0}, ValueError, "ncols must be 1 or more, got 0"),
        ({"clim": "mean"}, ValueError, "clim must be"),
        ({"overlya": 1}, TypeError, "did you mean 'overlay'"),
        ({"radiological": "no"}, TypeError, r"radiological must be True \(left.*got 'no'"),
        ({"radiological": 1}, TypeError, "radiological must be True"),
    ],
)
def test_no_figure_is_left_behind_an_error(array, options, error, words):
    with pytest.raises(error, match=words):
        view(array, planes=True, **options)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    "options",
    [
        {"cmap": "nope"},
        {"origin": "x"},
        {"aspect": "foo"},
        {"alpha": 7},
        {"titles": ["a", "b", "c"]},
        {"radiological": "neurological"},
        {"index": 99},
        {"keys": {"nxet": "n"}},
        {"axes": "abc"},
    ],
)
def test_the_viewer_alone_leaves_no_figure_either(array, options):
    with pytest.raises((TypeError, ValueError, IndexError, AttributeError)):
        OrthoViewer(Volume(array, affine=AFFINE), **options)
    assert plt.get_fignums() == []


def test_no_volumes():
    with pytest.raises(ValueError, match="the list of volumes is empty"):
        OrthoViewer([])


def test_axes_that_cannot_be(array):
    axes = plt.figure().subplots(1, 3)
    other = plt.figure().subplots()
    for wrong in ([axes[0]] * 3, [*axes[:2], other], ["a", "b", "c"]):
        with pytest.raises(ValueError, match="must be different axes of one figure") as caught:
            view(array, planes=True, ax=wrong)
        assert "\n" not in str(caught.value)
    assert not any(ax.images for ax in (*axes, other))
    parts = plt.figure().subfigures(1, 2)
    viewer = view(array, planes=True, ax=[*parts[0].subplots(1, 2), parts[1].subplots()])
    click(viewer, 2, (1, 2, 0))
    assert viewer.voxel[:2] == (1, 2)


# ---- masks that lie elsewhere


def moved(mm):
    affine = AFFINE.copy()
    affine[0, 3] += mm
    return affine


@pytest.mark.parametrize("planes", [False, True])
def test_a_mask_of_another_place_is_said_to_be(array, planes):
    img, mask = nib.Nifti1Image(array, AFFINE), (array > 60).astype(np.uint8)
    for add in ("overlay", "contours"):
        with pytest.warns(
            UserWarning, match="up to 3 mm apart; resample it first.*resample_from_to"
        ) as warned:
            view(img, planes=planes, **{add: nib.Nifti1Image(mask, moved(3))})
        assert len(warned) == 1
    turned = AFFINE @ np.diag([-1, 1, 1, 1])  # as if left were right
    with pytest.warns(UserWarning, match="up to 12 mm apart"):
        view(img, planes=planes, overlay=nib.Nifti1Image(mask, turned))
    wider = AFFINE @ np.diag([1, 1, 1.1, 1])  # grows with the distance from the first voxel
    with pytest.warns(UserWarning, match="up to 2 mm apart"):
        view(img, planes=planes, overlay=nib.Nifti1Image(mask, wider))


def test_a_mask_of_the_same_place_or_of_none_is_not(array):
    img, mask = nib.Nifti1Image(array, AFFINE), (array > 60).astype(np.uint8)
    for over in (mask, nib.Nifti1Image(mask, moved(0.19)), nib.Nifti1Image(mask, None)):
        view(img, overlay=over)
    view(array, overlay=nib.Nifti1Image(mask, AFFINE))


def test_titles_on_the_left_fit_their_panels_too():
    with plt.rc_context({"axes.titlelocation": "left"}):
        viewer = view(np.zeros((9, 9, 9)), planes=True, title="a very long title " * 4)
    assert all(picture.title.get_fontsize() < 9 for picture in viewer.pictures)
    assert spoken(viewer).count("a very long title") == 12


def test_a_button_that_is_released_while_something_fails_is_up():
    array = np.zeros((9, 9, 9))
    viewer = view(array, planes=True)
    end = viewer.on_change(lambda viewer: 1 / 0 if viewer.voxel[1] == 6 else None)
    ax = viewer.axes[0]

    def mouse(name, row, column):
        x, y = ax.transData.transform((column, row))
        event = MouseEvent(name, viewer.fig.canvas, x, y, button=1)
        viewer.fig.canvas.callbacks.process(name, event)

    mouse("button_press_event", 2, 2)
    with pytest.raises(ZeroDivisionError):
        mouse("button_release_event", 6, 6)
    end()
    mouse("motion_notify_event", 3, 3)
    assert viewer.voxel == (4, 6, 6)


# ---- by itself


@pytest.mark.parametrize("name", ["transpose", "extent"])
def test_what_is_for_one_plane_is_refused_first(name):
    with pytest.raises(TypeError, match=f"^{name} is for one plane, .* three; leave it out$"):
        OrthoViewer(None, **{name: None})


@pytest.mark.parametrize(
    ("volumes", "axes", "words"),
    [
        ([], 0, "^nothing to show, .* empty; put volumes in it$"),
        ([(2, 3, 4), (2, 3, 5)], 0, r"one shape, got \[\(2, 3, 4\), \(2, 3, 5\)\]; link views$"),
        ([(2, 3, 4)] * 2, 3, "^three planes need three axes for each volume, got 3$"),
        ([(2, 3, 4)], 1, "^three planes need three axes for each volume, got 1$"),
    ],
)
def test_volumes_and_axes_that_cannot_be(volumes, axes, words):
    with pytest.raises(ValueError, match=words):
        OrthoViewer([Volume(np.zeros(shape)) for shape in volumes], [None] * axes)


@pytest.mark.parametrize("contrast", [[{}, {}], {"vmin": 0}, ({"vmin": 0},) * 3])
def test_contrast_is_a_dict_for_each_volume(array, contrast):
    with pytest.raises(ValueError, match=r"^contrast must be a list of 1, .* got .*; leave it out"):
        OrthoViewer(array, contrast=contrast)
    assert plt.get_fignums() == []
    for right in ([{"vmin": 3, "vmax": 7}], ({"vmin": 3, "vmax": 7},)):
        viewer = OrthoViewer(array, contrast=right)
        assert {picture.im.get_clim() for picture in viewer.pictures} == {(3, 7)}
        plt.close(viewer.fig)


def test_what_the_viewer_alone_takes_for_granted(array):
    viewer = OrthoViewer(array)
    assert (viewer.axis, viewer.at, viewer.look.radiological) == (0, {}, False)
    assert [ax.get_title() for ax in viewer.axes] == [
        "axis 0 2 / 3",
        "axis 1 2 / 4",
        "axis 2 3 / 5",
    ]
    assert {picture.im.get_clim() for picture in viewer.pictures} == {(0, 119)}
    head = OrthoViewer(Volume(array, affine=AFFINE), radiological=True)
    assert head.look.radiological


def test_the_names_of_the_planes_follow_the_orientation(array):
    viewer = OrthoViewer(array, orientation="PIR", at={})
    assert [picture.plane.axis for picture in viewer.pictures] == [2, 0, 1]
    assert viewer.axes[0].get_title().startswith("sagittal 3 / 5")


def test_a_norm_and_limits_are_put_together_once():
    volume, norm = Volume(np.arange(24).reshape(2, 3, 4)), LogNorm()
    for given, limits in (
        ({}, (0, 23)),
        ({"vmin": 3}, (3, 23)),
        ({"vmax": 9}, (0, 9)),
        ({"norm": norm}, (1, 23)),
        ({"norm": norm, "vmin": None}, (1, 23)),
    ):
        found = with_norm(volume, 0, {"cmap": "jet", **given})
        assert found.keys() == {"cmap", "norm"}
        assert (found["norm"].vmin, found["norm"].vmax) == limits
        assert isinstance(found["norm"], LogNorm) == ("norm" in given)


def test_limits_are_those_of_all_three_planes_and_of_no_other_volume(array):
    viewer = OrthoViewer([array, array], vmin=3, vmax=50, cmap="jet")
    assert {picture.im.get_clim() for picture in viewer.pictures} == {(3, 50)}
    norms = [id(picture.im.norm) for picture in viewer.pictures]
    assert norms == [norms[0]] * 3 + [norms[3]] * 3
    assert norms[0] != norms[3]


def test_a_colour_bar_lies_in_the_corner_of_its_volume(array):
    viewer = view([array, -array], planes=True, colorbar=True)
    corners = [ax for ax in viewer.fig.axes if ax not in viewer.axes and ax.child_axes]
    viewer.fig.draw_without_rendering()
    limits = []
    for corner in corners:
        (bar,) = corner.child_axes
        inner, outer = bar.get_window_extent(), corner.get_window_extent()
        assert outer.contains(*inner.min)
        assert outer.contains(*inner.max)
        assert inner.width > 5 * inner.height
        limits.append(bar.get_xlim())
    assert limits == [(0, 119), (-119, 0)]


def test_a_crosshair_in_a_style_of_its_own(viewer):
    picture = viewer.pictures[0]
    for style, color, width in (({}, "lime", 0.8), ({"color": "red", "linewidth": 3}, "red", 3)):
        lines = Crosshair(picture, **style).lines
        assert {(line.get_color(), line.get_linewidth()) for line in lines} == {(color, width)}


def test_a_crosshair_widens_nothing():
    viewer = view(np.zeros((1, 1, 1)), planes=True)
    viewer.fig.draw_without_rendering()
    assert {tuple(sorted(ax.get_xlim())) for ax in viewer.axes} == {(-0.5, 0.5)}
    assert {tuple(sorted(ax.get_ylim())) for ax in viewer.axes} == {(-0.5, 0.5)}


def test_what_is_added_or_hidden_is_drawn(viewer, monkeypatch):
    class Layer:
        def show(self, plane):
            pass

    asked = []
    monkeypatch.setattr(viewer.fig.canvas, "draw_idle", lambda: asked.append(1))
    assert viewer.add(Layer()) is viewer
    assert len(asked) == 1
    viewer.toggle_crosshair()
    assert len(asked) == 2


def test_a_layer_is_told_the_planes_of_its_picture_or_those_along_the_axis(viewer):
    class Layer:
        def __init__(self):
            self.told = []

        def show(self, plane):
            self.told.append((plane.axis, plane.index))

    free, bound = Layer(), Layer()
    bound.picture = viewer.pictures[2]
    viewer.add(free).add(bound)
    viewer.voxel = 1, 2, 3
    viewer.voxel = 1, 2, 0
    assert free.told == [(0, 2), (0, 1), (0, 1)]
    assert bound.told == [(2, 3), (2, 0)]


@pytest.mark.parametrize("make", [dict, lambda: {"axes": plt.figure().subplots(1, 3)}])
def test_only_a_figure_of_its_own_is_closed_after_a_fault(array, make):
    options = make()
    with pytest.raises(ValueError, match="no action 'nxet'"):
        OrthoViewer(array, keys={"nxet": "n"}, **options)
    assert len(plt.get_fignums()) == len(options)


def test_the_keys_of_three_planes_are_those_of_one_and_another_for_the_axis():
    actions = [*(action for action in View.KEYS if action != "axis"), "crosshair"]
    words = f"no action 'axis' to choose keys for; there are {actions}"
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        OrthoViewer(Volume(np.zeros((2, 3, 4))), keys={"axis": "x"})
    assert all(OrthoViewer.KEYS[action] == View.KEYS[action] for action in actions[:-1])
    assert OrthoViewer.KEYS["crosshair"] == {"h"}


def test_what_the_viewer_alone_refuses_word_for_word():
    for options, words in (
        ({"at": 5}, "at must be a dict, such as {'t': 3}, got 5"),
        ({"axes": 5}, "axes must be a list of axes, got 5"),
        ({"contrast": 5}, "contrast must be a list of dicts, one for each volume, got 5"),
        (
            {"titles": ["a"]},
            "titles must be a Titles, got ['a']; view(..., planes=True) takes names",
        ),
        (
            {"contrast": [{}, {}]},
            "contrast must be a list of 1, a dict for each volume, got [{}, {}]; "
            "leave it out for the limits of the whole volume",
        ),
        ({"axes": [None]}, "three planes need three axes for each volume, got 1"),
    ):
        with pytest.raises((TypeError, ValueError), match=f"^{re.escape(words)}$"):
            OrthoViewer([Volume(np.zeros((2, 3, 4)))], **options)


def test_a_crosshair_alone_goes_from_the_first_voxel_to_any(array):
    ax = plt.figure().subplots()
    crosshair = Crosshair(Picture(ax, Volume(array), Plane(1, 2, transpose=True)), alpha=0.5)
    down, across = crosshair.lines
    limits = ax.get_xlim(), ax.get_ylim()
    assert [*down.get_xdata(), *across.get_ydata()] == [0, 0, 0, 0]
    crosshair.show((3, 2, 5))
    assert [*down.get_xdata(), *across.get_ydata()] == [3, 3, 5, 5]
    assert [*down.get_ydata(), *across.get_xdata()] == [0, 1, 0, 1]  # from edge to edge
    assert {(x.get_color(), x.get_linewidth(), x.get_alpha()) for x in crosshair.lines} == {
        ("lime", 0.8, 0.5)
    }
    assert (ax.get_xlim(), ax.get_ylim()) == limits
    for visible in (True, False, True):
        crosshair.visible = visible
        assert crosshair.visible is visible
        assert [line.get_visible() for line in crosshair.lines] == [visible] * 2


def test_each_item_stands_for_three_planes():
    assert thrice("ab") == ["a", "a", "a", "b", "b", "b"]


def test_a_walk_through_one_volume(array):
    axes, places = plt.figure().subplots(1, 3), {"t": 1}
    viewer = OrthoViewer(Volume(array), axes, places)
    assert viewer.at is places
    assert (viewer.axis, viewer.index, viewer.voxel) == (0, 2, (2, 2, 3))
    assert [p.plane.transpose for p in viewer.pictures] == [False, False, True]
    for act, axis, voxel in (
        (lambda: press(viewer.fig, "k"), 0, (3, 2, 3)),
        (lambda: press(viewer.fig, "j", axes[1]), 1, (3, 1, 3)),
        (lambda: scroll(viewer.fig, -1, axes[2]), 2, (3, 1, 2)),
        (lambda: setattr(viewer, "index", 5), 2, (3, 1, 5)),
        (lambda: press_at(viewer, 0, (0, 4, 0)), 0, (3, 4, 0)),
        (lambda: move_to(viewer, 0, (0, 2, 4)), 0, (3, 2, 4)),
        (lambda: release(viewer, 0, (0, 2, 4)), 0, (3, 2, 4)),
        (lambda: setattr(viewer, "voxel", (1, 3, 0)), 0, (1, 3, 0)),
    ):
        act()
        assert (viewer.axis, viewer.voxel, viewer.index) == (axis, voxel, voxel[axis])
        shows(viewer, array)
    for expected in (False, True):
        press(viewer.fig, "h")
        assert {crosshair.visible for crosshair in viewer.crosshairs} == {expected}
    array *= -1
    viewer.refresh()
    shows(viewer, array)
    assert {picture.im.get_clim() for picture in viewer.pictures} == {(0, 119)}


def test_a_click_goes_there_and_is_kept(array):
    viewer = OrthoViewer(Volume(array), plt.figure().subplots(1, 3))
    click(viewer, 0, (0, 4, 1))
    assert viewer.voxel == (2, 4, 1)
    assert viewer.points.tolist() == [[2, 4, 1]]
    with pytest.raises(IndexError, match=r"^index 5 is out of range for axis 1"):
        viewer.pick(np.array([0, 5, 0]))
    assert viewer.points.tolist() == [[2, 4, 1]]
    shows(viewer, array)


def test_a_walk_through_two_volumes(array):
    names = ["the first of two volumes", "the second"]
    volumes = tuple(Volume(data, affine=AFFINE) for data in (array, -array))
    viewer = OrthoViewer(volumes, titles=Titles("{axis} " * 40, names), axis=2)
    assert [picture.plane.axis for picture in viewer.pictures] == [0, 1, 2] * 2
    assert viewer.look.radiological is False
    limits = [picture.im.get_clim() for picture in viewer.pictures]
    assert limits == [(0, 119)] * 3 + [(-119, 0)] * 3
    assert [picture.title.get_text()[0] for picture in viewer.pictures] == [*"012012"]
    assert all(picture.title.get_fontsize() < 6 for picture in viewer.pictures)
    norms = [id(picture.im.norm) for picture in viewer.pictures]
    assert norms == [norms[0]] * 3 + [norms[3]] * 3
    assert norms[0] != norms[3]
    viewer.add_colour_bars()
    corners = [ax for ax in viewer.fig.axes if ax.texts and ax not in viewer.axes]
    bars = [bar for corner in corners for bar in corner.child_axes]
    assert [bar.get_xlim() for bar in bars] == [(0, 119), (-119, 0)]
    for corner, bar in zip(corners, bars, strict=True):
        place = bar.get_axes_locator()(bar, None)
        box = place.transformed(viewer.fig.transFigure - corner.transAxes)
        assert box.bounds == pytest.approx((0.05, 0.15, 0.9, 0.06))
    viewer.voxel = 1, 3, 0
    for one, two in zip(viewer.pictures[:3], viewer.pictures[3:], strict=True):
        assert np.array_equal(one.im.get_array(), -two.im.get_array())


def test_planes_with_limits_of_their_own_have_bars_of_their_own(array):
    viewer = OrthoViewer(Volume(array))
    viewer.pictures[1].im.set_norm(LogNorm(3, 7))
    corner = viewer.fig.axes[3]
    viewer.add_colour_bars()
    assert corner.child_axes == []
    limits = sorted(ax.get_ylim() for ax in viewer.fig.axes[4:])
    assert np.allclose(limits, [(0, 119), (3, 7)])


def test_limits_are_looked_for_once_and_only_if_none_are_given():
    array, axes = np.arange(1, 40 * 30 * 20 + 1).reshape(40, 30, 20), plt.figure().subplots(1, 3)
    for options, count in (
        ({}, 9 + 3),
        ({"vmin": 0, "vmax": 9}, 3),
        ({"norm": LogNorm()}, 9 + 9 + 3),  # and those above zero
    ):
        lazy = OnePlaneAtATime(array)
        viewer = OrthoViewer(Volume(lazy), axes, **options)
        assert len(lazy.read) == count
        assert len({picture.im.get_clim() for picture in viewer.pictures}) == 1


def test_each_of_four_volumes_has_a_colour_bar(array):
    viewer = OrthoViewer([Volume(array * factor) for factor in (1, 2, 3, 4)])
    viewer.add_colour_bars()
    bars = [bar for ax in viewer.fig.axes for bar in ax.child_axes]
    assert [bar.get_xlim() for bar in bars] == [(0, 119), (0, 238), (0, 357), (0, 476)]


def test_what_has_planes_is_taken_as_it_is(array):
    class Own:
        """Anything with planes."""

        def __init__(self):
            self.array, self.shape, self.spacing, self.affine = array, array.shape, (1, 1, 1), None

        def plane(self, index, axis):
            return array.take(index, axis)

        def some_planes(self, axis):
            return [array]

    own = Own()
    viewer = OrthoViewer(own)
    assert {picture.volume for picture in viewer.pictures} == {viewer.volume} == {own}
    shows(viewer, array)
