"""The offline kit for real: built from the package index, and installed with the network cut."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys

import build_kit
import nbformat
import pytest
from build_kit import HERE, ROOT
from environments import python
from packaging.utils import parse_wheel_filename

pytestmark = pytest.mark.kit
CHAPTER = "chapters/05_answer_a_key.ipynb"
ROOM = "192.168.77.5"  # an address of this machine that is not its loopback
# what the teacher does, and what a student does after it
SERVED = """
"$1" -m http.server 8765 --directory "$2" >/dev/null 2>&1 &
trap "kill $!" EXIT
sleep 5
shift 2
"$@"
"""
# a network of its own, with nothing in it but this machine
CUT = f'ip link set lo up && ip addr add {ROOM}/24 dev lo && exec "$@"'
NOWHERE = "http://127.0.0.1:9"  # a port at which nobody listens
NO_INDEX = {"PIP_INDEX_URL": NOWHERE, "HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}


def can_cut():
    """Tell whether a program can be given a network of its own."""
    try:
        return subprocess.run(cut("true"), capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def cut(*command):
    return ["unshare", "-n", "sh", "-c", CUT, "sh", *map(str, command)]


def without_network(command, home):
    """Run a program with the network cut; where that cannot be done, no index can be reached."""
    command = cut(*command) if can_cut() else command
    env = {**os.environ, **NO_INDEX, "HOME": str(home)}
    return subprocess.run(command, env=env, cwd=home, capture_output=True, text=True)


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """A kit for three platforms and this Python, without the book."""
    kit = tmp_path_factory.mktemp("built") / "kit"
    command = [sys.executable, ROOT / "tools" / "build_kit.py", kit, "--no-book"]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    print(said.stdout)
    return kit


@pytest.fixture(scope="module")
def home(kit, tmp_path_factory):
    """A home folder into which the kit was installed, from the folder."""
    home = tmp_path_factory.mktemp("home")
    said = without_network([sys.executable, kit / "install.py"], home)
    assert said.returncode == 0, said.stdout[-3000:] + said.stderr
    (home / "said").write_text(said.stdout)
    return home


def test_each_set_is_there_and_each_wheel_once(kit):
    contents = json.loads((kit / "kit.json").read_text())
    assert set(contents["sets"]) == {f"{system}-{HERE}" for system in ("windows", "macos", "linux")}
    assert all(size["resolves"] for size in contents["sets"].values())
    wheels = [wheel.name for wheel in (kit / "wheels").iterdir()]
    asked = [(kit / "sets" / f"{name}.txt").read_text() for name in contents["sets"]]
    pins = {line.replace("[chapters]", "") for text in asked for line in text.split()}
    assert {"{}=={}".format(*parse_wheel_filename(name)[:2]) for name in wheels} == pins


def test_no_address_of_a_package_index_is_in_the_kit(kit):
    for path in (*kit.glob("*.*"), *(kit / "sets").iterdir()):
        addresses = re.findall(r"https?://[\w.:]+", path.read_text())
        assert set(addresses) <= {"http://192.168.0.5:8000"}, path


@pytest.mark.parametrize("name", ["windows", "macos", "linux"])
def test_a_set_resolves_from_the_kit_alone(kit, name):
    assert build_kit.prove(kit, f"{name}-{HERE}") == ""


@pytest.mark.parametrize(
    ("name", "wheel"),
    [
        ("windows", "colorama"),
        ("windows", "pywinpty"),
        ("windows", "numpy-*-win"),
        ("macos", "appnope"),
        ("macos", "numpy-*-macosx"),
        ("linux", "pexpect"),
        ("linux", "numpy-*-manylinux"),
        ("linux", "slicekit"),
    ],
)
def test_a_set_does_not_resolve_without_one_of_its_wheels(kit, tmp_path, name, wheel):
    (gone,) = (kit / "wheels").glob(f"{wheel}*")
    gone.rename(tmp_path / gone.name)
    try:
        fault = build_kit.prove(kit, f"{name}-{HERE}")
    finally:
        (tmp_path / gone.name).rename(gone)
    assert gone.name.split("-")[0] in fault
    assert "\n" not in fault


def test_a_set_whose_list_is_too_short_does_not_resolve(kit, tmp_path):
    copy = tmp_path / "kit"
    copy.mkdir()
    (copy / "wheels").symlink_to(kit / "wheels")
    shutil.copytree(kit / "sets", copy / "sets")
    pins = copy / "sets" / f"windows-{HERE}.txt"
    pins.write_text(re.sub("colorama==.*\n", "", pins.read_text()))
    assert re.fullmatch("colorama==[0-9.]+: not in sets/.*", build_kit.prove(copy, pins.stem))


def test_a_requirement_without_a_wheel_is_named(tmp_path):
    command = [sys.executable, ROOT / "tools" / "build_kit.py", tmp_path / "kit"]
    said = subprocess.run([*command, "--python", "3.99"], capture_output=True, text=True)
    assert said.returncode == 1
    assert re.fullmatch(r"no set windows-3\.99: \S+ has no wheels with [^\n]*\n", said.stderr)
    assert list(tmp_path.iterdir()) == []


def test_it_installs_within_two_minutes_without_a_network(home):
    (seconds,) = re.findall(r"^Installed in (\d+) seconds", (home / "said").read_text(), flags=re.M)
    print(f"installed in {seconds} seconds")
    assert int(seconds) <= 120


def test_the_doctor_is_well_without_a_network(home):
    folder = home / "slicekit-workshop"
    said = without_network([python(folder / ".venv"), "-m", "slicekit", "doctor", "--json"], home)
    verdict = json.loads(said.stdout)
    assert verdict["ok"], verdict
    assert len(verdict["checks"]) >= 8


def test_the_line_that_opens_the_chapters_is_printed(home):
    folder = home / "slicekit-workshop"
    line = f"    {python(folder / '.venv')} -m slicekit read {folder}\n"
    assert line in (home / "said").read_text()


def test_a_chapter_runs_as_stored_without_a_network(home):
    folder = home / "slicekit-workshop"
    run = folder / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "jupyter-execute"
    said = without_network([run, folder / CHAPTER, "--output", folder / "run.ipynb"], home)
    assert said.returncode == 0, said.stderr[-3000:]
    assert words(folder / "run.ipynb") == words(ROOT / CHAPTER)


def words(path):
    """Return what the cells of a notebook print and how their figures describe themselves."""
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    shown = [[o.get("text") or o["data"]["text/plain"] for o in cell.outputs] for cell in cells]
    return ["".join(texts) for texts in shown]


def test_it_installs_over_the_rooms_network(kit, tmp_path):
    shutil.copy(kit / "install.py", tmp_path)  # all that a student fetches
    address = ROOM if can_cut() else own_address()
    install = [sys.executable, "install.py", f"http://{address}:8765"]
    said = without_network(["sh", "-c", SERVED, "sh", sys.executable, kit, *install], tmp_path)
    assert said.returncode == 0, said.stdout[-3000:] + said.stderr
    assert "Figures can be live here." in said.stdout
    assert (tmp_path / "slicekit-workshop" / CHAPTER).exists()


def own_address():
    """Return this machine's address in its network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_other:
        any_other.connect(("192.0.2.1", 9))
        return any_other.getsockname()[0]
