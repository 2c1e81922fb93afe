"""What is said when something cannot be: the value, the fault and the cure, word for word."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from slicekit import Volume, press, view
from slicekit.arrangement import check_axes
from slicekit.keymap import action_of_key
from slicekit.orientation import Look, check_codes, check_voxel, look_at, voxel_at
from slicekit.panels import View
from slicekit.share import check_size, each_so_many, in_a_folder
from slicekit.titles import Titles

ARRAY = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
KNOWN, UNKNOWN = Volume(ARRAY, affine=np.eye(4)), Volume(ARRAY)
ACTIONS = {"next": ["k"], "previous": ["j"]}


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (
            lambda: view(ARRAY, clim="mean"),
            ValueError,
            "clim must be 'volume', 'slice', 'shared', or a pair such as (0, 255) "
            "or ('1%', '99%'), or one for each volume; got 'mean'",
        ),
        (
            lambda: view(ARRAY, clim=(0, "x%")),
            ValueError,
            "a limit must be a number or a percentile, '0%' to '100%', got 'x%'",
        ),
        (
            lambda: Titles(title=["a"]).check(1, 4),
            TypeError,
            "title must be a string or a function, got ['a']; see titles",
        ),
        (
            lambda: Titles(titles="ab").check(1, 4),
            ValueError,
            "titles must be 1, one each, got 2",
        ),
        (
            lambda: Titles(labels="ab").check(1, 4),
            ValueError,
            "labels must be 4, one each, got 2",
        ),
        (
            lambda: view(ARRAY, title="{nmae}"),
            ValueError,
            "title '{nmae}' is no format: KeyError('nmae'); its fields are "
            "index, number, last, count, axis, label, mm; double all other braces",
        ),
        (
            lambda: check_codes("RAR"),
            ValueError,
            "orientation must say where each axis runs, one of R or L, of A or P, and of S or I, "
            "such as 'RAS' or 'LPS'; got 'RAR'",
        ),
        (
            lambda: check_voxel([1, 2], (4, 5, 6)),
            ValueError,
            "a voxel must have three indices, got [1, 2]; go(index) takes one",
        ),
        (
            lambda: check_voxel([1, 5, 3], (4, 5, 6)),
            IndexError,
            "index 5 is out of range for axis 1, which has 5 slices; use 0 to 4",
        ),
        (
            lambda: voxel_at(UNKNOWN, (1, 2, 3)),
            ValueError,
            "<Volume '': 4 x 5 x 6 voxels of 1 x 1 x 1 mm> does not know where it lies in mm; "
            "give it an affine=",
        ),
        (
            lambda: voxel_at(KNOWN, (1, 2)),
            ValueError,
            "a position must be three numbers in mm, got (1, 2)",
        ),
        (
            lambda: Look(radiological="no"),
            TypeError,
            "radiological must be True (left of the body on the right) or False (on the left), "
            "got 'no'",
        ),
        (
            lambda: look_at([KNOWN, UNKNOWN]),
            ValueError,
            "volumes side by side must run the same way, got unknown, RAS; link two views",
        ),
        (
            lambda: look_at([KNOWN], orientation="LAS"),
            ValueError,
            "the volume says that it runs RAS, not LAS; tell its true affine=",
        ),
        (lambda: check_axes([1], 2), ValueError, "2 volumes need as many axes, got 1"),
        (
            lambda: check_axes(["a"], 1),
            ValueError,
            "ax= must be different axes of one figure, got ['a']; see plt.subplots",
        ),
        (
            lambda: action_of_key(ACTIONS, {"up": "u"}),
            ValueError,
            "no action 'up' to choose keys for; there are ['next', 'previous']",
        ),
        (
            lambda: action_of_key(ACTIONS, {"next": "n", "previous": "n"}),
            ValueError,
            "key 'n' is chosen for 'next' and 'previous'; drop one",
        ),
        (lambda: each_so_many(4, 0), ValueError, "every must be 1 or more, got 0"),
        (
            lambda: each_so_many(4, 1.5),
            TypeError,
            "every must be a whole number, got 1.5; use int()",
        ),
        (
            lambda: in_a_folder("nowhere/x.png"),
            FileNotFoundError,
            "there is no folder nowhere; make it, then save x.png",
        ),
        (
            lambda: check_size(3_000_000, 1, part=0.5),
            ValueError,
            "the file would have about 6 MB, more than max_mb=1; "
            "take every=2, a smaller dpi, or a larger max_mb",
        ),
        (
            lambda: view(ARRAY).save("x{index}.gif"),
            ValueError,
            "a film is one file; leave out the braces in x{index}.gif",
        ),
        (
            lambda: view(ARRAY).save("x.gif", fps=0),
            ValueError,
            "fps must be from 0.01 to 50, got 0",
        ),
        (
            lambda: view(ARRAY).act("up"),
            ValueError,
            f"no action 'up'; there are {list(View.KEYS)}",
        ),
        (
            lambda: view(ARRAY).move(1.5),
            TypeError,
            "slices must be a whole number, got 1.5; use int()",
        ),
        (lambda: view(ARRAY).on_change(3), TypeError, "a listener must be a function, got 3"),
        (
            lambda: view(ARRAY).draw(3),
            TypeError,
            "draw takes a function draw(ax, index), got 3",
        ),
        (
            lambda: view(ARRAY * 1e305, colorbar=True),
            ValueError,
            "no colour bar can show 0 to 1.19e+307; divide the values first",
        ),
        (
            lambda: view(ARRAY).to_html("x.png"),
            ValueError,
            "browsers know a page by its name; call it x.html, not x.png",
        ),
        (
            lambda: press(Figure(figsize=(1, 2), dpi=100), "k"),
            ValueError,
            "<Figure size 100x200 with 0 Axes> has no axes to point at; "
            "add one with fig.subplots()",
        ),
    ],
)
def test_an_error_says_what_is_wrong_and_what_helps(ask, error, words):
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value) == words


def test_what_is_large_but_not_too_large_is_not_refused():
    check_size(1_000_000, 1)
    with pytest.raises(ValueError, match="about 1 MB"):
        check_size(1_000_001, 1)


@pytest.mark.parametrize("codes", ["ras", "LPS", "SAR", ""])
def test_axes_are_told_by_letters_and_capitals_are_not_needed(codes):
    assert check_codes(codes) == codes.upper()


@pytest.mark.parametrize("codes", ["RA", "RASL", "RRR", "RAX"])
def test_letters_that_name_no_three_directions(codes):
    with pytest.raises(ValueError, match="orientation must say where each axis runs"):
        check_codes(codes)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (Titles(), "2 / 3, 6 mm, t = 1"),
        (Titles(title="", titles=["one", "other"]), "other"),
        (Titles(titles=["one", "other"]), "other, 2 / 3, 6 mm, t = 1"),
        (Titles(titles=["one", "two", "three"]), "two, 2 / 3, 6 mm, t = 1"),
        (Titles(labels="abcd"), "2 / 3, 6 mm, t = 1, c"),
        (Titles(labels="abcd", labelled_axis=1), "2 / 3, 6 mm, t = 1"),
        (Titles(title=lambda index: index * 10), "20"),
        (Titles(title="{} {index} {number} {last} {count} {axis} {mm} {t}"), "2 2 3 3 4 0 6.0 1"),
        (Titles(title="{label}", labels="abcd"), "c"),
    ],
)
def test_a_title_is_made_of_what_is_known(titles, expected):
    picture = view(ARRAY, affine=np.diag([3, 1, 1, 1]), ax=plt.figure().subplots()).pictures[0]
    assert titles.text(picture, 1, "", ["t = 1"], {"t": 1}) == expected


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        (r"$\alpha$", r"$\alpha$"),
        (r"5 $", "5 $"),
        (r"$\oops$", r"\$\oops\$"),
        ("5$ to 6^$", r"5\$ to 6^\$"),
    ],
)
@pytest.mark.parametrize("way", ["title", "titles", "labels"])
def test_mathematics_that_is_none_is_shown_as_it_is(way, title, drawn):
    given = {"title": title, "titles": [title], "labels": [title] * 4}[way]
    viewer = view(ARRAY, **{way: given})
    viewer.fig.canvas.draw()
    assert drawn in viewer.pictures[0].title.get_text()


def test_the_name_of_a_plane_stands_before_its_number():
    picture = view(ARRAY).pictures[0]
    assert Titles().text(picture, 0, "axial", [], {}) == "axial 2 / 3"
