"""Hold a key down in a Qt window without a display: ``storm.py WIDTH SECONDS INTERACTIVE``.

Sixty times K, thirty times a second, come to the canvas from a thread, as they come from a
keyboard, whatever the window is busy with. Then it tells what was on the screen, and when.
"""

import json
import sys
import threading
import time

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

import slicekit

WIDTH, SECONDS, INTERACTIVE = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "True"


class Slow:
    """An array that takes its time."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype

    def __getitem__(self, where):
        time.sleep(SECONDS)
        return self.array[where]


def press(canvas, pressed):
    for _ in range(60):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = QKeyEvent(kind, Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier, "k")
            QApplication.postEvent(canvas, key)
        pressed.append(time.perf_counter())
        time.sleep(1 / 30)


def watch(painted, viewer):
    paint_event = FigureCanvasQTAgg.paintEvent

    def paint(canvas, event):
        paint_event(canvas, event)
        painted.append((time.perf_counter(), viewer.ax.get_title()))

    FigureCanvasQTAgg.paintEvent = paint


application = QApplication([])
plt.switch_backend("qtagg")
plt.interactive(INTERACTIVE)
volume = np.random.default_rng(0).integers(0, 60_000, (64, 1024, 1024)).astype(np.uint16)
fig = plt.figure(figsize=(WIDTH / 100, WIDTH * 0.0075), dpi=100)
viewer = slicekit.view(Slow(volume) if SECONDS else volume, ax=fig.subplots(), index=0)
pressed, painted, drawn = [], [], []
watch(painted, viewer)
fig.canvas.mpl_connect("draw_event", drawn.append)
fig.show()
keyboard = threading.Thread(target=press, args=(fig.canvas, pressed))
QTimer.singleShot(500, keyboard.start)
QTimer.singleShot(500 + 2000 + 2500, application.quit)
application.exec()

quick = np.array(fig.canvas.buffer_rgba())
last = [at for at, title in painted if title == "60 / 63"][:1]
drawings = len(drawn)
fig.canvas.draw()
same = bool(np.array_equal(quick, fig.canvas.buffer_rgba()))
late = [at - pressed[-1] for at in last]
told = {"index": viewer.index, "late": late, "drawn": drawings, "same": same, "on": painted[-1][1]}
print(json.dumps({**told, "shown": len({title for _, title in painted})}))
