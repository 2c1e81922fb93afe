"""The doctor's answers with stand-ins, in this process; test_doctor breaks whole environments."""

import json
import locale
import os
import runpy
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import ipywidgets
import pytest

from slicekit import checkup, cure, data, doctor, roundtrip
from slicekit.checkup import FaultError
from slicekit.doctor import Check

PYTHON = cure.shell(sys.executable)


def fault_of(check):
    with pytest.raises(FaultError) as caught:
        check()
    return caught.value.args


# ---- the lines to paste


def test_lines_are_quoted_for_the_shell(monkeypatch):
    assert cure.shell("/a b/python", "-m", "pip", "x>=1") == "'/a b/python' -m pip 'x>=1'"
    monkeypatch.setattr(cure, "os", SimpleNamespace(name="nt"))
    assert cure.shell("C:\\a\\python.exe", "-m", "x>=1") == "C:\\a\\python.exe -m 'x>=1'"
    assert cure.shell("C:\\a b\\it's.exe", "-m") == "& 'C:\\a b\\it''s.exe' -m"


def test_pip_installs_into_this_python_and_may_be_another_ones(monkeypatch):
    assert cure.pip("x>=1") == f"{PYTHON} -m pip install 'x>=1'"
    monkeypatch.setattr(cure, "find_spec", {"pip": None}.get)
    base = cure.shell(getattr(sys, "_base_executable", "python3"))
    assert cure.pip("x") == f"{base} -m pip --python {PYTHON} install x"
    monkeypatch.setattr(cure, "sys", SimpleNamespace(executable="python"))
    assert cure.pip("x") == "python3 -m pip --python python install x"


def test_variables_on_two_systems(monkeypatch):
    assert cure.unset("A") == "unset A"
    assert cure.set_to("A", "there") == 'export A="$HOME/there"'
    monkeypatch.setattr(cure, "os", SimpleNamespace(name="nt"))
    assert cure.unset("A") == "Remove-Item Env:A"
    assert cure.set_to("A", "there") == '$env:A = "$HOME/there"'


def test_what_is_wanted_is_what_slicekit_and_its_chapters_require(monkeypatch):
    lines = ["a>=1", "b>=2 ; extra == 'chapters'", 'c; extra == "test"', "d ;extra=='chapters'"]
    monkeypatch.setattr(cure, "requires", {"slicekit": lines}.get)
    assert cure.wanted() == ["a>=1", "b>=2", "d"]
    monkeypatch.setattr(cure, "requires", lambda name: None)
    assert cure.wanted() == []


def test_slicekit_is_installed_from_its_clone_or_from_the_index(monkeypatch, tmp_path):
    monkeypatch.setattr(cure, "HOME", tmp_path / "slicekit")
    assert cure.install() == cure.pip("slicekit[chapters]")
    (tmp_path / "pyproject.toml").touch()
    assert cure.install() == cure.pip("-e", f"{tmp_path}[chapters]")


def test_lost_data_come_back_from_the_clone_the_wheel_or_the_index(monkeypatch, tmp_path):
    wheel = tmp_path / "a wheel.whl"
    wheel.touch()
    told = [None, json.dumps({"url": wheel.as_uri()}), json.dumps({"url": "file:///nowhere"})]
    monkeypatch.setattr(cure, "HOME", tmp_path / "slicekit")
    files = []

    def distribution(name):
        return SimpleNamespace(read_text=lambda file: files.append((name, file)) or told.pop(0))

    monkeypatch.setattr(cure, "distribution", distribution)
    for where in ("slicekit", str(wheel), "slicekit"):
        assert cure.restore() == cure.pip("--force-reinstall", "--no-deps", where)
    assert files == [("slicekit", "direct_url.json")] * 3
    (tmp_path / ".git").touch()
    there = cure.shell(str(tmp_path))
    assert cure.restore() == f"git -C {there} checkout -- data_registry.txt slicekit/_data"


# ---- the doctor himself


@pytest.fixture
def answers(monkeypatch):
    """What the checks answer, by name, instead of being tried; the others are well."""
    faults = {}
    monkeypatch.setattr(
        doctor, "_in_a_child", lambda name: faults.get(name, (True, f"{name}\n is  well", ""))
    )
    return faults


def test_the_checks_in_their_order():
    names = "Python, packages, ipympl, front end, kernel, data, keys, write access"
    assert ", ".join(checkup.CHECKS) == names


def test_the_doctor_in_words(answers, capsys):
    assert doctor.doctor() == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [f"ok     {name}: {name} is well" for name in checkup.CHECKS] + [
        "Figures can be live here."
    ]
    answers["ipympl"] = (False, "it is old", "mend it")
    assert doctor.doctor() == 1
    said = capsys.readouterr().out
    assert "WRONG  ipympl: it is old\n       cure: mend it\n" in said
    assert "WRONG  keys: not tried: mend ipympl first\n       cure: mend it\n" in said
    assert "ok     kernel" in said
    assert said.endswith("Paste the first cure, then ask again.\n")


def test_each_answer_is_said_before_the_next_check_begins(answers, monkeypatch):
    said, written = [], []

    class Out:
        write = staticmethod(written.append)

        def flush(self):
            said.extend(written)
            written.clear()

    def answer(name):
        assert written == []
        assert "".join(said).count("\n") == [*checkup.CHECKS].index(name)
        return True, name, ""

    monkeypatch.setattr(sys, "stdout", Out())
    monkeypatch.setattr(doctor, "_in_a_child", answer)
    assert doctor.doctor() == 0


def test_the_doctor_as_json(answers, capsys):
    answers["data"] = (False, "they are lost", "fetch them")
    assert doctor.doctor(as_json=True) == 1
    text = capsys.readouterr().out
    assert text.startswith('{\n "ok": false,\n "checks": [\n  {\n   "name": "Python",')
    said = json.loads(text)
    assert said["ok"] is False
    assert said["checks"][5] == Check("data", False, "they are lost", "fetch them")._asdict()
    assert said["checks"][6]["found"] == "not tried: mend data first"


@pytest.mark.parametrize(
    ("fails", "left_out"),
    [
        ("Python", []),
        ("packages", []),
        ("ipympl", ["front end", "keys"]),
        ("front end", []),
        ("kernel", ["keys"]),
        ("data", ["keys"]),
        ("write access", []),
    ],
)
def test_what_needs_something_that_fails_is_not_tried(answers, capsys, fails, left_out):
    answers[fails] = (False, "no", "mend it")
    doctor.doctor(as_json=True)
    checks = json.loads(capsys.readouterr().out)["checks"]
    found = [check["name"] for check in checks if check["found"].startswith("not tried")]
    assert found == left_out


def test_what_was_not_foreseen_comes_of_what_failed_before(answers, monkeypatch):
    monkeypatch.setattr(cure, "wanted", lambda: ["a>=1"])
    answers["kernel"] = (False, "it crashed", "")
    everything = cure.pip("--force-reinstall", "a>=1")
    assert doctor._check("kernel", []) == Check("kernel", False, "it crashed", everything)
    before = Check("packages", False, "one is missing", "mend it")
    found = doctor._check("kernel", [before])
    assert found == Check("kernel", False, "it crashed; mend packages first", "mend it")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b'noise\nand more\n[true, "four", ""]', (True, "four", "")),
        (b"", (False, "Python crashed (exit code -11)", "")),
        (b"noise\n", (False, "Python crashed (exit code -11)", "")),
        (None, (False, "no answer within 180 seconds", "")),
    ],
)
def test_a_check_in_a_process_of_its_own(monkeypatch, answer, verdict):
    def run(command, timeout, **streams):
        assert command == [sys.executable, "-m", "slicekit.doctor", "data"]
        assert streams == {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.DEVNULL,
        }
        assert timeout == 180
        if answer is None:
            raise subprocess.TimeoutExpired(command, timeout)
        return SimpleNamespace(stdout=answer, returncode=-11)

    monkeypatch.setattr(doctor.subprocess, "run", run)
    assert doctor._in_a_child("data") == verdict


def refuse():
    raise FaultError("it is old", "mend it")


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (lambda: "four", [True, "four", ""]),
        (lambda: 1 / 0, [False, "ZeroDivisionError: division by zero", ""]),
        (lambda: sys.exit(3), [False, "SystemExit: 3", ""]),
        (refuse, [False, "it is old", "mend it"]),
    ],
)
def test_an_answer_is_the_last_line_and_nothing_that_libraries_print(
    check, verdict, monkeypatch, capfd
):
    def noisy():
        os.write(1, b"noise")
        return check()

    monkeypatch.setitem(doctor.CHECKS, "data", noisy)
    doctor._answer("data")
    out, noise = capfd.readouterr()
    assert json.loads(out) == verdict
    assert noise == "noise"


def test_the_process_of_a_check_answers_and_ends(monkeypatch, capfd):
    monkeypatch.setitem(checkup.CHECKS, "data", lambda: "all there")
    monkeypatch.setattr(sys, "argv", ["doctor", "data"])
    monkeypatch.delitem(sys.modules, "slicekit.doctor")
    runpy.run_module("slicekit.doctor", run_name="__main__")
    assert json.loads(capfd.readouterr().out) == [True, "all there", ""]
    runpy.run_module("slicekit.doctor", run_name="another")
    assert capfd.readouterr().out == ""


# ---- what he looks at


def test_python_itself(monkeypatch):
    here = f"{sys.version.split()[0]} in {sys.prefix}"
    monkeypatch.setattr(checkup, "metadata", {"slicekit": {"Requires-Python": ">=3.11"}}.get)
    assert checkup.python() == here
    monkeypatch.setattr(checkup, "metadata", {"slicekit": {"Requires-Python": ">=3.99"}}.get)
    assert fault_of(checkup.python) == (
        f"{here}; slicekit wants Python >=3.99",
        "python3.99 -m venv .venv",
    )

    def nothing(name):
        raise checkup.PackageNotFoundError(name)

    monkeypatch.setattr(checkup, "metadata", nothing)
    assert fault_of(checkup.python) == (
        f"{here}; slicekit is not installed there",
        cure.install(),
    )


@pytest.fixture
def installed(monkeypatch):
    """Packages that are there, name to version; what they need; and which break on import."""
    there, needs, broken = {"a": "1.2", "b": "2.0", "c": "3.0"}, {}, set()
    likes = {}  # what a package imports but would do without

    def version(name):
        if name not in there:
            raise checkup.PackageNotFoundError(name)
        return there[name]

    def fails(*names, without=()):
        bad = [n for n in names if broken & ({n, *likes.get(n, ())} | needs_of(n)) - {*without}]
        return f"{bad[0]} cannot be imported (no)" if bad else None

    def needs_of(name):
        return {checkup._name(line) for line in needs.get(name, ()) if "extra" not in line}

    monkeypatch.setattr(checkup, "version", version)
    monkeypatch.setattr(checkup, "requires", needs.get)
    monkeypatch.setattr(checkup, "_broken", fails)
    monkeypatch.setattr(cure, "wanted", lambda: ["A>=1.2", "b>=1", "c>=3"])
    return SimpleNamespace(there=there, needs=needs, broken=broken, likes=likes)


def test_all_packages_are_there(installed):
    assert checkup.packages() == "3 of 3 are there, new enough and importable"


def test_packages_that_are_missing_or_old(installed):
    del installed.there["b"]
    installed.there["c"] = "2.9.9"
    assert fault_of(checkup.packages) == (
        "b is missing; c is 2.9.9, older than c>=3",
        cure.pip("-U", "b>=1", "c>=3"),
    )


def test_what_breaks_because_of_another_one_is_not_blamed(installed):
    installed.broken.add("a")
    installed.needs |= {"b": ["a>1"], "c": ["a; extra == 'more'"]}
    assert fault_of(checkup.packages) == (
        "a cannot be imported (no)",
        cure.pip("--force-reinstall", "A>=1.2"),
    )


def test_what_breaks_although_all_that_it_needs_is_well_is_blamed(installed):
    installed.broken.add("a")
    installed.needs["a"] = ["c>2"]
    fix = cure.pip("--force-reinstall", "A>=1.2")
    assert fault_of(checkup.packages) == ("a cannot be imported (no)", fix)


def test_what_breaks_because_of_one_that_it_would_do_without_is_not_blamed(installed):
    installed.broken.add("a")
    installed.likes["c"] = {"a"}
    fix = cure.pip("--force-reinstall", "A>=1.2")
    assert fault_of(checkup.packages) == ("a cannot be imported (no)", fix)


def test_what_only_an_extra_wants_is_no_excuse(installed):
    installed.broken |= {"a", "b"}
    installed.needs["b"] = ["a; extra == 'more'"]
    assert fault_of(checkup.packages) == (
        "a cannot be imported (no); b cannot be imported (no)",
        cure.pip("--force-reinstall", "A>=1.2", "b>=1"),
    )


def test_any_version_will_do_where_none_is_asked_for(installed, monkeypatch):
    monkeypatch.setattr(cure, "wanted", lambda: ["a", "b>=1"])
    assert checkup.packages() == "2 of 2 are there, new enough and importable"


def test_a_missing_one_and_a_broken_one(installed):
    del installed.there["c"]
    installed.broken.add("b")
    assert fault_of(checkup.packages) == (
        "c is missing; b cannot be imported (no)",
        cure.pip("--force-reinstall", "c>=3", "b>=1"),
    )


def test_a_number_in_a_name_is_no_version(installed):
    installed.there["h5py"] = "3.12"
    assert checkup._missing("h5py", "h5py>=3.11") is None


def test_names_and_numbers():
    assert checkup._name("Scikit-Image[io]>=0.22; x") == "scikit-image"
    assert checkup._numbers(">=3.11.2rc1") == (3, 11, 2, 1)


@pytest.mark.parametrize(
    ("names", "without", "words"),
    [
        (["json", "pathlib"], [], None),
        (["json"], ["json"], "json cannot be imported (ModuleNotFoundError: "),
        (["json"], ["decimal"], None),
        (["nowhere"], [], "nowhere cannot be imported (ModuleNotFoundError: No module named"),
        (["antigravity_"], [], "antigravity_ cannot be imported (ModuleNotFoundError"),
    ],
)
def test_an_import_in_a_process_of_its_own(names, without, words):
    found = checkup._broken(*names, without=without)
    assert found is None if words is None else found.startswith(words)


def test_a_package_by_another_name_that_ends_python_or_hangs(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "ends.py").write_text("import os; os._exit(0)")
    (tmp_path / "waits.py").write_text("import time; time.sleep(99)")
    monkeypatch.setitem(checkup.MODULES, "other", "ends")
    assert checkup._broken("other") == "other cannot be imported (it ends Python)"
    monkeypatch.setattr(checkup, "PATIENCE", 0.5)
    assert checkup._broken("waits") == "waits hangs when it is imported"


def test_packages_are_imported_by_the_names_of_their_modules(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for module in ("skimage", "PIL"):  # the true ones take longer
        (tmp_path / f"{module}.py").touch()
    assert checkup._broken("scikit-image", "pillow") is None


def test_last_words_that_are_no_text(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "mumbles.py").write_text(r"import os; os.write(2, b'\xff no'); os._exit(1)")
    assert checkup._broken("mumbles") == "mumbles cannot be imported (\ufffd no)"


def test_which_of_several_packages_break(monkeypatch):
    monkeypatch.setattr(checkup, "_broken", lambda *names: "no" if "b" in names else None)
    assert checkup._broken_ones(["a", "b"]) == {"b": "no"}
    assert checkup._broken_ones(["a", "c"]) == {}


@pytest.mark.parametrize(
    ("ipympl", "matplotlib", "well"),
    [("0.9.6", "3.10", True), ("0.9.5", "3.10", False), ("0.9.5", "3.9.9", True)],
)
def test_the_two_halves_of_a_live_figure(installed, ipympl, matplotlib, well):
    installed.there |= {"ipympl": ipympl, "matplotlib": matplotlib}
    pair = f"{ipympl} with Matplotlib {matplotlib}"
    if well:
        assert checkup.ipympl() == pair
    else:
        lost = (f"{pair}: keys are lost (ipympl#575)", cure.pip("-U", "ipympl>=0.9.6"))
        assert fault_of(checkup.ipympl) == lost


@pytest.mark.parametrize("missing", ["ipympl>=0.9.6", "matplotlib>=3.8"])
def test_half_of_a_live_figure(installed, missing):
    installed.there |= {"ipympl": "1", "matplotlib": "4"}
    name = missing.split(">")[0]
    del installed.there[name]
    assert fault_of(checkup.ipympl) == (f"{name} is missing", cure.pip("-U", missing))


def test_without_a_front_end(installed, monkeypatch):
    monkeypatch.setattr(checkup, "find_spec", lambda name: name == "notebook")
    installed.there["notebook"] = "6.5"
    assert fault_of(checkup.front_end) == (
        "neither JupyterLab nor Notebook 7 is installed",
        cure.pip("-U", "jupyterlab>=4.2"),
    )


@pytest.fixture
def extensions(monkeypatch):
    """What is asked of the halves in the browser, by a canvas that is only played."""
    trait = SimpleNamespace(default_value="^0.11")
    canvas = SimpleNamespace(class_traits=lambda: {"_view_module_version": trait})
    played = SimpleNamespace(Canvas=canvas)  # the true one would become the backend of all tests
    monkeypatch.setitem(sys.modules, "ipympl", SimpleNamespace(backend_nbagg=played))
    monkeypatch.setitem(sys.modules, "ipympl.backend_nbagg", played)
    seen = []
    monkeypatch.setattr(checkup, "_extension", lambda *given: seen.append(given))
    return seen


@pytest.mark.parametrize(
    "there",
    [
        {"notebook": "7"},
        {"notebook": "7.0.1"},
        {"jupyterlab": "4.2"},
        {"jupyterlab": "4.2", "notebook": "6.5"},
    ],
)
def test_jupyterlab_and_notebook_7_are_front_ends(installed, extensions, monkeypatch, there):
    monkeypatch.setattr(checkup, "find_spec", there.get)
    installed.there |= there
    assert checkup.front_end() == ", ".join(map(" ".join, there.items()))
    assert [package for _, _, package in extensions] == ["ipympl", "jupyterlab_widgets"]


@pytest.mark.parametrize(("widgets", "asked"), [("7.8.5", "^3"), ("8.1.2", "^5")])
def test_the_halves_in_the_browser_that_are_asked_for(
    installed, extensions, monkeypatch, widgets, asked
):
    monkeypatch.setattr(checkup, "find_spec", lambda name: name == "jupyterlab")
    monkeypatch.setattr(ipywidgets, "__version__", widgets)
    installed.there["jupyterlab"] = "4.2"
    checkup.front_end()
    assert extensions == [
        ("jupyter-matplotlib", "^0.11", "ipympl"),
        ("@jupyter-widgets/jupyterlab-manager", asked, "jupyterlab_widgets"),
    ]


@pytest.fixture
def spec(monkeypatch):
    """The kernel that Jupyter knows, and how it answers."""
    import jupyter_client.kernelspec

    spec = SimpleNamespace(
        argv=[sys.executable], resource_dir="there", display_name="Python 3", prefix=sys.prefix
    )

    @contextmanager
    def kernel():
        if not spec.prefix:
            raise RuntimeError("dead")
        yield "client"

    manager = SimpleNamespace(get_kernel_spec=lambda name: spec if name == "python3" else None)
    monkeypatch.setattr(jupyter_client.kernelspec, "KernelSpecManager", lambda: manager)
    monkeypatch.setattr(roundtrip, "kernel", kernel)
    asked = {"__import__('sys').prefix": spec}
    monkeypatch.setattr(roundtrip, "ask", lambda client, words: repr(asked[words].prefix))
    return spec


def test_the_kernel_of_notebooks(spec, tmp_path):
    mend = cure.pip("--force-reinstall", "ipykernel")
    where = "the kernel 'python3' of there"
    assert checkup.kernel() == "Python 3 runs this Python"
    spec.prefix = str(tmp_path)
    another = f"{where} runs the Python of {tmp_path}, not this one"
    for program in ("python", "python3"):
        spec.argv = [program]
        assert fault_of(checkup.kernel) == (another, mend)
    spec.prefix = ""
    assert fault_of(checkup.kernel) == (f"{where} does not start: dead", mend)
    spec.argv = [str(tmp_path / "python9")]
    remove = ("-m", "jupyter_client.kernelspecapp", "remove", "-f", "python3")
    assert fault_of(checkup.kernel) == (
        f"{where} is to run {tmp_path / 'python9'}, which is not there",
        cure.shell(sys.executable, *remove),
    )
    spec.argv, spec.prefix = [str(tmp_path / "python9")], str(tmp_path)
    (tmp_path / "python9").touch(0o755)
    assert fault_of(checkup.kernel) == (another, cure.shell(sys.executable, *remove))


def test_no_kernel_at_all(monkeypatch):
    import jupyter_client.kernelspec

    def nothing(name):
        raise jupyter_client.kernelspec.NoSuchKernel(name)

    manager = SimpleNamespace(get_kernel_spec=nothing)
    monkeypatch.setattr(jupyter_client.kernelspec, "KernelSpecManager", lambda: manager)
    assert fault_of(checkup.kernel) == (
        "Jupyter knows no kernel 'python3'",
        cure.pip("--force-reinstall", "ipykernel"),
    )
    monkeypatch.setattr(checkup, "find_spec", {"ipykernel": None}.get)
    assert fault_of(checkup.kernel) == ("ipykernel is missing", cure.pip("-U", "ipykernel"))


def test_the_data(cache, monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")
    assert checkup.data() == "the sample has shape (157, 189, 68); cached: 0"
    assert checkup.os.environ["SLICEKIT_DATASET"] == "sample"
    monkeypatch.setenv("SLICEKIT_DATASET", "nonsense")
    words, fix = fault_of(checkup.data)
    assert "nonsense" in words
    assert fix == cure.unset("SLICEKIT_DATASET")


def test_the_data_where_none_were_chosen(cache):
    assert "SLICEKIT_DATASET" not in os.environ
    assert checkup.data() == "the sample has shape (157, 189, 68); cached: 0"


def test_a_sample_that_is_lost(cache, monkeypatch):
    monkeypatch.setattr(data, "SAMPLE", "nowhere.zip")
    words, fix = fault_of(checkup.data)
    assert words.startswith("nowhere.zip is missing")
    assert fix == cure.restore()


@pytest.mark.parametrize("fault", [OSError, ValueError])
def test_a_sample_that_cannot_be_read(cache, monkeypatch, fault):
    def load():
        raise fault("not the right file")

    monkeypatch.setattr(data, "load", load)
    assert fault_of(checkup.data) == ("not the right file", cure.restore())


@pytest.mark.parametrize("name", data.FILES.values())
def test_a_download_that_is_damaged(cache, name):
    cache.mkdir()
    file = cache / name
    file.write_text("damaged")
    words, fix = fault_of(checkup.data)
    assert words.startswith(f"{file}: ")
    assert fix == cure.shell("rm", "-r", str(file))


def test_a_checksum_that_is_no_file_goes_and_not_the_download(cache):
    record = cache / "attention-mri.tif.sha256"
    record.mkdir(parents=True)
    (cache / "attention-mri.tif").write_text("good, for all that is known")
    words, fix = fault_of(checkup.data)
    assert words == f"{record} is not a file; remove it"
    assert fix == cure.shell("rm", "-r", str(record))


def test_a_folder_where_no_notebook_can_be_saved(monkeypatch, tmp_path):
    def refuse(dir):  # noqa: A002
        raise OSError(13, f"{dir} is closed")

    monkeypatch.setenv("SLICEKIT_DATA_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(checkup, "TemporaryFile", refuse)
    assert fault_of(checkup.write_access) == (
        "cannot write to the current folder (. is closed)",
        "cd ~",
    )


def test_the_half_in_the_browser(monkeypatch, tmp_path):
    import jupyter_core.paths

    monkeypatch.setattr(jupyter_core.paths, "jupyter_path", lambda name: [str(tmp_path / name)])
    mend = cure.pip("--force-reinstall", "--no-deps", "pack")
    assert fault_of(lambda: checkup._extension("ext", "^1.2", "pack")) == (
        "ext, the part of pack in the browser, is missing",
        mend,
    )
    there = tmp_path / "labextensions" / "ext"
    there.mkdir(parents=True)
    (there / "package.json").write_text('{"version": "1.2.9"}')
    checkup._extension("ext", "^1.2", "pack")
    wrong = f"{there} is 1.2.9, but pack here asks for ^1.3"
    hides = (wrong, cure.shell("rm", "-r", str(there)))
    assert fault_of(lambda: checkup._extension("ext", "^1.3", "pack")) == hides
    assert fault_of(lambda: checkup._extension("ext", "^1.1", "pack"))[1] == hides[1]
    monkeypatch.setattr(checkup, "sys", SimpleNamespace(prefix=str(tmp_path)))
    assert fault_of(lambda: checkup._extension("ext", "^1.3", "pack")) == (wrong, mend)


def test_what_the_half_in_the_browser_says_is_utf_8_in_every_locale(monkeypatch, tmp_path):
    import jupyter_core.paths

    monkeypatch.setattr(jupyter_core.paths, "jupyter_path", lambda name: [str(tmp_path)])
    (tmp_path / "package.json").write_bytes('{"author": "é", "version": "1.2"}'.encode())
    usual = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        checkup._extension("", "^1.2", "pack")
    finally:
        locale.setlocale(locale.LC_CTYPE, usual)


def test_where_downloads_and_notebooks_can_be_kept(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLICEKIT_DATA_DIR", str(tmp_path / "new" / "cache"))
    there = tmp_path / "new" / "cache"
    assert checkup.write_access() == f"{there} and the current folder"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "new").touch()
    words, fix = fault_of(checkup.write_access)
    assert str(there) in words
    assert fix == cure.set_to("SLICEKIT_DATA_DIR", "slicekit-data")


def test_a_folder_with_too_long_a_name_is_told_with_its_cure(cache, monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATA_DIR", "x" * 5000)
    fix = cure.set_to("SLICEKIT_DATA_DIR", "slicekit-data")
    assert fault_of(checkup.write_access)[1] == fix
    assert checkup.data().endswith("; cached: 0")  # this is no fault of the data
