"""What an event of the mouse tells, on a desktop and in a browser."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest

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
    event.inaxes = None
    assert place_of(event) == (150, 50)
