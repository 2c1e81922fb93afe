"""``%load_ext slicekit``: figures that are live where they can be, and that describe themselves."""

import os
from importlib import import_module
from typing import Any

from IPython.display import Javascript, display
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure

from slicekit.describe import describe

# Jupyter Notebook 7 hands J and K to its own shortcuts before the figure sees them,
# unless an element between says otherwise. JupyterLab asks the figure first.
LET_FIGURES_HAVE_THE_KEYS = """
for (const kind of ["pointerdown", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const figure = event.target.closest?.(".jupyter-matplotlib-canvas-div");
    figure?.setAttribute("data-lm-suppress-shortcuts", "true");
  }, true);
}
"""
CLICK_FIRST = "Click the picture, then press keys"


def load_ipython_extension(shell: Any) -> None:
    """Choose the backend and let figures describe themselves.

    In JupyterLab and Notebook 7 figures become live (``%matplotlib widget``).
    Everywhere else, and where ipympl cannot be imported, they become pictures
    (``%matplotlib inline``). In an IPython terminal nothing changes.

    Parameters
    ----------
    shell : InteractiveShell
        The shell that ``%load_ext slicekit`` runs in.
    """
    if getattr(shell, "kernel", None) is None:
        return  # IPython in a terminal opens windows, and its figures need no words
    # A Jupyter server names the session of each kernel it starts; nbval, nbconvert and
    # nbclient start theirs without a server, and nobody could press a key there.
    live = "JPY_SESSION_NAME" in os.environ and _goes_live(shell)
    if live:
        display(Javascript(LET_FIGURES_HAVE_THE_KEYS))
        shell.events.register("post_run_cell", ask_for_a_click)
    else:
        shell.run_line_magic("matplotlib", "inline")
    shell.display_formatter.mimebundle_formatter.for_type(Figure, _live if live else _still)


def ask_for_a_click(*_: Any) -> None:
    """Say above every figure that answers keys, and has no title of its own, to click it first."""
    for manager in Gcf.get_all_fig_managers():
        untitled = manager.get_window_title() == f"Figure {manager.num}"
        if untitled and _answers_keys(manager.canvas.figure):
            manager.set_window_title(CLICK_FIRST)


def _answers_keys(fig: Figure) -> bool:
    handlers = fig.canvas.callbacks.callbacks.get("key_press_event", {})
    alive = [handler() for handler in handlers.values()]
    return any(not str(h.__module__).startswith("matplotlib.") for h in alive if h)


def _goes_live(shell: Any) -> bool:
    try:
        import_module("ipympl")
        shell.run_line_magic("matplotlib", "widget")
    except Exception as fault:  # a broken installation fails in many ways; all end inline
        cure = "Cure: pip install -U ipympl matplotlib, then restart the kernel"
        print(f"Figures will not be live, ipympl fails: {fault}. {cure}")
        return False
    return True


def _still(fig: Figure) -> dict[str, Any]:
    return {"text/plain": describe(fig)}


def _live(fig: Figure) -> dict[str, Any]:
    # A figure named at the end of a later cell appears there too, live, not as a still copy.
    widget = getattr(fig.canvas, "_repr_mimebundle_", dict)
    return {**widget(), "text/plain": describe(fig)}
