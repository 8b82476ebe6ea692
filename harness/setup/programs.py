"""Runs other programs, each with a limit; turns their failures into errors that say what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError


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
        said = [line for line in (self.stderr or self.stdout).splitlines() if line.strip()]
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
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
    except FileNotFoundError:
        return Ended(127, "", f"{argv[0]}: not found")
    except OSError as error:
        return Ended(126, "", f"{argv[0]}: {error.strerror}")
    except subprocess.TimeoutExpired:
        return Ended(124, "", f"{argv[0]}: no end after {limit_s:g} s")
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
        fix = "the disk is full: free some space (`docker system df` shows Docker's share), then try again"
    raise WorldError(f"{what}\n  {' '.join(argv[:6])} … said:\n{_indent(done.last_lines)}\n  {fix}")


def found(program: str) -> bool:
    return shutil.which(program) is not None


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
