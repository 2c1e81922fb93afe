"""Press, scroll and click a figure from code, with Matplotlib's own events.

The handlers cannot tell the difference, so that a chapter can show what a key does
even where nobody is there to press it.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import KeyEvent, MouseButton, MouseEvent
from matplotlib.figure import Figure

from slicekit.complaint import told
from slicekit.sizes import numbers


def press(fig: Figure, key: str, ax: Axes | None = None) -> None:
    """Press and release a key, with the pointer at the centre of the axes.

    Parameters
    ----------
    fig : Figure
        The figure that gets the key.
    key : str
        Matplotlib's name of it, such as ``"k"``, ``"left"`` or ``"ctrl+z"``.
    ax : Axes or None
        Where the pointer is; default: the first axes of the figure.
    """
    x, y = _centre(_axes(fig, ax))
    if not isinstance(key, str | None):  # None is a key that Matplotlib does not know
        raise TypeError(f"key must be a name, such as 'k', got {told(key)}; see event.key")
    for name in ("key_press_event", "key_release_event"):
        fig.canvas.callbacks.process(name, KeyEvent(name, fig.canvas, key, x, y))


def scroll(fig: Figure, step: float, ax: Axes | None = None) -> None:
    """Turn the wheel, with the pointer at the centre of the axes.

    Parameters
    ----------
    fig : Figure
        The figure that gets the event.
    step : float
        How far: above zero is up, below zero is down.
    ax : Axes or None
        Where the pointer is; default: the first axes of the figure.
    """
    x, y = _centre(_axes(fig, ax))
    turn = numbers(step)
    if turn.shape != () or not np.isfinite(turn):
        raise ValueError(f"step must be a number, above zero for up, got {told(step)}")
    event = MouseEvent("scroll_event", fig.canvas, x, y, step=step)
    fig.canvas.callbacks.process("scroll_event", event)


def click(fig: Figure, row: float, column: float, ax: Axes | None = None) -> None:
    """Click with the left button on one pixel of the picture.

    Parameters
    ----------
    fig : Figure
        The figure that gets the event.
    row, column : float
        Where, in the picture's own coordinates (``event.ydata``, ``event.xdata``).
    ax : Axes or None
        Which axes; default: the first axes of the figure.
    """
    ax = _axes(fig, ax)
    here = numbers([row, column])
    if here.shape != (2,) or not np.isfinite(here).all():
        place = f"{told(row)} and {told(column)}"
        raise ValueError(f"row and column must be finite numbers, got {place}; drop the click")
    fig.draw_without_rendering()  # only a layout knows where a pixel lies
    x, y = ax.transData.transform((column, row))
    for name in ("button_press_event", "button_release_event"):
        # a real mouse sends whole pixels, but a voxel can be smaller than one
        event = MouseEvent(name, fig.canvas, x, y, button=MouseButton.LEFT)
        fig.canvas.callbacks.process(name, event)


def _axes(fig: Figure, ax: Axes | None) -> Axes:
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a figure, got {told(fig)}; of a viewer take viewer.fig")
    if not isinstance(ax, Axes | None):
        raise TypeError(f"ax must be axes, got {told(ax)}; take one of fig.axes")
    if ax is None and not fig.axes:
        raise ValueError(f"{fig!r} has no axes to point at; add one with fig.subplots()")
    return fig.axes[0] if ax is None else ax


def _centre(ax: Axes) -> tuple[int, int]:
    x, y = ax.transAxes.transform((0.5, 0.5))
    return round(x), round(y)
