import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

import slicekit


@pytest.fixture
def panels():
    fig, axes = plt.subplots(1, 2)
    for ax in axes:
        ax.imshow(np.zeros((20, 10)))
    return fig, axes


def listen(fig, kind):
    heard = []
    fig.canvas.mpl_connect(kind, heard.append)
    return heard


def test_press_is_heard_with_the_pointer_in_the_first_axes(panels):
    fig, axes = panels
    heard = listen(fig, "key_press_event")
    slicekit.press(fig, "ctrl+left")
    assert [(event.key, event.inaxes) for event in heard] == [("ctrl+left", axes[0])]
    assert heard[0].xdata == pytest.approx(4.5, abs=0.1)
    assert heard[0].ydata == pytest.approx(9.5, abs=0.1)


def test_the_key_is_released_again(panels):
    fig, _ = panels
    released, scrolled = listen(fig, "key_release_event"), listen(fig, "scroll_event")
    slicekit.press(fig, "control")
    slicekit.scroll(fig, 1)
    assert released[0].key == "control"
    assert scrolled[0].key is None


def test_other_axes_can_be_named(panels):
    fig, axes = panels
    keys, steps = listen(fig, "key_press_event"), listen(fig, "scroll_event")
    clicks = listen(fig, "button_press_event")
    slicekit.press(fig, "x", axes[1])
    slicekit.scroll(fig, 1, axes[1])
    slicekit.click(fig, 1, 1, axes[1])
    assert {event.inaxes for event in keys + steps + clicks} == {axes[1]}


def test_scroll_carries_its_step(panels):
    fig, _ = panels
    heard = listen(fig, "scroll_event")
    slicekit.scroll(fig, 1)
    slicekit.scroll(fig, -0.25)
    assert [(event.step, event.button) for event in heard] == [(1, "up"), (-0.25, "down")]


@pytest.mark.parametrize(("row", "column"), [(0, 0), (19, 9), (3, 7)])
def test_click_hits_the_pixel(panels, row, column):
    fig, _ = panels
    pressed = listen(fig, "button_press_event")
    released = listen(fig, "button_release_event")
    slicekit.click(fig, row, column)
    for event in pressed + released:
        assert (event.ydata, event.xdata) == pytest.approx((row, column))
    assert (len(pressed), len(released), pressed[0].button) == (1, 1, 1)


def test_a_key_reaches_matplotlibs_own_keymap(panels):
    fig, axes = panels
    slicekit.press(fig, "k")
    assert axes[0].get_xscale() == "log"


def test_a_figure_without_pyplot_and_without_axes():
    fig = Figure()
    with pytest.raises(ValueError, match=r"has no axes to point at"):
        slicekit.press(fig, "k")
    fig.subplots().imshow([[0]])
    heard = listen(fig, "key_press_event")
    slicekit.press(fig, "k")
    assert heard[0].key == "k"


@pytest.mark.parametrize(
    "send",
    [
        lambda what: slicekit.press(what, "k"),
        lambda what: slicekit.scroll(what, 1),
        lambda what: slicekit.click(what, 0, 0),
    ],
)
def test_a_viewer_is_no_figure_but_has_one(array, send):
    viewer = slicekit.view(array)
    words = r"^fig must be a figure, got <.*>; of a viewer take viewer\.fig$"
    with pytest.raises(TypeError, match=words):
        send(viewer)
    send(viewer.fig)


@pytest.mark.parametrize("key", [{}, 5, b"k", ["k"]])
def test_a_key_is_told_by_its_name(panels, key):
    words = f"key must be a name, such as 'k', got {key!r}; see event.key"
    with pytest.raises(TypeError, match=f"^{re.escape(words)}$"):
        slicekit.press(panels[0], key)


def test_a_key_may_be_unknown_to_matplotlib(panels):
    heard = listen(panels[0], "key_press_event")
    slicekit.press(panels[0], None)
    assert [event.key for event in heard] == [None]


@pytest.mark.parametrize(
    "send",
    [
        lambda fig, ax: slicekit.press(fig, "k", ax),
        lambda fig, ax: slicekit.scroll(fig, 1, ax),
        lambda fig, ax: slicekit.click(fig, 0, 0, ax),
    ],
)
def test_the_pointer_is_in_axes(panels, send):
    with pytest.raises(TypeError, match=r"^ax must be axes, got 'x'; take one of fig\.axes$"):
        send(panels[0], "x")


@pytest.mark.parametrize(("row", "column"), [("a", 1), (0, np.nan), (np.inf, 0), (None, 0)])
def test_a_click_lands_somewhere(panels, row, column):
    words = f"row and column must be finite numbers, got {row!r} and {column!r}; drop the click"
    with pytest.raises(ValueError, match=f"^{words}$"):
        slicekit.click(panels[0], row, column)


@pytest.mark.parametrize("step", ["up", None, [1], np.nan])
def test_the_wheel_turns_by_a_number(panels, step):
    with pytest.raises(ValueError, match=r"^step must be") as caught:
        slicekit.scroll(panels[0], step)
    assert str(caught.value) == f"step must be a number, above zero for up, got {step!r}"


def test_a_click_lands_where_a_layout_puts_the_pixel():
    fig, ax = plt.subplots(layout="constrained")
    ax.imshow(np.zeros((20, 10)))
    ax.set_title("three\nlong\nlines")
    heard = listen(fig, "button_press_event")
    slicekit.click(fig, 3, 2)
    fig.draw_without_rendering()
    assert (heard[0].x, heard[0].y) == pytest.approx(ax.transData.transform((2, 3)), abs=1)


def test_a_click_goes_down_and_up_at_one_place(panels):
    fig, _ = panels
    heard = []
    for kind in ("button_release_event", "button_press_event"):
        fig.canvas.mpl_connect(kind, heard.append)
    slicekit.click(fig, 3.2, 4.4)
    assert [event.name for event in heard] == ["button_press_event", "button_release_event"]
    assert len({(event.x, event.y) for event in heard}) == 1


def test_the_pointer_is_on_whole_pixels(panels):
    fig, axes = panels
    heard = listen(fig, "key_press_event")
    axes[0].set_position((0.1003, 0.1007, 0.7, 0.7))
    slicekit.press(fig, "k")
    assert [type(place) for place in (heard[0].x, heard[0].y)] == [int, int]
