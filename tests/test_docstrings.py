"""What a docstring says of a default is the default."""

import ast
import inspect
import re
from importlib import import_module

import pytest
from test_house import MODULES

LITERAL = r"default: `*(\"[^\"]*\"|\([^)]*\)|-?\d+(?:\.\d+)?|True|False|None)(?=[`,;.]|\s|$)"


def functions(module):
    """Return all functions and classes of a module, and what the classes have, by name."""
    own = {n: x for n, x in vars(module).items() if getattr(x, "__module__", "") == module.__name__}
    inner = {f"{n}.{m}": x for n, c in own.items() for m, x in vars(c).items() if callable(x)}
    return {name: x for name, x in {**own, **inner}.items() if callable(x)}


def said(function):
    """Return the default that the docstring gives to each parameter, where it is a literal."""
    parts = re.split(r"^(\w[\w ]*)\n-+\n", inspect.getdoc(function) or "", flags=re.M)
    text = parts[parts.index("Parameters") + 1] if "Parameters" in parts else ""
    found = {}
    for names, words in re.findall(r"^(\w[\w, ]*)(?: :.*)?\n((?:    .*\n|\n)*)", text, flags=re.M):
        value = re.search(LITERAL, " ".join(words.split()))
        if value:
            found |= dict.fromkeys(names.split(", "), ast.literal_eval(value[1]))
    return found


@pytest.mark.parametrize("name", [path.stem for path in MODULES])
def test_defaults_are_what_docstrings_say(name):
    for function, it in functions(import_module(f"slicekit.{name}")).items():
        for parameter, value in said(it).items():
            default = inspect.signature(it).parameters[parameter].default
            if default not in (None, inspect.Parameter.empty):  # None stands for what is said
                assert default == value, f"{name}.{function}({parameter})"


def test_some_defaults_are_read_from_docstrings():
    compose, share = (functions(import_module(f"slicekit.{n}")) for n in ("compose", "share"))
    assert (
        said(compose["view"]).items() >= {"clim": "volume", "rgb": False, "planes": False}.items()
    )
    assert said(share["save"]) == {"every": 1, "fps": 10, "max_mb": 20}
    assert said(share["to_html"]) == {"every": 1, "max_mb": 20}
