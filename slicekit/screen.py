"""What a step is shown on: a window, where it is drawn the quick way, or a page in a browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from slicekit.browser import serve_browser
from slicekit.paint import Painter

IDLE = 200  # milliseconds after a step
TRIES = 3  # in vain, one after the other


class Screen:
    """Shows the steps of all viewers of a figure: at once where it can, and else soon.

    Parameters
    ----------
    fig : Figure
        It knows this object by a handler of ``draw_event``.
    """

    def __init__(self, fig: Figure) -> None:
        self.fig = fig
        self.viewers: list[Callable[[], list[Axes]]] = []
        self.painter = Painter(fig.canvas, lambda: [ax for axes in self.viewers for ax in axes()])
        self._is_drawn, self._tries = False, 0
        self._timer = fig.canvas.new_timer(IDLE, [(self.settle, (), {})])
        self._timer.single_shot = True
        self._cid = fig.canvas.mpl_connect("draw_event", self._on_draw)

    def enter(self, axes: Callable[[], list[Axes]]) -> Callable[[], None]:
        """Serve one viewer more; return the function that ends it."""
        self.viewers.append(axes)
        self.painter.forget()
        leave_browser = serve_browser(self.fig, axes)

        def leave() -> None:
            self.viewers.remove(axes)
            self.painter.forget()
            if not self.viewers:
                self._timer.stop()
                self.fig.canvas.mpl_disconnect(self._cid)
            leave_browser()

        return leave

    @contextmanager
    def step(self) -> Iterator[None]:
        """Show the figure when all that is done inside has been done, and not before."""
        # in pyplot's interactive mode the first change would ask for a drawing in full
        callback, self.fig.stale_callback = self.fig.stale_callback, None
        try:
            yield
        finally:
            try:
                self.show()
            finally:
                self.fig.stale_callback = callback

    def show(self) -> None:
        """Put the figure on the screen."""
        try:
            quick = self._paint()
        except Exception:  # the full drawing says what is wrong, in the usual way
            self.painter.forget()
            self._tries += 1
            quick = False
        if not quick:
            self.fig.canvas.draw_idle()

    def _paint(self) -> bool:
        canvas: Any = self.fig.canvas
        if not (self._is_drawn and canvas.supports_blit and canvas is self.painter.canvas):
            return False
        if self.painter.paint(exactly=False):
            self._tries = 0
            canvas.blit(self.fig.bbox)
            if self.painter.in_haste:
                self._timer.start()
            return True
        # nobody has drawn the figure since, and yet the backdrop was in vain
        self._tries += self.painter.backdrop is not None
        if self._tries >= TRIES:
            self.painter.give_up()
            self._tries = 0  # of the next look
        if not self.painter.is_worth_a_try():
            return False
        canvas.draw()
        self.painter.learn()
        return True

    def settle(self) -> None:
        """Draw exactly what was drawn in haste; a canvas with timers does so when it is idle."""
        self._timer.stop()
        if self.painter.in_haste and self.painter.paint():
            self.painter.canvas.blit(self.fig.bbox)
        elif self.painter.in_haste:
            self.fig.canvas.draw_idle()

    def _on_draw(self, event: Any) -> None:
        self.painter.forget()
        self._is_drawn = True


def screen_of(fig: Figure) -> Screen:
    """Return what shows the steps of a figure's viewers."""
    handlers = fig.canvas.callbacks.callbacks.get("draw_event", {})
    owners = [getattr(handler(), "__self__", None) for handler in handlers.values()]
    return next((owner for owner in owners if isinstance(owner, Screen)), None) or Screen(fig)
