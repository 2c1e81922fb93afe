"""Which way is left: against nibabel, for each way in which the axes of a volume can run."""

import gzip
from itertools import permutations, product
from pathlib import Path

import matplotlib.pyplot as plt
import nibabel as nib
import numpy as np
import pytest
import tifffile
from matplotlib.backend_bases import FigureCanvasBase, MouseEvent
from matplotlib.patheffects import withStroke
from nibabel.affines import apply_affine
from nibabel.eulerangles import euler2mat

import slicekit
from slicekit import OrthoViewer, Volume, press, view
from slicekit.orientation import (
    Look,
    axis_codes,
    check_voxel,
    look_at,
    position_of,
    tilt,
    voxel_at,
)
from slicekit.plane import Plane

SHAPE, SPACING = (3, 4, 5), (1, 1.5, 2.5)
PAIRS = ("LR", "PA", "IS")
ORIENTATIONS = ["".join(ends) for pairs in permutations(PAIRS) for ends in product(*pairs)]
# left, right, bottom and top of sagittal, coronal and axial slices
NEUROLOGICAL = [["P", "A", "I", "S"], ["L", "R", "I", "S"], ["L", "R", "P", "A"]]
RADIOLOGICAL = [["P", "A", "I", "S"], ["R", "L", "I", "S"], ["R", "L", "P", "A"]]
NOBODY_KNOWS = [["?", "?", "?", "?"]] * 3


def affine_of(codes, spacing=SPACING, origin=(3, -4, 11)):
    affine = np.zeros((4, 4))
    for axis, letter in enumerate(codes):
        (world,) = (w for w, pair in enumerate(PAIRS) if letter in pair)
        affine[world, axis] = spacing[axis] * (1 if letter in "RAS" else -1)
    affine[:, 3] = *origin, 1
    return affine


def scan(affine, shape=SHAPE):
    """Return an image in which every voxel is different."""
    return nib.Nifti1Image(np.arange(np.prod(shape), dtype=np.int16).reshape(shape), affine)


def letters(viewer):
    """Return what the edges of each panel say: left, right, bottom, top."""
    return [[text.get_text() for text in ax.texts[:4]] for ax in viewer.axes]


def turned(viewer):
    return [
        (p.plane.transpose, p.ax.xaxis_inverted(), p.ax.yaxis_inverted()) for p in viewer.pictures
    ]


class Canonical:
    """What nibabel shows at a place: sagittal, coronal and axial slices, seen as they should be."""

    def __init__(self, img, radiological):
        self.img = nib.as_closest_canonical(img)
        self.array, self.radiological = np.asarray(self.img.dataobj), radiological

    def voxel(self, position):
        return np.round(apply_affine(np.linalg.inv(self.img.affine), position)).astype(int)

    def seen(self, position, panel):
        """Return a slice, from the top left."""
        slice_ = np.take(self.array, self.voxel(position)[panel], panel).T[::-1]
        return slice_[:, ::-1] if self.radiological and panel > 0 else slice_

    def cell(self, position, panel):
        """Return row and column of a place in the slice through it, from the top left."""
        ((row, column),) = np.argwhere(
            self.seen(position, panel) == self.array[tuple(self.voxel(position))]
        )
        return row, column


def cells(ax, shape):
    """Return the places on the figure of a grid that fills the axes, from the top left."""
    rows, columns = ((np.arange(count) + 0.5) / count for count in shape)
    x, y = np.meshgrid(columns, rows[::-1])
    return ax.transAxes.transform(np.stack([x, y], axis=-1).reshape(-1, 2)).reshape(*shape, 2)


def drawn(viewer):
    """Return the grey of a place on the figure, without what lies over the pictures."""
    over = [artist for ax in viewer.axes for artist in (ax.title, *ax.texts, *ax.lines)]
    for artist in over:
        artist.set_visible(False)
    viewer.fig.canvas.draw()
    for artist in over:
        artist.set_visible(True)
    pixels = np.asarray(viewer.fig.canvas.buffer_rgba())[::-1, :, 0]
    return lambda places: pixels[places[..., 1].astype(int), places[..., 0].astype(int)]


def click_at(fig, place):
    for name in ("button_press_event", "button_release_event"):
        fig.canvas.callbacks.process(name, MouseEvent(name, fig.canvas, *place, 1))


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch):
    """Agg draws whenever it is asked to draw when idle, and nobody looks."""
    monkeypatch.setattr(FigureCanvasBase, "draw_idle", lambda self: None)


@pytest.fixture(autouse=True)
def _small_figures():
    plt.rcParams["figure.figsize"] = 3.2, 2.4


# ---- 48 orientations


@pytest.mark.parametrize("codes", ORIENTATIONS)
def test_the_screen_shows_what_nibabel_calls_canonical(codes):
    img = scan(affine_of(codes))
    for radiological in (False, True):
        viewer = view(img, planes=True, radiological=radiological)
        canonical, grey = Canonical(img, radiological), drawn(viewer)
        for panel, ax in enumerate(viewer.axes):
            seen = canonical.seen(viewer.position, panel)
            assert np.allclose(grey(cells(ax, seen.shape)), seen / 59 * 255, atol=2)
            sizes = np.delete(canonical.img.header.get_zooms(), panel) * seen.shape[::-1]
            assert ax.bbox.height / ax.bbox.width == pytest.approx(sizes[1] / sizes[0], rel=1e-6)
        assert letters(viewer) == (RADIOLOGICAL if radiological else NEUROLOGICAL)


@pytest.mark.parametrize("codes", ORIENTATIONS)
def test_the_voxel_clicked_is_the_voxel_under_the_pointer(codes):
    img = scan(affine_of(codes))
    array, rng = np.asarray(img.dataobj), np.random.default_rng(ORIENTATIONS.index(codes))
    for radiological in (False, True):
        viewer, canonical = (
            view(img, planes=True, radiological=radiological),
            Canonical(img, radiological),
        )
        viewer.fig.draw_without_rendering()
        for panel in (0, 1, 2):
            ax, seen = viewer.axes[panel], canonical.seen(viewer.position, panel)
            cell = tuple(rng.integers(seen.shape))
            place = cells(ax, seen.shape)[cell] + rng.uniform(-1, 1, 2)
            (voxel,) = np.argwhere(array == seen[cell]).tolist()
            said = ax.format_coord(*ax.transData.inverted().transform(place))
            click_at(viewer.fig, place)
            assert list(viewer.voxel) == voxel
            x, y, z = apply_affine(img.affine, voxel)
            assert (
                said == f"voxel {tuple(voxel)}, ({x:.1f}, {y:.1f}, {z:.1f}) mm, value {seen[cell]}"
            )
            crossed(viewer, canonical)


def crossed(viewer, canonical):
    """Compare where the lines cross with where nibabel has the place."""
    for panel, ax in enumerate(viewer.axes):
        seen = canonical.seen(viewer.position, panel)
        (x, _), (_, y) = (line.get_xydata()[0] for line in ax.lines)
        there = ax.transData.transform((x, y))
        expected = cells(ax, seen.shape)[canonical.cell(viewer.position, panel)]
        assert np.allclose(there, expected, atol=1e-6)


@pytest.mark.parametrize("codes", ORIENTATIONS)
def test_one_slice_is_seen_as_in_three_planes(codes):
    img = scan(affine_of(codes))
    three = view(img, planes=True, radiological=True)
    one = view(img, radiological=True)
    for _ in range(4):  # through all axes, and back to the first one
        panel = three.look.axes.index(one.axis)
        assert letters(one) == [RADIOLOGICAL[panel]]
        assert turned(one) == [turned(three)[panel]]
        assert one.ax.get_aspect() == three.axes[panel].get_aspect()
        assert np.array_equal(one.im.get_array(), three.pictures[panel].im.get_array())
        assert one.ax.get_title() == three.axes[panel].get_title()
        press(one.fig, "a")


@pytest.mark.parametrize("codes", ["RAS", "LPS", "SLA", "PIR"])
def test_orientation_told_is_as_good_as_known(codes):
    known = scan(affine_of(codes, (1, 1, 1)))
    one, other = (
        view(known, planes=True),
        view(np.asarray(known.dataobj), planes=True, orientation=codes.lower()),
    )
    assert letters(one) == letters(other) == NEUROLOGICAL
    assert turned(one) == turned(other)
    assert [ax.get_title() for ax in other.axes][1].startswith("coronal ")
    assert other.position is None  # directions are no places


# ---- oblique


def rotated(codes, *degrees):
    """Return an affine of voxels that lie askew, by angles about the axes of the world."""
    turn = np.eye(4)
    turn[:3, :3] = euler2mat(*np.radians(degrees)[::-1])
    return turn @ affine_of(codes)


@pytest.mark.parametrize("codes", ["RAS", "LPI", "ASL"])
@pytest.mark.parametrize("degrees", [(10, 0, 0), (0, 30, 0), (0, 0, 44), (10, 20, 0), (25, 15, 20)])
def test_oblique_axes_are_named_by_the_nearest(codes, degrees):
    affine = rotated(codes, *degrees)
    viewer = view(scan(affine), planes=True)
    assert "".join(viewer.look.codes) == "".join(nib.aff2axcodes(affine))
    expected = [[f"≈{letter}" for letter in four] for four in NEUROLOGICAL]
    assert letters(viewer) == expected
    titles = [ax.get_title() for ax in viewer.axes]
    assert [title.partition(" ")[0] for title in titles] == ["≈sagittal", "≈coronal", "≈axial"]
    # a slice across the axis of a rotation has all its voxels at one place; any other has not
    assert [", " in title for title in titles] == [
        angle > 0 == sum(degrees) - angle for angle in degrees
    ]
    assert "oblique" in viewer.fig.axes[3].texts[0].get_text()


def test_the_corner_says_how_oblique():
    for degrees in (10, 30, 44):
        viewer = view(scan(rotated("RAS", 0, 0, degrees)), planes=True, radiological=True)
        said = viewer.fig.axes[3].texts[0].get_text()
        assert said.endswith(f"nearest, up to {degrees}.0° off")
        assert said.startswith("radiological:\nleft is on the right")
    assert view(scan(rotated("RAS", 0, 0, 0.05)), planes=True).look.near == ""
    assert view(scan(rotated("RAS", 0, 0, 0.2)), planes=True).look.near == "≈"


def test_sheared_axes_are_oblique():
    affine = affine_of("RAS")
    affine[0, 2] = 1.0
    viewer = view(scan(affine), planes=True)
    assert letters(viewer)[2] == ["≈L", "≈R", "≈P", "≈A"]
    assert viewer.look.tilt == pytest.approx(np.degrees(np.arctan(1 / 2.5)))


def test_oblique_voxels_are_still_those_under_the_pointer():
    img = scan(rotated("LPI", 10, 20, 30))
    viewer, array = view(img, planes=True), np.asarray(img.dataobj)
    viewer.fig.draw_without_rendering()
    for panel in (0, 1, 2):
        ax, im = viewer.axes[panel], viewer.pictures[panel].im
        for place in ax.transAxes.transform([(0.1, 0.9), (0.8, 0.3)]):
            under = im.get_cursor_data(MouseEvent("x", viewer.fig.canvas, *place))
            click_at(viewer.fig, place)
            assert array[viewer.voxel] == under
            assert np.allclose(viewer.position, apply_affine(img.affine, viewer.voxel))


# ---- who does not know


def analyze(path, array):
    nib.save(nib.AnalyzeImage(array, np.diag([-2.0, 2, 2, 1])), path / "scan.hdr")
    return path / "scan.hdr"


def nifti_without_codes(path, array):
    img = nib.Nifti1Image(array, None)
    img.header.set_zooms((1, 1.5, 2.5))
    nib.save(img, path / "scan.nii")
    return path / "scan.nii"


def mgh_without_directions(path, array):
    img = nib.MGHImage(array, None)
    img.header["goodRASFlag"] = 0
    return img


def mgh_file_without_directions(path, array):
    img = nib.MGHImage(np.float32(array), affine_of("LAS"))
    nib.save(img, path / "scan.mgh")
    header = bytearray((path / "scan.mgh").read_bytes())
    header[28:30] = bytes(2)
    (path / "scan.mgh").write_bytes(header)
    return path / "scan.mgh"


def mgz_file_without_directions(path, array):
    plain = mgh_file_without_directions(path, array)
    (path / "scan.mgz").write_bytes(gzip.compress(plain.read_bytes()))
    return path / "scan.mgz"


def saved_npy(path, array):
    np.save(path / "scan.npy", array)
    return path / "scan.npy"


def saved_tiff(path, array):
    tifffile.imwrite(path / "scan.tif", array, photometric="minisblack")
    return path / "scan.tif"


CANNOT_SAY = {
    "Analyze": analyze,
    "Analyze, read by nibabel": lambda path, array: nib.load(analyze(path, array)),
    "NIfTI, both codes 0": nifti_without_codes,
    "NIfTI, read by nibabel": lambda path, array: nib.load(nifti_without_codes(path, array)),
    "NIfTI in memory": lambda path, array: nib.Nifti1Image(array, None),
    "MGH, directions not good": mgh_without_directions,
    "MGH file": mgh_file_without_directions,
    "MGZ file": mgz_file_without_directions,
    "MGH, read by nibabel": lambda path, array: nib.load(mgh_file_without_directions(path, array)),
    ".npy": saved_npy,
    "TIFF": saved_tiff,
    "array": lambda path, array: array,
}


# nibabel does not close MGH files that it reads
@pytest.mark.filterwarnings("ignore:unclosed file .*scan.mg[hz]:ResourceWarning")
@pytest.mark.parametrize("kind", CANNOT_SAY)
def test_who_cannot_say_is_labelled_so_until_told(kind, tmp_path, array):
    data = CANNOT_SAY[kind](tmp_path, array)
    viewer = view(data, planes=True)
    assert letters(viewer) == NOBODY_KNOWS
    assert "do not say" in viewer.fig.axes[3].texts[0].get_text()
    assert viewer.position is None
    assert " mm" not in "".join(ax.get_title() + ax.format_coord(1, 1) for ax in viewer.axes)
    assert letters(view(data, radiological=True)) == NOBODY_KNOWS[:1]
    assert letters(view(data, planes=True, orientation="LAS")) == NEUROLOGICAL
    told = view(data, planes=True, affine=affine_of("PIR"), radiological=True)
    assert letters(told) == RADIOLOGICAL
    assert told.position is not None
    assert letters(view(data)) == [[]]  # who asks for nothing gets nothing


def test_a_series_that_cannot_say(array):
    film = nib.Nifti1Image(np.stack([array, array], axis=-1), None)
    assert letters(view(film, planes=True)) == NOBODY_KNOWS
    assert letters(view(film, planes=True, orientation="SLA")) == NEUROLOGICAL


@pytest.mark.parametrize("told_by", ["origin", ".mat"])
def test_an_analyze_file_of_spm_says(told_by, tmp_path, array):
    affine = np.diag([-2.0, 2, 2, 1])
    affine[:3, 3] = 6, -4, -4
    img = nib.Spm99AnalyzeImage(array, affine)
    if told_by == "origin":
        img.header.set_origin_from_affine(affine)
    nib.save(img, tmp_path / "scan.hdr")
    if told_by == "origin":
        (tmp_path / "scan.mat").unlink()
    assert nib.load(tmp_path / "scan.hdr").header["origin"].any() == (told_by == "origin")
    for data in (tmp_path / "scan.hdr", nib.load(tmp_path / "scan.img")):
        viewer = view(data, planes=True)
        assert letters(viewer) == NEUROLOGICAL
        assert viewer.look.codes == "LAS"


def test_mm_along_the_axes_of_an_array_are_no_directions(array):
    viewer = view(array, planes=True, spacing=(1, 2, 3), offset=(-5, 0, 7))
    assert letters(viewer) == NOBODY_KNOWS
    assert [ax.get_title() for ax in viewer.axes] == [
        "axis 0 2 / 3, -3 mm",
        "axis 1 2 / 4, 4 mm",
        "axis 2 3 / 5, 16 mm",
    ]


@pytest.mark.parametrize("codes", ["LAS", "PIR"])
def test_other_voxel_sizes_leave_the_directions(array, codes):
    img = nib.Nifti1Image(array, affine_of(codes))
    viewer = view(img, planes=True, spacing=(2, 2, 5))
    assert viewer.look.codes == codes
    assert letters(viewer) == NEUROLOGICAL
    assert np.allclose(viewer.volume.affine, affine_of(codes, (2, 2, 5)))
    with pytest.raises(ValueError, match=f"says that it runs {codes}, not RAS"):
        view(img, planes=True, spacing=(2, 2, 5), orientation="RAS")


def test_an_affine_without_three_directions_has_no_codes():
    flat = np.eye(4)
    flat[:3, 2] = flat[:3, 0] + flat[:3, 1]
    for affine in (np.ones((4, 4)), np.zeros((4, 4)), np.full((4, 4), np.inf), flat, np.eye(3)):
        assert axis_codes(affine) == ""


def test_mm_along_the_axes_of_an_array_that_runs_like_the_world(array):
    viewer = view(array, planes=True, spacing=(1, 2, 3), offset=(-5, 0, 7), orientation="ras")
    assert letters(viewer) == NEUROLOGICAL
    assert viewer.position.tolist() == [-3, 4, 16]


def test_a_minc_series_has_its_time_first():
    img = nib.load(Path(nib.__file__).parent / "tests" / "data" / "minc1_4d.mnc")
    moments = np.asarray(img.dataobj)
    assert moments.shape == (2, 10, 20, 20)
    for data in (img, img.get_filename()):
        viewer = view(data, planes=True)
        viewer.voxel = 2, 5, 12
        viewer.go(t=1)
        assert viewer.look.codes == "SAR"
        assert letters(viewer) == NEUROLOGICAL
        assert viewer.position.tolist() == [4, -10, -6]
        assert np.array_equal(viewer.pictures[2].im.get_array(), moments[1, 2])
    assert np.array_equal(slicekit.load(img.get_filename(), frame=1), moments[1])


def test_the_user_may_say_that_nobody_knows(array):
    viewer = view(array, planes=True, affine=np.eye(4), orientation="")
    assert letters(viewer) == NOBODY_KNOWS


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"orientation": "LAS", "affine": np.eye(4)}, "says that it runs RAS, not LAS.*affine="),
        ({"orientation": "LAS", "offset": (1, 2, 3)}, "along the array's own axes.*tells both"),
        ({"orientation": "RRS"}, "one of R or L, of A or P, and of S or I.*got 'RRS'"),
        ({"orientation": "RA"}, "got 'RA'"),
        ({"orientation": "RASL"}, "got 'RASL'"),
        ({"orientation": "XYZ"}, "got 'XYZ'"),
        ({"orientation": 5}, "got 5"),
        ({"orientation": "LAS", "transpose": True}, "turned by anatomy; leave it out"),
        ({"affine": np.eye(4), "radiological": True, "transpose": True}, "turned by anatomy"),
    ],
)
def test_what_cannot_be_told(array, options, words):
    for planes in (False, True) if "transpose" not in options else (False,):
        with pytest.raises(ValueError, match=words) as caught:
            view(array, planes=planes, **options)
        assert "\n" not in str(caught.value)
        assert plt.get_fignums() == []


def test_volumes_side_by_side_run_the_same_way(array):
    one, other = (nib.Nifti1Image(array, affine_of(codes)) for codes in ("RAS", "LAS"))
    with pytest.raises(ValueError, match="must run the same way, got LAS, RAS; link two views"):
        view([one, other], planes=True)
    assert plt.get_fignums() == []
    silent = nib.Nifti1Image(array, None)
    with pytest.raises(ValueError, match="got unknown, RAS"):
        view([one, silent], planes=True)
    assert letters(view([one, silent], planes=True, orientation="RAS")) == NEUROLOGICAL * 2
    assert letters(view([one, array], planes=True)) == NEUROLOGICAL * 2  # lies where the first does


# ---- one slice, radiological


def test_overlays_and_points_go_along(array):
    mask = array > 60
    img = nib.Nifti1Image(array, affine_of("LPS"))
    viewer = view(img, radiological=True, overlay=mask, contours=mask, points=[[2, 1, 4]])
    for _ in range(3):
        under, over = viewer.ax.images
        assert over.get_extent() == under.get_extent()
        assert np.array_equal(over.get_array().mask, under.get_array() <= 60)
        press(viewer.fig, "a")
    viewer.voxel = 2, 1, 4
    for _ in range(3):
        (x, y), value = viewer.ax.collections[-1].get_offsets()[0], array[2, 1, 4]
        assert viewer.ax.format_coord(x, y).endswith(f"value {value}")
        press(viewer.fig, "a")


def test_a_montage_is_seen_from_the_same_side(array):
    for affine in (affine_of("LPS"), affine_of("IRA")):
        viewer = view(nib.Nifti1Image(array, affine), radiological=True, axis=1)
        fig = viewer.montage([0, 3])
        assert [[t.get_text() for t in ax.texts] for ax in fig.axes] == letters(viewer) * 2
        for ax in fig.axes:
            assert (ax.get_xlim(), ax.get_ylim()) == (viewer.ax.get_xlim(), viewer.ax.get_ylim())
        assert np.array_equal(fig.axes[1].images[0].get_array(), viewer.volume.plane(3, 1).T) == (
            viewer.plane.transpose
        )


def test_letters_stay_true_however_the_axes_are_turned(array):
    viewer = view(array, radiological=True, orientation="RAS", axis=2)
    assert letters(viewer) == [["R", "L", "P", "A"]]
    viewer.ax.invert_xaxis()
    viewer.ax.invert_yaxis()
    assert letters(viewer) == [["L", "R", "A", "P"]]
    press(viewer.fig, "k")
    assert letters(viewer) == [["L", "R", "A", "P"]]


def test_letters_stay_true_when_only_the_overlay_is_left(array):
    viewer = view(array, radiological=True, orientation="RAS", overlay=array > 60)
    viewer.im.remove()
    press(viewer.fig, "a")
    assert not viewer.ax.xaxis_inverted()  # nobody turns what is left
    assert letters(viewer) == [["L", "R", "I", "S"]]


def test_letters_on_another_picture_follow_its_flips(array):
    viewer = view(array, radiological=True, orientation="RAS", axis=2)
    picture = viewer.pictures[0].on(plt.figure().add_subplot(), viewer.plane)
    edges = viewer.layers[0].on(picture, viewer.plane)
    picture.ax.invert_xaxis()
    assert [text.get_text() for text in edges.texts] == ["L", "R", "P", "A"]


def test_zoom_stays_and_the_home_button_does_not_turn_it(array):
    viewer = view(array, radiological=True, orientation="LPI")
    viewer.ax.set(xlim=(3, 1), ylim=(1, 2))
    press(viewer.fig, "k")
    assert (viewer.ax.get_xlim(), viewer.ax.get_ylim()) == ((3, 1), (1, 2))
    press(viewer.fig, "a")
    seen = turned(viewer)
    press(viewer.fig, "h")  # Matplotlib's own home
    assert turned(viewer) == seen


@pytest.mark.parametrize("origin", ["upper", "lower"])
def test_anatomy_wins_over_the_origin(origin):
    img = scan(affine_of("LPS"))
    viewer = view(np.asarray(img.dataobj), orientation="LPS", planes=True, origin=origin)
    assert letters(viewer) == NEUROLOGICAL
    canonical = Canonical(img, False)
    grey = drawn(viewer)
    middle = apply_affine(affine_of("LPS"), viewer.voxel)
    for panel, ax in enumerate(viewer.axes):
        seen = canonical.seen(middle, panel)
        assert np.allclose(grey(cells(ax, seen.shape)), seen / 59 * 255, atol=2)


def test_colours_are_turned_too():
    colour = np.random.default_rng(0).integers(0, 255, (*SHAPE, 3)).astype(np.uint8)
    viewer = view(colour, rgb=True, planes=True, orientation="PIL")
    other = view(colour[..., 0], planes=True, orientation="PIL", vmin=0, vmax=255)
    assert turned(viewer) == turned(other)
    for one, two in zip(viewer.pictures, other.pictures, strict=True):
        assert np.array_equal(one.im.get_array()[..., 0], two.im.get_array())


# ---- small parts


def test_axis_codes_are_those_of_nibabel():
    for codes in ORIENTATIONS:
        assert axis_codes(affine_of(codes)) == codes
    for nothing in (None, np.full((4, 4), np.nan), np.diag([1.0, 1, 0, 1])):
        assert axis_codes(nothing) == ""


@pytest.mark.parametrize("position", [(1, 2), (1, 2, 3, 4), (1, np.nan, 3), 5])
def test_a_position_is_three_numbers(array, position):
    with pytest.raises(ValueError, match="a position must be three numbers in mm, got"):
        voxel_at(Volume(array, affine=np.eye(4)), position)


def test_the_voxel_at_a_position_is_the_nearest(array):
    volume = Volume(array, affine=affine_of("PIR", (2, 2, 2), (0, 0, 0)))
    for voxel in ((0, 0, 0), (3, 4, 5), (-2, 0, 9)):
        there = apply_affine(volume.affine, voxel)
        assert voxel_at(volume, there) == voxel
        assert voxel_at(volume, there + 0.9) == voxel
    assert voxel_at(volume, (1.1, 0, 0)) == (0, 0, 1)


def test_an_array_alone_does_not_wait_for_nibabel(array):
    viewer = OrthoViewer(array)
    assert letters(viewer) == NOBODY_KNOWS
    assert isinstance(viewer, slicekit.View)


@pytest.mark.parametrize(
    ("codes", "names", "planes", "radiological"),
    [
        ("", ["axis 0", "axis 1", "axis 2"], [(False, False, None)] * 3, [False] * 3),
        ("RAS", ["sagittal", "coronal", "axial"], [(True, False, True)] * 3, [False, True, True]),
        (
            "LPI",
            ["sagittal", "coronal", "axial"],
            [(True, True, False)] * 2 + [(True, True, False)],
            [True, False, False],
        ),
        (
            "SAR",
            ["axial", "coronal", "sagittal"],
            [(False, False, True)] * 3,
            [True, True, False],
        ),
    ],
)
def test_how_a_slice_is_turned(codes, names, planes, radiological):
    look, other = Look(codes), Look(codes, radiological=True)
    for axis in range(3):
        assert look.name(axis) == names[axis]
        assert look.plane(axis, 5) == Plane(axis, 5, *planes[axis])
        assert other.plane(axis, 5).leftwards == radiological[axis]


def test_nobody_changes_how_slices_are_seen_behind_the_back_of_their_pictures(array):
    viewer = view(array, radiological=True, orientation="RAS")
    with pytest.raises(AttributeError):
        viewer.look.radiological = False


def test_letters_that_are_only_the_nearest_say_so():
    for degrees, near in ((0.0, ""), (0.09, ""), (0.1, "≈"), (20.0, "≈")):
        look = Look("LPS", tilt=degrees)
        assert look.ends(0) == (f"{near}R", f"{near}L")
        assert look.ends(2) == (f"{near}I", f"{near}S")
        assert look.name(2) == f"{near}axial"
    assert Look().ends(1) == ("?", "?")


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (
            Look(),
            "orientation unknown: the\ndata do not say where left\nis; tell with orientation=",
        ),
        (Look("RAS"), "neurological:\nleft is on the left"),
        (Look("RAS", radiological=True), "radiological:\nleft is on the right"),
        (
            Look("RAS", tilt=12.34),
            "neurological:\nleft is on the left\n"
            "oblique: letters are the\nnearest, up to 12.3° off",
        ),
    ],
)
def test_the_words_in_the_corner(look, words):
    assert look.words() == words


def test_who_knows_the_directions_is_asked_first(array):
    known, unknown = Volume(array, affine=affine_of("LAS")), Volume(array)
    assert look_at([known]) == Look("LAS")
    assert look_at([known, unknown], radiological=True, orientation="las") == Look("LAS", True)
    assert look_at([known], orientation="") == Look("")
    assert look_at([unknown]) == Look("")
    assert look_at([unknown], orientation="PIR") == Look("PIR")
    turned = affine_of("RAS")
    turned[:3, :3] = euler2mat(np.radians(30), 0, 0)
    looks = look_at([Volume(array, affine=turned), Volume(array, affine=np.eye(4))])
    assert looks.tilt == pytest.approx(30)
    assert tilt(np.zeros((4, 4))) == tilt(None) == 0


def test_positions_of_voxels_and_back(array):
    volume = Volume(array, affine=[[0, 2, 0, 5], [3, 0, 0, 6], [0, 0, -4, 7], [0, 0, 0, 1]])
    assert position_of(volume, (1, 2, 3)).tolist() == [9, 9, -5]
    assert voxel_at(volume, (9, 9, -5)) == (1, 2, 3)
    assert {type(index) for index in voxel_at(volume, (9, 9, -5))} == {int}
    assert position_of(Volume(array), (1, 2, 3)) is None
    assert check_voxel((1, 2, 3), array.shape) == [1, 2, 3]


def test_letters_stand_at_the_edges_and_can_be_read_on_black_and_white(array):
    viewer = view(array, orientation="RAS", planes=True)
    expected = [
        ("left", "center", (0.02, 0.5)),
        ("right", "center", (0.98, 0.5)),
        ("center", "bottom", (0.5, 0.02)),
        ("center", "top", (0.5, 0.98)),
    ]
    for ax in viewer.axes:
        texts = [text for text in ax.texts if text.get_text() in (*"LRAPSI",)]
        assert [(t.get_ha(), t.get_va(), t.get_position()) for t in texts] == expected
        assert all(t.get_transform() is ax.transAxes for t in texts)
        assert {t.get_color() for t in texts} == {"white"}
        for text in texts:
            (outline,) = [e for e in text.get_path_effects() if isinstance(e, withStroke)]
            assert outline._gc == {"linewidth": 2, "foreground": "black"}
