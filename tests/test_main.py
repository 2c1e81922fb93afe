"""``python -m slicekit view``."""

import subprocess
import sys

import matplotlib.pyplot as plt
import nibabel
import numpy as np
import pytest

from slicekit import __main__


@pytest.fixture
def scan(tmp_path, array):
    path = tmp_path / "scan.nii.gz"
    nibabel.save(nibabel.Nifti1Image(array, np.diag([1, 2, 4, 1])), path)
    return str(path)


@pytest.fixture
def window(monkeypatch):
    """A backend that says it could open windows, and notes that it was asked to."""
    shown = []
    monkeypatch.setattr(plt, "get_backend", lambda: "qtagg")
    monkeypatch.setattr(plt, "show", lambda: shown.append(plt.gcf()))
    return shown


def test_view_opens_a_window_on_a_file(scan, window, array):
    assert __main__.main(["view", scan, "--axis", "-1"]) == 0
    (fig,) = window
    (ax,) = fig.axes
    assert np.array_equal(ax.images[0].get_array(), array[:, :, 3])
    assert ax.get_aspect() == 0.5
    assert ax.get_title() == "3 / 5, 12 mm"


def test_several_files_side_by_side(scan, window):
    assert __main__.main(["view", scan, scan]) == 0
    assert [ax.get_title() for ax in window[0].axes] == [f"{scan}, 2 / 3, 2 mm"] * 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.nii"], "no file 'nowhere.nii'"),
        (["{scan}", "--axis", "7"], "axis 7 is out of range"),
    ],
)
def test_one_line_on_what_is_wrong(scan, window, capsys, arguments, words):
    assert __main__.main(["view", *(word.format(scan=scan) for word in arguments)]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert window == []


def test_without_windows_it_says_so(scan):
    command = [sys.executable, "-m", "slicekit", "view", scan]
    env = {"MPLBACKEND": "agg", "PATH": "", "HOME": "/nowhere"}
    said = subprocess.run(command, capture_output=True, text=True, env=env)
    assert said.returncode == 1
    assert said.stderr.startswith("no window can be opened with the backend 'agg'; install")
    assert said.stderr.count("\n") == 1
