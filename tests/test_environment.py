"""The gate stays the same whatever surrounds it, and real data run, too."""

import os
import subprocess
import sys

import pytest
from build_chapters import CHAPTERS, ROOT, execute, read
from test_data import other_archive

import slicekit

TEXTS = sorted(CHAPTERS.glob("[0-9][0-9]_*.md"))


def nbval(*chapters, **variables):
    """Run nbval on chapters in a process of its own."""
    env = {**os.environ, **variables}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    paths = [str(CHAPTERS / f"{chapter}.ipynb") for chapter in chapters]
    return subprocess.run([*command, *paths], cwd=ROOT, env=env, capture_output=True, text=True)


def test_the_gate_ignores_what_surrounds_it(tmp_path):
    """Another valid archive in the cache, a user's own matplotlibrc, a notebook's terminal."""
    (tmp_path / "matplotlibrc").write_text(
        "image.cmap: jet\nfigure.figsize: 9, 9\nimage.origin: lower\n"
    )
    (tmp_path / "cache").mkdir()
    other_archive(tmp_path / "cache" / "attention.zip")
    run = nbval(
        "02_get_a_volume",
        "05_answer_a_key",
        SLICEKIT_DATASET="attention",
        SLICEKIT_DATA_DIR=str(tmp_path / "cache"),
        MATPLOTLIBRC=str(tmp_path / "matplotlibrc"),
        JPY_SESSION_NAME="chapter.ipynb",
        MPLBACKEND="svg",
    )
    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_every_cell_also_runs_with_the_real_data(text, tmp_path):
    """With a stand-in for the archive: another head of the same shape, in Analyze format."""
    import tifffile

    volume = slicekit.data.read_archive(other_archive(tmp_path / "attention.zip"))
    tifffile.imwrite(tmp_path / "attention-mri.tif", volume.array, photometric="minisblack")
    notebook = read(text)
    execute(
        notebook,
        {**os.environ, "SLICEKIT_DATASET": "attention", "SLICEKIT_DATA_DIR": str(tmp_path)},
    )
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_all_cells_twice_in_one_kernel(text):
    notebook = read(text)
    again = read(text).cells
    for cell in again:
        cell["id"] += "-again"
    notebook.cells += again
    execute(notebook, dict(os.environ))
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
