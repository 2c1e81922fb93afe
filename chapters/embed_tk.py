import tkinter

from matplotlib.backends.backend_tkagg import FigureCanvasTkAgg
from matplotlib.figure import Figure

from slicekit import SliceViewer, load


class Window(tkinter.Tk):
    def __init__(self, volume):
        super().__init__()
        self.title("slicekit")
        canvas = FigureCanvasTkAgg(Figure(), master=self)
        self.viewer = SliceViewer(volume, ax=canvas.figure.subplots())
        scale = tkinter.Scale(self, to=self.viewer.count - 1, command=self.go_to)
        scale.set(self.viewer.index)
        self.viewer.on_change(lambda viewer: scale.set(viewer.index))
        scale.pack(side="right", fill="y")
        canvas.get_tk_widget().pack(fill="both", expand=True)
        canvas.get_tk_widget().focus_set()  # or it hears no keys before a click

    def go_to(self, index):
        if int(index) != self.viewer.index:
            self.viewer.index = int(index)


if __name__ == "__main__":
    Window(load()).mainloop()
