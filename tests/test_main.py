"""``python -m slicekit``; ``doctor`` and ``read`` have tests of their own."""

import hashlib
import os
import runpy
import subprocess
import sys
from contextlib import redirect_stdout

import matplotlib.pyplot as plt
import nibabel
import numpy as np
import pytest

from slicekit import __main__, data, doctor


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


def test_three_planes_with_left_on_the_right(scan, window):
    assert __main__.main(["view", scan, "--planes", "--radiological"]) == 0
    coronal = window[0].axes[1]
    assert coronal.get_title() == "coronal 2 / 4, 4 mm"
    assert [text.get_text() for text in coronal.texts] == ["R", "L", "I", "S"]


def test_long_names_of_files_and_an_orientation_told(tmp_path, window, array):
    names = ["the ct of monday.npy", "dose.npy"]
    for name in names:
        np.save(tmp_path / name, array)
    paths = [str(tmp_path / name) for name in names]
    assert __main__.main(["view", *paths, "--planes", "--orientation", "LAS"]) == 0
    axes = window[0].axes
    assert [text.get_text() for text in axes[1].texts] == ["L", "R", "I", "S"]
    corners = [ax.texts[0].get_text().replace("\n", " ") for ax in (axes[3], axes[7])]
    assert corners == [f"{name} neurological: left is on the left" for name in names]


def test_letters_for_one_plane(scan, window):
    assert __main__.main(["view", scan, "--axis", "2", "--radiological"]) == 0
    (ax,) = window[0].axes
    assert [text.get_text() for text in ax.texts] == ["R", "L", "P", "A"]


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


def test_only_read_takes_options_that_it_does_not_know(scan, window, capsys):
    with pytest.raises(SystemExit, match="2"):
        __main__.main(["view", scan, "--no-browser", "--quiet"])
    said = capsys.readouterr().err
    assert said.endswith(" error: unrecognized arguments: --no-browser --quiet\n")
    assert window == []


def test_the_data_sets_have_the_same_names_everywhere():
    assert list(__main__.DATA) == list(data.FILES)


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit, match="0"):
        __main__.main(["--help"])
    said = capsys.readouterr().out
    assert all(f"\n    {name} " in said for name in ("read", "doctor", "view", "fetch", "pin"))


def test_what_must_run_on_a_broken_installation_imports_only_the_standard_library():
    code = (
        "import sys; before = set(sys.modules)\n"
        "import slicekit.__main__, slicekit.doctor, slicekit.cure, slicekit.roundtrip\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "['slicekit']\n"


SAID = {
    (): [
        "usage: python -m slicekit [-h] {read,doctor,view,fetch,pin} ...",
        "read the chapters, mend the installation, look at files, get data.",
        "put the chapters into FOLDER (default: slicekit-chapters), and open them in JupyterLab",
        "say whether figures can be live, and the cure",
        "open a window on a file",
        "download the data",
        "print the line that pins it",
    ],
    ("read",): [
        "usage: python -m slicekit read [-h] [FOLDER] [OPTION OF JUPYTERLAB ...]",
        "put the chapters into FOLDER (default: slicekit-chapters), and open them in JupyterLab",
    ],
    ("doctor",): ["--json print JSON and nothing else"],
    ("view",): [
        "one or more, shown side by side",
        "the axis held fixed",
        "--planes three planes with a crosshair",
        "--radiological left of the body on the right",
        "where the axes run, such as LAS, if no file says so",
    ],
    ("fetch",): ["{attention,attention-mri}"],
}


@pytest.mark.parametrize("command", SAID, ids=str)
def test_help_says_what_each_command_does(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    with pytest.raises(SystemExit, match="0"):
        __main__.main([*command, "--help"])
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for words in SAID[command]:
        assert any(line.endswith(words) for line in said), words


def test_a_command_has_to_be_named(capsys):
    with pytest.raises(SystemExit, match="2"):
        __main__.main([])
    assert "the following arguments are required: command" in capsys.readouterr().err


def test_the_doctor_is_asked_and_his_answer_is_the_exit_code(monkeypatch):
    asked = []
    monkeypatch.setattr(doctor, "doctor", lambda as_json: asked.append(as_json) or 1)
    assert __main__.main(["doctor"]) == __main__.main(["doctor", "--json"]) == 1
    assert asked == [False, True]


@pytest.mark.parametrize("backend", ["agg", "Cairo", "pdf", "pgf", "ps", "SVG", "template"])
def test_a_backend_without_windows_opens_none(monkeypatch, capsys, scan, backend):
    monkeypatch.setattr(plt, "get_backend", lambda: backend)
    assert __main__.main(["view", scan]) == 1
    assert capsys.readouterr().err == (
        f"no window can be opened with the backend {backend!r}; install a toolkit, "
        "such as with pip install PySide6, and start from a desktop\n"
    )


def test_files_of_different_names_are_called_by_them(scan, window, tmp_path, array):
    np.save(tmp_path / "other.npy", array)
    assert __main__.main(["view", scan, str(tmp_path / "other.npy")]) == 0
    titles = [ax.get_title().split(",")[0] for ax in window[0].axes]
    assert titles == ["scan.nii.gz", "other.npy"]


def test_files_of_one_name_are_called_by_their_paths_and_dollars_are_no_mathematics(
    window, tmp_path, array
):
    files = [tmp_path / folder / "scan.npy" for folder in ("$x$", "b")]
    for file in files:
        file.parent.mkdir()
        np.save(file, array)
    assert __main__.main(["view", *map(str, files)]) == 0
    for ax, file in zip(window[0].axes, files, strict=True):
        assert ax.get_title().startswith(str(file).replace("$", r"\$"))


@pytest.mark.parametrize("name", [None, "attention-mri"])
@pytest.mark.parametrize("command", ["fetch", "pin"])
def test_data_are_fetched_and_pinned(monkeypatch, capsys, tmp_path, command, name):
    from slicekit import download

    file = data.FILES[name or "attention"]
    (tmp_path / file).write_text("the data")
    asked = []

    def get(*given):
        asked.append(given)
        return tmp_path / file

    monkeypatch.setattr(download, "download", get)
    assert __main__.main([command, *([name] if name else [])]) == 0
    source = data.registry()[file]
    assert asked == [(file, source, data.cache_dir(), data.check)]
    digest = hashlib.sha256(b"the data").hexdigest()
    pinned = f"{file} sha256:{digest} {source.url}\n"
    assert capsys.readouterr().out == (pinned if command == "pin" else f"{tmp_path / file}\n")


# ---- how it ends


def says_and_fails(monkeypatch, fault):
    """Let the doctor say a word, and then fail if there is a fault."""

    def examine(as_json):
        print("word")
        if fault:
            raise fault
        return 0

    monkeypatch.setattr(doctor, "doctor", examine)


def test_a_program_takes_the_words_of_its_command_line_and_tells_the_shell(monkeypatch):
    monkeypatch.setattr(doctor, "doctor", lambda as_json: 7 if as_json else 0)
    monkeypatch.setattr(sys, "argv", ["slicekit", "doctor", "--json"])
    with pytest.raises(SystemExit, match=r"^7$"):
        runpy.run_path(__main__.__file__, run_name="__main__")


def test_whoever_interrupts_it_reads_no_traceback(monkeypatch, capsys):
    says_and_fails(monkeypatch, KeyboardInterrupt())
    assert __main__.main(["doctor"]) == 130
    assert capsys.readouterr() == ("word\n", "interrupted\n")


@pytest.mark.parametrize(
    ("words", "said"), [("a" * 2000, "a" * 2000), ("a" * 2001, "a" * 1997 + "...")]
)
def test_a_fault_is_told_in_2000_letters_at_most(monkeypatch, capsys, words, said):
    says_and_fails(monkeypatch, ValueError(words))
    assert __main__.main(["doctor"]) == 1
    assert capsys.readouterr() == ("word\n", f"{said}\n")


@pytest.mark.parametrize(("fault", "said"), [(None, ""), (ValueError("too bad"), "too bad\n")])
def test_whoever_has_left_is_told_nothing_more(monkeypatch, capsys, fault, said):
    says_and_fails(monkeypatch, fault)
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as nobody, redirect_stdout(nobody):
        assert __main__.main(["doctor"]) == 1
        nobody.flush()  # as Python does in the end, and it must not fail
    assert capsys.readouterr().err == said
