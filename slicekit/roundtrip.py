"""One key press from a front end through a kernel and back, as a picture: the whole way."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from queue import Empty
from tempfile import TemporaryFile
from typing import Any

SECONDS = 30.0  # for a kernel to start, and for each answer
VIEWER = """
%load_ext slicekit
import slicekit
fig = slicekit.multi_slice_viewer(slicekit.load())
"""


@contextmanager
def kernel(**variables: str) -> Iterator[Any]:
    """Start the kernel that notebooks get, yield its client, and end it.

    Parameters
    ----------
    **variables : str
        Set in the environment of the kernel.

    Raises
    ------
    RuntimeError
        If the kernel does not start; with the last line that it printed.
    """
    from jupyter_client.manager import start_new_kernel

    with TemporaryFile() as said:
        environment = {**os.environ, **variables}
        try:
            manager, client = start_new_kernel(
                SECONDS, "python3", env=environment, stdout=said, stderr=said
            )
        except RuntimeError as fault:
            said.seek(0)
            lines = said.read().decode(errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "it printed nothing")
            raise RuntimeError(f"{fault} ({last})") from fault
        try:
            yield client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def ask(client: Any, expression: str) -> str:
    """Return the repr of an expression in the kernel."""
    reply = client.execute(
        "", silent=True, user_expressions={"it": expression}, reply=True, timeout=SECONDS
    )
    answer = reply["content"]["user_expressions"]["it"]
    if answer["status"] != "ok":
        raise RuntimeError(f"{answer['ename']}: {answer['evalue']}")
    return str(answer["data"]["text/plain"])


class FrontEnd:
    """The part of ipympl that runs in the browser, as far as one key press needs it."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.canvas: str | None = None
        self.frames: list[bytes] = []
        self.complaints: list[str] = []

    def run(self, code: str) -> None:
        """Run a cell, and follow it to its end."""
        self._until_idle(self.client.execute(code))

    def tell(self, kind: str, **content: str) -> str:
        """Send the canvas a message, as ipympl's JavaScript does."""
        data = {"method": "custom", "content": {"type": kind, **content}}
        session = self.client.session
        message = session.msg("comm_msg", {"comm_id": self.canvas, "data": data})
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def settle(self) -> None:
        """Follow the answers to a message, and to their answers, until nothing is left to draw."""
        for _ in range(3):  # what is asked here is answered after all that was asked before
            self._until_idle(self.client.kernel_info())  # a cell would make pyplot draw

    def _until_idle(self, message_id: str) -> None:
        def idle(message: dict[str, Any]) -> bool:
            mine = message["parent_header"].get("msg_id") == message_id
            return bool(mine and message["content"].get("execution_state") == "idle")

        self._listen(idle)

    def _listen(self, enough: Callable[[dict[str, Any]], bool]) -> None:
        """Take in messages until one is what was waited for; RuntimeError after `SECONDS`."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except Empty:
                if self.client.is_alive():
                    continue
                raise RuntimeError("the kernel died") from None
            self._take(message["msg_type"], message["content"], message["buffers"])
            if enough(message):
                return
        raise RuntimeError(f"the kernel was silent for {SECONDS:g} seconds")

    def _take(self, kind: str, content: dict[str, Any], buffers: list[Any]) -> None:
        if kind == "error":
            raise RuntimeError(f"{content['ename']}: {content['evalue']}")
        if kind == "stream" and content["text"].strip():
            self.complaints.append(content["text"].strip().split("\n")[-1])
        data = content.get("data", {})
        if kind == "comm_open" and data.get("state", {}).get("_model_name") == "MPLCanvasModel":
            self.canvas = content["comm_id"]
        if kind == "comm_msg" and content["comm_id"] == self.canvas and data["method"] == "custom":
            self._answer(json.loads(data["content"]["data"])["type"], buffers)

    def _answer(self, kind: str, buffers: list[Any]) -> None:
        if kind == "draw":  # "something has changed": a browser then asks for the picture
            self.tell("draw")
        if kind == "binary":
            self.frames.append(bytes(buffers[0]))


def press_k() -> str:
    """Open the article's viewer in a kernel, press K as a browser would, and see the next slice.

    Returns
    -------
    str
        What happened.

    Raises
    ------
    RuntimeError
        If the key or the picture is lost on the way; the message says where.
    """
    with kernel(JPY_SESSION_NAME="doctor.ipynb", SLICEKIT_DATASET="sample") as client:
        page = FrontEnd(client)
        page.run(VIEWER)
        if page.canvas is None:
            raise RuntimeError(f"no live figure appears ({' '.join(page.complaints[-2:])})")
        for kind in ("refresh", "send_image_mode", "initialized"):
            page.tell(kind)
        page.settle()
        if not page.frames:
            raise RuntimeError(f"the figure sends no picture ({' '.join(page.complaints[-1:])})")
        before, seen = int(ask(client, "fig.axes[0].index")), len(page.frames)
        page.tell("key_press", key="kk")  # so the browser writes K: "k" for key, and its name
        page.settle()
        after = int(ask(client, "fig.axes[0].index"))
        if after != before + 1:
            raise RuntimeError(f"the key is lost: slice {after} ({' '.join(page.complaints[-1:])})")
        if not any(map(_shows_something, page.frames[seen:])):
            raise RuntimeError(f"the key arrives, but no new picture comes back of slice {after}")
        return f"K went from slice {before} to slice {after}, and its picture came back"


def _shows_something(png: bytes) -> bool:
    """Tell whether a frame, which holds the pixels that have changed, holds any."""
    from PIL import Image

    with Image.open(BytesIO(png)) as frame:
        return bool(frame.convert("RGBA").getbbox())
