"""Put a figure into words: what it shows, exactly enough to notice when that changes.

The words are the same on every backend and on every supported version of Matplotlib,
so that a notebook's stored outputs can be compared with fresh ones.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import Colormap, to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, NullLocator


def describe(fig: Figure) -> str:
    """Return one paragraph on what a figure shows.

    Parameters
    ----------
    fig : Figure
        Any figure; it is neither drawn nor changed.

    Returns
    -------
    str
        Size, panels with their titles, axes and aspects; for every image its shape,
        origin, extent, colour map, limits and a digest of its values in order; for
        lines, texts, patches and collections what sets them apart. It does not look at
        fonts, grids, backgrounds and tick labels.
    """
    panels = [ax for ax in fig.axes if ax.get_visible()]
    parts = [f"Figure of {_frame(fig)}, panels: {len(panels)}."]
    parts += [_panel(number, ax) for number, ax in enumerate(panels, 1)]
    parts += [_text(text) for text in fig.texts if text.get_text() != fig.get_suptitle()]
    return " ".join(parts)


def _frame(fig: Figure) -> str:
    width, height = fig.get_size_inches()
    words = [f"{width:g} x {height:g} inches"]
    if engine := fig.get_layout_engine():
        words += [type(engine).__name__.removesuffix("LayoutEngine").lower() + " layout"]
    words += [repr(fig.get_suptitle())] if fig.get_suptitle() else []
    return ", ".join(words)


def _panel(number: int, ax: Axes) -> str:
    words = [f"Panel {number}{_place(ax)} {ax.get_title()!r}"]
    if ax.axison:
        words += [_axis("x", ax.xaxis, ax.get_xlim()), _axis("y", ax.yaxis, ax.get_ylim())]
    else:
        words += [f"no axes, {_span(ax.get_xlim())} by {_span(ax.get_ylim())}"]
    words += [f"aspect {_number(ax.get_aspect())}", *_contents(ax)]
    return "; ".join(words) + "."


def _place(ax: Axes) -> str:
    spec = ax.get_subplotspec()
    spec = spec and spec.get_topmost_subplotspec()  # a colour bar shares the place of its panel
    if spec is None or spec.get_geometry()[:2] == (1, 1):
        return ""
    rows, columns, first, _ = spec.get_geometry()
    return f" (row {first // columns + 1} of {rows}, column {first % columns + 1} of {columns})"


def _axis(name: str, axis: Axis, limits: tuple[float, float]) -> str:
    label = f" {axis.get_label_text()!r}" if axis.get_label_text() else ""
    return f"{name}{label} {axis.get_scale()} {_span(limits)}{_ticks(axis)}"


def _ticks(axis: Axis) -> str:
    if not isinstance(axis.get_major_locator(), FixedLocator | NullLocator):
        return ""  # chosen by Matplotlib, and not the same in every version
    places = ", ".join(_number(place) for place in axis.get_majorticklocs())
    return f" ticks at {places}" if places else " no ticks"


def _contents(ax: Axes) -> Iterator[str]:
    for artist in sorted(ax.get_children(), key=lambda artist: artist.get_zorder()):
        hidden = "" if artist.get_visible() else "hidden "
        if isinstance(artist, AxesImage):
            yield hidden + _image(artist)
        elif artist in ax.lines and isinstance(artist, Line2D):
            yield hidden + _line(artist)
        elif artist in ax.texts and isinstance(artist, Text):
            yield hidden + _text(artist)
        elif artist in ax.patches and isinstance(artist, Patch) and ax.get_navigate():
            # (axes without zoom and pan are a widget's, whose shapes differ between versions)
            yield hidden + _patch(artist)
        elif artist in ax.collections:
            yield hidden + _collection(artist)
    if legend := ax.get_legend():
        yield "legend " + ", ".join(repr(text.get_text()) for text in legend.get_texts())


def _image(im: AxesImage) -> str:
    values = im.get_array()
    if values is None:
        return "image without data"
    sides = " x ".join(str(side) for side in values.shape)
    smoothing = (im.get_interpolation() or "auto").replace("antialiased", "auto")
    words = [f"image {sides} {values.dtype.name}", f"origin {im.origin}"]
    words += ["extent " + " ".join(_number(edge) for edge in im.get_extent())]
    if values.ndim == 2:
        scale = type(im.norm).__name__.replace("Normalize", "linear")
        words += [f"{_colours(im.get_cmap())} {scale} {_span(im.get_clim())}"]
    words += [f"interpolation {smoothing}"]
    words += [f"alpha {im.get_alpha()}"] if im.get_alpha() is not None else []
    low, high = im.get_clim()
    shade = (high - low) / 255 if values.ndim == 2 and low is not None and high is not None else 0
    return ", ".join([*words, f"digest {_digest(values, shade or 1e-3)}"])


def _colours(cmap: Colormap) -> str:
    """Name a colour map; with a digest of its colours if they are not Matplotlib's."""
    if cmap.name in colormaps and colormaps[cmap.name] == cmap:
        return cmap.name
    inside = cmap(np.linspace(0, 1, 256))
    outside = [cmap.get_under(), cmap.get_over(), cmap.get_bad()]
    digest = _digest(np.vstack([inside, outside]))
    # what Matplotlib calls a map without a name differs from version to version
    return f"{cmap.name} (altered, {digest})" if cmap.name in colormaps else f"own colours {digest}"


def _line(line: Line2D) -> str:
    label = "" if str(line.get_label()).startswith("_") else f" {line.get_label()!r}"
    style = f"{to_hex(line.get_color())} {line.get_linestyle()} {line.get_marker()}"
    return f"line{label} {style} {line.get_linewidth():g} wide, digest {_digest(line.get_xydata())}"


def _collection(marks: Any) -> str:
    parts = [marks.get_offsets(), marks.get_facecolor(), marks.get_edgecolor(), marks.get_array()]
    parts += [path.vertices for path in marks.get_paths()[:4]]
    return f"{type(marks).__name__} {' '.join(_digest(p) for p in parts if p is not None)}"


def _text(text: Text) -> str:
    x, y = text.get_position()
    return f"text {text.get_text()!r} {to_hex(text.get_color())} at {x:g} {y:g}"


def _patch(patch: Patch) -> str:
    colours = f"{to_hex(patch.get_edgecolor())} {to_hex(patch.get_facecolor())}"
    corners = patch.get_transform().transform_path(patch.get_path()).vertices
    corners = patch.axes.transData.inverted().transform(corners) if patch.axes else corners
    return f"{type(patch).__name__} {colours}, digest {_digest(corners)}"


def _digest(values: Any, step: float = 1e-3) -> str:
    """Hash values in order: whole numbers exactly, others rounded to multiples of a step."""
    if values.dtype.kind not in "biu" or np.ma.is_masked(values):
        steps = np.ma.filled(values.astype(float), np.nan) / step
        steps = np.nan_to_num(np.clip(steps, -1e15, 1e15), nan=-1e16)
        values = np.round(steps).astype(np.int64)
    in_order = values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    return hashlib.sha256(repr(values.shape).encode() + in_order).hexdigest()[:8]


def _span(limits: tuple[Any, Any]) -> str:
    return " to ".join(_number(edge) for edge in limits)


def _number(value: Any) -> str:
    """Write a number the same way whether it is NumPy's or Python's, 3.0 or 3."""
    if value is None or isinstance(value, str):
        return str(value)
    return f"{round(float(value), 4) + 0.0:.6g}"
