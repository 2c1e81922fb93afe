"""Part of the Jupyter server: a notebook is saved with the pictures of its live figures.

A live figure is a view of the kernel's. In a saved copy, opened again, there is no kernel
that knows it, and JupyterLab shows "model not found" in place of the picture that lies
beside it in the same output.
"""

from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "slicekit.saving"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(leave_pictures)


def leave_pictures(model: dict[str, Any], **_: Any) -> None:
    """Leave of each live figure its picture, before a notebook is saved.

    Parameters
    ----------
    model : dict
        What is saved, as the contents manager hands it over. Only notebooks that load
        slicekit are changed, and in them only outputs that have a picture.
    """
    notebook = model.get("content")
    if model["type"] == "notebook" and notebook and loads_slicekit(notebook["cells"]):
        for cell in notebook["cells"]:
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                if {VIEW, "image/png"} <= data.keys():
                    del data[VIEW]
                    data.pop("text/html", None)  # the picture once more


def loads_slicekit(cells: list[dict[str, Any]]) -> bool:
    """Return whether one of the cells is ``%load_ext slicekit``."""
    return any("%load_ext slicekit" in "".join(cell["source"]) for cell in cells)
