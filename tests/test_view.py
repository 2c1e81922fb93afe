"""`view`: every wish that people had, in one call, driven by real events."""

import threading

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import MouseButton, MouseEvent
from matplotlib.colors import (
    CenteredNorm,
    LogNorm,
    Normalize,
    PowerNorm,
    SymLogNorm,
    TwoSlopeNorm,
    to_rgba,
)
from test_volume import OnePlaneAtATime

import slicekit
from slicekit import View, press, scroll, view
from slicekit.keymap import full_name

SHAPE = (4, 5, 6)


def shown(viewer, panel=0):
    return viewer.pictures[panel].im.get_array()


def colours(im):
    """Return what an image shows, as colours."""
    return im.to_rgba(im.get_array(), alpha=im.get_alpha())


def drag(fig, ax, start, end, button=MouseButton.RIGHT):
    """Drag the mouse from one place to another, in parts of the axes."""
    for name, place in (
        ("button_press_event", start),
        ("motion_notify_event", end),
        ("button_release_event", end),
    ):
        x, y = ax.transAxes.transform(place)
        held = None if name == "motion_notify_event" else button
        event = MouseEvent(name, fig.canvas, x, y, held)
        fig.canvas.callbacks.process(name, event)


@pytest.fixture
def mask():
    """Labels 1 and 3, none of them on slice 2, where a viewer begins."""
    labels = np.zeros(SHAPE, int)
    labels[1, 1:3, 1:3], labels[3, 2:4, 2:5], labels[3, 0, 0] = 1, 3, 1
    return labels


# ---- titles


def test_number_from_the_first_frame(array):
    viewer = view(array)
    assert isinstance(viewer, View)
    assert viewer.ax.get_title() == "2 / 3"
    press(viewer.fig, "k")
    assert viewer.ax.get_title() == "3 / 3"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("CT", "CT"),
        ("slice {}", "slice 3"),
        ("{:03d}", "003"),
        ("{number} of {count}, {index} to {last}", "4 of 4, 3 to 3"),
        ("axis {axis}: {mm:.1f} mm", "axis 0: 16.0 mm"),
        (lambda index: "abcd"[index], "d"),
    ],
)
def test_title_of_ones_own(array, title, expected):
    viewer = view(array, title=title, spacing=(2, 1, 1), offset=(10, 0, 0))
    press(viewer.fig, "k")
    assert viewer.ax.get_title() == expected


def test_a_label_for_each_slice(array):
    viewer = view(array, labels=["a", "b", "c", "d"], index=0)
    assert viewer.ax.get_title() == "0 / 3, a"
    press(viewer.fig, "k")
    assert viewer.ax.get_title() == "1 / 3, b"
    press(viewer.fig, "a")
    assert viewer.ax.get_title() == "2 / 4"
    assert view(array, labels="abcd", title="({label})").ax.get_title() == "(c)"


def test_position_in_the_title(array):
    assert view(array, spacing=(2, 1, 1)).ax.get_title() == "2 / 3"
    assert view(array, spacing=(2, 1, 1), offset=(-9, 0, 0)).ax.get_title() == "2 / 3, -5 mm"
    assert view(array, offset=(-9, 0, 0)).ax.get_title() == "2 / 3, -7 mm"
    affine = np.array([[0, 3, 0, 1], [2, 0, 0, 5], [0, 0, 4, 0], [0, 0, 0, 1]])
    viewer = view(array, affine=affine)
    assert viewer.ax.get_title() == "2 / 3, 9 mm"
    assert viewer.volume.spacing == (2, 3, 4)
    oblique = affine.copy()
    oblique[:2, 2] = 1
    assert view(array, affine=oblique).ax.get_title() == "2 / 3"


# ---- colours, contrast


def test_colour_map_and_what_imshow_takes(array):
    viewer = view(array, cmap="hot", interpolation="bilinear", vmin=5, alpha=0.5)
    assert viewer.im.get_cmap().name == "hot"
    assert viewer.im.get_clim() == (5, 119)
    assert viewer.im.get_alpha() == 0.5


@pytest.mark.parametrize(
    ("clim", "expected"),
    [
        ("volume", (0, 119)),
        ((10, 20), (10, 20)),
        (("0%", "50%"), (0, 59.5)),
        ((3, "100%"), (3, 119)),
    ],
)
def test_limits(array, clim, expected):
    viewer = view(array, clim=clim)
    for key in ("home", "k", "a"):
        press(viewer.fig, key)
        assert viewer.im.get_clim() == expected


def test_limits_of_every_slice(array):
    viewer = view(array, clim="slice", colorbar=True)
    for index in range(4):
        viewer.index = index
        assert viewer.im.get_clim() == (array[index].min(), array[index].max())
    assert viewer.fig.axes[1].get_ylim() == (90, 119)


def test_a_logarithm_begins_above_zero(array):
    for norm in (LogNorm(), "log"):
        viewer = view(array, norm=norm)
        assert viewer.im.get_clim() == (1, 119)
        assert np.all(np.isfinite(np.ma.compressed(viewer.im.norm(array[1]))))
    assert view(array, norm=Normalize(3, 4)).im.get_clim() == (3, 4)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda a: np.where(a == 7, np.nan, a), (0, 119)),
        (lambda a: np.where(a == 7, np.inf, a.astype(float)), (0, 119)),
        (lambda a: np.ma.masked_greater(a, 100), (0, 100)),
        (lambda a: a > 60, (0, 1)),
        (lambda a: np.full_like(a, 7), (7, 8)),
        (lambda a: np.full(a.shape, np.nan), (0, 1)),
        (lambda a: a.astype(np.float16), (0, 119)),
        (lambda a: a.astype(">i4"), (0, 119)),
        (lambda a: (a - 60).astype(np.int8), (-60, 59)),
    ],
)
def test_values_of_all_kinds(array, change, expected):
    viewer = view(change(array))
    assert viewer.im.get_clim() == expected
    press(viewer.fig, "k")
    viewer.fig.canvas.draw()


def test_keys_for_contrast(array):
    viewer = view(array, clim=(0, 100))
    for key, expected in [
        ("]", (-10, 90)),
        ("[", (0, 100)),
        ("-", (-12.5, 112.5)),
        ("+", (0, 100)),
        ("=", (10, 90)),
        ("0", (0, 100)),
    ]:
        press(viewer.fig, key)
        assert viewer.im.get_clim() == pytest.approx(expected), key


def test_contrast_on_a_logarithmic_scale(array):
    viewer = view(array, norm=LogNorm(1, 100))
    press(viewer.fig, "]")
    assert viewer.im.get_clim() == pytest.approx((10**-0.2, 10**1.8))


def test_right_drag_sets_the_contrast(array):
    viewer = view(array, clim=(0, 100))
    drag(viewer.fig, viewer.ax, (0.5, 0.5), (0.5, 0.7))
    assert viewer.im.get_clim() == pytest.approx((-20, 80), abs=0.5)
    drag(viewer.fig, viewer.ax, (0.25, 0.5), (0.75, 0.5))
    assert viewer.im.get_clim() == pytest.approx((-70, 130), abs=1)
    drag(viewer.fig, viewer.ax, (0.25, 0.5), (0.75, 0.5), MouseButton.MIDDLE)
    assert viewer.im.get_clim() == pytest.approx((-70, 130), abs=1)
    press(viewer.fig, "0")
    assert viewer.im.get_clim() == (0, 100)


def test_a_colour_bar_follows(array):
    viewer = view(array, colorbar=True)
    bar = viewer.fig.axes[1]
    assert viewer.axes == [viewer.ax]
    assert bar.get_ylim() == (0, 119)
    press(viewer.fig, "]")
    assert bar.get_ylim() == pytest.approx((-11.9, 107.1))


# ---- axes


def test_axis_from_the_end_and_by_name(array):
    for axis in (-1, 2):
        assert np.array_equal(shown(view(array, axis=axis)), array[:, :, 3])
    assert np.array_equal(shown(view(array, dims="zyx", axis="y")), array[:, 2])


def test_a_key_cycles_the_axis(array):
    viewer = view(array, spacing=(1, 2, 4), transpose=True, origin="lower")
    for axis, index in ((1, 2), (2, 3), (0, 2)):
        press(viewer.fig, "a")
        image = array.take(index, axis).T
        assert viewer.axis == axis
        assert np.array_equal(shown(viewer), image)
        assert viewer.ax.get_xlim() == (-0.5, image.shape[1] - 0.5)
        assert viewer.ax.get_ylim() == (-0.5, image.shape[0] - 0.5)
        height, width = np.delete((1, 2, 4), axis)[::-1]
        assert viewer.ax.get_aspect() == height / width


def test_start_step_wrap_keys(array):
    viewer = view(array, index=0, step=2, wrap=True, keys={"previous": {"left", "p"}})
    for key, index in [("p", 3), ("pageup", 1), ("j", 1), ("left", 0), ("end", 3), ("k", 0)]:
        press(viewer.fig, key)
        assert viewer.index == index, key


# ---- layers


def test_labels_over_the_picture(array, mask):
    viewer = view(array, overlay=mask)
    over = viewer.ax.images[1]
    assert np.all(colours(over)[..., 3] == 0)
    press(viewer.fig, "k")
    assert np.array_equal(over.get_array().filled(0), mask[3])
    tab10 = plt.get_cmap("tab10")
    assert np.allclose(colours(over)[2, 2], (*tab10(2)[:3], 0.5))
    assert np.allclose(colours(over)[0, 0], (*tab10(0)[:3], 0.5))
    assert colours(over)[0, 1, 3] == 0
    assert np.array_equal(colours(viewer.im), viewer.im.to_rgba(array[3]))


def test_label_numbers_of_any_size(array, mask):
    over = view(array, overlay=mask * 1000, index=3).ax.images[1]
    tab10 = plt.get_cmap("tab10")
    assert np.allclose(colours(over)[2, 2, :3], tab10((3000 - 1) % 10)[:3])


def test_masks_have_one_colour_each(array, mask):
    viewer = view(array, overlay=[mask == 1, mask == 3], index=3)
    tab10 = plt.get_cmap("tab10")
    one, two = viewer.ax.images[1:]
    assert np.allclose(colours(one)[0, 0, :3], tab10(0)[:3])
    assert np.allclose(colours(two)[2, 2, :3], tab10(1)[:3])
    over = view(array, index=3).overlay(mask == 3, color="lime", alpha=0.25).ax.images[1]
    assert np.allclose(colours(over)[2, 2], to_rgba("lime", 0.25))


def test_a_map_has_the_limits_of_the_whole(array):
    heat = np.where(array > 40, array / 2.0, np.nan)
    heat[3] = 0
    viewer = view(array, overlay=heat, index=0)
    over = viewer.ax.images[1]
    assert over.get_clim() == (0, 44.5)
    assert np.all(colours(over)[..., 3] == 0)
    viewer.index = 2
    assert np.all(colours(over)[..., 3] == 0.5)
    viewer.index = 3
    assert np.all(colours(over)[..., 3] == 0)
    over = view(array).overlay(heat, cmap="jet", vmin=0, vmax=10, alpha=1).ax.images[1]
    assert (over.get_cmap().name, over.get_clim(), over.get_alpha()) == ("jet", (0, 10), 1)


def test_whole_numbers_with_a_colour_map_are_a_map(array, mask):
    over = view(array, index=3).overlay(mask, cmap="hot").ax.images[1]
    assert over.get_clim() == (0, 3)
    assert np.allclose(colours(over)[2, 2, :3], plt.get_cmap("hot")(1.0)[:3])


def test_overlays_follow_axis_and_transposition(array, mask):
    viewer = view(array, overlay=mask, contours=mask == 3, transpose=True, origin="lower")
    press(viewer.fig, "a")
    over = viewer.ax.images[1]
    assert np.array_equal(over.get_array().filled(0), mask[:, 2].T)
    assert tuple(over.get_extent()) == tuple(viewer.im.get_extent())
    assert viewer.ax.get_xlim() == (-0.5, 3.5)
    (outline,) = viewer.ax.collections
    points = np.concatenate([path.vertices for path in outline.get_paths()])
    assert points.min(axis=0).tolist() == [2.5, 1.5]  # slice 3 across, column 2 upwards


def test_outlines_follow_the_slice(array, mask):
    viewer = view(array, contours=mask)
    assert len(viewer.ax.collections) == 0
    viewer.index = 3
    assert len(viewer.ax.collections) == 2
    tab10 = plt.get_cmap("tab10")
    found = [tuple(outline.get_edgecolor()[0]) for outline in viewer.ax.collections]
    assert found == [tab10(0), tab10(2)]
    corners = np.concatenate([path.vertices for path in viewer.ax.collections[1].get_paths()])
    assert (corners.min(axis=0).tolist(), corners.max(axis=0).tolist()) == ([1.5, 1.5], [4.5, 3.5])
    viewer.index = 0
    assert len(viewer.ax.collections) == 0
    assert viewer.ax.get_xlim() == (-0.5, 5.5)


def test_levels_of_a_map(array):
    viewer = view(array).contour(array.astype(float), [70.5, 80.5], color="cyan", linewidths=3)
    (outline,) = viewer.ax.collections
    assert outline.levels.tolist() == [70.5, 80.5]
    assert np.allclose(outline.get_edgecolor(), to_rgba("cyan"))
    assert outline.get_linewidth()[0] == 3
    viewer.index = 0
    assert len(viewer.ax.collections) == 0


def test_an_extent_of_ones_own_holds_for_all_layers(array, mask):
    viewer = view(array, extent=(0, 60, 50, 0), overlay=mask, points=[[2, 1, 3]], index=2)
    assert tuple(viewer.ax.images[1].get_extent()) == (0, 60, 50, 0)
    assert viewer.ax.collections[0].get_offsets().tolist() == [[35, 15]]
    slicekit.click(viewer.fig, row=44, column=9)
    assert viewer.points.tolist() == [[2, 1, 3], [2, 4, 0]]


def test_m_hides_what_lies_on_top(array, mask):
    viewer = view(array, overlay=mask, contours=mask, points=[[3, 1, 1]], index=3)
    press(viewer.fig, "m")
    press(viewer.fig, "j")
    press(viewer.fig, "k")
    top = [*viewer.ax.images[1:], *viewer.ax.collections]
    assert len(top) == 4
    assert not any(artist.get_visible() for artist in top)
    assert viewer.im.get_visible()
    press(viewer.fig, "m")
    assert all(artist.get_visible() for artist in [*viewer.ax.images[1:], *viewer.ax.collections])


def test_points_on_their_slices(array):
    points = [[2, 1, 3], [2, 4, 0], [3, 0, 0]]
    viewer = view(array, points=points)
    assert viewer.ax.collections[0].get_offsets().tolist() == [[3, 1], [0, 4]]
    press(viewer.fig, "k")
    assert viewer.ax.collections[0].get_offsets().tolist() == [[0, 0]]
    viewer.axis = 1
    viewer.index = 4
    assert viewer.ax.collections[0].get_offsets().tolist() == [[0, 2]]
    viewer.index = 3
    assert len(viewer.ax.collections) == 0
    assert viewer.points.tolist() == points
    style = view(array).mark(points, marker="o", c="lime", s=9).ax.collections[0]
    assert np.allclose(style.get_facecolor(), to_rgba("lime"))


def test_clicks_are_kept_as_points(array):
    viewer = view(array, points=[], axis=1, transpose=True)
    slicekit.click(viewer.fig, row=5, column=3)
    press(viewer.fig, "k")
    slicekit.click(viewer.fig, row=0.4, column=1.6)
    assert viewer.points.tolist() == [[3, 2, 5], [2, 3, 0]]
    assert viewer.ax.collections[0].get_offsets().tolist() == [[2, 0]]
    press(viewer.fig, "backspace")
    assert viewer.points.tolist() == [[3, 2, 5]]
    assert len(viewer.ax.collections) == 0
    press(viewer.fig, "backspace")
    press(viewer.fig, "backspace")
    assert viewer.points.shape == (0, 3)


def test_clicks_leave_no_mark_unless_asked(array):
    viewer = view(array)
    told = []
    viewer.on_change(lambda viewer: told.append(viewer.points[-1].tolist()))
    slicekit.click(viewer.fig, row=1, column=2)
    assert told == [[2, 1, 2]]
    assert len(viewer.ax.collections) == 0


def test_anything_drawn_for_a_slice(array):
    def draw(ax, index):
        ax.add_patch(plt.Circle((index, 1), 1))
        ax.text(0, 0, f"slice {index}")
        ax.plot([0, 99], [index, 99], label=f"{index}")
        ax.legend()
        ax.imshow(np.eye(2))

    viewer = view(array, draw=draw, spacing=(1, 2, 1))
    for key, index in (("k", 3), ("j", 2), ("j", 1)):
        press(viewer.fig, key)
        assert [text.get_text() for text in viewer.ax.texts] == [f"slice {index}"]
        assert [patch.center for patch in viewer.ax.patches] == [(index, 1)]
        assert len(viewer.ax.lines) == 1
        assert len(viewer.ax.images) == 2
        assert viewer.ax.get_legend().get_texts()[0].get_text() == f"{index}"
        assert viewer.ax.get_xlim() == (-0.5, 5.5)
        assert viewer.ax.get_aspect() == 2


def test_a_hook_that_fails_leaves_nothing_behind(array):
    def draw(ax, index):
        ax.text(0, 0, "there")
        if index == 3:
            raise ValueError("no slice 3, please")

    viewer = view(array, draw=draw)
    with pytest.raises(ValueError, match="no slice 3"):
        viewer.index = 3
    viewer.index = 1
    assert len(viewer.ax.texts) == 1


# ---- several volumes


def test_side_by_side(array):
    viewer = view([array, -array, array * 2], titles=["a", "b", "c"], ncols=2, index=1)
    assert [ax.get_title() for ax in viewer.axes] == ["a, 1 / 3", "b, 1 / 3", "c, 1 / 3"]
    assert [picture.im.get_clim() for picture in viewer.pictures] == [(0, 119), (-119, 0), (0, 238)]
    assert [ax.get_subplotspec().get_geometry()[:2] for ax in viewer.axes] == [(2, 2)] * 3
    assert len(viewer.fig.axes) == 3
    press(viewer.fig, "k", viewer.axes[2])
    scroll(viewer.fig, 1, viewer.axes[1])
    for panel, factor in enumerate((1, -1, 2)):
        assert np.array_equal(shown(viewer, panel), array[3] * factor)
        assert viewer.axes[panel].get_title().endswith(", 3 / 3")


def test_arrays_lie_where_the_first_volume_does(array):
    affine = np.diag([2.0, 3, 4, 1])
    head = slicekit.Volume(array, (2, 3, 4), affine)
    viewer = view([head, array, array[:, :3], slicekit.Volume(array, (1, 1, 5))])
    assert [ax.get_aspect() for ax in viewer.axes] == [0.75, 0.75, 1, 0.2]
    titles = [ax.get_title() for ax in viewer.axes]
    assert titles == ["2 / 3, 4 mm", "2 / 3, 4 mm", "2 / 3", "2 / 3"]


def test_one_contrast_for_all(array):
    viewer = view([array, array * 2], clim="shared", colorbar=True)
    assert [picture.im.get_clim() for picture in viewer.pictures] == [(0, 238)] * 2
    assert len(viewer.fig.axes) == 3
    press(viewer.fig, "]")
    for picture in viewer.pictures:
        assert picture.im.get_clim() == pytest.approx((-23.8, 214.2))
    press(viewer.fig, "0")
    assert [picture.im.get_clim() for picture in viewer.pictures] == [(0, 238)] * 2
    viewer = view([array, array * 2], clim="shared", norm="log")
    assert [picture.im.get_clim() for picture in viewer.pictures] == [(1, 238)] * 2


def test_limits_for_each(array):
    viewer = view([array, array], clim=[(0, 50), ("0%", 60)])
    assert [picture.im.get_clim() for picture in viewer.pictures] == [(0, 50), (0, 60)]
    viewer.pictures[1].im.set_clim(7, 8)
    for key in ("]", "-", "0"):
        press(viewer.fig, key)
    assert [picture.im.get_clim() for picture in viewer.pictures] == [(0, 50), (7, 8)]


def test_zero_can_be_painted(array):
    heat = array - 75.0
    over = view(array).overlay(heat, hide_zero=False, cmap="jet").ax.images[1]
    assert over.get_array().count() == 30
    assert view(array, overlay=heat).ax.images[1].get_array().count() == 29


def test_a_key_for_a_function_of_ones_own(array):
    heard = []

    def note(viewer):
        heard.append(viewer.index)
        viewer.move(-2)

    viewer = view(array, keys={note: {"z", "k"}}, index=3)
    for key in ("z", "k", "j"):
        press(viewer.fig, key)
    assert heard == [3, 1]
    assert viewer.index == 0


def test_a_colour_map_for_each(array):
    viewer = view([array, array], cmap=["gray", "jet"], clim="slice")
    assert [picture.im.get_cmap().name for picture in viewer.pictures] == ["gray", "jet"]
    with pytest.raises(ValueError, match="2 volumes need as many colour maps, got 1"):
        view([array, array], cmap=["gray"])


def test_norms_of_all_kinds(array):
    norms = [LogNorm(), TwoSlopeNorm(50), CenteredNorm(60), SymLogNorm(3), PowerNorm(0.5)]
    for norm in norms:
        for clim in ("volume", "slice", ("1%", "99%")):
            viewer = view(array, norm=norm, clim=clim, index=2)
            for key in ("]", "-", "[", "+", "k", "0"):
                press(viewer.fig, key)
                viewer.fig.canvas.draw()
                assert np.all(np.isfinite(viewer.im.get_clim()))
    assert not norms[0].scaled()  # the caller's own norm stays as it was


def test_settings_as_arrays(array):
    viewer = view(array, clim=np.array([1, 99]), labels=np.array(["a", "b", "c", "d"]))
    assert viewer.im.get_clim() == (1, 99)
    assert viewer.ax.get_title() == "2 / 3, c"
    assert view(array > 5, clim=("1%", "99%")).im.get_clim() == (0, 1)
    assert view(array, clim=None).im.get_clim() == (0, 119)


def test_two_viewers_that_follow_each_other_come_to_rest(array):
    one, two = view(array), view(array)
    one.on_change(lambda viewer: setattr(two, "index", viewer.index))
    two.on_change(lambda viewer: setattr(one, "index", viewer.index))
    press(one.fig, "k")
    assert two.index == 3
    press(two.fig, "home")
    assert one.index == 0


def test_labels_beyond_what_float32_holds(array):
    labels = np.zeros(SHAPE, np.int64)
    labels[2, 0, 0], labels[2, 0, 1] = 614454277, 614454278
    viewer = view(array, overlay=labels, contours=labels)
    over = viewer.ax.images[1]
    viewer.fig.canvas.draw()
    tab10 = plt.get_cmap("tab10")
    for column, label in enumerate((614454277, 614454278)):
        assert np.allclose(colours(over)[0, column, :3], tab10((label - 1) % 10)[:3])
        assert np.allclose(viewer.ax.collections[column].get_edgecolor(), tab10((label - 1) % 10))


def test_marks_in_a_style_of_their_own(array):
    viewer = view(array).mark([[2, 1, 1]], color="lime").mark([[2, 3, 3]], c="blue", marker="o")
    found = [tuple(marks.get_facecolor()[0]) for marks in viewer.ax.collections]
    assert found == [to_rgba("lime"), to_rgba("blue")]
    assert viewer.points.tolist() == [[2, 1, 1], [2, 3, 3]]
    with pytest.raises((AttributeError, TypeError)):
        viewer.mark([[2, 0, 0]], nosuch=1)
    press(viewer.fig, "k")
    assert len(viewer.points) == 2
    hollow = view(array).mark([[2, 1, 1]], marker="o", facecolors="none", edgecolors="red")
    assert len(hollow.ax.collections[0].get_facecolor()) == 0


def test_the_same_slice_is_drawn_in_the_same_colours(array):
    viewer = view(array, draw=lambda ax, index: ax.plot([0, 1], [0, 1]))
    before = viewer.ax.lines[0].get_color()
    for key in ("k", "j"):
        press(viewer.fig, key)
    assert viewer.ax.lines[0].get_color() == before


def test_a_hook_is_for_the_axis_that_it_was_given_with(array):
    viewer = view(array, axis=2, draw=lambda ax, index: ax.text(0, 0, str(array[0, 0, index])))
    press(viewer.fig, "a")
    assert len(viewer.ax.texts) == 0
    viewer.axis = 2
    assert [text.get_text() for text in viewer.ax.texts] == ["3"]


def test_a_hook_may_set_the_title_and_add_axes(array):
    def draw(ax, index):
        ax.set_title(f"mine {index}")
        ax.twinx().plot([0, 1])

    viewer = view(array, draw=draw)
    for key in ("k", "j"):
        press(viewer.fig, key)
    assert viewer.ax.get_title() == "mine 2"
    assert len(viewer.fig.axes) == 2


def test_one_slice_has_no_outline(array, mask):
    viewer = view(array[3:], contours=mask[3:])
    press(viewer.fig, "a")
    assert len(viewer.ax.collections) == 0
    assert len(view([array, array], colorbar=True).fig.axes) == 4


def test_layers_on_one_panel(array, mask):
    viewer = view([array, array], index=3).overlay(mask, panel=1).contour(mask, panel=0)
    assert [len(ax.images) for ax in viewer.axes] == [1, 2]
    assert [len(ax.collections) for ax in viewer.axes] == [2, 0]


def test_a_drag_is_for_its_panel(array):
    viewer = view([array, array], clim=(0, 100))
    drag(viewer.fig, viewer.axes[1], (0.5, 0.5), (0.5, 0.6))
    assert viewer.pictures[0].im.get_clim() == (0, 100)
    assert viewer.pictures[1].im.get_clim() == pytest.approx((-10, 90), abs=0.5)


def test_panels_of_different_width(array):
    viewer = view([array, array[:, :, :3]])
    press(viewer.fig, "a")
    assert viewer.axis == 1
    press(viewer.fig, "a")
    assert viewer.axis == 0  # there are not as many slices along axis 2
    assert [ax.get_xlim()[1] for ax in viewer.axes] == [5.5, 2.5]


def test_axes_of_ones_own(array):
    fig, axes = plt.subplots(1, 2)
    viewer = view([array, array], ax=axes)
    assert viewer.axes == list(axes)
    assert view(array, ax=axes[0]).ax is axes[0]
    assert plt.get_fignums() == [fig.number]


# ---- more axes than three, and colours


def test_time_has_two_keys(array):
    film = np.stack([array, array + 200, array + 400])
    viewer = view(film, dims="tzyx", colorbar=True)
    assert viewer.im.get_clim() == (0, 519)
    assert viewer.ax.get_title() == "2 / 3, t 0 / 2"
    for key, t, z in [("t", 1, 2), ("k", 1, 3), ("t", 2, 3), ("t", 2, 3), ("T", 1, 3)]:
        press(viewer.fig, key)
        assert np.array_equal(shown(viewer), film[t, z])
        assert viewer.at == {"t": t}
    viewer.go(0, t=2)
    assert np.array_equal(shown(viewer), film[2, 0])
    with pytest.raises(IndexError, match="index 3 is out of range for axis t"):
        viewer.go(t=3)
    with pytest.raises(ValueError, match="no axis 'c' is held; there are"):
        viewer.go(c=1)
    press(viewer.fig, "a")
    assert np.array_equal(shown(viewer), film[2, :, 2])


def test_many_axes_in_any_order(array):
    many = np.arange(2 * 4 * 3 * 5 * 6).reshape(2, 4, 3, 5, 6)
    viewer = view(many, dims="tzcyx", index=1, keys={"next c": {"up"}, "previous c": "down"})
    for key in ("t", "up", "up", "down"):
        press(viewer.fig, key)
    assert np.array_equal(shown(viewer), many[1, 1, 1])
    press(viewer.fig, "c")
    assert viewer.at == {"t": 1, "c": 1}


@pytest.mark.parametrize(
    ("dims", "axis", "image"),
    [
        ("xyzt", None, lambda a: a[1, :, :, 0]),
        ("xyzt", "z", lambda a: a[:, :, 2, 0]),
        ("xyzt", -2, lambda a: a[:, :, 2, 0]),
        ("tzyx", "t", lambda a: a[1, 0]),
        ("tcyx", None, lambda a: a[1, 0]),
        ("czyx", None, lambda a: a[0, 1]),
    ],
)
def test_which_axes_are_shown(dims, axis, image):
    array = np.arange(3 * 3 * 4 * 5).reshape(3, 3, 4, 5)
    assert np.array_equal(shown(view(array, dims=dims, axis=axis)), image(array))


def test_time_wraps_if_slices_do(array):
    viewer = view(np.stack([array, array]), dims="tzyx", wrap=True)
    press(viewer.fig, "T")
    assert viewer.at == {"t": 1}


def test_overlays_with_and_without_time(array, mask):
    film = np.stack([array, array])
    masks = np.stack([mask, mask * 0 + 2])
    viewer = view(film, dims="tzyx", index=3, overlay=[mask, masks])
    press(viewer.fig, "t")
    fixed, moving = viewer.ax.images[1:]
    assert np.array_equal(fixed.get_array().filled(0), mask[3])
    assert np.all(moving.get_array() == 2)


def test_colours_when_said(array):
    colour = np.stack([array, array // 2, array * 0], axis=-1).astype(np.uint8)
    viewer = view(colour, rgb=True, axis=1, transpose=True)
    assert np.array_equal(shown(viewer), colour[:, 2].swapaxes(0, 1))
    press(viewer.fig, "k")
    press(viewer.fig, "a")
    assert np.array_equal(shown(viewer), colour[:, :, 3].swapaxes(0, 1))
    assert "value [" in viewer.ax.format_coord(1, 1)
    film = view(np.stack([colour, colour]), rgb=True, dims="tzyx")
    press(film.fig, "t")
    assert np.array_equal(shown(film), colour[2])
    with pytest.raises(ValueError, match="say rgb=True if the last axis holds colours"):
        view(colour)


# ---- pointer, saving


def test_the_status_line(array):
    affine = np.diag([2.0, 3, 4, 1])
    affine[:3, 3] = -1, -2, -3
    viewer = view(array, affine=affine, axis=1, transpose=True)
    said = viewer.ax.format_coord(3.2, 4.9)
    assert said == "voxel (3, 2, 5), (5.0, 4.0, 17.0) mm, value 107"
    assert array[3, 2, 5] == 107
    assert viewer.ax.format_coord(-3, 0) == ""
    assert viewer.im.mouseover is False
    viewer.close()
    assert viewer.ax.format_coord(3.2, 4.9) != said


def test_save_one_or_all(array, tmp_path):
    viewer = view(array, index=1)
    assert viewer.save(tmp_path / "one.png", dpi=10) == [tmp_path / "one.png"]
    files = viewer.save(tmp_path / "s{index:02}.png", dpi=10)
    assert [file.name for file in files] == ["s00.png", "s01.png", "s02.png", "s03.png"]
    assert all(file.stat().st_size > 0 for file in files)
    assert len({file.read_bytes() for file in files}) == 4
    assert viewer.index == 1
    (last,) = viewer.save(tmp_path / "one.pdf")
    assert last.read_bytes().startswith(b"%PDF")


# ---- what cannot be


@pytest.mark.parametrize(
    ("data", "options", "error", "words"),
    [
        (np.zeros((3, 4)), {}, ValueError, r"must be 3-D, got shape \(3, 4\); use np.stack"),
        (np.zeros((2, 3, 4, 5)), {}, ValueError, "name its axes, such as dims='tzyx'"),
        (np.zeros((2, 3, 4, 5)), {"dims": "zyx"}, ValueError, "dims 'zyx' cannot name the axes"),
        (np.zeros((2, 3, 4, 5)), {"dims": "ttyx"}, ValueError, "dims 'ttyx' cannot name the axes"),
        (7, {}, TypeError, "must be an array, got a int"),
        ([], {}, ValueError, "nothing to show"),
        (np.zeros(SHAPE), {"axis": 3}, IndexError, "axis 3 is out of range; use 0 to 2"),
        (np.zeros(SHAPE), {"axis": "q", "dims": "zyx"}, ValueError, "no axis 'q'"),
        (np.zeros(SHAPE), {"clim": "mean"}, ValueError, "clim must be 'volume', 'slice'"),
        (np.zeros(SHAPE), {"clim": (0, "x%")}, ValueError, "a number or a percentile"),
        (np.zeros(SHAPE), {"labels": "ab"}, ValueError, "labels must be 4, one each, got 2"),
        (np.zeros(SHAPE), {"titles": ["a", "b"]}, ValueError, "titles must be 1, one each, got 2"),
        (np.zeros(SHAPE), {"title": "{nmae}"}, ValueError, "is no format: KeyError.*index, number"),
        (np.zeros(SHAPE), {"spacing": (1, 0, 1)}, ValueError, "spacing must be three sizes"),
        (np.zeros(SHAPE), {"affine": np.eye(3)}, ValueError, "affine must be a 4 x 4 matrix"),
        (np.zeros(SHAPE), {"affine": np.ones((4, 4))}, ValueError, "with three directions"),
        (np.zeros(SHAPE), {"affine": np.full((4, 4), np.nan)}, ValueError, "got array.*nan"),
        (np.zeros(SHAPE), {"affine": np.eye(4) + np.eye(4, k=-3)}, ValueError, "0, 0, 0, 1 below"),
        (np.zeros(SHAPE), {"affine": "RAS"}, ValueError, "got 'RAS'; leave it out"),
        (np.zeros(SHAPE), {"affine": [[1], [1, 2]]}, ValueError, r"got \[\[1\], \[1, 2\]\]"),
        (
            np.zeros(SHAPE),
            {"affine": np.eye(4), "spacing": (1, 1, 3)},
            ValueError,
            r"already, spacing=\(1, 1, 3\) must be left out",
        ),
        (
            np.zeros(SHAPE),
            {"affine": np.eye(4), "offset": (1, 2, 3)},
            ValueError,
            r"already, offset=\(1, 2, 3\) must be left out",
        ),
        (np.zeros(SHAPE), {"offset": (np.nan, 0, 0)}, ValueError, "three places in mm, got"),
        (np.zeros(SHAPE), {"offset": "abc"}, ValueError, "three places in mm, got 'abc'"),
        (np.zeros(SHAPE), {"ax": ["a"]}, ValueError, "different axes of one figure"),
        (np.zeros(SHAPE), {"radiological": "no"}, TypeError, "True .left of the body.*got 'no'"),
        (np.zeros(SHAPE), {"points": [1, 2]}, ValueError, r"points must be \(N, 3\)"),
        (np.zeros(SHAPE), {"overlay": np.zeros((4, 5, 7))}, ValueError, "must have the same shape"),
        (np.zeros(SHAPE), {"overlya": 1}, TypeError, "'overlya'; did you mean 'overlay'"),
        (np.zeros(SHAPE), {"figsize": (2, 2)}, TypeError, "pass its axes with ax="),
        (np.zeros(SHAPE), {"title": ["a"]}, TypeError, "title must be a string or a function"),
        (np.zeros(SHAPE), {"index": "3"}, TypeError, "index must be a whole number, got '3'"),
        (np.zeros(SHAPE), {"step": 2.5}, TypeError, "step must be a whole number, got 2.5"),
        (np.zeros(SHAPE), {"ncols": 0}, ValueError, "ncols must be 1 or more, got 0"),
        (np.zeros(SHAPE), {"clim": 5}, ValueError, "got 5"),
        (np.zeros(SHAPE), {"offset": (1, 2)}, ValueError, "offset must be three places"),
        (np.zeros(SHAPE), {"title": "{mm:.1f}"}, ValueError, "is no format"),
        (np.zeros((3, 4, 5, 7)), {"rgb": True}, ValueError, "a last axis of 3 or 4"),
        (
            [np.zeros(SHAPE), np.zeros((3, 5, 6))],
            {},
            ValueError,
            r"as many slices each, got \[3, 4",
        ),
        (
            np.zeros((2, *SHAPE)),
            {"dims": "tzyx", "spacing": (0, 1, 1)},
            ValueError,
            "three sizes of 1e-12 to",
        ),
    ],
)
def test_what_cannot_be_shown(data, options, error, words):
    with pytest.raises(error, match=words) as caught:
        view(data, **options)
    assert "\n" not in str(caught.value)
    assert plt.get_fignums() == []


def test_axes_must_be_as_many_as_volumes(array):
    with pytest.raises(ValueError, match="2 volumes need as many axes, got 1"):
        view([array, array], ax=plt.figure().add_subplot())


def test_the_viewer_works_beside_other_figures(array, mask):
    """Each with another figure made in between, which nothing is written to."""
    viewer = view([array, array], overlay=mask, colorbar=True, points=[[3, 1, 1]], contours=mask)
    other = plt.figure().add_subplot(title="mine")
    before = len(other.get_children())
    for key in ("k", "a", "m", "]", "m", "home", "backspace"):
        press(viewer.fig, key)
    assert plt.gcf() is other.figure
    assert (other.get_title(), len(other.get_children())) == ("mine", before)


def test_close_gives_everything_back(array, mask):
    fig, ax = plt.subplots()
    before = {name: len(cids) for name, cids in fig.canvas.callbacks.callbacks.items() if cids}
    viewer = view(array, overlay=mask, points=[], ax=ax)
    viewer.close()
    after = {name: len(cids) for name, cids in fig.canvas.callbacks.callbacks.items() if cids}
    assert after == before
    slicekit.click(fig, 1, 1)
    assert len(viewer.points) == 0


def test_the_function_is_not_hidden_by_a_module():
    import importlib

    for module in ("compose", "panels", "viewer"):
        importlib.import_module(f"slicekit.{module}")
    assert callable(slicekit.view)


def test_percentiles_are_found_in_one_reading(array):
    lazy = OnePlaneAtATime(array)
    view(lazy, clim=("10%", "90%"))
    assert len(lazy.read) == 4  # no slice is read twice
    lazy.read.clear()
    view(lazy, clim=(1, 50))
    assert len(lazy.read) == 1


def test_what_the_status_line_said_before_is_given_back(array):
    ax = plt.figure().subplots()
    ax.format_coord = lambda x, y: "mine"
    viewer = view(array, ax=ax)
    assert ax.format_coord(1, 1).startswith("voxel")
    viewer.close()
    assert ax.format_coord(1, 1) == "mine"


def test_no_axes_at_all_are_a_new_figure(array):
    assert view(array, ax=[]).fig.number in plt.get_fignums()
    for planes in (False, True):
        plt.close("all")
        with pytest.raises(ValueError, match="same shape"):
            view(array, ax=[], planes=planes, overlay=np.zeros((2, 2, 2)))
        assert plt.get_fignums() == []


# ---- what fails


@pytest.mark.parametrize("planes", [True, False])
def test_a_point_outside_of_the_volume_is_refused(array, planes):
    viewer = view(array, planes=planes)
    before = viewer.voxel
    with pytest.raises(IndexError, match="index 99 is out of range for axis 0, "):
        viewer.pick(np.array([99, 99, 99]))
    assert viewer.points.shape == (0, 3)
    assert viewer.voxel == before


# ---- errors on axes of one's own


def of_ones_own():
    fig, axes = plt.subplots(1, 4, figsize=(8, 3))
    for ax in axes:
        ax.plot([1, 2], [3, 5], color="green")
        ax.set_title("mine", loc="left", color="red", size=7)
        ax.set_title("too", size=15)
        ax.text(1, 4, "here")
    axes[2].set(xlim=(0, 9), aspect=2, anchor="SW")
    return fig, axes[:3]


def half_drawn(ax, index):
    ax.plot([0, 3], [0, 3])
    ax.inset_axes([0.5, 0.5, 0.2, 0.2])
    raise RuntimeError("half")


WRONG = {
    "overlay": {"overlay": np.zeros((4, 5, 7))},
    "contours": {"overlay": np.ones(SHAPE), "contours": np.zeros((4, 5, 7))},
    "points": {"contours": np.eye(6)[None, :5].repeat(4, 0), "points": [1, 2]},
    "draw": {"points": [[2, 2, 3]], "draw": half_drawn},
    "title": {"title": "{nix}"},
    "cmap": {"cmap": ["gray", "gray", "nix"]},
    "index": {"index": 99},
}


def handled(fig):
    """Return which functions a figure calls, and at which events."""
    called = fig.canvas.callbacks.callbacks.items()
    return {(name, full_name(ref())) for name, refs in called for ref in refs.values()}


def drawn(fig):
    """Return the picture of a figure on which one thing more is drawn."""
    fig.axes[0].plot([7], [8], "o", color="black")
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())


@pytest.mark.parametrize("planes", [True, False])
@pytest.mark.parametrize("wrong", WRONG)
def test_after_an_error_axes_of_yours_are_as_they_were(array, wrong, planes):
    (fig, axes), (twin, _) = of_ones_own(), of_ones_own()
    volumes = [array] if planes else [array] * 3
    before, children = handled(fig), [ax.get_children() for ax in fig.axes]
    threads = {*threading.enumerate()}
    with pytest.raises((ValueError, KeyError, RuntimeError, IndexError)):
        view(volumes, ax=axes, planes=planes, colorbar=True, **WRONG[wrong])
    assert handled(fig) == before
    assert [ax.get_children() for ax in fig.axes] == children
    assert {*threading.enumerate()} <= threads  # those of other tests may have ended
    assert np.array_equal(drawn(fig), drawn(twin))
    press(fig, "k", axes[0])
    assert axes[0].get_xscale() == "log", "Matplotlib's key is Matplotlib's again"


@pytest.mark.parametrize("viewer", [slicekit.SliceViewer, slicekit.OrthoViewer])
@pytest.mark.parametrize("options", [{"cmap": "nix"}, {"zorder": "top"}, {"index": 99}])
def test_after_an_error_of_a_class_axes_are_as_they_were(array, viewer, options):
    (fig, axes), (twin, _) = of_ones_own(), of_ones_own()
    before = handled(fig)
    where = {"ax": axes[0]} if viewer is slicekit.SliceViewer else {"axes": axes}
    with pytest.raises((ValueError, KeyError, TypeError, IndexError)):
        viewer(array, **where, **options)
    assert handled(fig) == before
    assert np.array_equal(drawn(fig), drawn(twin))


def test_a_title_that_fails_leaves_no_wrong_one(array):
    def title(index):
        return f"slice {index}" if index != 3 else 1 / 0

    told = []
    viewer = slicekit.view([array, array], title=title, points=[(3, 1, 1)])
    viewer.on_change(lambda viewer: told.append(viewer.index))
    with pytest.raises(ZeroDivisionError):
        viewer.index = 3
    assert [ax.get_title() for ax in viewer.axes] == ["", ""]
    assert (viewer.index, told) == (3, [3])
    assert len(viewer.ax.collections) == 1
    viewer.index = 1
    assert [ax.get_title() for ax in viewer.axes] == ["slice 1", "slice 1"]


@pytest.mark.parametrize("planes", [False, True])
def test_whoever_is_tired_of_waiting_stays_where_they_were(planes):
    class Slow:
        array, shape, dtype = np.arange(3 * 4 * 5 * 6).reshape(3, 4, 5, 6), (3, 4, 5, 6), int
        fault = None

        def __getitem__(self, where):
            if self.fault:
                raise self.fault
            return self.array[where]

    source = Slow()
    viewer = slicekit.view([source, source.array], dims="tzyx", planes=planes)
    before = [(ax.get_title(), ax.images[0].get_array().tolist()) for ax in viewer.axes]
    voxel, source.fault = viewer.voxel, KeyboardInterrupt
    viewer.volume.array._kept.clear()
    with pytest.raises(KeyboardInterrupt):
        viewer.go(3, t=2)
    with pytest.raises(KeyboardInterrupt):
        viewer.voxel = 1, 1, 1
    assert (viewer.voxel, viewer.at) == (voxel, {"t": 0})
    after = [(ax.get_title(), ax.images[0].get_array().tolist()) for ax in viewer.axes]
    assert after == before
    source.fault = None
    viewer.go(3, t=2)
    assert viewer.ax.get_title().endswith("3 / 3, t 2 / 2")
    viewer.close()


def test_an_overlay_that_cannot_be_read_shows_nothing_of_the_last_slice(array, monkeypatch):
    viewer = slicekit.view(array, overlay=array)
    (overlay,) = viewer.layers
    monkeypatch.setattr(overlay, "volume", None)
    with pytest.raises(AttributeError):
        viewer.index = 3
    assert np.ma.getmaskarray(overlay.im.get_array()).all()
    monkeypatch.undo()
    viewer.index = 1
    assert np.array_equal(overlay.im.get_array(), array[1])


def test_viewers_of_one_file_read_ahead_each_for_itself(tmp_path, array):
    np.save(tmp_path / "scan.npy", array)
    one = slicekit.view(tmp_path / "scan.npy")
    other = slicekit.view(one.volume)
    other.close()
    assert one.volume.array._thread is not None
    assert one.volume.array.array is other.volume.array.array
    one.close()
