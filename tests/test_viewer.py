"""The core: one writer, keys for one figure, and everything given back."""

import gc
import weakref

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import KeyEvent, MouseEvent, NavigationToolbar2
from matplotlib.backend_managers import ToolManager
from matplotlib.backend_tools import add_tools_to_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from test_volume import OnePlaneAtATime

import slicekit
from slicekit import SliceViewer, Volume, press, scroll
from slicekit.viewer import in_turn, viewers


def connected(fig):
    """Return how many functions are connected to each event of a figure."""
    return {name: len(cids) for name, cids in fig.canvas.callbacks.callbacks.items() if cids}


def shown(viewer):
    return viewer.im.get_array()


@pytest.fixture
def viewer(array):
    return SliceViewer(array)


@pytest.fixture
def tall():
    """A volume with 25 slices along its first axis."""
    return np.arange(25 * 2 * 3).reshape(25, 2, 3)


def test_the_first_frame_is_complete(array):
    viewer = SliceViewer(Volume(array, (1, 2, 4)))
    assert viewer.index == 2
    assert np.array_equal(shown(viewer), array[2])
    assert viewer.ax.get_title() == "2 / 3"
    assert viewer.im.get_clim() == (0, 119)
    assert viewer.im.get_cmap().name == "gray"
    assert viewer.ax.get_aspect() == 0.5
    assert viewer.im.get_interpolation() == "nearest"
    assert repr(viewer) == "<SliceViewer: axis 0, slice 2 / 3>"


@pytest.mark.parametrize("keys", [("k", "j"), ("right", "left"), ("up", "down"), (".", ",")])
def test_next_and_previous(viewer, array, keys):
    for key, index in zip(keys, (3, 2), strict=True):
        press(viewer.fig, key)
        assert viewer.index == index
        assert np.array_equal(shown(viewer), array[index])
        assert viewer.ax.get_title() == f"{index} / 3"


def test_big_steps_and_ends(tall):
    viewer = SliceViewer(tall, step=7)
    for key, index in [("pageup", 19), ("pageup", 24), ("pagedown", 17), ("home", 0), ("end", 24)]:
        press(viewer.fig, key)
        assert viewer.index == index, key
        assert np.array_equal(shown(viewer), tall[index])


def test_every_key_and_the_wheel_from_the_same_slice(tall, monkeypatch):
    monkeypatch.setattr(FigureCanvasAgg, "draw_idle", lambda self: None)
    viewer = SliceViewer(tall)
    for index, keys in [
        (13, ["k", "right", "up", "."]),
        (11, ["j", "left", "down", ","]),
        *[(22, ["pageup"]), (2, ["pagedown"]), (0, ["home"]), (24, ["end"])],
    ]:
        for key in keys:
            viewer.index = 12
            press(viewer.fig, key)
            assert viewer.index == index, key
    for index, step, modifiers in [(13, 1, []), (11, -1, []), (22, 1, ["ctrl"]), (2, -1, ["ctrl"])]:
        viewer.index = 12
        x, y = viewer.ax.transAxes.transform((0.5, 0.5))
        event = MouseEvent("scroll_event", viewer.fig.canvas, x, y, step=step, modifiers=modifiers)
        viewer.fig.canvas.callbacks.process("scroll_event", event)
        assert viewer.index == index, (step, modifiers)


def test_keys_stop_at_the_ends_or_wrap(array):
    for wrap, expected in ((False, [3, 3, 2]), (True, [3, 0, 3])):
        viewer = SliceViewer(array, wrap=wrap)
        found = []
        for key in ("k", "k", "j"):
            press(viewer.fig, key)
            found.append(viewer.index)
        assert found == expected


def test_other_keys_are_passed_over(viewer):
    for key in (None, "x", "K", "ctrl+k", "alt+left"):
        press(viewer.fig, key)
    assert viewer.index == 2


@pytest.mark.parametrize(
    ("step", "key", "index"),
    [
        *[(1, None, 13), (-1, None, 11), (0.2, None, 13), (-7, None, 11), (0, None, 12)],
        *[(1, "control", 22), (-0.1, "control", 2), (1, "x", 12), (1, "y", 12), (1, "shift", 13)],
    ],
)
def test_the_wheel(tall, step, key, index):
    viewer = SliceViewer(tall)
    x, y = viewer.ax.transAxes.transform((0.5, 0.5))
    event = MouseEvent("scroll_event", viewer.fig.canvas, x, y, step=step, key=key)
    viewer.fig.canvas.callbacks.process("scroll_event", event)
    assert viewer.index == index


def test_ctrl_counts_while_the_keyboard_is_elsewhere(tall):
    """Matplotlib then knows of it from the wheel's event alone."""
    viewer = SliceViewer(tall)
    x, y = viewer.ax.transAxes.transform((0.5, 0.5))
    event = MouseEvent("scroll_event", viewer.fig.canvas, x, y, step=1, modifiers=["ctrl"])
    viewer.fig.canvas.callbacks.process("scroll_event", event)
    assert viewer.index == 22


def test_the_wheel_the_other_way_round(tall):
    keys = {"next": {"k", "wheel down"}, "previous": {"j", "wheel up"}}
    viewer = SliceViewer(tall, keys=keys)
    for step, index in ((1, 11), (-2, 12), (-1, 13)):
        scroll(viewer.fig, step)
        assert viewer.index == index


def test_the_wheel_counts_on_the_picture_only(viewer):
    event = MouseEvent("scroll_event", viewer.fig.canvas, 1, 1, step=1)
    viewer.fig.canvas.callbacks.process("scroll_event", event)
    assert viewer.index == 2


def test_ctrl_and_wheel_do_not_zoom_as_well(tall):
    """Matplotlib 3.11 zooms with Ctrl, where there is a toolbar."""
    viewer = SliceViewer(tall)
    NavigationToolbar2(viewer.fig.canvas)
    limits = viewer.ax.axis()
    x, y = viewer.ax.transAxes.transform((0.5, 0.5))
    event = MouseEvent("scroll_event", viewer.fig.canvas, x, y, step=1, key="control")
    viewer.fig.canvas.callbacks.process("scroll_event", event)
    assert viewer.index == 22
    assert viewer.ax.axis() == limits


def test_the_index_is_written_in_one_place(viewer, array):
    viewer.index = 0
    assert np.array_equal(shown(viewer), array[0])
    assert viewer.ax.get_title() == "0 / 3"
    for wrong in (-1, 4, 99):
        with pytest.raises(IndexError, match=f"index {wrong} is out of range.*use 0 to 3"):
            viewer.index = wrong
    assert viewer.index == 0


def test_each_axis_remembers_its_index(array):
    viewer = SliceViewer(Volume(array, (1, 2, 4)), index=1)
    viewer.axis = 2
    assert viewer.index == 3
    viewer.index = 5
    assert np.array_equal(shown(viewer), array[:, :, 5])
    assert (viewer.count, viewer.ax.get_title()) == (6, "5 / 5")
    assert viewer.ax.get_aspect() == 0.5
    assert viewer.ax.get_xlim() == (-0.5, 4.5)
    assert viewer.ax.get_ylim() == (3.5, -0.5)
    assert tuple(viewer.im.get_extent()) == (-0.5, 4.5, 3.5, -0.5)
    viewer.axis = -3
    assert (viewer.axis, viewer.index) == (0, 1)
    with pytest.raises(IndexError, match="axis 3 is out of range for a volume; use 0, 1 or 2"):
        viewer.axis = 3
    assert viewer.axis == 0


def test_transposed_and_upside_down(array):
    viewer = SliceViewer(Volume(array, (1, 2, 4)), axis=-1, transpose=True, origin="lower")
    assert np.array_equal(shown(viewer), array[:, :, 3].T)
    assert viewer.ax.get_aspect() == 2
    assert viewer.ax.get_ylim() == (-0.5, 4.5)
    viewer.axis = 0
    assert np.array_equal(shown(viewer), array[2].T)
    assert viewer.ax.get_aspect() == 2
    assert (viewer.ax.get_xlim(), viewer.ax.get_ylim()) == ((-0.5, 4.5), (-0.5, 5.5))


def test_an_extent_and_an_aspect_of_ones_own_hold_for_their_axis(array):
    viewer = SliceViewer(array, extent=(0, 60, 50, 0), aspect="auto")
    press(viewer.fig, "k")
    assert tuple(viewer.im.get_extent()) == (0, 60, 50, 0)
    assert viewer.ax.get_aspect() == "auto"
    viewer.axis = 1
    assert tuple(viewer.im.get_extent()) == (-0.5, 5.5, 3.5, -0.5)
    assert viewer.ax.get_aspect() == 1


def test_the_home_button_does_not_bring_back_another_axis_limits(array):
    viewer = SliceViewer(array)
    toolbar = NavigationToolbar2(viewer.fig.canvas)
    toolbar.push_current()
    viewer.ax.set_xlim(1, 2)
    toolbar.push_current()
    viewer.axis = 2
    toolbar.home()
    assert viewer.ax.get_xlim() == (-0.5, 4.5)


def test_a_title_with_millimetres(array):
    affine = np.diag([2.0, 3, -1.5, 1])
    affine[:3, 3] = -10, 5, 7
    viewer = SliceViewer(Volume(array, (2, 3, 1.5), affine))
    assert viewer.ax.get_title() == "2 / 3, -6 mm"
    viewer.axis = 2
    assert viewer.ax.get_title() == "3 / 5, 2.5 mm"


def test_keywords_of_imshow_are_handed_on(array):
    viewer = SliceViewer(array, cmap="magma", vmin=3, vmax=50, interpolation="bilinear", alpha=0.9)
    assert viewer.im.get_cmap().name == "magma"
    assert viewer.im.get_clim() == (3, 50)
    assert viewer.im.get_interpolation() == "bilinear"
    assert SliceViewer(array, vmax=50).im.get_clim() == (0, 50)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"cmpa": "gray"}, TypeError, "unexpected keyword argument 'cmpa'; did you mean 'cmap'"),
        ({"qqqq": 1}, TypeError, "'qqqq'; imshow does not know it either"),
        ({"X": 1}, TypeError, "'X'"),
        ({"data": {}}, TypeError, "'data'"),
        ({"axis": 3}, IndexError, "axis 3 is out of range"),
        ({"index": 4}, IndexError, "index 4 is out of range"),
        ({"keys": {"nxet": "n"}}, ValueError, "no action 'nxet'.*there are"),
        ({"keys": {"next": "n", "last": {"n"}}}, ValueError, "'n' is chosen for 'next' and 'last'"),
    ],
)
def test_what_cannot_be_is_refused_before_there_is_a_figure(array, options, error, words):
    with pytest.raises(error, match=words):
        SliceViewer(array, **options)
    assert plt.get_fignums() == []


def test_only_volumes():
    with pytest.raises(ValueError, match="must be 3-D, got shape"):
        SliceViewer(np.zeros((3, 4)))
    with pytest.raises(TypeError, match="must be an array, got a str"):
        SliceViewer("head")
    assert plt.get_fignums() == []


# ---- keys


def test_keys_of_ones_own(array):
    viewer = SliceViewer(array, keys={"next": "right", "previous": {"a", "end"}})
    found = []
    for key in ("right", "a", "end", "k", "up", "j", "home"):
        press(viewer.fig, key)
        found.append(viewer.index)
    assert found == [3, 2, 1, 1, 1, 1, 0]


def x_scale_after_k(ax):
    ax.set_xscale("linear")
    press(ax.figure, "k", ax)
    return ax.get_xscale()


def test_keys_are_taken_for_this_figure_only(array):
    keymaps = {name: list(keys) for name, keys in plt.rcParams.items() if "keymap" in name}
    other = plt.figure().add_subplot()
    viewer = SliceViewer(array)
    assert x_scale_after_k(viewer.ax) == "linear"
    assert x_scale_after_k(other) == "log"
    press(viewer.fig, "g")
    assert viewer.ax.xaxis.get_major_ticks()[0].gridline.get_visible()
    assert keymaps == {name: keys for name, keys in plt.rcParams.items() if "keymap" in name}


def test_the_handler_is_known_to_the_manager_by_its_number(array):
    """Some programs turn Matplotlib's keys off by the number that the manager keeps."""
    viewer = SliceViewer(array)
    viewer.fig.canvas.mpl_disconnect(viewer.fig.canvas.manager.key_press_handler_id)
    press(viewer.fig, "g")
    assert not viewer.ax.xaxis.get_major_ticks()[0].gridline.get_visible()
    viewer.close()
    fresh = plt.figure()
    assert len(list(fresh.canvas.callbacks.callbacks["key_press_event"])) == 1 + len(
        list(viewer.fig.canvas.callbacks.callbacks["key_press_event"])
    )


def test_close_gives_everything_back(array):
    fresh = plt.figure()
    fresh.add_subplot()
    viewer = SliceViewer(array)
    assert connected(viewer.fig) != connected(fresh)
    viewer.close()
    assert connected(viewer.fig) == connected(fresh)
    viewer.close()
    press(viewer.fig, "j")
    scroll(viewer.fig, 1)
    assert viewer.index == 2
    assert x_scale_after_k(viewer.ax) == "log"
    viewer.fig.canvas.mpl_disconnect(viewer.fig.canvas.manager.key_press_handler_id)
    assert x_scale_after_k(viewer.ax) == "linear"


def test_a_closing_figure_closes_the_viewer(array):
    viewer = SliceViewer(array)
    before = connected(viewer.fig)
    viewer.fig.canvas.callbacks.process("close_event", None)
    assert connected(viewer.fig) != before
    press(viewer.fig, "k")
    assert viewer.index == 2


def test_a_closed_viewer_still_shows_what_it_is_told_to(array):
    viewer = SliceViewer(array)
    viewer.close()
    viewer.index = 0
    assert np.array_equal(shown(viewer), array[0])


def test_the_figure_keeps_the_viewer_alive_and_no_longer(array):
    viewer = SliceViewer(array.copy())
    fig, gone, volume = viewer.fig, weakref.ref(viewer), weakref.ref(viewer.volume)
    del viewer
    gc.collect()
    press(fig, "k")
    assert gone().index == 3
    plt.close(fig)
    del fig
    gc.collect()
    assert gone() is None
    assert volume() is None


def test_closing_lets_go_of_the_volume(array):
    viewer = SliceViewer(array.copy())
    fig, volume = viewer.fig, weakref.ref(viewer.volume)
    viewer.close()
    del viewer
    gc.collect()
    assert volume() is None
    assert fig.axes


def test_two_hundred_viewers_leave_nothing_behind(array):
    fig = plt.figure(figsize=(1, 1))
    ax = fig.add_subplot()
    before, alive = connected(fig), weakref.WeakSet()
    for _ in range(200):
        viewer = SliceViewer(array, ax=ax)
        alive.add(viewer)
        press(fig, "k")
        viewer.close()
        ax.clear()
    assert connected(fig) == before
    del viewer
    gc.collect()
    assert len(alive) == 0


# ---- several on one figure, and other figures than pyplot's


def test_two_viewers_on_one_figure_answer_under_the_pointer(array):
    fig, (left, right) = plt.subplots(1, 2)
    one, two = SliceViewer(array, ax=left), SliceViewer(array[::-1], ax=right)
    press(fig, "k", left)
    assert (one.index, two.index) == (3, 2)
    press(fig, "j", right)
    assert (one.index, two.index) == (3, 1)
    scroll(fig, 1, right)
    assert (one.index, two.index) == (3, 2)
    event = KeyEvent("key_press_event", fig.canvas, "home")
    fig.canvas.callbacks.process(event.name, event)
    assert (one.index, two.index) == (0, 0)


def test_a_key_that_only_the_other_viewer_has(array):
    fig, (left, right) = plt.subplots(1, 2)
    one = SliceViewer(array, ax=left, keys={"next": "u"})
    two = SliceViewer(array, ax=right, keys={"next": "n"})
    press(fig, "n", left)
    assert (one.index, two.index) == (2, 3)
    press(fig, "j", left)
    assert (one.index, two.index) == (1, 3)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_viewers_the_last_one_gives_the_keys_back(array, first):
    fig, axes = plt.subplots(1, 2)
    before = connected(fig)
    viewers = [SliceViewer(array, ax=ax) for ax in axes]
    viewers[first].close()
    assert [x_scale_after_k(ax) for ax in axes] == ["linear", "linear"]
    viewers[1 - first].close()
    assert [x_scale_after_k(ax) for ax in axes] == ["log", "log"]
    assert connected(fig) == before


def test_keys_over_other_axes_reach_the_viewer(array):
    fig, (left, right) = plt.subplots(1, 2)
    viewer = SliceViewer(array, ax=left)
    press(fig, "k", right)
    assert viewer.index == 3
    scroll(fig, 1, right)
    assert viewer.index == 3


def test_a_canvas_of_ones_own_without_a_manager(array):
    """As in a Qt or Tk program, with and without Matplotlib's handler connected."""
    from matplotlib.backend_bases import key_press_handler

    for with_handler in (False, True):
        fig = Figure()
        FigureCanvasAgg(fig)
        if with_handler:
            fig.canvas.mpl_connect("key_press_event", key_press_handler)
        ax = fig.subplots()
        before = connected(fig)
        viewer = SliceViewer(array, ax=ax)
        press(fig, "k")
        assert (viewer.index, ax.get_xscale()) == (3, "linear")
        viewer.close()
        assert connected(fig) == before
        assert x_scale_after_k(ax) == ("log" if with_handler else "linear")
    assert plt.get_fignums() == []


def test_with_the_tool_manager(array):
    with pytest.warns(UserWarning, match="Treat the new Tool classes"):
        plt.rcParams["toolbar"] = "toolmanager"  # put back by a fixture
    fig = plt.figure()
    manager = fig.canvas.manager
    if manager.toolmanager is None:  # the bare Agg manager brings none
        manager.toolmanager = ToolManager(fig)
        add_tools_to_manager(manager.toolmanager)
    ax = fig.add_subplot()
    before = connected(fig)
    viewer = SliceViewer(array, ax=ax)
    press(fig, "k")
    assert (viewer.index, ax.get_xscale()) == (3, "linear")
    press(fig, "g")
    assert ax.xaxis.get_major_ticks()[0].gridline.get_visible()
    viewer.close()
    assert connected(fig) == before
    ax.set_xlim(1, 2)
    assert x_scale_after_k(ax) == "log"


def test_in_a_subfigure(array):
    fig = plt.figure()
    left, _ = fig.subfigures(1, 2)
    viewer = SliceViewer(array, ax=left.subplots())
    press(fig, "k")
    assert viewer.fig is fig
    assert viewer.index == 3


def test_ones_own_axes_leave_the_current_figure_alone(array):
    ax = plt.figure().add_subplot()
    other = plt.figure()
    SliceViewer(array, ax=ax)
    assert plt.gcf() is other


def test_a_cleared_figure_does_no_harm(array):
    viewer = SliceViewer(array)
    viewer.fig.clear()
    press(viewer.fig, "k") if viewer.fig.axes else viewer.act("next")
    assert viewer.index == 3


# ---- layers, listeners, lazy volumes


class Layer:
    def __init__(self):
        self.planes = []

    def show(self, plane):
        self.planes.append((plane.axis, plane.index, plane.transpose))


def test_anything_that_can_show_a_plane_can_be_added(viewer):
    layer = Layer()
    assert viewer.add(layer) is viewer
    press(viewer.fig, "k")
    viewer.axis = 1
    viewer.layers.remove(layer)
    press(viewer.fig, "k")
    assert layer.planes == [(0, 2, False), (0, 3, False), (1, 2, False)]


def test_listeners_are_told_until_they_are_taken_off(viewer):
    told = []
    forget = viewer.on_change(lambda viewer: told.append(viewer.index))
    press(viewer.fig, "j")
    viewer.index = 3
    forget()
    press(viewer.fig, "j")
    assert told == [1, 3]


def test_zoom_survives_steps(viewer):
    viewer.ax.set(xlim=(1, 2), ylim=(3, 2))
    for key in ("k", "home", "pageup"):
        press(viewer.fig, key)
    assert (viewer.ax.get_xlim(), viewer.ax.get_ylim()) == ((1, 2), (3, 2))


def test_what_others_draw_does_not_move_the_picture(viewer):
    viewer.ax.plot([-50, 50], [0, 100])
    viewer.ax.scatter([99], [99])
    viewer.fig.canvas.draw()
    assert viewer.ax.get_xlim() == (-0.5, 5.5)


def test_a_lazy_volume_is_never_read_whole(tall):
    lazy = OnePlaneAtATime(tall)
    viewer = SliceViewer(lazy)
    press(viewer.fig, "k")
    viewer.axis = 1
    assert all(sum(isinstance(part, int) for part in where) == 1 for where in lazy.read)
    assert len(lazy.read) == 9 + 1 + 1 + 1
    assert viewer.im.get_clim() == (0, 149)


def test_the_array_is_read_again_when_asked(array):
    viewer = SliceViewer(array)
    array[2] = 7
    viewer.refresh()
    assert np.all(shown(viewer) == 7)


def test_one_image_and_the_callers_array_untouched(viewer, array):
    before = array.copy()
    for _ in range(10):
        press(viewer.fig, "j")
    assert len(viewer.ax.images) == 1
    assert np.array_equal(array, before)


def test_the_public_name():
    assert slicekit.SliceViewer is SliceViewer


def test_a_title_keeps_the_look_that_somebody_gave_it():
    with plt.rc_context({"axes.titlelocation": "left", "axes.titlecolor": "red"}):
        viewer = slicekit.SliceViewer(np.zeros((5, 2, 2)))
    (title,) = (t for t in viewer.ax.findobj(Text) if t.get_text() == "2 / 4")
    assert (title.get_horizontalalignment(), title.get_color()) == ("left", "red")
    title.set(size=7, color="green")
    viewer.move(1)
    assert title.get_text() == "3 / 4"
    assert (title.get_size(), title.get_color()) == (7, "green")


# ---- what fails


class Failing:
    """An array that is somewhere else, and cannot be read when somebody says so."""

    def __init__(self, array):
        self.array, self.shape, self.fault = array, array.shape, None

    def __getitem__(self, where):
        if self.fault:
            raise self.fault
        return self.array[where]


@pytest.mark.parametrize("fault", [OSError, MemoryError, KeyboardInterrupt])
def test_a_slice_that_cannot_be_read_leaves_all_as_it_was(array, fault):
    source = Failing(array)
    viewer = SliceViewer(source)
    told = []
    viewer.on_change(lambda viewer: told.append(viewer.index))
    source.fault = fault
    for change in ({"index": 3}, {"axis": 2}):
        with pytest.raises(fault):
            vars(SliceViewer)[next(iter(change))].fset(viewer, *change.values())
        assert (viewer.axis, viewer.index, viewer.ax.get_title()) == (0, 2, "2 / 3")
        assert np.array_equal(shown(viewer), array[2])
    source.fault = None
    press(viewer.fig, "k")
    assert (viewer.index, told) == (3, [3])
    assert np.array_equal(shown(viewer), array[3])


def test_what_fails_keeps_no_other_layer_and_no_listener_from_its_turn(viewer, array):
    class Broken(Layer):
        def show(self, plane):
            super().show(plane)
            if plane.index == 3:
                raise ValueError("of the layer")

    layer, told = Layer(), []
    viewer.add(Broken()).add(layer)
    viewer.on_change(lambda viewer: 1 / 0)
    viewer.on_change(lambda viewer: told.append(viewer.index))
    with pytest.raises((ValueError, ZeroDivisionError)):
        viewer.index = 3
    assert layer.planes[-1] == (0, 3, False)
    assert told == [3]
    assert viewer.ax.get_title() == "3 / 3"
    assert np.array_equal(shown(viewer), array[3])


@pytest.mark.parametrize(
    "gone", ["figure cleared", "axes cleared", "axes removed", "image removed"]
)
@pytest.mark.parametrize("make", [SliceViewer, slicekit.view, slicekit.OrthoViewer])
def test_a_viewer_outlives_its_picture(array, gone, make):
    viewer = make(array)
    if isinstance(viewer, slicekit.View):
        viewer.overlay(array > 9).contour(array > 9).mark([(2, 2, 2)])
        viewer.add_colour_bars()
    {
        "figure cleared": viewer.fig.clear,
        "axes cleared": viewer.ax.clear,
        "axes removed": viewer.ax.remove,
        "image removed": lambda: [image.remove() for image in list(viewer.ax.images)],
    }[gone]()
    for key in viewer.keys:
        event = KeyEvent("key_press_event", viewer.fig.canvas, key)
        viewer.fig.canvas.callbacks.process(event.name, event)
    viewer.axis = 1
    viewer.index = 2
    assert np.array_equal(
        viewer.pictures[-1].im.get_array().shape, viewer.pictures[-1].im.get_size()
    )
    assert (viewer.axis, viewer.index) == (1, 2)
    viewer.close()


def test_a_file_cut_short_is_named_and_does_not_end_python(tmp_path, array):
    path = tmp_path / "scan.npy"
    np.save(path, np.zeros((40, 64, 64)))
    mapped = np.load(path, mmap_mode="r")
    core, read = SliceViewer(mapped), slicekit.view(path)
    with path.open("r+b") as file:
        file.truncate(5000)
    with pytest.raises(OSError, match=r"scan.npy was cut short since it was opened; open it again"):
        core.index = 39
    assert core.index == 20
    for anew in (SliceViewer, lambda volume: slicekit.save_planes(volume, tmp_path / "x.npy", 0)):
        with pytest.raises(OSError, match=r"scan.npy was cut short since it was opened"):
            anew(mapped)
    read.index = 37  # the last one was read for the limits, and is kept
    assert "cannot be read: OSError" in read.ax.get_title()


# ---- by itself


def test_what_is_of_another_kind_is_refused_word_for_word(array):
    for options, words in (
        ({"wrap": "no"}, "wrap must be True or False, got 'no'"),
        ({"transpose": 1}, "transpose must be True or False, got 1"),
        ({"keys": 5}, "keys must be a dict, such as {'next': {'n'}}, got 5"),
        ({"ax": 5}, "ax must be axes, such as those of plt.subplots(), got 5"),
        ({"step": 1.5}, "step must be a whole number, got 1.5; use int()"),
        ({"index": 1.5}, "index must be a whole number, got 1.5; use int()"),
    ):
        with pytest.raises(TypeError) as caught:
            SliceViewer(array, **options)
        assert str(caught.value) == words
    assert plt.get_fignums() == []


def test_what_cannot_be_done_is_refused_word_for_word(viewer):
    for act, error, words in (
        (lambda: viewer.move(0.5), TypeError, "slices must be a whole number, got 0.5; use int()"),
        (lambda: viewer.on_change(3), TypeError, "a listener must be a function, got 3"),
        (
            lambda: viewer.act("nxet"),
            ValueError,
            "no action 'nxet'; there are ['next', 'previous', 'forward', 'back', 'first', 'last']",
        ),
    ):
        with pytest.raises(error) as caught:
            act()
        assert str(caught.value) == words
    assert (viewer.index, viewer._listeners) == (2, [])


def test_a_walk_through_a_volume(tall, monkeypatch):
    monkeypatch.setattr(FigureCanvasAgg, "draw_idle", lambda self: None)
    viewer, heard = SliceViewer(tall), []
    assert (viewer.axis, viewer.index, viewer.count, viewer.step) == (0, 12, 25, 10)
    assert (viewer.wrap, viewer.transpose, viewer.layers) == (False, False, [])
    assert (viewer.axes, viewer.im, viewer.fig) == ([viewer.ax], viewer.ax.images[0], plt.gcf())
    assert repr(viewer) == "<SliceViewer: axis 0, slice 12 / 24>"
    forget, layer = viewer.on_change(lambda viewer: heard.append(viewer.index)), Layer()
    assert viewer.add(layer) is viewer
    expected = [13, 12, 22, 12, 0, 24, 14, 24, 0, 24, 20]
    for act, index in zip(
        [
            *["next", "previous", "forward", "back", "first", "last", "back", "forward"],
            *[lambda viewer, by=by: viewer.move(by) for by in (-99, 99, -4)],
        ],
        expected,
        strict=True,
    ):
        viewer.act(act)
        assert viewer.index == index
        assert np.array_equal(shown(viewer), tall[index])
        assert viewer.ax.get_title() == viewer.heading() == f"{index} / 24"
    viewer.index = 20
    assert heard == expected
    assert layer.planes == [(0, index, False) for index in [12, *expected]]
    assert (forget(), forget()) == (None, None)
    viewer.axis = -1
    assert (viewer.axis, viewer.index, viewer.count) == (2, 1, 3)
    assert np.array_equal(shown(viewer), tall[:, :, 1])
    viewer.wrap = True
    viewer.move(5)
    assert (viewer.index, heard) == (0, expected)
    viewer.move(-1)
    assert viewer.index == 2


def test_a_walk_on_which_something_fails(tall, monkeypatch):
    monkeypatch.setattr(FigureCanvasAgg, "draw_idle", lambda self: None)
    source, heard = Failing(tall), []
    viewer, layer = SliceViewer(Volume(source, (2, 1, 1), np.diag([2.0, 1, 1, 1]))), Layer()
    viewer.add(layer)
    forget = viewer.on_change(lambda viewer: heard.append(viewer.ax.get_title()))
    where = "12 / 24, 24 mm"
    assert viewer.ax.get_title() == where
    source.fault = MemoryError
    with pytest.raises(MemoryError):
        viewer.index = 3
    assert (viewer.index, viewer.ax.get_title()) == (12, where)
    source.fault = None
    viewer.act("next")
    viewer.act(lambda viewer: viewer.move(-99))
    assert heard == ["13 / 24, 26 mm", "0 / 24, 0 mm"]
    forget()
    assert repr(viewer) == "<SliceViewer: axis 0, slice 0 / 24, 0 mm>"
    monkeypatch.setattr(viewer, "heading", lambda panel: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        viewer.axis = 1
    assert (viewer.axis, viewer.ax.get_title()) == (1, "")
    assert viewer.im is viewer.axes[0].images[0]
    assert layer.planes == [(0, 12, False), (0, 13, False), (0, 0, False), (1, 1, False)]
    viewer.close()


@pytest.mark.parametrize("pointer", ["left", "right"])
def test_of_two_viewers_with_one_key_the_one_under_the_pointer_answers(array, pointer):
    fig, axes = plt.subplots(1, 2)
    viewers = dict(zip(("left", "right"), (SliceViewer(array, ax=ax) for ax in axes), strict=True))
    press(fig, "k", viewers[pointer].ax)
    assert {name: viewer.index for name, viewer in viewers.items()} == {
        "left": 2,
        "right": 2,
        pointer: 3,
    }


def test_what_the_wheel_does_may_be_taken_off_it(tall):
    viewer = SliceViewer(tall)
    del viewer.keys["wheel up"]
    scroll(viewer.fig, 1)
    assert viewer.index == 12
    scroll(viewer.fig, -1)
    assert viewer.index == 11


def test_a_title_that_fails_leaves_none_that_is_wrong(viewer, monkeypatch):
    monkeypatch.setattr(viewer, "heading", lambda panel: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        viewer.index = 3
    assert viewer.ax.get_title() == ""
    assert viewer.index == 3


def test_a_title_written_while_a_slice_was_read_in_vain_is_written_over(array):
    class Busy(Failing):
        def __getitem__(self, where):
            if self.fault:
                viewer.ax.set_title("reading")
            return super().__getitem__(where)

    source = Busy(array)
    viewer = SliceViewer(source)
    source.fault = MemoryError
    with pytest.raises(MemoryError):
        viewer.index = 3
    assert viewer.ax.get_title() == "2 / 3"


def test_settling_is_left_to_the_screen(viewer, monkeypatch):
    settled = []
    monkeypatch.setattr(viewer.screen, "settle", lambda: settled.append(1))
    viewer.settle()
    assert settled == [1]


def test_what_is_added_is_drawn_soon(viewer, monkeypatch):
    asked = []
    monkeypatch.setattr(viewer.fig.canvas, "draw_idle", lambda: asked.append(1))
    viewer.add(Layer())
    assert asked == [1]


@pytest.mark.parametrize("own", [False, True])
def test_only_a_figure_of_its_own_is_closed_if_there_is_nothing_to_show(array, own):
    options = {"ax": plt.figure().subplots()} if own else {}
    with pytest.raises(ValueError, match="nope"):
        SliceViewer(array, cmap="nope", **options)
    assert len(plt.get_fignums()) == own


def test_what_has_planes_is_shown_as_it_is(array):
    volume = Volume(array)
    assert SliceViewer(volume).volume is volume


def test_each_in_turn_whatever_fails():
    done = []
    with pytest.raises(ZeroDivisionError):
        in_turn(lambda number: done.append(number) or 1 / number, [2, 0, 1])
    assert done == [2, 0, 1]


def test_who_answers_the_keys_of_a_figure(array):
    fig, (left, right) = plt.subplots(1, 2)
    one, two = SliceViewer(array, ax=left), SliceViewer(array, ax=right)
    fig.canvas.mpl_connect("key_press_event", lambda event: None)
    assert viewers(fig) == [one, two]
    one.close()
    assert viewers(fig) == [two]
    two.close()
    assert viewers(fig) == []
