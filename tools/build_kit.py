"""Build the offline kit: one folder, from which slicekit installs without the Internet.

::

    .venv/bin/python tools/build_kit.py kit                       three platforms, this Python
    .venv/bin/python tools/build_kit.py kit --platform windows macos linux --python 3.11 3.12
    .venv/bin/python tools/build_kit.py kit --check               is this kit (still) whole?

uv resolves each set, because it evaluates the environment markers for the platform that is
asked for; pip would evaluate them for this one and leave out colorama, pywinpty or appnope.
pip fetches the wheels. Then uv resolves the set once more, from the folder alone.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PIECES = ROOT / "tools" / "kit"  # what is copied into every kit
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"

# glibc 2.28 and older: Debian 10, Ubuntu 20.04, RHEL 8 and what came after them
MANYLINUX = [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)]
OLD_NAMES = [f"manylinux{year}_x86_64" for year in (2014, 2010, 1)]
# what people, uv and pip call a platform
PLATFORMS = {
    "windows": ("Windows", "x86_64-pc-windows-msvc", ["win_amd64"]),
    "macos": ("macOS 13 or newer, Apple silicon", "aarch64-apple-darwin", ["macosx_13_0_arm64"]),
    "macos-intel": ("macOS 13 or newer, Intel", "x86_64-apple-darwin", ["macosx_13_0_x86_64"]),
    "linux": ("Linux, x86-64", "x86_64-manylinux_2_28", [*MANYLINUX, *OLD_NAMES, "linux_x86_64"]),
}
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
UV = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-config"]
PLAIN = ["--no-header", "--no-annotate", "--only-binary", ":all:", "--python", sys.executable]


def main() -> None:
    """Build a kit, or check one; exit with one line if that fails."""
    words = argparse.ArgumentParser(description="Build the offline kit.")
    words.add_argument("kit", type=Path, help="the folder to make")
    words.add_argument(
        "--platform", nargs="+", choices=PLATFORMS, default=["windows", "macos", "linux"]
    )
    words.add_argument(
        "--python", nargs="+", type=version, default=[HERE], metavar="3.x", help=f"default: {HERE}"
    )
    words.add_argument("--attention", action="store_true", help="with the article's scan")
    words.add_argument("--no-book", action="store_true", help="without the rendered book")
    words.add_argument("--check", action="store_true", help="check a kit that is there")
    chosen = words.parse_args()
    chosen.kit = chosen.kit.expanduser().resolve()
    try:
        if chosen.check:
            check(chosen.kit)
        else:
            build(chosen)
    except (OSError, RuntimeError, ValueError) as fault:
        sys.exit(str(fault))


def version(text: str) -> str:
    """Return a version of Python as it was given, if slicekit runs on it."""
    found = re.fullmatch(r"3\.(\d+)", text)
    if not found or int(found[1]) < 11:
        raise argparse.ArgumentTypeError(f"{text!r} is not 3.11 or newer, such as 3.12")
    return text


def build(chosen: argparse.Namespace) -> None:
    """Build a kit beside its place, and give it its name when all is well."""
    if chosen.kit.exists():
        raise RuntimeError(f"{chosen.kit} is there already; remove it, or name another folder")
    if not find_spec("uv"):
        raise RuntimeError("uv is not installed; cure: python -m pip install -e '.[chapters,kit]'")
    scan = cached_scan() if chosen.attention else None
    sets = [f"{platform}-{python}" for python in chosen.python for platform in chosen.platform]
    chosen.kit.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".partial-", dir=chosen.kit.parent) as place:
        kit = Path(place, "kit")
        ours = put_slicekit(kit)
        with ThreadPoolExecutor(3) as threads:
            sizes = threads.map(lambda name: fetch(kit, ours, name), sets)
            fetched = dict(zip(sets, sizes, strict=True))
        proven = {name: prove(kit, name) for name in fetched}
        report(fetched, proven)
        contents = {
            "slicekit": ours,
            "sets": {name: {**size, "resolves": True} for name, size in fetched.items()},
            "book": not chosen.no_book,
            "attention": scan and put_scan(kit, scan),
        }
        put_pages(kit, contents)
        if contents["book"]:
            program([sys.executable, str(ROOT / "tools" / "build_site.py"), str(kit / "book")])
        contents["MB"] = megabytes(kit.rglob("*"))
        (kit / "kit.json").write_text(json.dumps(contents, indent=1) + "\n")
        kit.replace(chosen.kit)
    print(f"{chosen.kit}: {contents['MB']} MB")


def check(kit: Path) -> None:
    """Read every wheel of a kit to its end, and resolve every set once more.

    Parameters
    ----------
    kit : Path
        A kit that `build` has made, wherever it was copied to.

    Raises
    ------
    RuntimeError
        If a wheel is damaged, or a set does not resolve from the kit alone.
    """
    contents = json.loads((kit / "kit.json").read_text())
    damaged = [wheel.name for wheel in sorted((kit / "wheels").iterdir()) if is_damaged(wheel)]
    if damaged:
        raise RuntimeError(f"damaged: {', '.join(damaged)}; copy or build the kit again")
    report(contents["sets"], {name: prove(kit, name) for name in contents["sets"]})


def report(sets: dict[str, dict], faults: dict[str, str]) -> None:
    """Print the size of each set and whether it resolves; raise RuntimeError if one does not."""
    for name, size in sets.items():
        verdict = "does not resolve" if faults[name] else "resolves from the kit alone"
        print(f"{name}: {size['wheels']} wheels, {size['MB']} MB, {verdict}", flush=True)
    if bad := [f"{name}: {fault}" for name, fault in faults.items() if fault]:
        raise RuntimeError("; ".join(bad) + "; build the kit again")


def is_damaged(wheel: Path) -> bool:
    """Tell whether a wheel cannot be read to its end."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.testzip() is not None
    except (OSError, zipfile.BadZipFile):
        return True


def prove(kit: Path, name: str) -> str:
    """Resolve a set from the kit's wheels alone; return what is wrong, or nothing."""
    pins = kit / "sets" / f"{name}.txt"
    alone = ["--no-index", "--find-links", str(kit / "wheels"), "--offline", "--no-cache"]
    try:
        found = resolve(pins, name, *alone)
    except RuntimeError as fault:
        return str(fault)
    strangers = set(found) - set(plain(pins.read_text().splitlines()))
    return f"{', '.join(sorted(strangers))}: not in sets/{name}.txt" if strangers else ""


def resolve(wanted: Path, name: str, *options: str) -> list[str]:
    """Return the exact versions that requirements come to in a set."""
    platform, python = name.rsplit("-", 1)
    target = ["--python-platform", PLATFORMS[platform][1], "--python-version", python]
    said = program([*UV, *PLAIN, *target, *options, str(wanted)], index())
    return plain(said.splitlines())


def plain(lines: Iterable[str]) -> list[str]:
    """Return requirements without extras, such as ``slicekit==0.1.0``."""
    return [re.sub(r"\[.*\]", "", line) for line in lines if "==" in line]


def fetch(kit: Path, version: str, name: str) -> dict[str, object]:
    """Fetch the wheels of a set, write its requirements, and return its size."""
    platform, python = name.rsplit("-", 1)
    try:
        pins = resolve(ROOT / "pyproject.toml", name, "--extra", "chapters")
        wheels = download(kit, pins, platform, python)
    except RuntimeError as fault:
        raise RuntimeError(f"no set {name}: {fault}") from fault
    wheels += (kit / "wheels").glob("slicekit-*.whl")
    lines = [f"slicekit[chapters]=={version}", *pins, ""]
    (kit / "sets" / f"{name}.txt").write_text("\n".join(lines))
    (pip,) = (wheel.name for wheel in wheels if wheel.name.startswith("pip-"))
    return {"wheels": len(wheels), "MB": megabytes(wheels), "pip": pip}


def download(kit: Path, pins: list[str], platform: str, python: str) -> list[Path]:
    """Bring wheels into a kit and return them, also those that another set has brought."""
    with TemporaryDirectory(dir=kit) as place:
        wanted, wheels = Path(place, "wanted.txt"), Path(place, "wheels")
        wanted.write_text("\n".join(pins))
        tags = [word for tag in PLATFORMS[platform][2] for word in ("--platform", tag)]
        options = ["--no-deps", "--only-binary=:all:", "--python-version", python, *tags]
        program([*PIP, "download", "--quiet", *options, "-r", str(wanted), "-d", str(wheels)])
        return [wheel.replace(kit / "wheels" / wheel.name) for wheel in wheels.iterdir()]


def index() -> dict[str, str]:
    """Return what pip is told about the package index, in the variables that uv reads."""
    told: dict[str, str] = {}
    for line in sorted(program([*PIP, "config", "list"]).splitlines()):
        name, _, value = line.partition("=")  # such as global.cert='...', and :env: comes first
        told.setdefault(name.rsplit(".", 1)[-1], ast.literal_eval(value))
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "cert": "SSL_CERT_FILE",
        "trusted-host": "UV_INSECURE_HOST",
    }
    found = {names[key]: " ".join(told[key].split()) for key in names if key in told}
    # pip takes the best version of all indexes, and uv that of the first, unless it is told
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **found}


def program(command: list[str], variables: dict[str, str] | None = None) -> str:
    """Run a program and return what it prints; raise RuntimeError with its complaint."""
    env = {**os.environ, **(variables or {})}
    said = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if said.returncode:
        raise RuntimeError(complaint(said.stderr) or f"{command[:3]} failed")
    return said.stdout


def complaint(text: str) -> str:
    """Return the gist of what a program said, in one line and without addresses."""
    lines = text.strip().splitlines() or [""]
    errors = [line for line in lines if line.startswith("ERROR: ")] or lines[-1:]
    if "Because" in text:  # uv's reasons go over several lines, drawn as a tree
        errors = [text[text.index("Because") :].split("hint:")[0]]
    gist = " ".join(errors[-1].removeprefix("ERROR: ").split()).strip(". ")
    if lack := re.search(r"Because (?:all of: )?([\w.-]+).*?(no wheels with .*?\))", gist):
        gist = f"{lack[1]} has {lack[2]}"
    return re.sub(r"\w+://\S+", "the package index", gist.split(", we can conclude")[0])


def put_slicekit(kit: Path) -> str:
    """Put slicekit's wheel, the chapters and the pages into a kit; return slicekit's version."""
    from slicekit.reading import put_chapters

    (kit / "sets").mkdir(parents=True)
    put_chapters(kit)
    program([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(kit / "wheels")])
    (wheel,) = (kit / "wheels").iterdir()
    return wheel.name.split("-")[1]


def put_pages(kit: Path, contents: dict) -> None:
    """Put the installer and the page that explains it into a kit, as text and for the browser."""
    from markdown_it import MarkdownIt

    shutil.copyfile(PIECES / "install.py", kit / "install.py")
    text = (PIECES / "README.txt").read_text()
    text = text.replace("SETS", for_whom(contents["sets"]))
    if not contents["book"]:
        text = re.sub(r"^.*book/index.html.*\n", "", text, flags=re.M)
    (kit / "README.txt").write_text(text)
    page = (PIECES / "index.html").read_text()
    body = MarkdownIt("commonmark").enable("table").render(text)
    (kit / "index.html").write_text(page.replace("BODY", body))


def for_whom(sets: Iterable[str]) -> str:
    """Return a line for each system, such as ``- Windows: Python 3.11 or 3.12``."""
    pythons: dict[str, list[str]] = {}
    for platform, python in (name.rsplit("-", 1) for name in sets):
        pythons.setdefault(PLATFORMS[platform][0], []).append(python)
    return "\n".join(f"- {name}: Python {' or '.join(which)}" for name, which in pythons.items())


def cached_scan() -> Path:
    """Return the article's archive from the builder's cache, checked."""
    from slicekit import data
    from slicekit.download import download as inspect

    archive = data.cache_dir() / data.FILES["attention"]
    if not archive.exists():
        raise RuntimeError(
            "the scan is not in your cache; get it: python -m slicekit fetch attention"
        )
    return inspect(archive.name, data.registry()[archive.name], archive.parent, data.check)


def put_scan(kit: Path, archive: Path) -> str:
    """Put the article's archive into a kit, and return its checksum."""
    import pooch

    (kit / "data").mkdir()
    shutil.copyfile(archive, kit / "data" / archive.name)
    return "sha256:" + pooch.file_hash(str(archive))


def megabytes(files: Iterable[Path]) -> float:
    """Return how large files are together."""
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)


if __name__ == "__main__":
    main()
