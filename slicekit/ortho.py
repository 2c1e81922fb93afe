"""Three planes of a volume that meet in one voxel, under a crosshair."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from matplotlib.axes import Axes

from slicekit.arrangement import corners_of, fit_title, sign, three_panels
from slicekit.complaint import told
from slicekit.contrast import share
from slicekit.crosshair import Crosshair
from slicekit.keywords import check_keywords
from slicekit.orientation import Look, check_voxel, look_at
from slicekit.panels import View
from slicekit.picture import Picture, is_gone, whole_range
from slicekit.plane import Plane
from slicekit.sources import as_volume, one_or_several
from slicekit.titles import Titles, readable
from slicekit.undone import closed_if_in_vain, undone_if_in_vain
from slicekit.viewer import in_turn
from slicekit.waiting import put_off, telling


class OrthoViewer(View):
    """Three planes of a volume, which meet in one voxel under a crosshair.

    Click or drag to move the crosshair; keys and the wheel move the plane under the
    pointer. Where the volume knows which way is left, the head is shown upright, with
    letters at the edges; the letters are question marks where it does not.

    Parameters
    ----------
    volume : array-like, Volume or image, or list of them
        What `slicekit.view` takes; of several volumes all show the same voxel.
    axes : sequence of Axes
        Three for each volume: for sagittal, coronal and axial slices, or for slices
        along axes 0, 1 and 2; default: a new figure of pyplot's.
    at, contrast, titles
        As in `View`.
    axis : int
        The axis that ``index`` counts along until there is a key, the wheel or a click
        in another plane; default: 0.
    radiological : bool
        Whether the left of the body is on the right; default: False, it is on the left.
    orientation : str or None
        Towards where each axis runs, such as ``"LAS"``, if the volume does not know.
    **options
        Further keywords of `SliceViewer`, but not ``transpose`` and ``extent``.

    Attributes
    ----------
    voxel : (3,) tuple of int
        Where the planes meet. Set it to go there.
    position : (3,) array or None
        The same place in mm, if the volume knows. Set it to go to the voxel there.
    crosshairs : list of Crosshair
        One for each panel.

    Raises
    ------
    TypeError, ValueError, IndexError
        If the volume, a keyword, the axis or the index cannot be.
    """

    look: Look
    KEYS: ClassVar[Mapping[str, Iterable[str]]] = {
        **{action: keys for action, keys in View.KEYS.items() if action != "axis"},
        "crosshair": {"h"},
    }

    def __init__(
        self,
        volume: Any,
        axes: Sequence[Axes] = (),
        at: dict[str, int] | None = None,
        contrast: Sequence[Mapping[str, Any]] = (),
        titles: Titles = Titles(),  # noqa: B008 - it cannot be changed
        axis: int = 0,
        *,
        radiological: bool = False,
        orientation: str | None = None,
        **options: Any,
    ) -> None:
        for name in {"transpose", "extent"} & options.keys():
            raise TypeError(f"{name} is for one plane, and here are three; leave it out")
        at = {} if at is None else at
        check_keywords({}, at=at, contrast=contrast, axes=axes)
        if not isinstance(titles, Titles):
            raise TypeError(
                f"titles must be a Titles, got {told(titles)}; view(..., planes=True) takes names"
            )
        volumes = [
            item if hasattr(item, "plane") else as_volume(item, at)[0]
            for item in one_or_several(volume)
        ]
        check_three(volumes, axes, contrast)
        scale = {name: options.pop(name) for name in SCALE & options.keys()}
        clims = [
            with_norm(volume, axis, {**clim, **scale})
            for volume, clim in zip(volumes, contrast or [{}] * len(volumes), strict=True)
        ]
        look = look_at(volumes, radiological, orientation)
        panels: list[Any] = list(axes) or three_panels(volumes, look)
        made = None if len(axes) else panels[0].figure
        with closed_if_in_vain(made), undone_if_in_vain(axes):
            super().__init__(
                thrice(volumes), panels, at, thrice(clims), titles, axis, look=look, **options
            )
        self._more["crosshair"] = self.toggle_crosshair
        for first in range(0, len(self.pictures), 3):
            share(self.pictures[first : first + 3])

    def _make_picture(self, ax: Axes | None, imshow: dict[str, Any]) -> None:
        super()._make_picture(ax, imshow)
        if sign(self.axes, self.look, [readable(str(name)) for name in self._titles.titles]):
            self._titles = replace(self._titles, titles=())  # the names are there already
        self.crosshairs = [Crosshair(picture) for picture in self.pictures]
        for crosshair in self.crosshairs:
            crosshair.show(self.voxel)

    def write_titles(self) -> None:
        """Say above each picture which slice it is, small enough for its width."""
        super().write_titles()
        for picture in self.pictures:
            if not is_gone(picture.im):
                fit_title(picture.title, picture.ax)

    def _held_by(self, panel: int) -> int:
        return self.look.axes[panel % 3]

    def _plane_along(self, axis: int) -> Plane:
        plane = super()._plane_along(axis)
        # where nobody knows what is up, planes that share an axis still share an edge
        return plane if self.look.codes else replace(plane, transpose=axis == 2)

    @property
    def index(self) -> int:
        """The slice on show along ``axis``."""
        return self._indices[self._axis]

    @index.setter
    def index(self, index: int) -> None:
        here = enumerate(self.voxel)
        self.voxel = tuple(index if axis == self._axis else i for axis, i in here)

    def refresh(self) -> None:
        """Read all slices again, and show them; soon, if they take their time and keys wait."""
        if not put_off(self, self.refresh):
            self._show_in(self.pictures)

    def _show_voxel(self) -> None:
        if not put_off(self, self._show_voxel):
            self._show_in([p for p in self.pictures if p.plane != self._plane_along(p.plane.axis)])

    def _show_in(self, pictures: Sequence[Picture]) -> None:
        self._show({picture: self._plane_along(picture.plane.axis) for picture in pictures})

    def _show_layers(self, planes: Mapping[Picture, Plane]) -> None:
        for crosshair in self.crosshairs:
            crosshair.show(self.voxel)
        shown = [x for x in self.layers if getattr(x, "picture", None) in (None, *planes)]
        with telling(self):
            in_turn(lambda layer: layer.show(self._plane_of(layer)), shown)

    def _plane_of(self, layer: Any) -> Plane:
        picture = getattr(layer, "picture", None)
        return self.plane if picture is None else picture.plane

    def add(self, layer: Any) -> Self:
        """Draw something more for each slice: anything with ``show(plane)``.

        If it has a ``picture``, it is told the planes of that one.
        """
        layer.show(self._plane_of(layer))
        self.layers.append(layer)
        self.fig.canvas.draw_idle()
        return self

    def pick(self, voxel: np.ndarray) -> None:
        """Move the crosshair to a voxel that was clicked, and keep it among the points."""
        self._indices = check_voxel(voxel, self.volume.shape)
        super().pick(voxel)

    def drag(self, voxel: np.ndarray) -> None:
        """Move the crosshair along with the mouse."""
        self.voxel = voxel.tolist()

    def add_colour_bars(self) -> None:
        """Add a colour bar for each volume, in the corner that has no plane if there is one."""
        corners = corners_of(self.axes)
        norms = {id(picture.im.norm) for picture in self.pictures[:3]}
        if not corners or len(norms) > 1:  # each plane has limits of its own
            super().add_colour_bars()
            return
        for corner, picture in zip(corners, self.pictures[::3], strict=False):
            place = corner.inset_axes((0.05, 0.15, 0.9, 0.06))
            self.fig.colorbar(picture.im, cax=place, orientation="horizontal")

    def toggle_crosshair(self) -> None:
        """Hide the crosshair, or show it again."""
        for crosshair in self.crosshairs:
            crosshair.visible = not crosshair.visible
        self.fig.canvas.draw_idle()

    def _connect(self) -> None:
        super()._connect()
        self.listen("button_press_event", self._turn_to)

    def _on_key(self, event: Any) -> None:
        self._turn_to(event)
        super()._on_key(event)

    def _on_scroll(self, event: Any) -> None:
        self._turn_to(event)
        super()._on_scroll(event)

    def _turn_to(self, event: Any) -> None:
        for picture in self.pictures:
            if picture.ax is event.inaxes:
                self._axis = picture.plane.axis


def check_three(volumes: Sequence[Any], axes: Sequence[Axes], contrast: Any) -> None:
    """Refuse what does not give each volume three planes that meet."""
    if isinstance(contrast, Mapping) or len(contrast) not in (0, len(volumes)):
        raise ValueError(
            f"contrast must be a list of {len(volumes)}, a dict for each volume, got "
            f"{told(contrast)}; leave it out for the limits of the whole volume"
        )
    shapes = [volume.shape for volume in volumes]
    if len({*shapes}) > 1:
        raise ValueError(f"planes of several volumes need one shape, got {shapes}; link views")
    if len(axes) not in (0, 3 * len(volumes)):
        raise ValueError(f"three planes need three axes for each volume, got {len(axes)}")


SCALE = {"norm", "vmin", "vmax"}


def with_norm(volume: Any, axis: int, imshow: dict[str, Any]) -> dict[str, Any]:
    """Return keywords of a picture in which the limits are found already, and read only once."""
    norm, vmin, vmax = (imshow.pop(name, None) for name in ("norm", "vmin", "vmax"))
    return {**imshow, "norm": whole_range(volume, axis, norm, vmin, vmax)}


def thrice(items: Sequence[Any]) -> list[Any]:
    """Return each item three times, one for each plane."""
    return [item for item in items for _ in range(3)]
