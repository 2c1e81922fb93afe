"""The article's viewer, and the ways in which people have changed it: each with a bug to live with.

Written anew after what public copies do. Every function takes a volume and returns the figure;
`tests/test_bugs.py` runs the same test on these, where it must fail, and on slicekit.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap


def article(volume, index=None, draw=None, key=("j", "k"), **imshow):
    """The viewer of 2017: the contrast is that of the first slice; K is Matplotlib's as well."""
    fig, ax = plt.subplots()
    ax.volume = volume
    ax.index = volume.shape[0] // 2 if index is None else index
    ax.imshow(volume[ax.index], **imshow)

    def process_key(event):
        ax = event.canvas.figure.axes[0]
        if event.key in key:
            step = 1 if event.key == key[1] else -1
            ax.index = (ax.index + step) % ax.volume.shape[0]
            (draw or swap)(ax)
            event.canvas.draw()

    fig.canvas.mpl_connect("key_press_event", process_key)
    return fig


def swap(ax):
    ax.images[0].set_array(ax.volume[ax.index])


def overlay(volume, overlay, index=None):
    """The mask takes its limits from the slice that happens to be the first."""
    red = ListedColormap(["none", "red"])

    def swap_both(ax):
        swap(ax)
        ax.images[1].set_array(overlay[ax.index])

    fig = article(volume, index, swap_both)
    fig.axes[0].imshow(overlay[fig.axes[0].index], cmap=red, alpha=0.5)
    return fig


def labels(volume, overlay, index=None):
    """The colours of the labels are spread over those of the first slice."""

    def swap_both(ax):
        swap(ax)
        ax.images[1].set_array(np.ma.masked_equal(overlay[ax.index], 0))

    fig = article(volume, index, swap_both)
    masked = np.ma.masked_equal(overlay[fig.axes[0].index], 0)
    fig.axes[0].imshow(masked, cmap="tab10", alpha=0.5)
    return fig


def other_axis(volume):
    """A changes the axis, but not the extent, and K counts the slices of axis 0."""
    fig, ax = plt.subplots()
    ax.imshow(volume[volume.shape[0] // 2])
    state = {"axis": 0, "index": volume.shape[0] // 2}

    def process_key(event):
        if event.key == "a":
            state["axis"] = (state["axis"] + 1) % 3
            state["index"] = 0
        elif event.key in ("j", "k"):
            state["index"] += 1 if event.key == "k" else -1
            state["index"] %= volume.shape[0]
        ax.images[0].set_array(volume.take(state["index"], state["axis"]))

    fig.canvas.mpl_connect("key_press_event", process_key)
    return fig


class Method:
    """Its handlers are methods, and nobody keeps the object."""

    def __init__(self, volume):
        self.fig, self.ax = plt.subplots()
        self.volume, self.index = volume, volume.shape[0] // 2
        self.im = self.ax.imshow(volume[self.index])
        self.fig.canvas.mpl_connect("key_press_event", self.on_key)

    def on_key(self, event):
        if event.key == "n":
            self.index += 1
            self.im.set_array(self.volume[self.index])


def method(volume, **_):
    return Method(volume).fig


def colour_bar(volume):
    """Every axes of the figure is taken for a panel; the one of a colour bar has no volume."""
    fig = article(volume)
    fig.colorbar(fig.axes[0].images[0])

    def process_key(event):
        for ax in fig.axes:
            if event.key == "n":
                ax.index = (ax.index + 1) % len(ax.volume)
                swap(ax)

    fig.canvas.mpl_connect("key_press_event", process_key)
    return fig


def title(volume):
    """The title goes to whichever figure is current."""

    def swap_and_say(ax):
        swap(ax)
        plt.title(f"{ax.index} / {len(ax.volume) - 1}")

    return article(volume, draw=swap_and_say)


def lower(volume):
    """Keys are compared in lower case, and some have no name."""
    fig = article(volume)
    fig.canvas.mpl_connect("key_press_event", lambda event: event.key.lower() == "n")
    return fig


def wheel(volume):
    """The step is made a whole number."""
    fig = article(volume)
    ax = fig.axes[0]

    def process_scroll(event):
        ax.index += int(event.step)
        swap(ax)

    fig.canvas.mpl_connect("scroll_event", process_scroll)
    return fig


def clicks(volume, points=[]):  # noqa: B006  that is the bug
    """Clicks are taken wherever they fall, and whatever the toolbar does, into one shared list."""
    fig = article(volume)
    ax = fig.axes[0]

    def process_click(event):
        points.append([ax.index, round(event.ydata), round(event.xdata)])

    fig.canvas.mpl_connect("button_press_event", process_click)
    return fig, points


def in_place(volume):
    """NaN is replaced in the caller's own array."""
    volume[np.isnan(volume)] = 0
    return article(volume)


def new_image(volume):
    """Every key press adds an image."""
    return article(volume, draw=lambda ax: ax.imshow(ax.volume[ax.index]))


def clear(volume):
    """Every key press clears the axes, and the zoom with them."""

    def clear_and_show(ax):
        ax.clear()
        ax.imshow(ax.volume[ax.index])

    return article(volume, draw=clear_and_show)


def all_colours(volume):
    """The whole volume is turned into colours, four floats a voxel."""
    low, high = volume.min(), volume.max()
    return article(colormaps["gray"]((volume - low) / (high - low)))
