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
    """Take the live view out of each figure that slicekit described, before a save.

    Parameters
    ----------
    model : dict
        What is saved, as the contents manager hands it over. Only notebooks are changed,
        and in them only outputs that have a picture and our description as text.
    """
    if model["type"] == "notebook" and model.get("content"):
        for cell in model["content"]["cells"]:
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                if {VIEW, "image/png"} <= data.keys() and is_described(data.get("text/plain", "")):
                    del data[VIEW]
                    data.pop("text/html", None)  # the picture once more


def is_described(text: str | list[str]) -> bool:
    """Return whether a text is what ``%load_ext slicekit`` says about a figure."""
    text = "".join(text)  # files hold lines, the server one string
    return text.startswith("Figure") and "digest" in text
