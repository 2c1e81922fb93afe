"""A Jupyter server, notebooks of it in Chromium, and a look at what their kernels hold.

Keys, wheel and mouse go to the page, as a reader's do. The kernel is only looked at, and
only after the page: whatever runs in a kernel lets Matplotlib draw what it has forgotten.
"""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket
from urllib.request import urlopen

import numpy as np
from jupyter_client import BlockingKernelClient
from PIL import Image
from screen import until

# in a container there is no sandbox; the rest keeps the browser at home
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FIGURES = ".jupyter-matplotlib-canvas-div"
FAULTS = "[data-mime-type$='jupyter.stderr'], [data-mime-type$='jupyter.error']"
BUSY = "[...document.querySelectorAll('.jp-InputPrompt')].some(p => p.textContent.includes('*'))"
LOOK = """
def _look():
    from matplotlib._pylab_helpers import Gcf
    from slicekit.viewer import viewers
    from base64 import b64encode
    import numpy as np
    seen = []
    for manager in Gcf.get_all_fig_managers():
        fig = manager.canvas.figure
        pixels = np.asarray(manager.canvas.buffer_rgba())
        first = (viewers(fig) or fig.axes or [None])[0]
        connected = fig.canvas.callbacks.callbacks.get("key_press_event", {}).values()
        modules = [str(handler().__module__) for handler in connected if handler()]
        seen.append({
            "index": getattr(first, "index", None),
            "panel": _middle(first.axes[0] if first in viewers(fig) else first),
            "voxel": getattr(first, "voxel", None),
            "viewers": len(viewers(fig)),
            "answers": not all(module.startswith("matplotlib.") for module in modules),
            "scales": [(ax.get_xscale(), ax.get_yscale()) for ax in fig.axes],
            "shape": pixels.shape,
            "pixels": b64encode(pixels.tobytes()).decode(),
        })
    return seen

def _middle(ax):
    return ax and list(ax.transAxes.transform((0.5, 0.5)) / ax.figure.bbox.size)
"""


@contextmanager
def chromium():
    """Yield a headless Chromium, the system's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


def free_port():
    with socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


class Server:
    """A Jupyter server, ``"lab"`` or ``"notebook"``, for the files in a folder."""

    def __init__(self, kind, root, home):
        self.kind, self.root, self.home, self.port = kind, Path(root), Path(home), free_port()
        options = {
            "ServerApp.root_dir": self.root,
            "ServerApp.port": self.port,
            "ServerApp.ip": "127.0.0.1",
            "IdentityProvider.token": "",
        }
        program = Path(sys.executable).with_name(f"jupyter-{kind}")
        self.log = self.home / f"{kind}-{self.port}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    *(program, "--no-browser", "--allow-root"),
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                cwd=self.root,
                env={
                    **os.environ,
                    "MATPLOTLIBRC": os.devnull,  # Matplotlib's own settings, as a reader has them
                    "JUPYTER_CONFIG_DIR": str(self.home / "config"),
                    "JUPYTER_DATA_DIR": str(self.home / "data"),
                    "JUPYTER_RUNTIME_DIR": str(self.home),
                },
                stdout=log,
                stderr=log,
            )
        until(lambda: self.ask("status"), "the server", 60)

    def ask(self, what):
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/api/{what}") as answer:
            return json.load(answer)
        return None

    def address(self, path):
        inside = f"lab/tree/{path}?reset" if self.kind == "lab" else f"notebooks/{path}"
        return f"http://127.0.0.1:{self.port}/{inside}"

    def kernels(self, path):
        return [each["kernel"] for each in self.ask("sessions") if each["path"] == path]

    def close(self):
        self.process.terminate()
        self.process.wait(30)


class Figure:
    """A figure on the page."""

    def __init__(self, notebook, place):
        self.notebook, self.place = notebook, place

    def pixels(self):
        """Return what the page shows, (rows, columns, 3)."""
        url = self.place.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
        picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
        return np.asarray(picture.convert("RGB"))

    def settled(self, pause=0.3):
        """Return what the page shows, when it has not changed for a while."""
        seen, since = self.pixels(), time.monotonic()
        while time.monotonic() - since < pause:
            time.sleep(0.03)
            now = self.pixels()
            if not np.array_equal(now, seen):
                seen, since = now, time.monotonic()
        return seen

    def changed(self, before):
        """Return the next picture after another one."""
        until(lambda: not np.array_equal(self.pixels(), before), "another picture")
        return self.settled()

    def held(self):
        """Return what the kernel holds of this figure, or None; the page is asked first.

        The kernel may have been asked too early, or in the middle of its drawing. So it is
        asked once more when the page has been still for long.
        """
        for pause in (0.3, 3):
            shown = self.settled(pause)
            for each in reversed(self.notebook.look()):  # of figures that are alike, the newest
                if np.array_equal(each["pixels"], shown):
                    return each
        return None

    def arrived(self):
        """Return the same, as soon as the first picture has come."""
        return until(self.held, "a picture that the kernel holds")

    def middle(self):
        box = self.place.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def hover(self):
        self.place.scroll_into_view_if_needed()
        self.notebook.page.mouse.move(*self.middle())

    def click(self, across=0.5, up=0.5):
        """Click in the middle, or elsewhere, as soon as the page lies still: cells may grow."""
        box = self.place.bounding_box()
        self.place.click(position={"x": across * box["width"], "y": (1 - up) * box["height"]})


class Notebook:
    """A notebook in the browser."""

    def __init__(self, browser, server, path, script=""):
        self.server, self.path, self.errors, self.kernel = server, path, [], None
        self.page = browser.new_page(viewport={"width": 1300, "height": 1000})
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.add_init_script(script)
        self.page.goto(server.address(path))
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        until(lambda: [k for k in server.kernels(path) if k["execution_state"] == "idle"], "kernel")
        written = json.loads((server.root / path).read_text())["cells"]
        # the cells that are not in view follow while the browser has nothing else to do
        until(lambda: len(self.cells()[0]) == len(written), "the last cell", 60)

    def run_all(self):
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        time.sleep(1)  # until the cells are marked as waiting
        until(lambda: not self.page.evaluate(BUSY), "the end of the last cell", 120)

    def save(self):
        file = self.server.root / self.path
        before = file.stat().st_mtime_ns
        self.page.locator(".jp-Notebook").first.click(position={"x": 5, "y": 5})
        self.page.keyboard.press("Control+s")
        until(lambda: file.stat().st_mtime_ns != before, "the saved file")

    def figures(self):
        found = self.page.locator(FIGURES)
        return [Figure(self, found.nth(number)) for number in range(found.count())]

    def faults(self):
        """Return what went wrong in cells and on the page."""
        # this one Notebook 7.6 reports for any notebook, a blank one too
        errors = [error for error in self.errors if "(reading 'schema')" not in error]
        return self.page.locator(FAULTS).all_inner_texts() + errors

    def cells(self):
        """Return the sources of all cells, the number of the selected one, and any dialog."""
        return self.page.evaluate(
            """() => {
              const cells = [...document.querySelectorAll(".jp-Notebook .jp-Cell")];
              return [
                cells.map(cell => cell.querySelector(".jp-InputArea-editor")?.textContent ?? ""),
                cells.findIndex(cell => cell.classList.contains("jp-mod-active")),
                document.querySelectorAll(".jp-Dialog, .lm-mod-active.lm-CommandPalette").length,
              ];
            }"""
        )

    def scrolled(self):
        """Return how far the page has been scrolled, in all its panels."""
        return self.page.evaluate(
            "[...document.querySelectorAll('*')].map(e => e.scrollTop).filter(top => top > 0)"
        )

    def type_into_last_cell(self, code):
        """Replace the code of the last cell, and run it."""
        cell = self.page.locator(".jp-CodeCell .cm-content").last
        cell.scroll_into_view_if_needed()
        cell.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")
        time.sleep(0.5)
        until(lambda: not self.page.evaluate(BUSY), "the end of the cell", 60)

    def look(self):
        """Return what the kernel holds of each open figure."""
        if self.kernel is None:
            (kernel,) = self.server.kernels(self.path)
            file = self.server.home / f"kernel-{kernel['id']}.json"
            self.kernel = BlockingKernelClient(connection_file=str(file))
            self.kernel.load_connection_file()
            self.kernel.start_channels()
            self.kernel.wait_for_ready(60)
        reply = self.kernel.execute(
            LOOK,
            silent=True,
            store_history=False,
            user_expressions={"seen": "__import__('json').dumps(_look())"},
            reply=True,
            timeout=60,
        )
        answer = reply["content"]["user_expressions"]["seen"]
        assert answer["status"] == "ok", answer
        seen = json.loads(eval(answer["data"]["text/plain"]))
        for each in seen:
            pixels = np.frombuffer(base64.b64decode(each["pixels"]), np.uint8)
            each["pixels"] = pixels.reshape(each["shape"])[..., :3]
        return seen

    def close(self):
        if self.kernel is not None:
            self.kernel.stop_channels()
        self.page.close()
