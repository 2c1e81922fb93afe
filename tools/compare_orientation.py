"""Click three planes in all 48 orientations, in slicekit and in nibabel's OrthoSlicer3D.

    python tools/compare_orientation.py

One volume with three different sides and spacings, in which each voxel has a value of its own,
is stored in each of the 48 ways in which its axes can run along those of the world. In each, both
viewers get the same clicks: Matplotlib's own mouse events, at the centres of two pixels of
each panel, one after the other. Both are asked the same way, and only their pictures are asked:

- The voxel under the pointer is the one whose value the image of the panel has there before the
  click (``AxesImage.get_cursor_data`` of the event).
- The voxel shown is the one whose value an image has where its two green lines meet after the
  click. All three panels must show the voxel that was clicked, and so must the place of the
  pointer itself, once more.

So neither affines, labels nor the positions that the viewers report play a part: a viewer whose
axes were all mirrored, but which moves to what one sees under the pointer, passes here. Prints
a table in Markdown, and the orientations in which a viewer never showed another voxel.
"""

from itertools import permutations, product

import matplotlib as mpl
import matplotlib.pyplot as plt
import nibabel
import numpy as np
from matplotlib.backend_bases import MouseButton, MouseEvent
from nibabel.viewers import OrthoSlicer3D

import slicekit

SIDES, SPACING = (7, 9, 12), (3.0, 2.0, 1.5)
VOLUME = np.arange(np.prod(SIDES), dtype=np.float32).reshape(SIDES)
PLACES = (0.2, 0.3), (0.6, 0.9)  # of the clicks, as parts of a panel's columns and rows


def orientations():  # type: ignore[no-untyped-def]
    """Yield 48 affines; the middle of the volume is at 0 mm, where OrthoSlicer3D begins."""
    for order, signs in product(permutations(range(3)), product((1, -1), repeat=3)):
        affine = np.eye(4)
        affine[:3, :3] = np.eye(3)[:, order] * np.multiply(signs, SPACING)
        affine[:3, 3] = -affine[:3, :3] @ (np.array(SIDES) // 2)
        yield affine


def nibabels(affine):  # type: ignore[no-untyped-def]
    """Open OrthoSlicer3D; return it, and image and lines (upright, level) of its panels."""
    viewer = OrthoSlicer3D(VOLUME, affine)
    lines = [(each["vert"], each["horiz"]) for each in viewer._crosshairs]
    return viewer, list(zip(viewer._ims, lines, strict=True))


def ours(affine):  # type: ignore[no-untyped-def]
    """Open slicekit's three planes; return the same."""
    viewer = slicekit.view(VOLUME, affine=affine, planes=True)
    crosshairs = zip(viewer.pictures, viewer.crosshairs, strict=True)
    return viewer, [(picture.im, crosshair.lines) for picture, crosshair in crosshairs]


def event_at(im, x, y, name="button_press_event"):  # type: ignore[no-untyped-def]
    """Return a mouse event at a place on the axes of an image."""
    canvas = im.axes.figure.canvas
    return MouseEvent(name, canvas, *im.axes.transData.transform((x, y)), MouseButton.LEFT)


def clicks_wrong(panels):  # type: ignore[no-untyped-def]
    """Click each panel twice; return for each click whether another voxel was shown."""
    wrong = []
    for (im, _), place in product(panels, PLACES):
        columns, rows = im.get_size()[::-1]
        x, y = int(columns * place[0]), int(rows * place[1])
        press = event_at(im, x, y)
        clicked = im.get_cursor_data(press)
        for event in (press, event_at(im, x, y, "button_release_event")):
            event.canvas.callbacks.process(event.name, event)
        shown = [im.get_cursor_data(press), *map(under_lines, panels)]
        wrong.append(any(value != clicked for value in shown))
    return wrong


def under_lines(panel):  # type: ignore[no-untyped-def]
    """Return the value of an image where the two lines over it meet."""
    im, (upright, level) = panel
    return im.get_cursor_data(event_at(im, upright.get_xdata()[0], level.get_ydata()[0]))


def main() -> None:
    """Click in all orientations, and print the table."""
    mpl.use("agg")
    plt.rcParams["figure.dpi"] = 72
    viewers = {
        f"slicekit {slicekit.__version__}, `view(planes=True)`": ours,
        f"nibabel {nibabel.__version__}, `OrthoSlicer3D`": nibabels,
    }
    print(f"Matplotlib {mpl.__version__}, volume of {SIDES} voxels of {SPACING} mm\n")
    print("| viewer | orientations | another voxel shown in | clicks | another voxel after |")
    print("|---|---|---|---|---|")
    right = {}
    for name, start in viewers.items():
        found = {}
        for affine in orientations():
            _viewer, panels = start(affine)  # the figure alone may not keep it alive
            codes = "".join(nibabel.orientations.aff2axcodes(affine))
            found[codes] = clicks_wrong(panels)
            plt.close("all")
        each = np.array(list(found.values()))
        print(f"| {name} | {len(each)} | {each.any(1).sum()} | {each.size} | {each.sum()} |")
        right[name] = [codes for codes, wrong in found.items() if not any(wrong)]
    for name, some in right.items():
        print(f"\nNever another voxel with {name}: {' '.join(some) or 'none'}.")


if __name__ == "__main__":
    main()
