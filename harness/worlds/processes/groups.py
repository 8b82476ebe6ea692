"""What belongs to a host: the processes of the group that its main process leads. Linux alone.

A group is known by its leader's pid, and that is safe only until the leader has been waited for: after that
the kernel may give the number to somebody else.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_STATE, _GROUP = 0, 2
_GONE = "ZX"


def members(leader: int) -> tuple[int, ...]:
    """Those of the group that live, the leader last."""
    found = [int(e.name) for e in _PROC.iterdir() if e.name.isdecimal() and _is_of(e.name, leader)]
    return tuple(sorted(found, key=lambda pid: (pid == leader, pid)))


def threads(pid: int) -> str:
    """The letter of each of its threads, T for stopped."""
    with suppress(OSError):
        return "".join(_stat(f"{pid}/task/{entry.name}")[:1] for entry in (_PROC / f"{pid}/task").iterdir())
    return ""


def end(leader: int) -> None:
    """SIGKILL for all of them."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_of(pid: str, leader: int) -> bool:
    fields = _stat(pid).split()
    return len(fields) > _GROUP and fields[_GROUP] == f"{leader}" and fields[_STATE] not in _GONE


def _stat(where: str) -> str:
    """What stands behind the name, which may itself hold any sign: state, parent, group, …"""
    try:
        return (_PROC / where / "stat").read_text().rpartition(") ")[2]
    except OSError:
        return ""
