"""Install slicekit and its chapters from the offline kit, without the Internet.

::

    python3 install.py                             from the stick: the kit that this file is in
    python3 install.py http://192.168.0.5:8000     from the room's network

Everything goes into the folder slicekit-workshop in your home folder. Run it again whenever
you like: your chapters are never overwritten.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - others than ours try it
    sys.exit(
        f"this is Python {sys.version.split()[0]}, and slicekit wants 3.11 or newer; "
        "run install.py with a newer one: python3.11 install.py (on Windows: py -3.11 install.py)"
    )

import argparse
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sysconfig
import tempfile
import time
import urllib.request
import venv
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
HOME = Path.home() / "slicekit-workshop"
BUILDS = {"win-amd64": "windows", "linux-x86_64": "linux"}
# a proxy for the Internet would not find the room's address
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

PUT_CHAPTERS = """
import sys
from pathlib import Path
from slicekit.reading import put_chapters
try:
    print(put_chapters(Path(sys.argv[1])))
except OSError as fault:
    sys.exit(str(fault))
"""
PUT_SCAN = """
import os, shutil, sys, tempfile
from pathlib import Path
from slicekit import data
from slicekit.download import writable
from pooch import file_hash
archive, record = Path(sys.argv[1]), sys.argv[2]
try:
    place = writable(data.cache_dir()) / archive.name
    if not os.path.lexists(place):
        if "sha256:" + file_hash(str(archive)) != record:
            raise ValueError(f"{archive.name} came damaged; run install.py again")
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=place.parent) as partial:
            copy = Path(partial, archive.name)
            shutil.copyfile(archive, copy)
            place.with_name(place.name + ".sha256").write_text(record + "\\n")
            copy.replace(place)
    print(f"The article's scan is in {place}")
except (OSError, ValueError) as fault:
    sys.exit(str(fault))
"""


def main() -> None:
    """Install from the kit that is named on the command line, or that this file is in."""
    words = argparse.ArgumentParser(description="Install slicekit from the offline kit.")
    words.add_argument("kit", nargs="?", default=str(HERE), help="its address or folder")
    words.add_argument("--folder", type=Path, default=HOME, help=f"default: {HOME}")
    chosen = words.parse_args()
    start = time.monotonic()
    folder = chosen.folder.expanduser().resolve()
    kit = place(chosen.kit)
    contents = read_contents(kit)
    name = choose(contents["sets"])
    python = environment(folder)
    install(kit, name, contents, python)
    print(f"Installed in {time.monotonic() - start:.0f} seconds.", flush=True)
    run(python, folder, "-c", PUT_CHAPTERS, str(folder))
    if contents["attention"]:
        put_scan(kit, contents["attention"], python, folder)
    print("The doctor looks at it:", flush=True)
    well = subprocess.run([python, "-m", "slicekit", "doctor"], cwd=folder, env=clean()).returncode
    opening = shell(str(python), "-m", "slicekit", "read", str(folder))
    print(f"\nThis line opens the chapters, today and later:\n\n    {opening}\n", flush=True)
    if well != 0:
        sys.exit(f"the doctor found a fault; delete {folder / '.venv'} and run install.py again")


def place(words: str) -> str:
    """Return the kit's address or folder, without what a browser may have put behind it."""
    if words.startswith(("http://", "https://")):
        return re.sub("(/index.html|/install.py)?/*$", "", words)
    return str(Path(words).expanduser().resolve())


def opened(kit: str, name: str):
    """Open a file of the kit."""
    if kit.startswith("http"):
        return DIRECT.open(f"{kit}/{name}", timeout=20)
    return Path(kit, name).open("rb")


def read_contents(kit: str) -> dict:
    """Read what is in the kit."""
    fault = "what is there is not a kit"
    try:
        with opened(kit, "kit.json") as file:
            contents = json.load(file)
        if "sets" in contents:
            return contents
    except (OSError, HTTPException) as error:
        fault = str(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)
    except ValueError:  # a web page of somebody else's
        pass
    sys.exit(
        f"no kit at {kit} ({fault}); name the folder or the address that your teacher gives, "
        "such as python3 install.py http://192.168.0.5:8000, and be in the room's network"
    )


def this_set() -> str:
    """Return the name of the set for this computer and this Python, such as linux-3.11."""
    build = sysconfig.get_platform()  # for which computer this Python was built
    system = BUILDS.get(build, build)
    if build.startswith("macosx"):  # one build may serve both kinds
        system = "macos" if platform.machine() == "arm64" else "macos-intel"
    return f"{system}-{sys.version_info[0]}.{sys.version_info[1]}"


def choose(sets: dict) -> str:
    """Return the name of the set, if the kit has it."""
    name = this_set()
    if name in sets:
        return name
    system = name.rsplit("-", 1)[0]
    others = [other.rsplit("-", 1)[1] for other in sets if other.rsplit("-", 1)[0] == system]
    cure = "ask your teacher for a kit with yours"
    if others:
        python = ["py", f"-{others[0]}"] if os.name == "nt" else [f"python{others[0]}"]
        cure = f"run it with another Python: {shell(*python, *sys.argv)}"
    sys.exit(f"this kit has no set {name}; it has {', '.join(sets)}; {cure}")


def environment(folder: Path) -> Path:
    """Make the environment, unless it is there, and return its Python."""
    home = folder / ".venv"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    fresh = f"delete {home} and run install.py again; your chapters stay"
    try:
        if not home.exists():
            venv.create(home, symlinks=os.name != "nt")
        ask = [python, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
        found = subprocess.run(ask, capture_output=True, text=True, env=clean()).stdout.strip()
    except OSError as fault:
        sys.exit(f"no environment in {home} ({fault}); {fresh}, or name a --folder of your own")
    if found != f"{sys.version_info[0]}.{sys.version_info[1]}":
        sys.exit(f"{home} is of another Python ({found or 'a broken one'}); {fresh}")
    return python


def install(kit: str, name: str, contents: dict, python: Path) -> None:
    """Install the set with the kit's own pip, which needs none in this Python."""
    size = contents["sets"][name]
    print(
        f"slicekit {contents['slicekit']}, set {name}: {size['wheels']} packages, {size['MB']} MB"
    )
    with tempfile.TemporaryDirectory() as scratch:
        pip = bring(kit, f"wheels/{contents['sets'][name]['pip']}", Path(scratch))
        options = ["--no-index", "--no-cache-dir", "--no-compile", "--find-links", f"{kit}/wheels/"]
        if kit.startswith("http:"):  # pip distrusts an address without https
            options += ["--trusted-host", urlsplit(kit).netloc]
        command = [python, pip / "pip", "install", "--progress-bar", "off"]
        command += [*options, "-r", f"{kit}/sets/{name}.txt"]
        fault = follow(command, size["wheels"], clean(urlsplit(kit).hostname))
    if fault:
        sys.exit(
            f"the set {name} could not be installed ({fault}); run install.py again, and if that "
            "does not help, show this line to your teacher"
        )


def follow(command: list, total: int, env: dict) -> str:
    """Run pip, count the packages that it has reached, and return its last error."""
    fault = "pip ended early"
    reached = 0
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout:
            if line.startswith(("Processing ", "Collecting ", "Requirement already")):
                reached += 1
                print(f"\r{min(reached, total)} of {total} ", end="", flush=True)
            if line.startswith("Installing "):
                print("\nAll are there. Unpacking them can take a minute.", flush=True)
            if line.startswith("ERROR: "):
                fault = line[7:].strip()
    print(flush=True)
    return fault if pip.returncode else ""


def put_scan(kit: str, record: str, python: Path, folder: Path) -> None:
    """Put the article's scan into the user's cache, unless one is there."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = bring(kit, "data/attention.zip", Path(scratch))
        run(python, folder, "-c", PUT_SCAN, str(archive), record)


def bring(kit: str, name: str, folder: Path) -> Path:
    """Return a copy of a file of the kit."""
    target = folder / Path(name).name
    try:
        with opened(kit, name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    except OSError as fault:
        sys.exit(f"{name} did not come from {kit} ({fault}); is the kit whole? run it again")
    return target


def run(python: Path, folder: Path, *words: str) -> None:
    """Run the new Python; end with its one line if it fails."""
    if subprocess.run([python, *words], cwd=folder, env=clean()).returncode:
        sys.exit(1)


def clean(host: "str | None" = None) -> dict:
    """Return the variables for pip and Python without settings that are meant for others."""
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))
    }
    env["PIP_CONFIG_FILE"] = os.devnull
    env["PYTHONUNBUFFERED"] = "1"  # so that the packages can be counted as they come
    if host:
        env["NO_PROXY"] = env["no_proxy"] = host
    return env


def shell(*words: str) -> str:
    """Return a command as it can be pasted: into a POSIX shell, or into PowerShell on Windows."""
    if os.name != "nt":
        return shlex.join(words)
    plain = re.compile(r"[\w./:\\-]+")
    line = " ".join(w if plain.fullmatch(w) else "'" + w.replace("'", "''") + "'" for w in words)
    return f"& {line}" if line.startswith("'") else line


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; run install.py again when you like")
