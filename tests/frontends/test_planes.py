"""Three planes in JupyterLab, Qt and Tk: the same mouse and keys, and the same pictures."""

import os
import time
from contextlib import contextmanager
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import nibabel
import numpy as np
import pytest
from build_chapters import KERNEL
from matplotlib.backends.backend_agg import FigureCanvasAgg
from nbformat.v4 import new_code_cell, new_notebook
from notebooks import Notebook, Server, chromium
from screen import Program, Screen, find, until

import slicekit

pytestmark = pytest.mark.frontend

VIEWER = """%load_ext slicekit
import slicekit
viewer = slicekit.view(slicekit.load(), planes=True)
viewer.fig.canvas.pan_zoom_throttle = 200  # ms until it tells of a motion, as on a slow day"""
START = [78, 94, 34]
# the axes of the sample that run through, across and up a panel; all grow the same way
SAGITTAL, CORONAL, AXIAL = PANELS = (0, 1, 2), (1, 0, 2), (2, 0, 1)


class Drawn:
    """What must be on show, drawn by Matplotlib alone: other tests look at what that is."""

    def __init__(self):
        self.viewer = slicekit.view(slicekit.load(), planes=True)
        plt.close(self.viewer.fig)  # from now on nobody else changes it
        self.canvas = FigureCanvasAgg(self.viewer.fig)
        self.resize(self.viewer.fig.get_size_inches(), 100)

    def resize(self, inches, dpi):
        self.viewer.fig.set_size_inches(inches)
        self.viewer.fig.set_dpi(dpi)

    def picture(self, voxel, crosshair=True):
        self.viewer.voxel = voxel
        for each in self.viewer.crosshairs:
            each.visible = crosshair
        self.canvas.draw()
        return np.asarray(self.canvas.buffer_rgba())[..., :3].copy()

    def place(self, panel, voxel):
        """Return x and y of a voxel's centre in the picture, in pixels from the top left."""
        _, across, up = panel
        ax = self.viewer.axes[PANELS.index(panel)]
        x, y = ax.transData.transform((voxel[across], voxel[up]))
        return x, self.canvas.get_width_height()[1] - y


class FrontEnd:
    """Where the figure is, what is on show, and mouse and keys for it."""

    def __init__(self, drawn):
        self.drawn, self.crosshair = drawn, True

    def shows(self, *voxel):
        """Wait until picture and program agree on a voxel."""
        expected = self.drawn.picture(voxel, self.crosshair)
        until(lambda: np.array_equal(self.pixels(), expected), f"the picture of {voxel}")
        assert self.voxel() == list(voxel)

    def goes_on_showing(self, *voxel):
        time.sleep(0.5)  # for what should not happen, there is nothing to wait for
        self.shows(*voxel)

    def point(self, panel, voxel):
        """Move the mouse to a voxel, as it lies on a panel."""
        self.move(*self.drawn.place(panel, voxel))
        time.sleep(0.1)  # a hand rests before it presses a button

    def click(self, panel, voxel):
        self.point(panel, voxel)
        self.button(down=True)
        self.button(down=False)


class InJupyterLab(FrontEnd):
    """A cell's output in a real browser."""

    def __init__(self, drawn, notebook):
        super().__init__(drawn)
        self.notebook, self.mouse = notebook, notebook.page.mouse
        (self.figure,) = notebook.figures()
        self.figure.hover()
        self.figure.arrived()
        self.box = self.figure.place.locator("canvas").first.bounding_box()  # within its border

    def pixels(self):
        return self.figure.pixels()

    def voxel(self):
        """Return what the kernel holds, whose picture is that of the page."""
        return self.figure.held()["voxel"]

    def move(self, x, y):
        # whatever is no whole pixel of the page, the browser cuts off
        self.mouse.move(round(self.box["x"] + x), round(self.box["y"] + y))

    def button(self, down):
        self.mouse.down() if down else self.mouse.up()

    def wheel(self, turn):
        self.mouse.wheel(0, -100 * turn)

    def press(self, key):
        self.notebook.page.keyboard.press({"up": "ArrowUp"}.get(key, key))

    def status(self):
        return self.notebook.page.locator(".jupyter-matplotlib-footer").inner_text()

    def save(self, name):
        if "SLICEKIT_SCREENSHOTS" in os.environ:
            folder = Path(os.environ["SLICEKIT_SCREENSHOTS"])
            self.notebook.page.screenshot(path=folder / f"{name}.png")


class InWindow(FrontEnd):
    """The window of ``slicekit view --planes``."""

    def __init__(self, drawn, screen, program):
        super().__init__(drawn)
        self.screen, self.program = screen, program
        until(self._find, "the first picture")
        time.sleep(0.5)  # Tk gives the figure the dpi of the screen a moment later
        self.x, self.y = until(self._find, "the picture")
        columns, rows = drawn.canvas.get_width_height()
        self.part = np.s_[self.y : self.y + rows, self.x : self.x + columns]
        screen.do("windowfocus", "--sync", *screen.windows())

    def _find(self):
        state = self.program.state()
        if state:  # a window has whole pixels, and the screen's dpi
            self.drawn.resize(state["inches"], state["dpi"])
        return find(self.drawn.picture(START), self.screen.pixels())

    def pixels(self):
        return self.screen.pixels()[self.part]

    def voxel(self):
        return self.program.state()["voxel"]

    def move(self, x, y):
        self.screen.point(round(self.x + x), round(self.y + y))

    def button(self, down):
        self.screen.do("mousedown" if down else "mouseup", 1)

    def wheel(self, turn):
        self.screen.do("click", 4 if turn > 0 else 5)

    def press(self, key):
        self.screen.do("key", {"up": "Up"}.get(key, key))

    def status(self):
        """Return what is around the figure as pixels: where the status line is, toolkits differ."""
        rows, columns = self.part
        time.sleep(0.3)
        seen = self.screen.pixels()
        return np.concatenate([seen[: rows.start, columns], seen[rows.stop :, columns]]).tobytes()

    def save(self, name):
        self.screen.save(name)


@contextmanager
def jupyterlab(drawn, folder):
    notebook = new_notebook(cells=[new_code_cell(VIEWER)], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, folder / "planes.ipynb")
    (folder / "home").mkdir()
    server = Server("lab", folder, folder / "home")
    try:
        with chromium() as browser:
            notebook = Notebook(browser, server, "planes.ipynb")
            notebook.run_all()
            yield InJupyterLab(drawn, notebook)
            assert notebook.faults() == []
            notebook.close()
    finally:
        server.close()


@contextmanager
def window(drawn, folder, backend):
    volume, scan = drawn.viewer.volume, folder / "head.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.asarray(volume), volume.affine), scan)
    screen = Screen(folder)
    try:
        env = {**screen.env, "MPLBACKEND": backend}
        program = Program("-m", "slicekit", "view", scan, "--planes", env=env)
        try:
            yield InWindow(drawn, screen, program)
        finally:
            program.close()
    finally:
        screen.close()


@pytest.fixture(scope="module", params=["jupyterlab", "qtagg", "tkagg"])
def front(request, tmp_path_factory):
    folder, drawn = tmp_path_factory.mktemp("planes"), Drawn()
    lab = request.param == "jupyterlab"
    opened = jupyterlab(drawn, folder) if lab else window(drawn, folder, request.param)
    with opened as front:
        front.shows(*START)
        yield front
        front.save(f"planes {request.param}")


def lines_meet(pixels, x, y):
    """Tell whether a green line runs through a place in both directions, a voxel off at most."""
    x, y = round(x), round(y)
    red, green, blue = np.moveaxis(pixels.astype(int), -1, 0)
    lime = green - np.maximum(red, blue) > 60
    level, upright = lime[y - 2 : y + 3, x + 10 : x + 20], lime[y - 20 : y - 10, x - 2 : x + 3]
    return level.any(0).all() and upright.any(1).all()


def test_a_click_moves_all_three_planes(front):
    for panel, voxel in (
        (SAGITTAL, [78, 60, 20]),
        (CORONAL, [50, 60, 45]),
        (AXIAL, [100, 120, 45]),
    ):
        front.click(panel, voxel)
        front.shows(*voxel)
        assert lines_meet(front.pixels(), *front.drawn.place(panel, voxel))


def test_a_drag_moves_them_along(front):
    front.click(AXIAL, [100, 120, 45])
    front.point(AXIAL, [60, 60, 45])
    front.button(down=True)
    for i, j in ((62, 70), (80, 90), (90, 150)):
        front.point(AXIAL, [i, j, 45])
        front.shows(i, j, 45)
    front.button(down=False)
    front.point(AXIAL, [20, 20, 45])
    front.goes_on_showing(90, 150, 45)


def test_a_drag_while_the_hand_never_rests(front):
    """The browser tells of motions late, when the button is down or up again already."""
    *_, k = front.voxel()
    for j in (150, 140, 130):
        for i in (50, 60):
            front.move(*front.drawn.place(AXIAL, [i, 60, k]))
        front.button(down=True)
        time.sleep(0.1)
        for i in (60, 70, 80, 90):
            front.move(*front.drawn.place(AXIAL, [i, j, k]))
        front.button(down=False)
        front.shows(90, j, k)


def test_a_button_released_beside_the_figure_ends_the_drag(front):
    front.click(AXIAL, [50, 60, front.voxel()[2]])
    front.point(SAGITTAL, [50, 150, 30])
    front.button(down=True)
    front.point(SAGITTAL, [50, 180, 20])
    front.shows(50, 180, 20)
    width, height = front.drawn.canvas.get_width_height()
    front.move(width + 60, height // 2)
    time.sleep(0.3)
    front.button(down=False)
    time.sleep(0.3)
    at_the_edge = front.voxel()
    for j in (100, 101):
        front.point(SAGITTAL, [50, j, 50])
    front.goes_on_showing(*at_the_edge)


def test_wheel_and_keys_are_for_the_panel_under_the_pointer(front):
    front.click(SAGITTAL, [front.voxel()[0], 94, 34])
    front.click(CORONAL, [78, 94, 34])
    voxel = [78, 94, 34]
    for panel in PANELS:
        front.point(panel, voxel)
        front.wheel(-1)
        voxel[panel[0]] -= 1
        front.shows(*voxel)
        for key, step in {"k": 1, "up": 1}.items():
            front.press(key)
            voxel[panel[0]] += step
            front.shows(*voxel)


def test_h_hides_the_crosshair_and_shows_it_again(front):
    front.click(CORONAL, [78, front.voxel()[1], 34])
    voxel = front.voxel()
    for crosshair in (False, True):
        front.press("h")
        front.crosshair = crosshair
        front.shows(*voxel)
    front.press("h")
    front.crosshair = False
    front.click(SAGITTAL, [voxel[0], 100, 40])
    front.shows(voxel[0], 100, 40)
    front.press("h")
    front.crosshair = True
    front.shows(voxel[0], 100, 40)


def test_the_status_line_tells_voxel_mm_and_value(front):
    front.click(SAGITTAL, [front.voxel()[0], 94, 34])
    front.click(CORONAL, [78, 94, 34])
    front.point(AXIAL, [50, 60, 34])
    value = np.asarray(front.drawn.viewer.volume)[50, 60, 34]
    words = f"voxel (50, 60, 34), (-28.0, -52.0, 18.0) mm, value {value}"
    if isinstance(front, InJupyterLab):
        until(lambda: front.status() == words, words)
    here = front.status()
    front.press("k")
    front.shows(78, 94, 35)
    told = until(lambda: front.status() != here and front.status(), "another voxel")
    front.point(AXIAL, [52, 64, 35])
    until(lambda: front.status() != told, "another voxel")
    front.point(AXIAL, [50, 60, 35])
    until(lambda: front.status() == told, "the same voxel")
