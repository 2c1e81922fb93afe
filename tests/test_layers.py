"""What lies over a slice, by itself."""

import warnings

import matplotlib.pyplot as plt
import nibabel as nib
import numpy as np
import pytest
from cycler import cycler
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.markers import MarkerStyle

from slicekit import SliceViewer, Volume, layers, link, view
from slicekit.layers import Redrawn, along, as_points, beside, laid_over, most_apart
from slicekit.overlays import LABEL_COLOURS
from slicekit.picture import Picture
from slicekit.plane import Plane
from slicekit.series import Series
from slicekit.sources import Source


def test_each_panel_counts_its_own_overlays(array):
    viewer = view([array, array], points=[[2, 1, 1]])
    mask = array > 60
    for panel in (0, 1, 0):
        viewer.overlay(mask, panel=panel)
    first, second, third = (layer.im for layer in viewer.layers if hasattr(layer, "im"))
    assert first.get_cmap() == second.get_cmap() != third.get_cmap()
    alone = view(array, overlay=mask).layers[0].im
    assert first.get_cmap() == alone.get_cmap()


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


# ---- voxel on voxel


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        (np.eye(4), 0),
        (np.diag([1.1, 1, 1, 1]), 0.1 * 10),
        (np.diag([1, 1.2, 1.1, 1]), np.hypot(0.2 * 20, 0.1 * 30)),  # at the last voxel
        (np.array([[1, 0, 0, 3], [0, 1, 0, 4], [0, 0, 1, 0], [0, 0, 0, 1]]), 5),
        (np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [7, 7, 7, 7]]), 0),  # says no mm
    ],
)
def test_how_far_apart_a_voxel_lies_at_most(other, apart):
    assert most_apart(np.eye(4), other, (11, 21, 31)) == pytest.approx(apart)
    assert most_apart(other, np.eye(4), (11, 21, 31)) == pytest.approx(apart)


def test_what_does_not_know_where_it_lies_is_not_apart():
    for a, b in ((None, np.eye(4)), (np.diag([9, 9, 9, 1]), None), (None, None)):
        assert most_apart(a, b, (4, 5, 6)) == 0


@pytest.mark.parametrize(("mm", "told"), [(0.9, None), (1, None), (1.1, "1.1"), (2.3456, "2.35")])
def test_a_mask_is_said_to_lie_elsewhere_by_more_than_a_tenth_of_a_voxel(array, mm, told):
    there, elsewhere = np.diag([10, 20, 30, 1.0]), np.diag([10, 20, 30, 1.0])
    elsewhere[0, 3] = mm
    viewer = view(array, affine=there)
    mask = nib.Nifti1Image((array > 60).astype(np.uint8), elsewhere)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        viewer.overlay(mask)
        viewer.contour(mask)
    words = (
        "it is laid voxel on voxel, but its affine and the volume's put the same voxel up to "
        f"{told} mm apart; resample it first, such as with "
        "nibabel.processing.resample_from_to(mask, volume, order=0)"
    )
    assert [str(each.message) for each in warned] == ([words] * 2 if told else [])
    assert {each.filename for each in warned} <= {__file__}  # and not where nobody can mend it


def test_what_lies_over_a_volume_has_its_shape(array):
    with pytest.raises(ValueError, match="shape") as fault:
        view(array).overlay(array[:3])
    assert str(fault.value) == (
        "what lies over a volume of shape (4, 5, 6) must have the same shape, got (3, 5, 6); "
        "resample one of them"
    )


def test_over_a_series_lies_another_or_one_volume_for_all(array):
    series = np.stack([array, array + 1])
    at = {"t": 0}
    facts = {"shown": (1, 2, 3), "held": {"t": 0}, "spacing": (1, 1, 1), "affine": None, "name": ""}
    under = Series(series, ("t", "z", "y", "x"), at=at, **facts)
    moving, still = beside(under, Source(series * 2)), beside(under, Source(array * 2))
    for at["t"] in (0, 1):
        assert np.array_equal(moving.plane(3), series[at["t"], 3] * 2)
        assert np.array_equal(still.plane(3), array[3] * 2)


def test_pictures_of_one_volume_have_one_volume_over_them(array):
    one, two = view(array, planes=True).pictures[:2], view(array).pictures
    over = laid_over([*one, *two], Source(array > 60))
    assert [picture for picture, _ in over] == [*one, *two]
    assert over[0][1] is over[1][1] is not over[2][1]
    assert np.array_equal(over[0][1].array, array > 60)


# ---- drawn anew for every slice


def test_what_a_function_draws_is_there_for_one_slice(array):
    viewer = view(array, index=1)

    def draw(ax, index):
        ax.plot([index])
        ax.text(0, 0, f"{index}")
        ax.figure.add_axes([0, 0, 0.1, 0.1])

    before = viewer.ax.get_children(), viewer.fig.axes
    viewer.draw(draw)
    viewer.index = 2
    assert [line.get_ydata().tolist() for line in viewer.ax.lines] == [[2]]
    assert [text.get_text() for text in viewer.ax.texts] == ["2"]
    assert len(viewer.fig.axes) == len(before[1]) + 1
    assert len(viewer.ax.get_children()) == len(before[0]) + 2
    assert len(viewer.layers[0].artists) == 3


def test_lines_have_the_same_colours_for_every_slice(array):
    plt.rcParams["axes.prop_cycle"] = cycler(color=["lime", "cyan"])
    viewer = view(array).draw(lambda ax, index: [ax.plot([0]), ax.plot([1])])
    for viewer.index in range(4):
        assert [line.get_color() for line in viewer.ax.lines] == ["lime", "cyan"]


def test_an_image_of_a_functions_own_leaves_the_aspect(array):
    viewer = view(array, spacing=(1, 3, 1))
    aspect = viewer.ax.get_aspect()
    viewer.draw(lambda ax, index: ax.imshow([[index]], aspect=7))
    assert viewer.ax.get_aspect() == aspect == 3
    viewer.index = 0
    assert viewer.ax.get_aspect() == 3


def test_half_of_a_drawing_does_not_stay(array):
    viewer = view(array, index=1)
    fails = []

    def draw(ax, index):
        ax.plot([index])
        if fails:
            raise KeyboardInterrupt

    viewer.draw(draw)
    (layer,) = viewer.layers
    plane = viewer.pictures[0].plane
    fails.append(True)
    with pytest.raises(KeyboardInterrupt):
        layer.show(plane)
    assert len(viewer.ax.lines) == len(layer.artists) == 0
    assert viewer.im in viewer.ax.get_children()
    fails.clear()
    layer.show(plane)
    assert len(viewer.ax.lines) == len(layer.artists) == 1


def test_what_somebody_took_away_himself_is_gone(array):
    viewer = view(array).draw(lambda ax, index: [ax.plot([index]), ax.plot([index])])
    viewer.ax.lines[0].remove()
    viewer.index = 0
    assert len(viewer.ax.lines) == 2


def drawn(layer):
    """Return what lines of one number tell, and whether they are seen."""
    return [(line.get_ydata().item(), line.get_visible()) for line in layer.ax.lines]


def test_what_is_hidden_stays_hidden_on_other_slices_and_on_other_pictures(array):
    one, two, three = (
        Picture(ax, Volume(array), Plane(0, 1)) for ax in plt.figure().subplots(1, 3)
    )
    layer = Redrawn(one, lambda picture, plane: picture.ax.plot([plane.index]))
    layer.show(Plane(0, 1))
    assert layer.visible is True
    assert drawn(layer) == [(1, True)]
    layer.visible = False
    assert drawn(layer) == [(1, False)]
    layer.show(Plane(0, 2))
    assert layer.visible is False
    assert drawn(layer) == [(2, False)]
    other = layer.on(two, Plane(0, 3))
    assert (other.picture, other.visible, drawn(other)) == (two, False, [(3, False)])
    layer.visible = True
    other = layer.on(three, Plane(0, 3))
    assert (drawn(layer), drawn(other)) == ([(2, True)], [(3, True)])


def test_nothing_is_drawn_on_axes_that_are_gone(array):
    drawn = []
    viewer = view(array).draw(lambda ax, index: drawn.append(index))
    viewer.im.remove()
    viewer.layers[0].show(Plane(0, 3))
    assert drawn == [2]


def test_what_cannot_be_called_draws_nothing():
    with pytest.raises(TypeError) as fault:
        along(0, "plot")
    assert str(fault.value) == "draw takes a function draw(ax, index), got 'plot'"


# ---- outlines


def outlined(array, data, index=1, **options):
    """Return the outlines of data over a slice: colours, widths and corners of each."""
    viewer = view(array, index=index)
    viewer.contour(data, **options)
    return [
        (
            tuple(outline.get_edgecolor()[0]),
            outline.get_linewidth()[0],
            np.concatenate([path.vertices for path in outline.get_paths()]).tolist(),
        )
        for outline in viewer.ax.collections
    ]


def test_each_label_has_an_outline_in_its_colour_and_every_eleventh_the_same(array):
    labels = np.zeros(array.shape, int)
    labels[1, 1, 1:4] = 1, 2, 11
    found = outlined(array, labels)
    colours = [LABEL_COLOURS[number] for number in (0, 1, 0)]
    assert [colour for colour, *_ in found] == colours
    assert [width for _, width, _ in found] == [1.5] * 3
    for (_, _, corners), column in zip(found, (1, 2, 3), strict=True):
        assert np.min(corners, axis=0).tolist() == [column - 0.5, 0.5]
        assert np.max(corners, axis=0).tolist() == [column + 0.5, 1.5]


def test_what_touches_only_at_a_corner_is_outlined_by_itself(array):
    labels = np.zeros(array.shape, int)
    labels[1, 1, 1] = labels[1, 2, 2] = 5
    picture = Picture(plt.figure().add_subplot(), Volume(array), Plane(0, 1))
    layers.outlines(picture, Volume(labels), None, None).show(Plane(0, 1))
    ((path,),) = [outline.get_paths() for outline in picture.ax.collections]
    boxes = [
        (np.min(part, axis=0).tolist(), np.max(part, axis=0).tolist())
        for part in path.to_polygons()
    ]
    assert sorted(boxes) == [([0.5, 0.5], [1.5, 1.5]), ([1.5, 1.5], [2.5, 2.5])]


def test_a_masked_label_has_no_outline(array):
    labels = np.zeros(array.shape, int)
    labels[1, 1, 1:3] = 1, 2
    found = outlined(array, np.ma.masked_equal(labels, 2))
    assert [colour for colour, *_ in found] == LABEL_COLOURS[:1]


def test_a_map_has_one_outline_in_the_first_colour_at_a_half_or_at_its_levels(array):
    heat = np.zeros(array.shape)
    heat[1, 1:4, 1:5] = 1
    half, levels = outlined(array, heat), outlined(array, heat, levels=[0.25, 0.5, 7])
    for colour, width, _ in half + levels:
        assert (colour, width) == (LABEL_COLOURS[0], 1.5)
    assert np.min(half[0][2], axis=0).tolist() == [0.5, 0.5]
    assert np.min(levels[0][2], axis=0).tolist() == [0.25, 0.25]


def test_labels_with_levels_are_a_map(array):
    labels = np.zeros(array.shape, int)
    labels[1, 1:4, 1:5] = 4
    ((colour, _, corners),) = outlined(array, labels, levels=[1])
    assert colour == LABEL_COLOURS[0]
    assert np.min(corners, axis=0).tolist() == [0.25, 0.25]


@pytest.mark.parametrize("levels", [[1], [2], [0], [3], [np.inf, 0]])
def test_a_level_that_a_slice_only_just_touches_has_no_outline(array, levels):
    heat = np.full(array.shape, 1.0)
    heat[1, 1:4, 1:5] = 2
    heat[1, 0, 0] = np.nan
    assert outlined(array, heat, levels=levels) == []


def test_a_slice_of_one_row_has_no_outline_and_one_of_two_has():
    for rows, count in ((1, 0), (2, 1)):
        mask = np.zeros((3, rows, 6), bool)
        mask[:, 0, 2:4] = True
        assert len(outlined(mask * 1.0, mask)) == count


def test_outlines_have_the_colour_and_width_asked_for(array):
    ((colour, width, _),) = outlined(array, array == 40, color="lime", linewidths=3)
    assert (colour, width) == ((0, 1, 0, 1), 3)


def test_outlines_lie_where_the_picture_lies(array):
    labels = np.zeros(array.shape, int)
    labels[2, 1:3, 1:3] = 1
    viewer = view(array, origin="lower", extent=(0, 60, 0, 50)).contour(labels)
    (outline,) = viewer.ax.collections
    corners = np.concatenate([path.vertices for path in outline.get_paths()])
    assert corners.min(axis=0).tolist() == [10, 10]
    assert corners.max(axis=0).tolist() == [30, 30]


def test_levels_that_are_no_numbers_are_told(array):
    for levels in ("high", [], ["a"]):
        with pytest.raises(ValueError, match="levels") as fault:
            view(array).contour(array * 1.0, levels)
        assert str(fault.value) == (
            f"levels must be numbers, got {levels!r}; leave them out for 0.5"
        )


def test_a_colour_that_is_none_is_told_by_the_keyword_that_was_given(array):
    viewer = view(array)
    before = viewer.ax.get_children()
    with pytest.raises(ValueError, match=r"^Matplotlib cannot use color='no colour', alpha=0.5: "):
        viewer.contour(array > 60, color="no colour", alpha=0.5)
    assert viewer.ax.get_children() == before


def test_an_outline_is_tried_with_a_line_to_draw(array, monkeypatch):
    tried = []
    monkeypatch.setattr(layers, "try_out", lambda ax, make: tried.append(make()))
    picture = Picture(plt.figure().add_subplot(), Volume(array), Plane(0, 1))
    layers.outlines(picture, Volume(array > 60), None, None)
    ((path, *_),) = [outline.get_paths() for outline in tried]
    assert len(path.vertices) > 1


@pytest.mark.parametrize(("name", "wrong"), [("zorder", "x"), ("path_effects", "x")])
def test_what_is_tried_is_gone_again_and_so_is_what_cannot_be_drawn(name, wrong):
    ax = plt.figure().add_subplot()
    room = ax.dataLim.get_points().tolist()
    layers.try_out(ax, lambda: ax.plot([1])[0])
    assert not ax.lines
    with pytest.raises((TypeError, AttributeError)):
        layers.try_out(ax, lambda: ax.plot([1], **{name: wrong})[0])
    assert not ax.lines
    assert ax.dataLim.get_points().tolist() == room


def test_what_is_tried_leaves_no_room_behind(array):
    viewer = view(array, extent=(100, 200, 300, 400))
    viewer.mark([]).contour(array < 0)
    viewer.ax.autoscale(True)
    viewer.ax.autoscale_view()
    assert (viewer.ax.get_xlim(), viewer.ax.get_ylim()) == ((100, 200), (300, 400))


# ---- points


def test_no_points_are_an_empty_list_of_three_numbers_each():
    for nothing in ([], (), np.empty((0, 7)), [[]]):
        assert as_points(nothing).shape == (0, 3)
        assert as_points(nothing).dtype.kind == "i"


@pytest.mark.parametrize(
    "points", [[[1, 2, 3]], [[1.5, 2, 3], [0, 0, 0]], np.ones((1, 3), np.uint8)]
)
def test_points_are_three_numbers_each(points):
    assert as_points(points).tolist() == np.asarray(points).tolist()


@pytest.mark.parametrize(
    ("points", "what"),
    [
        ([1, 2, 3], "int64 (3,)"),
        ([[1, 2]], "int64 (1, 2)"),
        ([[[1, 2, 3]]], "int64 (1, 1, 3)"),
        ([[1, 2, 3], [1, 2]], "object (2,)"),
        ([[True, True, False]], "bool (1, 3)"),
        ([["a", "b", "c"]], "<U1 (1, 3)"),
    ],
)
def test_what_are_no_points_is_told(points, what):
    with pytest.raises(ValueError, match="points") as fault:
        as_points(points)
    assert str(fault.value) == (
        f"points must be (N, 3) voxel indices, got {what}; one row for each point"
    )


def marks(viewer):
    """Return the places of the marks on show, if there are any."""
    return [place for group in viewer.ax.collections for place in group.get_offsets().tolist()]


def test_a_point_between_slices_is_marked_on_the_nearest_the_upper_if_half_way(array):
    viewer = view(array, index=0).mark([[0.4, 1, 2], [0.5, 1, 3], [1.4, 1, 4], [1.5, 1, 5]])
    assert marks(viewer) == [[2, 1]]
    viewer.index = 1
    assert marks(viewer) == [[3, 1], [4, 1]]
    viewer.index = 3
    assert viewer.ax.collections[:] == []


def test_marks_are_red_crosses_of_one_size(array):
    (mark,) = view(array, index=0).mark([[0, 1, 2]]).ax.collections
    plus = MarkerStyle("+")
    (path,) = mark.get_paths()
    assert (
        path.vertices.tolist()
        == plus.get_path().transformed(plus.get_transform()).vertices.tolist()
    )
    assert mark.get_sizes().tolist() == [80]
    assert mark.get_edgecolor().tolist() == [[1, 0, 0, 1]]


@pytest.mark.parametrize(
    "keyword", ["c", "color", "facecolors", "edgecolors", "facecolor", "edgecolor"]
)
def test_no_mark_is_red_where_a_colour_is_given(array, keyword):
    given = ["lime"] if keyword == "c" else "lime"
    (mark,) = view(array, index=0).mark([[0, 1, 2]], marker="o", **{keyword: given}).ax.collections
    colours = [*mark.get_edgecolor().tolist(), *mark.get_facecolor().tolist()]
    assert [0, 1, 0, 1] in colours
    assert [1, 0, 0, 1] not in colours


def test_a_size_below_zero_is_told(array):
    viewer = view(array)
    before = viewer.ax.get_children()
    told = pytest.raises(ValueError, match=r"^Matplotlib cannot use marker='\+', s=-4, ")
    with told, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # many a program does
        viewer.mark([[0, 1, 2]], s=-4)
    assert viewer.ax.get_children() == before
