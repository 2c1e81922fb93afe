"""Build every notebook from its text: the one command that writes ``chapters/*.ipynb``.

::

    .venv/bin/python tools/build_chapters.py              all chapters
    .venv/bin/python tools/build_chapters.py 03 05        some of them

It runs in an environment of its own, ``.venv-build``, made from the locked versions in
``tools/build-environment.txt``, so that everybody builds the same bytes. Text wins:
what a reader saved over the outputs is replaced, what is in the ``.md`` stays.
"""

import base64
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CHAPTERS = ROOT / "chapters"
LOCK = ROOT / "tools" / "build-environment.txt"
HOME = ROOT / ".venv-build"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def enter_locked_environment() -> None:
    """Run this program again with the locked versions, unless it does already."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    python = HOME / folder / f"python{suffix}"
    if Path(sys.prefix).resolve() == HOME.resolve():
        return
    stamp = HOME / LOCK.name
    if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", HOME], check=True)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        subprocess.run([*pip, "--no-deps", "-r", str(LOCK)], check=True)
        subprocess.run([*pip, "--no-deps", "-e", str(ROOT)], check=True)
        stamp.write_bytes(LOCK.read_bytes())
    raise SystemExit(subprocess.run([python, *sys.argv], check=False).returncode)


def environment() -> dict[str, str]:
    """Return the variables of a build: the sample, no front end, nobody's own settings."""
    sys.path.insert(0, str(ROOT))
    import conftest  # noqa: F401  sets them for the tests, and so for the build

    return dict(os.environ)


def build(text: Path) -> None:
    """Execute one chapter from its text and write the notebook beside it."""
    import nbformat

    notebook = read(text)
    execute(notebook, environment())
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shrink(output)
    nbformat.write(notebook, text.with_suffix(".ipynb"), version=nbformat.NO_CONVERT)


def read(text: Path) -> Any:
    """Turn the text of a chapter into a notebook without outputs."""
    import jupytext

    notebook = jupytext.read(text)
    notebook.metadata["kernelspec"] = KERNEL
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"{text.stem[:2]}-{number:02d}"
    return notebook


def execute(notebook: Any, env: dict[str, str]) -> None:
    """Run all cells in order in a fresh kernel and keep their outputs."""
    from nbclient import NotebookClient

    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # else a print may be stored in one piece or in two
        resources={"metadata": {"path": str(CHAPTERS)}},
    )
    client.execute(env=env)
    notebook.metadata.pop("language_info", None)  # it holds Python's version


def shrink(output: dict) -> None:
    """Store a picture with 64 colours: a quarter of the size, and hardly a visible difference."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    picture = output.get("data", {}).get("image/png")
    if picture is None:
        return
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    words = PngInfo()
    words.add_text("Description", digest(output["data"]["text/plain"]))
    small = io.BytesIO()
    image.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True, pnginfo=words
    )
    output["data"]["image/png"] = base64.b64encode(small.getvalue()).decode("ascii")


def digest(description: str) -> str:
    """Return what ties a stored picture to the words beside it."""
    return hashlib.sha256(description.encode()).hexdigest()[:16]


def main() -> None:
    """Build the chapters named on the command line, or all of them."""
    wanted = tuple(sys.argv[1:]) or ("",)
    for text in sorted(CHAPTERS.glob("[0-9][0-9]_*.md")):
        if text.name.startswith(wanted):
            build(text)
            print(f"{text.stem}: {text.with_suffix('.ipynb').stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    enter_locked_environment()
    main()
