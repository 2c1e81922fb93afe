"""What stands above a slice, without a figure; test_messages.py has more of it, word for word."""

from dataclasses import FrozenInstanceError
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from slicekit import Volume, view
from slicekit.titles import Titles, readable


def picture(index=2, axis=0, shape=(4, 5, 6), **knows):
    """Return a slice of 4 x 5 x 6 voxels, as far as a title asks for it."""
    volume = Volume(np.zeros(shape), **knows)
    return SimpleNamespace(volume=volume, plane=SimpleNamespace(index=index, axis=axis))


@pytest.mark.parametrize("title", [None, "", "{index}", len, "{{}}"])
def test_words_and_functions_can_be_titles(title):
    Titles(title=title).check(1, 4)


@pytest.mark.parametrize("many", [(), ("one", "other"), np.arange(2)])
def test_there_are_as_many_as_panels_and_slices_or_none(many):
    Titles(titles=many, labels=many).check(2, 2)


@pytest.mark.parametrize("name", ["titles", "labels"])
@pytest.mark.parametrize("count", [1, 3])
def test_there_are_no_more_and_no_fewer(name, count):
    with pytest.raises(ValueError, match=f"^{name} must be 2, one each, got {count}$"):
        Titles(**{name: ["a"] * count}).check(2, 2)


def test_titles_stay_as_they_are():
    titles = Titles()
    titles.check(1, 4)
    with pytest.raises(FrozenInstanceError):
        titles.title = "other"


@pytest.mark.parametrize(
    ("titles", "what", "words"),
    [
        (Titles(), {}, "2 / 3"),
        (Titles(), {"axis": 2}, "2 / 5"),
        (Titles(), {"affine": np.diag([1.25, 1, 1, 1])}, "2 / 3, 2.5 mm"),
        (Titles(labels=[10, 20, 30, 40]), {}, "2 / 3, 30"),
        (Titles(labels="abcdef", labelled_axis=2), {"axis": 2}, "2 / 5, c"),
        (Titles(labels="abcdef", labelled_axis=2), {}, "2 / 3"),
        (Titles(labels=["a"]), {"shape": (1, 5, 6), "index": 0}, "0 / 0, a"),
        (Titles(titles=[1, 2]), {}, "1, 2 / 3"),
        (Titles(title=""), {}, ""),
        (Titles(title=lambda index: None), {}, "None"),
        (Titles(title="{label}{mm}"), {}, "None"),
        (Titles(title="{number}/{count}, {last}"), {"index": 0}, "1/4, 3"),
    ],
)
def test_a_title_says_what_is_known_of_a_slice(titles, what, words):
    assert titles.text(picture(**what), 0, "", [], {}) == words


def test_a_title_names_the_plane_and_the_axes_that_are_held():
    assert Titles().text(picture(), 0, "axial", ["t 1 / 2", "c 0 / 1"], {}) == (
        "axial 2 / 3, t 1 / 2, c 0 / 1"
    )
    assert Titles(title="{t}, {c}").text(picture(), 0, "axial", ["t"], {"t": 1, "c": 0}) == "1, 0"


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("{9}", "IndexError('Replacement index 9 out of range for positional args tuple')"),
        ("{mm:.1f}", "TypeError('unsupported format string passed to NoneType.__format__')"),
        ("{", "ValueError(\"Single '{' encountered in format string\")"),
        ("{:9999999999999}", "MemoryError()"),
    ],
)
def test_a_title_that_is_no_format_is_told_with_what_there_is(title, fault):
    with pytest.raises(ValueError, match="is no format") as caught:
        Titles(title=title).text(picture(), 0, "", [], {"t": 1})
    assert str(caught.value) == (
        f"title {title!r} is no format: {fault}; its fields are "
        "index, number, last, count, axis, label, mm, t; double all other braces"
    )


def test_mathematics_is_left_alone_where_tex_writes_it():
    broken = r"$\frac{1$"
    assert readable(broken) == broken.replace("$", r"\$")
    with plt.rc_context({"text.usetex": True}):
        assert readable(broken) == broken


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a\0b\tc\x1b\x7f\x9f", "a?b?c???"),
        ("scan\udcff.nii, \ud800", "scan?.nii, ?"),
        ("one\ntwo \xa0\u2009\xe9\U0001f9e0", "one\ntwo \xa0\u2009\xe9\U0001f9e0"),
        ("x" * 1000, "x" * 1000),
        ("x" * 1001, "x" * 1000),
        ("$" + "{" * 400 + "x" + "}" * 400 + "$", r"\$" + "{" * 400 + "x" + "}" * 400 + r"\$"),
    ],
)
def test_a_title_has_letters_that_can_be_drawn_and_not_too_many(text, drawn):
    assert readable(text) == drawn


@pytest.mark.parametrize("way", ["title", "titles", "labels"])
@pytest.mark.parametrize("planes", [False, True])
def test_names_that_nobody_can_decode_are_drawn(array, way, planes):
    name = "a scan\udcff\0 with a long name"
    given = {"title": name, "titles": [name], "labels": [name] * 4}[way]
    viewer = view(array, planes=planes, **{way: given})
    viewer.fig.canvas.draw()
    shown = [text.get_text() for ax in viewer.fig.axes for text in (ax.title, *ax.texts)]
    assert any("a scan??" in text for text in shown)


def test_a_format_as_wide_as_one_likes_is_drawn_soon(array):
    viewer = view(array, title="{:1000000}")
    viewer.fig.canvas.draw()
    assert len(viewer.ax.get_title()) == 1000


def test_an_empty_title_leaves_the_name_alone():
    assert Titles(title="", titles=["CT"]).text(picture(), 0, "", [], {}) == "CT"
