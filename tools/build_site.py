"""Build the book: the chapters and all other pages as a site that needs no Python and no network.

::

    python tools/build_site.py            into the folder site
    python tools/build_site.py FOLDER     into another one

It needs ``pip install -e ".[chapters,book]"``. Each chapter is executed once more, for the
pictures of every slice; all else that the cells say is what the stored notebooks hold, and the
build stops if the two differ.
"""

import base64
import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
from book_figures import alt_text
from build_chapters import CHAPTERS, ROOT, environment, execute
from PIL import Image

import slicekit
from slicekit import page

SETTINGS = ROOT / "tools" / "book"
LAST_OF_TUTORIAL = "07"
FIRST_CELL = "from book_figures import let_viewers_scroll\n\nlet_viewers_scroll()"
BUILD_CHAPTERS = "build the chapters first: python tools/build_chapters.py"


def main() -> None:
    """Build the book into the folder named on the command line."""
    folder = Path(*sys.argv[1:2] or ["site"]).resolve()
    check_folder(folder)
    with tempfile.TemporaryDirectory() as scratch:
        sources, built = Path(scratch, "sources"), Path(scratch, "built")
        assemble(sources)
        run_sphinx(sources, built)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(built, folder)
    pages = sorted(folder.rglob("*.html"), key=lambda path: path.stat().st_size)
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    largest = f"the largest is {pages[-1].name} with {megabytes(pages[-1].stat().st_size)}"
    print(f"{folder / 'index.html'}: {len(pages)} pages, {megabytes(total)}; {largest}")


def megabytes(size: int) -> str:
    """Return a size in words."""
    return f"{size / 1e6:.1f} MB"


def check_folder(folder: Path) -> None:
    """Refuse to build over something that is not an earlier build."""
    if folder.exists() and not (folder / "searchindex.js").exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} holds something else than a book; name another folder")


def assemble(sources: Path) -> None:
    """Copy all pages, laid out as in the repository, so that the links between them hold."""
    shutil.copytree(SETTINGS, sources)
    static = sources / "_static"
    static.mkdir()
    for file in SETTINGS.glob("book.*"):
        shutil.move(sources / file.name, static)
    (static / "scroller.css").write_text(page.style(), encoding="utf-8")
    (static / "scroller.js").write_text(page.script(), encoding="utf-8")
    shutil.copytree(ROOT / "docs", sources / "docs")
    shutil.copytree(CHAPTERS / "solutions", sources / "chapters" / "solutions")
    env = environment() | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tools")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        notebooks = sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb"))
        written = [sources / path.relative_to(ROOT) for path in notebooks]
        list(
            pool.map(nbformat.write, pool.map(lambda path: chapter(path, env), notebooks), written)
        )
    for path in ROOT.glob("*.md"):
        shutil.copy(path, sources)
    (sources / "api.rst").write_text(api(), encoding="utf-8")
    (sources / "README.md").rename(sources / "index.md")
    with (sources / "index.md").open("a", encoding="utf-8") as start:
        start.write(contents(sources))
    for path in [*sources.rglob("*.md")]:
        bring_linked_files(path, sources)


def chapter(path: Path, env: dict[str, str]) -> Any:
    """Return a stored notebook in which the figures of viewers scroll."""
    notebook = nbformat.read(path, nbformat.NO_CONVERT)
    notebook.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
    pairs = zip(notebook.cells, run_again(notebook, env), strict=True)
    for number, (cell, run) in enumerate(pairs, 1):
        outputs, fresh = cell.get("outputs", []), run.get("outputs", [])
        if [said(output) for output in outputs] != [said(output) for output in fresh]:
            raise SystemExit(f"{path.name}, cell {number} says something new; {BUILD_CHAPTERS}")
        for output, found in zip(outputs, fresh, strict=True):
            if "image/png" in output.get("data", {}):
                output.data = {"text/html": found.data.get("text/html") or still(output.data)}
    return notebook


def run_again(notebook: Any, env: dict[str, str]) -> list[Any]:
    """Return the cells of a notebook, executed where figures come out as HTML, too."""
    copy = nbformat.from_dict(notebook)
    copy.cells = [nbformat.v4.new_code_cell(FIRST_CELL), *map(nbformat.from_dict, copy.cells)]
    execute(copy, env)
    return copy.cells[1:]


def said(output: Any) -> Any:
    """Return what is compared of an output: everything but pictures."""
    words = {kind: x for kind, x in output.get("data", {}).items() if kind == "text/plain"}
    return output.output_type, output.get("name"), output.get("text"), words


def still(data: dict[str, str]) -> str:
    """Return a picture as HTML, with what it shows in words."""
    width, height = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size
    source = f"data:image/png;base64,{data['image/png'].replace(chr(10), '')}"
    words = html.escape(alt_text(data["text/plain"]))
    return f'<img class="still" alt="{words}" width="{width}" height="{height}" src="{source}">'


def contents(sources: Path) -> str:
    """Return the table of contents, for the margin of every page."""
    chapters = sorted(path.stem for path in (sources / "chapters").glob("*.ipynb"))
    parts = {
        "The tutorial": [f"chapters/{c}" for c in chapters if c[:2] <= LAST_OF_TUTORIAL],
        "Going further": [f"chapters/{c}" for c in chapters if c[:2] > LAST_OF_TUTORIAL],
        "More": pages_in(sources, "docs/**/*.md"),
        "Reference": ["api", *(p for p in pages_in(sources, "*.md") if p != "index")],
        "Solutions": pages_in(sources, "chapters/solutions/*.md"),
    }
    return "".join(
        "\n\n```{toctree}\n:hidden:\n:caption: " + caption + "\n\n" + "\n".join(pages) + "\n```\n"
        for caption, pages in parts.items()
    )


def pages_in(sources: Path, pattern: str) -> list[str]:
    """Return the names of pages, as a table of contents wants them."""
    found = sorted(sources.glob(pattern))
    return [path.relative_to(sources).with_suffix("").as_posix() for path in found]


def api() -> str:
    """Return the page that describes all public names, by module, the finished viewer first."""
    lines = ["API", "===", "", ".. currentmodule:: slicekit", ""]
    for module in dict.fromkeys(reversed(slicekit._HOME.values())):
        summary, *_ = (import_module(f"slicekit.{module}").__doc__ or "").split("\n\n")
        lines += [module, "-" * len(module), "", summary, ""]
        for name in [name for name in slicekit.__all__ if slicekit._HOME[name] == module]:
            kind = "class" if isinstance(getattr(slicekit, name), type) else "function"
            lines += [f".. auto{kind}:: {name}", *["   :members:"] * (kind == "class"), ""]
    return "\n".join(lines)


def bring_linked_files(text: Path, sources: Path) -> None:
    """Copy what a page links to and is no page itself; README is the start page here."""
    words = text.read_text(encoding="utf-8")
    home = ROOT / text.relative_to(sources).parent
    for target in re.findall(r"\]\(([^)#\s:]+)", words):
        file, copy = home / target, text.parent / target
        if file.is_file() and not copy.exists() and file.name != "README.md":
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    text.write_text(re.sub(r"(\]\([./]*)README\.md", r"\1index.md", words), encoding="utf-8")


def run_sphinx(sources: Path, built: Path) -> None:
    """Make pages of the sources; a warning is an error."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    doctrees = ["-d", str(built.with_name("doctrees"))]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, *doctrees, str(sources), str(built)], env=env, check=False)
    if done.returncode:
        raise SystemExit("the book was not built, because of the warnings above")
    shutil.rmtree(built / ".doctrees", ignore_errors=True)


if __name__ == "__main__":
    main()
