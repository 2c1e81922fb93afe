"""Everything at once: whatever is done to a viewer, and fails in it, it is where a model of it is.

`tools/soak.py` plays the same events for as long as one likes.
"""

import io
from copy import deepcopy

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backend_bases import KeyEvent, MouseEvent, NavigationToolbar2

from slicekit import SliceViewer, view

ARRAY = np.arange(5 * 6 * 7).reshape(5, 6, 7)  # each value tells where it lies
FILM = np.arange(3 * 5 * 6 * 7).reshape(3, 5, 6, 7)


class PlannedError(Exception):
    """What fails on purpose."""


class Impatience(KeyboardInterrupt):
    """Somebody presses Ctrl-C."""


class Trouble:
    """What is about to fail, once or always."""

    kind, error, lasting = "", PlannedError, False

    def __call__(self, kind):
        if kind == self.kind:
            self.kind = kind if self.lasting else ""
            raise self.error(kind)


class Somewhere:
    """An array that is not in memory, and that cannot be read now and then."""

    def __init__(self, array, trouble):
        self.array, self.trouble = array, trouble
        self.shape, self.dtype = array.shape, array.dtype

    def __getitem__(self, where):
        self.trouble("read")
        return self.array[where]


class Layer:
    """A layer that fails now and then, or one that notes what it is told."""

    def __init__(self, trouble=None):
        self.trouble, self.plane = trouble, None

    def show(self, plane):
        self.plane = plane
        if self.trouble:
            self.trouble("layer")


def lines(trouble):
    def draw(ax, index):
        ax.plot([0, 3], [index, 2])
        trouble("draw")

    return draw


def named(trouble):
    def title(index):
        trouble("title")
        return f"no. {index}"

    return title


# each returns a viewer of ARRAY or FILM; `t` is the trouble that it will have
KINDS = {
    "core": lambda t: SliceViewer(Somewhere(ARRAY, t), step=3),
    "core that wraps": lambda t: SliceViewer(ARRAY, axis=1, wrap=True, transpose=True, step=4),
    "view": lambda t: view(ARRAY, draw=lines(t), title=named(t), overlay=ARRAY > 90, points=[]),
    "view that is read": lambda t: view(Somewhere(ARRAY, t), contours=ARRAY > 99, colorbar=True),
    "two panels": lambda t: view([ARRAY, Somewhere(ARRAY, t)], wrap=True, clim="slice"),
    "film": lambda t: view(FILM, dims="tzyx", title=named(t), draw=lines(t)),
    "film that is read": lambda t: view(Somewhere(FILM, t), dims="tzyx", wrap=True),
    "planes": lambda t: view(ARRAY, planes=True, overlay=ARRAY > 90, points=[(1, 2, 3)]),
    "planes that are read": lambda t: view(Somewhere(ARRAY, t), planes=True, affine=np.eye(4)),
    "planes of a film": lambda t: view(FILM, dims="tzyx", planes=True, title=named(t)),
}


SMALL = {"figure.figsize": (3, 2.5), "figure.dpi": 50}  # and soon drawn, without any ticks
SMALL |= {f"{x}tick.{side}": False for x, side in (("x", "bottom"), ("y", "left"))}
SMALL |= {f"{x}tick.label{side}": False for x, side in (("x", "bottom"), ("y", "left"))}


class Storm:
    """A viewer, and what it should be: the model, which knows no Matplotlib."""

    def __init__(self, kind):
        self.trouble = Trouble()
        with plt.rc_context(SMALL):
            self.viewer = KINDS[kind](self.trouble)
            self.other = plt.figure()  # which stays the current one
        self.fig, self.settings = self.viewer.fig, dict(mpl.rcParams)
        # pyplot's, or none once a test has started an IPython, which draws after each cell
        self.stale_callback = self.fig.stale_callback
        self.toolbar = NavigationToolbar2(self.fig.canvas)
        self.planes, self.film = kind.startswith("planes"), "film" in kind
        self.is_view = not kind.startswith("core")
        self.axis, self.voxel, self.t = self.viewer.axis, [2, 3, 3], 0
        self.points = [(1, 2, 3)] if kind == "planes" else []
        self.shown = self.axis, [*self.voxel], self.t  # where the viewer stays if nothing is read
        self.is_open, self.is_untitled, self.heard = True, False, []
        self.images = [len(ax.images) for ax in self.viewer.axes]
        self.fails, self.notes = Layer(self.trouble), Layer()
        self.viewer.add(self.fails).add(self.notes)
        self.viewer.on_change(lambda viewer: self.trouble("listener"))
        self.viewer.on_change(lambda viewer: self.heard.append(self.place_of(viewer)))
        self.forget, self.down = [], None
        self.fig.canvas.draw()
        self.check()

    def place_of(self, viewer):
        return list(viewer._indices), (viewer.at.get("t", 0) if self.is_view else 0)

    def play(self, name, number):
        """Let something happen, and look whether all is as it should be."""
        before, fault = ([*self.voxel], self.t), None
        try:
            EVENTS[name](self, number)
        except (PlannedError, Impatience) as error:
            fault = str(error)
        if fault == "read":
            self.axis, self.voxel, self.t = self.shown[0], [*self.shown[1]], self.shown[2]
            self.axis = self.viewer.axis if self.planes else self.axis
        if fault == "title" or before != ([*self.voxel], self.t):
            self.is_untitled = fault == "title"
        self.shown = self.axis, [*self.voxel], self.t
        self.check()
        if before != (self.voxel, self.t):
            assert self.heard[-1] == (self.voxel, self.t), "nobody was told"

    # ---- what should be

    def check(self):
        viewer = self.viewer
        assert (viewer.axis, *self.place_of(viewer)) == (self.axis, self.voxel, self.t)
        assert viewer.index == self.voxel[self.axis]
        if self.is_view:
            assert [tuple(point) for point in viewer.points] == self.points
        assert [len(ax.images) for ax in viewer.axes] == self.images
        assert self.fig.stale_callback is self.stale_callback
        assert plt.gcf() is self.other
        assert dict(mpl.rcParams) == self.settings
        if not self.planes:
            assert self.notes.plane == viewer.plane
        for picture in viewer.pictures:
            title, plane = picture.title.get_text(), picture.plane
            assert plane.index == self.voxel[plane.axis]
            assert self.planes or plane.axis == self.axis
            assert picture.im.norm.vmin < picture.im.norm.vmax
            image = picture.im.get_array()
            wanted = np.take(FILM[self.t] if self.film else ARRAY, plane.index, plane.axis)
            masked = "cannot be read" in title and np.ma.getmaskarray(image).all()
            assert masked or any(np.array_equal(image, way) for way in (wanted, wanted.T))
            last = np.shape(ARRAY)[plane.axis] - 1
            told = (f"no. {plane.index}", f"{plane.index} / {last}", *[""] * self.is_untitled)
            assert any(words in title for words in told), title

    def turn_to(self, event):
        """Note in which plane the mouse is."""
        for picture in self.viewer.pictures if self.planes and self.is_open else ():
            if picture.ax is event.inaxes:
                self.axis = picture.plane.axis

    def move(self, slices):
        self.voxel[self.axis] = self.within(self.voxel[self.axis] + slices, ARRAY.shape[self.axis])

    def within(self, index, count):
        return index % count if self.viewer.wrap else min(max(index, 0), count - 1)

    def act(self, action):
        """Do to the model what a key does to the viewer."""
        step, last = self.viewer.step, ARRAY.shape[self.axis] - 1
        slices = {"next": 1, "previous": -1, "forward": step, "back": -step}
        if action in slices:
            self.move(slices[action])
        elif action in ("first", "last"):
            self.voxel[self.axis] = 0 if action == "first" else last
        elif action == "axis":
            self.axis = (self.axis + 1) % 3
        elif action in ("next t", "previous t"):
            self.t = self.within(self.t + (1 if action == "next t" else -1), 3)
        elif action == "undo" and self.points:
            self.points.pop()

    # ---- events

    def send(self, event):
        self.turn_to(event)
        try:
            self.fig.canvas.callbacks.process(event.name, event)
        finally:
            plt.figure(self.other)  # a click makes a figure the current one

    def mouse(self, name, number, **options):
        """Return an event in the middle of a voxel, if that is in view, and the voxel."""
        picture = self.viewer.pictures[number % len(self.viewer.pictures)]
        rows, columns = picture.im.get_size()
        row, column = number // 7 % rows, number % columns
        x, y = picture.ax.transData.transform((column, row))
        if not np.isfinite([x, y]).all():
            x = y = 1
        event = MouseEvent(name, self.fig.canvas, x, y, **options)
        image = np.take(ARRAY, self.voxel[picture.plane.axis], picture.plane.axis)
        found = (image.T if picture.plane.transpose else image)[row, column]
        return event, tuple(int(i) for i in np.unravel_index(found, ARRAY.shape))

    def key(self, number):
        keys = sorted(key for key in self.viewer.keys if "wheel" not in key)
        if number % 9 == 0 or not self.is_open:  # Matplotlib would answer
            key = [None, "x", "f5", "ctrl+j"][number % 4]
        else:
            key = keys[number // 2 % len(keys)]
        centre = self.viewer.axes[number % len(self.images)].transAxes.transform((0.5, 0.5))
        x, y = centre if number % 3 else (1, 1)
        event = KeyEvent("key_press_event", self.fig.canvas, key, x, y)
        self.turn_to(event)
        self.act(self.viewer.keys.get(key) if self.is_open else None)
        try:
            self.send(event)
        finally:
            self.send(KeyEvent("key_release_event", self.fig.canvas, key, 1, 1))

    def wheel(self, number):
        step, ctrl = (1, -1, 0.3, -5)[number % 4], number % 3 == 0
        event, _ = self.mouse("scroll_event", number, step=step, key="control" if ctrl else None)
        self.turn_to(event)
        if self.is_open and event.inaxes in self.viewer.axes:
            self.act(
                ("forward" if step > 0 else "back") if ctrl else ("next", "previous")[step < 0]
            )
        self.send(event)

    def press(self, number):
        event, voxel = self.mouse("button_press_event", number, button=1)
        if event.inaxes is not self.viewer.pictures[number % len(self.images)].ax:
            # after a zoom the voxel may be out of view, where another panel is
            event = MouseEvent("button_press_event", self.fig.canvas, 1, 1, button=1)
        if self.is_open and not self.toolbar.mode and event.inaxes in self.viewer.axes:
            self.down = number
            if self.is_view:
                self.points.append(voxel)
            if self.planes:
                self.voxel = [*voxel]
        self.send(event)

    def drag(self, number, name="motion_notify_event"):
        """Move the mouse, while the button is down within the same picture or out of the figure."""
        panels = len(self.images)
        if self.down is not None:
            number += (self.down - number) % panels
        event, voxel = self.mouse(name, number, button=1)
        if number % 5 == 0:
            event = MouseEvent(name, self.fig.canvas, 1, 1, button=1)
        is_dragged = self.is_open and self.down is not None and self.planes
        self.voxel = [*voxel] if is_dragged else self.voxel
        try:
            self.fig.canvas.callbacks.process(name, event)
        finally:
            if is_dragged and number % 5 == 0:  # it is at the edge that is nearest
                self.voxel = [*self.viewer.voxel]

    def release(self, number):
        try:
            self.drag(number, "button_release_event")
        finally:
            self.down = None

    def set_contrast(self, number):
        if self.down is not None:
            return
        x, y = 60 + number % 40, 50 + number % 20
        self.send(MouseEvent("button_press_event", self.fig.canvas, 60, y, button=3))
        for name in ("motion_notify_event", "button_release_event"):
            event = MouseEvent(name, self.fig.canvas, x, y, button=3)
            self.fig.canvas.callbacks.process(name, event)

    def set_index(self, number):
        index = number % 9 - 1
        if 0 <= index < self.viewer.count:
            self.voxel[self.axis] = index
            self.viewer.index = index
        else:
            with pytest.raises(IndexError, match="out of range"):
                self.viewer.index = index

    def set_axis(self, number):
        if number % 7 == 6:
            with pytest.raises(IndexError, match="out of range"):
                self.viewer.axis = 3
        else:
            self.axis = number % 3
            self.viewer.axis = number % 3 - 3 * (number % 2)

    def set_voxel(self, number):
        if self.is_view:
            voxel = [int(i) for i in np.unravel_index(number % ARRAY.size, ARRAY.shape)]
            self.voxel = voxel
            if self.viewer.position is not None and number % 2:
                self.viewer.position = voxel  # the affine is 1
            else:
                self.viewer.voxel = voxel

    def go(self, number):
        if self.is_view:
            index, t = number % self.viewer.count, number // 7 % 3
            self.voxel[self.axis], self.t = index, t if self.film else 0
            self.viewer.go(index, **({"t": t} if self.film else {}))

    def toggle(self, number):
        if self.is_view:
            self.viewer.toggle()

    def listen(self, number):
        if self.forget and number % 2:
            self.forget.pop()()
        else:  # also one that is gone when it is its turn
            self.forget.append(
                self.viewer.on_change(lambda viewer: self.forget and self.forget[-1]())
            )

    def use_toolbar(self, number):
        (self.toolbar.zoom, self.toolbar.pan, self.toolbar.home, self.toolbar.back)[number % 4]()

    def resize(self, number):
        self.fig.set_size_inches(2 + number % 3, 2 + number % 2)

    def save(self, number):
        self.fig.savefig(io.BytesIO(), dpi=30 + number % 50)

    def look(self, number):
        """See whether the canvas is as Matplotlib draws it."""
        canvas = self.fig.canvas
        if not self.fig.stale:
            seen = np.array(canvas.buffer_rgba())
            canvas.draw()
            assert np.array_equal(seen, canvas.buffer_rgba())

    def fail(self, number):
        kinds = ["read", "layer", "listener", "draw", "title", ""]
        self.trouble.kind, self.trouble.lasting = kinds[number % 6], number % 4 == 3
        self.trouble.error = (PlannedError, Impatience)[number // 6 % 2]

    def copy(self, number):
        if isinstance(self.viewer.volume.array, np.ndarray):
            deepcopy(self.viewer.volume)

    def close(self, number):
        if number % 8 == 0:
            self.viewer.close()
            self.is_open = False


EVENTS = {
    action.__name__: action
    for action in [
        *[Storm.key, Storm.wheel, Storm.press, Storm.drag, Storm.release, Storm.set_contrast],
        *[Storm.set_index, Storm.set_axis, Storm.set_voxel, Storm.go, Storm.toggle, Storm.listen],
        *[Storm.use_toolbar, Storm.resize, Storm.save, Storm.look, Storm.fail, Storm.copy],
        Storm.close,
    ]
}
OFTEN = [*EVENTS, "key", "key", "key", "wheel", "press", "release", "look", "look", "fail"]


@pytest.mark.filterwarnings("ignore:Attempting to set identical")  # a zoom into nothing
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(events=st.lists(st.tuples(st.sampled_from(OFTEN), st.integers(0, 5000)), max_size=30))
def test_a_viewer_is_where_it_should_be(kind, events):
    try:
        storm = Storm(kind)
        for name, number in events:
            storm.play(name, number)
    finally:
        plt.close("all")
