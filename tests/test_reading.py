"""``python -m slicekit read``, from the installed wheel: a folder of chapters, and JupyterLab."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from build_chapters import ROOT
from environments import copy, python, remove, run
from test_house import TRACKED

from slicekit import __main__, cure, reading

FIRST = "chapters/01_show_an_image"


@pytest.fixture
def folder(tmp_path):
    """The chapters, put into a folder that was not there."""
    reading.put_chapters(tmp_path / "a folder")
    return tmp_path / "a folder"


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_git_tracks_of_chapters_and_pages_is_put_there(folder):
    expected = {
        folder / name: (ROOT / name).read_bytes()
        for name in TRACKED
        if name.startswith("chapters/") or re.fullmatch(r"docs/.*\.(md|png)", name)
    }
    assert everything(folder) == expected
    assert len({path.stat().st_mtime_ns for path in expected}) == 1  # no half is the younger


def test_every_link_leads_somewhere(folder):
    pages = list(folder.rglob("*.md"))
    assert len(pages) >= 18
    for page in pages:
        text = re.sub(r"`[^`\n]+`(?!\])", "", page.read_text())  # in code no link is one
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            assert target.startswith("https://") or (page.parent / target).exists(), (page, target)


def test_what_is_there_is_left_alone(folder):
    """A chapter changed in its text, one without its notebook, a changed program, and a new one."""
    text, alone = folder / f"{FIRST}.md", folder / "chapters/02_get_a_volume.ipynb"
    program, gone = folder / "chapters/checks.py", folder / "docs/changed_since_2017.md"
    text.write_text("mine")
    program.write_text("mine")
    alone.unlink()
    before = everything(folder)
    gone.unlink()
    said = reading.put_chapters(folder)
    assert everything(folder) == before
    assert said == (
        f"{folder}: 0 chapters and 1 other files are new; left alone, because yours differ: "
        "chapters/01_show_an_image.ipynb, chapters/02_get_a_volume.ipynb, chapters/checks.py"
    )


@pytest.mark.parametrize("in_the_way", ["", "chapters", "docs", "chapters/solutions"])
def test_a_file_in_the_way_of_a_folder(tmp_path, capsys, in_the_way):
    folder = tmp_path / "folder"
    obstacle = folder / in_the_way
    obstacle.parent.mkdir(parents=True, exist_ok=True)
    obstacle.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    assert __main__.main(["read", str(folder)]) == 1
    said = capsys.readouterr().err
    why, _, cure = said.partition("; ")
    where = rf"^cannot put the chapters into {re.escape(str(folder))} "
    assert re.match(rf"{where}\([A-Z][a-z ]+: {re.escape(str(obstacle))}[\w/]*\)$", why)
    assert cure == "name a folder of your own: python -m slicekit read FOLDER\n"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_disk_that_is_full_leaves_nothing(tmp_path, monkeypatch):
    def full(source, target):
        if target.name == "9":
            raise OSError(28, "No space left on device", str(target))
        target.write_bytes(b"")

    monkeypatch.setattr(reading.shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left on device"):
        reading.put_chapters(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "folder", "options"),
    [
        ([], "slicekit-chapters", []),
        (["there"], "there", []),
        (["--port", "9999"], "slicekit-chapters", ["--port", "9999"]),
        (["there", "--no-browser", "--port", "1"], "there", ["--no-browser", "--port", "1"]),
    ],
)
def test_options_are_handed_on_to_jupyterlab(monkeypatch, words, folder, options):
    called = []
    monkeypatch.setattr(reading, "read", lambda *given: called.append(given))
    assert __main__.main(["read", *words]) == 0
    assert called == [(Path(folder), options)]


def test_without_jupyterlab_the_chapters_are_there_all_the_same(installed, tmp_path):
    env = copy(installed, tmp_path / "env")
    remove(env, "jupyterlab")
    said = run(env, "-m", "slicekit", "read", cwd=tmp_path)
    assert said.returncode == 1
    cure = f"{python(env)} -m pip install 'slicekit[chapters]'"
    assert said.stderr == f"JupyterLab is not installed; cure: {cure}\n"
    assert (tmp_path / "slicekit-chapters" / f"{FIRST}.ipynb").exists()


# ---- from the wheel


@pytest.fixture(scope="module")
def lab(installed, tmp_path_factory):
    """JupyterLab, as ``read`` opens it from another folder: its address, token and folder."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    token = secrets.token_hex()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command = [python(installed), "-m", "slicekit", "read", *options]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(elsewhere / "config")}
    with (elsewhere / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, f"--IdentityProvider.token={token}"],
            cwd=elsewhere,
            env=env,
            stdout=log,
            stderr=log,
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", token, elsewhere / "slicekit-chapters")
        server.wait(process)
        yield server
    finally:
        process.terminate()
        process.wait(30)


class Server:
    def __init__(self, url, token, folder):
        self.url, self.token, self.folder = url, token, folder

    def ask(self, path, body=None):
        header = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        method = "PUT" if body else "GET"
        request = urllib.request.Request(self.url + path, data, header, method=method)
        return urllib.request.urlopen(request, timeout=30)

    def wait(self, process):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                self.ask("/api").close()
                return
            except OSError:
                time.sleep(0.3)
        pytest.fail((self.folder.parent / "log").read_text())


def test_the_clone_is_out_of_sight(installed, tmp_path):
    said = run(installed, "-c", "import slicekit; print(slicekit.__file__)", cwd=tmp_path)
    assert Path(said.stdout.strip()).is_relative_to(installed)


def test_jupyterlab_opens_at_the_first_chapter(lab):
    with lab.ask("/") as page:
        assert page.url.endswith(f"/lab/tree/{FIRST}.ipynb")
        assert page.status == 200


def test_jupyterlab_lists_the_chapters(lab):
    with lab.ask("/api/contents/chapters") as answer:
        names = {entry["name"] for entry in json.load(answer)["content"]}
    there = {path.name for path in (lab.folder / "chapters").iterdir()}
    assert names == there - {".ipynb_checkpoints"}  # once a chapter was saved
    assert {f"{FIRST[9:]}.ipynb", f"{FIRST[9:]}.md", "checks.py", "solutions"} <= names


def test_every_chapter_opens_and_an_edit_reaches_both_halves(lab):
    for path in sorted((lab.folder / "chapters").glob("*.ipynb")):
        name = path.relative_to(lab.folder).as_posix()
        with lab.ask(f"/api/contents/{name}") as answer:
            notebook = json.load(answer)
        notebook["content"]["cells"].append(
            {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "My own note."}
        )
        body = {key: notebook[key] for key in ("type", "format", "content")}
        lab.ask(f"/api/contents/{name}", body).close()
        assert path.with_suffix(".md").read_text().rstrip().endswith("My own note.")
        assert "My own note." in path.read_text()
    assert "yours differ: chapters/01_show" in reading.put_chapters(lab.folder)


def test_a_chapter_runs_as_shipped(installed, folder):
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    said = run(installed, *command, "chapters/06_free_the_keys.ipynb", cwd=folder)
    assert said.returncode == 0, said.stdout[-3000:]


def test_jupyterlab_is_run_in_the_folder_and_begins_with_the_first_chapter(
    monkeypatch, tmp_path, capsys
):
    ran = []
    monkeypatch.setattr(reading.runpy, "run_module", lambda *a, **k: ran.append((a, k, sys.argv)))
    monkeypatch.setattr(sys, "argv", [])
    folder = tmp_path / "here"
    reading.read(folder, ["--port", "1"])
    arguments = [
        "jupyter-lab",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{FIRST}.ipynb",
        "--port",
        "1",
    ]
    assert ran == [(("jupyterlab",), {"run_name": "__main__"}, arguments)]
    halves = Counter(str(path.with_suffix("")) for path in everything(folder))
    pairs = sum(count > 1 for count in halves.values())
    said = f"{folder}: {pairs} chapters and {len(halves) - pairs} other files are new\n"
    assert capsys.readouterr().out == said


def test_a_missing_jupyterlab_is_named_with_its_cure(monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "find_spec", {"jupyterlab": None}.get)
    with pytest.raises(RuntimeError) as caught:
        reading.read(tmp_path / "here", [])
    fix = cure.pip("slicekit[chapters]")
    assert str(caught.value) == f"JupyterLab is not installed; cure: {fix}"
    assert (tmp_path / "here" / f"{FIRST}.md").exists()


def test_litter_beside_the_chapters_stays_behind(monkeypatch, tmp_path):
    for name in ("chapters/.hidden/a.md", "chapters/a.pyc", "docs/b.gif", "docs/c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(reading, "resource", lambda name: tmp_path / name)
    said = reading.put_chapters(tmp_path / "here")
    assert said == f"{tmp_path / 'here'}: 0 chapters and 1 other files are new"
    assert everything(tmp_path / "here") == {tmp_path / "here/docs/c.md": b"docs/c.md"}


def test_half_a_chapter_of_ones_own_is_left_alone_whatever_it_is(monkeypatch, tmp_path):
    for name in ("chapters/one.md", "chapters/one.ipynb", "docs/c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(reading, "resource", lambda name: tmp_path / name)
    here = tmp_path / "here"
    (here / "chapters").mkdir(parents=True)
    (here / "chapters/one.md").symlink_to("nowhere")
    said = reading.put_chapters(here)
    assert said == (
        f"{here}: 0 chapters and 1 other files are new; "
        "left alone, because yours differ: chapters/one.ipynb"
    )
    (here / "chapters/one.md").unlink()
    assert reading.put_chapters(here) == f"{here}: 1 chapters and 0 other files are new"
    assert reading.put_chapters(here) == f"{here}: 0 chapters and 0 other files are new"


def test_what_differs_by_no_more_than_its_bytes_is_yours(monkeypatch, tmp_path):
    source, copy = tmp_path / "docs/c.md", tmp_path / "here/docs/c.md"
    for path, text in ((source, "shipped"), (copy, "changed")):
        path.parent.mkdir(parents=True)
        path.write_text(text)
        os.utime(path, ns=(1, 1))
    monkeypatch.setattr(reading, "resource", lambda name: tmp_path / name)
    said = reading.put_chapters(tmp_path / "here")
    assert said.endswith("left alone, because yours differ: docs/c.md")


def test_files_are_copied_on_the_same_disk_first_so_that_they_arrive_whole(monkeypatch, tmp_path):
    folders, copyfile = set(), reading.shutil.copyfile

    def noted(source, target):
        folders.add(target.parent)
        copyfile(source, target)

    monkeypatch.setattr(reading.shutil, "copyfile", noted)
    reading.put_chapters(tmp_path / "here")
    (partial,) = folders
    assert partial.parent == tmp_path / "here"
    assert partial.name.startswith(".partial-")
    assert not partial.exists()
