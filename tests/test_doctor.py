"""``python -m slicekit doctor``, in environments that are well and in broken ones."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from build_chapters import ROOT
from environments import change, copy, kernelspec, pretend, python, remove, replace, run, site

from slicekit import cure

NAMES = ["Python", "packages", "ipympl", "front end", "kernel", "data", "keys", "write access"]
BROKEN = "raise AttributeError('_ARRAY_API not found')"
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


@pytest.fixture
def env(installed, tmp_path):
    return copy(installed, tmp_path / "an env")


def examine(env, cwd, **variables):
    """Return the faults that the doctor finds in an environment, name to words and cure."""
    said = run(env, "-m", "slicekit", "doctor", "--json", cwd=cwd, **variables)
    answer = json.loads(said.stdout)
    assert said.stderr == ""
    assert "Traceback" not in said.stdout
    assert set(answer) == {"ok", "checks"}
    assert [check["name"] for check in answer["checks"]] == NAMES
    for check in answer["checks"]:
        assert set(check) == {"name", "ok", "found", "fix"}
        assert (check["fix"] == "") == check["ok"]
        assert "\n" not in check["found"] + check["fix"]
    faults = {c["name"]: (c["found"], c["fix"]) for c in answer["checks"] if not c["ok"]}
    assert answer["ok"] == (not faults)
    assert said.returncode == (1 if faults else 0)
    return faults


def one(env, name, cwd):
    """Return the answer of one check."""
    said = run(env, "-m", "slicekit.doctor", name, cwd=cwd)
    return json.loads(said.stdout)


def test_all_is_well(tmp_path):
    assert examine(Path(sys.prefix), tmp_path, SLICEKIT_DATA_DIR=str(tmp_path / "new")) == {}
    assert list(tmp_path.iterdir()) == []


def test_in_words(installed, tmp_path):
    said = run(installed, "-m", "slicekit", "doctor", cwd=tmp_path)
    assert said.returncode == 0, said.stdout
    *lines, last = said.stdout.splitlines()
    assert [line.removeprefix("ok     ").split(":")[0] for line in lines] == NAMES
    assert last == "Figures can be live here."
    assert "K went from slice 78 to slice 79, and its picture came back" in said.stdout


def test_in_words_without_ipympl(env, tmp_path):
    remove(env, "ipympl")
    said = run(env, "-m", "slicekit", "doctor", cwd=tmp_path)
    assert said.returncode == 1
    cure = f"'{python(env)}' -m pip install -U 'ipympl>=0.9.6'"
    assert f"WRONG  packages: ipympl is missing\n       cure: {cure}\n" in said.stdout
    assert f"WRONG  keys: not tried: mend ipympl first\n       cure: {cure}\n" in said.stdout
    assert "ok     kernel: " in said.stdout
    assert "Traceback" not in said.stdout + said.stderr


def test_an_ipympl_too_old_for_this_matplotlib(env, tmp_path):
    pretend(env, "ipympl", "0.9.4")
    pretend(env, "matplotlib", "3.10.0")
    faults = examine(env, tmp_path)
    assert set(faults) == {"packages", "ipympl", "front end", "keys"}
    assert faults["ipympl"][0] == "0.9.4 with Matplotlib 3.10.0: keys are lost (ipympl#575)"
    assert {fix for _, fix in faults.values()} == {
        f"'{python(env)}' -m pip install -U 'ipympl>=0.9.6'"
    }


def test_without_numpy_and_without_pip(env, tmp_path):
    remove(env, "numpy", "pip")
    faults = examine(env, tmp_path)
    assert set(faults) == {"packages", "front end", "data", "keys", "write access"}
    assert faults["packages"][0] == "numpy is missing; pip is missing"
    assert "No module named 'numpy'; mend packages first" in faults["data"][0]
    (fix,) = {fix for _, fix in faults.values()}
    words = shlex.split(fix)
    assert words[1:5] == ["-m", "pip", "--python", python(env)]
    # it can be pasted, and the pip that it names works
    harmless = fix.replace("install -U", "list --format=json")[: -len("'numpy>=1.26' 'pip>=22.3'")]
    assert "slicekit" in subprocess.run(harmless, shell=True, capture_output=True, text=True).stdout


def test_a_folder_where_no_notebook_can_be_saved(installed):
    ok, found, fix = one(installed, "write access", "/proc")
    assert (ok, fix) == (False, "cd ~")
    assert found.startswith("cannot write to the current folder")


@pytest.mark.parametrize(
    ("code", "reason"),
    [(BROKEN, "AttributeError: _ARRAY_API not found"), (CRASH, "it ends Python")],
    ids=["raises", "crashes"],
)
def test_matplotlib_breaks_when_it_is_imported(env, tmp_path, code, reason):
    replace(env, "matplotlib", code)
    faults = examine(env, tmp_path)
    assert set(faults) >= {"packages", "front end", "keys"}
    assert faults["packages"][0].startswith("matplotlib cannot be imported (" + reason)
    assert {fix for _, fix in faults.values()} == {
        f"'{python(env)}' -m pip install --force-reinstall 'matplotlib>=3.8'"
    }


def test_no_kernel_no_sample_and_no_cache(env, tmp_path):
    remove(env, "ipykernel")
    (site(env) / "slicekit/_data/attention-sample.zip").unlink()
    file = tmp_path / "file"
    file.touch()
    faults = examine(env, tmp_path, SLICEKIT_DATA_DIR=str(file))
    assert set(faults) == {"kernel", "data", "keys", "write access"}
    assert faults["kernel"][0] == "ipykernel is missing"
    assert faults["kernel"][1].endswith("-m pip install -U ipykernel")
    assert faults["data"][0].startswith("attention-sample.zip is missing")
    assert "--force-reinstall --no-deps" in faults["data"][1]
    assert faults["keys"] == ("not tried: mend kernel first", faults["kernel"][1])
    assert faults["write access"][1] == 'export SLICEKIT_DATA_DIR="$HOME/slicekit-data"'


def test_slicekit_without_metadata(env, tmp_path):
    (info,) = site(env).glob("slicekit-*.dist-info")
    info.rename(tmp_path / "gone")
    faults = examine(env, tmp_path)
    assert set(faults) == {"Python", "packages"}
    assert faults["Python"][0].endswith("slicekit is not installed there")
    assert faults["packages"][1] == faults["Python"][1]


# ---- one check at a time


def test_what_only_suffers_from_another_package_is_not_blamed(env, tmp_path):
    remove(env, "tqdm")
    replace(env, "numpy", "raise SystemExit(0)")
    replace(env, "pydicom", "raise SystemExit('no reason')")
    ok, found, fix = one(env, "packages", tmp_path)
    assert not ok
    assert found.split("; ") == [
        "tqdm is missing",
        "numpy cannot be imported (it ends Python)",
        "pydicom cannot be imported (no reason)",
    ]
    assert fix.endswith(" --force-reinstall 'tqdm>=4.66' 'numpy>=1.26' 'pydicom>=3.0.1'")


@pytest.mark.parametrize("name", ["attention-sample.zip", "data_registry.txt"])
def test_damaged_data(env, tmp_path, name):
    path = site(env) / "slicekit/_data" / name
    path.write_bytes(path.read_bytes()[:-3] + b"000")
    ok, found, fix = one(env, "data", tmp_path)
    assert not ok
    assert "damaged" in found or "line" in found, found
    assert "--force-reinstall --no-deps" in fix


def test_a_damaged_archive_in_the_cache(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATA_DIR", str(tmp_path))
    archive = tmp_path / "attention.zip"
    archive.write_text("not an archive")
    ok, found, fix = one(installed, "data", tmp_path)
    assert not ok
    assert "attention.zip" in found
    assert fix == f"rm -r {archive}"
    subprocess.run(fix, shell=True, check=True)
    assert one(installed, "data", tmp_path)[0]


def test_a_data_set_that_is_not(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATASET", "smaple")
    ok, found, fix = one(installed, "data", tmp_path)
    assert (ok, fix) == (False, "unset SLICEKIT_DATASET")
    assert "'smaple'" in found


def test_a_kernel_that_is_not_there(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", kernelspec(tmp_path / "jupyter", "/nowhere/bin/python"))
    ok, found, fix = one(installed, "kernel", tmp_path)
    assert not ok
    assert "is to run /nowhere/bin/python, which is not there" in found
    subprocess.run(fix, shell=True, check=True, capture_output=True)
    assert one(installed, "kernel", tmp_path)[0]


def test_a_kernel_of_another_environment(installed, env, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", kernelspec(tmp_path / "jupyter", python(env)))
    ok, found, fix = one(installed, "kernel", tmp_path)
    assert not ok
    assert f"runs the Python of {env}, not this one" in found
    assert fix.endswith("remove -f python3")


def test_a_kernel_that_dies(env, tmp_path):
    (site(env) / "ipykernel_launcher.py").unlink()
    ok, found, fix = one(env, "kernel", tmp_path)
    assert not ok
    assert "does not start: Kernel died before replying" in found
    assert "ipykernel_launcher" in found
    assert fix.endswith("--force-reinstall ipykernel")


def test_the_half_in_the_browser(env, tmp_path, monkeypatch):
    extension = env / "share/jupyter/labextensions/jupyter-matplotlib"
    other = tmp_path / "jupyter/labextensions/jupyter-matplotlib"
    other.mkdir(parents=True)
    (other / "package.json").write_text('{"name": "jupyter-matplotlib", "version": "0.10.5"}')
    with monkeypatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
        ok, found, fix = one(env, "front end", tmp_path)
        assert not ok
        assert f"{other} is 0.10.5, but ipympl here asks for ^0." in found
        subprocess.run(fix, shell=True, check=True)
        assert one(env, "front end", tmp_path)[0]
    extension.unlink()
    ok, found, fix = one(env, "front end", tmp_path)
    assert not ok
    assert found == "jupyter-matplotlib, the part of ipympl in the browser, is missing"
    assert fix.endswith("--force-reinstall --no-deps ipympl")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("if content['type'] == 'closing'", "if 'key' in content['type']", "the key is lost"),
        ("def send_binary(self, data):", "def send_binary(self, data):\n        return", "picture"),
    ],
)
def test_a_key_that_is_lost_on_the_way(env, tmp_path, old, new, reason):
    change(env, "ipympl/backend_nbagg.py", old, new)
    ok, found, _ = one(env, "keys", tmp_path)
    assert not ok
    assert reason in found


def test_a_picture_that_stays_the_same(env, tmp_path):
    change(env, "slicekit/article.py", "ax.images[0].set_array(volume[ax.index])", "pass")
    ok, found, _ = one(env, "keys", tmp_path)
    assert not ok
    assert found == "RuntimeError: the key arrives, but no new picture comes back of slice 79"


# ---- the lines to paste


def test_lost_data_come_back_from_where_slicekit_came(wheel, env, tmp_path):
    if (ROOT / ".git").exists():
        here = shlex.quote(str(ROOT))
        assert cure.restore() == f"git -C {here} checkout -- data_registry.txt slicekit/_data"
    said = run(env, "-c", "from slicekit import cure; print(cure.restore())", cwd=tmp_path)
    assert said.stdout.endswith(f" install --force-reinstall --no-deps {wheel}\n")
    (site(env) / "slicekit/_data/data_registry.txt").unlink()
    remove(env, "pip")  # links must not be followed: pip of the Python below is taken
    said = run(env, "-c", "from slicekit import cure; print(cure.restore())", cwd=tmp_path)
    subprocess.run(said.stdout, shell=True, check=True, capture_output=True)
    assert one(env, "data", tmp_path)[0]
