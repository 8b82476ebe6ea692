"""Processes of this machine: whose a pid is, and the end of those that carry a run's mark. Linux alone."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from harness.worlds.owned.owner import MARK, OWNER_MARK, Owner

_PROC = Path("/proc")
_DIES_WITHIN_S = 1.0
_STARTED_FIELD = 22 - 3  # proc(5) counts from 1, and the fields behind the name begin with the third


def myself() -> Owner:
    """This process, as an owner."""
    started = started_ticks(os.getpid())
    assert started is not None
    return Owner(os.getpid(), started, pid_space())


def pid_space() -> str:
    """The PID namespace in which this process counts."""
    return str((_PROC / "self/ns/pid").readlink()).strip("pid:[]")


def started_ticks(pid: int) -> int | None:
    """When the process was started, in clock ticks since boot; None when there is none (a zombie is none)."""
    try:
        # The name, in parentheses, may itself hold any sign.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in ("Z", "X") else int(fields[_STARTED_FIELD])


def is_hidden(pid: int) -> bool:
    """There is one, but /proc does not tell of it: mounted with hidepid it tells of nobody else's."""
    if started_ticks(pid) is not None:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def end_marked(run_id: str) -> int:
    """SIGKILL for every process that works for this run as its mark says; how many there were."""
    return sum(end(pid, lambda of: _carries(of, _mark(run_id))) for pid in working_for(run_id))


def working_for(run_id: str) -> list[int]:
    """Every other process that works for this run, as its mark says."""
    return [pid for pid in pids() if pid != os.getpid() and _carries(pid, _mark(run_id))]


def _mark(run_id: str) -> bytes:
    return f"{MARK}={run_id}".encode()


def marked() -> Iterator[tuple[int, str, str]]:
    """Of every process that works for a run and says who owns it: its pid, the run's id, the owner's text."""
    for pid in pids():
        pairs = (row.partition(b"=") for row in _environment(pid))
        found = {name.decode(errors="replace"): value.decode(errors="replace") for name, _, value in pairs}
        if MARK in found and OWNER_MARK in found:
            yield pid, found[MARK], found[OWNER_MARK]


def children(pid: int) -> list[int]:
    """Those that live now, of all its threads."""
    found = list[int]()
    with suppress(OSError):
        for thread in (_PROC / str(pid) / "task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def pids() -> Iterator[int]:
    """Of all processes that can be seen."""
    return (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal())


def _carries(pid: int, mark: bytes) -> bool:
    return mark in _environment(pid)


def _environment(pid: int) -> list[bytes]:
    """Empty where it is gone, or somebody else's."""
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def end(pid: int, meant: Callable[[int], bool]) -> bool:
    """SIGKILL; whether there was something to end. meant: is this pid's process, as it is now, the one?

    The pid is held first and then asked about: one that was used anew is left alone. Waits until it is dead:
    what it asks of the engine in its last moment must not come after a removal.
    """
    with suppress(OSError):
        held = os.pidfd_open(pid)
        try:
            if meant(pid):
                signal.pidfd_send_signal(held, signal.SIGKILL)
                death = select.poll()
                death.register(held, select.POLLIN)
                death.poll(_DIES_WITHIN_S * 1000)
                return True
        finally:
            os.close(held)
    return False
