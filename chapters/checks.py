"""The checks behind the exercises: what is right, and a hint for what usually goes wrong.

Each function below returns None if the answer is right, and else a hint.
"""

import atexit
import html
import io
import json
import re
import shutil
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backend_bases import MouseEvent
from matplotlib.figure import Figure
from PIL import Image
from skimage import data

import slicekit
from slicekit.frames import each_picture

ball_spacing = (2.0, 3.0, 1.5)


def _make_ball():
    """Return a ball of 30 mm in a box of 40 mm, brighter from slice to slice."""
    sides = [int(40 / mm) for mm in ball_spacing]
    places = np.indices(sides) * np.reshape(ball_spacing, (3, 1, 1, 1))
    distance = np.linalg.norm(places - 19, axis=0)
    return np.where(distance < 15, 60 + 4 * places[0], places[0]).astype(np.uint8)


ball = _make_ball()


def new_folder():
    """Return a folder that goes with the session."""
    folder = Path(tempfile.mkdtemp(prefix="slicekit-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


scratch = new_folder()


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
        file.ImagePositionPatient, file.PixelSpacing = [0, 0, 3 * number], [3, 4]
        file.PixelData = plane.tobytes()
        name = f"IM{len(volume) - number:04}.dcm"  # the names run the other way
        file.save_as(folder / name, enforce_file_format=True)
    return folder


def check(exercise, *answers):
    """Say whether an answer is right, or give a hint."""
    try:
        hint = HINTS[exercise](*answers)
    except Exception as error:  # the reader's own code runs in here
        hint = f"this fails with {type(error).__name__}: {error}"
    print(f"not yet: {hint}" if hint else "correct")


def _helmet(crop):
    whole = data.astronaut()
    if crop.shape == whole.shape:
        return "this is still the whole picture; put rows and columns in place of the dots"
    if np.array_equal(crop, whole[260:430, 330:500]):
        return "rows and columns are exchanged; rows come first"
    if crop.shape[:2] in {(171, 171), (171, 170), (170, 171)}:
        return "one row or column too many; the end of a slice does not count"
    if not np.array_equal(crop, whole[330:500, 260:430]):
        return f"this piece has shape {crop.shape}, or starts elsewhere; it should be (170, 170, 3)"
    return None


def _upside_down(picture):
    whole = data.astronaut()
    if np.array_equal(picture, whole):
        return (
            "this is the picture as it was; put a slice with a negative step in place of the dots"
        )
    if np.array_equal(picture, whole[:, ::-1]):
        return "left and right are exchanged; rows are the first axis"
    if np.array_equal(picture, whole[::-1, ::-1]):
        return "this is turned half round; leave the columns as they are"
    if not np.array_equal(picture, whole[::-1]):
        return f"the result has shape {np.shape(picture)}; it should be all rows in reverse order"
    return None


def _litres(answer):
    if answer is ...:
        return "put a calculation in place of the dots: number of voxels times the size of one"
    right = 157 * 189 * 68 * 1 * 1 * 2 / 1e6
    if np.isclose(answer, right / 2):
        return "that counts every voxel as 1 cubic millimetre; multiply by the size of one voxel"
    if np.isclose(answer, right * 1e6):
        return "that is in cubic millimetres; a litre is a million of them"
    if np.isclose(answer, right * 1e3):
        return "that is in millilitres; a litre is a thousand of them"
    return None if np.isclose(answer, right) else f"{answer:g} is not right; it is between 1 and 10"


def _dark(answer):
    if answer is ...:
        return "put a calculation in place of the dots; comparing an array gives True and False"
    volume = np.asarray(_quietly_loaded())
    right = (volume < 20).mean()
    if np.isclose(answer, (volume < 20).sum()):
        return "that is how many voxels are dark; divide by the number of all voxels"
    if np.isclose(answer, 1 - right):
        return "that is the part which is not dark"
    if np.isclose(answer, 100 * right):
        return "that is in percent; give it as a number between 0 and 1"
    return None if np.isclose(answer, right) else f"{answer!r} is not right; darker than 20 is < 20"


def _other_axis(im):
    volume = _quietly_loaded()
    shown = im.get_array()
    if shown.shape == (189, 68):
        return "this is still a slice along axis 0"
    if not np.array_equal(shown, volume.plane(34, axis=2)):
        return "this is not slice 34 along axis 2"
    if not np.isclose(_aspect(im.axes), 1):
        return f"the aspect is still {_aspect(im.axes):g}; ask for the one of axis 2"
    return None


def _cut_off(im):
    volume = np.asarray(_quietly_loaded())
    low, high = im.get_clim()
    right = np.percentile(volume, 99)
    if high == volume.max():
        return "white is still the largest value of the volume; change the first line"
    if np.isclose(high, np.percentile(volume[75], 99)):
        return "that is the percentile of this slice alone; take it of the whole volume"
    if not np.isclose(high, right):
        return f"white is {high:g}; it should be {right:g}"
    return None if low == volume.min() else "black has changed; leave vmin as it was"


def _upright(im):
    volume = _quietly_loaded()
    shown, aspect = im.get_array(), im.axes.get_aspect()
    wanted = volume.plane(60, axis=1)
    if np.array_equal(shown, wanted):
        return "slice 60 it is, but lying on its side; transpose it with .T"
    if not np.array_equal(shown, wanted.T):
        return "this is not slice 60 along axis 1; change the number first, then .T"
    if np.isclose(aspect, 0.5):
        return "the head is squashed; height and width have changed places, so turn the aspect over"
    if im.origin != "lower":
        return "the head stands on its top; which origin puts row 0 at the bottom?"
    return None if np.isclose(aspect, 2) else f"the aspect is {aspect}; it should be 2"


def _turned(function):
    volume = slicekit.Volume(np.arange(24).reshape(2, 3, 4), spacing=(1, 2, 3))
    result = function(volume)
    if not isinstance(result, slicekit.Volume):
        return "the function should return a slicekit.Volume"
    if result.shape == (2, 3, 4):
        return "the array is not turned; .T reverses its axes"
    if not np.array_equal(result, volume.array.T):
        return "the array is turned in another way; use .T"
    if result.spacing == volume.spacing:
        return "the array is turned, but the spacing is not; it wants the reverse order, too"
    if result.spacing != (3, 2, 1):
        return f"the spacing is {result.spacing}; it should be (3.0, 2.0, 1.0)"
    return None


def _ends(first_slice, last_slice):
    ax = _axes_with(ball, index=7)
    for function, wanted in ((first_slice, 0), (last_slice, len(ball) - 1)):
        before = ax.index
        function(ax)
        shown = _index_on_show(ax, ball)
        if ax.index == before and shown == before:
            return f"{function.__name__} changes nothing yet"
        if ax.index != wanted:
            return f"after {function.__name__}, ax.index is {ax.index}; it should be {wanted}"
        if shown != wanted:
            return f"{function.__name__} changes ax.index, but not the picture; use set_array"
    return None


def _wheel(process_scroll):
    for step, wanted in ((1, 8), (-1, 6), (3, 8), (-0.25, 6)):
        ax = _axes_with(ball, index=7)
        event = MouseEvent("scroll_event", ax.figure.canvas, 0, 0, step=step)
        try:
            process_scroll(event)
        except AttributeError:
            if event.inaxes is None:
                return "the pointer may be outside; find the axes as process_key does"
            raise
        if ax.index == 7:
            return f"a step of {step} changes nothing"
        if ax.index != wanted:
            return f"a step of {step} leads from slice 7 to {ax.index}; it should be {wanted}"
        if _index_on_show(ax, ball) != wanted:
            return "ax.index changes, but not the picture; call next_slice and previous_slice"
    return None


def _viewer(fig):
    if fig is None:
        return "put your figure in place of None"
    if not isinstance(fig, Figure):
        return f"this is a {type(fig).__name__}; it should be the figure"
    ax = fig.axes[0]
    middle = len(ball) // 2
    if _index_on_show(ax, ball) != middle:
        return f"it should start with slice {middle}, the middle of the first axis"
    if not np.isclose(_aspect(ax), 2):
        return "the ball is not round; the aspect should come from ball_spacing, for axis 0"
    if ax.images[0].get_clim() != (ball.min(), ball.max()):
        return "the limits are not those of the whole volume"
    return _scrolls(fig, ball, {"k": middle + 1, "j": middle})


def _own_viewer(function):
    if function is None:
        return "put the name of your function in place of None"
    fig = function(ball)
    if not isinstance(fig, Figure):
        return "the function should return the figure"
    try:
        start = _index_on_show(fig.axes[0], ball)
        if str(start) not in fig.axes[0].get_title():
            return "the title does not tell the number of the first slice shown"
        hint = _scrolls(fig, ball, {"n": start + 1, "p": start})
        if hint is None and "p" in plt.rcParams["keymap.pan"]:
            return "P still switches Matplotlib's panning on and off; free your keys"
        return hint
    finally:
        plt.close(fig)


def _mean_below(layer):
    viewer = slicekit.SliceViewer(ball)
    try:
        viewer.add(layer(viewer.ax, viewer.volume))
        for key in ("home", "k", "k"):
            slicekit.press(viewer.fig, key)
            written, mean = viewer.ax.get_xlabel(), viewer.im.get_array().mean()
            if not written:
                return "there is nothing below the picture; show should call self.ax.set_xlabel"
            if f"{np.mean(ball):.1f}" in written:
                return "that is the mean of the whole volume; plane.of(self.volume) is the slice"
            if written != f"mean {mean:.1f}":
                return f"on slice {viewer.index} it says {written!r}, not 'mean {mean:.1f}'"
        return None
    finally:
        plt.close(viewer.fig)


def _my_viewer(function):
    if function is None:
        return "put the name of your function in place of None"
    viewer = function(ball)
    if not isinstance(viewer, slicekit.SliceViewer):
        return "the function should return a slicekit.SliceViewer, or a class made from it"
    try:
        if viewer.index != 3:
            return f"it starts with slice {viewer.index}, not 3; that is index="
        steps = {"n": 4, "p": 3, "k": 3, "end": 3}
        for key, wanted in [*steps.items(), *[("p", index) for index in (2, 1, 0)]]:
            slicekit.press(viewer.fig, key)
            if viewer.index != wanted:
                return f"after {key.upper()} it shows slice {viewer.index}; it should be {wanted}"
        slicekit.press(viewer.fig, "p")
        if viewer.index != len(ball) - 1:
            return "it stops at the first slice; that is wrap="
        if viewer.ax.get_title() != f"{len(ball)} of {len(ball)}":
            return f"the title of the last slice is {viewer.ax.get_title()!r}; see heading"
        return None
    finally:
        plt.close(viewer.fig)


def _from_the_side(viewer):
    if viewer is None:
        return "put a call of view in place of None"
    if viewer.axis != 2:
        return f"it shows slices along axis {viewer.axis}; the last one is axis=-1"
    if not viewer.transpose:
        return "the slices are not turned; that is transpose="
    if not np.isclose(_aspect(viewer.ax), ball_spacing[1] / ball_spacing[0]):
        return "the proportions are not true; give view the spacing of the ball"
    number = f"slice {viewer.index + 1} of {viewer.count}"
    if viewer.ax.get_title() != number:
        return f"the title is {viewer.ax.get_title()!r}; it should be {number!r}"
    if not viewer.ax.collections:
        return "there is no outline; contours= takes an array, and ball > 100 is one"
    slicekit.press(viewer.fig, "home")
    return "there is an outline where nothing is brighter" if viewer.ax.collections else None


def _film(viewer):
    if viewer is None:
        return "put a call of view in place of None"
    if viewer.at != {"t": 0}:
        return "time is not held yet; name the four axes with dims=, time is t"
    before = viewer.index
    slicekit.press(viewer.fig, "up")
    if viewer.index != before:
        return 'up still shows the next slice; choose keys= for "next t" and "previous t"'
    if viewer.at != {"t": 1}:
        return "up does not go on in time"
    slicekit.press(viewer.fig, "down")
    if viewer.at != {"t": 0}:
        return "down does not go back in time"
    if viewer.im.get_clim()[1] < int(ball.max()) + 80:
        return "the limits are not those of all moments together"
    slicekit.click(viewer.fig, row=3, column=4)
    return None if viewer.ax.collections else "a click leaves no mark; points=[] will do"


def _page(path):
    if not Path(path).exists():
        return "there is no such page yet; make a viewer of the ball, and call its to_html"
    text = Path(path).read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json">(.*?)</script>', text, flags=re.S)
    if not found:
        return "this is not a page of to_html"
    slices = json.loads(found.group(1))
    last = slices["words"][-1].split(" / ")[-1].split(",")[0]
    if last != str(ball.shape[1] - 1):
        return f"the last slice is {last}; the second axis has slices up to {ball.shape[1] - 1}"
    if len(slices["words"]) != len(range(0, ball.shape[1], 2)):
        return f"there are {len(slices['words'])} slices in it; every second one is every=2"
    rows, columns = _size_in_page(slices["pictures"][len(slices["pictures"]) // 2])
    true = ball.shape[0] * ball_spacing[0] / (ball.shape[2] * ball_spacing[2])
    if columns and abs(rows / columns - true) > 0.1:
        return "the ball is not round; give view the spacing of the ball"
    alt = html.unescape(re.search('data-name="([^"]*)"', text).group(1))
    if alt == Path(path).stem:
        return "who cannot see the pictures is told the name of the file; that is alt="
    return None if "ball" in alt.lower() else f"alt is {alt!r}; say that it is a ball"


def _size_in_page(source):
    """Return how many rows and columns of a picture are mostly not white: those of the slice."""
    from base64 import b64decode

    picture = Image.open(io.BytesIO(b64decode(source.partition("base64,")[2])))
    dark = np.asarray(picture.convert("L")) < 250
    return [(dark.mean(axis=other) > 0.3).sum() for other in (1, 0)]


def _there_and_back(function):
    viewer = slicekit.view(ball[::4])
    path = scratch / "film.gif"
    path.unlink(missing_ok=True)
    try:
        function(viewer, path)
        if not path.exists():
            return "the function writes no film yet; it should save one to path"
        slices = [_tiny(picture) for picture in each_picture(viewer, range(viewer.count), "figure")]
    finally:
        plt.close(viewer.fig)
    shown = _slices_of_film(path, slices)
    if min(ms for _, ms in shown) != 200:
        return f"each slice is shown for {min(ms for _, ms in shown)} ms; five a second are 200 ms"
    # a slice that is shown twice in a row is stored once, for twice as long
    order = [index for index, ms in shown for _ in range(round(ms / 200))]
    there = list(range(len(slices)))
    if order == there:
        return "it goes to the last slice, and not back"
    twice = [a for a, b in zip(order, order[1:] + order[:1], strict=True) if a == b]
    if twice:
        return f"slice {twice[0]} is shown twice in a row; remember that the film begins again"
    wanted = there + there[-2:0:-1]
    return None if order == wanted else f"it shows slices {order}; it should be {wanted}"


def _slices_of_film(path, slices):
    """Return for each frame of a film which slice it is most like, and for how many ms."""
    found = []
    with Image.open(io.BytesIO(path.read_bytes())) as film:
        for number in range(film.n_frames):
            film.seek(number)
            far = [np.abs(_tiny(film) - each).mean() for each in slices]
            found.append((int(np.argmin(far)), film.info["duration"]))
    return found


def _tiny(picture):
    return np.asarray(picture.convert("L").resize((160, 120)), dtype=float)


def _scrolls(fig, volume, keys):
    """Press each key; it should show the slice given with it, and nothing else."""
    ax = fig.axes[0]
    for key, wanted in keys.items():
        slicekit.press(fig, key)
        shown = _index_on_show(ax, volume)
        if ax.get_xscale() != "linear":
            return f"{key.upper()} makes the x axis {ax.get_xscale()}; free your keys first"
        if shown != wanted:
            return f"after {key.upper()} it shows slice {shown}; it should be {wanted}"
        if len(ax.images) > 1:
            return "there are two images now; exchange the array of the first one"
        if ax.get_title() and str(wanted) not in ax.get_title():
            return f"after {key.upper()} the title still says {ax.get_title()!r}"
    return None


def _axes_with(volume, index):
    """Return axes as the article's functions expect them, in a figure nobody sees."""
    ax = Figure().subplots()
    ax.volume, ax.index = volume, index
    ax.imshow(volume[index])
    return ax


def _index_on_show(ax, volume):
    """Return which slice the picture shows, or None."""
    shown = ax.images[-1].get_array()
    return next((i for i, plane in enumerate(volume) if np.array_equal(plane, shown)), None)


def _aspect(ax):
    return 1 if ax.get_aspect() in ("equal", "auto") else ax.get_aspect()


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
    "11-core": _page,
    "11-stretch": _there_and_back,
}
