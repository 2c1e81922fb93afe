"""What `view` returns, by itself: each of its keys, what it holds, and layers on its panels."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.colors import Normalize

from slicekit import SliceViewer, View, Volume, ortho, panels, press, view
from slicekit.layers import LABEL_COLOURS
from slicekit.orientation import Look
from slicekit.sources import as_volume
from slicekit.titles import Titles

LABELS = np.arange(120).reshape(4, 5, 6) % 4


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch):
    """Agg draws whenever it is asked to draw when idle, and nobody looks."""
    monkeypatch.setattr(FigureCanvasBase, "draw_idle", lambda self: None)


def of_volume(array, **options):
    """Return a viewer that was not made by `view`."""
    return View([Volume(array)], [plt.figure().subplots()], {}, [{}], Titles(), **options)


# ---- keys


KEYS = {
    "a": {"axis": 1, "crosses": 0},
    "m": {"shown": False},
    "]": {"limits": (40, 140)},
    "[": {"limits": (60, 160)},
    "-": {"limits": (37.5, 162.5)},
    "+": {"limits": (60, 140)},
    "=": {"limits": (60, 140)},
    "0": {"limits": (0, 100)},
    "backspace": {"points": 1, "crosses": 0},
}


def state(viewer):
    return {
        "axis": viewer.axis,
        "index": viewer.index,
        "shown": viewer.layers[0].visible,
        "limits": viewer.im.get_clim(),
        "points": len(viewer.points),
        "crosses": len(viewer.ax.collections),
    }


def test_each_key_does_one_thing(array):
    for key, change in KEYS.items():
        viewer = view(array, overlay=LABELS, clim=(0, 100), points=[[0, 1, 1], [2, 1, 2]])
        viewer.adjust(brighter=-0.5)
        before = state(viewer)
        press(viewer.fig, key)
        expected = {**before, **{name: pytest.approx(value) for name, value in change.items()}}
        assert state(viewer) == expected, key


def test_each_key_of_the_table_is_tried_above():
    more = View.KEYS.keys() - SliceViewer.KEYS.keys()
    assert {key for action in more for key in View.KEYS[action]} == KEYS.keys()


def test_two_keys_go_along_time_one_moment_each(array):
    viewer = view(np.stack([array] * 5), dims="tzyx")
    found = []
    for key in "tttT":
        press(viewer.fig, key)
        found.append(viewer.at["t"])
    assert found == [1, 2, 3, 2]
    assert viewer.KEYS["next t"] == {"t"}
    assert "next t" not in View.KEYS


@pytest.mark.parametrize(
    ("shapes", "axes"),
    [
        ([(4, 5, 6)], [1, 2, 0]),
        ([(4, 5, 6), (4, 5, 7)], [1, 0, 1]),
        ([(4, 5, 6), (4, 4, 6)], [2, 0, 2]),
        ([(4, 5, 6), (4, 6, 5)], [0, 0, 0]),
    ],
)
def test_axes_along_which_panels_differ_are_left_out(shapes, axes):
    viewer = view([np.zeros(shape) for shape in shapes])
    found = []
    for _ in axes:
        viewer.cycle_axis()
        found.append(viewer.axis)
    assert found == axes


def test_an_action_may_also_be_called(array):
    viewer = view(array)
    for action, index in (("next", 3), (lambda viewer: viewer.move(-2), 1), ("last", 3)):
        viewer.act(action)
        assert viewer.index == index
        assert viewer.is_answering is False
    viewer.act("axis")
    assert viewer.axis == 1


@pytest.mark.parametrize("action", [[], {}, 5, None, "up"])
def test_what_is_no_action_is_told_what_there_is(array, action):
    with pytest.raises(ValueError, match=r"^no action .*; there are \['next', ") as caught:
        view(array).act(action)
    assert str(action) in str(caught.value)


# ---- what it holds


def test_a_viewer_of_ones_own_shows_slices_along_the_first_axis(array):
    viewer = of_volume(array)
    assert (viewer.axis, viewer.look, viewer.is_answering) == (0, None, False)
    assert np.array_equal(viewer.im.get_array(), array[2])
    assert viewer.heading() == "2 / 3"
    assert of_volume(array, transpose=True).im.get_array().shape == (6, 5)


def test_axes_that_cannot_be():
    with pytest.raises(ValueError, match="different axes of one figure"):
        View([Volume(LABELS)], [None], {}, [{}], Titles())


def test_what_slices_are_read_of(array):
    viewer = view([array, -array], overlay=LABELS)
    assert [source.shape for source in viewer.sources] == [(4, 5, 6)] * 3
    assert viewer.sources[:2] == [picture.volume for picture in viewer.pictures]


def test_nothing_that_was_put_off_comes_after_the_end(array, monkeypatch):
    viewer, stopped = view(array), []
    monkeypatch.setattr(viewer.later, "stop", lambda: stopped.append(1))
    viewer.close()
    assert stopped == [1]


def test_slices_turned_by_anatomy_are_not_turned_once_more(array):
    with pytest.raises(ValueError, match=r"^transpose=True turns slices .* anatomy; leave it out$"):
        view(array, affine=np.eye(4), radiological=True, transpose=True)
    for options in ({}, {"radiological": True}):  # nobody knows where these axes run
        assert view(array, transpose=True, **options).im.get_array().shape == (6, 5)
    assert view(array, affine=np.eye(4), radiological=True, transpose=False).look


def test_who_is_where_it_goes_tells_nobody(array):
    viewer, heard = view(array, affine=np.diag([2, 3, 4, 1])), []
    viewer.on_change(lambda viewer: heard.append(viewer.voxel))
    viewer.voxel = 2, 2, 3
    viewer.position = 4, 6, 12
    assert heard == []
    viewer.position = 2, 12, 0
    assert heard == [viewer.voxel] == [(1, 4, 0)]
    assert np.array_equal(viewer.im.get_array(), array[1])
    assert viewer.position.tolist() == [2, 12, 0]


def test_titles_of_panels_and_moments(array):
    film = np.stack([array] * 5)
    viewer = view([film, film], dims="tzyx", titles=["one", "other"], affine=np.eye(4))
    viewer.go(t=3)
    headings = [viewer.heading(panel) for panel in (0, 1)]
    assert headings == ["one, 2 / 3, 2 mm, t 3 / 4", "other, 2 / 3, 2 mm, t 3 / 4"]
    assert viewer.heading() == headings[0]
    assert view(array, affine=np.eye(4), radiological=True).heading() == "sagittal 2 / 3, 2 mm"


def test_what_cannot_be_read_is_not_gone_to(array, monkeypatch):
    viewer = view(np.stack([array] * 5), dims="tzyx")
    viewer.go(3, t=1)
    with monkeypatch.context() as patch:
        patch.setattr(type(viewer.plane), "of", None)
        for go in (lambda: viewer.go(0, t=2), lambda: setattr(viewer, "voxel", (1, 1, 1))):
            with pytest.raises(TypeError):
                go()
    assert (viewer.voxel, viewer.at) == ((3, 2, 3), {"t": 1})


# ---- points


def test_clicks_go_to_the_points_that_were_marked_last(array):
    viewer = view(array).mark([[2, 0, 0]]).mark([[2, 1, 1]])
    viewer.pick(np.array([2, 2, 2]))
    assert viewer.points.tolist() == [[2, 0, 0], [2, 1, 1], [2, 2, 2]]
    first, last = viewer.ax.collections
    assert [len(first.get_offsets()), len(last.get_offsets())] == [1, 2]
    viewer.undo_point()
    assert viewer.points.tolist() == [[2, 0, 0], [2, 1, 1]]
    assert len(viewer.ax.collections[-1].get_offsets()) == 1


# ---- layers on panels


def overlays(viewer, panel=0):
    return viewer.pictures[panel].ax.images[1:]


def test_layers_lie_on_all_panels_or_on_one(array):
    for panel, expected in ((None, [1, 1]), (0, [1, 0]), (1, [0, 1])):
        for add in ("overlay", "contour"):
            viewer = view([array, array])
            assert getattr(viewer, add)(LABELS > 2, panel=panel) is viewer
            assert [len(overlays(viewer, n)) + len(viewer.axes[n].collections) for n in (0, 1)] == (
                expected
            )
        viewer = view([array, array])
        assert viewer.draw(lambda ax, index: ax.text(0, 0, f"{index}"), panel=panel) is viewer
        assert [len(ax.texts) for ax in viewer.axes] == expected
    both = view([array, array]).overlay(LABELS).contour(LABELS).draw(lambda ax, i: ax.plot([i]))
    assert {len(ax.images) for ax in both.axes} == {2}
    assert {len(ax.lines) for ax in both.axes} == {1}
    assert {len(ax.collections) for ax in both.axes} == {3}


@pytest.mark.parametrize("panel", [2, -1, 1.5])
def test_a_panel_that_is_not_there(array, panel):
    with pytest.raises(ValueError, match=rf"^there is no panel {panel}; use 0 to 1$"):
        view([array, array]).overlay(LABELS, panel=panel)


def test_each_mask_of_a_panel_has_the_next_colour(array):
    viewer = view([array, array], contours=LABELS > 1)
    for panel in (0, 1, 1):
        viewer.overlay(LABELS > 0, panel=panel)
    found = [[im.get_cmap().colors[0] for im in overlays(viewer, n)] for n in (0, 1)]
    assert found == [LABEL_COLOURS[:1], LABEL_COLOURS[:2]]


def test_whole_numbers_are_labels_unless_told_to_be_a_map(array):
    viewer = view(array).overlay(LABELS).overlay(LABELS, color="red")
    viewer.overlay(LABELS, cmap="jet").overlay(LABELS, norm=Normalize(0, 3))
    labels, red, *maps = [image.get_cmap() for image in overlays(viewer)]
    assert (labels.colors, red.colors) == (LABEL_COLOURS, [(1, 0, 0, 1)])
    assert [cmap.name for cmap in maps] == ["jet", plt.rcParams["image.cmap"]]
    assert [image.get_clim() for image in overlays(viewer)[2:]] == [(0, 3)] * 2


def test_panels_have_maps_with_the_same_limits(array):
    viewer = view([array, array]).overlay(array / 2, vmin=2, vmax=9).overlay(array / 2)
    first, second = ([image.get_clim() for image in overlays(viewer, panel)] for panel in (0, 1))
    assert first == second == [(2, 9), (0, 59.5)]


def test_zero_is_seen_through_unless_asked_for(array):
    for options, seen in (({}, 90), ({"hide_zero": False}, 120)):
        viewer = view(LABELS * 1.0).overlay(LABELS * 1.0, **options)
        count = 0
        for viewer.index in range(4):
            count += overlays(viewer)[0].get_array().count()
        assert count == seen


def test_levels_of_outlines(array):
    for options, levels in (({}, [0.5]), ({"levels": [3, 7.5]}, [3, 7.5])):
        (outline,) = view(array).contour(array - 70.0, **options).ax.collections
        assert outline.levels.tolist() == levels


def test_hidden_is_what_lies_over_the_pictures_and_nothing_else(array, monkeypatch):
    class Own:
        def show(self, plane):
            pass

    viewer, asked = view(array, overlay=LABELS, contours=LABELS).add(Own()), []
    monkeypatch.setattr(viewer.fig.canvas, "draw_idle", lambda: asked.append(1))
    for expected in ([False, False], [True, True]):
        viewer.toggle()
        assert [layer.visible for layer in viewer.layers[:2]] == expected
    assert len(asked) == 2
    viewer.layers[0].visible = False
    viewer.toggle()
    assert [layer.visible for layer in viewer.layers[:2]] == [False, False]
    assert viewer.im.get_visible()


def test_what_is_drawn_for_slices_along_one_axis_is_not_drawn_along_another(array):
    drawn = []
    viewer = view(array, axis=1).draw(lambda ax, index: drawn.append(index))
    viewer.axis = 0
    viewer.index = 0
    viewer.axis = 1
    assert drawn == [2, 2]


# ---- all together


def test_a_walk_through_two_films(array):
    at, drawn = {}, []
    films = [as_volume(np.stack([data] * 5), at, dims="tzyx")[0] for data in (array, -array)]
    axes, titles = plt.figure().subplots(1, 2), Titles(titles=["one", "other"])
    viewer = View(films, axes, at, [{}, {"vmin": -50}], titles)
    assert (viewer.axis, viewer.voxel, viewer.at, viewer.position) == (0, (2, 2, 3), {"t": 0}, None)
    assert (viewer.fig, viewer.ax, viewer.axes) == (plt.gcf(), axes[0], [*axes])
    assert (viewer.layers, viewer.points.tolist(), viewer.limits_before) == ([], [], [])
    assert [picture.im.get_clim() for picture in viewer.pictures] == [(0, 119), (-50, 0)]
    for act, axis, voxel, moment in (
        ("next t", 0, (2, 2, 3), 1),
        ("next t", 0, (2, 2, 3), 2),
        ("previous t", 0, (2, 2, 3), 1),
        ("next", 0, (3, 2, 3), 1),
        ("axis", 1, (3, 2, 3), 1),
        ("first", 1, (3, 0, 3), 1),
        ("axis", 2, (3, 0, 3), 1),
        ("axis", 0, (3, 0, 3), 1),
        (lambda viewer: setattr(viewer, "voxel", (1, 4, 5)), 0, (1, 4, 5), 1),
    ):
        viewer.act(act)
        assert (viewer.axis, viewer.voxel, viewer.at) == (axis, voxel, {"t": moment})
        where = f"{voxel[axis]} / {array.shape[axis] - 1}, t {moment} / 4"
        assert [viewer.heading(n) for n in (0, 1)] == [f"one, {where}", f"other, {where}"]
        for picture, data in zip(viewer.pictures, (array, -array), strict=True):
            assert np.array_equal(picture.im.get_array(), data.take(voxel[axis], axis))
            assert picture.title.get_text().endswith(where)
    films = [as_volume(np.stack([LABELS] * 5), at, dims="tzyx")[0].array]
    viewer.overlay(films[0]).contour(films[0], panel=1).mark([[1, 2, 3]])
    viewer.draw(lambda ax, index: drawn.append((ax, index)), panel=0)
    assert [len(overlays(viewer, n)) for n in (0, 1)] == [1, 1]
    assert [len(ax.collections) for ax in axes] == [1, 4]
    viewer.pick(np.array([1, 0, 0]))
    assert viewer.points.tolist() == [[1, 2, 3], [1, 0, 0]]
    viewer.act("undo")
    assert viewer.points.tolist() == [[1, 2, 3]]
    assert drawn == [(axes[0], 1)] * 3
    for seen in (False, True):
        viewer.act("hide")
        assert {im.get_visible() for n in (0, 1) for im in overlays(viewer, n)} == {seen}
    for action, limits in (
        ("brighter", (-11.9, 107.1)),
        ("darker", (0, 119)),
        ("wider", (-14.875, 133.875)),
        ("narrower", (0, 119)),
        ("narrower", (11.9, 107.1)),
        ("reset", (0, 119)),
    ):
        viewer.act(action)
        assert viewer.im.get_clim() == pytest.approx(limits)
    assert viewer.is_answering is False
    with pytest.raises(ValueError, match=r"^no action 'nxet'; there are "):
        viewer.act("nxet")


@pytest.mark.parametrize(
    ("look", "transpose", "shape"),
    [
        *[(None, False, (5, 6)), (None, True, (6, 5)), (Look(), True, (6, 5))],
        (Look("SAR"), False, (5, 6)),
    ],
    ids=str,
)
def test_slices_turned_by_anatomy_or_by_hand(array, look, transpose, shape):
    viewer = of_volume(array, look=look, transpose=transpose)
    assert viewer.im.get_array().shape == shape
    assert len(viewer.layers) == (look is not None)  # letters at the edges
    assert viewer.plane == viewer.pictures[0].plane


def test_a_title_that_fails_does_so_before_anything_is_connected(array):
    fig = plt.figure()
    ax = fig.subplots()
    before = {name: len(cids) for name, cids in fig.canvas.callbacks.callbacks.items()}
    with pytest.raises(ZeroDivisionError):
        View([Volume(array)], [ax], {}, [{}], Titles(lambda index: 1 / 0))
    assert before == {name: len(cids) for name, cids in fig.canvas.callbacks.callbacks.items()}


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda array: of_volume(array).overlay(LABELS, panel=1),
            "there is no panel 1; use 0 to 0",
        ),
        (
            lambda array: of_volume(array).draw(print, panel="x" * 5000),
            f"there is no panel '{'x' * 76}...; use 0 to 0",
        ),
        (
            lambda array: of_volume(array, look=Look("SAR"), transpose=True),
            "transpose=True turns slices that are turned by anatomy; leave it out",
        ),
    ],
)
def test_what_panels_refuse_word_for_word(array, act, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        act(array)


@pytest.mark.parametrize("planes", [False, True])
def test_what_is_put_off_is_shown_later(array, monkeypatch, planes):
    array, later = array.copy(), []
    viewer = view(array, planes=planes)
    shown = viewer.im.get_array().copy()
    array += 1
    for module in (panels, ortho):
        monkeypatch.setattr(module, "put_off", lambda viewer, show: later.append(show) or True)
    viewer.refresh()
    assert np.array_equal(viewer.pictures[0].plane.of(viewer.volume), shown + 1)
    assert np.array_equal(viewer.im.get_array(), shown)
    for module in (panels, ortho):
        monkeypatch.setattr(module, "put_off", lambda viewer, show: False)
    later[0]()
    assert np.array_equal(viewer.im.get_array(), shown + 1)
