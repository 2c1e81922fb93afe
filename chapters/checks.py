"""The checks behind the exercises: what is right, and a hint for what usually goes wrong.

Each function below returns None if the answer is right, and else a hint. Its parameters have the
names that stand in the exercise.
"""

import atexit
import html
import io
import json
import re
import shutil
import tempfile
from contextlib import contextmanager
from inspect import signature
from linecache import getline
from numbers import Real
from pathlib import Path
from traceback import walk_tb
from unittest.mock import DEFAULT, patch

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backend_bases import MouseEvent
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from PIL import Image
from skimage import data

import slicekit
import slicekit.orientation
from slicekit.frames import each_picture, on_another_canvas

ball_spacing = (2.0, 3.0, 1.5)


def _make_ball():
    """Return a ball of 30 mm in a box of 40 mm, brighter from slice to slice."""
    sides = [int(40 / mm) for mm in ball_spacing]
    places = np.indices(sides) * np.reshape(ball_spacing, (3, 1, 1, 1))
    distance = np.linalg.norm(places - 19, axis=0)
    return np.where(distance < 15, 60 + 4 * places[0], places[0]).astype(np.uint8)


ball = _make_ball()
last = len(ball) - 1
film = np.stack([np.where(ball > 60, ball.astype(int) + 20 * moment, 0) for moment in range(5)])
ball.flags.writeable = film.flags.writeable = False  # all exercises share them


def new_folder():
    """Return a folder that goes with the session."""
    folder = Path(tempfile.mkdtemp(prefix="slicekit-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


scratch = new_folder()
SLICES = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
NAME = re.compile(r'data-name="([^"]*)"')


def dicom_folder(volume):
    """Write a volume as DICOM files, one for each slice, in a folder that goes with the session."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

    folder = new_folder()
    for number, plane in enumerate(volume.astype(np.uint16)):
        file = Dataset()
        file.SOPClassUID, file.SOPInstanceUID = MRImageStorage, generate_uid()
        file.file_meta = FileMetaDataset()
        file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        file.Rows, file.Columns = plane.shape
        file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
        file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 16, 16, 15, 0
        file.ImagePositionPatient, file.PixelSpacing = [0, 0, 3 * number - 30], [3, 4]
        file.PixelData = plane.tobytes()
        name = f"IM{len(volume) - number:04}.dcm"  # the names run the other way
        file.save_as(folder / name, enforce_file_format=True)
    return folder


def check(exercise, *answers):
    """Say whether an answer is right, or give a hint."""
    try:
        with _nothing_left_behind():
            hint = _called_wrongly(exercise, answers) or HINTS[exercise](*answers)
    except Exception as error:  # the reader's own code runs in here
        hint = f"this fails with {type(error).__name__}: {error}{_own_line(error)}"
    print(f"not yet: {hint}" if hint else "correct")


@contextmanager
def _nothing_left_behind():
    """Close the figures that an answer makes, and put back the settings that it changes."""
    before = plt.get_fignums()
    # new lists: what an answer removes from them in place would be lost to Matplotlib for good
    keymaps = {name: list(plt.rcParams[name]) for name in plt.rcParams if "keymap." in name}
    with plt.rc_context(keymaps):
        try:
            yield
        finally:
            for number in set(plt.get_fignums()) - set(before):
                plt.close(number)


def _called_wrongly(exercise, answers):
    if not isinstance(exercise, str):
        return 'the name of the exercise comes first, in quotes: check("01-core", helmet)'
    if exercise not in HINTS:
        return f"there is no exercise {exercise!r}; its name is in its cell, such as 01-core"
    names = signature(HINTS[exercise]).parameters
    if len(answers) != len(names):
        return f'write check("{exercise}", {", ".join(names)})'
    return None


def _own_line(error):
    """Return the last line of the reader's that the error came through."""
    lines = [
        getline(frame.f_code.co_filename, number).strip()
        for frame, number in walk_tb(error.__traceback__)
        if frame.f_globals["__name__"] == "__main__"
    ]
    return f", in the line: {lines[-1]}" if lines else ""


def _wrong_kind(answer, kind, wanted, what="this"):
    if isinstance(answer, kind):
        return None
    found = "None" if answer is None else f"of type {type(answer).__name__}"
    return f"{what} is {found}; it should be {wanted}"


def _no_function(*answers):
    if all(callable(answer) for answer in answers):
        return None
    return "check wants the function itself: its name, without brackets behind it"


def _helmet(helmet):
    whole = data.astronaut()
    if hint := _wrong_kind(helmet, np.ndarray, "a piece of the array astronaut"):
        return hint
    if helmet.shape == whole.shape:
        return "this is still the whole picture; put rows and columns in place of the dots"
    if helmet.size == 0:
        return "nothing is left; rows and columns go into one pair of brackets, with a comma"
    if helmet.ndim == 1:
        return "this is a single pixel; a slice has a colon between its start and its end"
    if np.array_equal(helmet, whole[260:430, 330:500]):
        return "rows and columns are exchanged; rows come first"
    if helmet.shape[:2] in {(171, 171), (171, 170), (170, 171)}:
        return "one row or column too many; the end of a slice does not count, its start does"
    if helmet.shape != (170, 170, 3):
        return f"this has shape {helmet.shape}; rows, columns and colours should be (170, 170, 3)"
    if not np.array_equal(helmet, whole[330:500, 260:430]):
        return "this piece is as large as the helmet, but lies elsewhere; compare the numbers"
    return None


def _upside_down(upside_down):
    whole = data.astronaut()
    if hint := _wrong_kind(upside_down, (np.ndarray, list), "the photograph, as an array"):
        return hint
    if np.array_equal(upside_down, whole):
        return (
            "this is the picture as it was; put a slice with a negative step in place of the dots"
        )
    if np.array_equal(upside_down, whole[:, ::-1]):
        return "left and right are exchanged; rows are the first axis"
    if np.array_equal(upside_down, whole[::-1, ::-1]):
        return "this is turned half round; leave the columns as they are"
    if any(np.array_equal(upside_down, w[..., ::-1]) for w in (whole, whole[::-1, ::-1])):
        return "the order of the colours is reversed; reverse the first axis and no other"
    if not np.array_equal(upside_down, whole[::-1]):
        shape = np.shape(upside_down)
        return f"this has shape {shape}; for all rows, give the step without a start or an end"
    return None


def _litres(litres):
    if litres is ...:
        return "put a calculation in place of the dots: number of voxels times the size of one"
    if hint := _wrong_kind(litres, Real, "one number; np.prod makes one of several"):
        return hint
    voxels = 157 * 189 * 68
    right = voxels * 1 * 1 * 2 / 1e6
    if np.isclose(litres, voxels / 1e6):
        return "that counts every voxel as 1 cubic millimetre; multiply by the size of one voxel"
    if np.isclose(litres, voxels * (1 + 1 + 2) / 1e6):
        return "that adds the three sizes of a voxel; multiply them"
    if np.isclose(litres, right * 1e6):
        return "that is in cubic millimetres; a litre is a million of them"
    if np.isclose(litres, right * 1e3):
        return "that is in millilitres; a litre is a thousand of them"
    if not np.isclose(litres, right, rtol=0.01):  # a rounded answer is right, too
        return f"{litres:g} is not right; multiply shape and spacing, and divide by a million"
    return None


def _dark(dark):
    if dark is ...:
        return "put a calculation in place of the dots; begin with a comparison, struct_arr < 20"
    if isinstance(dark, np.ndarray) and dark.dtype == bool:
        return "that says True or False for each voxel; now count, with .sum() or .mean()"
    if isinstance(dark, bool | np.bool_):
        return "that compares a single number with 20; compare the whole array, then calculate"
    if hint := _wrong_kind(dark, Real, "a number between 0 and 1"):
        return hint
    volume = np.asarray(_quietly_loaded())
    right = (volume < 20).mean()
    if np.isclose(dark, (volume < 20).sum()):
        return "that is how many voxels are dark; divide by the number of all voxels"
    if np.isclose(dark, (volume < 20).sum() / len(volume)):
        return "that divides by the number of planes, which is len; .size counts all voxels"
    if np.isclose(dark, 1 - right) or np.isclose(dark, (volume > 20).mean()):
        return "that is the part which is not dark"
    if np.isclose(dark, 100 * right):
        return "that is in percent; give it as a number between 0 and 1"
    if np.isclose(dark, volume[volume < 20].mean()):
        return "that is the mean value of the dark voxels; how many are they?"
    if np.isclose(dark, (volume <= 20).mean()):
        return "that counts 20 itself as dark; darker than 20 is < 20"
    if not np.isclose(dark, right, rtol=0, atol=0.005):  # a rounded answer is right, too
        return f"{dark:g} is not right; count the dark voxels, divide by the number of all"
    return None


def _other_axis(im):
    if hint := _wrong_kind(im, AxesImage, "the image, which imshow returns"):
        return hint
    volume = _quietly_loaded()
    shown, wanted = im.get_array(), volume.plane(34, axis=2)
    if shown.shape == (189, 68):
        return "this is still a slice along axis 0; plane takes the index, then the axis"
    if np.array_equal(shown, wanted.T):
        return "this is slice 34 along axis 2, but transposed; show it as it is"
    if not np.array_equal(shown, wanted):
        return "this is not slice 34 along axis 2; plane takes the index, then the axis"
    if not _has_aspect(im.axes, 1):
        return f"the aspect is still {im.axes.get_aspect()}; ask for the one of axis 2"
    return None


def _cut_off(im):
    if hint := _wrong_kind(im, AxesImage, "the image, as imshow returns it"):
        return hint
    volume = np.asarray(_quietly_loaded())
    low, high = im.get_clim()
    if high == volume.max():
        return "white is still the largest value of the volume; change the first line"
    if np.isclose(high, np.percentile(volume[75], 99)):
        return "that is the percentile of this slice alone; take it of the whole volume"
    if np.isclose(high, np.percentile(volume, 0.99)):
        return "np.percentile counts from 0 to 100; 0.99 is less than one of a hundred"
    if np.isclose(high, 0.99 * volume.max()):
        return "that is a bit less than the largest value; np.percentile counts voxels"
    if not np.isclose(high, np.percentile(volume, 99), rtol=0.01):
        return f"white is {high:g}, which is not the percentile; give it the volume and 99"
    return None if low == volume.min() else "black has changed; leave vmin as it was"


def _upright(im):
    if hint := _wrong_kind(im, AxesImage, "the image that imshow returned"):
        return hint
    volume, ax = _quietly_loaded(), im.axes
    upright = volume.plane(60, axis=1).T[::-1]  # as on the screen, the top row first
    shown = np.asarray(im.get_array())[:: -1 if np.diff(ax.get_ylim()) > 0 else 1]
    if not any(np.array_equal(np.rot90(shown, k), w) for k in range(4) for w in _mirror(upright)):
        return "this is not slice 60 along axis 1; change the number first, then .T"
    if shown.shape != upright.shape:
        return "slice 60 it is, but lying on its side; transpose it with .T"
    if _has_aspect(ax, 0.5):
        return "the head is squashed; height and width have changed places, so turn the aspect over"
    if np.array_equal(shown, upright[::-1]):
        return "the head stands on its top; which origin puts row 0 at the bottom?"
    if not np.array_equal(shown, upright) or ax.xaxis_inverted():
        return "left and right are exchanged; leave the columns as they are"
    return None if _has_aspect(ax, 2) else f"the aspect is {ax.get_aspect()}; it should be 2"


def _mirror(image):
    return image, image[:, ::-1]


def _turned(turned):
    if hint := _no_function(turned):
        return hint
    volume = slicekit.Volume(np.arange(24).reshape(2, 3, 4), spacing=(2, 1, 3))
    result = turned(volume)
    if hint := _wrong_kind(result, slicekit.Volume, "a slicekit.Volume", "what turned returns"):
        return hint
    if np.size(result.array) != 24:
        return "it turns another volume than the one that it is given; use its parameter"
    if result.shape == (2, 3, 4):
        return "the array is not turned; .T reverses its axes"
    if not np.array_equal(result, volume.array.T):
        return "the array is turned in another way; use .T"
    if result.spacing == volume.spacing:
        return "the array is turned, but the spacing is not; it wants the reverse order, too"
    if result.spacing != (3, 1, 2):
        return f"spacing {volume.spacing} becomes {result.spacing}; reverse its order"
    return None


def _ends(first_slice, last_slice):
    if hint := _no_function(first_slice, last_slice):
        return hint
    for function, wanted in ((first_slice, 0), (last_slice, last)):
        name = "last_slice" if wanted else "first_slice"
        ax = _axes_with(ball, index=7)
        function(ax)
        shown = _index_on_show(ax)
        if ax.index == 7 and shown == 7:
            return f"{name} changes nothing; set ax.index, then the picture, as next_slice does"
        if ax.index != wanted:
            return f"{name} makes ax.index {ax.index}; of {len(ball)} slices it should be {wanted}"
        if len(ax.images) > 1:
            return f"{name} puts a second image on top; exchange the array of the first one"
        if shown == 7:
            return f"{name} changes ax.index, but not the picture; use set_array"
        if shown != wanted:
            return f"{name} does not show slice {wanted} of ax.volume; take ax.volume[ax.index]"
    return None


def _wheel(process_scroll):
    if hint := _no_function(process_scroll):
        return hint
    steps = [(7, 1, [8]), (7, -1, [6]), (7, 3, [8]), (7, -0.25, [6])]
    for start, step, wanted in [*steps, (last, 1, [0, last]), (0, -1, [last, 0])]:
        ax = _axes_with(ball, index=start)
        process_scroll(_turn_of_the_wheel(ax, step, place=(0.5, 0.5)))
        if ax.index == start and start == 7:
            return f"a step of {step} changes nothing; begin as process_key does, and ask its sign"
        if ax.index not in wanted:
            return f"a step of {step} leads from slice {start} to {ax.index}, not to {wanted[0]}"
        if _index_on_show(ax) != ax.index or len(ax.images) > 1:
            return "ax.index changes, but not the picture; call next_slice and previous_slice"
    try:
        process_scroll(_turn_of_the_wheel(ax, 1, place=(2, 2)))
    except AttributeError:
        return "the pointer may be outside, event.inaxes None; find the axes as process_key does"
    return None


def _turn_of_the_wheel(ax, step, place):
    """Return an event with the pointer in or outside the axes, which reach from 0 to 1."""
    x, y = ax.transAxes.transform(place)
    return MouseEvent("scroll_event", ax.figure.canvas, x, y, step=step)


def _viewer(viewer):
    if viewer is None:
        return "put your figure in place of None; multi_slice_viewer returns one"
    if hint := _wrong_kind(viewer, Figure, "the figure") or _no_picture(viewer):
        return hint
    ax, middle = viewer.axes[0], len(ball) // 2
    shown = _index_on_show(ax)
    if shown is None:
        return "the picture is not a slice of ball along its first axis; show ball as it is"
    if shown != middle:
        return f"it is on slice {shown}, not {middle}, the middle; if you scrolled, make it anew"
    if not _has_aspect(ax, 2):
        return "the ball is not round; the aspect should come from ball_spacing, for axis 0"
    if ax.images[0].get_clim() != (ball.min(), ball.max()):
        return "the limits are not those of the whole volume; give imshow vmin and vmax"
    return _scrolls(viewer, "k", "j")


def _own_viewer(my_viewer):
    if my_viewer is None:
        return "write a function, as multi_slice_viewer is one, and put its name in place of None"
    if hint := _no_function(my_viewer):
        return hint
    fig = my_viewer(ball)
    if hint := _wrong_kind(fig, Figure, "the figure of the viewer", "what the function returns"):
        return hint
    if hint := _no_picture(fig):
        return hint
    start = _index_on_show(fig.axes[0])
    if start is None:
        return "the picture is no slice, along its first axis, of the volume that the function gets"
    if not _counts_from(fig, start):
        return "the title does not tell the number of the first slice shown"
    if hint := _scrolls(fig, "n", "p", titled=True):
        return hint
    if _matplotlib_hears(fig, "p"):
        return "P still switches Matplotlib's panning on and off; free your keys"
    try:
        my_viewer(ball)
    except ValueError:
        return "a second viewer fails, since the key is gone already; use remove_keymap_conflicts"
    return None


def _matplotlib_hears(fig, key):
    """Return whether a key that is in a keymap still reaches Matplotlib's handler."""
    if key in plt.rcParams["keymap.pan"]:
        plt.rcParams["keymap.xscale"] = [key]  # panning shows on some backends, a scale on all
        slicekit.press(fig, key)
    return fig.axes[0].get_xscale() != "linear"


def _mean_below(MeanBelow):  # noqa: N803  the name in the exercise
    if hint := _no_function(MeanBelow):
        return hint
    viewer = slicekit.SliceViewer(ball)
    plt.figure()  # what is written with plt.xlabel goes here
    viewer.add(MeanBelow(viewer.ax, viewer.volume))
    for axis, key in ((0, "home"), (0, "k"), (0, "k"), (2, "k")):
        viewer.axis = axis
        slicekit.press(viewer.fig, key)
        written, mean = viewer.ax.get_xlabel(), viewer.im.get_array().mean()
        if not written:
            return "there is nothing below the picture; show should call self.ax.set_xlabel"
        if f"{np.mean(ball):.1f}" in written:
            return "that is the mean of the whole volume; plane.of(self.volume) is the slice"
        if written != f"mean {mean:.1f}":
            where = f"slice {viewer.index} along axis {axis}"
            return f"on {where} it says {written!r}, not 'mean {mean:.1f}'; see plane.of"
    return None


def _my_viewer(my_viewer):
    if my_viewer is None:
        return "write a function that returns a SliceViewer, and put its name in place of None"
    if hint := _no_function(my_viewer):
        return hint
    viewer = my_viewer(ball)
    if not {"fig", "volume", "index"} <= set(dir(viewer)):  # the chapter's own class will do, too
        return "the function should return a slicekit.SliceViewer, or a class made from it"
    if viewer.volume.shape != ball.shape:
        return "it shows another volume than the one that the function is given"
    if viewer.index != 3:
        return f"it starts with slice {viewer.index}, not 3; that is index="
    for key, wanted in (("n", 4), ("p", 3)):
        slicekit.press(viewer.fig, key)
        if viewer.index != wanted:
            return f"{key.upper()} leads to slice {viewer.index}, not to {wanted}; that is KEYS"
    keys = set().union(*slicekit.SliceViewer.KEYS.values())
    for key in sorted(key for key in keys if "wheel" not in key):
        slicekit.press(viewer.fig, key)
        if viewer.index != 3:
            return f"{key!r} moves it, too; keys= adds to KEYS, but your own class can have its own"
    if viewer.ax.get_title() != f"4 of {len(ball)}":
        return f"the title of slice 3 is {viewer.ax.get_title()!r}; see heading"
    for _ in range(4):
        slicekit.press(viewer.fig, "p")
    if viewer.index != last:
        return "it stops at the first slice; that is wrap="
    if viewer.ax.get_title() != f"{len(ball)} of {len(ball)}":
        return f"the last slice has the title {viewer.ax.get_title()!r}; heading is asked each time"
    return None


def _from_the_side(viewer):
    if viewer is None:
        return "put a call of view in place of None; begin with view(ball, axis=-1)"
    if hint := _wrong_kind(viewer, slicekit.SliceViewer, "the viewer that view returns"):
        return hint
    start = viewer.index
    try:
        return _side(viewer)
    finally:
        viewer.index = start


def _side(viewer):
    if viewer.volume.shape != ball.shape:
        return f"the volume has shape {viewer.volume.shape}; give view the ball as it is"
    if viewer.axis != 2:
        return f"it shows slices along axis {viewer.axis}; the last one is axis=-1"
    if not viewer.transpose:
        return "the slices are not turned; that is transpose="
    if not _has_aspect(viewer.ax, ball_spacing[1] / ball_spacing[0]):
        return "the proportions are not true; give view the spacing of the ball"
    for viewer.index in (6, 13):
        title, number = viewer.ax.get_title(), f"slice {viewer.index + 1} of {viewer.count}"
        if title != number:
            return f"the title is {title!r}, not {number!r}; the field {{number}} counts from one"
    if not viewer.ax.collections:
        return "there is no outline; contours= takes an array, and ball > 100 is one"
    if not any(_surrounds(outline, viewer.plane) for outline in viewer.ax.collections):
        return "that is another outline than that of ball > 100"
    viewer.index = 0
    return "there is an outline where nothing is brighter" if viewer.ax.collections else None


def _surrounds(outline, plane):
    """Return whether an outline reaches as far as what is brighter than 100, to half a voxel."""
    rows, columns = np.nonzero(plane.of(slicekit.Volume(ball > 100)))
    points = np.concatenate([path.vertices for path in outline.get_paths()])
    wanted = [columns.min() - 0.5, rows.min() - 0.5], [columns.max() + 0.5, rows.max() + 0.5]
    return np.allclose([points.min(0), points.max(0)], wanted, rtol=0, atol=0.7)


def _film(viewer):
    if viewer is None:
        return "put a call of view in place of None; begin with dims=, a letter for each axis"
    if hint := _wrong_kind(viewer, slicekit.SliceViewer, "the viewer, not its figure"):
        return hint
    if "t" not in getattr(viewer, "at", {}):
        return "time is not held yet; name the four axes with dims=, time is t"
    before = dict(viewer.at)
    try:
        return _moments(viewer)
    finally:
        viewer.go(**before)


def _moments(viewer):
    if sorted(viewer.volume.shape) != sorted(ball.shape):
        return "time is not the axis called t; film has five moments along its first axis"
    viewer.go(t=0)
    index, limits = viewer.index, viewer.im.get_clim()
    slicekit.press(viewer.fig, "up")
    if viewer.index != index:
        return 'up still shows the next slice; choose keys= for "next t" and "previous t"'
    if viewer.at["t"] != 1:
        return "up does not go on in time"
    slicekit.press(viewer.fig, "down")
    if viewer.at["t"] != 0:
        return "down does not go back in time"
    viewer.go(t=4)
    if viewer.im.get_clim() != limits:
        return "the contrast changes with the moment; by default all moments share it"
    viewer.go(t=0)
    slicekit.click(viewer.fig, row=3, column=4)
    marked = bool(viewer.ax.collections)
    viewer.undo_point()
    return None if marked else "a click leaves no mark; points=[] will do"


def _stored(codes, first=(0, 0, 0)):
    """Return a small volume of voxels that all differ, whose axes run as the codes say."""
    columns = [
        np.eye(3)["RAS".find(code)] if code in "RAS" else -np.eye(3)["LPI".find(code)]
        for code in codes
    ]
    spacing = (2.0, 3.0, 1.5)
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = np.transpose(columns) * spacing, first
    return slicekit.Volume(np.arange(5 * 7 * 9).reshape(5, 7, 9), spacing, affine)


def _value_at(value_at):
    if hint := _no_function(value_at):
        return hint
    plain = slicekit.Volume(np.arange(5 * 7 * 9).reshape(5, 7, 9), affine=np.eye(4))
    value = value_at(plain, (1, 2, 3))
    if value is None:
        return "the function returns nothing yet; find the voxel, then its value"
    if isinstance(value, tuple) or np.size(value) == 3:
        return "it returns a voxel or a place; the volume can be indexed with a voxel"
    if np.size(value) != 1:
        return f"it returns {np.size(value)} values; a voxel takes three indices at once, a tuple"
    if value == value_at(slicekit.Volume(plain.array + 1000, affine=np.eye(4)), (1, 2, 3)):
        return f"it returns {value} from two volumes that differ; ask the volume that it is given"
    if value != plain[1, 2, 3]:
        return f"voxels of 1 mm that begin at 0: (1, 2, 3) holds {plain[1, 2, 3]}, not {value}"
    rounded = value_at(plain, (1.4, 1.8, 3.4)), value_at(plain, (0.8, 2.3, 2.7))
    if set(rounded) != {plain[1, 2, 3]}:
        return "between the centres of two voxels it does not return the value of the nearest"
    for codes, words in (
        ("RAS", "where the first voxel does not lie at 0 and the sizes are 2, 3 and 1.5 mm"),
        ("LAS", "where the first axis runs to the left"),
        ("SRA", "where the axes come in another order"),
    ):
        volume = _stored(codes, first=(2, -3, 1.5))
        place = slicekit.orientation.position_of(volume, (3, 5, 2))
        if value_at(volume, place) != volume[3, 5, 2]:
            return f"{words}, it returns the value of another voxel"
    return None


def _to_ras(to_ras):
    if hint := _no_function(to_ras):
        return hint
    for codes in ("LAS", "RAS", "LPS", "RPI"):
        volume = _stored(codes, first=(30, -20, 10))
        before = volume.affine.copy()
        found = to_ras(volume)
        if found is None:
            return "the function returns no volume yet; it should return a Volume that runs RAS"
        if hint := _wrong_kind(found, slicekit.Volume, "a Volume", "what comes back"):
            return hint
        if not np.array_equal(volume.affine, before):
            return "the affine of the volume that it was given has changed; take a copy of it"
        if hint := _not_the_same_head(volume, found, codes):
            return hint
    return None


def _not_the_same_head(volume, found, codes):
    now = slicekit.orientation.axis_codes(found.affine)
    if now != "RAS":
        return f"from a volume that runs {codes} it makes one that runs {now or 'nowhere'}"
    if found.spacing != volume.spacing:
        return f"the voxels were {volume.spacing} mm and are {found.spacing} now"
    moved = [_moved(volume, found, voxel) for voxel in ((0, 0, 0), (4, 6, 8), (1, 2, 3))]
    if not np.allclose(moved, moved[0]):
        return f"{codes}: ends have changed places, as in a mirror; turn array and affine alike"
    if not np.allclose(moved, 0):
        return f"{codes}: the head has moved, by {moved[0].tolist()} mm"
    return None


def _moved(volume, found, voxel):
    """Return by how many mm the value of a voxel lies elsewhere now."""
    (now,) = np.argwhere(np.asarray(found) == volume[voxel])
    where = slicekit.orientation.position_of
    return where(found, now) - where(volume, voxel)


def _slices_in_memory(slices_in_memory):
    if hint := _no_function(slices_in_memory):
        return hint
    shape = 512, 1024, 1024
    found = slices_in_memory(shape, "uint16", 0, 101)
    if found is None:
        return "the function returns no number yet; how many bytes does one slice have?"
    if hint := _wrong_kind(found, Real, "a number", "what it returns"):
        return hint
    told = "101 MiB hold 50 slices of 1024 x 1024 voxels of 2 bytes"
    if hint := SLICES_FOUND.get(found):
        return f"{told}, not {found}; {hint}"
    if found != int(found):
        return f"{told}; a part of a slice cannot be shown, so round down"
    if found != 50:
        return f"{told}, not {found}"
    sides = [slices_in_memory(shape, "uint16", axis, 101) for axis in (1, 2)]
    if sides != [101, 101]:
        return f"along axes 1 and 2 a slice is half as large, so 101 fit, and not {sides}"
    if slices_in_memory(shape, "float64", 0, 101) != 12:
        return (
            "with voxels of another type it is not right; itemsize tells how many bytes they have"
        )
    if slices_in_memory((2000, 64, 32), "uint8", 0, 1) != 512:
        return "it is right for the volume of this chapter only; use the shape that it is given"
    if slices_in_memory((20, 64, 64), "uint8", 0, 1) != 20:
        return "of 20 small slices more than 20 fit; do not return more than there are"
    return None


SLICES_FOUND = {
    101: "how many bytes does a voxel have?",
    51: "round down, since half a slice is none",
    48: "a MiB is more than a million bytes, 2**20",
    0: "compare the bytes of one slice, not of the volume, with those of the MiB",
}


# how a volume is looked at, and the best chunks in a list of them
CUBES = [(64, 64, 64), (1, 1024, 1024), (512, 1024, 1024), (512, 1024, 1)]
USES = [
    ((512, 1024, 1024), CUBES, (100, 0, 0), 1),
    ((512, 1024, 1024), CUBES, (0, 0, 100), 3),
    ((512, 1024, 1024), CUBES, (10, 10, 10), 0),
    ((100, 100, 100), [(30, 51, 51), (31, 100, 100)], (1, 0, 0), 1),
]


def _best_chunks(best_chunks):
    if hint := _no_function(best_chunks):
        return hint
    for shape, candidates, looks, best in USES:
        found = best_chunks(shape, list(candidates), looks)
        if found is None:
            return "the function returns no chunks yet; begin with the bytes for one candidate"
        if found not in candidates:
            return f"it returns {found!r}, which is none of the candidates"
        if found == candidates[best]:
            continue
        if found == shape:
            return "it takes the volume as one chunk, the whole of which is read for each slice"
        if len(candidates) == 2:
            return "what is left over at the end needs a whole chunk, too; count bytes"
        return (
            f"to look at {looks} slices along the axes, {candidates[best]} is better than {found}"
        )
    return None


def _page(ball_page):
    if not isinstance(ball_page, str | Path) or len(str(ball_page)) > 250:
        return "check wants the path of the page, which is ball_page"
    path, last = Path(ball_page), ball.shape[1] - 1
    if not path.exists():
        return "there is no such page yet; make a viewer of the ball, and call its to_html"
    text = path.read_bytes().decode(errors="replace")
    found = SLICES.search(text)
    if not found:
        return f"{path.name} is not a page of to_html"
    slices = json.loads(found.group(1))
    if slices["words"][0].split(" / ")[-1] != str(last):
        return f"the first title is {slices['words'][0]!r}; slices of the second axis end at {last}"
    if len(slices["words"]) != len(range(0, last + 1, 2)):
        return f"there are {len(slices['words'])} slices in it; every second one is every=2"
    rows, columns = _size_in_page(slices["pictures"][len(slices["pictures"]) // 2])
    true = ball.shape[0] * ball_spacing[0] / (ball.shape[2] * ball_spacing[2])
    if columns and abs(rows / columns - true) > 0.1:
        return "the ball is not round in the page; give view the spacing of the ball"
    alt = html.unescape(NAME.search(text).group(1))
    if alt == path.stem:
        return "who cannot see the pictures is told the name of the file; that is alt="
    return None if "ball" in alt.lower() else f"alt is {alt!r}; say what it is, a ball"


def _size_in_page(source):
    """Return how many rows and columns of a picture are mostly not white: those of the slice."""
    from base64 import b64decode

    picture = Image.open(io.BytesIO(b64decode(source.partition("base64,")[2])))
    dark = np.asarray(picture.convert("L")) < 250
    return [(dark.mean(axis=other) > 0.3).sum() for other in (1, 0)]


def _there_and_back(there_and_back):
    if hint := _no_function(there_and_back):
        return hint
    viewer = slicekit.view(ball[::4])
    path = scratch / "film.gif"
    path.unlink(missing_ok=True)
    there_and_back(viewer, path)
    if not path.exists():
        return "the function writes no film yet; it should save one to path, with save_all=True"
    with on_another_canvas(viewer) as canvas:
        pictures = each_picture(viewer, canvas, range(viewer.count))
        slices = [_tiny(picture) for picture in pictures]
    shown = _slices_of_film(path, slices)
    if len(shown) == 1:
        return "the film has one frame; is each picture in it one of its own, and save_all=True?"
    with Image.open(path) as film:
        if film.info.get("loop") != 0:
            return "the film ends after the first time; loop=0 lets it begin again"
    shortest = min(ms for _, ms in shown)
    if shortest != 200:
        return f"each slice is shown for {shortest} ms; at five in a second it is 200 ms"
    # a slice that is shown twice in a row is stored once, for twice as long
    order = [index for index, ms in shown for _ in range(round(ms / 200))]
    there = list(range(len(slices)))
    if order == there:
        return "the film goes to the last slice, and not back"
    twice = [a for a, b in zip(order, order[1:] + order[:1], strict=True) if a == b]
    if twice:
        return f"slice {twice[0]} is shown twice in a row; remember that the film begins again"
    wanted = there + there[-2:0:-1]
    return None if order == wanted else f"the film shows slices {order}; it should be {wanted}"


def _slices_of_film(path, slices):
    """Return for each frame of a film which slice it is most like, and for how many ms."""
    found = []
    with Image.open(io.BytesIO(path.read_bytes())) as film:
        for number in range(film.n_frames):
            film.seek(number)
            far = [np.abs(_tiny(film) - each).mean() for each in slices]
            found.append((int(np.argmin(far)), film.info.get("duration", 0)))
    return found


def _tiny(picture):
    return np.asarray(picture.convert("L").resize((160, 120)), dtype=float)


def _scrolls(fig, onward, back, titled=False):
    """Scroll past both ends, and back to where the reader left it."""
    start = _index_on_show(fig.axes[0])
    keys = [onward, back] + [back] * (start + 1) + [onward] * (last + 2)
    with patch.multiple(fig.canvas, draw=DEFAULT, draw_idle=DEFAULT):  # only the end is drawn
        hint = _each_leads_on(fig, keys, {onward: 1, back: -1}, titled)
        while hint is None and (shown := _index_on_show(fig.axes[0])) != start:
            slicekit.press(fig, onward if shown < start else back)
    fig.canvas.draw_idle()
    return hint


def _each_leads_on(fig, keys, steps, titled):
    """Each key should show the next slice, or stay or go round at an end, and do no more."""
    count_from = {0, 1}
    for key in keys:
        before = _index_on_show(fig.axes[0])
        wanted = before + steps[key]
        slicekit.press(fig, key)
        ax, name = fig.axes[0], key.upper()
        shown = _index_on_show(ax)
        if ax.get_xscale() != "linear":
            return f"{name} makes the x axis {ax.get_xscale()}; free your keys first"
        if shown is None:
            return f"after {name} the picture is no slice of the volume any more"
        if shown == before and 0 <= wanted <= last:
            return f"after {name} it still shows slice {shown}; what answers {key!r}?"
        if shown != wanted and not (wanted in (-1, last + 1) and shown in (0, last)):
            return f"after {name} it shows slice {shown}; it should be {wanted}"
        if len(ax.images) > 1:
            return "there are two images now; exchange the array of the first one"
        count_from &= _counts_from(fig, shown)
        if titled and not count_from:
            return f"after {name}, on slice {shown}, the title says {_words_above(fig)!r}"
    return None


def _counts_from(fig, index):
    """Return whether the words above tell the slice: counted from 0, from 1, or not at all."""
    numbers = {int(number) for number in re.findall(r"-?\d+", _words_above(fig))}
    return {first for first in (0, 1) if index + first in numbers}


def _words_above(fig):
    titles = [fig.axes[0].get_title(place) for place in ("left", "center", "right")]
    return " ".join(words for words in [fig.get_suptitle(), *titles] if words)


def _axes_with(volume, index):
    """Return axes as the article's functions expect them, in a figure nobody sees."""
    ax = Figure().subplots()
    ax.volume, ax.index = volume, index
    ax.imshow(volume[index])
    return ax


def _no_picture(fig):
    if fig.axes and fig.axes[0].images:
        return None
    return "there is no image in the figure; imshow makes one"


def _index_on_show(ax):
    """Return which slice of the ball the picture shows, or None."""
    shown = ax.images[-1].get_array() if ax.images else None
    return next((i for i, plane in enumerate(ball) if np.array_equal(plane, shown)), None)


def _has_aspect(ax, right):
    aspect = 1 if ax.get_aspect() == "equal" else ax.get_aspect()
    return aspect != "auto" and np.isclose(aspect, right)


def _quietly_loaded():
    """Return the volume of the chapters, without the line that says which one it is."""
    from contextlib import redirect_stdout
    from io import StringIO

    with redirect_stdout(StringIO()):
        return slicekit.load()


HINTS = {
    "01-core": _helmet,
    "01-stretch": _upside_down,
    "02-core": _litres,
    "02-stretch": _dark,
    "03-core": _other_axis,
    "03-stretch": _cut_off,
    "04-core": _upright,
    "04-stretch": _turned,
    "05-core": _ends,
    "05-stretch": _wheel,
    "06-core": _viewer,
    "06-stretch": _own_viewer,
    "07-core": _mean_below,
    "07-stretch": _my_viewer,
    "08-core": _from_the_side,
    "08-stretch": _film,
    "09-core": _value_at,
    "09-stretch": _to_ras,
    "10-core": _slices_in_memory,
    "10-stretch": _best_chunks,
    "11-core": _page,
    "11-stretch": _there_and_back,
}
