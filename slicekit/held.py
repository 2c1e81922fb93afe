"""The axes that are not shown, such as time: how long they are, and the keys that go along them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from slicekit.series import Series
from slicekit.volume import Volume, check_index


def held_counts(volumes: Sequence[Volume | Series]) -> dict[str, int]:
    """Return how many places there are along each axis that is held."""
    counts: dict[str, int] = {}
    for volume in volumes:
        for name, axis in getattr(volume, "held", {}).items():
            count = int(volume.array.shape[axis])
            if counts.setdefault(name, count) != count:
                raise ValueError(f"axis {name!r} has {counts[name]} and {count} places; crop one")
    return counts


def keys_of_held(held: Iterable[str], keys: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Return two keys for each axis held: its first letter that is free, without and with Shift."""
    taken = {key for some in keys.values() for key in some}
    found: dict[str, set[str]] = {}
    for name in held:
        letters = [letter for letter in name.lower() if letter.isalpha() and letter not in taken]
        letter = (letters or [name[0].lower()])[0]
        taken |= {letter}
        found |= {f"next {name}": {letter}, f"previous {name}": {letter.upper()}}
    return found


def go(viewer: Any, index: int | None = None, **at: int) -> None:
    """Show another slice, and hold other axes elsewhere: ``go(12, t=3)``."""
    for name, place in at.items():
        if name not in viewer._held:
            raise ValueError(f"no axis {name!r} is held; there are {list(viewer._held)}")
        check_index(place, viewer._held[name], name)
    index = check_index(viewer.index if index is None else index, viewer.count, viewer.axis)
    viewer.at.update(at)
    viewer._indices[viewer.axis] = index
    viewer.refresh()


def with_held(viewer: Any, go_back: Callable[[], None]) -> Callable[[], None]:
    """Return a function that goes back, and holds all axes where they are held now."""
    at = dict(viewer.at)

    def go_all_back() -> None:
        go_back()
        viewer.at.update(at)

    return go_all_back


def move_held(viewer: Any, name: str, steps: int) -> None:
    """Hold an axis so many places further on; not past the ends, unless the viewer wraps."""
    count = viewer._held[name]
    place = viewer.at[name] + steps
    viewer.go(**{name: place % count if viewer.wrap else min(max(place, 0), count - 1)})
