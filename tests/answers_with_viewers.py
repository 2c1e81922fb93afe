"""What readers answer in chapters 07 and 08, and words of what `check` says to it.

Each line is as in `answers_with_slices`.
"""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from checks import ball, ball_spacing, film
from slicekit import SliceViewer, view


class Below:
    """A layer as in exercise 07-core; subclasses write in ways of their own."""

    def __init__(self, ax, volume):
        self.ax, self.volume = ax, volume

    def show(self, plane):
        self.ax.set_xlabel(self.words(plane))


def below(words):
    return type("MeanBelow", (Below,), {"words": words})


def with_pyplot():
    return type("M", (Below,), {"show": lambda s, p: plt.xlabel(f"{p.of(s.volume).mean()}")})


def in_the_title():
    return type("M", (Below,), {"show": lambda s, p: s.ax.set_title("mean 1.0")})


class Own(SliceViewer):
    """What exercise 07-stretch asks for."""

    KEYS = {"next": {"n"}, "previous": {"p"}}  # noqa: RUF012

    def heading(self, panel=0):
        return f"{self.index + 1} of {self.count}"


class Fixed(Own):
    def heading(self, panel=0):
        return "4 of 20"


class FromZero(Own):
    def heading(self, panel=0):
        return f"{self.index} of {self.count}"


class Swapped(Own):
    KEYS = {"next": {"p"}, "previous": {"n"}}  # noqa: RUF012


class AllKeys(Own):
    KEYS = SliceViewer.KEYS


class Unrelated:
    """The chapter's own viewer, which is not slicekit's, but like it."""

    def __init__(self, viewer):
        self.__dict__.update(fig=viewer.fig, ax=viewer.ax, volume=viewer.volume, viewer=viewer)

    index = property(lambda self: self.viewer.index)


def made(kind=Own, **options):
    options = {"index": 3, "wrap": True} | options
    return lambda volume: kind(volume, **options)


def by_options(volume):
    silent = dict.fromkeys(("forward", "back", "first", "last"), ())
    keys = {"next": "n", "previous": "p", **silent}
    return view(volume, index=3, wrap=True, title="{number} of {count}", keys=keys)


def side(volume=ball, **options):
    """Return the viewer of exercise 08-core, with options of somebody's own."""
    title = "slice {number} of {count}"
    right = {"axis": -1, "spacing": ball_spacing, "transpose": True, "contours": ball > 100}
    return view(volume, **{"title": title, **right, **options})


UP_DOWN = {"next t": {"up"}, "previous t": {"down"}}


def filmed(volume=film, **options):
    """Return the viewer of exercise 08-stretch, with options of somebody's own."""
    return view(volume, **{"dims": "tzyx", "points": [], "keys": UP_DOWN, **options})


def scrolled(viewer, **at):
    viewer.go(**at)
    return viewer


ANSWERS = [
    (
        "07-core",
        "untouched",
        lambda: type("M", (Below,), {"show": lambda s, p: None}),
        "nothing below",
    ),
    (
        "07-core",
        "pyplot",
        with_pyplot,
        "nothing below the picture; show should call self.ax.set_xl",
    ),
    ("07-core", "title", in_the_title, "nothing below the picture"),
    (
        "07-core",
        "whole",
        lambda: below(lambda s, p: f"mean {np.mean(s.volume):.1f}"),
        "whole volume",
    ),
    (
        "07-core",
        "decimals",
        lambda: below(lambda s, p: f"mean {p.of(s.volume).mean():.2f}"),
        "not 'mean 0.0'; see plane.of",
    ),
    (
        "07-core",
        "axis 0",
        lambda: below(lambda s, p: f"mean {s.volume[p.index].mean():.1f}"),
        "along axis 2 it says",
    ),
    (
        "07-core",
        "forgot the plane",
        lambda: below(lambda s, p: f"mean {p.mean()}"),
        "'Plane' object has no attribute 'mean'",
    ),
    ("07-core", "an object", lambda: Below(None, ball), "without brackets behind it"),
    (
        "07-core",
        "np.mean",
        lambda: below(lambda s, p: f"mean {np.mean(p.of(s.volume)):.1f}"),
        "correct",
    ),
    (
        "07-core",
        "plane()",
        lambda: below(
            lambda s, p: f"mean {round(float(s.volume.plane(p.index, p.axis).mean()), 1)}"
        ),
        "correct",
    ),
    ("07-stretch", "untouched", lambda: None, "write a function that returns a SliceViewer"),
    ("07-stretch", "called", lambda: made()(ball), "without brackets behind it"),
    (
        "07-stretch",
        "figure",
        lambda: lambda volume: made()(volume).fig,
        "should return a slicekit.Sl",
    ),
    (
        "07-stretch",
        "no return",
        lambda: lambda volume: None,
        "should return a slicekit.SliceViewer",
    ),
    (
        "07-stretch",
        "other volume",
        lambda: lambda volume: made()(ball.T),
        "it shows another volume",
    ),
    (
        "07-stretch",
        "middle",
        lambda: made(index=None),
        "it starts with slice 10, not 3; that is ind",
    ),
    ("07-stretch", "from one", lambda: made(index=2), "it starts with slice 2, not 3"),
    ("07-stretch", "swapped", lambda: made(Swapped), "N leads to slice 2, not to 4; that is KEYS"),
    ("07-stretch", "old keys", lambda: made(AllKeys), "N leads to slice 3, not to 4"),
    (
        "07-stretch",
        "keys=",
        lambda: made(SliceViewer, keys={"next": "n", "previous": "p"}),
        "'end' moves it, too; keys= adds to KEYS",
    ),
    (
        "07-stretch",
        "no wrap",
        lambda: made(wrap=False),
        "it stops at the first slice; that is wrap=",
    ),
    ("07-stretch", "from zero", lambda: made(FromZero), "the title of slice 3 is '3 of 20'; see"),
    ("07-stretch", "constant", lambda: made(Fixed), "the last slice has the title '4 of 20'"),
    ("07-stretch", "with view", lambda: by_options, "correct"),
    ("07-stretch", "the class itself", lambda: partial(Own, index=3, wrap=True), "correct"),
    ("07-stretch", "the chapter's class", lambda: lambda v: Unrelated(made()(v)), "correct"),
    (
        "08-core",
        "untouched",
        lambda: None,
        "put a call of view in place of None; begin with view(ba",
    ),
    (
        "08-core",
        "the figure",
        lambda: side().fig,
        "this is of type Figure; it should be the viewer that",
    ),
    ("08-core", "turned", lambda: side(ball.T, contours=None), "the volume has shape (26, 13, 20)"),
    (
        "08-core",
        "axis 0",
        lambda: side(axis=0),
        "it shows slices along axis 0; the last one is axis=-1",
    ),
    ("08-core", "not turned", lambda: side(transpose=False), "are not turned; that is transpose="),
    ("08-core", "no spacing", lambda: side(spacing=(1, 1, 1)), "the proportions are not true"),
    ("08-core", "backwards", lambda: side(spacing=ball_spacing[::-1]), "proportions are not true"),
    ("08-core", "from zero", lambda: side(title="slice {index} of {count}"), "not 'slice 7 of 26'"),
    (
        "08-core",
        "constant",
        lambda: side(title="slice 7 of 26"),
        "is 'slice 7 of 26', not 'slice 14",
    ),
    ("08-core", "painted", lambda: side(contours=None, overlay=ball > 100), "there is no outline"),
    ("08-core", "60", lambda: side(contours=ball > 60), "another outline than that of ball > 100"),
    (
        "08-core",
        ">=",
        lambda: side(contours=ball >= 100),
        "another outline than that of ball > 100",
    ),
    (
        "08-core",
        "a point",
        lambda: side(points=[[0, 0, 0]]),
        "an outline where nothing is brighter",
    ),
    ("08-core", "levels", lambda: side(contours=None).contour(ball, [100]), "correct"),
    ("08-core", "axis 2, on slice 0", lambda: side(axis=2, index=0), "correct"),
    (
        "08-stretch",
        "untouched",
        lambda: None,
        "put a call of view in place of None; begin with dims=",
    ),
    ("08-stretch", "the figure", lambda: filmed().fig, "it should be the viewer, not its figure"),
    (
        "08-stretch",
        "a moment",
        lambda: filmed(film[0], dims=None, keys=None),
        "time is not held yet",
    ),
    (
        "08-stretch",
        "c",
        lambda: filmed(dims="czyx", keys=None),
        "time is not held yet; name the four",
    ),
    (
        "08-stretch",
        "t last",
        lambda: filmed(dims="zyxt"),
        "time is not the axis called t; film has",
    ),
    ("08-stretch", "own keys", lambda: filmed(keys=None), "up still shows the next slice; choose"),
    (
        "08-stretch",
        "swapped",
        lambda: filmed(keys={"next t": {"down"}, "previous t": {"up"}}),
        "up does not go on in time",
    ),
    ("08-stretch", "up alone", lambda: filmed(keys={"next t": {"up"}}), "down does not go back"),
    (
        "08-stretch",
        "contrast",
        lambda: filmed(clim="slice"),
        "the contrast changes with the moment",
    ),
    ("08-stretch", "no points", lambda: filmed(points=None), "a click leaves no mark; points=[]"),
    ("08-stretch", "x first", lambda: filmed(dims="txyz"), "correct"),
    ("08-stretch", "limits by hand", lambda: filmed(vmin=0, vmax=250), "correct"),
    ("08-stretch", "at another moment", lambda: scrolled(filmed(), t=3), "correct"),
]
