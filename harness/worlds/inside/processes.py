"""Processes of hosts, by pidfd: which one is meant, a signal at a known moment, and what became of it.

Pids are the machine's. sandbox_pid names the host: whatever is touched must be in that process's network
namespace, so that a pid that was used again can never lead to somebody else's process. HERE names the
resident's own, for hosts without one; who asks has just seen whose the pid is.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict, TypeVar

# Instead of a sandbox.
HERE = -1

_POLL_S = 0.01
_SETTLE_WITHIN_S = 1.0
_STOPPED, _GONE = "Tt", "ZX"

Seen = TypeVar("Seen", int, str)


class ProcessError(Exception):
    """What was asked for cannot be done; the text is for people."""


class Signalled(TypedDict):
    """Raw CLOCK_MONOTONIC just before and after the signal. start_ticks: not the same in a later process."""

    pid: int
    start_ticks: int
    before_s: float
    after_s: float


class Ended(Signalled):
    """ended_s: when it was seen to be gone, None when it was not in time."""

    ended_s: float | None


class Settled(Signalled):
    """states: the letter of each of its threads, as /proc has them; when all were as asked, or at the end."""

    states: str


class Begun(TypedDict):
    """The child that runs now. before_s, after_s: of the signal; the same moment when it ran already.

    pid: 0 when the main process ended before one was seen.
    """

    pid: int
    before_s: float
    after_s: float
    seen_s: float


def end(*, main_pid: int, sandbox_pid: int, child: bool, name: str, within_s: float) -> Ended:
    """Send a signal that ends it (KILL, TERM) and watch it go."""
    pid = meant(main_pid, sandbox_pid, child)
    with _held(pid, sandbox_pid) as pidfd:
        sent = _send(pidfd, pid, name)
        # A pidfd becomes readable when the process is gone; of the first in a PID namespace, all others too.
        gone = bool(select.select([pidfd], [], [], within_s)[0])
        return {**sent, "ended_s": time.monotonic() if gone else None}


def gone(*, pid: int, start_ticks: int, within_s: float) -> list[float]:
    """When a process that was signalled before was seen to be gone; empty when it was not in time."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return [time.monotonic()]
    try:
        if not _ended(pid, start_ticks) and not select.select([pidfd], [], [], within_s)[0]:
            return []
        return [time.monotonic()]
    finally:
        os.close(pidfd)


def halt(*, main_pid: int, sandbox_pid: int, child: bool) -> Settled:
    """SIGSTOP, and wait until each of its threads has stopped."""
    pid = meant(main_pid, sandbox_pid, child)
    with _held(pid, sandbox_pid) as pidfd:
        sent = _send(pidfd, pid, "STOP")
        return {**sent, "states": _states_when(pid, lambda state: state in _STOPPED)}


def resume(*, pid: int, start_ticks: int, sandbox_pid: int) -> list[Settled]:
    """SIGCONT to what was halted, and wait until no thread is stopped; none when it has ended meanwhile."""
    if _ended(pid, start_ticks):
        return []
    with _held(pid, sandbox_pid) as pidfd:
        sent = _send(pidfd, pid, "CONT")
        return [{**sent, "states": _states_when(pid, lambda state: state not in _STOPPED)}]


def states(*, pid: int, start_ticks: int) -> str:
    """The letters of all threads of what was halted; empty when it has ended meanwhile."""
    return "" if _ended(pid, start_ticks) else _states(pid)


def begin_child(*, main_pid: int, sandbox_pid: int, name: str, within_s: float) -> Begun:
    """Ask the main process for a child by its signal, and wait until it runs. Nothing when one does."""
    if not _lives(main_pid):
        return _begun(0, time.monotonic())
    with _held(main_pid, sandbox_pid) as pidfd:
        if running := _children(main_pid):
            return _begun(running[0], time.monotonic())
        sent = _send(pidfd, main_pid, name)

        def child_or_end() -> int:
            children = _children(main_pid)
            return children[0] if children else 0 if _lives(main_pid) else -1

        pid = _until(child_or_end, within_s)
    if not pid:
        raise ProcessError(f"no child of process {main_pid} was seen within {within_s:g} s of SIG{name}")
    return {
        "pid": max(pid, 0),
        "before_s": sent["before_s"],
        "after_s": sent["after_s"],
        "seen_s": time.monotonic(),
    }


def _begun(pid: int, now_s: float) -> Begun:
    return {"pid": pid, "before_s": now_s, "after_s": now_s, "seen_s": now_s}


def living_children(*, main_pid: int) -> list[int]:
    """Of the main process; none when that is gone itself."""
    return _children(main_pid)


def freezer(*, pid: int, frozen: bool, within_s: float) -> str:
    """The state of the cgroup that this container's process is in, once it is as wanted.

    Read through the process's own view of the file system: there a container finds its own cgroup.
    """
    root = Path(f"/proc/{pid}/root/sys/fs/cgroup")
    first, second = root / "freezer" / "freezer.state", root / "cgroup.events"
    state = ""
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        if first.is_file():
            state = first.read_text().strip()
        elif second.is_file():
            state = "FROZEN" if "frozen 1" in second.read_text().splitlines() else "THAWED"
        else:
            raise ProcessError(f"process {pid} has no cgroup freezer to be seen")
        if (state == "FROZEN") == frozen and state != "FREEZING":
            return state
        time.sleep(_POLL_S)
    raise ProcessError(f"the cgroup of process {pid} is {state}, not {'FROZEN' if frozen else 'THAWED'}")


def meant(main_pid: int, sandbox_pid: int, child: bool) -> int:
    """The main process, or its only child."""
    if not child:
        return main_pid
    with _held(main_pid, sandbox_pid):
        children = _children(main_pid)
    if len(children) != 1:
        found = ", ".join(map(str, children)) or "none"
        raise ProcessError(f"process {main_pid} should have exactly one child; it has {found}")
    return children[0]


@contextmanager
def _held(pid: int, sandbox_pid: int) -> Iterator[int]:
    """A handle on this very process, which is one of the host's. Looked at only once it is held."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError as error:
        raise ProcessError(f"process {pid} does not run") from error
    try:
        if not _same_network(pid, sandbox_pid):
            raise ProcessError(f"process {pid} is not one of the host's, whose sandbox is {sandbox_pid}")
        yield pidfd
    finally:
        os.close(pidfd)


def _same_network(pid: int, sandbox_pid: int) -> bool:
    try:
        there = "self" if sandbox_pid == HERE else sandbox_pid
        return Path(f"/proc/{pid}/ns/net").readlink() == Path(f"/proc/{there}/ns/net").readlink()
    except (FileNotFoundError, PermissionError):  # of the machine's own programs nobody here may ask
        return False


def _send(pidfd: int, pid: int, name: str) -> Signalled:
    number = signal.Signals[f"SIG{name}"]
    start_ticks = began_ticks(pid)
    before_s = time.monotonic()
    try:
        signal.pidfd_send_signal(pidfd, number)
    except ProcessLookupError as error:
        raise ProcessError(f"process {pid} ended by itself, before SIG{name}") from error
    return {"pid": pid, "start_ticks": start_ticks, "before_s": before_s, "after_s": time.monotonic()}


def _states_when(pid: int, right: Callable[[str], bool]) -> str:
    """The states of all threads, once each is right or the time for it is over."""

    def settled() -> str:
        states = _states(pid)
        return states if all(map(right, states)) else ""

    return _until(settled, _SETTLE_WITHIN_S) or _states(pid)


def _until(look: Callable[[], Seen], within_s: float) -> Seen:
    deadline_s = time.monotonic() + within_s
    while not (seen := look()) and time.monotonic() < deadline_s:
        time.sleep(_POLL_S)
    return seen


def _states(pid: int) -> str:
    letters = [_stat(f"{pid}/task/{thread}")[:1] for thread in _names(f"/proc/{pid}/task")]
    return "".join(letters)


def _children(pid: int) -> list[int]:
    """Those that live; one that is dead and only not yet waited for is none."""
    threads = _names(f"/proc/{pid}/task")
    listed = [_read(f"/proc/{pid}/task/{thread}/children").split() for thread in threads]
    pids = sorted({int(child) for line in listed for child in line})
    return [child for child in pids if _lives(child)]


def _lives(pid: int) -> bool:
    return _stat(f"{pid}")[:1] not in (*_GONE, "")


def _ended(pid: int, start_ticks: int) -> bool:
    return began_ticks(pid) != start_ticks or _stat(f"{pid}")[:1] in (*_GONE, "")


def began_ticks(pid: int) -> int:
    """When it was started; 0 for none."""
    fields = _stat(f"{pid}").split()
    return int(fields[19]) if len(fields) > 19 else 0


def _stat(where: str) -> str:
    """What /proc/…/stat says after the name, which may hold anything: state, parent, …; empty when gone."""
    return _read(f"/proc/{where}/stat").rpartition(") ")[2]


def of_host(sandbox_pid: int) -> list[int]:
    """Every process in the host's network namespace, but the one that keeps it."""
    pids = sorted(int(name) for name in _names("/proc") if name.isdecimal())
    return [pid for pid in pids if pid != sandbox_pid and _lives(pid) and _same_network(pid, sandbox_pid)]


def threads(pid: int) -> list[str]:
    return _names(f"/proc/{pid}/task")


def _names(folder: str) -> list[str]:
    try:
        return [entry.name for entry in Path(folder).iterdir()]
    except OSError:
        return []


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
