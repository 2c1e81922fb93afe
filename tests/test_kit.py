"""The offline kit, with stand-ins for its wheels: its builder and its installer."""

import ast
import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import build_kit
import pip
import pooch
import pytest
from build_kit import HERE, PIECES, ROOT
from environments import OURS, python
from kit import install

import slicekit
from slicekit import data

PIP = f"pip-{pip.__version__}-py3-none-any.whl"
CHAPTER = "chapters/01_show_an_image"
NOWHERE = "http://127.0.0.1:9"  # a port at which nobody listens
DOCTOR = """
import os
def doctor(*, as_json):
    print("the doctor was here")
    return int("UNWELL" in os.environ)
"""


@pytest.fixture(scope="module")
def kit(wheel, tmp_path_factory):
    """A kit with two wheels: pip's, and slicekit's, which borrows what it needs from us."""
    kit = tmp_path_factory.mktemp("stand-in") / "a kit"
    for folder in ("wheels", "sets"):
        (kit / folder).mkdir(parents=True)
    with zipfile.ZipFile(wheel) as real, zipfile.ZipFile(kit / "wheels" / wheel.name, "w") as thin:
        for name in real.namelist():
            text = real.read(name)
            if name.endswith("METADATA"):
                text = re.sub(rb"Requires-Dist.*\n", b"", text)
            thin.writestr(name, DOCTOR if name == "slicekit/doctor.py" else text)
        thin.writestr("ours.pth", str(OURS))
    home = Path(pip.__file__).parent
    with zipfile.ZipFile(kit / "wheels" / PIP, "w") as whole:
        for path in home.rglob("*"):
            if "__pycache__" not in path.parts:
                whole.write(path, path.relative_to(home.parent))
    name = install.this_set()
    (kit / "sets" / f"{name}.txt").write_text(f"slicekit[chapters]=={slicekit.__version__}\n")
    sets = {name: {"wheels": 1, "MB": 2.0, "pip": PIP}}
    contents = {"slicekit": slicekit.__version__, "sets": sets, "attention": None, "book": False}
    (kit / "kit.json").write_text(json.dumps(contents))
    (kit / "install.py").write_bytes((PIECES / "install.py").read_bytes())
    return kit


@pytest.fixture(scope="module")
def server(kit):
    """The kit's address, as ``python -m http.server --directory`` serves it."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = partial(Silent, directory=str(kit))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run(kit, home, *words, **variables):
    """Run the kit's installer as a student does, whose settings all lead nowhere."""
    for settings in (
        ".config/pip/pip.conf",
        "pip/pip.ini",
        "Library/Application Support/pip/pip.conf",
    ):
        (home / settings).parent.mkdir(parents=True, exist_ok=True)
        (home / settings).write_text("[install]\nrequire-hashes = true\n")
    poison = {"PIP_INDEX_URL": NOWHERE, "PIP_REQUIRE_VIRTUALENV": "1", "PIP_TARGET": str(home)}
    proxies = dict.fromkeys(("http_proxy", "https_proxy"), NOWHERE)
    env = {**os.environ, **poison, **proxies, "HOME": str(home), "USERPROFILE": str(home)}
    command = [sys.executable, str(kit / "install.py"), *map(str, words)]
    return subprocess.run(command, cwd=home, env=env | variables, capture_output=True, text=True)


def one_line(said):
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1, said.stderr
    return said.stderr


# ---- the whole way


@pytest.mark.parametrize("over_the_network", [False, True])
def test_a_kit_installs_and_a_second_time_changes_nothing(kit, server, tmp_path, over_the_network):
    home, words = tmp_path / "Ann Lee", [f"{server}/index.html"] if over_the_network else []
    said = run(kit, home, *words)
    assert said.returncode == 0, said.stdout + said.stderr
    folder = home / "slicekit-workshop"
    ours = python(folder / ".venv")
    assert f"'{ours}' -m slicekit read '{folder}'\n" in said.stdout
    assert "the doctor was here" in said.stdout
    where = [ours, "-I", "-c", "import slicekit; print(slicekit.__file__)"]
    found = subprocess.run(where, cwd=home, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(folder)

    (folder / f"{CHAPTER}.md").write_text("mine")
    (folder / f"{CHAPTER}.ipynb").unlink()
    (folder / "chapters" / "my own.ipynb").write_text("mine, too")
    before = {path: path.read_bytes() for path in (folder / "chapters").rglob("*.*")}
    again = run(kit, home, *words)
    assert again.returncode == 0, again.stderr
    assert {path: path.read_bytes() for path in (folder / "chapters").rglob("*.*")} == before
    assert f"left alone, because yours differ: {CHAPTER}.ipynb" in again.stdout


def test_an_unwell_installation_in_a_folder_that_was_named(kit, tmp_path):
    home, folder = tmp_path / "home", tmp_path / "mine"
    said = run(kit, home, "--folder", folder, UNWELL="1")
    assert (folder / f"{CHAPTER}.ipynb").exists()
    assert not (home / "slicekit-workshop").exists()
    fault = one_line(said)
    assert fault.startswith(
        f"the doctor found a fault; delete {folder / '.venv'} and run install.py"
    )
    assert f"-m slicekit read {folder}\n" in said.stdout


# ---- one line for each fault


@pytest.fixture
def alone(tmp_path):
    """The installer as it lies in a folder for downloads."""
    (tmp_path / "install.py").write_bytes((PIECES / "install.py").read_bytes())
    return tmp_path


def test_no_kit_beside_it(alone):
    fault = one_line(run(alone, alone))
    assert fault.startswith(f"no kit at {alone} (No such file or directory); name the folder or")


def test_a_wrong_address(alone):
    assert f"no kit at {NOWHERE} ([Errno" in one_line(run(alone, alone, NOWHERE))
    assert "name the folder or the address" in one_line(run(alone, alone, "http://x:y"))
    assert "no kit at" in one_line(run(alone, alone, "192.168.0.5:8000"))


def test_a_server_of_something_else(alone, server):
    fault = one_line(run(alone, alone, f"{server}/wheels"))
    assert f"no kit at {server}/wheels (File not found)" in fault


@pytest.mark.parametrize("page", ["<!doctype html>", "{}", "[]", "\xff"])
def test_a_page_of_something_else(alone, page):
    (alone / "kit.json").write_bytes(page.encode("latin-1"))
    assert "(what is there is not a kit)" in one_line(run(alone, alone))


def test_an_older_python(kit):
    older = "import runpy, sys; sys.version_info = (3, 9, 6); runpy.run_path(sys.argv[1])"
    command = [sys.executable, "-c", older, str(kit / "install.py")]
    said = subprocess.run(command, capture_output=True, text=True)
    assert "slicekit wants 3.11 or newer; run install.py with a newer one" in one_line(said)


def test_an_older_python_can_read_it_to_that_point():
    ast.parse((PIECES / "install.py").read_text(), feature_version=(3, 6))


def test_an_environment_of_another_python(kit, tmp_path):
    other = Path(python(tmp_path / "slicekit-workshop" / ".venv"))
    other.parent.mkdir(parents=True)
    other.write_text("#!/bin/sh\necho 3.9\n")
    other.chmod(0o755)
    fault = one_line(run(kit, tmp_path))
    assert "is of another Python (3.9); delete " in fault
    assert other.read_text().endswith("echo 3.9\n")


def test_half_an_environment(kit, tmp_path):
    (tmp_path / "slicekit-workshop" / ".venv").mkdir(parents=True)
    assert ".venv and run install.py again; your chapters stay" in one_line(run(kit, tmp_path))


def test_a_file_in_the_way_of_the_folder(kit, tmp_path):
    (tmp_path / "slicekit-workshop").write_text("mine")
    fault = one_line(run(kit, tmp_path))
    assert "no environment in" in fault
    assert (tmp_path / "slicekit-workshop").read_text() == "mine"


def test_a_kit_without_one_of_its_wheels(kit, tmp_path):
    (wheel,) = (kit / "wheels").glob("slicekit-*.whl")
    wheel.rename(tmp_path / wheel.name)
    try:
        fault = one_line(run(kit, tmp_path))
    finally:
        (tmp_path / wheel.name).rename(wheel)
    assert "No matching distribution found for slicekit" in fault
    assert "run install.py again" in fault


def test_a_kit_without_pip(kit, tmp_path):
    gone = (kit / "wheels" / PIP).rename(tmp_path / PIP)
    try:
        fault = one_line(run(kit, tmp_path))
    finally:
        gone.rename(kit / "wheels" / PIP)
    assert fault.startswith(f"wheels/{PIP} did not come from {kit}")


def test_pip_is_told_to_trust_the_room_and_no_index(kit, server, monkeypatch):
    told = []
    monkeypatch.setattr(install, "follow", lambda command, *_: told.extend(command) or "")
    contents = json.loads((kit / "kit.json").read_text())
    install.install(server, install.this_set(), contents, Path(sys.executable))
    assert "--no-index" in told
    assert told[told.index("--find-links") + 1] == f"{server}/wheels/"
    assert told[told.index("--trusted-host") + 1] == server.removeprefix("http://")


# ---- which set, and which kit


@pytest.mark.parametrize(
    ("build", "machine", "name"),
    [
        ("win-amd64", "AMD64", "windows"),
        ("win-amd64", "ARM64", "windows"),  # such a Python runs there, too
        ("win-arm64", "ARM64", "win-arm64"),
        ("win32", "AMD64", "win32"),
        ("macosx-11.0-arm64", "arm64", "macos"),
        ("macosx-10.13-universal2", "arm64", "macos"),
        ("macosx-10.13-universal2", "x86_64", "macos-intel"),
        ("linux-x86_64", "x86_64", "linux"),
        ("linux-aarch64", "aarch64", "linux-aarch64"),
    ],
)
def test_which_set(monkeypatch, build, machine, name):
    monkeypatch.setattr(install.sysconfig, "get_platform", lambda: build)
    monkeypatch.setattr(install.platform, "machine", lambda: machine)
    assert install.this_set() == f"{name}-{HERE}"


def refusal(sets, monkeypatch, name="linux-3.12"):
    monkeypatch.setattr(install, "this_set", lambda: name)
    monkeypatch.setattr(sys, "argv", ["my kit/install.py"])
    with pytest.raises(SystemExit) as refused:
        install.choose(dict.fromkeys(sets))
    return str(refused.value)


def test_no_set_for_this_python(monkeypatch):
    assert refusal(["windows-3.13", "linux-3.11", "linux-3.13"], monkeypatch) == (
        "this kit has no set linux-3.12; it has windows-3.13, linux-3.11, linux-3.13; "
        "run it with another Python: python3.11 'my kit/install.py'"
    )


def test_no_set_for_this_system(monkeypatch):
    assert refusal(["windows-3.12", "macos-intel-3.12"], monkeypatch, "macos-3.12") == (
        "this kit has no set macos-3.12; it has windows-3.12, macos-intel-3.12; "
        "ask your teacher for a kit with yours"
    )


def test_a_set_that_is_there():
    assert install.choose({install.this_set(): {}}) == install.this_set()


@pytest.mark.parametrize("tail", ["", "/", "/index.html", "/install.py"])
def test_an_address_as_a_browser_shows_it(tail):
    assert install.place(f"http://192.168.0.5:8000{tail}") == "http://192.168.0.5:8000"
    assert install.place(f"http://room/kit{tail}") == "http://room/kit"


def test_the_lines_for_powershell(monkeypatch):
    monkeypatch.setattr(install.os, "name", "nt")
    python = r"C:\Users\Ann Lee\slicekit-workshop\.venv\Scripts\python.exe"
    assert install.shell(python, "-m") == f"& '{python}' -m"
    assert install.shell(r"C:\a\python.exe", "-m") == r"C:\a\python.exe -m"


# ---- the article's scan


def put_scan(archive, record, cache):
    env = {**os.environ, "SLICEKIT_DATA_DIR": str(cache)}
    command = [sys.executable, "-c", install.PUT_SCAN, str(archive), record]
    return subprocess.run(command, env=env, capture_output=True, text=True)


@pytest.fixture
def scan(tmp_path):
    """A kit with an archive in it, and the archive's checksum."""
    sample = data.resource(data.SAMPLE)
    (tmp_path / "kit").mkdir()
    (tmp_path / data.FILES["attention"]).write_bytes(sample.read_bytes())
    record = build_kit.put_scan(tmp_path / "kit", tmp_path / data.FILES["attention"])
    return tmp_path / "kit" / "data" / "attention.zip", record


def test_the_scan_goes_into_the_cache_and_is_found_there(scan, cache, monkeypatch):
    assert put_scan(*scan, cache).returncode == 0
    assert (cache / "attention.zip.sha256").read_text() == f"{scan[1]}\n"
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")
    assert data.load().shape == data.SHAPE
    assert data.fetch() == cache / "attention.zip"
    assert {path.name for path in cache.iterdir()} == {"attention.zip", "attention.zip.sha256"}


def test_a_scan_that_is_in_the_cache_is_left_alone(scan, cache):
    cache.mkdir()
    (cache / "attention.zip").write_text("mine")
    assert put_scan(*scan, cache).returncode == 0
    assert [path.read_text() for path in cache.iterdir()] == ["mine"]


def test_a_damaged_scan_does_not_reach_the_cache(scan, cache):
    scan[0].write_bytes(b"damaged")
    assert "came damaged; run install.py again" in one_line(put_scan(*scan, cache))
    assert list(cache.iterdir()) == []


def test_the_installer_brings_the_scan(kit, scan, cache, tmp_path):
    whole = tmp_path / "whole"
    whole.mkdir()
    for name in ("wheels", "sets", "install.py"):
        (whole / name).symlink_to(kit / name)
    (whole / "data").symlink_to(scan[0].parent)
    contents = json.loads((kit / "kit.json").read_text()) | {"attention": scan[1]}
    (whole / "kit.json").write_text(json.dumps(contents))
    said = run(whole, tmp_path / "home", whole)
    assert said.returncode == 0, said.stderr
    assert (cache / "attention.zip").read_bytes() == scan[0].read_bytes()


# ---- the builder


def build(monkeypatch, *words):
    """Run the builder; return the one line with which it ends."""
    monkeypatch.setattr(sys, "argv", ["build_kit.py", *map(str, words)])
    monkeypatch.setattr(build_kit, "find_spec", bool)
    with pytest.raises(SystemExit) as ended:
        build_kit.main()
    return str(ended.value)


def test_the_scan_has_to_be_in_the_builders_cache(cache, monkeypatch, tmp_path):
    said = build(monkeypatch, tmp_path / "kit", "--attention")
    assert said == "the scan is not in your cache; get it: python -m slicekit fetch attention"
    assert not (tmp_path / "kit").exists()


def test_a_folder_that_is_there_is_not_touched(monkeypatch, tmp_path):
    assert build(monkeypatch, tmp_path) == (
        f"{tmp_path} is there already; remove it, or name another folder"
    )


def test_a_set_that_cannot_be_had_leaves_no_kit(monkeypatch, tmp_path):
    def none(command, *_):
        if "uv" in command:
            raise RuntimeError("Because numpy has no wheels")
        return ""

    monkeypatch.setattr(build_kit, "program", none)
    monkeypatch.setattr(build_kit, "put_slicekit", lambda kit: kit.mkdir() or "0.1.0")
    said = build(monkeypatch, tmp_path / "kit", "--platform", "windows", "--python", "3.12")
    assert said == "no set windows-3.12: Because numpy has no wheels"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("python", ["3.10", "3.x", "2.12", "3.11.4"])
def test_a_python_that_cannot_be(monkeypatch, tmp_path, capsys, python):
    assert build(monkeypatch, tmp_path / "kit", "--python", python) == "2"
    assert f"{python!r} is not 3.11 or newer, such as 3.12" in capsys.readouterr().err


def test_without_uv(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["build_kit.py", str(tmp_path / "kit")])
    monkeypatch.setattr(build_kit, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="uv is not installed; cure: "):
        build_kit.main()


def test_uv_is_told_what_pip_is_told(monkeypatch):
    told = r"""
global.index-url='https://index.invalid/simple'
global.trusted-host='index.invalid'
:env:.index-url='https://other.invalid/simple'
install.extra-index-url='https://a.invalid\nhttps://b.invalid'
"""
    monkeypatch.setattr(build_kit, "program", lambda command: told.strip())
    assert build_kit.index() == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://other.invalid/simple",
        "UV_INDEX": "https://a.invalid https://b.invalid",
        "UV_INSECURE_HOST": "index.invalid",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "WARNING: x\nERROR: no\nERROR: none at https://i.invalid/x\n",
            "none at the package index",
        ),
        (
            "  x No:\n  `-> Because colorama was not\n      found, we can conclude that no.\n",
            "Because colorama was not found",
        ),
        (
            "Because all of:\n  numpy==1\n  numpy>2\n have no wheels with a tag (`cp3`) and so on.",
            "numpy has no wheels with a tag (`cp3`)",
        ),
        ("Traceback\nOSError: disk full\n", "OSError: disk full"),
    ],
)
def test_a_complaint_is_one_line_without_addresses(text, line):
    assert build_kit.complaint(text) == line


@pytest.mark.parametrize("book", [True, False])
def test_the_pages_of_a_kit(tmp_path, book):
    sets = ["windows-3.11", "windows-3.12", "macos-intel-3.12"]
    build_kit.put_pages(tmp_path, {"sets": sets, "book": book})
    text, page = (tmp_path / "README.txt").read_text(), (tmp_path / "index.html").read_text()
    for line in ("Windows: Python 3.11 or 3.12", "macOS 13 or newer, Intel: Python 3.12"):
        assert f"\n- {line}\n" in text
        assert f"<li>{line}</li>" in page
    assert ("book/index.html" in text) == ("book/index.html" in page) == book
    assert "SETS" not in page
    assert "BODY" not in page
    assert "python3 ~/Downloads/install.py ADDRESS\n" in page
    assert (tmp_path / "install.py").read_bytes() == (PIECES / "install.py").read_bytes()
    for name in re.findall(r"\]\((\w[^)]*)\)", text):
        assert name in {"install.py", "book/index.html"}


def test_the_book_is_asked_for_by_its_one_command(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(build_kit, "program", lambda command, *_: asked.append(command) or "")
    monkeypatch.setattr(build_kit, "put_slicekit", lambda kit: kit.mkdir() or "0.1.0")
    monkeypatch.setattr(build_kit, "fetch", lambda *_: {"wheels": 1, "MB": 1.0, "pip": PIP})
    monkeypatch.setattr(build_kit, "prove", lambda *_: "")
    monkeypatch.setattr(build_kit, "find_spec", bool)
    monkeypatch.setattr(sys, "argv", ["build_kit.py", str(tmp_path / "kit")])
    with contextlib.redirect_stdout(io.StringIO()) as said:
        build_kit.main()
    ((_, program, folder),) = asked
    assert program == str(ROOT / "tools" / "build_site.py")
    assert folder.endswith("kit/book")
    contents = json.loads((tmp_path / "kit" / "kit.json").read_text())
    assert contents["book"]
    assert contents["sets"][f"linux-{HERE}"]["resolves"]
    assert f"windows-{HERE}: 1 wheels, 1.0 MB, resolves from the kit alone\n" in said.getvalue()


def test_a_damaged_wheel_is_named(monkeypatch, kit, tmp_path):
    copy = tmp_path / "kit"
    (copy / "wheels").mkdir(parents=True)
    (copy / "kit.json").write_bytes((kit / "kit.json").read_bytes())
    for wheel in (kit / "wheels").iterdir():
        (copy / "wheels" / wheel.name).write_bytes(wheel.read_bytes()[:-100_000])
    (copy / "wheels" / PIP).write_bytes((kit / "wheels" / PIP).read_bytes())
    said = build(monkeypatch, copy, "--check")
    assert re.fullmatch(r"damaged: slicekit-\S+\.whl; copy or build the kit again", said)


def test_a_set_that_does_not_resolve_is_an_error(monkeypatch, kit):
    monkeypatch.setattr(build_kit, "prove", lambda *_: "Because colorama was not found")
    said = build(monkeypatch, kit, "--check")
    assert said == f"{install.this_set()}: Because colorama was not found; build the kit again"


def test_the_scans_checksum_is_the_one_that_fetch_would_record(scan):
    assert scan[1] == f"sha256:{pooch.file_hash(str(scan[0]))}"
