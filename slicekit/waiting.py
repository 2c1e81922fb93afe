"""What a viewer says while a slice is being read, and when one cannot be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.backend_bases import TimerBase

from slicekit.ahead import Ahead

KEY = 1 / 30  # seconds from one key to the next, when one is held down
LETTERS = 60  # of a fault, so that the title stays within the figure


def watched(viewer: Any, *sources: Any) -> Any:
    """Let a viewer say that a slice takes its time, and end the reading when it closes.

    Returns the first of the sources: volumes, or whatever else has an ``array``.
    """
    viewer.sources += sources
    for array in {id(source.array): source.array for source in sources}.values():
        if isinstance(array, Ahead):
            array.on_wait = lambda: say_reading(viewer)
            viewer.on_close.callback(array.close)
    return sources[0]


def say_reading(viewer: Any) -> None:
    """Write above the pictures which slice is being read, and put that on the screen now."""
    for picture in viewer.pictures:
        picture.title.set_text(f"reading {viewer.index} / {viewer.count - 1} ...")
    viewer.fig.canvas.draw()
    if viewer.fig.canvas.supports_blit:
        viewer.fig.canvas.blit(viewer.fig.bbox)  # a window shows it at once, without its events


def troubles(viewer: Any) -> list[dict[Any, str]]:
    """Return what could not be read, of all that a viewer shows."""
    return [dict(getattr(source.array, "troubles", {})) for source in viewer.sources]


def with_trouble(viewer: Any, picture: Any, heading: str) -> str:
    """Return the title of a picture, and why there is nothing under it, if its slice failed."""
    axis, own = picture.plane.axis, picture.volume.array
    elsewhere = {id(other.volume.array) for other in viewer.pictures} - {id(own)}
    for source in viewer.sources:
        if id(source.array) in elsewhere:
            continue
        # of a series three axes are on show, which may be any
        place = getattr(source, "shown", (0, 1, 2))[axis]
        for runs_along, fault in getattr(source.array, "troubles", {}).items():
            if not runs_along[place]:
                told = fault[:LETTERS].replace("$", r"\$")  # or it were mathematics
                return f"{heading}\ncannot be read: {told}"
    return heading


@contextmanager
def telling(viewer: Any) -> Iterator[None]:
    """Write the titles again if a layer, which comes after them, could not be read."""
    told = troubles(viewer)
    try:
        yield
    finally:
        if troubles(viewer) != told:
            viewer.write_titles()


@contextmanager
def answering(viewer: Any) -> Iterator[None]:
    """Let a viewer know that it does what a key asks for, and that more keys may be waiting."""
    before, viewer.is_answering = viewer.is_answering, True
    try:
        yield
    finally:
        viewer.is_answering = before


def put_off(viewer: Any, show: Callable[[], Any]) -> bool:
    """Let a viewer show its slice once no more keys are waiting, if slices take their time."""
    arrays = [getattr(volume, "array", None) for volume in viewer._volumes]
    slow = any(isinstance(array, Ahead) and array.seconds > KEY for array in arrays)
    if not (slow and viewer.is_answering):
        return False
    timer = viewer.fig.canvas.new_timer(1, [(show, (), {})])
    if type(timer) is TimerBase:  # this canvas has none
        return False
    viewer.later.stop()
    viewer.later, timer.single_shot = timer, True
    timer.start()
    return True
