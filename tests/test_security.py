"""What is run, read and asked, and where it goes: lists of it all, so that new things are seen."""

import ast
import json
import re
import stat
import zipfile
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from build_chapters import CHAPTERS, ROOT
from upstream import kept

import slicekit
from slicekit import __main__, data, page, transfer
from slicekit.download import Source

# ---- the network


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org/scan.zip",
        "http://localhost.example.org/",
        "http://127.0.0.1.example.org/",
        "http://127.0.0.1@example.org/",
        "http://localhost:80@example.org/",
        "http://example.org#@localhost/",
        "http://example.org?@localhost/",
        "http://example.org\\@localhost/",  # urllib and requests see different hosts here
        "http://example.org\\@127.0.0.1:80/",
        " http://example.org",
        "//localhost/scan.zip",
        "http:///localhost/",
        "http://0.0.0.0/",
        "http://[::1",
        "http://local\nhost/",
        "ftp://localhost/scan.zip",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "data:text/plain,localhost",
        "javascript:alert(1)//localhost",
        "https:example.org",
    ],
)
def test_only_https_leaves_this_machine(cache, monkeypatch, capsys, url):
    called = []
    monkeypatch.setattr(transfer.requests.Session, "send", lambda *call, **_: called.append(call))
    book = data.registry() | {"attention.zip": Source(None, url)}
    monkeypatch.setattr(data, "registry", lambda: book)
    slicekit.fetch("attention")
    assert "is not an https address" in capsys.readouterr().out
    assert called == []


@pytest.mark.parametrize(
    "onward", ["http://example.org\\@localhost/", "file:///etc/passwd", "ftp://localhost/x"]
)
def test_no_redirect_leads_away_from_https(upstream, cache, capsys, onward):
    upstream.answers["attention.zip"] = upstream.redirect(onward)
    slicekit.fetch("attention")
    assert "is not an https address" in capsys.readouterr().out
    assert upstream.asked == ["/attention.zip"]


@pytest.mark.parametrize("url", ["https://example.org/a.zip", "http://localhost:8000/a.zip"])
def test_https_and_this_machine_are_asked(url):
    assert transfer._safe(url) == url


# ---- what is read


def test_an_archive_writes_nowhere_but_into_its_own_folder(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    link = zipfile.ZipInfo(data.STRUCTURAL + ".hdr")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as evil:
        for name in ("../evil", str(tmp_path / "evil"), f"../../{data.STRUCTURAL}.img"):
            evil.writestr(name, "evil")
        evil.writestr(data.STRUCTURAL + ".img", bytes(1000))
        evil.writestr(link, "/etc/passwd")
    with pytest.raises(ValueError, match="cannot read"):
        data.check(tmp_path / "evil.zip")
    assert kept(tmp_path) == ["evil.zip", "scratch"]


class Trap:
    """Whoever unpickles it makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.mkdir, (self.path,)


def test_no_file_can_run_anything(tmp_path):
    np.save(tmp_path / "evil.npy", np.array([Trap(tmp_path / "sprung")], dtype=object))
    with pytest.raises(ValueError, match=r"cannot read evil\.npy"):
        slicekit.load(tmp_path / "evil.npy")
    assert kept(tmp_path) == ["evil.npy"]


# ---- the package

MODULES = {path.stem: ast.parse(path.read_text()) for path in (ROOT / "slicekit").glob("*.py")}
# nothing that listens, unpickles or reaches below Python: no socket, http.server, pickle, ctypes
IMPORTED = """
    IPython PIL argparse ast base64 collections concurrent contextlib copy dataclasses difflib
    errno filecmp functools hashlib html http.client importlib inspect io ipympl ipywidgets
    itertools json jupyter_client jupyter_core logging math matplotlib mmap nibabel numbers numpy
    operator os pathlib pooch queue re requests runpy shlex shutil subprocess sys tempfile textwrap
    threading tifffile time tqdm traceback typing urllib.parse warnings weakref zipfile
"""
# what runs text or programs, reads what can run, unpacks what it finds, or guesses a name
DANGEROUS = """
    eval exec compile __import__ import_module run_module run_path run_line_magic run_cell
    system popen startfile fork forkpty posix_spawn spawnl spawnv spawnlp execv execve execl execlp
    Javascript Popen call check_call check_output getoutput getstatusoutput start_new_kernel
    load loads unsafe_load full_load mktemp extractall unpack_archive
"""
CALLED = {
    ("__init__", "import_module(f'slicekit.{_HOME[name]}')"): "its own rooms, when asked for",
    ("checkup", "data.load()"): "slicekit's",
    ("checkup", "json.loads(place.read_text(encoding='utf-8'))"): "JSON runs nothing",
    ("cure", "json.loads(distribution('slicekit').read_text('direct_url.json') or '{}')"): "JSON",
    ("doctor", "json.loads(child.stdout.splitlines()[-1])"): "JSON",
    ("files", "nib.load(_with_both_files(path))"): "images only; nibabel unpickles none",
    ("notebook", "import_module('ipympl')"): "to see whether it can be imported",
    ("notebook", "shell.run_line_magic('matplotlib', 'inline')"): "a choice of backend",
    ("notebook", "shell.run_line_magic('matplotlib', 'widget')"): "a choice of backend",
    ("notebook", "Javascript(LET_FIGURES_HAVE_THE_KEYS)"): "a text of ours, without a gap",
    ("reading", "runpy.run_module('jupyterlab', run_name='__main__')"): "what `read` is for",
    ("roundtrip", "json.loads(data['content']['data'])"): "JSON",
    (
        "roundtrip",
        "start_new_kernel(SECONDS, 'python3', env=environment, stdout=said, stderr=said)",
    ): "the doctor presses a key in it",
}
PROGRAMS = {  # subprocess.run, by the command
    ("checkup", "[sys.executable, '-c', '; '.join(statements)]"): "tries to import packages",
    ("doctor", "[sys.executable, '-m', __name__, name]"): "one check, which may crash",
}


def calls(tree):
    """Yield the name of each function that is called, and the call; of compile, only Python's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) != "re.compile":
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def imports(tree):
    """Yield the name of each module that is imported, wherever in the text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module


def test_the_package_imports_nothing_that_listens_or_unpickles():
    names = {name for tree in MODULES.values() for name in imports(tree)} - {"slicekit"}
    short = {
        ".".join(name.split(".")[: 2 if name[:4] in ("http", "urll") else 1]) for name in names
    }
    assert short - {"slicekit"} == set(IMPORTED.split())


def test_only_one_room_speaks_with_servers():
    assert [room for room, tree in MODULES.items() if "requests" in imports(tree)] == ["transfer"]


def test_what_can_run_something_is_known():
    found = {
        (room, ast.unparse(call))
        for room, tree in MODULES.items()
        for name, call in calls(tree)
        if name in DANGEROUS.split()
    }
    assert found == set(CALLED)


def test_what_programs_are_run_is_known():
    run = {
        room: [call for name, call in calls(tree) if ast.unparse(call.func) == "subprocess.run"]
        for room, tree in MODULES.items()
        if "subprocess" in imports(tree)
    }
    assert {room: len(found) for room, found in run.items()} == {"checkup": 1, "doctor": 1}
    commands = {
        (room, ast.unparse(node.value))
        for room in run
        for node in ast.walk(MODULES[room])
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "command"
    }
    assert commands == set(PROGRAMS)
    assert all(ast.unparse(call.args[0]) == "command" for found in run.values() for call in found)


def test_nothing_is_waved_through():
    forbidden = {("shell", True), ("allow_pickle", True), ("verify", False)}
    keywords = {
        (word.arg, word.value.value)
        for tree in MODULES.values()
        for _, call in calls(tree)
        for word in call.keywords
        if isinstance(word.value, ast.Constant)
    }
    assert keywords & forbidden == set()


# ---- the chapters

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n((?::[^\n]*\n)*)(.*?)^```$", re.M | re.S)
MAGICS = {"%load_ext slicekit": 11, "%env SLICEKIT_DATASET=sample": 1}
TAUGHT = """
    PIL atexit base64 checks concurrent.futures contextlib dask.array distributed functools html
    inspect io json linecache math matplotlib nibabel numbers numpy os pathlib pooch pydicom re
    shutil skimage slicekit sys tempfile time tkinter traceback unittest.mock warnings zarr
    zipfile zlib
"""
URLS = {"https://www.fil.ion.ucl.ac.uk/spm/download/data/attention/attention.zip"}
WRITERS = """
    open write writelines write_text write_bytes save savefig savez tofile dump mkdir makedirs touch
    unlink remove rename rmdir rmtree copy2 copyfile copytree symlink_to hardlink_to chmod
    extract extractall mkdtemp TemporaryDirectory mkstemp NamedTemporaryFile memmap open_memmap
    imwrite imsave to_html save_planes create_array fetch putenv setenv system popen
    LocalCluster eval exec compile __import__ import_module run_module run_path
"""
WRITTEN = {  # all of it in folders that `tempfile` makes
    "02_get_a_volume": [
        "slicekit.fetch('attention')",  # into the cache
        "slicekit.fetch('attention-mri')",
        "tempfile.mkdtemp()",
        "contents.extract(name, folder)",  # zipfile keeps each member inside of the folder
        "altered.write_bytes(content)",
        "shutil.rmtree(folder)",
    ],
    "06_free_the_keys": ["plt.rcParams['keymap.xscale'].remove('k')"],  # from a list
    "07_finish_the_viewer": ["self._listeners.remove(listener)", "self.lines.remove()"],
    "08_view_your_own_data": [
        "TemporaryDirectory()",
        "viewer.save(folder + '/slice{index:03}.png')",
    ],
    "09_link_three_planes": [
        "tempfile.TemporaryDirectory()",
        "nibabel.save(nibabel.AnalyzeImage(np.asarray(head), head.affine), path)",
    ],
    "10_outgrow_memory": [
        "tempfile.TemporaryDirectory(ignore_cleanup_errors=True)",
        "probe.remove()",  # an artist
        "np.lib.format.open_memmap(path, mode='w+', dtype=dtype, shape=shape)",
        "nibabel.save(nibabel.Nifti1Image(np.asarray(head), head.affine), scan)",
        "zarr.create_array(str(folder / 'head.zarr'), shape=axial.shape, chunks=(8, 64, 64), "
        "dtype=axial.dtype)",
        "save_planes(axial, folder / 'sides.npy', axis=2)",
        "np.save(folder / 'axial.npy', axial)",
        "Path(path).with_name(f'note-{index}-{os.getpid()}').touch()",
        "LocalCluster(**options)",  # listens to this machine, as its options say
    ],
    "11_share_it": [
        "tempfile.mkdtemp()",
        "fig.savefig(file, format='png')",  # into memory
        "by_hand.write_text(PAGE.replace('SOURCES', json.dumps(sources)))",
        "viewer.to_html(folder / 'scan.html', alt='A head, axial slices, a ball outlined')",
        "viewer.to_html(folder / 'large.html', max_mb=0.5)",
        "viewer.to_html(folder / 'small.html', every=2, dpi=50)",
        "viewer.save(folder / 'scan.gif', fps=12, every=2)",
        "viewer.to_html(ball_page, every=2, alt='a bright ball on black')",
        "first.save(path, save_all=True, append_images=others, duration=200, loop=0)",
        "Image.open(io.BytesIO(png(viewer.fig)))",
        "Image.open(film)",
        "Image.open(files[0])",
        "viewer.save(folder / 'slice{index:02}.png', every=10, dpi=100)",
        "fig.savefig(folder / 'figure.pdf')",
        "shutil.rmtree(folder)",
    ],
    "checks": [
        "Image.open(io.BytesIO(b64decode(source.partition('base64,')[2])))",
        "Image.open(path)",
        "Image.open(io.BytesIO(path.read_bytes()))",
        "path.unlink(missing_ok=True)",
        "tempfile.mkdtemp(prefix='slicekit-')",
    ],
    "embed_qt": ["app.exec()"],  # Qt's loop of events
}


def is_magic(line):
    return line.lstrip().startswith(("%", "!"))


def code():
    """Yield the name of each chapter, solution and program, and the text that it runs."""
    for path in sorted(CHAPTERS.rglob("*.md")):
        yield path.stem, "\n".join(text for _, text in CELL.findall(path.read_text()))
    for path in sorted(CHAPTERS.glob("*.py")):
        yield path.stem, path.read_text()


CODE = list(code())
TREES = [
    (name, ast.parse("\n".join(line for line in text.split("\n") if not is_magic(line))))
    for name, text in CODE
]


def test_every_cell_is_looked_at():
    texts = [path.read_text() for path in CHAPTERS.rglob("*.md")]
    assert sum(len(CELL.findall(text)) for text in texts) == sum(
        text.count("```{code-cell}") for text in texts
    )


def test_the_magics_and_shell_commands_of_the_chapters():
    lines = (line.strip() for _, text in CODE for line in text.split("\n") if is_magic(line))
    assert Counter(lines) == MAGICS
    assert not any("get_ipython" in text for _, text in CODE)


def test_the_imports_of_the_chapters():
    names = {name for _, tree in TREES for name in imports(tree)}
    dotted = {name for name in TAUGHT.split() if "." in name}
    assert {name if name in dotted else name.split(".")[0] for name in names} == set(TAUGHT.split())


def test_the_addresses_in_the_code_of_the_chapters():
    assert {url for _, text in CODE for url in re.findall(r"\w+://[\w./-]+", text)} == URLS


def test_what_the_chapters_write():
    found: dict = {}
    for chapter, tree in TREES:
        for name, call in calls(tree):
            if name in WRITERS.split():
                found.setdefault(chapter, set()).add(ast.unparse(call))
    assert found == {chapter: set(lines) for chapter, lines in WRITTEN.items()}


def test_the_cluster_of_the_chapter_listens_to_this_machine_only():
    (text,) = (
        text for name, text in CODE if name == "10_outgrow_memory" and "LocalCluster" in text
    )
    here = '{"dashboard_address": "127.0.0.1:0", "worker_dashboard_address": "127.0.0.1:0"}'
    assert f"here = {here}\n" in text  # its other ports do so by default


@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_stored_notebook_holds_pictures_and_words_only(path):
    notebook = json.loads(path.read_text())
    assert set(notebook["metadata"]) == {"jupytext", "kernelspec", "minutes"}
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags"}
        assert "attachments" not in cell
        for output in cell.get("outputs", ()):
            assert output["output_type"] in {"stream", "display_data", "execute_result"}
            assert set(output.get("data", ())) <= {"text/plain", "image/png"}
        if cell["cell_type"] != "code":
            assert_that_nothing_runs("".join(cell["source"]))


def assert_that_nothing_runs(words):
    """Look at Markdown without its code: no script or frame, and no picture from elsewhere."""
    words = re.sub(r"^```.*?^```|`[^`\n]+`", "", words, flags=re.M | re.S)
    assert not re.search(r"<\s*(script|iframe|object|embed|link|style|form|svg|img)\b", words, re.I)
    assert not re.search(r"\bon\w+\s*=\s*[\"']|javascript:|!\[[^\]]*\]\(\w+:", words, re.I)


# ---- pages, and what has a name


class Parts(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;{}</script><!--"


@pytest.mark.parametrize("where", ["title", "titles", "labels", "alt", "file"])
def test_nothing_with_a_name_runs_in_a_page(array, tmp_path, where):
    options = {
        "title": {"title": EVIL.replace("{}", "{{}}")},
        "titles": {"titles": [EVIL]},
        "labels": {"labels": [EVIL] * 4},
    }
    viewer = slicekit.view(array, **options.get(where, {}))
    name = EVIL.replace("/", "") if where == "file" else "scan"
    path = tmp_path / f"{name}.html"
    viewer.to_html(path, every=3, dpi=20, alt=EVIL if where == "alt" else "")
    parts = Parts(path.read_text(encoding="utf-8")).found
    plain = Parts(slicekit.view(array).to_html(tmp_path / "x.html", every=3, dpi=20).read_text())
    assert [tag for tag, _ in parts] == [tag for tag, _ in plain.found]
    assert [set(attributes) for _, attributes in parts] == [set(a) for _, a in plain.found]
    assert not any(name.startswith("on") for _, attributes in parts for name in attributes)
    sources = [a[name] for _, a in parts for name in ("src", "href", "srcset") if name in a]
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_the_script_of_a_page_makes_no_html_and_asks_no_server():
    risky = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp"
    assert not re.search(rf"{risky}|import|WebSocket|sendBeacon|localStorage|cookie", page.script())
    assert not re.search(r"url\(|@import|expression", page.style())


@pytest.mark.parametrize("name", ["cost $5 and $6", r"$\frac{ x$", r"$\undefined$", r"a\$b$c"])
def test_the_name_of_a_file_is_no_formula(array, tmp_path, monkeypatch, name):
    """Matplotlib takes what stands between two dollar signs for mathematics."""
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "get_backend", lambda: "qtagg")
    monkeypatch.setattr(plt, "show", lambda: plt.gcf().canvas.draw())
    paths = [tmp_path / f"{name}.npy", tmp_path / "other.npy"]
    for path in paths:
        np.save(path, array)
    assert __main__.main(["view", *map(str, paths), "--planes"]) == 0
    assert __main__.main(["view", *map(str, paths)]) == 0
    text = plt.gcf().axes[0].title
    shown, is_formula = text._preprocess_math(text.get_text())
    assert not is_formula
    assert shown.startswith(f"{name}.npy")


def test_what_is_said_in_a_terminal_cannot_command_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("matplotlib.pyplot.get_backend", lambda: "qtagg")
    evil = tmp_path / "x\x1b[2J\ny.npy"
    evil.write_bytes(b"")
    assert __main__.main(["view", str(evil)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(r"cannot read x\x1b[2J y.npy: ")
    assert said.endswith("\n")
    assert said[:-1].isprintable()


# ---- the wheel


def test_the_wheel_holds_no_surprise(wheel):
    kinds = {"py", "md", "ipynb", "png", "json", "css", "js", "zip", "txt", "sample", "typed"}
    with zipfile.ZipFile(wheel) as archive:
        entries = archive.infolist()
        (metadata,) = (e.filename[:-6] for e in entries if e.filename.endswith(".dist-info/RECORD"))
    names = [entry.filename for entry in entries if not entry.filename.startswith(metadata)]
    assert {name.rpartition(".")[2] for name in names} == kinds
    assert {name.split("/")[0] for name in names} == {
        "slicekit",  # and the one file beside it that a Jupyter server reads:
        metadata.replace(".dist-info/", ".data"),
    }
    for entry in entries:
        mode = entry.external_attr >> 16
        assert not stat.S_ISLNK(mode), entry.filename
        assert not mode & 0o111, entry.filename
        assert not re.search(r"(^|/)\.\.|^/|\\|\.pth$|entry_points|/scripts/", entry.filename)


def test_the_server_is_told_to_load_one_module():
    config = json.loads((ROOT / "slicekit/_data/jupyter_server_config.json").read_text())
    assert config == {"ServerApp": {"jpserver_extensions": {"slicekit.saving": True}}}
