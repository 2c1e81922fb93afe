"""What the Jupyter server does before it saves a notebook."""

import json
import subprocess
import sys
from copy import deepcopy
from types import SimpleNamespace

import ipywidgets
import pytest

from slicekit import saving
from slicekit.saving import VIEW, leave_pictures

LIVE = {VIEW: {"model_id": "1"}, "image/png": "iVBO", "text/html": "<img>", "text/plain": "Canvas"}
SLIDER = {VIEW: {"model_id": "2"}, "text/plain": "IntSlider"}


def notebook(first):
    cells = [
        {"cell_type": "code", "source": first, "outputs": [{"output_type": "stream", "text": "."}]},
        {"cell_type": "markdown", "source": "words"},
        {"cell_type": "code", "source": "fig", "outputs": [{"data": deepcopy(LIVE)}]},
        {"cell_type": "code", "source": "slider", "outputs": [{"data": deepcopy(SLIDER)}]},
    ]
    return {"type": "notebook", "content": {"cells": cells}}


@pytest.mark.parametrize("source", ["%load_ext slicekit", ["import numpy\n", "%load_ext slicekit"]])
def test_of_a_live_figure_its_picture_is_saved(source):
    model = notebook(source)
    expected = notebook(source)
    expected["content"]["cells"][2]["outputs"][0]["data"] = {
        "image/png": "iVBO",
        "text/plain": "Canvas",
    }
    leave_pictures(model, path="x.ipynb", contents_manager=None)
    assert model == expected


@pytest.mark.parametrize(
    "model",
    [
        notebook("%matplotlib widget"),
        {"type": "file", "content": "%load_ext slicekit", "format": "text"},
        {"type": "directory"},
        {"type": "notebook", "content": None},
    ],
    ids=["another notebook", "a file", "a folder", "a rename"],
)
def test_nothing_else_is_changed(model):
    before = deepcopy(model)
    leave_pictures(model)
    assert model == before


def test_the_server_loads_it():
    """As an installation has set it up, without a word from the reader."""
    code = (
        "import json; from jupyter_server.extension.config import ExtensionConfigManager as Config;"
        "from jupyter_core.paths import jupyter_config_path;"
        "print(json.dumps(Config(read_config_path=jupyter_config_path()).get_jpserver_extensions()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout)["slicekit.saving"] is True


class Manager:
    """A contents manager that remembers who wants to be asked before it saves."""

    def __init__(self):
        self.asked = []

    def register_pre_save_hook(self, hook):
        self.asked.append(hook)


def test_the_server_is_told_whom_to_ask_and_where_he_is():
    manager = Manager()
    saving._load_jupyter_server_extension(SimpleNamespace(contents_manager=manager))
    assert manager.asked == [leave_pictures]
    assert saving._jupyter_server_extension_points() == [{"module": "slicekit.saving"}]


def test_only_notebooks_are_looked_into():
    for kind in ("file", "directory"):
        model = notebook("%load_ext slicekit") | {"type": kind}
        before = deepcopy(model)
        leave_pictures(model)
        assert model == before


def test_a_picture_without_html_is_saved_too():
    model = notebook("%load_ext slicekit")
    outputs = model["content"]["cells"][2]["outputs"]
    outputs[:] = [{"data": {VIEW: {}, "image/png": "iVBO"}}, {"data": {"image/png": "iVBO"}}]
    leave_pictures(model)
    assert outputs == [{"data": {"image/png": "iVBO"}}] * 2


@pytest.mark.parametrize("cells", [[], [{"source": "%load_ext"}, {"source": ["slicekit"]}]])
def test_notebooks_that_do_not_load_it(cells):
    assert saving.loads_slicekit(cells) is False


def test_a_live_figure_is_told_as_ipywidgets_tells_it():
    assert VIEW in ipywidgets.IntSlider()._repr_mimebundle_()
