"""Figures in the book: viewers that scroll without Python, and words for who does not see them.

`let_viewers_scroll` is called in the kernel that runs a chapter, before all its cells.
"""

import re
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from slicekit.describe import describe
from slicekit.frames import each_picture, encoded, on_another_canvas, spoken
from slicekit.keymap import handlers
from slicekit.page import scroller

# small, and still without visible blocks: there are more than a thousand pictures in a chapter
WEBP = {"quality": 40, "method": 4}


def let_viewers_scroll() -> None:
    """Let figures with a viewer in them come out as HTML, too.

    A method of the class, since ``%matplotlib inline`` drops all formatters of figures.
    """
    Figure._repr_html_ = in_html  # type: ignore[method-assign]


def in_html(fig: Figure) -> str | None:
    """Return a figure as HTML that scrolls, or None if there is not one viewer in it."""
    found = [*viewers(fig), *articles(fig)]
    if len(found) != 1:
        return None
    viewer, name = found[0], alt_text(describe(fig), titles=False)
    start = viewer.index
    pictures, words = zip(*every_slice(viewer), strict=True)
    return scroller(pictures, words, start, name)


def every_slice(viewer: Any) -> Iterator[tuple[bytes, str]]:
    """Show one slice after the other, then the first one again; yield picture and title."""
    with on_another_canvas(viewer) as canvas:
        for picture in each_picture(viewer, canvas, range(viewer.count)):
            yield encoded(picture, "WEBP", **WEBP), spoken(viewer)


def viewers(fig: Figure) -> list[Any]:
    """Return the viewers that answer the keys of a figure, those of chapter 07's own class too."""
    owners = [getattr(handler, "__self__", None) for _, _, handler in handlers(fig)]
    return list({id(owner): owner for owner in owners if hasattr(owner, "pictures")}.values())


def articles(fig: Figure) -> list["Article"]:
    """Return the article's viewers in a figure, if K does in it what it is meant to do.

    In chapter 06 Matplotlib answers K as well. What became of that is in the still picture.
    """
    names = [name for name in plt.rcParams if name.startswith("keymap.")]
    taken = {key for name in names for key in plt.rcParams[name]}
    ours = [h for _, _, h in handlers(fig) if not str(h.__module__).startswith("matplotlib.")]
    free = ours and not taken & {"j", "k"}
    return [Article(ax) for ax in fig.axes if hasattr(ax, "volume")] if free else []


class Article:
    """The article's viewer, whose state is on its axes, to be used like a `SliceViewer`.

    It is its own and only picture.
    """

    def __init__(self, ax: Any) -> None:
        self.ax, self.axes, self.fig = ax, [ax], ax.figure
        self.pictures = [self]
        self.title = ax.title

    @property
    def count(self) -> int:
        """How many slices there are."""
        return len(self.ax.volume)

    @property
    def index(self) -> int:
        """The slice on show."""
        return int(self.ax.index)

    @index.setter
    def index(self, index: int) -> None:
        self.ax.index = index
        self.ax.images[0].set_array(self.ax.volume[index])


# how a part of `describe` is said to people; of what is not here nothing is said
SPOKEN = {
    r"; x log ": "logarithmic x axis",
    r"; image (\d+) x (\d+)": "image of {} by {} pixels",
    r", (\w+)(?: \(altered, \w+\))? linear (\S+) to ([^,;]+),": "{} from {} to {}",
    r"; aspect (?!1;|auto)([^;]+)": "aspect {}",
    r"; image .*; image ": "another image over it",
    r"; line ": "a line",
    r"; Circle ": "circles",
    r"; QuadContourSet ": "outlines",
    r"; PathCollection ": "points",
    r"; QuadMesh ": "a colour bar",
    r"; text '([^'$]+)'": "the word '{}'",
    r"; legend (.*)\.": "legend {}",
}


def alt_text(description: str, titles: bool = True) -> str:
    """Return what a figure shows in a few words, out of its exact description."""
    panels = re.split(r"(?:^|(?<=\. ))Panel \d+ ", description)[1:]
    said = [panel_text(panel, titles) for panel in panels]
    if len(said) > 4:  # a montage: the titles will do
        said = [words.split(", ")[0] for words in said]
    return f"{len(said)} panels: {'; '.join(said)}" if len(said) > 1 else "".join(said)


def panel_text(panel: str, titles: bool = True) -> str:
    """Return what one panel shows: its title, if wanted, its image, and what is over that."""
    title = re.match(r"""(?:\(.*?\) )?(['"])(.*?)\1;""", panel)
    words = [title[2]] if titles and title and title[2] else []
    for pattern, phrase in SPOKEN.items():
        if found := re.search(pattern, panel):
            words.append(phrase.format(*found.groups()))
    return ", ".join(words) or "empty axes"
