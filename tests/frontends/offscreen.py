"""Run a Qt program without a display: ``offscreen.py STEPS PROGRAM ARGUMENTS...``.

Where the program would wait for its user, each of the steps, such as ``K`` or ``wheel up``,
comes to the canvas by way of Qt; then state and picture are saved as ``N.json`` and ``N.png``.
"""

import json
import runpy
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from told import state

TURNS = {"wheel up": 120, "wheel down": -120}


def take(canvas, step):
    middle = canvas.rect().center()
    if step in TURNS:
        nothing, turn = QPoint(), QPoint(0, TURNS[step])
        buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        phase, place = Qt.ScrollPhase.NoScrollPhase, QPointF(middle)
        event = QWheelEvent(place, place, nothing, turn, buttons, keys, phase, False)
        QApplication.postEvent(canvas, event)
    else:
        QTest.mouseMove(canvas, middle)
        QTest.keyClick(canvas, getattr(Qt.Key, f"Key_{step}"))
    QApplication.processEvents()


def use(*_):
    for _ in range(5):  # until the windows have their sizes
        QApplication.processEvents()
    (canvas,) = [w for w in QApplication.allWidgets() if hasattr(w, "buffer_rgba")]
    for number, step in enumerate(steps):
        take(canvas, step)
        Path(f"{number}.json").write_text(json.dumps(state(), default=float))
        canvas.grab().save(f"{number}.png")
    return 0


if __name__ == "__main__":
    steps = sys.argv[1].split(",")
    sys.argv = sys.argv[2:]
    # pyplot refuses Qt where there is no display, unless the application is there already
    application = QApplication([]) if "qtagg" in sys.argv else None
    QApplication.exec = use
    runpy.run_path(sys.argv[0], run_name="__main__")
