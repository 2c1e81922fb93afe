"""Whatever is passed to a viewer: a correct picture, or one line that says what is wrong."""

import traceback
from pathlib import Path
from types import SimpleNamespace

import h5py
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from matplotlib.colors import BoundaryNorm, LogNorm, Normalize

import slicekit
from slicekit import OrthoViewer, SliceViewer, Volume, view

WAYS_IN = {
    "SliceViewer": SliceViewer,
    "view": view,
    "three planes": lambda data, **keywords: view(data, planes=True, **keywords),
}
HEAD = np.arange(4 * 5 * 6, dtype=float).reshape(4, 5, 6)
CLEAN = TypeError, ValueError, IndexError, FileNotFoundError


def shown_or_refused(call):
    """Return a viewer; or None, after an error of ours in one line, with no figure left."""
    before = plt.get_fignums()
    try:
        return call()
    except CLEAN as error:
        fault = error
    assert "\n" not in str(fault)
    assert 15 < len(str(fault)) < 500
    innermost = traceback.extract_tb(fault.__traceback__)[-1]
    assert Path(innermost.filename).parent == Path(slicekit.__file__).parent, innermost
    assert innermost.line.startswith("raise"), innermost
    assert plt.get_fignums() == before
    return None


# ---- arrays that can be shown: every pixel on the screen is the grey of its voxel


def layouts(array):
    """Yield an array, and the same values as they may lie elsewhere in memory."""
    spread = np.zeros([2 * n for n in array.shape], array.dtype)
    spread[::2, ::2, ::2] = array
    read_only = array.copy()
    read_only.setflags(write=False)
    yield from (array, np.asfortranarray(array), spread[::2, ::2, ::2], read_only)
    yield from (np.flip(np.flip(array).copy()), np.ma.masked_array(array))


REAL = st.one_of(
    arrays_of.boolean_dtypes(),
    arrays_of.integer_dtypes(endianness="?"),
    arrays_of.unsigned_integer_dtypes(endianness="?"),
    arrays_of.floating_dtypes(endianness="?"),
)
VOLUMES = arrays_of.arrays(REAL, arrays_of.array_shapes(min_dims=3, max_dims=3, max_side=4))


def greys(image, volume):
    """Return what each pixel should look like, from 0 to 255; white where there is no number."""
    values = np.ma.masked_invalid(volume.astype(float)).compressed()
    low, high = (values.min(), values.max()) if values.size else (0, 1)
    image = np.ma.masked_invalid(image.astype(float))
    return ((image - low) / ((high - low) or 1) * 255).filled(255)


def on_screen(picture):
    """Return the colour of the figure at the centre of each pixel of a picture."""
    canvas = picture.ax.figure.canvas
    canvas.draw()
    screen = np.asarray(canvas.buffer_rgba())[::-1, :, :3]
    rows, columns = np.indices(picture.im.get_array().shape)
    places = picture.ax.transData.transform(np.stack([columns.ravel(), rows.ravel()], axis=1))
    x, y = np.floor(places).astype(int).T
    return screen[y, x].reshape(*rows.shape, 3).astype(float)


@settings(max_examples=120)
@given(VOLUMES, st.integers(0, 5), st.sampled_from([*WAYS_IN]))
@example(np.array([[[2**63 - 1, -(2**63)]]]), 0, "view")
@example(np.array([[[2**64 - 1, 0]]], np.uint64), 0, "view")
@example(np.full((2, 2, 2), np.nan), 0, "view")
@example(np.full((2, 2, 2), -np.inf), 0, "view")
@example(np.full((2, 2, 2), 1e300), 0, "view")
@example(np.array([[[3e38, -3e38]]], np.float32), 0, "view")
@example(np.array([[[6e4, -6e4]]], np.float16), 0, "view")
def test_every_pixel_is_the_grey_of_its_voxel(array, layout, way):
    volume = [*layouts(array)][layout]
    before = volume.tobytes(), volume.flags.writeable
    viewer = shown_or_refused(lambda: WAYS_IN[way](volume))
    if viewer is None:  # the limits are too far apart for a number of this type
        finite = np.ma.masked_invalid(array).astype(np.longdouble)
        assert np.ptp(finite) > np.finfo(np.result_type(array, np.float32)).max
        return
    for key in ("k", "h"):  # h hides a crosshair
        slicekit.press(viewer.fig, key)
    for picture in viewer.pictures:
        image = picture.plane.of(Volume(volume))
        assert np.abs(on_screen(picture) - greys(image, volume)[..., None]).max() <= 2
    assert (volume.tobytes(), volume.flags.writeable) == before
    plt.close(viewer.fig)


# ---- what lies under a mask, and what has no value


@pytest.mark.parametrize("under", [np.nan, np.inf, 9.97e36, -3.4e38, 0])
def test_what_lies_under_a_mask_does_not_matter(under):
    """Files of climate models are full of 9.97e36, with which Matplotlib would compute."""
    values = np.where(HEAD < 70, under, HEAD / 120).astype(np.float32)
    volume = np.ma.masked_array(values, HEAD < 70)
    (picture,) = view(volume).pictures
    image = picture.plane.of(Volume(volume))
    assert np.abs(on_screen(picture) - greys(image, volume)[..., None]).max() <= 2
    assert np.array_equal(volume.data, values, equal_nan=True)


# ---- arrays that cannot be shown


class Pretender:
    """Has a shape, and hands out what it likes."""

    def __init__(self, shape, answer=None):
        self.shape, self.answer = shape, answer

    def __getitem__(self, where):
        return self.answer


NO_NUMBERS = ["O", "S3", "U3", "M8[s]", "m8[s]", "V4", "c8", "c16", "i4,f4"]
NO_VOLUMES = {
    **{f"of type {kind}": np.zeros((4, 5, 6), kind) for kind in NO_NUMBERS},
    **{f"of shape {n}": np.zeros(n) for n in [(), (5,), (4, 5), (0, 5, 6), (4, 0, 6), (4, 5, 0)]},
    "of four axes": np.zeros((4, 5, 6, 7)),
    "a list": HEAD.tolist(),
    "a number": 5,
    "nothing": None,
    "a module": np,
    "a class": np.ndarray,
    "a shape of letters": Pretender("abc"),
    "a shape of halves": Pretender((1.5, 2, 3)),
    "slices of another shape": Pretender((4, 5, 6), np.zeros((2, 2))),
    "slices of words": Pretender((4, 5, 6), np.full((5, 6), "x")),
    "no slices": Pretender((4, 5, 6), None),
}
ENTRANCES = {
    **WAYS_IN,
    "Volume": lambda data: Volume(data).plane(0),
    "OrthoViewer": OrthoViewer,
    "beside": lambda data: view([HEAD, data]),
    "overlay": lambda data: view(HEAD, overlay=data if data is not None else 5),
    "contours": lambda data: view(HEAD, contours=data if data is not None else 5),
}


@pytest.mark.parametrize("kind", NO_VOLUMES)
@pytest.mark.parametrize("entrance", ENTRANCES)
def test_what_is_no_volume_is_refused(kind, entrance):
    assert shown_or_refused(lambda: ENTRANCES[entrance](NO_VOLUMES[kind])) is None


# ---- keywords


class Unreadable:
    def __repr__(self):
        return "<a thing\nof two lines>"


JUNK = [None, True, 0, -1, 7, 1.5, np.nan, np.inf, -np.inf, 2**70, 1j, np.float32(2), np.int8(1)]
JUNK += ["", "x", "nope", "two\nlines", b"x", "9" * 999, "1%", ("1%", "99%"), ("x%", "2"), object()]
JUNK += [(), [], {}, set(), (1,), (1, 2), (5, 1), (1, 1), (0, 1, 1), (-1, 1, 1), (np.nan, 1, 1)]
JUNK += [(1, 2, 3, 4), ("a", "b", "c"), [None] * 3, [(0, 1)], [[1, 2], [3]], range(3), Unreadable()]
JUNK += [np.zeros((4, 4)), np.eye(4), np.eye(3), np.full((4, 4), np.nan), np.ones((5, 6)), HEAD]
JUNK += [{"next": {"n"}}, {"crosshair": 5}, {"next": 5}, {"nope": {"n"}}, {5: {"n"}}]
OF_VIEW = ["axis", "dims", "rgb", "spacing", "offset", "affine", "overlay", "contours", "points"]
OF_VIEW += ["draw", "clim", "colorbar", "title", "titles", "labels", "ncols"]
OF_VIEW += ["radiological", "orientation", "ax", "keyword"]
OF_BOTH = ["index", "step", "wrap", "transpose", "keys", "cmap", "vmin", "vmax", "norm", "origin"]
OF_BOTH += ["extent", "aspect", "interpolation", "figsize", "array"]


def answers(viewer):
    """Draw a viewer, press keys, and draw again."""
    if viewer is not None:
        viewer.fig.canvas.draw()
        for key in ("right", "pagedown", "end", "]", "0", "h", "m"):
            slicekit.press(viewer.fig, key)
        viewer.fig.canvas.draw()
        plt.close(viewer.fig)


@settings(max_examples=400)
@given(st.sampled_from(OF_VIEW + OF_BOTH), st.sampled_from(JUNK), st.booleans())
def test_keywords_of_view_do_what_they_can_or_are_refused(name, value, planes):
    answers(shown_or_refused(lambda: view(HEAD, planes=planes, **{name: value})))


@settings(max_examples=150)
@given(st.sampled_from(["axis", "ax", *OF_BOTH]), st.sampled_from(JUNK))
def test_keywords_of_a_viewer_do_what_they_can_or_are_refused(name, value):
    answers(shown_or_refused(lambda: SliceViewer(HEAD, **{name: value})))


@settings(max_examples=100)
@given(
    st.sampled_from(["alpha", "cmap", "color", "vmin", "norm", "levels"]),
    st.sampled_from([value for value in JUNK if repr(value) != "(nan, 1, 1)"]),  # a colour, even so
)
def test_keywords_of_layers_do_what_they_can_or_are_refused(name, value):
    plt.close("all")
    viewer = view(HEAD)
    if name != "levels":
        shown_or_refused(lambda: viewer.overlay(HEAD, **{name: value}))
    shown_or_refused(lambda: viewer.contour(HEAD, **{name: value}))
    answers(viewer)


LIMITS = {
    "swapped": {"vmin": 5, "vmax": 1},
    "the same": {"vmin": 5, "vmax": 5},
    "above all values": {"vmin": 500},
    "no number": {"vmax": np.nan},
    "infinite": {"vmin": -np.inf},
    "no logarithm": {"norm": "log", "vmin": 0},
    "swapped in a norm": {"norm": Normalize(5, 1)},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("way", WAYS_IN)
def test_limits_that_show_nothing_are_refused(way, limits):
    """Matplotlib would say so when it draws the figure, which then stays empty."""
    assert shown_or_refused(lambda: WAYS_IN[way](HEAD, **limits)) is None
    viewer = view(HEAD)
    assert shown_or_refused(lambda: viewer.overlay(HEAD, **limits)) is None


@pytest.mark.parametrize("norm", ["log", LogNorm(), "symlog", BoundaryNorm([0, 9, 99], 3), None])
@pytest.mark.parametrize("volume", [HEAD, 0 * HEAD, -HEAD, HEAD / 1e300, HEAD + 1e15])
def test_norms_have_limits_for_all_values(norm, volume):
    answers(view(volume, norm=norm))


def test_axes_of_ones_own_survive_a_refusal():
    fig, ax = plt.subplots()
    for way in (SliceViewer, view):
        with pytest.raises(
            ValueError, match=r"Matplotlib cannot use cmap='nope': .*'viridis'|'nope'"
        ):
            way(HEAD, ax=ax, cmap="nope")
    assert plt.get_fignums() == [fig.number]
    assert fig.axes == [ax]


@pytest.mark.parametrize("clim", [("1%", "99%"), ("50%", "50%"), ("0%", "1%")])
def test_percentiles_that_are_the_same_show_something(clim):
    sparse = HEAD > 118
    low, high = view(sparse, clim=clim).im.get_clim()
    assert (low, high) == (0, 1)


# ---- what an independent look has found


def test_an_array_whose_file_is_closed_says_so(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        closed = file.create_dataset("head", data=HEAD)
    for way in WAYS_IN.values():
        assert shown_or_refused(lambda way=way: way(closed)) is None
    with pytest.raises(ValueError, match="is its file still open"):
        Volume(closed)


def test_what_fails_while_it_draws_leaves_nothing():
    def draw(ax, index):
        ax.plot([0, 1])
        raise ZeroDivisionError

    viewer = view(HEAD)
    before = viewer.ax.get_children()
    with pytest.raises(ZeroDivisionError):
        viewer.draw(draw)
    assert viewer.ax.get_children() == before
    assert viewer.layers == []


FLAT = {"spacing": (1, 1e-9, 1)}, {"affine": np.diag([1, 1e6, 1, 1])}


@pytest.mark.parametrize("flat", FLAT, ids=["spacing", "affine"])
def test_a_voxel_too_flat_to_be_seen_is_refused(flat):
    with pytest.raises(ValueError, match="more than 10,000 times larger along one axis"):
        view(HEAD, **flat)


COLOURS = {
    "uint16": np.full((2, 5, 5, 3), 65535, np.uint16),
    "fractions above 1": np.full((2, 5, 5, 3), 128.0),
    "infinite": np.full((2, 5, 5, 3), np.inf),
    "below zero": np.full((2, 5, 5, 3), -0.5),
    "whole, below zero": np.full((2, 5, 5, 3), -5, np.int16),
}


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
def test_colours_that_would_be_cut_off_are_refused(colours):
    assert shown_or_refused(lambda: view(colours, rgb=True)) is None
    with pytest.raises(ValueError, match="divide by what is white"):
        view(colours, rgb=True)
    answers(view(np.ones((2, 5, 5, 3)), rgb=True))
    answers(view(np.full((2, 5, 5, 4), 255), rgb=True))
    answers(view(np.full((2, 5, 5, 3), -0.001), rgb=True))


@pytest.mark.parametrize("change", [(np.nan,), (0, 0), (0, -1), (0, np.inf), ("x",), (None,)])
def test_a_contrast_that_cannot_be_is_refused(change):
    viewer = view(HEAD)
    limits = viewer.im.get_clim()
    assert shown_or_refused(lambda: viewer.adjust(*change)) is None
    assert viewer.im.get_clim() == limits


@pytest.mark.parametrize("end", ["-1%", "101%", "nan%", "%", "two"])
def test_percentiles_that_cannot_be_are_refused(end):
    assert shown_or_refused(lambda: view(HEAD, clim=("1%", end))) is None


@pytest.mark.parametrize(
    "name", ["{foo}.png", "{index.x}.png", "{index", "{1}.png", "{index:q}.png"]
)
def test_a_name_that_is_no_format_is_refused(name, tmp_path):
    viewer = view(HEAD)
    assert shown_or_refused(lambda: viewer.save(tmp_path / name)) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [None, "head.nii", 5])
def test_what_is_no_volume_is_not_copied(data, tmp_path):
    assert shown_or_refused(lambda: slicekit.save_planes(data, tmp_path / "x.npy", 0)) is None


# ---- what a second independent look has found


class Labelled:
    """An array that tells places along its first axis, as xarray's do, but not as many."""

    def __init__(self, places):
        self.array, self.shape, self.dims = HEAD, HEAD.shape, ("z", "y", "x")
        self.coords = {name: SimpleNamespace(values=np.asarray(places)) for name in self.dims}

    def __getitem__(self, where):
        return self.array[where]


@pytest.mark.parametrize("places", [3.0, np.ones((4, 5)), [0, 1e-9, 5e-9, 6e-9]])
def test_coordinates_that_tell_no_spacing_are_passed_over(places):
    assert view(Labelled(places)).volume.spacing == (1, 1, 1)


FAR = np.zeros((2, 3, 4), np.longdouble)
FAR[0, 0, 0] = np.longdouble("1e4000")
REFUSED = {
    "spacing of several lengths": (
        lambda: view(HEAD, spacing=[[1, 2], [3]]),
        r"spacing must be three sizes of 1e-12 to 1e\+12 mm, got \[\[1, 2\], \[3\]\]; leave it out",
    ),
    "limits of several lengths": (
        lambda: view(HEAD, clim=[[1, 2], [3]]),
        r"clim must be .*, or a pair such as .*; got \[\[1, 2\], \[3\]\]",
    ),
    "points of several lengths": (
        lambda: view(HEAD, points=[[1, 2], [3]]),
        r"points must be \(N, 3\) voxel indices, got object \(2,\); one row for each point",
    ),
    "a title that asks for more": (
        lambda: view(HEAD, title="{index.x}"),
        r"title '\{index.x\}' is no format: .*no attribute 'x'.*; its fields are index, ",
    ),
    "an axis without a name": (
        lambda: view(HEAD[None], dims=["", "z", "y", "x"]),
        r"dims 'zyx' cannot name the axes of shape \(1, 4, 5, 6\); give each a name",
    ),
    "dims that are one number": (
        lambda: view(HEAD, dims=np.array(3)),
        r"dims must be a name for each axis, such as 'tzyx', got array\(3\)",
    ),
    "labels that are one number": (
        lambda: view(HEAD, labels=np.array(3)),
        r"labels must be a list of names, got array\(3\)",
    ),
    "titles that are one number": (
        lambda: view(HEAD, titles=np.array(3)),
        r"titles must be a list of names, got array\(3\)",
    ),
    "keys that are one number": (
        lambda: view(HEAD, keys={"next": np.array(3)}),
        r"keys for 'next' must be names, as 'n', got array\(3\)",
    ),
    "bare memory": (
        lambda: view(memoryview(HEAD)),
        "a volume must be an array, got a memoryview; use np.asarray",
    ),
    "titles of three planes": (
        lambda: OrthoViewer(HEAD, titles=["a"]),
        r"titles must be a Titles, got \['a'\]; view\(\.\.\., planes=True\) takes names",
    ),
    "contrast of three planes": (
        lambda: OrthoViewer(HEAD, contrast=[5]),
        "contrast must be a list of dicts, one for each volume, got 5",
    ),
    "places of three planes": (
        lambda: OrthoViewer(HEAD, at=5),
        r"at must be a dict, such as \{'t': 3\}, got 5",
    ),
    "a value beyond all that can be shown": (
        lambda: view(FAR),
        "values from 0 to inf lie too far apart to be shown; mask those that mean nothing",
    ),
    "nothing but a value beyond": (
        lambda: view(np.full((2, 3, 4), FAR[0, 0, 0])),
        "values from inf to inf lie too far apart to be shown; mask those that mean nothing",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_names_the_value_the_fault_and_the_cure(name):
    call, words = REFUSED[name]
    with pytest.raises(CLEAN, match=words):
        call()
    assert shown_or_refused(call) is None


@pytest.mark.parametrize("mm", [1e-310, 1e-200, 1e-13, 1e13, 1e200])
@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("name", ["spacing", "affine"])
def test_voxels_too_small_or_too_large_to_compute_with_are_refused(name, planes, mm):
    given = {"spacing": [mm] * 3, "affine": np.diag([mm, mm, mm, 1])}[name]
    for call in (
        lambda: view(HEAD, planes=planes, **{name: given}),
        lambda: Volume(HEAD, **{name: given}),
    ):
        assert shown_or_refused(call) is None
        with pytest.raises(
            ValueError, match=rf"^{name} must be .* 1e-12 to 1e\+12 mm, .*; leave it out"
        ):
            call()


@pytest.mark.parametrize("mm", [1e-12, 1e-6, 1e6, 1e12])
@pytest.mark.parametrize("name", ["spacing", "affine"])
def test_all_other_voxels_are_shown(name, mm):
    given = {"spacing": [mm] * 3, "affine": np.diag([mm, mm, mm, 1])}[name]
    viewer = view(HEAD, planes=True, **{name: given})
    assert viewer.volume.spacing == pytest.approx((mm, mm, mm))
    answers(viewer)


def test_an_affine_and_another_spacing_are_told_apart_however_small_both_are():
    with pytest.raises(ValueError, match="affine= tells sizes and places already, spacing="):
        view(HEAD, affine=np.diag([1e-9, 1e-9, 1e-9, 1]), spacing=(2e-9, 1e-9, 1e-9))


@pytest.mark.parametrize("kind", ["3d", "polar", "mollweide", "removed"])
@pytest.mark.parametrize("way", [SliceViewer, view])
def test_axes_on_which_no_picture_can_lie_are_refused(way, kind):
    ax = plt.figure().add_subplot(projection="rectilinear" if kind == "removed" else kind)
    if kind == "removed":
        ax.remove()
    assert shown_or_refused(lambda: way(HEAD, ax=ax)) is None
    with pytest.raises(
        ValueError, match=rf"ax must be axes .*, got <.*>, .*{kind}; see plt.subplots"
    ):
        way(HEAD, ax=ax)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.html", "'html' is no format of Matplotlib's; .*to_html"),
        ("a.mp4", "'mp4' is no format of Matplotlib's; .*gif.*png"),
        ("slice{index}.MP4", "'mp4' is no format of Matplotlib's; .*gif.*png"),
    ],
)
def test_a_picture_of_no_known_format_is_refused(name, words, tmp_path):
    viewer = view(HEAD)
    for more in ({}, {"dpi": 50}):
        assert shown_or_refused(lambda more=more: viewer.save(tmp_path / name, **more)) is None
        with pytest.raises(ValueError, match=words):
            viewer.save(tmp_path / name, **more)
    assert list(tmp_path.iterdir()) == []
    assert viewer.save(tmp_path / "a.mp4", format="png") == [tmp_path / "a.mp4"]


@pytest.mark.parametrize("stem", ["a\0b", "a" * 300])
@pytest.mark.parametrize("ending", [".png", ".gif", ".html", ".npy"])
def test_a_name_that_no_file_can_have_is_refused(stem, ending, tmp_path):
    viewer, path = view(HEAD), tmp_path / (stem + ending)
    ways = {
        ".html": lambda: viewer.to_html(path),
        ".npy": lambda: slicekit.save_planes(HEAD, path, 0),
    }
    save = ways.get(ending, lambda: viewer.save(path))
    assert shown_or_refused(save) is None
    with pytest.raises(ValueError, match=r"^no file can be called 'a.*\(.*\); choose another"):
        save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [(np.nan, 1), (1, np.inf)])
def test_a_click_needs_a_place(place):
    viewer = view(HEAD)
    assert shown_or_refused(lambda: slicekit.click(viewer.fig, *place)) is None


def test_marks_of_no_size_are_refused():
    viewer = view(HEAD)
    assert shown_or_refused(lambda: viewer.mark([[2, 3, 4]], s=-1)) is None
    with pytest.raises(ValueError, match=r"Matplotlib cannot use .*s=-1.*: invalid value"):
        viewer.mark([[2, 3, 4]], s=-1)
    assert len(viewer.ax.collections) == 0
