"""System calls of a host's programs that are made late or fail: strace's injection, from outside.

The programs are unmodified and need nothing in their image. Who is traced the kernel itself says (TracerPid).
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TypedDict

from . import processes

_ATTACHED_WITHIN_S, _ENDS_WITHIN_S = 3.0, 3.0
_POLL_S = 0.01
_CALLS = "fsync,fdatasync"


class Traced(TypedDict):
    """tracer: its pid. processes and threads that it holds; lost: threads of them that it does not.

    calls: how many it has made late, or failed. before_s, after_s: raw CLOCK_MONOTONIC around its beginning.
    """

    tracer: int
    processes: int
    threads: int
    lost: int
    calls: int
    before_s: float
    after_s: float


class _Tracer:
    """One strace, and what it was begun for."""

    def __init__(self, pids: list[int], injection: str) -> None:
        self.pids = {pid: processes.began_ticks(pid) for pid in pids}
        # Both are closed by end alone.
        self._told = tempfile.NamedTemporaryFile("w+", prefix="strace-")  # noqa: SIM115
        each = [word for pid in pids for word in ("-p", f"{pid}")]
        inject = f"inject={_CALLS}:{injection}"
        self.before_s = time.monotonic()
        self._process = subprocess.Popen(
            [
                *("strace", "-qqq", "-f", "-e", f"trace={_CALLS}", "-e", "signal=none", "-e", inject),
                *("-o", self._told.name, *each),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.after_s = self.before_s

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_attached(self) -> None:
        deadline_s = time.monotonic() + _ATTACHED_WITHIN_S
        while self.seen()["lost"]:
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                raise processes.ProcessError(f"strace does not hold the programs: {self.end() or 'too late'}")
            time.sleep(_POLL_S)
        self.after_s = time.monotonic()

    def seen(self) -> Traced:
        alive = [pid for pid, ticks in self.pids.items() if processes.began_ticks(pid) == ticks]
        found = [_tracer_of(pid, thread) for pid in alive for thread in processes.threads(pid)]
        tracers = [tracer for tracer in found if tracer is not None]
        mine = sum(1 for tracer in tracers if tracer == self.pid)
        text = Path(self._told.name).read_text(errors="replace")
        return {
            "tracer": self.pid,
            "processes": len(alive),
            "threads": mine,
            "lost": len(tracers) - mine,
            "calls": text.count("(DELAYED)") + text.count("(INJECTED)"),
            "before_s": self.before_s,
            "after_s": self.after_s,
        }

    def end(self) -> str:
        """Let go of all; what strace said, if anything."""
        self._process.send_signal(signal.SIGTERM)
        try:
            said = self._process.communicate(timeout=_ENDS_WITHIN_S)[1]
        except subprocess.TimeoutExpired:
            self._process.kill()
            said = self._process.communicate()[1]
        with contextlib.suppress(OSError):
            self._told.close()
        return " ".join(said.split())[:300]


_tracers: dict[int, _Tracer] = {}


def trace(*, sandbox_pid: int, injection: str) -> Traced:
    """Every program of the host. injection: strace's words for what becomes of each call."""
    pids = processes.of_host(sandbox_pid)
    if not pids:
        raise processes.ProcessError("nothing runs there whose calls could be changed")
    tracer = _Tracer(pids, injection)
    tracer.wait_until_attached()
    _tracers[tracer.pid] = tracer
    return tracer.seen()


def traced(*, tracer: int) -> Traced:
    return _tracer(tracer).seen()


def untrace(*, tracer: int) -> Traced:
    """What it had done until then; afterwards it holds nobody."""
    one = _tracer(tracer)
    seen = one.seen()
    before_s = time.monotonic()
    one.end()
    del _tracers[tracer]
    return {**seen, "before_s": before_s, "after_s": time.monotonic()}


def _tracer(pid: int) -> _Tracer:
    if pid not in _tracers:
        raise processes.ProcessError(f"no strace {pid} has been begun")
    return _tracers[pid]


def _tracer_of(pid: int, thread: str) -> int | None:
    """0 for nobody; None for a thread that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/task/{thread}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("TracerPid:")), 0)
