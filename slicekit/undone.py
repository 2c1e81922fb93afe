"""What was begun in vain is undone: our own figure is closed, given axes are as they were."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.artist import getp
from matplotlib.axes import Axes
from matplotlib.figure import Figure

LOOK = "anchor", "aspect", "position", "in_layout", "xlim", "ylim", "autoscalex_on", "autoscaley_on"
WORDS = ["text", "position", "transform", "fontsize", "fontweight", "color", "ha", "va"]


@contextmanager
def closed_if_in_vain(fig: Figure | None) -> Iterator[None]:
    """Close a figure of pyplot's own making if there is nothing to show on it after all."""
    try:
        yield
    except BaseException:
        if fig is not None:
            plt.close(fig)
        raise


@contextmanager
def undone_if_in_vain(axes: Iterable[Any]) -> Iterator[None]:
    """Leave axes that somebody gave as they were if there is nothing to show on them after all."""
    given = [ax for ax in axes if isinstance(ax, Axes) and ax.figure and ax.name == "rectilinear"]
    there, looks = artists_on(given), [(ax.dataLim.frozen(), look_of(ax)) for ax in given]
    try:
        yield
    except BaseException:
        for bar in {a.colorbar for a in artists_on(given) - there if getattr(a, "colorbar", None)}:
            bar.remove()
        for new in artists_on(given) - there:
            new.remove()
        for ax, (limits, look) in zip(given, looks, strict=True):
            ax.dataLim.set(limits)  # or what is drawn next would make room for the picture
            for artist in look:
                artist.set(**look[artist])
        raise


def artists_on(axes: Iterable[Axes]) -> set[Any]:
    """Return what is on axes, and the axes of their figures."""
    return {a for ax in axes for a in (*ax.get_children(), *ax.figure.canvas.figure.axes)}


def look_of(ax: Any) -> dict[Any, dict[str, Any]]:
    """Return the look of axes and of their texts, as keywords of ``set``."""
    names = {ax: LOOK, **{text: WORDS for text in ax.get_children() if hasattr(text, "get_text")}}
    look = {artist: {name: getp(artist, name) for name in names[artist]} for artist in names}
    look[ax]["position"] = ax.get_position(original=True)  # and not what the aspect leaves of it
    return look
