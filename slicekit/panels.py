"""`View`: one or more volumes side by side, with layers over them and keys for all."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import TimerBase
from matplotlib.figure import Figure

from slicekit import layers
from slicekit.arrangement import check_axes
from slicekit.complaint import told
from slicekit.contrast import add_colour_bars, adjust_all, reset_contrast
from slicekit.held import go, held_counts, keys_of_held, move_held, with_held
from slicekit.montage import montage
from slicekit.orientation import Edges, Look, check_voxel, position_of, voxel_at
from slicekit.overlays import Overlay, overlay_colours
from slicekit.picture import Picture
from slicekit.plane import Plane
from slicekit.pointer import Pointer
from slicekit.series import Series
from slicekit.share import save, to_html
from slicekit.sources import open_source
from slicekit.titles import Titles
from slicekit.viewer import SliceViewer
from slicekit.volume import Volume
from slicekit.waiting import answering, put_off, telling, watched, with_trouble


class View(SliceViewer):
    """What `view` returns: a `SliceViewer` of one or more volumes, with layers over them.

    Parameters
    ----------
    volumes : sequence of Volume
        One for each panel, with as many slices each.
    axes : sequence of Axes
        As many.
    at : dict
        From the name of an axis that is not shown to the index where it is held;
        change it with `go`.
    contrast : sequence of dict
        Keywords of `Picture` for each panel.
    titles : Titles
        What to write above.
    axis : int
        The axis held fixed; default: 0.
    look : Look or None
        From which side the slices are seen; default: as ``imshow`` shows them.
    **options
        Further keywords of `SliceViewer`.

    Attributes
    ----------
    voxel : (3,) tuple of int
        The slice on show along each of the three axes. Set it to go there.
    position : (3,) array or None
        The same place in mm, if the volume knows. Set it to go to the voxel there.
    """

    KEYS: ClassVar[Mapping[str, Iterable[str]]] = {
        **SliceViewer.KEYS,
        "axis": {"a"},
        "hide": {"m"},
        "brighter": {"]"},
        "darker": {"["},
        "wider": {"-"},
        "narrower": {"+", "="},
        "reset": {"0"},
        "undo": {"backspace"},
    }
    save, to_html, montage = save, to_html, montage
    go, _move_held = go, move_held
    adjust, reset_contrast, add_colour_bars = adjust_all, reset_contrast, add_colour_bars

    def __init__(
        self,
        volumes: Sequence[Volume | Series],
        axes: Sequence[Axes],
        at: dict[str, int],
        contrast: Sequence[Mapping[str, Any]],
        titles: Titles,
        axis: int = 0,
        *,
        look: Look | None = None,
        **options: Any,
    ) -> None:
        if look is not None and look.codes and options.get("transpose"):
            raise ValueError("transpose=True turns slices that are turned by anatomy; leave it out")
        self._volumes, self._axes, self._contrast, self.look = volumes, axes, contrast, look
        self.at, self._held, self._titles = at, held_counts(volumes), titles
        self._more: dict[str, Callable[[], Any]] = {
            "axis": self.cycle_axis,
            "hide": self.toggle,
            "brighter": partial(self.adjust, brighter=0.1),
            "darker": partial(self.adjust, brighter=-0.1),
            "wider": partial(self.adjust, wider=1.25),
            "narrower": partial(self.adjust, wider=0.8),
            "reset": self.reset_contrast,
            "undo": self.undo_point,
        }
        for name in self._held:
            self._more[f"next {name}"] = partial(self._move_held, name, 1)
            self._more[f"previous {name}"] = partial(self._move_held, name, -1)
        self.KEYS = {**self.KEYS, **keys_of_held(self._held, self.KEYS)}  # type: ignore[misc]
        # all that slices are read of; whether a key is being answered, and what waits for more
        self.sources, self.is_answering, self.later = list[Any](), False, TimerBase()
        super().__init__(volumes[0], axis, **options)
        self.limits_before: list[tuple[Any, float, float]] = []  # of norms changed by hand
        watched(self, *volumes)
        self.on_close.callback(lambda: self.later.stop())
        self._pointer = Pointer(self)

    def _make_picture(self, ax: Axes | None, imshow: dict[str, Any]) -> None:
        check_axes(self._axes, len(self._volumes))
        self.ax = self._axes[0]
        self.fig: Figure = self.ax.figure.canvas.figure
        panels = zip(self._axes, self._volumes, self._contrast, strict=True)
        self.pictures = [
            Picture(ax, volume, self._plane_along(self._held_by(panel)), **{**clim, **imshow})
            for panel, (ax, volume, clim) in enumerate(panels)
        ]
        self.layers = [Edges(picture, self.look) for picture in self.pictures if self.look]
        self.write_titles()  # one that fails does so before anything is connected

    def _held_by(self, panel: int) -> int:
        """Return which axis a panel holds fixed."""
        return self._axis

    def _plane_along(self, axis: int) -> Plane:
        """Return the slice on show along an axis."""
        if self.look and self.look.codes:
            return self.look.plane(axis, self._indices[axis])
        return Plane(axis, self._indices[axis], self.transpose)

    @property
    def plane(self) -> Plane:
        """Which slice is on show."""
        return self._plane_along(self._axis)

    @property
    def voxel(self) -> tuple[int, ...]:
        """The slice on show along each of the three axes."""
        return tuple(self._indices)

    @voxel.setter
    def voxel(self, voxel: Sequence[int]) -> None:
        indices = check_voxel(voxel, self.volume.shape)
        if indices != self._indices:
            self._indices = indices
            self._show_voxel()

    def _show_voxel(self) -> None:
        self.refresh()

    @property
    def position(self) -> np.ndarray | None:
        """The place of the voxel in mm, if the volume knows."""
        return position_of(self.volume, self.voxel)

    @position.setter
    def position(self, position: Sequence[float]) -> None:
        self.voxel = voxel_at(self.volume, position)

    @property
    def points(self) -> np.ndarray:
        """The points marked and clicked so far, (N, 3) voxel indices in array order."""
        return layers.as_points([point for group in self._pointer.groups for point in group])

    def heading(self, panel: int = 0) -> str:
        """Return the title of a panel."""
        picture = self.pictures[panel]
        number = panel * len(self._titles.titles) // len(self.pictures)
        held = [f"{name} {self.at[name]} / {count - 1}" for name, count in self._held.items()]
        name = self.look.name(picture.plane.axis) if self.look else ""
        return with_trouble(self, picture, self._titles.text(picture, number, name, held, self.at))

    def pick(self, voxel: np.ndarray) -> None:
        """Keep a voxel that was clicked among the points."""
        check_voxel(voxel, self.volume.shape)
        self._pointer.groups[-1].append(voxel)
        self.refresh()

    def drag(self, voxel: np.ndarray) -> None:
        """Do nothing: one slice alone has nothing that can be dragged."""

    def overlay(
        self,
        data: Any,
        *,
        panel: int | None = None,
        color: Any = None,
        hide_zero: bool = True,
        **imshow: Any,
    ) -> Self:
        """Lay another volume over the picture; see through it where it is zero, NaN or masked.

        Parameters
        ----------
        data : array-like
            Of the same shape as the volume. Whole numbers are labels, each with a colour
            of its own on all slices; bool is a mask, in one colour; real numbers are a
            map, with the limits of the whole of it. With a ``cmap``, whole numbers are a
            map, too.
        panel : int or None
            Over which panel; default: all.
        color : colour
            For all that is not zero; default: see above.
        hide_zero : bool
            Whether zero is transparent, as NaN is in any case; default: True.
        **imshow
            Keywords of ``imshow``; default: ``alpha=0.5``.

        Returns
        -------
        View
            The viewer itself, so that calls can be chained.
        """
        plain = color is None and {"cmap", "norm"} & imshow.keys()
        for picture, volume in layers.laid_over(self._on(panel), watched(self, open_source(data))):
            over = [isinstance(x, Overlay) and x.picture is picture for x in self.layers]
            image = picture.plane.of(volume)
            colours = {} if plain else overlay_colours(image, sum(over), color)
            options = {"hide_zero": hide_zero, **colours, **imshow}
            overlay = Overlay(picture, volume, picture.plane, **options)
            self.add(overlay)
            # all panels have the same limits, whichever planes of it were looked at
            imshow = {**imshow, "norm": overlay.im.norm, "vmin": None, "vmax": None}
        return self

    def contour(
        self,
        data: Any,
        levels: Sequence[float] | None = None,
        *,
        panel: int | None = None,
        color: Any = None,
        **contour: Any,
    ) -> Self:
        """Outline the regions of another volume.

        Parameters
        ----------
        data : array-like
            Of the same shape as the volume: labels, a mask, or a map.
        levels : sequence of float
            Where to outline a map; default: 0.5. Labels and masks need none.
        panel : int or None
            On which panel; default: all.
        color : colour
            Default: that of the label in an overlay.
        **contour
            Keywords of ``contour``, such as ``linewidths``.
        """
        for picture, volume in layers.laid_over(self._on(panel), watched(self, open_source(data))):
            self.add(layers.outlines(picture, volume, levels, color, **contour))
        return self

    def mark(self, points: Any, **scatter: Any) -> Self:
        """Mark points on the slices where they lie, those that are clicked later as well.

        Parameters
        ----------
        points : (N, 3) array-like
            Voxel indices in array order; an empty list will do.
        **scatter
            Keywords of ``scatter``; default: red crosses.
        """
        group = list(layers.as_points(points))
        for layer in [layers.markers(picture, group, **scatter) for picture in self.pictures]:
            self.add(layer)
        self._pointer.groups.append(group)
        return self

    def draw(self, function: Callable[[Axes, int], Any], *, panel: int | None = None) -> Self:
        """Call ``function(ax, index)`` for each slice; what it draws is removed before the next.

        It is called for slices along the axis that is on show now, and for no others.
        """
        for picture in self._on(panel):
            self.add(layers.Redrawn(picture, layers.along(self.axis, function)))
        return self

    def toggle(self) -> None:
        """Hide all that lies over the pictures, or show it again."""
        over = [layer for layer in self.layers if hasattr(layer, "visible")]
        visible = not any(layer.visible for layer in over)
        for layer in over:
            layer.visible = visible
        self.fig.canvas.draw_idle()

    def _on(self, panel: int | None) -> list[Picture]:
        if panel not in (None, *range(len(self.pictures))):
            raise ValueError(f"there is no panel {told(panel)}; use 0 to {len(self.pictures) - 1}")
        return self.pictures if panel is None else [self.pictures[panel]]

    def cycle_axis(self) -> None:
        """Show slices along the next axis for which all panels have as many."""
        for axis in (self.axis + 1, self.axis + 2):
            if len({picture.volume.shape[axis % 3] for picture in self.pictures}) == 1:
                self.axis = axis % 3
                return

    def act(self, action: Any) -> None:
        """Do what a key does: one of the actions in ``KEYS``, or a function of one's own."""
        with answering(self):
            if isinstance(action, str) and action in self._more:
                self._more[action]()
            else:
                super().act(action if isinstance(action, Hashable) else told(action))

    def refresh(self) -> None:
        """Read the slice again and show it; soon, if slices take their time and keys wait."""
        if not put_off(self, self.refresh):
            super().refresh()

    def _show_layers(self, planes: Mapping[Picture, Plane]) -> None:
        with telling(self):
            super()._show_layers(planes)

    def _way_back(self) -> Callable[[], None]:
        return with_held(self, super()._way_back())

    def undo_point(self) -> None:
        """Forget the last point."""
        self._pointer.forget_last()
        self.refresh()
