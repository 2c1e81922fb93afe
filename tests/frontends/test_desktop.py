"""Real windows: Qt, Tk, a browser and IPython's terminal, driven by keyboard and mouse."""

import numpy as np
import pytest
from screen import CHAPTERS, HERE, Program, Screen, Window, until
from window import AXIS, SPACING, VOLUME

import slicekit

pytestmark = pytest.mark.frontend

LEFT, RIGHT, UP, DOWN = 1, 3, 4, 5  # what xdotool calls the buttons and the wheel


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    screen = Screen(tmp_path_factory.mktemp("screen"))
    yield screen
    screen.close()


@pytest.fixture
def start(screen):
    """A function that starts a program on the screen, until the test is over."""
    started = []

    def start(*command, **options):
        started.append(Program(*command, env=screen.env, **options))
        return started[-1]

    yield start
    for program in started:
        program.close()
    until(lambda: not screen.windows(), "an empty screen")


@pytest.fixture(
    params=["qtagg-toolbar2", "qtagg-toolmanager", "tkagg-toolbar2", "tkagg-toolmanager"]
)
def window(request, screen, start):
    """A window of slicekit.view on a volume of 25 slices, of which it shows number 12."""
    window = Window(screen, start("window.py", *request.param.split("-")), VOLUME, AXIS)
    yield window
    screen.save(f"{request.node.name}")


def test_keys(window):
    for key, index in (
        *[("k", 13), ("j", 12), ("Right", 13), ("Left", 12), ("Up", 13), ("Down", 12)],
        *[("period", 13), ("comma", 12), ("Prior", 22), ("Prior", 24), ("Next", 14)],
        *[("Home", 0), ("j", 0), ("End", 24), ("k", 24)],
    ):
        window.press(key, index)
    assert window.program.state()["scales"] == ["linear", "linear"]


def test_other_keys_are_still_those_of_matplotlib(window):
    window.screen.do("key", "g")
    until(lambda: window.program.state()["grid"], "a grid")
    window.screen.do("key", "l")
    until(lambda: window.program.state()["scales"] == ["linear", "log"], "a logarithmic axis")
    assert window.program.state()["index"] == 12


def test_the_wheel(window):
    window.wheel(UP, 13)
    window.wheel(DOWN, 12)
    window.wheel_with_ctrl(UP, 22)  # and the picture has not been zoomed
    window.wheel_with_ctrl(DOWN, 12)
    window.screen.point(window.x + 3, window.y + 3)  # beside the picture
    window.screen.do("click", UP)
    window.screen.point(*window.on_screen(0, 0))
    window.wheel(DOWN, 11)


def test_clicks_and_the_zoom_tool(window):
    window.screen.point(*window.on_screen(row=3, column=11))
    window.screen.do("click", LEFT)
    until(lambda: window.program.state()["points"] == [3, 12, 11], "a point")
    window.screen.do("key", "o", "click", LEFT, "key", "k")
    window.shows(13)
    window.screen.do("key", "o", "click", LEFT)
    until(lambda: window.program.state()["points"] == [3, 12, 11, 3, 13, 11], "one more point")
    window.screen.do("key", "BackSpace")
    until(lambda: window.program.state()["points"] == [3, 12, 11], "one point less")
    window.shows(13)


def test_the_right_button_sets_the_contrast(window):
    before = window.program.state()["clim"]
    window.screen.drag(window.on_screen(10, 8), window.on_screen(2, 8), RIGHT)
    until(lambda: window.program.state()["clim"] != before, "another contrast")
    window.shows(12)
    brighter, less = np.subtract(window.program.state()["clim"], before)
    assert brighter == pytest.approx(less)
    assert less < -50
    window.screen.do("key", "0")
    until(lambda: window.program.state()["clim"] == before, "the contrast of before")
    window.shows(12)


def test_q_closes_the_window_and_the_viewer(window):
    assert window.program.state()["answering"] > 0
    window.screen.do("key", "q")
    until(lambda: not window.screen.windows(), "an empty screen")
    until(lambda: window.program.state()["answering"] == 0, "the end of the viewer")
