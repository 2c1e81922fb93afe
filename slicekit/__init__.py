"""A slice viewer for 3-D volumes in Matplotlib, and the chapters that build it.

Only the standard library is imported until a name is used, so that even a broken
installation can be looked into.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slicekit.article import multi_slice_viewer, next_slice, previous_slice, process_key
    from slicekit.compose import view
    from slicekit.data import fetch, load
    from slicekit.events import click, press, scroll
    from slicekit.keymap import claim_keys, remove_keymap_conflicts
    from slicekit.linking import link
    from slicekit.ortho import OrthoViewer
    from slicekit.panels import View
    from slicekit.storage import save_planes
    from slicekit.viewer import SliceViewer
    from slicekit.volume import Volume, pixel_aspect, take_plane

__version__ = "0.1.0"

_HOME = {
    "Volume": "volume",
    "pixel_aspect": "volume",
    "take_plane": "volume",
    "fetch": "data",
    "load": "data",
    "press": "events",
    "scroll": "events",
    "click": "events",
    "remove_keymap_conflicts": "keymap",
    "multi_slice_viewer": "article",
    "next_slice": "article",
    "previous_slice": "article",
    "process_key": "article",
    "claim_keys": "keymap",
    "SliceViewer": "viewer",
    "View": "panels",
    "OrthoViewer": "ortho",
    "link": "linking",
    "save_planes": "storage",
    "view": "compose",
}

__all__ = [
    "OrthoViewer",
    "SliceViewer",
    "View",
    "Volume",
    "claim_keys",
    "click",
    "fetch",
    "link",
    "load",
    "multi_slice_viewer",
    "next_slice",
    "pixel_aspect",
    "press",
    "previous_slice",
    "process_key",
    "remove_keymap_conflicts",
    "save_planes",
    "scroll",
    "take_plane",
    "view",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'slicekit' has no attribute {name!r}")
    value = getattr(import_module(f"slicekit.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """Make ``%load_ext slicekit`` work; see `slicekit.notebook`."""
    from slicekit.notebook import load_ipython_extension

    load_ipython_extension(shell)
