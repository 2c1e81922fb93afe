"""Which way is left: where the axes of a volume run, and from which side its slices are seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from matplotlib.patheffects import withStroke

from slicekit.complaint import told
from slicekit.picture import Picture
from slicekit.plane import Plane
from slicekit.sizes import is_affine, numbers
from slicekit.volume import check_index

OPPOSITE = {"L": "R", "R": "L", "P": "A", "A": "P", "I": "S", "S": "I"}
PLANES = {"RL": "sagittal", "AP": "coronal", "SI": "axial"}  # by what runs through the slices


def axis_codes(affine: Any) -> str:
    """Return towards where each axis of a volume runs.

    Parameters
    ----------
    affine : (4, 4) array or None
        From voxel indices to a position in mm (RAS+).

    Returns
    -------
    str
        A letter for each axis, such as ``"RAS"``: its index grows towards right (R) or
        left (L), anterior (A) or posterior (P), superior (S) or inferior (I), or nearer
        to there than to anywhere else. Empty if there is no affine, or none with three
        directions.
    """
    if not is_affine(affine):
        return ""
    from nibabel.orientations import aff2axcodes  # takes its time, and arrays do without

    return "".join(aff2axcodes(np.asarray(affine)))


def tilt(affine: Any) -> float:
    """Return the largest angle between an axis of a volume and the nearest of the world, degrees.

    Parameters
    ----------
    affine : (4, 4) array or None
        From voxel indices to a position in mm; without one there is no angle, 0.
    """
    if not axis_codes(affine):
        return 0.0
    from nibabel.affines import obliquity

    return float(np.degrees(np.max(obliquity(np.asarray(affine)))))


def check_codes(codes: str) -> str:
    """Return axis codes in capitals, if they name each direction once; none may be given."""
    letters = str(codes).upper()
    pairs = [pair for letter in letters for pair in PLANES if letter in pair]
    if letters and (len(letters) != 3 or sorted(pairs) != sorted(PLANES)):
        raise ValueError(
            f"orientation must say where each axis runs, one of R or L, of A or P, and of S or I, "
            f"such as 'RAS' or 'LPS'; got {told(codes)}"
        )
    return letters


def check_voxel(voxel: Sequence[int] | np.ndarray, shape: Sequence[int]) -> list[int]:
    """Return the three indices of a voxel, if there is such a voxel."""
    if numbers(voxel).shape != (3,):
        raise ValueError(f"a voxel must have three indices, got {told(voxel)}; go(index) takes one")
    pairs = enumerate(zip(voxel, shape, strict=True))
    return [check_index(index, count, axis) for axis, (index, count) in pairs]


def position_of(volume: Any, voxel: Any) -> np.ndarray | None:
    """Return the (3,) position of the centre of a voxel in mm; None if the volume has no affine."""
    if volume.affine is None:
        return None
    position: np.ndarray = volume.affine @ [*voxel, 1]
    return position[:3]


def voxel_at(volume: Any, position: Any) -> tuple[int, ...]:
    """Return the voxel at a position in mm.

    Parameters
    ----------
    volume : Volume
        Anything with an affine.
    position : (3,) sequence of float
        In mm.

    Returns
    -------
    (3,) tuple of int
        The voxel in which it lies; that may be outside of the volume.

    Raises
    ------
    ValueError
        If the volume does not know where it lies, or this is no position.
    """
    if volume.affine is None:
        raise ValueError(f"{volume!r} does not know where it lies in mm; give it an affine=")
    mm = numbers(position)
    if mm.shape != (3,) or not np.isfinite(mm).all():
        raise ValueError(f"a position must be three numbers in mm, got {told(position)}")
    place = np.linalg.solve(volume.affine, [*mm, 1])[:3]
    return tuple(int(index) for index in np.floor(place + 0.5))


@dataclass(frozen=True)
class Look:
    """From which side slices are seen: with the head up, and left on the side that one chooses.

    Parameters
    ----------
    codes : str
        As `axis_codes` returns them. Where nobody knows, slices are shown as ``imshow``
        would.
    radiological : bool
        Whether the left of the body is on the right, as if seen from the feet and from
        the front; default: False, it is on the left. Sagittal slices have the front of the
        body on the right in any case.
    tilt : float
        The largest angle between the axes and the directions named, in degrees;
        default: 0. From a tenth on, volumes count as oblique.
    """

    codes: str = ""
    radiological: bool = False
    tilt: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.radiological, bool | np.bool_):
            raise TypeError(
                f"radiological must be True (left of the body on the right) or False (on the "
                f"left), got {told(self.radiological)}"
            )

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that run through sagittal, coronal and axial slices; 0, 1, 2 if unknown."""
        if not self.codes:
            return 0, 1, 2
        return tuple(next(i for i in range(3) if self.codes[i] in pair) for pair in PLANES)

    @property
    def near(self) -> str:
        """What stands before a letter that is only the nearest."""
        return "≈" if self.tilt >= 0.1 else ""

    def name(self, axis: int) -> str:
        """Return what slices with an axis held fixed are called."""
        if not self.codes:
            return f"axis {axis}"
        return self.near + list(PLANES.values())[self.axes.index(axis)]

    def plane(self, axis: int, index: int) -> Plane:
        """Return how a slice is seen."""
        if not self.codes:
            return Plane(axis, index)
        *_, up = (a for a in self.axes if a != axis)  # superior; in axial slices anterior
        across = 3 - axis - up
        rightwards = "L" if self.radiological else "R"
        return Plane(
            axis,
            index,
            transpose=across < up,
            leftwards=self.codes[across] not in (rightwards, "A"),
            upwards=self.codes[up] in "AS",
        )

    def ends(self, axis: int) -> tuple[str, str]:
        """Return the letters at the beginning and at the end of an axis."""
        if not self.codes:
            return "?", "?"
        end = self.codes[axis]
        return self.near + OPPOSITE[end], self.near + end

    def words(self) -> str:
        """Say in a few lines on which side left is, and how sure that is."""
        if not self.codes:
            return (
                "orientation unknown: the\ndata do not say where left\nis; tell with orientation="
            )
        lines = ["radiological:" if self.radiological else "neurological:"]
        lines += [f"left is on the {'right' if self.radiological else 'left'}"]
        if self.near:
            lines += ["oblique: letters are the", f"nearest, up to {self.tilt:.1f}° off"]
        return "\n".join(lines)


def look_at(
    volumes: Sequence[Any], radiological: bool = False, orientation: str | None = None
) -> Look:
    """Return from which side volumes are seen.

    Parameters
    ----------
    volumes : sequence of Volume
        All of one orientation.
    radiological : bool
        As in `Look`; default: False.
    orientation : str or None
        Where the axes run, such as ``"LAS"``, for volumes that do not know; ``""`` if
        nobody does. Default: what the volumes know.

    Raises
    ------
    ValueError
        If the volumes do not agree, or know better.
    """
    told = None if orientation is None else check_codes(orientation)
    known = {axis_codes(volume.affine) or told or "" for volume in volumes}
    if len(known) > 1:
        each = ", ".join(code or "unknown" for code in sorted(known))
        raise ValueError(f"volumes side by side must run the same way, got {each}; link two views")
    (codes,) = known
    if codes and told and told != codes:
        raise ValueError(f"the volume says that it runs {codes}, not {told}; tell its true affine=")
    if told is not None:
        codes = told
    return Look(codes, radiological, max(tilt(volume.affine) for volume in volumes))


class Edges:
    """The letters at the four edges of a picture, wherever zoom, pan and flips turn it.

    Parameters
    ----------
    picture : Picture
        Where to write.
    look : Look
        What knows the letters.
    """

    PLACES: ClassVar[Mapping[str, tuple[float, float]]] = {
        "left": (0.02, 0.5),
        "right": (0.98, 0.5),
        "bottom": (0.5, 0.02),
        "top": (0.5, 0.98),
    }

    def __init__(self, picture: Picture, look: Look) -> None:
        self.picture, self.look, ax = picture, look, picture.ax
        outline = [withStroke(linewidth=2, foreground="black")]
        self.texts = []
        for side, (x, y) in self.PLACES.items():
            place: dict[str, Any] = {"ha": "center", "va": "center", "transform": ax.transAxes}
            place["ha" if side in ("left", "right") else "va"] = side
            self.texts.append(ax.text(x, y, "", color="white", path_effects=outline, **place))
        for name in ("xlim_changed", "ylim_changed"):
            ax.callbacks.connect(name, self._write)
        self._write()

    def show(self, plane: Plane) -> None:
        """Write the letters for another slice."""
        self._write()

    def on(self, picture: Picture, plane: Plane) -> Self:
        """Write on another picture."""
        other = type(self)(picture, self.look)
        # Matplotlib holds methods weakly, and nobody else may hold these letters
        picture.ax.callbacks.connect("xlim_changed", lambda ax: other.show(plane))
        return other

    def _write(self, *_: Any) -> None:
        plane, ax = self.picture.plane, self.picture.ax
        down, across = (axis for axis in range(3) if axis != plane.axis)
        if plane.transpose:
            down, across = across, down
        letters = [*self.look.ends(across), *self.look.ends(down)]
        if ax.xaxis_inverted():
            letters[:2] = letters[1::-1]
        if ax.yaxis_inverted():
            letters[2:] = letters[:1:-1]
        for text, letter in zip(self.texts, letters, strict=True):
            text.set_text(letter)
