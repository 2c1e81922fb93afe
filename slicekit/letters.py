"""Titles of kept letters: a number that changes is made of digits that were drawn before."""

import re
from copy import copy
from typing import Any

import numpy as np
from matplotlib.text import Text

PAPER = 3  # pixels around a text that belong to it


class Letters:
    """Writes one text letter by letter, each as Matplotlib drew it before in the same place.

    Matplotlib draws all letters of a text anew, whichever of them are new. Here texts that
    differ only in digits share their letters, as "34 / 67" and "35 / 67" do. They come from
    "00 / 00" to "99 / 99", which are drawn once, and cut where there is paper between letters.

    Parameters
    ----------
    text : Text
        What to write.
    renderer : RendererAgg
        On which it is drawn.
    """

    def __init__(self, text: Text, renderer: Any) -> None:
        self.text, self._renderer, self._look = text, renderer, look_of(text)
        self._bottom = text.get_window_extent(renderer).y0
        self._lines: dict[str, Any] = {}  # where a line stands, on what paper, and its letters
        self._line = ""

    def stands(self) -> bool:
        """Tell whether a full drawing, too, would leave the text at this height."""
        self._line = like(self.text.get_text())
        if not self._line:
            return True
        look = look_of(self.text)
        if look != self._look or len(self._lines) > 100:
            self._look, self._lines = look, {}
        elif self._line in self._lines:
            return True
        return bool(self.text.get_window_extent(self._renderer).y0 == self._bottom)

    def is_known(self) -> bool:
        """Tell whether such a text was drawn before; to be asked once it stands."""
        return not self._line or self._line in self._lines

    def draw(self, pixels: np.ndarray) -> list[Any]:
        """Write into the pixels of a canvas a text that stands; return where."""
        if not self._line:
            return []
        if self._line not in self._lines:
            self._lines[self._line] = self._learn(self._line, pixels)
        place, paper, known = self._lines[self._line]
        if not known or not np.array_equal(pixels[place], paper):
            self.text.draw(self._renderer)
            return [...]
        for letter in letters_of(self.text.get_text()):
            columns, picture = known[letter]
            pixels[place][:, columns] = picture
        self.text.stale = False
        return [place]

    def _learn(self, line: str, pixels: np.ndarray) -> Any:
        """Have a line drawn with each of the digits, and keep their letters."""
        if not digits_fit(self.text, self._renderer):
            return None, None, {}
        twin = copy(self.text)
        twin.set_text(line)
        place = place_of(twin.get_window_extent(self._renderer), len(pixels))
        box, paper = pixels[place], pixels[place].copy()
        known: dict[Any, Any] = {}
        for digit in "0123456789" if "0" in line else "0":
            twin.set_text(line.replace("0", digit))
            twin.draw(self._renderer)
            found = cut(twin.get_text(), box, paper)
            box[:] = paper
            if not found or not all(same(found[k], known[k]) for k in found.keys() & known):
                return None, None, {}
            known |= found
        return place, paper, known


def like(text: str) -> str:
    """Return a name for all texts that differ from this one in digits only."""
    return re.sub(r"[0-9]", "0", text)


def letters_of(text: str) -> list[tuple[int, str]]:
    """Return each letter with its place in the text."""
    return [(place, letter) for place, letter in enumerate(text) if letter != " "]


def cut(text: str, box: np.ndarray, paper: np.ndarray) -> dict[Any, Any]:
    """Return the columns and the picture of each letter; nothing if letters touch each other."""
    inked = (box != paper).any(axis=(0, 2))
    edges = np.flatnonzero(np.diff(inked, prepend=False, append=False)).reshape(-1, 2)
    letters = letters_of(text)
    if len(edges) != len(letters):
        return {}
    columns = [slice(left, right) for left, right in edges.tolist()]
    return {
        letter: (where, box[:, where].copy())
        for letter, where in zip(letters, columns, strict=True)
    }


def same(one: tuple[slice, np.ndarray], other: tuple[slice, np.ndarray]) -> bool:
    """Tell whether a letter stands at the same place twice, and looks the same."""
    return one[0] == other[0] and np.array_equal(one[1], other[1])


def place_of(box: Any, height: int) -> tuple[slice, slice]:
    """Return the rows and columns of a box on a canvas, with some paper around it."""
    x0, y0, x1, y1 = box.padded(PAPER).extents
    rows = slice(max(int(height - y1), 0), int(height - y0) + 1)
    return rows, slice(max(int(x0), 0), int(x1) + 1)


def digits_fit(text: Text, renderer: Any) -> bool:
    """Tell whether one digit can stand for another, and nothing beside it moves."""
    sizes = {
        renderer.get_text_width_height_descent(digits, text.get_fontproperties(), ismath=False)
        for digit in "0123456789"
        for digits in (f"0{digit}", f"{digit}0")
    }
    plain = not text.get_usetex() and text.get_bbox_patch() is None and text.get_rotation() == 0
    return plain and len(sizes) == 1


def look_of(text: Text) -> list[Any]:
    """Return where a text stands, and all that it holds besides its letters."""
    other = {"_text", "_stale", "stale_callback", "_transform", "_renderer"}
    own = [value for name, value in vars(text).items() if name not in other]
    position = text.get_transform().transform(text.get_position()).tolist()
    return [*position, hash(text.get_fontproperties()), *own]
