"""How soon a key is answered by a picture in JupyterLab, beside the article's viewer of 2017.

    python tools/time_keys.py [KEYS]

Both viewers show the same volume in notebooks of their own, on one server and in one
browser, and are pressed in turn: KEYS times each (default: 60). The time from the key to
the last picture is taken in the page, by its own clock. Needs Debian's chromium and
Python's playwright; see CONTRIBUTING.md, "Real front ends".
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "frontends"))
from notebooks import Notebook, Server, chromium

VOLUME = """
import numpy as np, slicekit
import matplotlib.pyplot as plt
volume = np.asarray(slicekit.load()).T
"""
ARTICLES = """
%matplotlib widget
def answer(event):
    ax = event.canvas.figure.axes[0]
    ax.index = (ax.index + (1 if event.key == "k" else -1)) % len(ax.volume)
    ax.images[0].set_array(ax.volume[ax.index])
    event.canvas.draw()

slicekit.remove_keymap_conflicts({"j", "k"})
fig, ax = plt.subplots()
ax.volume, ax.index = volume, len(volume) // 2
ax.imshow(volume[ax.index])
fig.canvas.mpl_connect("key_press_event", answer)
"""
OURS = """
%load_ext slicekit
viewer = slicekit.view(volume)
"""
CLOCK = """
document.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (...all) {
  draw.apply(this, all);
  if (this.canvas.isConnected) window.shown = performance.now();
};
"""


def main() -> None:
    """Press keys in both, and print medians and their ratio."""
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with TemporaryDirectory() as folder, chromium() as browser:
        home = Path(folder, "home")
        home.mkdir()
        server = Server("lab", folder, home)
        try:
            pages = [start(browser, server, code) for code in (ARTICLES, OURS)]
            times = np.array([[lag(*page, n) for page in pages] for n in range(presses)])
        finally:
            server.close()
    article, ours = np.median(times, axis=0)
    print(f"{presses} keys each, median from key to picture in ms:")
    print(
        f"the article's viewer {article:.0f}, slicekit.view {ours:.0f}: {ours / article:.2f} of it"
    )


def start(browser, server, code):  # type: ignore[no-untyped-def]
    """Open a notebook with one viewer, and click it."""
    name = f"{'ours' if code == OURS else 'article'}.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(source) for source in (VOLUME, code)]
    written = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(written, server.root / name)
    notebook = Notebook(browser, server, name, CLOCK)
    notebook.run_all()
    figure = notebook.figures()[-1]
    figure.hover()
    figure.arrived()
    figure.click()
    return notebook, figure


def lag(notebook, figure, number):  # type: ignore[no-untyped-def]
    """Press a key, and return the milliseconds until the last picture that follows."""
    notebook.page.bring_to_front()
    time.sleep(0.1)
    notebook.page.keyboard.press("jk"[number % 2])
    time.sleep(0.5)
    return notebook.page.evaluate("window.shown - window.pressed")


if __name__ == "__main__":
    main()
