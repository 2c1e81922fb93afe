"""The article's own functions, as chapters 05 and 06 build them.

Code copied from the article works with these: the volume and the slice index live on
the Axes, as ``ax.volume`` and ``ax.index``.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from slicekit.keymap import remove_keymap_conflicts


def previous_slice(ax: Any) -> None:
    """Show the slice before, after the first one the last; ask for the drawing yourself.

    Parameters
    ----------
    ax : Axes
        With ``ax.volume``, a (P, R, C) array, ``ax.index``, and one image.
    """
    volume = ax.volume
    ax.index = (ax.index - 1) % volume.shape[0]
    ax.images[0].set_array(volume[ax.index])


def next_slice(ax: Any) -> None:
    """Show the slice after, after the last one the first; ask for the drawing yourself.

    Parameters
    ----------
    ax : Axes
        With ``ax.volume``, a (P, R, C) array, ``ax.index``, and one image.
    """
    volume = ax.volume
    ax.index = (ax.index + 1) % volume.shape[0]
    ax.images[0].set_array(volume[ax.index])


def process_key(event: Any) -> None:
    """Answer J with the previous slice, K with the next, in the first axes of the figure.

    Parameters
    ----------
    event : KeyEvent
        As Matplotlib hands it to what is connected to ``"key_press_event"``.
    """
    fig = event.canvas.figure
    ax = fig.axes[0]
    if event.key == "j":
        previous_slice(ax)
    elif event.key == "k":
        next_slice(ax)
    fig.canvas.draw_idle()


def multi_slice_viewer(volume: Any, aspect: float = 1) -> Figure:
    """Show the middle slice of a volume in a figure where J and K scroll.

    Parameters
    ----------
    volume : (P, R, C) array or Volume
        The slices are taken along the first axis.
    aspect : float
        Height of a pixel over its width; default: 1.

    Returns
    -------
    Figure
        Its first Axes holds the state: ``ax.volume`` and ``ax.index``.
    """
    remove_keymap_conflicts({"j", "k"})
    fig, ax = plt.subplots()
    ax.volume = volume
    ax.index = volume.shape[0] // 2
    low, high = np.nanmin(volume), np.nanmax(volume)
    ax.imshow(volume[ax.index], cmap="gray", vmin=low, vmax=high, aspect=aspect)
    fig.canvas.mpl_connect("key_press_event", process_key)
    return fig
