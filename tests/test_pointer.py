"""What an event of the mouse tells, on a desktop and in a browser."""

from contextlib import nullcontext
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import LocationEvent, MouseEvent

from slicekit import view
from slicekit.pointer import may_be_down, place_of

DESKTOP, BROWSER = SimpleNamespace(), SimpleNamespace(get_diff_image=None)


@pytest.mark.parametrize(
    ("canvas", "told", "expected"),
    [
        (DESKTOP, {}, True),
        (DESKTOP, {"buttons": None}, True),
        (DESKTOP, {"buttons": frozenset()}, False),
        (DESKTOP, {"buttons": frozenset({1})}, True),
        (BROWSER, {}, False),
        (BROWSER, {"buttons": frozenset({1})}, True),
    ],
)
def test_whether_a_button_may_be_down(canvas, told, expected):
    assert may_be_down(SimpleNamespace(canvas=canvas, **told)) is expected


def test_the_mouse_is_where_the_axes_say_also_between_two_pixels():
    ax = plt.figure(figsize=(4, 2), dpi=100).add_axes((0, 0, 1, 1), xlim=(0, 4), ylim=(0, 2))
    event = SimpleNamespace(x=150, y=50, xdata=1.507, ydata=0.503, inaxes=ax)
    assert place_of(event) == (150.7, 50.3)
    event.xdata, event.ydata = 1.50700000449, 0.50300000449
    assert place_of(event) == (150.7, 50.3)
    event.inaxes = None
    assert place_of(event) == (150, 50)


# ---- the mouse on a viewer


class Mouse:
    """What a mouse tells the figure of a viewer; places are in pixels from its middle."""

    def __init__(self, viewer):
        self.canvas = viewer.fig.canvas
        self.canvas.draw()
        self.middle = viewer.ax.bbox.get_points().mean(axis=0)

    def tell(self, name, kind=MouseEvent, right=0, up=0, buttons=None, **more):
        x, y = np.add(self.middle, (right, up))
        event = kind(name, self.canvas, x, y, **more)
        event.buttons = buttons
        self.canvas.callbacks.process(name, event)

    def press(self):
        self.tell("button_press_event", button=3)

    def move(self, right=0, up=0, buttons=None):
        self.tell("motion_notify_event", right=right, up=up, buttons=buttons)

    def leave(self):
        self.tell("figure_leave_event", LocationEvent)


@pytest.fixture
def viewer(array):
    return view(array)


def test_a_step_tells_the_voxel_that_is_under_the_mouse_now(viewer):
    told = []
    toolbar = {"mouse_move": told.append, "_wait_cursor_for_draw_cm": nullcontext}
    viewer.fig.canvas.toolbar = SimpleNamespace(**toolbar)
    mouse = Mouse(viewer)
    viewer.move(1)
    assert told == []  # nobody knows where the mouse is
    mouse.move(2, 3)
    viewer.move(-1)
    (event,) = told
    assert event.name == "motion_notify_event"
    assert (event.x, event.y) == pytest.approx(np.add(mouse.middle, (2, 3)), abs=1)
    mouse.leave()
    viewer.move(1)
    mouse.move()
    viewer.fig.canvas.callbacks.process("close_event", None)
    viewer.index = 0
    assert told == [event]


def test_what_is_closed_leaves_the_status_line_as_it_was(array):
    ax = plt.figure().add_subplot()
    ax.format_coord = own = "{} {}".format
    viewer = view(array, ax=ax)
    im = viewer.im
    assert not im.mouseover
    assert ax.format_coord is not own
    viewer.fig.canvas.callbacks.process("close_event", None)
    assert im.mouseover is True
    assert ax.format_coord is own


def test_where_the_mouse_goes_counts_and_not_how_it_got_there(viewer, monkeypatch):
    asked = []
    mouse, before = Mouse(viewer), viewer.im.get_clim()
    monkeypatch.setattr(viewer.fig.canvas, "draw_idle", lambda: asked.append(1))
    mouse.press()
    mouse.move(40, 30)
    limits = viewer.im.get_clim()
    assert limits != before
    assert asked
    mouse.move(-20, -50)
    mouse.move(40, 30)
    assert viewer.im.get_clim() == pytest.approx(limits)
    mouse.move()
    assert viewer.im.get_clim() == pytest.approx(before)


def test_news_from_before_a_button_went_down_do_not_lift_it(viewer):
    mouse, before = Mouse(viewer), viewer.im.get_clim()
    mouse.leave()
    mouse.press()
    mouse.move(40, 30, buttons=frozenset())
    assert viewer.im.get_clim() != before


def test_a_button_that_was_released_beside_the_figure_is_up(viewer):
    mouse, before = Mouse(viewer), viewer.im.get_clim()
    mouse.press()
    mouse.leave()
    mouse.move(40, 30, buttons=frozenset())
    assert viewer.im.get_clim() == before


def test_what_is_not_finite_is_told_as_it_is_and_what_is_masked_is_not():
    values = np.ma.masked_equal([[[np.inf, -np.inf, np.nan, 7.0, 2.5]] * 2] * 3, 7)
    viewer = view(values, index=1)
    told = [viewer.axes[0].format_coord(x, 0).split("value ")[1] for x in range(5)]
    assert told == ["inf", "-inf", "nan", "--", "2.5"]
