"""Which keywords there are, and of which kind."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import Normalize

from slicekit.keywords import check_keywords, keywords_of_imshow

SWITCH = "True or False"
NAMES = "a list of names"
KINDS = {  # a wrong one, and what it must be
    "dims": (3, "a name for each axis, such as 'tzyx'"),
    "titles": (3, NAMES),
    "labels": (None, NAMES),
    "draw": (3, "a function draw(ax, index), or a list of them"),
    "keys": (["k"], "a dict, such as {'next': {'n'}}"),
    "ax": ("a", "axes, such as those of plt.subplots()"),
    "axes": (5, "a list of axes"),
    "at": (3, "a dict, such as {'t': 3}"),
    "contrast": (3, "a list of dicts, one for each volume"),
    "zorder": ("a", "a number"),
    "agg_filter": (3, "a function"),
    "transform": (3, "a transform, such as ax.transData"),
    **dict.fromkeys(["rgb", "colorbar", "planes", "wrap", "transpose"], (1, SWITCH)),
    **dict.fromkeys(["hide_zero", "resample"], (1, SWITCH)),
}


def test_a_keyword_of_another_kind_is_refused():
    for name, (wrong, words) in KINDS.items():
        said = f"^{re.escape(f'{name} must be {words}, got {wrong!r}')}$"
        with pytest.raises(TypeError, match=said):
            check_keywords({}, **{name: wrong})
        with pytest.raises(TypeError, match=said):  # and of those that are handed on
            check_keywords({name: wrong}, known=[name])


def test_a_keyword_of_its_kind_is_not():
    for right in (
        {},
        {"dims": "tzyx"},
        {"dims": None, "draw": None, "keys": None, "ax": None},
        {"dims": (1, 2, 3), "labels": [1, 2], "titles": ("a", 3)},
        {"rgb": np.True_, "wrap": False, "planes": True},
        {"draw": print},
        {"draw": [print, len]},
        {"draw": (print,)},
        {"keys": {"next": "n", "previous": ["p", "left"]}},
    ):
        check_keywords({"cmap": "gray", "alpha": 0.5}, **right)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"draw": [print, 3]}, "draw must be a function draw(ax, index), or a list of them, got 3"),
        ({"wrap": [True]}, "wrap must be True or False, got [True]"),
        ({"keys": {"next": "n", "up": 3}}, "keys for 'up' must be names, as 'n', got 3"),
        ({"keys": {"next": ["n", 3]}}, "keys for 'next' must be names, as 'n', got ['n', 3]"),
        ({"titles": "CT"}, "titles must be a list of names, got 'CT'"),
    ],
)
def test_what_is_inside_a_keyword_matters_too(wrong, words):
    with pytest.raises(TypeError, match=f"^{re.escape(words)}$"):
        check_keywords({}, **wrong)


@pytest.mark.parametrize("norm", ["log", "linear", Normalize(0, 1)])
def test_colours_take_no_norm(norm):
    words = f"colours take no norm, got {norm!r}; leave it out"
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        check_keywords({"norm": norm}, rgb=True)
    check_keywords({"norm": norm}, rgb=False)
    check_keywords({"norm": None, "vmin": 0, "cmap": "gray"}, rgb=True)


def test_what_imshow_takes_beside_keywords_is_none():
    found = keywords_of_imshow.__wrapped__()  # not what was found before, and kept
    for name in ("self", "X", "data", "array", "kwargs", "figure"):
        assert name not in found
        with pytest.raises(TypeError, match=f"^unexpected keyword argument '{name}'; "):
            check_keywords({name: 1})


def test_what_imshow_and_its_image_take_is_known():
    check_keywords(dict.fromkeys(["cmap", "interpolation", "zorder", "gid", "extent"]))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("figsize", "the figure is made already; make your own, and pass its axes with ax="),
        ("cmpa", "unexpected keyword argument 'cmpa'; did you mean 'cmap'?"),
        ("zzzzzz", "unexpected keyword argument 'zzzzzz'; imshow does not know it either"),
    ],
)
def test_what_nobody_knows_is_refused(name, words):
    with pytest.raises(TypeError, match=f"^{re.escape(words)}$"):
        check_keywords({name: 1})


def test_a_long_name_that_nobody_knows_leaves_room_on_the_screen():
    with pytest.raises(TypeError, match=r"^unexpected keyword argument 'z{76}\.\.\.; imshow"):
        check_keywords({"z" * 5000: 1})


def test_a_keyword_that_somebody_else_knows_is_none_of_ours():
    check_keywords({"index": 1}, known=["index"])
    with pytest.raises(TypeError, match=r"^unexpected .* 'idnex'; did you mean 'index'\?$"):
        check_keywords({"idnex": 1}, known=["index"])


def test_axes_on_which_no_picture_lies_flat_are_named():
    polar, removed = plt.subplot(projection="polar"), plt.figure().add_subplot()
    removed.remove()
    for ax, fault in ((polar, "which are polar"), (removed, "which were removed")):
        words = f"ax must be axes with x and y on a figure, got {ax!r}, {fault}; see plt.subplots"
        with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
            check_keywords({}, ax=ax)
    check_keywords({}, ax=plt.subplot())


@pytest.mark.parametrize("side", ["x", "y"])
@pytest.mark.parametrize("scale", ["log", "symlog", "logit"])
def test_axes_on_which_a_picture_would_be_distorted_are_told_their_scale(side, scale):
    ax = plt.subplot()
    ax.set(**{f"{side}scale": scale})
    words = f"ax has a {scale} scale; use ax.set_{side}scale('linear')"
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        check_keywords({}, ax=ax)
    ax.set(**{f"{side}scale": "linear"})
    check_keywords({}, ax=ax)
