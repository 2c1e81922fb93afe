"""Which keywords there are; whoever asks for others gets an error, and no empty figure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from inspect import signature
from numbers import Real
from typing import Any

import numpy as np
from matplotlib.artist import ArtistInspector
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.transforms import Transform

from slicekit.complaint import told

FLAG = (bool, np.bool_), "True or False"
NAMES = Iterable, "a list of names"
KINDS: Mapping[str, tuple[Any, str]] = {  # where a wrong one would not be noticed, or too late
    "dims": (Iterable | None, "a name for each axis, such as 'tzyx'"),
    "rgb": FLAG,
    "colorbar": FLAG,
    "titles": NAMES,
    "labels": NAMES,
    "planes": FLAG,
    "draw": (Callable | None, "a function draw(ax, index), or a list of them"),
    "wrap": FLAG,
    "transpose": FLAG,
    "at": (Mapping, "a dict, such as {'t': 3}"),
    "contrast": (Mapping, "a list of dicts, one for each volume"),
    "keys": (Mapping | None, "a dict, such as {'next': {'n'}}"),
    "ax": (Axes | None, "axes, such as those of plt.subplots()"),
    "axes": (Sequence | np.ndarray, "a list of axes"),
    "hide_zero": FLAG,
    # Matplotlib looks at these no sooner than it draws
    "zorder": (Real | None, "a number"),
    "resample": (bool | None, "True or False"),
    "agg_filter": (Callable | None, "a function"),
    "transform": (Transform | None, "a transform, such as ax.transData"),
}


@cache
def keywords_of_imshow() -> set[str]:
    """Return the names that ``imshow`` takes, other than the image itself."""
    known = {*signature(Axes.imshow).parameters, *ArtistInspector(AxesImage).get_setters()}
    return known - {"self", "X", "data", "array", "kwargs", "figure"}


def check_keywords(others: Mapping[str, Any], known: Iterable[str] = (), **ours: Any) -> None:
    """Refuse what cannot be, before any figure is made.

    Parameters
    ----------
    others : dict
        Keywords that are handed on.
    known : iterable of str
        Names that may be among them, beside those of ``imshow``.
    **ours
        Keywords of our own.

    Raises
    ------
    TypeError, ValueError
        If nobody knows a keyword, or if it is of another kind than it must be, or if two of
        them, or axes, cannot be.
    """
    names = keywords_of_imshow().union(known)
    for name in others.keys() - names:
        if name == "figsize":
            raise TypeError("the figure is made already; make your own, and pass its axes with ax=")
        alike = get_close_matches(name, names, 1)
        hint = f"did you mean {alike[0]!r}?" if alike else "imshow does not know it either"
        raise TypeError(f"unexpected keyword argument {told(name)}; {hint}")
    given = {**others, **ours}
    for name, (kinds, words) in KINDS.items():
        value, several = given.get(name), name in ("draw", "contrast")
        for one in value if several and isinstance(value, list | tuple) else [value]:
            is_word = name == "titles" and isinstance(one, str)  # its letters are no names
            if name in given and (is_word or not fits(one, kinds)):
                raise TypeError(f"{name} must be {words}, got {told(one)}")
    if given.get("rgb") and given.get("norm") is not None:
        raise ValueError(f"colours take no norm, got {told(given['norm'])}; leave it out")
    for action, keys in (given.get("keys") or {}).items():
        if not fits(keys, Collection) or not all(isinstance(key, str) for key in keys):
            raise TypeError(f"keys for {told(action)} must be names, as 'n', got {told(keys)}")
    check_ax(given.get("ax"))


def fits(value: Any, kinds: Any) -> bool:
    """Return whether a value is of one of some kinds; an array without axes is of none."""
    return isinstance(value, kinds) and not (isinstance(value, np.ndarray) and value.ndim == 0)


def check_ax(ax: Any) -> None:
    """Refuse axes that were removed, and those on which a picture lies neither flat nor even."""
    if isinstance(ax, Axes) and (ax.figure is None or ax.name != "rectilinear"):
        fault = "which were removed" if ax.figure is None else f"which are {ax.name}"
        raise ValueError(
            f"ax must be axes with x and y on a figure, got {told(ax)}, {fault}; see plt.subplots"
        )
    for side in "xy" if isinstance(ax, Axes) else "":
        if (scale := getattr(ax, f"get_{side}scale")()) != "linear":
            raise ValueError(f"ax has a {scale} scale; use ax.set_{side}scale('linear')")
