"""The chapters in JupyterLab and Notebook 7, in a real browser, with real keys."""

import subprocess
import time

import nbformat
import numpy as np
import pytest
from build_chapters import CHAPTERS, KERNEL, ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebooks import Notebook, Server, chromium
from screen import save_picture, until

pytestmark = pytest.mark.frontend
NAMES = sorted(path.stem for path in CHAPTERS.glob("[0-9][0-9]_*.md"))
WITH_KEYS = [name for name in NAMES if name >= "05"]
VIEWER = "%load_ext slicekit\nimport slicekit\nviewer = slicekit.view(slicekit.load(), axis=2)"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what git tracks: a reader saves over the chapters."""
    root = tmp_path_factory.mktemp("reader") / "slicekit"
    subprocess.run(["git", "clone", "-q", ROOT, root], check=True)
    return root


@pytest.fixture(scope="module", params=["lab", "notebook"])
def server(request, copy, tmp_path_factory):
    server = Server(request.param, copy, tmp_path_factory.mktemp("jupyter"))
    yield server
    server.close()


@pytest.fixture
def open_notebook(browser, server):
    opened = []

    def open_notebook(name):
        opened.append(Notebook(browser, server, f"chapters/{name}.ipynb"))
        return opened[-1]

    yield open_notebook
    for notebook in opened:
        notebook.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter(open_notebook, server, name):
    """Run it all, look at every figure, press keys, save it, and open the saved copy."""
    notebook = open_notebook(name)
    notebook.run_all()
    assert notebook.faults() == []
    figures = notebook.figures()
    answering = []
    for number, figure in enumerate(figures):
        figure.hover()
        held = figure.arrived()
        save_picture(held["pixels"], f"{server.kind} {name} {number}")
        if held["answers"] and held["index"] is not None:
            answering.append(figure)
    assert bool(answering) == (name in WITH_KEYS)
    for figure in answering[-2:]:
        scroll_with_keys(notebook, figure)
    assert notebook.faults() == []
    notebook.save()
    notebook.close()
    check_saved_copy(open_notebook(name), len(figures))
    assert changed_text(server.root) == ""


def scroll_with_keys(notebook, figure):
    """Press keys in a figure: it scrolls, and nothing happens to the notebook around it."""
    figure.click(
        *figure.arrived()["panel"]
    )  # of two viewers that are linked, each follows the other
    held, before = figure.arrived(), notebook.cells()
    for key, step in (("k", 1), ("k", 1), ("j", -1)):
        shown = figure.settled()
        notebook.page.keyboard.press(key)
        figure.changed(shown)
        now = figure.held()
        assert now["index"] == held["index"] + step
        held = now
    assert {scale for scales in held["scales"] for scale in scales} == {"linear"}
    for key in ("a", "x", "b", "d", "d"):  # they add, cut and delete cells
        notebook.page.keyboard.press(key)
    assert notebook.cells() == before


def check_saved_copy(notebook, pictures):
    time.sleep(2)  # whatever is going to be complained of
    assert "model not found" not in notebook.page.locator("body").inner_text()
    assert notebook.page.locator(".jp-Dialog").count() == 0
    assert notebook.figures() == []
    assert notebook.page.locator(".jp-OutputArea img").count() >= pictures


def changed_text(root):
    command = ["git", "diff", "--", "chapters/*.md"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True).stdout


@pytest.fixture
def viewer(open_notebook, server, request):
    """A figure of `view` in a notebook of its own, which is longer than the page is high."""
    cells = [
        new_markdown_cell("much to read\n\n" * 40),
        new_code_cell(VIEWER),
        new_code_cell(),
        new_markdown_cell("much to read\n\n" * 40),
    ]
    name = f"{request.node.originalname}-{server.kind}"
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, server.root / f"chapters/{name}.ipynb")
    notebook = open_notebook(name)
    notebook.run_all()
    (figure,) = notebook.figures()
    figure.hover()
    assert figure.arrived()["viewers"] == 1
    return figure


def test_before_the_click_the_wheel_and_after_it_the_keys(viewer):
    page, index = viewer.notebook.page, viewer.held()["index"]
    for turn, step in ((-100, 1), (100, -1), (-100, 1)):
        shown, scrolled = viewer.settled(), viewer.notebook.scrolled()
        page.mouse.wheel(0, turn)
        viewer.changed(shown)
        index += step
        assert viewer.held()["index"] == index
        assert viewer.notebook.scrolled() == scrolled
    viewer.click()
    before = viewer.notebook.cells()
    for key, moved in {
        **{"k": 1, "ArrowRight": 1, "PageUp": 10, "j": -1, "ArrowLeft": -1, "PageDown": -10},
        **{".": 1, ",": -1, "ArrowUp": 1, "ArrowDown": -1},
    }.items():
        shown = viewer.settled()
        page.keyboard.press(key)
        viewer.changed(shown)
        index += moved
        assert viewer.held()["index"] == index, key
    for key in ("Home", "End", "m", "a", "]", "0", "Backspace"):
        page.keyboard.press(key)
        assert viewer.held(), key
    assert viewer.notebook.cells() == before


def test_the_page_scrolls_again_when_the_viewer_is_closed(viewer):
    notebook = viewer.notebook
    scrolled, shown = notebook.scrolled(), viewer.settled()
    notebook.page.mouse.wheel(0, -100)
    viewer.changed(shown)
    assert notebook.scrolled() == scrolled
    notebook.type_into_last_cell("viewer.close()")
    viewer.hover()
    shown, scrolled = viewer.settled(), notebook.scrolled()
    notebook.page.mouse.wheel(0, -100)
    until(lambda: notebook.scrolled() != scrolled, "a page that scrolls")
    assert np.array_equal(viewer.settled(), shown)


def test_no_burst_leaves_a_wrong_picture(viewer, server):
    viewer.click()
    rng = np.random.default_rng(0)
    for burst in range(200 if server.kind == "lab" else 20):
        for key in rng.choice(["j", "k"], 20):
            viewer.notebook.page.keyboard.press(str(key))
        assert viewer.held(), burst
