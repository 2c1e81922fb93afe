"""Real windows: Qt, Tk, a browser and IPython's terminal, driven by keyboard and mouse."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy as np
import pytest
from matplotlib.image import imread
from screen import (
    CHAPTERS,
    HERE,
    PATIENCE,
    Program,
    Screen,
    Window,
    drawn,
    numbered,
    save_picture,
    until,
)
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

    def start(*command, **env):
        started.append(Program(*command, env={**screen.env, **env}))
        return started[-1]

    yield start
    for program in started:
        program.close()
    until(lambda: not screen.windows(), "an empty screen")


WITH_TOOLBAR = ["qtagg-toolbar2", "tkagg-toolbar2"]
WITH_TOOL_MANAGER = ["qtagg-toolmanager", "tkagg-toolmanager"]


@pytest.fixture(params=WITH_TOOLBAR + WITH_TOOL_MANAGER)
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


@pytest.mark.parametrize("window", WITH_TOOLBAR, indirect=True)
def test_the_right_button_sets_the_contrast(window):
    before = window.program.state()["clim"]
    window.screen.drag(window.on_screen(10, 8), window.on_screen(2, 8), RIGHT)
    until(lambda: window.program.state()["clim"][0] < before[0] - 100, "a brighter picture")
    window.shows(12)
    low, high = np.subtract(window.program.state()["clim"], before)
    assert low == pytest.approx(high)  # brighter, and with no more contrast
    window.screen.do("key", "0")
    until(lambda: window.program.state()["clim"] == before, "the contrast of before")
    window.shows(12)


@pytest.mark.parametrize("window", WITH_TOOLBAR, indirect=True)
def test_the_status_line_tells_the_voxel_of_the_slice_on_show(window):
    rows, columns = window.figure
    status = (np.r_[0 : rows.start, rows.stop : rows.stop + 60], columns)
    window.screen.point(*window.on_screen(3, 11))
    window.settled(status)
    window.press("k", 13)
    told = window.settled(status)
    window.screen.point(*window.on_screen(3, 12))
    window.screen.point(*window.on_screen(3, 11))
    assert np.array_equal(told, window.settled(status))


def test_q_closes_the_window_and_the_viewer(window):
    assert window.program.state()["answering"] > 0
    window.screen.do("key", "q")
    until(lambda: not window.screen.windows(), "an empty screen")
    until(lambda: window.program.state()["answering"] == 0, "the end of the viewer")


# ---- the programs beside the chapters, and the one that comes with the package


@pytest.fixture
def head():
    return slicekit.load()


def no_title(*_):
    return ""


def in_mm(index, last):
    return f"{index} / {last}, {index} mm"


def head_in_mm(index, last):
    return f"{index} / {last}, {index - 78} mm"


def beside(window):
    """Return the part of the screen at the right of the figure, where the slider is."""
    rows, columns = window.figure
    return np.s_[rows, columns.stop : columns.stop + 100]


@pytest.mark.parametrize(
    ("program", "last_is_on_top"), [("embed_qt.py", True), ("embed_tk.py", False)]
)
def test_a_slider_and_a_viewer_follow_each_other(screen, start, head, program, last_is_on_top):
    window = Window(screen, start(CHAPTERS / program), head, title=head_in_mm)
    slider = beside(window)
    window.press("End", 156)
    at_last = window.settled(slider)
    screen.save(program)
    window.press("Home", 0)
    at_first = window.settled(slider)
    rows, columns = np.nonzero((at_last != at_first).any(-1))
    x, top, bottom = window.figure[1].stop + columns.mean(), rows.min() + 5, rows.max() - 5
    ends = [(x, window.y + top), (x, window.y + bottom)]
    if last_is_on_top:
        ends.reverse()
    screen.drag(*ends, LEFT)
    window.shows(156)
    screen.drag(*reversed(ends), LEFT)
    window.shows(0)
    screen.point(*window.on_screen(90, 30))
    window.wheel(UP, 1)
    screen.do("click", LEFT)
    window.press("k", 2)
    window.press("End", 156)
    assert np.array_equal(window.settled(slider)[rows, columns], at_last[rows, columns])


def test_ctrl_and_wheel_while_the_keyboard_is_with_the_slider(screen, start, head):
    window = Window(screen, start(CHAPTERS / "embed_qt.py"), head, title=head_in_mm)
    screen.do("key", "Tab")
    window.wheel_with_ctrl(UP, 88)


def test_the_script_beside_the_chapters(screen, start, head):
    window = Window(
        screen, start(CHAPTERS / "scroll_a_volume.py"), head, title=no_title, interpolation=None
    )
    for key, index in (("k", 79), ("k", 80), ("j", 79)):
        window.press(key, index)
    screen.save("scroll_a_volume.py")


def test_a_file_from_the_terminal(screen, start, tmp_path):
    scan = tmp_path / "scan.nii.gz"
    image = nibabel.Nifti1Image(np.asarray(VOLUME, np.int16), np.diag([*SPACING, 1]))
    nibabel.save(image, scan)
    program = start("-m", "slicekit", "view", scan, "--axis", AXIS)
    window = Window(screen, program, VOLUME, AXIS, title=in_mm)
    window.press("k", 13)
    window.wheel(DOWN, 12)
    window.wheel_with_ctrl(UP, 22)
    screen.save("slicekit view")
    screen.do("key", "q")
    until(lambda: not screen.windows(), "an empty screen")


# ---- Qt where there is no screen


EVENTS = {"K": 1, "Right": 2, "J": 1, "wheel up": 2, "wheel down": 1, "PageDown": -9}


def test_a_window_without_a_screen(tmp_path):
    run_offscreen(tmp_path, HERE / "window.py", "qtagg", "toolbar2")
    check_offscreen(tmp_path, VOLUME, AXIS)


def test_a_program_of_ones_own_without_a_screen(tmp_path, head):
    run_offscreen(tmp_path, CHAPTERS / "embed_qt.py")
    check_offscreen(tmp_path, head, title=head_in_mm)


def run_offscreen(folder, *command):
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "MATPLOTLIBRC": os.devnull}
    env.pop("DISPLAY", None)
    steps = ",".join(EVENTS)
    program = [sys.executable, HERE / "offscreen.py", steps, *command]
    subprocess.run(program, env=env, cwd=folder, check=True, timeout=60)


def check_offscreen(folder, volume, axis=0, title=numbered):
    for number, moved in enumerate(EVENTS.values()):
        state = json.loads((folder / f"{number}.json").read_text())
        picture = (imread(folder / f"{number}.png")[..., :3] * 255).round().astype(np.uint8)
        save_picture(picture, f"offscreen {folder.name}")
        assert state["index"] == volume.shape[axis] // 2 + moved
        expected, _ = drawn(volume, axis, state["index"], state, title)
        assert np.array_equal(picture, expected)


# ---- a browser


@pytest.fixture
def page():
    from playwright.sync_api import sync_playwright  # no matter as long as nobody asks for a page

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page(viewport={"width": 900, "height": 700})
        browser.close()


def in_the_browser(page):
    """Return the pixels of the figure."""
    url = page.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
    picture = imread(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    return (picture[..., :3] * 255).round().astype(np.uint8)


def test_a_page_of_webagg(page, screen, start, tmp_path):
    settings = tmp_path / "matplotlibrc"
    settings.write_text("webagg.open_in_browser: False\n")
    program = start("window.py", "webagg", "toolbar2", MATPLOTLIBRC=str(settings))
    page.goto(program.answer("To view figure, visit "))

    def shows(index):
        def true():
            state = program.state()
            picture = drawn(VOLUME, AXIS, index, state)[0]
            return state["index"] == index and np.array_equal(in_the_browser(page), picture)

        until(true, f"slice {index}; state {program.state()};")

    shows(12)
    figure = page.locator("[tabindex='0']")  # what answers keys
    figure.hover()
    page.mouse.wheel(0, -100)
    shows(13)
    page.keyboard.down("Control")
    page.mouse.wheel(0, 100)  # the figure has not been clicked yet
    page.keyboard.up("Control")
    shows(3)
    figure.click()
    until(lambda: program.state()["points"], "a point")
    for key, index in (("k", 4), ("ArrowLeft", 3), ("PageUp", 13), ("End", 24), ("Home", 0)):
        page.keyboard.press(key)
        shows(index)
    if "SLICEKIT_SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["SLICEKIT_SCREENSHOTS"], "webagg.png"))


# ---- the terminal of IPython


class Prompt:
    """IPython in a terminal, where somebody types."""

    def __init__(self, env):
        import pexpect  # comes with IPython, but not on Windows

        words = ["--no-banner", "--no-confirm-exit", "--colors=nocolor"]
        self.terminal = pexpect.spawn(
            sys.executable,
            ["-m", "IPython", *words, "--HistoryManager.enabled=False"],
            env={**env, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"},
            cwd=str(HERE),
            encoding="utf-8",
            dimensions=(50, 2000),
            timeout=PATIENCE,
        )
        self.number = 0

    def type(self, line, answer=""):
        """Type a line when IPython is ready for it, and return what is found in its answer."""
        self.number += 1
        self.terminal.expect_exact(f"In [{self.number}]:")
        self.terminal.send(f"{line}\r")
        self.terminal.expect(answer)
        return self.terminal.match[0]

    def state(self):
        return json.loads(self.type("print(json.dumps(told.state()))", r"\{.*\}"))

    def close(self):
        self.terminal.close(force=True)


@pytest.fixture
def prompt(screen):
    prompt = Prompt(screen.env)
    yield prompt
    prompt.close()


@pytest.mark.parametrize("toolkit", ["qt", "tk"])
def test_a_window_beside_the_prompt(screen, prompt, head, toolkit):
    prompt.type(f"%matplotlib {toolkit}")
    prompt.type("import json, matplotlib, slicekit, told")
    before = prompt.type("matplotlib.get_backend()", r"'\w+'")
    prompt.type("%load_ext slicekit")
    assert prompt.type("matplotlib.get_backend()", r"'\w+'") == before
    prompt.type("matplotlib.figure.Figure()", r"<Figure size 640x480 with 0 Axes>\r")
    prompt.type("v = slicekit.view(slicekit.load())")
    window = Window(screen, prompt, head, title=head_in_mm)
    state = prompt.state()

    def seen(index):  # without a word at the prompt, after each of which IPython draws anew
        picture = window.expected(index, state)
        return lambda: np.array_equal(screen.pixels()[window.figure], picture)

    screen.do("key", "k")
    until(seen(79), "slice 79")
    screen.do("click", UP)
    until(seen(80), "slice 80")
    screen.do("key", "Prior")
    until(seen(90), "slice 90")
    assert prompt.type("v.index", r"\d+\r") == "90\r"
    prompt.type("v.index = 12")
    until(seen(12), "slice 12")
    screen.save(f"ipython {toolkit}")
    prompt.type("v.close()")
    screen.do("key", "k")
    until(lambda: prompt.state()["scales"] == ["log", "linear"], "Matplotlib's own K")
    assert prompt.state()["index"] == 12


@pytest.mark.parametrize("interactive", [False, True])
@pytest.mark.parametrize(("width", "seconds"), [(640, 0), (1600, 0), (1600, 0.1)])
def test_a_key_held_down(width, seconds, interactive):
    """Thirty keys a second: the last picture is there at once, or after two readings."""
    command = [sys.executable, HERE / "storm.py", width, seconds, interactive]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(
        [str(part) for part in command], env=env, capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout.splitlines()[-1])
    assert (found["index"], found["on"], found["same"]) == (60, "60 / 63", True)
    assert found["drawn"] <= 4  # the window's own, and the one to learn from
    # a machine may be busy: without the quick way it is two seconds
    assert found["late"][0] < 0.05 + 0.2 + 3 * seconds
    assert seconds or found["shown"] > 50  # and no picture was left out
