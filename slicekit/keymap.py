"""Keys that Matplotlib has taken already, and how to free them."""

from collections.abc import Iterable

import matplotlib.pyplot as plt


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
