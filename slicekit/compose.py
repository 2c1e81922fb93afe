"""`view`: anything in, a viewer out, composed of pictures, layers and titles."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from inspect import signature
from typing import Any

import numpy as np

from slicekit.arrangement import panels, three_panels
from slicekit.contrast import EachSlice, limits, share
from slicekit.intensity import check_colours
from slicekit.keywords import check_keywords
from slicekit.orientation import Look, look_at
from slicekit.ortho import OrthoViewer
from slicekit.panels import View
from slicekit.series import Series
from slicekit.sources import as_volume, one_or_several
from slicekit.titles import Titles
from slicekit.undone import closed_if_in_vain, undone_if_in_vain
from slicekit.viewer import SliceViewer
from slicekit.volume import Volume, check_whole


def view(
    data: Any,
    *,
    axis: int | str | None = None,
    dims: Sequence[str] | None = None,
    rgb: bool = False,
    spacing: Sequence[float] | None = None,
    offset: Sequence[float] | None = None,
    affine: Any = None,
    overlay: Any = None,
    contours: Any = None,
    points: Any = None,
    draw: Any = None,
    clim: Any = "volume",
    colorbar: bool = False,
    title: str | Callable[[int], str] | None = None,
    titles: Sequence[str] = (),
    labels: Sequence[str] = (),
    ncols: int | None = None,
    planes: bool = False,
    radiological: bool | None = None,
    orientation: str | None = None,
    ax: Any = None,
    **options: Any,
) -> View:
    """Show a volume, or several side by side, a slice at a time.

    Parameters
    ----------
    data : array-like, image, path, or list of them
        An array of any library that can be sliced, a nibabel or SimpleITK image, or a
        file that `slicekit.load` reads, also with time; a list or tuple of them is
        shown side by side; those that do not know their spacing lie where the first one
        does, if they have its shape.
        It is never copied, changed, or read whole unless it is a small array in memory.
    axis : int, str or None
        The axis held fixed, by number or by its name in ``dims``; default: the first.
    dims : str or sequence of str
        The names of the axes, such as ``"tzyx"``, needed for more than three. Three are
        shown: z, y and x first. Of the others, each has two keys: its first letter
        goes on, the same letter with Shift goes back.
    rgb : bool
        Whether the last axis holds colours; default: False.
    spacing : sequence of float
        Voxel size in mm for each of the three axes, or for every axis of the array;
        default: what the source knows, else 1. What it knows of directions stays.
    offset : (3,) sequence of float
        Where the first voxel lies, in mm per axis; with it, the title tells mm.
    affine : (4, 4) array
        From voxel indices to a position in mm; default: what the source knows.
    overlay : array-like or list of them
        Drawn over the picture, see `View.overlay`.
    contours : array-like or list of them
        Outlined on the picture, see `View.contour`.
    points : (N, 3) array-like
        Voxel indices in array order, marked on their slices. Clicks add to them, see
        `View.points`.
    draw : function or list of them
        ``draw(ax, index)`` draws anything for one slice along ``axis``, see `View.draw`.
    clim : "volume", "slice", "shared" or pair
        Which values are black and white: those of each whole volume, of every slice by
        itself, of all volumes together, or two limits, each a number or a percentile
        such as ``"99%"``, or a pair for each volume; default: "volume".
    colorbar : bool
        Whether each panel has a colour bar, or one for all if they share their limits;
        default: False.
    title : str or function
        ``title(index)``, or a format with the fields ``index`` (it comes first, so that
        ``"slice {}"`` will do), ``number`` (index + 1), ``last``, ``count``, ``mm``,
        ``label``, ``axis`` and the names of the axes held; default: index / last, with
        mm and label where they are known.
    titles : sequence of str
        A name for each panel, before its title; of three planes, a long one stands beside
        them.
    labels : sequence of str
        A label for each slice along ``axis``.
    ncols : int
        How many panels stand side by side; default: all, four at most.
    planes : bool
        Whether to show sagittal, coronal and axial planes through one voxel, with a
        crosshair, see `OrthoViewer`; default: False.
    radiological : bool
        Show slices with the head up, and letters at the edges that tell left (L), right,
        anterior, posterior, superior and inferior; left is on the right if True, as if seen
        from the feet, and on the left if False; default: False for three planes, and else
        slices as ``imshow`` shows them, without letters.
    orientation : str
        Towards where each of the three axes runs, such as ``"LAS"``, for data that do not
        say; default: what the affine says.
    ax : Axes or sequence of Axes
        Where to draw, three for each volume if there are three planes; default: a new
        figure of pyplot's.
    **options
        ``index``, ``step``, ``wrap``, ``transpose`` and ``keys`` of `SliceViewer`, and
        keywords of ``imshow``, such as ``cmap`` (also a list, one for each volume),
        ``vmin``, ``norm`` or ``origin``.

    Returns
    -------
    View
        Its keys are in ``View.KEYS``. With ``planes=True`` an `OrthoViewer`.

    Raises
    ------
    TypeError, ValueError, IndexError
        If something cannot be shown, or not in that way. No figure is left behind; axes of
        yours are as they were.
    OSError
        If there is no such file, or a slice cannot be read: whatever an array raises is told.
    """
    known = signature(SliceViewer).parameters.keys() | signature(view).parameters.keys()
    own = {"dims": dims, "rgb": rgb, "draw": draw, "colorbar": colorbar, "planes": planes}
    own |= {"titles": titles, "labels": labels, "ncols": ncols}
    check_keywords(options, known, **own)
    if ncols is not None and check_whole(ncols, "ncols") < 1:
        raise ValueError(f"ncols must be 1 or more, got {ncols}; leave it out for four at most")
    at: dict[str, int] = {}
    facts = {"dims": dims, "rgb": rgb, "spacing": spacing, "offset": offset, "affine": affine}
    volumes, place = open_volumes(data, at, axis, facts)
    written = Titles(title, list(titles), list(labels), place)
    written.check(len(volumes), volumes[0].shape[place])
    shown = limits(clim, volumes, place, options.get("norm"))
    if isinstance(options.get("cmap"), list | tuple):
        shown = with_colour_maps(shown, options.pop("cmap"))
    anatomical = planes or radiological is not None or orientation is not None
    if offset is not None and affine is None:
        orientation = along_the_array(orientation, offset)
    side = False if radiological is None else radiological
    seen: dict[str, Any] = {"radiological": side, "orientation": orientation}
    look = look_at(volumes, **seen) if anatomical else None
    given = [] if ax is None else list(np.ravel(np.asarray(ax, object)))
    axes = given or new_axes(volumes, look if planes else None, ncols)
    made = None if given else axes[0].get_figure()
    with closed_if_in_vain(made), undone_if_in_vain(given), ExitStack() as in_vain:
        if planes:
            viewer: View = OrthoViewer(volumes, axes, at, shown, written, place, **seen, **options)
        else:
            viewer = View(volumes, axes, at, shown, written, place, look=look, **options)
        in_vain.callback(viewer.close)
        add_contrast(viewer, clim, colorbar)
        add_layers(viewer, overlay, contours, draw, points)
        in_vain.pop_all()
    return viewer


def along_the_array(orientation: str | None, offset: Sequence[float]) -> str:
    """Return the orientation of data of which an offset says no more than where they begin."""
    if orientation and str(orientation).upper() != "RAS":
        raise ValueError(
            f"offset={offset!r} counts mm along the array's own axes, and orientation="
            f"{orientation!r} tells where these run; affine= tells both"
        )
    return orientation or ""  # nobody knows where they run


def new_axes(volumes: Sequence[Any], look: Look | None, ncols: int | None) -> list[Any]:
    """Return axes in a new figure: three for each volume if a look at their planes is wanted."""
    return three_panels(volumes, look, ncols) if look else panels(len(volumes), ncols)


def open_volumes(
    data: Any, at: dict[str, int], axis: Any, facts: dict[str, Any]
) -> tuple[list[Volume | Series], int]:
    """Return all volumes, and which of the three axes of each is held fixed."""
    found = [as_volume(item, at, axis=axis, **facts) for item in one_or_several(data)]
    first, place, _ = found[0]
    for volume, _, _ in found if facts["rgb"] else ():
        check_colours(volume.some_planes(place))
    volumes = [
        volume if known or volume.shape != first.shape else in_the_place_of(volume, first)
        for volume, _, known in found
    ]
    counts = sorted({volume.shape[place] for volume in volumes})
    if len(counts) > 1:
        raise ValueError(f"volumes side by side need as many slices each, got {counts}; crop them")
    return volumes, place


def in_the_place_of(volume: Volume | Series, first: Any) -> Volume | Series:
    """Return a volume that does not know where it lies where the first one does, in mm."""
    return replace(volume, spacing=first.spacing, affine=first.affine)


def with_colour_maps(shown: list[dict[str, Any]], cmaps: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the keywords of each picture together with its colour map."""
    if len(cmaps) != len(shown):
        raise ValueError(f"{len(shown)} volumes need as many colour maps, got {len(cmaps)}")
    return [{**keywords, "cmap": cmap} for keywords, cmap in zip(shown, cmaps, strict=True)]


def add_contrast(viewer: View, clim: Any, colorbar: bool) -> None:
    """Make pictures share their contrast, or change it with each slice; add colour bars."""
    if isinstance(clim, str) and clim == "shared":
        share(viewer.pictures)
    if isinstance(clim, str) and clim == "slice":
        for picture in viewer.pictures:
            viewer.add(EachSlice(picture))
    if colorbar:
        viewer.add_colour_bars()


def add_layers(viewer: View, overlay: Any, contours: Any, draw: Any, points: Any) -> None:
    """Draw what is wanted over the pictures: one of each kind, or a list of them."""
    over = (viewer.overlay, overlay), (viewer.contour, contours), (viewer.draw, draw)
    for add, wanted in over:
        for item in wanted if isinstance(wanted, list | tuple) else [wanted]:
            if item is not None:
                add(item)
    if points is not None:
        viewer.mark(points)
