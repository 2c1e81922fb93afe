"""`SliceViewer`: one object that holds the state of a viewer, and the only one who changes it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, ClassVar, Self

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from slicekit.complaint import told
from slicekit.keymap import action_of_key, claim_keys, handlers
from slicekit.keywords import check_keywords
from slicekit.picture import Picture
from slicekit.plane import Plane, slice_position
from slicekit.screen import screen_of
from slicekit.undone import closed_if_in_vain
from slicekit.volume import Volume, check_axis, check_index, check_whole


class SliceViewer:
    """A volume on one axes, a slice at a time, scrolled by keys and the wheel.

    The figure keeps the viewer alive, as long as it lives itself.

    Parameters
    ----------
    volume : (P, R, C) array-like or Volume
        What to show. It is never copied, and never read whole unless it is a small
        array in memory.
    axis : int
        The axis held fixed; default: 0.
    index : int or None
        The slice to begin with; default: the middle one.
    step : int
        How many slices Page Up, Page Down and the wheel with Ctrl move; default: 10.
    wrap : bool
        Whether the first slice follows the last one; default: False, keys and wheel
        stop at the ends.
    transpose : bool
        Whether to show each slice transposed; default: False.
    keys : dict or None
        Keys for an action in place of its own, such as ``{"next": {"n"}}``. The
        actions and their keys are in ``SliceViewer.KEYS``; an action may also be a
        function, which is called with the viewer. The wheel stays what it is unless
        it is named, such as ``"wheel down"``.
    ax : Axes or None
        Where to draw; default: a new figure of pyplot's.
    **imshow
        Further keywords of ``imshow``; default: grey, limits of the whole volume,
        nearest neighbour, and the aspect that the spacing gives.

    Attributes
    ----------
    index, axis : int
        Set them to show another slice, or slices along another axis.
    fig, ax : Figure, Axes
        Where it draws; if there are several pictures, all their axes are in ``axes``.
    pictures, layers : list
        The pictures, one for each panel, and whatever else is drawn for each slice.

    Raises
    ------
    TypeError, ValueError, IndexError
        If the volume, a key, a keyword, the axis or the index cannot be.
    """

    KEYS: ClassVar[Mapping[str, Iterable[str]]] = {
        "next": {"k", "right", "up", ".", "wheel up"},
        "previous": {"j", "left", "down", ",", "wheel down"},
        "forward": {"pageup", "ctrl+wheel up"},
        "back": {"pagedown", "ctrl+wheel down"},
        "first": {"home"},
        "last": {"end"},
    }

    def __init__(
        self,
        volume: Any,
        axis: int = 0,
        index: int | None = None,
        *,
        step: int = 10,
        wrap: bool = False,
        transpose: bool = False,
        keys: Mapping[Any, Iterable[str]] | None = None,
        ax: Axes | None = None,
        **imshow: Any,
    ) -> None:
        check_keywords(imshow, wrap=wrap, transpose=transpose, keys=keys, ax=ax)
        self.volume = volume if hasattr(volume, "plane") else Volume(volume)
        self.step, self.wrap, self.transpose = check_whole(step, "step"), wrap, transpose
        self.keys = action_of_key(self.KEYS, keys or {})
        self._axis, self._indices = check_axis(axis), [count // 2 for count in self.volume.shape]
        index = self.index if index is None else index
        self._indices[self._axis] = check_index(index, self.count, axis)
        self._listeners: list[Callable[[Any], Any]] = []
        self._go_back: Callable[[], None] = self._way_back()
        self._make_picture(ax, imshow)
        self._connect()
        self.write_titles()

    def _make_picture(self, ax: Axes | None, imshow: dict[str, Any]) -> None:
        self.ax = plt.subplots()[1] if ax is None else ax
        self.fig: Figure = self.ax.figure.canvas.figure
        self.layers: list[Any] = []
        with closed_if_in_vain(self.fig if ax is None else None):
            self.pictures = [Picture(self.ax, self.volume, self.plane, **imshow)]

    @property
    def axes(self) -> list[Axes]:
        """The axes with the pictures."""
        return [picture.ax for picture in self.pictures]

    @property
    def im(self) -> AxesImage:
        """The image on show; the first of them, if there are several."""
        return self.pictures[0].im

    @property
    def count(self) -> int:
        """How many slices there are along the axis."""
        return self.volume.shape[self._axis]

    @property
    def plane(self) -> Plane:
        """Which slice is on show."""
        return Plane(self._axis, self.index, self.transpose)

    @property
    def index(self) -> int:
        """The slice on show, counted from 0. Each axis remembers its own."""
        return self._indices[self._axis]

    @index.setter
    def index(self, index: int) -> None:
        index = check_index(index, self.count, self._axis)
        if index != self.index:  # or viewers that follow each other would never come to rest
            self._indices[self._axis] = index
            self.refresh()

    @property
    def axis(self) -> int:
        """The axis held fixed."""
        return self._axis

    @axis.setter
    def axis(self, axis: int) -> None:
        self._axis = check_axis(axis)
        self.refresh()

    def refresh(self) -> None:
        """Read the slice again, show it with its title and all layers, and tell the listeners.

        If it cannot be read, the viewer stays where it was. If anything else fails, the rest is
        done nevertheless.
        """
        self._show(dict.fromkeys(self.pictures, self.plane))

    def _show(self, planes: Mapping[Picture, Plane]) -> None:
        with ExitStack() as at_last, self.screen.step():
            self._read(planes)
            at_last.callback(in_turn, lambda listener: listener(self), self._listeners)
            try:
                self.write_titles()
            finally:
                self._show_layers(planes)

    def _read(self, planes: Mapping[Picture, Plane]) -> None:
        try:
            images = [plane.of(picture.volume) for picture, plane in planes.items()]
            for (picture, plane), image in zip(planes.items(), images, strict=True):
                picture.show(plane, image)
        except BaseException:  # all stays as it was, also if somebody presses Ctrl-C
            self._go_back()
            self.write_titles()
            raise
        self._go_back = self._way_back()

    def _way_back(self) -> Callable[[], None]:
        return partial(self._return_to, self._axis, tuple(self._indices))

    def _return_to(self, axis: int, indices: Iterable[int]) -> None:
        self._axis, self._indices = axis, list(indices)

    def _show_layers(self, planes: Mapping[Picture, Plane]) -> None:
        in_turn(lambda layer: layer.show(self.plane), self.layers)

    def settle(self) -> None:
        """Draw exactly what was drawn in haste, as happens by itself 0.2 s after the last step.

        It makes a difference only where slices have more voxels than the screen has pixels
        and their interpolation is not ``"nearest"``.
        """
        self.screen.settle()

    def write_titles(self) -> None:
        """Say above each picture which slice it is."""
        for picture in self.pictures:
            picture.title.set_text("")  # if the new one fails, the last one is wrong
        for panel, picture in enumerate(self.pictures):
            picture.title.set_text(self.heading(panel))

    def heading(self, panel: int = 0) -> str:
        """Return the title: index / last index, and where the slice lies, if that is known."""
        heading = f"{self.index} / {self.count - 1}"
        mm = slice_position(self.pictures[panel].volume.affine, self.index, self.axis)
        return heading if mm is None else f"{heading}, {mm:g} mm"

    def move(self, slices: int) -> None:
        """Go so many slices on, or back if below zero; not past the ends, unless ``wrap``."""
        index = self.index + check_whole(slices, "slices")
        self.index = index % self.count if self.wrap else min(max(index, 0), self.count - 1)

    def act(self, action: Any) -> None:
        """Do what a key does: one of the actions in ``KEYS``, or a function of one's own."""
        steps = {"next": 1, "previous": -1, "forward": self.step, "back": -self.step}
        ends = {"first": 0, "last": self.count - 1}
        if callable(action):
            action(self)
        elif action in ends:
            self.index = ends[action]
        elif action in steps:
            self.move(steps[action])
        else:
            raise ValueError(f"no action {told(action)}; there are {list(self.KEYS)}")

    def add(self, layer: Any) -> Self:
        """Draw something more for each slice: anything with ``show(plane)``."""
        layer.show(self.plane)
        self.layers.append(layer)
        self.fig.canvas.draw_idle()
        return self

    def on_change(self, listener: Callable[[Self], Any]) -> Callable[[], None]:
        """Call a function with the viewer after each change.

        Returns
        -------
        function
            Call it without arguments, and the other one is called no more.
        """
        if not callable(listener):
            raise TypeError(f"a listener must be a function, got {told(listener)}")
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def close(self) -> None:
        """Stop answering events, and give the keys back; harmless twice.

        The last slice stays on show. This runs by itself when the figure closes.
        """
        self.on_close.close()

    def _connect(self) -> None:
        self.on_close = ExitStack()
        self.screen = screen_of(self.fig)
        self.on_close.callback(self.screen.enter(lambda: self.axes))
        self.listen("key_press_event", self._on_key)
        self.listen("scroll_event", self._on_scroll)
        # Matplotlib holds methods weakly and functions strongly: this one, which the
        # figure holds, keeps the viewer alive
        self.listen("close_event", lambda event: self.close())
        self.on_close.callback(claim_keys(self.fig, {*self.keys, "control"}))

    def listen(self, event_name: Any, handler: Callable[[Any], Any]) -> None:
        """Connect a function to an event of the figure, until the viewer is closed."""
        cid = self.fig.canvas.mpl_connect(event_name, handler)
        self.on_close.callback(self.fig.canvas.mpl_disconnect, cid)

    def _on_key(self, event: Any) -> None:
        if event.key in self.keys and self._is_meant(event):
            self.act(self.keys[event.key])

    def _on_scroll(self, event: Any) -> None:
        if event.inaxes in self.axes and event.step and event.key not in ("x", "y"):
            wheel = "wheel up" if event.step > 0 else "wheel down"  # a trackpad's are fractions
            # the modifiers know of Ctrl even while the keyboard is with another widget
            with_ctrl = event.key == "control" or "ctrl" in event.modifiers
            action = self.keys.get(f"ctrl+{wheel}" if with_ctrl else wheel)
            if action:
                self.act(action)

    def _is_meant(self, event: Any) -> bool:
        # a key is for the viewer under the pointer, and for all if none there has such a key
        return event.inaxes in self.axes or not any(
            event.inaxes in viewer.axes and event.key in viewer.keys for viewer in viewers(self.fig)
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: axis {self.axis}, slice {self.heading()}>"


def in_turn(function: Callable[[Any], Any], items: Iterable[Any]) -> None:
    """Call a function with each item, also with those after one with which it fails."""
    with ExitStack() as stack:  # it works backwards, and raises in the end what was raised
        for item in reversed([*items]):
            stack.callback(function, item)


def viewers(fig: Figure) -> list[SliceViewer]:
    """Return the viewers that answer the keys of a figure."""
    owners = [getattr(handler, "__self__", None) for _, _, handler in handlers(fig)]
    return list({id(o): o for o in owners if isinstance(o, SliceViewer)}.values())
