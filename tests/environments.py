"""Environments to install the wheel into, and to break."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

OURS = Path(sysconfig.get_path("purelib"))
OURS_TOO = ("share/jupyter", "share/jupyter/labextensions", "etc/jupyter")


def site(env):
    """Return the folder of an environment's packages."""
    return Path(sysconfig.get_path("purelib", vars={"base": str(env)}))


def python(env):
    """Return an environment's Python."""
    return str(env / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def environment(folder, wheel):
    """Make an environment and install a wheel into it with pip.

    What the wheel requires is not downloaded again: it is linked, piece by piece, from
    the environment that runs the tests, so that what is removed is really gone.
    """
    venv.create(folder, symlinks=True)
    link(OURS, site(folder))
    for place in OURS_TOO:
        link(Path(sys.prefix, place), folder / place)
    pip = [sys.executable, "-m", "pip", "--python", python(folder)]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", str(wheel)], check=True)
    return folder


def link(source, target):
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        place = target / entry.name
        if "slicekit" not in entry.name and entry.name != "labextensions" and not place.exists():
            place.symlink_to(entry)


def copy(env, folder):
    """Return a copy of an environment, to be broken."""
    shutil.copytree(env, folder, symlinks=True)
    return folder


def remove(env, *names):
    """Take packages out of an environment, with their metadata: never through a link."""
    for name in names:
        for entry in site(env).glob(f"{name}*"):
            entry.unlink()


def replace(env, name, code):
    """Put a module of one file in the place of a package, but leave its metadata."""
    (site(env) / name).unlink()
    (site(env) / f"{name}.py").write_text(code)


def pretend(env, name, version):
    """Let the metadata of a package name another version."""
    (info,) = site(env).glob(f"{name}-*.dist-info")
    lines = (info / "METADATA").read_text().splitlines(keepends=True)
    info.unlink()
    info.mkdir()
    changed = [f"Version: {version}\n" if x.startswith("Version: ") else x for x in lines]
    (info / "METADATA").write_text("".join(changed))


def change(env, path, old, new):
    """Change a line in a package, in a copy of that package."""
    package = site(env) / path.split("/")[0]
    if package.is_symlink():
        source = package.resolve()
        package.unlink()
        shutil.copytree(source, package)
    text = (site(env) / path).read_text()
    assert old in text
    (site(env) / path).write_text(text.replace(old, new))


def kernelspec(folder, program):
    """Write a kernel 'python3' that runs a program, into a folder for ``JUPYTER_PATH``."""
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = [str(program), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Other"}))
    return str(folder)


def run(env, *arguments, cwd, **variables):
    """Run an environment's Python from a folder that is not the clone."""
    env_variables = {**os.environ, **variables}
    command = [python(env), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env_variables, capture_output=True, text=True)
