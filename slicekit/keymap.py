"""Keys that Matplotlib has taken already, and how to free them: for all figures, or for one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

EVENTS = "key_press_event", "scroll_event"
# Matplotlib's own answers to them, and where a manager keeps their numbers
MATPLOTLIB_HANDLERS = {
    "matplotlib.backend_bases.key_press_handler",
    "matplotlib.backend_bases.scroll_handler",
    "matplotlib.backend_managers.ToolManager._key_press",
}
NUMBERS = {"key_press_event": "key_press_handler_id", "scroll_event": "scroll_handler_id"}


def remove_keymap_conflicts(new_keys_set: Iterable[str]) -> None:
    """Take keys out of every keymap of Matplotlib, for all figures of this session.

    The article's function. It assigns new lists, where the article took the keys out
    of the old ones: those are shared with Matplotlib's defaults, so that neither
    ``rc_context()`` nor ``rcdefaults()`` would bring the keys back. Calling it again
    is harmless.

    Parameters
    ----------
    new_keys_set : set of str
        The keys to free, such as ``{"j", "k"}``.
    """
    taken = set(new_keys_set)
    for name in plt.rcParams:
        if name.startswith("keymap."):
            plt.rcParams[name] = [key for key in plt.rcParams[name] if key not in taken]


def claim_keys(fig: Figure, keys: Iterable[str]) -> Callable[[], None]:
    """Take keys from Matplotlib's own handlers, for one figure only.

    Other figures and ``rcParams`` stay as they are. It works as well where the tool
    manager answers keys, and where a program has connected ``key_press_handler`` to a
    canvas of its own. Keys may be claimed more than once: Matplotlib gets a key back
    when everybody has given it back.

    Parameters
    ----------
    fig : Figure
        The figure.
    keys : iterable of str
        Matplotlib's names of the keys. ``"control"`` is Ctrl held while the wheel turns.

    Returns
    -------
    function
        Call it without arguments to give the keys back.
    """
    keys = set(keys)
    for name, cid, handler in handlers(fig):
        if full_name(handler) in MATPLOTLIB_HANDLERS:
            replace_handler(fig, name, cid, Filter(handler))
    for _, _, handler in handlers(fig):
        if isinstance(handler, Filter):
            handler.claims.append(keys)
    return lambda: give_back(fig, keys)


def give_back(fig: Figure, keys: set[str]) -> None:
    """Drop one claim; Matplotlib's own handlers are back when nobody has a claim any more."""
    for name, cid, handler in handlers(fig):
        if isinstance(handler, Filter):
            handler.claims = [claim for claim in handler.claims if claim is not keys]
            if not handler.claims:
                replace_handler(fig, name, cid, handler.handler)


class Filter:
    """Stands in for a handler, and hands everything on to it except the keys claimed."""

    def __init__(self, handler: Callable[[Any], Any]) -> None:
        self.handler = handler
        self.claims: list[set[str]] = []

    def __call__(self, event: Any) -> None:
        """Hand an event on, unless somebody claims its key."""
        if not any(event.key in claim for claim in self.claims):
            self.handler(event)


def handlers(fig: Figure) -> Iterator[tuple[str, int, Any]]:
    """Yield what answers keys and the wheel: event name, connection number, function."""
    for name in EVENTS:
        connected = fig.canvas.callbacks.callbacks.get(name, {})
        for cid, reference in list(connected.items()):
            if (handler := reference()) is not None:
                yield name, cid, handler


def full_name(handler: Any) -> str:
    """Return the module and the name of a function."""
    return f"{handler.__module__}.{getattr(handler, '__qualname__', '')}"


def replace_handler(fig: Figure, name: Any, cid: int, handler: Callable[[Any], Any]) -> None:
    """Connect a function in place of another, under whose number the figure knew it."""
    fig.canvas.mpl_disconnect(cid)
    new_cid = fig.canvas.mpl_connect(name, handler)
    if getattr(fig.canvas.manager, NUMBERS[name], None) == cid:
        setattr(fig.canvas.manager, NUMBERS[name], new_cid)


def action_of_key(
    defaults: Mapping[str, Iterable[str]], chosen: Mapping[Any, Iterable[str]]
) -> dict[str, Any]:
    """Return what each key does: the keys chosen, and for all other actions the defaults.

    Parameters
    ----------
    defaults, chosen : dict
        From the name of an action, or from a function, to its keys. A key that is
        chosen for one action is lost to any other that had it by default. The wheel
        counts as a key, but stays with its action until it is chosen for another.

    Raises
    ------
    ValueError
        If there is no such action, or a key is chosen for two.
    """
    actions = {
        key: name
        for name, keys in defaults.items()
        for key in keys
        if name not in chosen or "wheel" in key
    }
    taken: dict[str, Any] = {}
    for name, keys in chosen.items():
        if name not in defaults and not callable(name):
            raise ValueError(f"no action {name!r} to choose keys for; there are {list(defaults)}")
        for key in [keys] if isinstance(keys, str) else keys:
            if taken.setdefault(key, name) != name:
                raise ValueError(f"key {key!r} is chosen for {taken[key]!r} and {name!r}; drop one")
    return actions | taken
