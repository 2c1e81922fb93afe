"""What goes wrong in a class: a learner sees what docs/teaching.md says, and its cure works."""

import json
import subprocess
import time
import venv

import nbformat
import numpy as np
import pytest
from build_chapters import KERNEL, ROOT
from environments import OURS, link, python, site
from nbconvert.filters import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebooks import BUSY, Notebook, Server, chromium
from screen import until

pytestmark = pytest.mark.frontend
TEACHING = (ROOT / "docs" / "teaching.md").read_text()
VIEWER = """%load_ext slicekit
import numpy as np
import slicekit
fig = slicekit.multi_slice_viewer(np.asarray(slicekit.load()).T)"""
KILL = "import os; os.kill(os.getpid(), 9)"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """JupyterLab, or Notebook 7 for a test that asks for it, on a copy that may be spoilt."""
    root = tmp_path_factory.mktemp("room") / "slicekit"
    subprocess.run(["git", "clone", "-q", ROOT, root], check=True)
    server = Server(getattr(request, "param", "lab"), root, tmp_path_factory.mktemp("jupyter"))
    yield server
    server.close()


@pytest.fixture
def room(browser, server, request):
    """Write cells into a notebook, open it in the browser, run it."""
    opened = []

    def room(*cells, name="chapters/room", kernel=KERNEL):
        cells = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        path = f"{name}-{request.node.originalname}-{server.kind}.ipynb"
        (server.root / path).parent.mkdir(exist_ok=True)
        notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, server.root / path)
        opened.append(Notebook(browser, server, path))
        opened[-1].run_all()
        return opened[-1]

    yield room
    for notebook in opened:
        notebook.close()


def told(words):
    """Return words that the teacher's page holds."""
    assert words in TEACHING
    return words


def press(notebook, key):
    notebook.page.keyboard.press(key)
    time.sleep(0.5)  # for what should not happen, there is nothing to wait for


def index_after(notebook, figure, key):
    press(notebook, key)
    return figure.held()["index"]


def outputs(notebook):
    return notebook.page.locator(".jp-OutputArea-output").all_inner_texts()


def in_dialog(notebook, words):
    dialog = notebook.page.locator(".jp-Dialog")
    return until(lambda: [text for text in dialog.all_inner_texts() if words in text], words)


def select(notebook, number):
    """Select a cell, but do not edit it."""
    notebook.page.locator(".jp-Cell").nth(number).locator(".jp-InputPrompt").first.click()
    assert notebook.cells()[1] == number


def choose(notebook, menu, item):
    notebook.page.get_by_role("menuitem", name=menu, exact=True).click()
    notebook.page.get_by_role("menuitem", name=item, exact=True).click()
    time.sleep(1)
    until(lambda: not notebook.page.evaluate(BUSY), "the end of the last cell", 120)


def test_without_a_click_the_keys_are_jupyters(room):
    notebook = room(VIEWER, "1 + 1", "2 + 2")
    (figure,) = notebook.figures()
    figure.arrived()
    assert told("Click the picture, then press keys") in " ".join(outputs(notebook))
    cells, _, _ = notebook.cells()
    select(notebook, 1)
    assert index_after(notebook, figure, "k") == 34
    assert notebook.cells()[1] == 0
    select(notebook, 1)
    press(notebook, "x")
    assert notebook.cells()[0] == [cells[0], cells[2]]
    press(notebook, "Escape")
    press(notebook, "z")
    assert notebook.cells()[0] == cells
    notebook.page.locator(".jp-CodeCell .cm-content").nth(1).click()
    assert index_after(notebook, figure, "k") == 34
    assert "k" in notebook.cells()[0][1]
    figure.click()
    assert index_after(notebook, figure, "k") == 35


def test_the_other_keys_on_the_card(room):
    """What the key card says of JupyterLab's keys, and how to undo them."""
    notebook = room("1", "2", "3")
    cells, _, _ = notebook.cells()
    for keys in ("x", "dd", "a", "b"):
        select(notebook, 1)
        for key in keys:
            press(notebook, key)
        assert len(notebook.cells()[0]) == (4 if keys in "ab" else 2)
        press(notebook, "z")
        assert notebook.cells()[0] == cells, keys
    select(notebook, 1)
    press(notebook, "m")
    assert notebook.page.locator(".jp-CodeCell").count() == 2
    press(notebook, "y")
    assert notebook.page.locator(".jp-CodeCell").count() == 3
    press(notebook, "0")
    press(notebook, "0")
    in_dialog(notebook, "restart the kernel")


def test_after_the_click(room):
    """Capitals, a key held down, the pointer elsewhere, Q, and a figure named twice."""
    notebook = room(VIEWER, "fig")
    figure, twin = notebook.figures()
    figure.click()
    assert figure.arrived()["index"] == 34
    assert index_after(notebook, figure, "J") == 34
    notebook.page.mouse.move(5, 500)
    before = twin.settled()
    for _ in range(10):
        notebook.page.keyboard.down("k")  # the second and later ones are repeats
        time.sleep(0.05)
    notebook.page.keyboard.up("k")
    time.sleep(0.5)
    assert figure.held()["index"] == 35
    assert not np.array_equal(twin.settled(), before)
    figure.click()
    press(notebook, "q")
    before = figure.settled()
    press(notebook, "k")
    assert np.array_equal(figure.settled(), before)


def test_the_wheel_scrolls_the_page_in_05_and_06(room):
    before, after = (new_markdown_cell("much to read\n\n" * 50) for _ in range(2))
    notebook = room(before, VIEWER, "1", after)
    (figure,) = notebook.figures()
    figure.hover()
    figure.arrived()
    scrolled = notebook.scrolled()
    notebook.page.mouse.wheel(0, -100)
    until(lambda: notebook.scrolled() != scrolled, "a page that scrolls")
    notebook.type_into_last_cell(told("fig.canvas.capture_scroll = True"))
    figure.hover()
    time.sleep(0.5)
    scrolled = notebook.scrolled()
    notebook.page.mouse.wheel(0, -100)
    time.sleep(1)
    assert notebook.scrolled() == scrolled


def test_the_strip_of_chapter_06(room):
    conflict = "slicekit.article.remove_keymap_conflicts = lambda keys: None  # as before 06"
    notebook = room(VIEWER.replace("fig =", f"import slicekit.article\n{conflict}\nfig ="))
    (figure,) = notebook.figures()
    figure.click()
    figure.arrived()
    box = figure.place.bounding_box()
    notebook.page.mouse.move(box["x"] + 4, box["y"] + 4)  # in the figure, outside the picture
    press(notebook, "k")
    assert figure.held()["scales"] == [["linear", "linear"]]
    figure.hover()
    for _ in range(2):
        press(notebook, "k")
        assert figure.held()["scales"] == [["log", "linear"]]


def test_inline_and_back(room):
    make = "fig = slicekit.multi_slice_viewer(slicekit.load())"
    notebook = room("%load_ext slicekit\n%matplotlib inline\nimport slicekit", make)
    assert notebook.figures() == []
    assert notebook.page.locator(".jp-OutputArea img").count() == 1
    assert "Click the picture" not in " ".join(outputs(notebook))
    notebook.type_into_last_cell(f"{told('%matplotlib widget')}\n{make}")
    (figure,) = notebook.figures()
    figure.click()
    assert figure.arrived()["index"] == 78
    assert index_after(notebook, figure, "k") == 79


def test_the_articles_magic_shows_nothing(room):
    notebook = room("%matplotlib notebook\nimport matplotlib.pyplot as plt\nfig = plt.figure()")
    time.sleep(1)
    assert notebook.figures() == []
    assert notebook.page.locator(".jp-OutputArea img").count() == 0
    assert "".join(outputs(notebook)).strip() == ""


def test_what_handlers_print_appears_nowhere(room):
    answer = "def answer(event):\n    print('HE' + 'ARD')\n    no_such_name"
    connect = "cid = fig.canvas.mpl_connect('key_press_event', answer)"
    notebook = room(VIEWER, f"{answer}\n{connect}")
    (figure,) = notebook.figures()
    figure.click()
    figure.arrived()
    press(notebook, "n")
    time.sleep(1)
    said = " ".join(outputs(notebook))
    assert "HEARD" not in said
    assert "NameError" not in said


def test_the_wrong_kernel_and_the_wrong_folder(room, server, tmp_path):
    env = tmp_path / "env"
    venv.create(env, symlinks=True)
    link(OURS, site(env))
    for file in site(env).glob("*slicekit*"):
        file.unlink()
    spec = server.home / "data" / "kernels" / "other"
    spec.mkdir(parents=True)
    argv = [python(env), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Other course"}))
    other = {"name": "other", "display_name": "Other course", "language": "python"}
    notebook = room("%load_ext slicekit", "1", kernel=other)
    words = told("ModuleNotFoundError: No module named 'slicekit'")
    assert any(fault.strip().endswith(words) for fault in notebook.faults())
    assert "Other course" in notebook.page.locator(".jp-KernelName").all_inner_texts()
    notebook.type_into_last_cell(told("import sys; sys.prefix"))
    assert str(env) in outputs(notebook)[-1]
    notebook.page.get_by_role("menuitem", name="Kernel", exact=True).click()
    notebook.page.get_by_role("menuitem", name="Change Kernel…", exact=True).click()
    assert told("*Kernel* > *Change Kernel…*")
    in_dialog(notebook, told("Select Kernel"))
    elsewhere = room("from checks import check", name="elsewhere/room")
    words = told("ModuleNotFoundError: No module named 'checks'")
    assert any(fault.strip().endswith(words) for fault in elsewhere.faults())


def test_a_kernel_that_died(room):
    notebook = room(VIEWER, "1", "fig")
    figure = notebook.figures()[0]
    figure.arrived()
    cell = notebook.page.locator(".jp-CodeCell .cm-content").nth(1)
    cell.click()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.insert_text(KILL)
    notebook.page.keyboard.press("Control+Enter")
    dialog = in_dialog(notebook, told("Kernel Restarting"))[0]
    assert told("appears to have died") in dialog
    notebook.page.keyboard.press("Enter")
    before = figure.settled()
    figure.click()
    press(notebook, "k")
    assert np.array_equal(figure.settled(), before)
    notebook.type_into_last_cell("fig")
    assert told("NameError: name 'fig' is not defined") in " ".join(notebook.faults())
    cell.click()
    notebook.kernel = None
    choose(notebook, "Run", told("Run All Above Selected Cell"))
    figure = notebook.figures()[0]
    figure.click()
    assert figure.arrived()["index"] == 34
    assert index_after(notebook, figure, "k") == 35


def test_whoever_fell_behind_catches_up_within_a_chapter(browser, server):
    notebook = Notebook(browser, server, "chapters/05_answer_a_key.ipynb")
    last = notebook.page.locator(".jp-CodeCell .cm-content").last
    last.scroll_into_view_if_needed()
    last.click()
    choose(notebook, "Run", told("Run All Above Selected Cell"))
    assert notebook.faults() == []
    assert notebook.figures()
    notebook.close()


@pytest.mark.parametrize("server", ["lab", "notebook"], indirect=True)
def test_notebook_7_without_the_extension(room, server):
    notebook = room("%matplotlib widget\nimport slicekit\nslicekit.view(slicekit.load()).index")
    (figure,) = notebook.figures()
    index = figure.arrived()["index"]
    for key, step in {"PageUp": 10, ",": -1, ".": 1, "j": -1, "k": 1, "ArrowRight": 1}.items():
        figure.click()
        taken = server.kind == "notebook" and key in {"j", "k", "ArrowRight"}
        index += 0 if taken else step
        assert index_after(notebook, figure, key) == index, key


def test_the_browsers_zoom(room):
    assert "at 80, 125 and 200 % keys work" in TEACHING
    notebook = room(VIEWER)
    (figure,) = notebook.figures()
    figure.click()
    figure.arrived()
    tools = notebook.page.context.new_cdp_session(notebook.page)
    for number, zoom in enumerate((0.8, 1.25, 2), 1):
        size = {"width": int(1300 / zoom), "height": int(1000 / zoom)}
        more = {**size, "deviceScaleFactor": zoom, "mobile": False}
        tools.send("Emulation.setDeviceMetricsOverride", more)
        time.sleep(1)
        shown = figure.settled()
        notebook.page.keyboard.press("k")
        figure.changed(shown)
        assert figure.held()["index"] == 34 + number


def test_a_notebook_of_yesterday(room, browser, server):
    """Without slicekit's extension; with it, see the saved copies in test_jupyter.py."""
    plain = room("%matplotlib widget\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()")
    plain.save()
    choose(plain, "Kernel", "Shut Down Kernel")
    reopened = Notebook(browser, server, plain.path)
    words = told("Error displaying widget: model not found")
    until(lambda: words in outputs(reopened), words)
    reopened.close()


def test_the_key_card_is_one_page_of_a4(browser):
    card = (ROOT / "docs" / "key_card.md").read_text()
    page = browser.new_page()
    page.set_content(markdown2html_mistune(card))
    pdf = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "15mm"))
    page.close()
    assert pdf.count(b"/Type /Page\n") == 1
