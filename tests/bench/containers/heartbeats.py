"""CPU of each process of a stack without load. Besides it only writes its own canary, once a second."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from tests.bench.containers.figures import Cost, cost
from tests.bench.containers.stack import MeasuredStack

INTERVALS_MS = (50, 100, 200)
COMPARED_MS = 100
# What a start still does (copying, becoming eligible, first connections) is over by then.
_SETTLED_S = 1.0


def measure(on: MeasuredStack, *, seconds: float) -> Cost:
    """Of a stack that is up with its own interval."""
    primary = on.until_steady().register.primary
    time.sleep(_SETTLED_S)
    pids = processes(on, primary)
    before, begun_s = _taken(pids), time.monotonic()
    time.sleep(seconds)
    after, ended_s = _taken(pids), time.monotonic()
    samples = [(kind, after[pid] - before[pid]) for pid, kind in pids.items()]
    return cost(round(on.settings.detector.interval_s * 1000), samples, ended_s - begun_s)


def processes(on: MeasuredStack, primary: str) -> dict[int, str]:
    """pid -> its kind, of all data nodes' and witnesses' processes."""
    kinds: dict[int, str] = {}
    for host, pid in on.main_pids.items():
        if host in on.settings.nodes:
            kinds[pid] = "agent"
            role = "primary" if host == primary else "standby"
            kinds |= dict.fromkeys(_children(pid), f"data node, {role}")
        elif host in on.settings.witnesses:
            kinds[pid] = "witness"
    return dict(sorted(kinds.items(), key=lambda one: one[1]))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _taken(pids: Mapping[int, str]) -> dict[int, float]:
    """CPU seconds that each process has used, all of its threads, to the nanosecond."""
    return {pid: time.clock_gettime(_cpu_clock(pid)) for pid in pids}


def _cpu_clock(pid: int) -> int:
    """clock_getcpuclockid(3), as Linux encodes it: a process's whole scheduled time."""
    return (~pid << 3) | 2
