"""The house itself: its files agree with each other, and every way in finds the same things."""

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from build_chapters import CHAPTERS, ROOT

import slicekit

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()
MODULES = sorted((ROOT / "slicekit").glob("*.py"))


def tracked():
    """Return what git tracks; in a copy without git, all files but the usual litter."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        return listed.stdout.splitlines()
    litter = {"__pycache__", ".ipynb_checkpoints", ".git", ".pytest_cache", ".ruff_cache", "dist"}
    paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    parts = [p for p in paths if not litter & set(p.parts) and not p.parts[0].startswith(".venv")]
    return [path.as_posix() for path in parts]


TRACKED = tracked()

# who may import whom: a module may import those on floors below its own
FLOORS = {
    "letters": 1,
    "lookup": 1,
    "parts": 1,
    "paint": 2,
    "browser": 4,
    "screen": 5,
    "intensity": 1,
    "complaint": 1,
    "keywords": 2,
    "undone": 1,
    "sizes": 2,
    "written": 2,
    "keymap": 1,
    "events": 3,
    "describe": 1,
    "saving": 1,
    "transfer": 2,
    "download": 4,
    "cure": 1,
    "page": 1,
    "roundtrip": 1,
    "intact": 2,
    "volume": 3,
    "storage": 4,
    "travel": 1,
    "article": 2,
    "notebook": 2,
    "series": 4,
    "plane": 4,
    "files": 4,
    "picture": 5,
    "ahead": 5,
    "data": 5,
    "places": 5,
    "waiting": 6,
    "viewer": 6,
    "contrast": 6,
    "crosshair": 6,
    "overlays": 6,
    "sources": 6,
    "orientation": 6,
    "checkup": 6,
    "reading": 6,
    "layers": 7,
    "held": 7,
    "titles": 7,
    "frames": 7,
    "arrangement": 7,
    "doctor": 7,
    "pointer": 7,
    "share": 8,
    "montage": 8,
    "panels": 9,
    "ortho": 10,
    "linking": 10,
    "compose": 11,
    "__main__": 12,
    "__init__": 13,
}
# nine wings: what the tutorial builds, line by line; what refuses; what brings its pictures to the
# screen; what brings it volumes and notebooks; what is larger than memory; what grows on it; what
# knows left from right; what leaves Python; and what helps a reader to get there. The first three
# know only each other, the supply rooms nothing of what grows.
CORE = {"intensity", "sizes", "volume", "plane", "keymap", "events", "article", "picture", "viewer"}
REFUSAL = {"complaint", "keywords", "undone", "written"}
SCREEN = {"letters", "lookup", "parts", "paint", "browser", "screen"}
SUPPLY = {"describe", "transfer", "download", "files", "intact", "notebook", "data"}
LARGE = {"storage", "travel", "ahead", "waiting"}
FURTHER = {
    "places",
    "overlays",
    "layers",
    "contrast",
    "series",
    "sources",
    "held",
    "titles",
    "pointer",
    "panels",
}
FURTHER |= {"compose"}
WORLD = {"orientation", "arrangement", "crosshair", "ortho", "linking"}
SHARE = {"page", "frames", "share", "montage"}
DOOR = {"reading", "saving", "doctor", "checkup", "roundtrip", "cure"}
TAUGHT = {  # where a reader meets each public name of the core
    "Volume": "02",
    "load": "02",
    "fetch": "02",
    "pixel_aspect": "03",
    "take_plane": "04",
    "press": "05",
    "scroll": "05",
    "click": "05",
    "next_slice": "05",
    "previous_slice": "05",
    "process_key": "05",
    "multi_slice_viewer": "05",
    "remove_keymap_conflicts": "06",
    "claim_keys": "07",
    "SliceViewer": "07",
    "view": "08",
    "View": "08",
    "OrthoViewer": "09",
    "link": "09",
    "save_planes": "10",
}


def lines_of_code(path):
    """Count lines that hold code: no blanks, comments or docstrings."""
    source = path.read_text()
    docstrings = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                docstrings |= set(range(value.lineno, value.end_lineno + 1))
    blank = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in blank | {tokenize.ENDMARKER}:
            code |= set(range(token.start[0], token.end[0] + 1))
    return len(code - docstrings)


def test_sizes():
    sizes = {path.stem: lines_of_code(path) for path in MODULES}
    wings = [(CORE, 690), (REFUSAL, 175), (SCREEN, 590), (SUPPLY, 770), (FURTHER, 1085)]
    wings += [(WORLD, 465), (LARGE, 300), (SHARE, 285), (DOOR, 550)]
    for wing, most in wings:
        assert sum(sizes[name] for name in wing) <= most, {name: sizes[name] for name in wing}
    assert max(sizes.values()) <= 200, sizes


def imported(path):
    """Yield the names of the modules of slicekit that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("slicekit"):
            inside = node.module.removeprefix("slicekit").lstrip(".")
            yield from [inside] if inside else [alias.name for alias in node.names]


def test_no_arrow_points_upwards():
    assert set(FLOORS) == {path.stem for path in MODULES}
    for path in MODULES:
        for name in imported(path):
            assert FLOORS[name] < FLOORS[path.stem], f"{path.stem} imports {name}"


def test_every_wing_keeps_to_itself():
    entrance = {"__init__", "__main__"}
    rooms = CORE | REFUSAL | SCREEN | SUPPLY | LARGE | FURTHER | WORLD | SHARE | DOOR | entrance
    assert rooms == set(FLOORS)
    base = CORE | REFUSAL | SCREEN
    for path in MODULES:
        if path.stem in CORE:
            assert set(imported(path)) <= base, path.stem
        if path.stem in REFUSAL:
            assert set(imported(path)) <= REFUSAL, path.stem
        if path.stem in SCREEN:
            assert set(imported(path)) <= SCREEN, path.stem
        if path.stem in LARGE:
            assert set(imported(path)) <= CORE | REFUSAL | LARGE, path.stem
        if path.stem in SHARE:
            assert set(imported(path)) <= base | SHARE, path.stem
        if path.stem in DOOR:
            assert set(imported(path)) <= SUPPLY | DOOR, path.stem
        if path.stem in SUPPLY:
            assert set(imported(path)) <= base | SUPPLY, path.stem


def test_every_public_name_works_and_is_taught():
    assert set(slicekit.__all__) == set(slicekit._HOME) == set(TAUGHT)
    for name in slicekit.__all__:
        assert getattr(slicekit, name).__doc__
        assert name in dir(slicekit)
        (chapter,) = CHAPTERS.glob(f"{TAUGHT[name]}_*.md")
        assert re.search(rf"\b{name}\b", chapter.read_text()), name
    with pytest.raises(AttributeError, match="no attribute 'veiw'"):
        slicekit.veiw  # noqa: B018


def test_a_public_name_is_looked_for_once(monkeypatch):
    monkeypatch.delitem(vars(slicekit), "view", raising=False)
    view = slicekit.view
    assert vars(slicekit)["view"] is view


def test_conda_and_pip_ask_for_the_same():
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    wanted = {*project["dependencies"], *extras["chapters"], *extras["test"]}
    wanted.add("python" + project["requires-python"])
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    names = [line for line in conda["dependencies"] if isinstance(line, str)]
    assert len(names) == len(set(names))
    assert set(names) == wanted


def test_what_scale_asks_for_is_tried():
    extras = PYPROJECT["project"]["optional-dependencies"]
    assert {*extras["scale"]} <= {*extras["chapters"], *extras["test"]}


def test_the_oldest_versions_tried_are_those_that_pyproject_admits():
    project = PYPROJECT["project"]
    floors = dict(
        requirement.split(">=")
        for requirement in [
            *project["dependencies"],
            *project["optional-dependencies"]["chapters"],
            *project["optional-dependencies"]["test"],
        ]
    )
    tried = set()
    for line in (ROOT / "tests" / "oldest.txt").read_text().splitlines():
        if "==" in line:
            name, version = line.split("==")
            assert version.split(".")[: floors[name].count(".") + 1] == floors[name].split(".")
            tried.add(name)
    assert tried == set(floors)


def start(language):
    section = README.split("## Start")[1].split("\n##")[0]
    return re.findall(rf"^```{language}\n(.*?)\n```$", section, flags=re.M | re.S)


def test_the_readme_has_two_commands_of_one_line_for_each_shell():
    for language in ("sh", "powershell"):
        commands = start(language)
        assert len(commands) == 2
        assert all("\n" not in command for command in commands)
        assert commands[0].endswith("default_url=/lab/tree/chapters/01_show_an_image.ipynb")
        assert commands[1].endswith("pytest --nbval chapters tests")
    assert "`conda env create -f environment.yml" in README


def test_the_readme_starts_from_the_wheel_too():
    section = README.split("### From the wheel")[1].split("\n## ")[0]
    assert f"slicekit-{slicekit.__version__}-py3-none-any.whl[chapters]" in section
    assert "\n.venv/bin/python -m slicekit doctor\n" in section


def test_the_environment_of_the_readme_has_what_the_commands_call():
    extras = re.findall(r"\.\[([\w,]+)\]", " ".join(start("sh") + start("powershell")))
    assert set(extras) == {"chapters,test"}
    assert (CHAPTERS / "01_show_an_image.ipynb").exists()


def test_ci_reads_the_command_from_the_readme():
    script = (ROOT / ".ci" / "run").read_text()
    assert 'Path("README.md")' in script
    assert """(cd "$copy" && bash -c "$command") >"$logs/newest" 2>&1 &""" in script
    assert '\nended newest "$newest"\n' in script


@pytest.mark.parametrize(
    "page", [p for p in TRACKED if p.endswith(".md") and not re.match("chapters/[01]", p)]
)
def test_links_lead_somewhere(page):
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        assert target.startswith(("https://", "http://")) or (path.parent / target).exists(), target


def test_versions_agree():
    assert f"version: {slicekit.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    titles = " ".join(reference["title"] for reference in citation["references"])
    assert "Volumetric" in titles
    assert "Modulation of connectivity" in titles
    assert "Enhancement of MR images" in titles


# ---- found alike from a clone, an editable install and a wheel

FIND = """
import json, sys
import numpy as np
import slicekit
from slicekit import data
print(json.dumps({
    "home": str(data.__file__),
    "registry": sorted(data.registry()),
    "chapters": sorted(p.name for p in data.resource("chapters").glob("0*")),
    "sample": int(np.asarray(slicekit.load()).sum()),
}))
"""


def find(elsewhere, *paths):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    said = subprocess.run(
        [sys.executable, "-c", FIND], cwd=elsewhere, env=env, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    return __import__("json").loads(said.stdout.splitlines()[-1])


def test_a_clone_an_editable_install_and_a_wheel_find_the_same(wheel, tmp_path):
    unpacked, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    clone, editable, installed = (
        find(elsewhere, ROOT),
        find(elsewhere),
        find(elsewhere, unpacked),
    )
    assert Path(installed.pop("home")).is_relative_to(unpacked)
    assert Path(clone.pop("home")).is_relative_to(ROOT)
    editable.pop("home")
    assert clone == editable == installed
    assert clone["registry"] == ["attention-mri.tif", "attention-sample.zip", "attention.zip"]
    assert len(clone["chapters"]) >= 12


def test_the_wheel_holds_what_git_tracks(wheel):
    expected = set()
    for path in TRACKED:
        if path.startswith("slicekit/"):
            expected.add(path)
        elif re.match("chapters/|docs/.*(md|png)$|data_registry.txt$", path):
            expected.add(f"slicekit/_data/{path}")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    (for_the_server,) = [name for name in held if name.endswith("server_config.d/slicekit.json")]
    assert held - {for_the_server} == expected


def test_nothing_tracked_names_a_machine():
    for path in TRACKED:
        if not path.endswith((".zip", ".png", ".gif")):
            text = (ROOT / path).read_text()
            assert not re.search(r"/(?:home|root|work)/\w", text), path


def test_the_script_beside_the_chapters_runs():
    """Row 18 of the article: the same viewer from a plain script, on whatever backend."""
    scroll = (
        "import runpy, matplotlib, matplotlib.pyplot as plt\n"
        "plt.show = lambda: None\n"
        "fig = runpy.run_path('scroll_a_volume.py')['fig']\n"
        "import slicekit\n"
        "slicekit.press(fig, 'k'); slicekit.press(fig, 'k'); slicekit.press(fig, 'j')\n"
        "print(fig.axes[0].index, fig.axes[0].get_aspect(), fig.axes[0].get_xscale())"
    )
    said = subprocess.run(
        [sys.executable, "-c", scroll], cwd=CHAPTERS, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines()[-1] == "79 0.5 linear"
