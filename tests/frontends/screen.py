"""A screen with keyboard and mouse of its own, programs that run on it, and what they must show.

Nothing here calls into a program under test: it gets its input from the X server, its picture
is read off the screen, and a thread beside it tells its state; see ``told.py``.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGABRT
from threading import Timer

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

HERE = Path(__file__).parent
CHAPTERS = HERE.parent.parent / "chapters"
PATIENCE = 20  # seconds


def until(true, what="what was waited for", patience=PATIENCE):
    """Return what a function returns, as soon as that is true."""
    deadline = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.03)
    return found


class Screen:
    """An X server without a monitor; its keyboard and its mouse are xdotool's."""

    def __init__(self, folder):
        self.file = folder / "Xvfb_screen0"
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-fbdir", str(folder), "-nocursor"]
        self.server = subprocess.Popen(
            [*command, "-screen", "0", "1000x800x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[writer],
        )
        os.close(writer)
        with open(reader) as number:
            self.display = f":{number.readline().strip()}"
        self.env = {**os.environ, "DISPLAY": self.display, "MATPLOTLIBRC": os.devnull}
        for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            self.env.pop(name, None)

    def close(self):
        self.server.terminate()
        self.server.wait()

    def pixels(self):
        """Return what is on the screen, (rows, columns, 3)."""
        file = np.fromfile(self.file, np.uint8)  # an X window dump: header, colours, pixels
        header = file[:100].view(">u4")
        rows, bytes_per_row, colours = header[5], header[12], header[19]
        pixels = file[header[0] + 12 * colours :].reshape(rows, bytes_per_row // 4, 4)
        return pixels[..., 2::-1]

    def save(self, name):
        """Save what is on the screen, for whoever wants to look at it."""
        save_picture(self.pixels(), name)

    def do(self, *words):
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout.split()

    def windows(self):
        return self.do("search", "--onlyvisible", "--maxdepth", 1, "--class", ".")

    def point(self, x, y):
        self.do("mousemove", x, y)

    def drag(self, start, end, button):
        """Drag as a hand does: in steps, and longer than a click."""
        self.do("mousemove", *start, "mousedown", button)
        for place in np.linspace(start, end, 6)[1:]:
            self.do("mousemove", *place.round().astype(int))
        self.do("mouseup", button)


def numbered(index, last):
    return f"{index} / {last}"


def save_picture(pixels, name):
    folder = os.environ.get("SLICEKIT_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        imsave(Path(folder, f"{name}.png"), np.ascontiguousarray(pixels))


class Program:
    """A Python program in a process of its own, whose state can be asked for."""

    def __init__(self, *command, env):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "told.py"), *map(str, command)],
            env={**env, "PYTHONFAULTHANDLER": "1"},
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def state(self):
        """Return its state; empty as long as it has no figure."""
        end = Timer(PATIENCE, self.process.send_signal, [SIGABRT])  # one that hangs tells where
        end.start()
        try:
            self.process.stdin.write("state\n")
            self.process.stdin.flush()
            return json.loads(self.answer("state "))
        finally:
            end.cancel()

    def answer(self, begin):
        """Return the rest of the next line that begins so."""
        for line in self.process.stdout:
            if line.startswith(begin):
                return line.removeprefix(begin)
        raise EOFError(f"the program ended, with {self.process.wait()}")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Window:
    """The window of a program: where its figure is, and what it shows of a volume."""

    def __init__(self, screen, program, volume, axis=0, title=numbered, **imshow):
        self.screen, self.program = screen, program
        self.volume, self.axis, self.how = volume, axis, {"title": title, **imshow}
        self.last = volume.shape[axis] - 1
        self.place = until(self._find, "the first picture")
        rows, columns = self.expected(0).shape[:2]
        self.figure = np.s_[self.y : self.y + rows, self.x : self.x + columns]
        (window,) = screen.windows()
        screen.point(*self.on_screen(0, 0))
        screen.do("windowfocus", "--sync", window)  # as a window manager does

    x, y = (property(lambda self, i=i: self.place[i]) for i in (0, 1))

    def _find(self):
        state = self.program.state()
        return state and find(self.expected(state["index"], state), self.screen.pixels())

    def expected(self, index, state=None):
        state = state or self.program.state()
        return drawn(self.volume, self.axis, index, state, **self.how)[0]

    def on_screen(self, row, column):
        """Return x and y on the screen of a pixel of the slice."""
        picture, ax = drawn(self.volume, self.axis, 0, self.program.state(), **self.how)
        x, y = ax.transData.transform((column, row)).round().astype(int)
        return self.x + x, self.y + len(picture) - 1 - y

    def shows(self, index):
        """Wait until program and window agree on a slice."""

        def true():
            state = self.program.state()
            picture = self.screen.pixels()[self.figure]
            return state["index"] == index and np.array_equal(picture, self.expected(index, state))

        until(true, f"slice {index}; state {self.program.state()};")

    def press(self, key, index):
        """Press a key, and wait for a slice."""
        self.screen.do("key", key)
        self.shows(index)

    def wheel(self, button, index):
        self.screen.do("click", button)
        self.shows(index)

    def wheel_with_ctrl(self, button, index):
        self.screen.do("keydown", "ctrl", "click", button, "keyup", "ctrl")
        self.shows(index)

    def settled(self, part):
        """Return the pixels of a part of the screen, when they change no more."""
        seen = []

        def still():
            seen.append(self.screen.pixels()[part])
            return len(seen) > 5 and all(np.array_equal(seen[-1], other) for other in seen[-5:])

        until(still)
        return seen[-1]


def drawn(volume, axis, index, state, title=numbered, interpolation="nearest"):
    """Draw what a window must show, without slicekit; return the pixels and the axes."""
    fig = Figure(figsize=state["inches"], dpi=state["dpi"])
    canvas = FigureCanvasAgg(fig)
    ax = fig.subplots()
    rows, columns = np.delete(volume.spacing, axis)
    ax.imshow(
        np.take(np.asarray(volume), index, axis),
        cmap="gray",
        clim=state["clim"],
        aspect=rows / columns,
        interpolation=interpolation,
        interpolation_stage="data" if interpolation else None,
    )
    ax.set_title(title(index, volume.shape[axis] - 1))
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3], ax


def find(picture, pixels):
    """Return x and y of a picture on the screen; None where there is none."""
    rows, columns = picture.shape[:2]
    probe, where = (array @ [1 << 16, 1 << 8, 1] for array in (picture[rows // 2], pixels))
    begin = int(np.argmax(probe != probe[0])) if np.ptp(probe) else 0
    probe = probe[begin : begin + 32]
    strips = np.lib.stride_tricks.sliding_window_view(where, len(probe), axis=1)
    for row, column in np.argwhere((strips == probe).all(-1)):
        y, x = row - rows // 2, column - begin
        if x >= 0 <= y and np.array_equal(pixels[y : y + rows, x : x + columns], picture):
            return int(x), int(y)
    return None
