"""What readers answer in chapter 11, and words of what `check` says to it.

Each line is as in `answers_with_slices`.
"""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from checks import ball, ball_spacing, scratch
from slicekit import share, view
from slicekit.frames import each_picture, on_another_canvas

TRUE = {"spacing": ball_spacing, "axis": 1}


def page(every=2, alt="a ball", data=ball, **viewing):
    return view(data, **(TRUE | viewing)).to_html(scratch / "page.html", every=every, alt=alt)


def other_file(content):
    path = scratch / "other.html"
    path.write_bytes(content)
    return path


def as_picture():
    path = scratch / "ball.png"
    view(ball, **TRUE).save(path)
    return path


def small_and_in_colour():
    with plt.rc_context({"figure.figsize": (2.8, 2.1)}):
        return str(page(alt="BALL, slices along its second axis", cmap="viridis"))


def film(order, ms=200, loop=0, dpi=72, **viewing):
    """Return a function that writes a film of slices in an order, which is given their number."""

    def there_and_back(viewer, path):
        with on_another_canvas(viewer, dpi) as canvas:
            pictures = each_picture(viewer, canvas, range(viewer.count))
            frames = [picture.convert("RGB") for picture in pictures]
        first, *others = [frames[index] for index in order(len(frames))]
        again = {} if loop is None else {"loop": loop}
        first.save(path, "GIF", save_all=True, append_images=others, duration=ms, **again)

    return there_and_back


def round_trip(n):
    return [*range(n), *range(n - 2, 0, -1)]


def with_save(viewer, path):
    viewer.save(path, fps=5)


def turned_round(viewer, path):
    """Read slicekit's own film, and append it the other way round."""
    share.save(viewer, path, fps=5)
    with Image.open(path) as forth:
        frames = []
        for number in range(forth.n_frames):
            forth.seek(number)
            frames.append(forth.convert("RGB"))
    back = frames[1:-1][::-1]
    frames[0].save(path, save_all=True, append_images=[*frames[1:], *back], duration=200, loop=0)


def one_picture(viewer, path):
    viewer.fig.savefig(path.with_suffix(".png"))


def no_film(viewer, path):
    Image.fromarray(np.asarray(ball[10])).save(path)


PAGES = [
    ("untouched", lambda: scratch / "nothing.html", "there is no such page yet; make a viewer"),
    ("as it should be", page, "correct"),
    ("small, in colour, as a string", small_and_in_colour, "correct"),
    ("turned", lambda: page(origin="lower"), "correct"),
    ("None", lambda: None, "check wants the path of the page"),
    ("the viewer", lambda: view(ball, **TRUE), "check wants the path of the page"),
    ("the text of the page", lambda: page().read_text(), "check wants the path of the page"),
    ("a page of one's own", lambda: other_file(b"<img>"), "other.html is not a page of to_html"),
    ("a picture", as_picture, "ball.png is not a page of to_html"),
    ("the first axis", lambda: page(axis=0), "the first title is '0 / 19'; slices of the second"),
    ("axis 2 for the second", lambda: page(axis=2), "slices of the second axis end at 12"),
    ("all slices", lambda: page(every=1), "there are 13 slices in it; every second one"),
    ("half of the volume", lambda: page(every=1, data=ball[:, ::2]), "the first title is '0 / 6'"),
    ("no spacing", lambda: page(spacing=(1, 1, 1)), "the ball is not round in the page"),
    ("spacing reversed", lambda: page(spacing=ball_spacing[::-1]), "the ball is not round"),
    ("no alt", lambda: page(alt=""), "is told the name of the file; that is alt="),
    ("an alt that says nothing", lambda: page(alt="image"), "alt is 'image'; say what it is"),
]
FILMS = [
    ("untouched", lambda: lambda viewer, path: None, "the function writes no film yet"),
    ("as it should be", lambda: film(round_trip), "correct"),
    ("slicekit's film turned round", lambda: turned_round, "correct"),
    ("finer", lambda: film(round_trip, dpi=120), "correct"),
    ("saved elsewhere", lambda: one_picture, "the function writes no film yet; it should save"),
    ("save alone", lambda: with_save, "the film goes to the last slice, and not back"),
    ("too fast", lambda: film(round_trip, ms=5), "is shown for 0 ms; at five in a second"),
    (
        "five ms for five a second",
        lambda: film(round_trip, ms=50),
        "for 50 ms; at five in a second",
    ),
    ("not moving", lambda: no_film, "the film has one frame"),
    ("the same picture", lambda: film(lambda n: [0] * n), "is each picture in it one of its own"),
    ("once only", lambda: film(round_trip, loop=None), "the film ends after the first time"),
    (
        "both ends twice",
        lambda: film(lambda n: [*range(n), *range(n)[::-1]]),
        "slice 4 is shown twice in a row",
    ),
    (
        "the first twice",
        lambda: film(lambda n: [*range(n), *range(n - 1)[::-1]]),
        "slice 0 is shown twice in a row; remember that the film begins again",
    ),
    (
        "back and forth",
        lambda: film(lambda n: [*range(n)[::-1], *range(1, n - 1)]),
        "the film shows slices [4, 3, 2, 1, 0, 1, 2, 3]; it should be [0, 1, 2, 3, 4, 3, 2, 1]",
    ),
    ("called", lambda: None, "check wants the function itself"),
]
ANSWERS = [
    *(("11-core", *line) for line in PAGES),
    *(("11-stretch", *line) for line in FILMS),
]
