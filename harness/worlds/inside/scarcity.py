"""What the kernel's accounts say of a container's processor and memory, by its own view of its cgroup.

As with the freezer: there a container finds its own cgroup, in both versions of cgroups.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TypedDict

from . import processes

_UNLIMITED_US = -1


class Processor(TypedDict):
    """quota_us of each period_us; -1 for no limit. used_s so far. periods in which it was held_back."""

    at_s: float
    quota_us: int
    period_us: int
    used_s: float
    periods: int
    held_back: int


class Kills(TypedDict):
    """limit_bytes and used_bytes of memory; how many processes were killed for want of it so far."""

    limit_bytes: int
    used_bytes: int
    oom_kills: int


class Volunteer(TypedDict):
    pid: int
    start_ticks: int


def processor(*, pid: int) -> Processor:
    """Raises ProcessError where the kernel keeps no such account."""
    root = _root(pid)
    first = root / "cpu"
    if (first / "cpu.cfs_quota_us").is_file():
        quota_us, period_us = _number(first / "cpu.cfs_quota_us"), _number(first / "cpu.cfs_period_us")
        used_s = _number(root / "cpuacct" / "cpuacct.usage") / 1e9
        stat = _table(first / "cpu.stat")
    elif (root / "cpu.max").is_file():
        quota, period = _read(root / "cpu.max").split()
        quota_us, period_us = _UNLIMITED_US if quota == "max" else int(quota), int(period)
        stat = _table(root / "cpu.stat")
        used_s = stat.get("usage_usec", 0) / 1e6
    else:
        raise processes.ProcessError(f"process {pid} has no account of its processor to be seen")
    return {
        "at_s": time.monotonic(),
        "quota_us": quota_us,
        "period_us": period_us,
        "used_s": used_s,
        "periods": stat.get("nr_periods", 0),
        "held_back": stat.get("nr_throttled", 0),
    }


def memory(*, pid: int) -> Kills:
    """Raises ProcessError where the kernel keeps no such account."""
    root = _root(pid)
    first = root / "memory"
    if (first / "memory.limit_in_bytes").is_file():
        return {
            "limit_bytes": _number(first / "memory.limit_in_bytes"),
            "used_bytes": _number(first / "memory.usage_in_bytes"),
            "oom_kills": _table(first / "memory.oom_control").get("oom_kill", 0),
        }
    if (root / "memory.max").is_file():
        limit = _read(root / "memory.max")
        return {
            "limit_bytes": 1 << 62 if limit == "max" else int(limit),
            "used_bytes": _number(root / "memory.current"),
            "oom_kills": _table(root / "memory.events").get("oom_kill", 0),
        }
    raise processes.ProcessError(f"process {pid} has no account of its memory to be seen")


def volunteer(*, main_pid: int, sandbox_pid: int, child: bool) -> Volunteer:
    """Of all in its cgroup the kernel kills this one first: the main process, or its only child."""
    pid = processes.meant(main_pid, sandbox_pid, child)
    start_ticks = processes.began_ticks(pid)
    Path(f"/proc/{pid}/oom_score_adj").write_text("1000")
    return {"pid": pid, "start_ticks": start_ticks}


def _root(pid: int) -> Path:
    return Path(f"/proc/{pid}/root/sys/fs/cgroup")


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise processes.ProcessError(f"{path} cannot be read: {error.strerror}") from error


def _number(path: Path) -> int:
    return int(_read(path))


def _table(path: Path) -> dict[str, int]:
    rows = (line.split() for line in _read(path).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2}
