"""``python -m slicekit read``: the chapters in a folder of your own, open in JupyterLab.

What is in the folder already is the reader's, and is left alone.
"""

import filecmp
import os
import runpy
import shutil
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from slicekit import cure
from slicekit.data import resource

FOLDER = Path("slicekit-chapters")
FIRST = "/lab/tree/chapters/01_show_an_image.ipynb"


def read(folder: Path, options: list[str]) -> None:
    """Put the chapters into a folder, and run JupyterLab there until it is ended.

    Parameters
    ----------
    folder : Path
        Made if need be. No file in it is overwritten.
    options : list of str
        Handed on to JupyterLab.

    Raises
    ------
    OSError
        If the folder cannot be written.
    RuntimeError
        If JupyterLab is not installed.
    """
    print(put_chapters(folder), flush=True)
    if not find_spec("jupyterlab"):
        raise RuntimeError(f"JupyterLab is not installed; cure: {cure.pip('slicekit[chapters]')}")
    root = f"--ServerApp.root_dir={folder.resolve()}"
    sys.argv = ["jupyter-lab", root, f"--LabApp.default_url={FIRST}", *options]
    runpy.run_module("jupyterlab", run_name="__main__")


def put_chapters(folder: Path) -> str:
    """Copy the chapters and the pages beside them into a folder, and say what was done.

    Parameters
    ----------
    folder : Path
        Made if need be. No file in it is overwritten, and of a chapter, which is a text
        and a notebook, either both are copied or none.

    Returns
    -------
    str
        What is new, and which files are there but not as shipped.

    Raises
    ------
    OSError
        If the folder cannot be written. Then nothing was copied.
    """
    groups = _shipped()
    there = [group for group in groups if _is_there(folder, group)]
    new = [group for group in groups if group not in there]
    try:
        _copy(new, folder)
    except OSError as fault:
        raise OSError(
            f"cannot put the chapters into {folder} ({fault.strerror}: {fault.filename}); "
            "name a folder of your own: python -m slicekit read FOLDER"
        ) from fault
    pairs = sum(len(group) > 1 for group in new)
    said = f"{folder.resolve()}: {pairs} chapters and {len(new) - pairs} other files are new"
    yours = [min(group) for group in there if not _is_as_shipped(folder, group)]
    return f"{said}; left alone, because yours differ: {', '.join(yours)}" if yours else said


def _shipped() -> list[dict[str, Path]]:
    """Return the files, name to source, in groups: the two halves of a chapter go together."""
    groups: dict[str, dict[str, Path]] = {}
    for top in map(resource, ("chapters", "docs")):
        for source in sorted(top.rglob("*")):
            name = source.relative_to(top.parent)
            hidden = any(part.startswith(".") for part in name.parts)  # a clone has checkpoints
            if source.suffix in {".ipynb", ".md", ".py", ".png"} and not hidden:
                group = groups.setdefault(str(name.with_suffix("")), {})
                group[name.as_posix()] = source
    return list(groups.values())


def _is_there(folder: Path, group: dict[str, Path]) -> bool:
    return any(os.path.lexists(folder / name) for name in group)


def _is_as_shipped(folder: Path, group: dict[str, Path]) -> bool:
    mine = {folder / name: source for name, source in group.items()}
    return all(p.is_file() and filecmp.cmp(p, s, shallow=False) for p, s in mine.items())


def _copy(groups: list[dict[str, Path]], folder: Path) -> None:
    """Copy groups of files, first to another name in the same place, then all at once."""
    files = {name: source for group in groups for name, source in group.items()}
    places = {(folder / name).parent for name in files}
    made = [p for place in places for p in (place, *place.parents) if not p.exists()]
    try:
        for place in places:
            place.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".partial-", dir=folder) as partial:
            for number, source in enumerate(files.values()):
                shutil.copyfile(source, Path(partial, str(number)))
            now = time.time_ns()  # Jupytext minds if one half of a pair is younger than the other
            for number, name in enumerate(files):
                os.utime(Path(partial, str(number)), ns=(now, now))
                Path(partial, str(number)).replace(folder / name)
    except OSError:
        for place in sorted(set(made), reverse=True):
            with suppress(OSError):
                place.rmdir()
        raise
