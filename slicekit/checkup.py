"""What the doctor looks at: each check returns what it found, or raises `FaultError`.

They import what they need themselves, because any of it may be broken.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

from slicekit import cure, roundtrip

PATIENCE = 40  # seconds for one import
ALIVE = 42  # a broken package can end Python with any of the usual exit codes, 0 among them
MODULES = {"scikit-image": "skimage", "pillow": "PIL"}  # packages by another name
MANAGERS = {7: "^3", 8: "^5"}  # which jupyterlab-manager goes with which ipywidgets


class FaultError(Exception):
    """What is wrong, and the line that mends it."""


def python() -> str:
    """Check Python itself, and that slicekit is installed in it."""
    here = f"{sys.version.split()[0]} in {sys.prefix}"
    try:
        wanted = str(metadata("slicekit")["Requires-Python"])
    except PackageNotFoundError as fault:
        raise FaultError(f"{here}; slicekit is not installed there", cure.install()) from fault
    if sys.version_info < _numbers(wanted):
        fix = f"python{wanted.lstrip('>=')} -m venv .venv"
        raise FaultError(f"{here}; slicekit wants Python {wanted}", fix)
    return here


def packages() -> str:
    """Check that all that slicekit and the chapters need is there, new enough and importable."""
    wanted = {_name(line): line for line in cure.wanted()}
    missing = {name: fault for name, line in wanted.items() if (fault := _missing(name, line))}
    rest = [name for name in wanted if name not in missing]
    broken = _broken_ones(rest)
    # what fails because of another one is mended with it
    roots = [name for name in broken if not _needs(name) & {*missing, *broken} - {name}]
    if len(roots) > 1:
        # some fail because of one that they would do without, such as distributed and numpy
        roots = [name for name in roots if _broken(name, without={*roots} - {name})] or roots
    if faults := [*missing.values(), *(broken[name] for name in roots)]:
        lines = [wanted[name] for name in [*missing, *roots]]
        raise FaultError(
            "; ".join(faults), cure.pip("--force-reinstall" if roots else "-U", *lines)
        )
    return f"{len(wanted)} of {len(wanted)} are there, new enough and importable"


def _name(requirement: str) -> str:
    return re.split("[^A-Za-z0-9_.-]", requirement)[0].lower()


def _needs(name: str) -> set[str]:
    return {_name(line) for line in requires(name) or () if "extra ==" not in line}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _missing(name: str, requirement: str) -> str | None:
    try:
        found = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    old = _numbers(found) < _numbers(requirement.split(">=")[-1])
    return f"{name} is {found}, older than {requirement}" if old else None


def _broken_ones(names: list[str]) -> dict[str, str]:
    if not _broken(*names):  # all in one go, which is faster
        return {}
    with ThreadPoolExecutor() as threads:
        faults = zip(names, threads.map(_broken, names), strict=True)
        return {name: fault for name, fault in faults if fault}


def _broken(*names: str, without: Iterable[str] = ()) -> str | None:
    """Import packages in a process of its own, and return what goes wrong."""
    modules, hidden = ([MODULES.get(name, name) for name in some] for some in (names, without))
    statements = [
        "import os, sys; sys.stdout = sys.stderr",
        f"sys.modules |= dict.fromkeys({hidden})",  # as if they were not there
        f"import {', '.join(modules)}; os._exit({ALIVE})",
    ]
    command = [sys.executable, "-c", "; ".join(statements)]
    try:
        said = subprocess.run(  # noqa: S603 - our own line, run by this Python
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return f"{names[0]} hangs when it is imported"
    if said.returncode == ALIVE:
        return None
    lines = said.stderr.decode(errors="replace").strip().splitlines()
    return f"{names[0]} cannot be imported ({lines[-1] if lines else 'it ends Python'})"


def ipympl() -> str:
    """Check the two halves of a live figure in the kernel: they have to go together."""
    found = {}
    for name, line in (("ipympl", "ipympl>=0.9.6"), ("matplotlib", "matplotlib>=3.8")):
        try:
            found[name] = version(name)
        except PackageNotFoundError as fault:
            raise FaultError(f"{name} is missing", cure.pip("-U", line)) from fault
    pair = f"{found['ipympl']} with Matplotlib {found['matplotlib']}"
    if _numbers(found["matplotlib"]) >= (3, 10) and _numbers(found["ipympl"]) < (0, 9, 6):
        raise FaultError(f"{pair}: keys are lost (ipympl#575)", cure.pip("-U", "ipympl>=0.9.6"))
    return pair


def front_end() -> str:
    """Check JupyterLab or Notebook 7, and what runs in the browser: the other half of ipympl."""
    there = {name: version(name) for name in ("jupyterlab", "notebook") if find_spec(name)}
    if "jupyterlab" not in there and _numbers(there.get("notebook", "0")) < (7,):
        fix = cure.pip("-U", "jupyterlab>=4.2")
        raise FaultError("neither JupyterLab nor Notebook 7 is installed", fix)
    from ipympl.backend_nbagg import Canvas
    from ipywidgets import __version__

    asked = str(Canvas.class_traits()["_view_module_version"].default_value)
    _extension("jupyter-matplotlib", asked, "ipympl")
    manager = MANAGERS.get(_numbers(__version__)[0], "")
    _extension("@jupyter-widgets/jupyterlab-manager", manager, "jupyterlab_widgets")
    return ", ".join(f"{name} {number}" for name, number in there.items())


def _extension(name: str, asked: str, package: str) -> None:
    """Raise FaultError if the browser's half of a package is missing, or of another version."""
    from jupyter_core.paths import jupyter_path

    fix = cure.pip("--force-reinstall", "--no-deps", package)
    places = [Path(path, name, "package.json") for path in jupyter_path("labextensions")]
    place = next((place for place in places if place.is_file()), None)
    if place is None:
        raise FaultError(f"{name}, the part of {package} in the browser, is missing", fix)
    found = json.loads(place.read_text(encoding="utf-8"))["version"]
    if (same := _numbers(asked)) != _numbers(found)[: len(same)]:
        if not place.is_relative_to(sys.prefix):  # it hides the right one
            fix = cure.shell("rm", "-r", str(place.parent))
        raise FaultError(f"{place.parent} is {found}, but {package} here asks for {asked}", fix)


def kernel() -> str:
    """Check that the kernel of notebooks is there, starts, answers, and runs this Python."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    if not find_spec("ipykernel"):
        raise FaultError("ipykernel is missing", cure.pip("-U", "ipykernel"))
    mend = cure.pip("--force-reinstall", "ipykernel")
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel as fault:
        raise FaultError("Jupyter knows no kernel 'python3'", mend) from fault
    program, where = spec.argv[0], f"the kernel 'python3' of {spec.resource_dir}"
    beside = Path(program).parent == Path(sys.executable).parent
    if not beside and program not in {"python", "python3"}:  # for these Jupyter takes its own
        words = ("-m", "jupyter_client.kernelspecapp", "remove", "-f", "python3")
        mend = cure.shell(sys.executable, *words)
        if not shutil.which(program):
            raise FaultError(f"{where} is to run {program}, which is not there", mend)
    try:
        with roundtrip.kernel() as client:
            prefix = ast.literal_eval(roundtrip.ask(client, "__import__('sys').prefix"))
    except (OSError, RuntimeError) as fault:
        raise FaultError(f"{where} does not start: {fault}", mend) from fault
    if not os.path.samefile(prefix, sys.prefix):
        raise FaultError(f"{where} runs the Python of {prefix}, not this one", mend)
    return f"{spec.display_name} runs this Python"


def data() -> str:
    """Check the sample, byte by byte, and what is in the cache."""
    from slicekit import data
    from slicekit.download import download

    choice = os.environ.get("SLICEKIT_DATASET", "")
    os.environ["SLICEKIT_DATASET"] = "sample"
    try:
        shape = data.load().shape
    except (OSError, ValueError) as fault:
        raise FaultError(str(fault), cure.restore()) from fault
    cached = [data.cache_dir() / name for name in data.FILES.values()]
    for file in filter(os.path.exists, cached):  # Path.exists fails for long names
        try:
            download(file.name, data.registry()[file.name], file.parent, data.check)
        except (OSError, ValueError) as fault:
            raise FaultError(str(fault), cure.shell("rm", "-r", in_the_way(file))) from fault
    os.environ["SLICEKIT_DATASET"] = choice
    try:
        data.load()
    except (OSError, ValueError) as fault:
        raise FaultError(str(fault), cure.unset("SLICEKIT_DATASET")) from fault
    return f"the sample has shape {shape}; cached: {sum(map(os.path.exists, cached))}"


def in_the_way(file: Path) -> str:
    """Return what must go before a file is fetched again: it, or a checksum that is no file."""
    from slicekit.download import record_of

    record = record_of(file)
    return str(record if record.exists() and not record.is_file() else file)


def keys() -> str:
    """Check that a key reaches the viewer in a kernel, and its picture comes back."""
    return roundtrip.press_k()


def write_access() -> str:
    """Check that downloads can be kept, and notebooks saved."""
    from slicekit.data import cache_dir
    from slicekit.download import writable

    folder = cache_dir()
    new = [place for place in (folder, *folder.parents) if not os.path.exists(place)]
    try:
        writable(folder)
    except OSError as fault:
        raise FaultError(str(fault), cure.set_to("SLICEKIT_DATA_DIR", "slicekit-data")) from fault
    finally:
        for place in new:  # as it was
            with suppress(OSError):
                place.rmdir()
    try:
        with TemporaryFile(dir="."):
            return f"{folder} and the current folder"
    except OSError as fault:
        raise FaultError(
            f"cannot write to the current folder ({fault.strerror})", "cd ~"
        ) from fault


CHECKS: dict[str, Callable[[], str]] = {
    "Python": python,
    "packages": packages,
    "ipympl": ipympl,
    "front end": front_end,
    "kernel": kernel,
    "data": data,
    "keys": keys,
    "write access": write_access,
}
NEEDS = {"front end": {"ipympl"}, "keys": {"ipympl", "kernel", "data"}}
