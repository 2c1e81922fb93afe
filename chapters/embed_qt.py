import sys

from matplotlib.backends.backend_qtagg import FigureCanvas
from matplotlib.backends.qt_compat import QtCore, QtWidgets
from matplotlib.figure import Figure

from slicekit import SliceViewer, load


class Window(QtWidgets.QMainWindow):
    def __init__(self, volume):
        super().__init__()
        self.setWindowTitle("slicekit")
        canvas = FigureCanvas(Figure())
        canvas.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)  # or it hears no keys
        slider = QtWidgets.QSlider(QtCore.Qt.Orientation.Vertical)
        slider.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)  # keys stay with the picture
        box = QtWidgets.QWidget()
        layout = QtWidgets.QHBoxLayout(box)
        layout.addWidget(canvas)
        layout.addWidget(slider)
        self.setCentralWidget(box)

        self.viewer = SliceViewer(volume, ax=canvas.figure.subplots())
        slider.setMaximum(self.viewer.count - 1)
        slider.setValue(self.viewer.index)
        slider.valueChanged.connect(lambda index: setattr(self.viewer, "index", index))
        self.viewer.on_change(lambda viewer: slider.setValue(viewer.index))
        canvas.setFocus()


if __name__ == "__main__":
    app = QtWidgets.QApplication(sys.argv)
    window = Window(load())
    window.show()
    sys.exit(app.exec())
