"""What a viewer says while a slice is being read, and when one cannot be."""

from typing import Any

from slicekit.ahead import Ahead

LETTERS = 60  # of a fault, so that the title stays within the figure


def watched(viewer: Any, *sources: Any) -> Any:
    """Let a viewer say that a slice takes its time, and end the reading when it closes.

    Returns the first of the sources: volumes, or whatever else has an ``array``.
    """
    for array in {id(source.array): source.array for source in sources}.values():
        if isinstance(array, Ahead):
            array.on_wait = lambda: say_reading(viewer)
            viewer.on_close.callback(array.close)
    return sources[0]


def say_reading(viewer: Any) -> None:
    """Write above the pictures which slice is being read, and put that on the screen now."""
    for ax in viewer.axes:
        ax.set_title(f"reading {viewer.index} / {viewer.count - 1} ...")
    viewer.fig.canvas.draw()
    if viewer.fig.canvas.supports_blit:
        viewer.fig.canvas.blit(viewer.fig.bbox)  # a window shows it at once, without its events


def with_trouble(heading: str, volume: Any) -> str:
    """Return a title, and why the slice under it is empty, if it could not be read."""
    trouble = getattr(getattr(volume, "array", None), "trouble", "")
    return f"{heading}, cannot be read: {trouble[:LETTERS]}" if trouble else heading
