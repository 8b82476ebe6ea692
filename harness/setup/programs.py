"""Runs other programs, each with a limit; turns their failures into errors that say what to do.

Finds an administrator's programs too: a root shell got by plain `su` has no sbin in its PATH.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError

_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DISK_FULL = (
    "the disk is full: free some space (`docker system df` shows Docker's share), "
    "or set TMPDIR to a folder with 1 GiB free; then try again"
)
LIMIT_PASSED = 124
_NOT_WRITABLE = "set TMPDIR to a folder that you may write, with 1 GiB free; then try again"


class Ended(Struct, frozen=True):
    """How a program ended. returncode 127: not found, 126: not runnable, 124: the limit passed."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        return self.returncode == 0

    @property
    def last_lines(self) -> str:
        """The end of what it said, where programs put their reason."""
        text = _COLOUR.sub("", self.stderr or self.stdout)
        said = [line for line in text.splitlines() if line.strip()]
        return "\n".join(said[-5:])


def run(
    argv: Sequence[str],
    *,
    limit_s: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Ended:
    """Run to the end; never raises for what the program does."""
    try:
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            stdin=subprocess.DEVNULL,
            env=environment(env),
            cwd=cwd,
        )
    except FileNotFoundError:
        return Ended(127, "", f"{argv[0]}: not found")
    except OSError as error:
        return Ended(126, "", f"{argv[0]}: {error.strerror}")
    except subprocess.TimeoutExpired:
        return Ended(LIMIT_PASSED, "", f"{argv[0]}: no end after {limit_s:g} s")
    return Ended(done.returncode, done.stdout, done.stderr)


def must(
    argv: Sequence[str],
    *,
    limit_s: float,
    what: str,
    fix: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run to the end and return stdout. Raises WorldError with `what` went wrong and the `fix`."""
    done = run(argv, limit_s=limit_s, env=env, cwd=cwd)
    if done.ok:
        return done.stdout
    if "no space left on device" in (done.stderr + done.stdout).lower():
        fix = _DISK_FULL
    raise WorldError(f"{what}\n  {' '.join(argv[:6])} … said:\n{_indent(done.last_lines)}\n  {fix}")


def found(program: str) -> bool:
    return shutil.which(program, path=environment()["PATH"]) is not None


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What other programs are run with: ours, sbin in PATH, messages in English (some are read), and more."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join([*folders, *(folder for folder in _SBIN if folder not in folders)])
    return {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", **(more or {})}


def unwritable(error: OSError) -> WorldError:
    """What to tell when a file of our own could not be written."""
    fix = _DISK_FULL if error.errno == errno.ENOSPC else _NOT_WRITABLE
    where = f"{error.filename}: " if error.filename else ""
    return WorldError(f"could not write: {where}{error.strerror or error}\n  {fix}")


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
