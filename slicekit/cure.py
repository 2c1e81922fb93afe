"""The one line to paste that mends an installation, for this Python and this machine's shell."""

import json
import os
import re
import shlex
import sys
from importlib.metadata import distribution, requires
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOME = Path(__file__).parent


def shell(*words: str) -> str:
    """Return a command as it can be pasted: into a POSIX shell, or into PowerShell on Windows."""
    if os.name == "posix":
        return shlex.join(words)
    plain = re.compile(r"[\w./:\\-]+")
    line = " ".join(w if plain.fullmatch(w) else "'" + w.replace("'", "''") + "'" for w in words)
    return f"& {line}" if line.startswith("'") else line


def pip(*words: str) -> str:
    """Return the line that lets pip install into this Python, which may have no pip of its own."""
    program = [sys.executable]
    if find_spec("pip") is None:  # made with venv --without-pip: the Python that made it has one
        program = [getattr(sys, "_base_executable", "python3"), "--python", sys.executable]
    return shell(program[0], "-m", "pip", *program[1:], "install", *words)


def wanted() -> list[str]:
    """Return what slicekit requires, with the chapters, such as ``"ipympl>=0.9.6"``."""
    lines = [line.split(";") for line in requires("slicekit") or ()]
    markers = {"", 'extra=="chapters"'}
    return [
        line.strip()
        for line, *marker in lines
        if "".join(marker).replace(" ", "").replace("'", '"') in markers
    ]


def install() -> str:
    """Return the line that installs slicekit itself, from its clone if this is one."""
    clone = HOME.parent
    if (clone / "pyproject.toml").exists():
        return pip("-e", f"{clone}[chapters]")
    return pip("slicekit[chapters]")


def restore() -> str:
    """Return the line that brings back slicekit's data, from its clone or the wheel it was."""
    clone = HOME.parent
    if (clone / ".git").exists():
        files = ("data_registry.txt", "slicekit/_data")
        return shell("git", "-C", str(clone), "checkout", "--", *files)
    origin = json.loads(distribution("slicekit").read_text("direct_url.json") or "{}")
    place = Path(unquote(urlsplit(origin.get("url", "")).path))
    here = str(place) if place.is_file() else "slicekit"
    return pip("--force-reinstall", "--no-deps", here)


def unset(variable: str) -> str:
    """Return the line that forgets an environment variable."""
    return f"unset {variable}" if os.name == "posix" else f"Remove-Item Env:{variable}"


def set_to(variable: str, value: str) -> str:
    """Return the line that sets an environment variable, to a place below the home folder."""
    there = f'"$HOME/{value}"'
    return f"export {variable}={there}" if os.name == "posix" else f"$env:{variable} = {there}"
