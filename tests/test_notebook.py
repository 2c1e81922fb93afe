"""The extension, in a shell of its own and in real kernels."""

import os
import subprocess
import sys
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
from build_chapters import execute
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook

import slicekit
from slicekit import notebook
from slicekit.describe import describe


def run(*cells, **variables):
    """Execute cells in a fresh kernel and return them."""
    made = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    execute(made, {**os.environ, **variables})
    return made.cells


def plain(cell):
    """Return the text of all outputs of a cell."""
    texts = []
    for output in cell.outputs:
        texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "".join(texts)


SHOW = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nim = ax.imshow([[1, 2]])"
BACKEND = "import matplotlib\nprint(matplotlib.get_backend().lower())"


def test_without_a_server_figures_are_pictures_that_describe_themselves():
    load, show, backend, later = run("%load_ext slicekit", SHOW, BACKEND, "fig")
    assert load.outputs == []
    assert "inline" in plain(backend)
    for cell in (show, later):
        (output,) = cell.outputs
        assert output.data["text/plain"].startswith("Figure of 6.4 x 4.8 inches, panels: 1.")
        assert "image/png" in output.data


def test_under_a_server_figures_are_live():
    load, show, backend, later = run(
        "%load_ext slicekit", SHOW, BACKEND, "fig", JPY_SESSION_NAME="x.ipynb"
    )
    assert "ipympl" in plain(backend) or "widget" in plain(backend)
    assert "suppress-shortcuts" in load.outputs[0].data["application/javascript"]
    for cell in (show, later):
        assert "application/vnd.jupyter.widget-view+json" in cell.outputs[0].data


def test_a_live_figure_asks_for_a_click_only_if_it_answers_keys():
    connect = "cid = fig.canvas.mpl_connect('key_press_event', lambda event: None)"
    label = "print(repr(fig.canvas._figure_label))"
    cells = run("%load_ext slicekit", SHOW, label, connect, label, JPY_SESSION_NAME="x.ipynb")
    assert plain(cells[2]).strip() != repr(notebook.CLICK_FIRST)
    assert plain(cells[4]).strip() == repr(notebook.CLICK_FIRST)


def test_without_ipympl_it_says_so_in_one_line_and_goes_inline(tmp_path):
    broken = tmp_path / "ipympl"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('no such widget')")
    load, show, backend = run(
        "%load_ext slicekit",
        SHOW,
        BACKEND,
        JPY_SESSION_NAME="x.ipynb",
        PYTHONPATH=str(tmp_path),
    )
    assert plain(load) == (
        "Figures will not be live, ipympl fails: no such widget. "
        "Cure: pip install -U ipympl matplotlib, then restart the kernel\n"
    )
    assert "inline" in plain(backend)
    assert "image/png" in show.outputs[0].data


@pytest.mark.parametrize("variables", [{}, {"JPY_SESSION_NAME": "x.ipynb"}])
def test_loading_it_again_is_harmless(variables):
    cells = run("%load_ext slicekit", "%reload_ext slicekit", SHOW, **variables)
    assert "image/png" in cells[2].outputs[0].data
    assert all(output.output_type != "error" for cell in cells for output in cell.outputs)


def test_a_key_after_the_cell_still_reaches_the_figure():
    """Inline closes figures after each cell; Matplotlib 3.11 then swaps their canvas."""
    viewer = (
        "import numpy as np, slicekit\n"
        "fig = slicekit.multi_slice_viewer(np.arange(60).reshape(3, 4, 5))"
    )
    cells = run("%load_ext slicekit", viewer, "slicekit.press(fig, 'k')\nfig")
    assert plain(cells[1]) != plain(cells[2])
    assert "x linear" in plain(cells[2])


class Manager:
    """A figure manager that remembers its title, as those with windows do."""

    def __init__(self, num, title):
        self.num, self.title = num, title
        self.canvas = plt.figure(num).canvas

    def get_window_title(self):
        return self.title

    def set_window_title(self, title):
        self.title = title


def test_what_answered_keys_and_is_gone_answers_none():
    fig = Figure()
    fig.canvas.callbacks.callbacks["key_press_event"] = {0: lambda: None}  # of a dead object
    assert not notebook._answers_keys(fig)
    fig.canvas.callbacks.callbacks["key_press_event"][1] = lambda: run
    assert notebook._answers_keys(fig)


def test_only_untitled_figures_that_answer_keys_ask_for_a_click(monkeypatch):
    managers = [Manager(1, "Figure 1"), Manager(2, "Figure 2"), Manager(3, "Patient 3")]
    monkeypatch.setattr(notebook.Gcf, "get_all_fig_managers", lambda: managers)
    for manager in (managers[0], managers[2]):
        manager.canvas.mpl_connect("key_press_event", lambda event: None)
    current = plt.gcf()
    notebook.ask_for_a_click()
    asked = "Click the picture, then press keys"
    assert [m.title for m in managers] == [asked, "Figure 2", "Patient 3"]
    assert plt.gcf() is current


def test_in_a_terminal_nothing_changes():
    code = "%load_ext slicekit\nimport matplotlib.pyplot as plt\nfig = plt.figure()\nfig\n"
    run = [sys.executable, "-m", "IPython", "--no-banner", "--quick", "--colors=NoColor"]
    said = subprocess.run(run, input=code + "plt.get_backend()\n", capture_output=True, text=True)
    assert "<Figure size " in said.stdout
    assert "panels:" not in said.stdout
    assert "inline" not in said.stdout


def test_importing_slicekit_imports_only_the_standard_library():
    code = (
        "import sys, slicekit\n"
        "heavy = {'numpy', 'matplotlib', 'nibabel', 'skimage', 'pooch', 'IPython', 'tifffile'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_viewer_imports_no_reader_and_no_notebook():
    code = (
        "import sys, slicekit\n"
        "slicekit.multi_slice_viewer, slicekit.Volume, slicekit.press, slicekit.load\n"
        "heavy = {'nibabel', 'skimage', 'IPython', 'tifffile', 'dask', 'jupyterlab'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


class Shell:
    """A shell of IPython's, as far as the extension sees it."""

    kernel = "a kernel"

    def __init__(self, broken=False):
        self.broken, self.magics, self.hooks, self.printers = broken, [], [], {}
        self.events = SimpleNamespace(register=lambda *hook: self.hooks.append(hook))
        bundle = SimpleNamespace(for_type=self.printers.__setitem__)
        self.display_formatter = SimpleNamespace(mimebundle_formatter=bundle)

    def run_line_magic(self, name, line):
        self.magics.append((name, line))
        if self.broken and line == "widget":
            raise RuntimeError("no widgets here")


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed and, for the sake of live figures, imported."""
    shown = []
    monkeypatch.setattr(notebook, "display", lambda script: shown.append(script.data))
    monkeypatch.setattr(notebook, "import_module", shown.append)
    return shown


def test_without_a_server_the_shell_goes_inline(monkeypatch, displayed):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    shell = Shell()
    slicekit.load_ipython_extension(shell)
    assert shell.magics == [("matplotlib", "inline")]
    assert (shell.hooks, displayed) == ([], [])
    fig = plt.figure()
    assert shell.printers[Figure](fig) == {"text/plain": describe(fig)}


def test_under_a_server_the_shell_goes_live(monkeypatch, displayed):
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    shell = Shell()
    notebook.load_ipython_extension(shell)
    assert shell.magics == [("matplotlib", "widget")]
    assert shell.hooks == [("post_run_cell", notebook.ask_for_a_click)]
    assert displayed == ["ipympl", notebook.LET_FIGURES_HAVE_THE_KEYS]
    fig = plt.figure()
    monkeypatch.setattr(fig.canvas, "_repr_mimebundle_", lambda: {"live": 1}, raising=False)
    assert shell.printers[Figure](fig) == {"live": 1, "text/plain": describe(fig)}


def test_the_script_for_the_page_ends_where_its_last_line_does():
    lines = notebook.LET_FIGURES_HAVE_THE_KEYS.split("\n")
    assert {line[-1] for line in lines if line} == {*"{;}"}


def test_a_shell_in_which_widgets_fail_goes_inline_and_says_why(monkeypatch, displayed, capsys):
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    shell = Shell(broken=True)
    notebook.load_ipython_extension(shell)
    assert shell.magics == [("matplotlib", "widget"), ("matplotlib", "inline")]
    assert (shell.hooks, displayed) == ([], ["ipympl"])
    assert capsys.readouterr().out == (
        "Figures will not be live, ipympl fails: no widgets here. "
        "Cure: pip install -U ipympl matplotlib, then restart the kernel\n"
    )
    fig = plt.figure()
    assert shell.printers[Figure](fig) == {"text/plain": describe(fig)}


def test_a_shell_without_a_kernel_is_left_alone(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    shell = Shell()
    shell.kernel = None
    notebook.load_ipython_extension(shell)
    assert (shell.magics, shell.hooks, shell.printers) == ([], [], {})


def test_a_shell_that_knows_of_no_kernels_is_left_alone():
    notebook.load_ipython_extension(SimpleNamespace())
