"""Change every literal, keyword and index of the chapters a little, and see who notices.

::

    python tools/mutate_chapters.py             all chapters
    python tools/mutate_chapters.py 03 05       some of them

It brings docs/mutation.md up to date.

For every code cell, every small change is made in turn, the chapter is run from there to
its end, and its outputs are compared with the stored ones as nbval compares them: all
text, no pictures. A definition that is, word for word, slicekit's own counts as noticed: a test
compares the two. A change that nothing notices is a survivor. To be quick, a chapter runs
once in this process, which forks before each cell.
"""

import ast
import copy
import os
import pickle
import re
import reprlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from definitions import plain_functions
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
import conftest  # noqa: E402, F401  the environment of the tests

CHAPTERS = ROOT / "chapters"
TABLE = ROOT / "docs" / "mutation.md"


def changes(source: str) -> Iterator[tuple[str, str]]:
    """Yield every small change of a cell: what was changed, and the changed source."""
    tree = ast.parse(TransformerManager().transform_cell(source))
    for number, node in enumerate(ast.walk(tree)):
        for words, change in _changes_of(node):
            changed = copy.deepcopy(tree)
            twin = list(ast.walk(changed))[number]
            change(twin)
            where = f"line {getattr(node, 'lineno', 0)}: {words}"
            yield where, ast.unparse(ast.fix_missing_locations(changed))


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Constant):
        for value in _neighbours(node.value):
            yield (
                f"{short(node.value)} -> {short(value)}",
                lambda n, v=value: setattr(n, "value", v),
            )
    elif isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):
            if keyword.arg:
                yield f"without {keyword.arg}=", lambda n, p=place: n.keywords.pop(p)
    elif isinstance(node, ast.BinOp):
        other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Div: ast.Mult, ast.Mult: ast.Div}
        for old, new in other.items():
            if isinstance(node.op, old):
                yield f"{old.__name__} -> {new.__name__}", lambda n, o=new: setattr(n, "op", o())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "no minus", lambda n: setattr(n, "op", ast.UAdd())
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "no .T", lambda n: setattr(n, "attr", "real")


def short(value: Any) -> str:
    """Return what a literal looks like, without the middle of a long one."""
    return reprlib.repr(value) if isinstance(value, str) else repr(value)


def _neighbours(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value * 2, value / 2]
    if isinstance(value, str):
        return [value + "x", ""] if value else ["x"]
    return []


class Shell:
    """An IPython that collects a cell's outputs the way nbval reads them."""

    def __init__(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from IPython.utils.capture import capture_output

        class NoWindows(InteractiveShell):
            kernel = "none, but slicekit takes this for a notebook"

            def enable_gui(self, gui: str | None = None) -> None:
                pass

        self.shell, self.capture = NoWindows.instance(), capture_output

    def run(self, source: str) -> str:
        """Execute a cell; return all text that it puts out."""
        with self.capture() as captured:
            result = self.shell.run_cell(source, silent=False, store_history=False)
        if not result.success:
            return f"error: {result.error_before_exec or result.error_in_exec!r}"
        texts = [captured.stdout.replace("Out[0]: ", ""), captured.stderr]
        return words(texts + [out.data.get("text/plain", "") for out in captured.outputs])


def words(texts: list[str]) -> str:
    """Join texts, whatever the number of empty lines between them."""
    return re.sub(r"\n+", "\n", "\n".join(texts)).strip()


def stored(text: Path) -> list[str]:
    """Return the text that the notebook of a chapter holds, by code cell."""
    import nbformat

    notebook = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for cell in cells:
        streams = {"stdout": "", "stderr": ""}
        texts = []
        for output in cell.outputs:
            if output.output_type == "stream":
                streams[output.name] += output.text
            else:
                texts.append(output.data.get("text/plain", ""))
        found.append(words([*streams.values(), *texts]))
    return found


def in_a_child(work: Any) -> Any:
    """Run a function in a fork and return what it returns, or None if the fork died."""
    with tempfile.NamedTemporaryFile(dir=ROOT / "tools") as file:
        child = os.fork()
        if child == 0:
            try:
                Path(file.name).write_bytes(pickle.dumps(work()))
            except BaseException as fault:
                print(fault, file=sys.stderr)
            os._exit(0)
        os.waitpid(child, 0)
        answer = Path(file.name).read_bytes()
    return pickle.loads(answer) if answer else None


class Folder:
    """A folder for temporary files that can be put back as it was: forks share the disk."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.place, self.copy = self.home / "now", self.home / "kept"
        self.place.mkdir()
        tempfile.tempdir = str(self.place)

    def keep(self) -> None:
        """Remember what is in the folder."""
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.place, self.copy)

    def restore(self) -> None:
        """Put back what was in the folder."""
        shutil.rmtree(self.place)
        shutil.copytree(self.copy, self.place)


def shipped() -> dict[str, Any]:
    """Return all that slicekit defines."""
    found = {}
    for path in sorted((ROOT / "slicekit").glob("*.py")):
        found |= plain_functions(path.read_text())
    return found


def compared_with_the_package(source: str, changed: str) -> bool:
    """Return whether only definitions differ that a test compares with slicekit's own."""
    if "%" in source[:1]:
        return False
    ours, theirs, package = plain_functions(source), plain_functions(changed), shipped()
    differing = [name for name in ours if ours[name] != theirs.get(name)]
    return bool(differing) and all(ours[name] == package.get(name) for name in differing)


def survivors(text: Path) -> tuple[int, list[str]]:
    """Return how many changes a chapter allows, and those that nothing noticed."""
    import jupytext

    sources = [c.source for c in jupytext.read(text).cells if c.cell_type == "code"]
    expected, shell, folder, count, alive = stored(text), Shell(), Folder(), 0, []

    def unnoticed(place: int, changed: str) -> bool:
        for number in range(place, len(sources)):
            source = changed if number == place else sources[number]
            if shell.run(source) != expected[number]:
                return False
        return True

    for place, source in enumerate(sources):
        folder.keep()
        for where, changed in changes(source):
            count += 1
            if compared_with_the_package(source, changed):
                continue
            if in_a_child(lambda p=place, c=changed: unnoticed(p, c)) is True:
                alive.append(f"{text.stem[:2]}, code cell {place + 1}, {where}")
            folder.restore()
        found = shell.run(source)
        if found != expected[place]:
            raise SystemExit(f"{text.stem}, code cell {place + 1} differs unchanged: {found}")
    return count, alive


def main() -> None:
    """Mutate the chapters named on the command line, or all of them; bring the table up to date."""
    wanted = tuple(sys.argv[1:]) or ("",)
    counts, alive = last_runs()
    os.chdir(CHAPTERS)
    sys.path.insert(0, str(CHAPTERS))
    for text in sorted(CHAPTERS.glob("[0-9][0-9]_*.md")):
        if text.name.startswith(wanted):
            count, lines = in_a_child(lambda t=text: survivors(t))
            counts[text.stem] = count, count - len(lines)
            alive = [line for line in alive if line[:2] != text.stem[:2]] + lines
            print(f"{text.stem}: {count} changes, {len(lines)} unnoticed", flush=True)
    TABLE.write_text(table(counts, sorted(alive, key=lambda line: line[:2])))


def last_runs() -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Read the table: for each chapter changes and how many were noticed, and all others."""
    page = TABLE.read_text()
    rows = re.findall(r"^\| (\d\d_\w+) \| (\d+) \| (\d+) \|$", page, flags=re.M)
    counts = {name: (int(count), int(noticed)) for name, count, noticed in rows}
    return counts, re.findall(r"^- `(\d\d, .*)`$", page, flags=re.M)


def table(counts: dict[str, tuple[int, int]], alive: list[str]) -> str:
    """Write what is known of all chapters as a page."""
    total = sum(count for count, _ in counts.values())
    noticed = sum(noticed for _, noticed in counts.values())
    lines = [
        "# Small changes to the chapters, and how many the tests notice",
        "",
        "Written by `python tools/mutate_chapters.py`, for each chapter when it was last run. It",
        "changes each literal, keyword and index of every code cell a little, one at a time, and",
        "compares all text that the chapter then puts out with what is stored, as nbval does; and",
        "definitions that are slicekit's own with those in the package.",
        "",
        "| chapter | changes | noticed |",
        "|---|---|---|",
        *(f"| {name} | {count} | {seen} |" for name, (count, seen) in sorted(counts.items())),
        f"| all | {total} | {noticed} ({noticed / total:.1%}) |",
        "",
        "Not noticed:",
        "",
        *(f"- `{line}`" for line in alive),  # some of them are HTML
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
