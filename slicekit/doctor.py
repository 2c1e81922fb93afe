"""``python -m slicekit doctor``: can a figure be live here, and if not, the line that mends it.

It has to work where nothing else does. So it imports only the standard library, and each
check runs in a process of its own, which may raise, hang or crash.
"""

import json
import os
import subprocess
import sys
from typing import NamedTuple

from slicekit import cure
from slicekit.checkup import CHECKS, NEEDS, FaultError

PATIENCE = 180  # seconds for a check; whatever may hang inside one has a shorter limit


class Check(NamedTuple):
    """One answer of the doctor, as ``--json`` prints it."""

    name: str
    ok: bool
    found: str
    fix: str


def doctor(*, as_json: bool = False) -> int:
    """Check whether figures can be live here, and print what is wrong with its cure.

    Parameters
    ----------
    as_json : bool
        Print JSON and nothing else; default: False.

    Returns
    -------
    int
        0 if all is well, else 1.
    """
    checks: list[Check] = []
    for name in CHECKS:
        checks.append(_check(name, [check for check in checks if not check.ok]))
        if not as_json:
            print(_words(checks[-1]), flush=True)
    well = all(check.ok for check in checks)
    if as_json:
        print(json.dumps({"ok": well, "checks": [check._asdict() for check in checks]}, indent=1))
    else:
        print("Figures can be live here." if well else "Paste the first cure, then ask again.")
    return 0 if well else 1


def _words(check: Check) -> str:
    line = f"{'ok   ' if check.ok else 'WRONG'}  {check.name}: {check.found}"
    return line if check.ok else f"{line}\n       cure: {check.fix}"


def _check(name: str, failed: list[Check]) -> Check:
    """Run one check, unless what it needs has failed."""
    for check in failed:
        if check.name in NEEDS.get(name, ()):
            return Check(name, False, f"not tried: mend {check.name} first", check.fix)
    ok, found, fix = _in_a_child(name)
    if not ok and not fix:  # not foreseen: it comes of what failed before, or anything is broken
        found += f"; mend {failed[0].name} first" if failed else ""
        fix = failed[0].fix if failed else cure.pip("--force-reinstall", *cure.wanted())
    return Check(name, ok, " ".join(found.split()), fix)


def _in_a_child(name: str) -> tuple[bool, str, str]:
    command = [sys.executable, "-m", __name__, name]
    try:
        child = subprocess.run(  # noqa: S603 - this module, run by this Python
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
        ok, found, fix = json.loads(child.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return False, f"no answer within {PATIENCE} seconds", ""
    except (ValueError, IndexError):
        return False, f"Python crashed (exit code {child.returncode})", ""
    return ok, found, fix


def _answer(name: str) -> None:
    """Run one check in this process, and print nothing but its verdict."""
    out = os.dup(1)
    os.dup2(2, 1)  # whatever libraries print must not get between
    verdict: tuple[bool, str, str]
    try:
        verdict = True, CHECKS[name](), ""
    except FaultError as fault:
        verdict = False, *fault.args
    except BaseException as fault:  # SystemExit, too: a broken installation fails in many ways
        verdict = False, f"{type(fault).__name__}: {fault}", ""
    os.write(out, b"\n" + json.dumps(verdict).encode())


if __name__ == "__main__":
    _answer(sys.argv[1])
