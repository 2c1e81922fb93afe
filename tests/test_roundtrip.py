"""The way of a key to a figure and back, with a kernel that is only played."""

import ast
import json
from contextlib import contextmanager, suppress
from io import BytesIO
from queue import Empty
from types import SimpleNamespace

import pytest
from PIL import Image

from slicekit import checkup, roundtrip


class Session:
    def msg(self, kind, content):
        return {"header": {"msg_id": f"{kind} {len(content)}"}, "content": content}


class Client:
    """A kernel's client that hands out what was put into it, and keeps what it is told."""

    def __init__(self, *messages, alive=True):
        self.messages, self.sent, self.alive = list(messages), [], alive
        self.session, self.shell_channel = Session(), SimpleNamespace(send=self.sent.append)

    def get_iopub_msg(self, timeout):
        assert timeout == 1  # so often it is looked whether the kernel lives
        if not self.messages:
            raise Empty
        message = self.messages.pop(0)
        if message is None:
            raise Empty
        return message

    def is_alive(self):
        return self.alive

    def execute(self, code, **options):
        self.sent.append((code, options))
        return "mine"

    def kernel_info(self):
        return "mine"


def message(kind, content, buffers=(), parent="mine"):
    header = {"msg_id": parent} if parent else {}
    return {
        "msg_type": kind,
        "content": content,
        "buffers": list(buffers),
        "parent_header": header,
    }


IDLE = message("status", {"execution_state": "idle"})
OPEN = message("comm_open", {"comm_id": "c", "data": {"state": {"_model_name": "MPLCanvasModel"}}})


def custom(kind, comm="c", method="custom", buffers=()):
    data = {"method": method, "content": {"data": json.dumps({"type": kind})}}
    return message("comm_msg", {"comm_id": comm, "data": data}, buffers)


def test_a_cell_is_followed_to_its_own_end():
    others = message("status", {"execution_state": "idle"}, parent="another")
    busy = message("status", {"execution_state": "busy"})
    client = Client(others, None, busy, message("stream", {"text": "\n"}), IDLE, OPEN)
    page = roundtrip.FrontEnd(client)
    page.run("code")
    assert client.sent == [("code", {})]
    assert client.messages == [OPEN]
    assert (page.canvas, page.frames, page.complaints) == (None, [], [])


def test_a_figure_that_appears_is_answered():
    client = Client(
        message("comm_open", {"comm_id": "x", "data": {"state": {"_model_name": "Other"}}}),
        OPEN,
        message("stream", {"text": "first\nsecond\nlast line \n"}),
        message("comm_open", {"comm_id": "y", "data": {"state": {"_model_name": "Other"}}}),
        message("display_data", {"data": {"state": {"_model_name": "MPLCanvasModel"}}}),
        custom("draw"),
        custom("draw"),
        custom("draw", comm="x"),
        custom("draw", method="update"),
        custom("binary", buffers=[b"png", b"more"]),
        IDLE,
        IDLE,
        IDLE,
        OPEN,
    )
    page = roundtrip.FrontEnd(client)
    page.settle()
    assert (page.canvas, page.frames, page.complaints) == ("c", [b"png"], ["last line"])
    sent, _ = client.sent
    data = {"method": "custom", "content": {"type": "draw"}}
    assert sent["content"] == {"comm_id": "c", "data": data}
    assert client.messages == [OPEN]
    assert page.tell("key_press", key="kk") == "comm_msg 2"
    assert client.sent[-1]["content"]["data"]["content"] == {"type": "key_press", "key": "kk"}


def test_what_goes_wrong_in_the_kernel_is_said(monkeypatch):
    for client, words in (
        (Client(message("error", {"ename": "KeyError", "evalue": "x"})), "KeyError: x"),
        (Client(alive=False), "the kernel died"),
    ):
        with pytest.raises(RuntimeError, match=f"^{words}$"):
            roundtrip.FrontEnd(client).run("code")
    monkeypatch.setattr(roundtrip, "SECONDS", 0.01)
    with pytest.raises(RuntimeError, match=r"^the kernel was silent for 0\.01 seconds$"):
        roundtrip.FrontEnd(Client()).run("code")


def test_an_expression_in_the_kernel():
    class Asked(Client):
        def execute(self, code, **options):
            super().execute(code, **options)
            return {"content": {"user_expressions": {"it": answer}}}

    client = Asked()
    answer = {"status": "ok", "data": {"text/plain": "7"}}
    assert roundtrip.ask(client, "3 + 4") == "7"
    told = {"silent": True, "user_expressions": {"it": "3 + 4"}, "reply": True}
    assert client.sent == [("", {**told, "timeout": roundtrip.SECONDS})]
    answer = {"status": "error", "ename": "NameError", "evalue": "no x"}
    with pytest.raises(RuntimeError, match=r"^NameError: no x$"):
        roundtrip.ask(client, "x")


def png(pixel):
    file = BytesIO()
    Image.new("RGBA", (2, 2), pixel).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("canvas", "frames", "indices", "words"),
    [
        (None, [], [], "^no live figure appears \\(two three\\)$"),
        ("c", [], [], "^the figure sends no picture \\(three\\)$"),
        ("c", [b"old", png((1, 1, 1, 9))], [78, 78], "^the key is lost: slice 78 \\(three\\)$"),
        ("c", [b"old", png(0)], [78, 79], "arrives, but no new picture comes back of slice 79$"),
        ("c", [b"old"], [78, 79], "^the key arrives, but no new picture comes back of slice 79$"),
        ("c", [b"old", png(0), png((1, 1, 1, 9))], [78, 79], None),
    ],
)
def test_where_a_key_is_lost(monkeypatch, canvas, frames, indices, words):
    told, started = [], []

    class Page:
        def __init__(self, client):
            self.canvas, self.frames, self.complaints = canvas, [], ["one", "two", "three"]

        def run(self, code):
            told.append(code)

        def tell(self, kind, **content):
            told.append((kind, content))

        def settle(self):
            new = frames[:1] if not self.frames else frames[1:]
            self.frames += new

    @contextmanager
    def kernel(**variables):
        started.append(variables)
        yield "client"

    def ask(client, expression):
        assert (client, expression) == ("client", "fig.axes[0].index")
        return str(indices.pop(0))

    monkeypatch.setattr(roundtrip, "FrontEnd", Page)
    monkeypatch.setattr(roundtrip, "kernel", kernel)
    monkeypatch.setattr(roundtrip, "ask", ask)
    if words:
        with pytest.raises(RuntimeError, match=words):
            roundtrip.press_k()
    else:
        went = "K went from slice 78 to slice 79, and its picture came back"
        assert checkup.keys() == went
    assert started == [{"JPY_SESSION_NAME": "doctor.ipynb", "SLICEKIT_DATASET": "sample"}]
    assert told[0] == roundtrip.VIEWER
    if canvas and frames:
        kinds = [("refresh", {}), ("send_image_mode", {}), ("initialized", {})]
        assert told[1:] == [*kinds, ("key_press", {"key": "kk"})]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"first\nlast\n \n", "last"),
        (b"only", "only"),
        (b"\n", "it printed nothing"),
        (b"not \xff8", "not \ufffd8"),
    ],
)
def test_a_kernel_that_does_not_start_says_its_last_line(monkeypatch, said, words):
    import jupyter_client.manager

    def start(seconds, name, env, stdout, stderr):
        assert (seconds, name, env["X"]) == (30.0, "python3", "1")
        stdout.write(said)
        raise RuntimeError("Kernel died")

    monkeypatch.setattr(jupyter_client.manager, "start_new_kernel", start)
    with pytest.raises(RuntimeError, match=rf"^Kernel died \({words}\)$"):
        roundtrip.kernel(X="1").__enter__()


def test_a_kernel_is_ended_whatever_happens(monkeypatch):
    import jupyter_client.manager

    ended = []
    client = SimpleNamespace(stop_channels=lambda: ended.append("channels"))
    manager = SimpleNamespace(shutdown_kernel=lambda now: ended.append(now))
    started = {"start_new_kernel": lambda *_, **__: (manager, client)}
    monkeypatch.setattr(jupyter_client.manager, *started.popitem())
    with suppress(KeyError), roundtrip.kernel() as got:
        assert got is client
        raise KeyError
    assert ended == ["channels", True]


def test_what_the_kernel_is_asked_to_run():
    magic, code = roundtrip.VIEWER.strip().split("\n", 1)
    assert magic == "%load_ext slicekit"
    assert [type(line) for line in ast.parse(code).body] == [ast.Import, ast.Assign]
    assert code.splitlines()[-1].endswith(".multi_slice_viewer(slicekit.load())")
