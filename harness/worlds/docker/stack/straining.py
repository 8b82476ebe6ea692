"""Hardships of containers: processor and memory by the engine's limits, durable writes by strace, room
by a file that takes it.

Nothing is believed: the kernel's own accounts are read, the process that was killed looked for, and who is
traced is what the kernel says.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

from harness.model.errors import WorldError
from harness.model.fault import Fault, Strain
from harness.model.hardship import Cpu, DiskFull, FailingFsync, Memory, SlowFsync
from harness.seams import ServiceProcess
from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.faults.act import Act, nothing_to_do
from harness.worlds.faults.answers import Ended, Processor, Traced
from harness.worlds.faults.resident import Resident

_PERIOD_US = 100_000
_QUOTA_LEAST_US = 1_000
_WINDOW_S = 0.3
# What a period may still have of its quota as the window begins, and as it ends.
_SPILLS_PERIODS = 2
_KILLED_WITHIN_S = 15.0
_NO_LIMIT = -1
# Takes all memory that there is: a line without an end, all of it kept.
_HOG = ("tail", "/dev/zero")
_MB = 1_000_000


class DockerStraining:
    """Offers harness.worlds.faults.straining.Straining."""

    def __init__(
        self, containers: HostContainers, resident: Resident, process_of: Callable[[str], ServiceProcess]
    ) -> None:
        self._containers, self._resident, self._process_of = containers, resident, process_of
        self._tracers: dict[Strain, int] = {}
        self._own_bytes: dict[str, int] = {}

    def begin(self, fault: Strain, others: Collection[Fault]) -> Act:
        match fault.by:
            case Cpu():
                return self._slow(fault, others)
            case Memory(limit_mb=limit_mb):
                return self._starve(fault.host, limit_mb)
            case SlowFsync(delay_s=delay_s):
                return self._trace(fault, f"delay_enter={round(delay_s * 1e6)}")
            case FailingFsync():
                return self._trace(fault, "error=EIO")
            case DiskFull():
                return self._fill(fault.host)

    def bites(self, fault: Strain, hurry: threading.Event) -> list[str]:
        match fault.by:
            case Cpu():
                return self._held_back(fault.host, hurry)
            case Memory() | DiskFull():
                return []  # what it killed, or refused, has shown it
            case SlowFsync():
                return self._changed(fault, "late", hurry)
            case FailingFsync():
                return self._changed(fault, "failed", hurry)

    def end(self, fault: Strain, others: Collection[Fault]) -> Act:
        match fault.by:
            case Cpu():
                return self._slow(None, others, host=fault.host)
            case Memory():
                return self._fed(fault.host)
            case SlowFsync() | FailingFsync():
                return self._untrace(fault)
            case DiskFull():
                return self._make_room(fault, others)

    def lapsed(self, fault: Strain, others: Collection[Fault]) -> str:
        match fault.by:
            case Cpu():
                return self._unlimited(fault.host, [*others, fault])
            case Memory():
                return ""  # what it killed is looked for as after a kill
            case SlowFsync() | FailingFsync():
                return self._let_go(fault)
            case DiskFull():
                seen = self._resident.disks(self._containers.sandbox_pid(fault.host))
                return f"there is room on a disk of {fault.host}" if seen.writable else ""

    # --- processor ------------------------------------------------------------------------------------

    def _slow(self, fault: Strain | None, others: Collection[Fault], *, host: str = "") -> Act:
        """To the least share that is asked for; to none where none is."""
        host = fault.host if fault else host
        if self._containers.has_cpus(host):
            raise WorldError(f"{host} has `cpus` of its own, which no engine changes while it runs")
        in_force = [*others, *([fault] if fault else [])]
        quota_us = _quota_us(host, in_force)
        before_s = time.monotonic()
        self._containers.give_processor(host, quota_us=quota_us, period_us=_PERIOD_US)
        after_s = time.monotonic()
        line = self._seen(host, quota_us)
        return Act(before_s=before_s, after_s=after_s, evidence=(line,))

    def _seen(self, host: str, quota_us: int) -> str:
        main_pid = self._containers.main_pid(host)
        if not main_pid:
            return f"{host} does not run; the limit holds from its start on"
        first = self._resident.processor(main_pid)
        if not _is_share(first, quota_us):
            raise WorldError(f"the kernel lets {host} have {_share(first)}, not what was asked for")
        return f"{host} may have {_share(first)}" + (" again" if quota_us < 0 else "")

    def _held_back(self, host: str, hurry: threading.Event) -> list[str]:
        main_pid = self._containers.main_pid(host)
        if not main_pid:
            return []
        first = self._resident.processor(main_pid)
        hurry.wait(_WINDOW_S)
        return [_used(host, first, self._resident.processor(main_pid))]

    def _unlimited(self, host: str, in_force: Collection[Fault]) -> str:
        main_pid = self._containers.main_pid(host)
        if not main_pid:
            return ""
        seen = self._resident.processor(main_pid)
        return "" if _is_share(seen, _quota_us(host, in_force)) else f"{host} may have {_share(seen)}"

    # --- memory ---------------------------------------------------------------------------------------

    def _starve(self, host: str, limit_mb: int) -> Act:
        main_pid = self._containers.main_pid(host)
        if not main_pid:
            raise WorldError(f"{host} does not run, so nothing can be taken from it")
        kind = self._process_of(host).kind
        first = self._resident.memory(main_pid)
        if first.used_bytes >= limit_mb * _MB:
            raise WorldError(
                f"{host} uses {first.used_bytes / _MB:.0f}MB, more than the limit of {limit_mb}MB; write more"
            )
        sandbox_pid = self._containers.sandbox_pid(host)
        volunteer = self._resident.volunteer(main_pid, sandbox_pid, child=kind == "child")
        self._own_bytes[host] = self._containers.own_memory_bytes(host)
        self._containers.give_memory(host, limit_mb * _MB)
        before_s = time.monotonic()
        self._containers.begin(host, _HOG)
        meant = Ended(
            pid=volunteer.pid,
            start_ticks=volunteer.start_ticks,
            before_s=before_s,
            after_s=before_s,
            ended_s=None,
        )
        ended_s = self._resident.gone(meant, within_s=_KILLED_WITHIN_S).ended_s
        if ended_s is None:
            raise WorldError(f"process {volunteer.pid} of {host} lives, though memory is taken from it")
        return Act(
            before_s=before_s, after_s=ended_s, evidence=self._killed(host, volunteer.pid, limit_mb, kind)
        )

    def _killed(self, host: str, pid: int, limit_mb: int, kind: str) -> tuple[str, ...]:
        gone = f"process {pid} of {host} was gone when memory beyond {limit_mb}MB was asked for"
        main_pid = self._containers.main_pid(host)
        if kind == "main" or not main_pid:
            return (gone, f"the container of {host} ended with it")
        kills = self._resident.memory(main_pid).oom_kills
        if not kills:
            raise WorldError(f"process {pid} of {host} has ended, but not by the kernel's OOM killer")
        return (gone, f"the kernel's OOM killer has ended {kills} processes of {host} so far")

    def _fed(self, host: str) -> Act:
        before_s = time.monotonic()
        own_bytes = self._own_bytes.pop(host, 0)
        self._containers.give_memory(host, own_bytes)
        much = f"{own_bytes / _MB:.0f}MB" if own_bytes else "all the memory there is"
        line = f"{host} may have {much} again"
        return Act(before_s=before_s, after_s=time.monotonic(), evidence=(line,))

    # --- durable writes -------------------------------------------------------------------------------

    def _trace(self, fault: Strain, injection: str) -> Act:
        traced = self._resident.trace(self._containers.sandbox_pid(fault.host), injection)
        self._tracers[fault] = traced.tracer
        return Act(before_s=traced.before_s, after_s=traced.after_s, evidence=())

    def _changed(self, fault: Strain, what: str, hurry: threading.Event) -> list[str]:
        began_s = time.monotonic()
        hurry.wait(_WINDOW_S)
        tracer = self._tracers.get(fault)
        if tracer is None:
            raise WorldError(f"no program of {fault.host} is traced any more")
        seen = self._resident.traced(tracer)
        if seen.lost:
            raise WorldError(f"strace does not hold {seen.lost} threads of {fault.host}")
        return [
            f"strace holds {seen.threads} threads of {seen.processes} processes of {fault.host}; in "
            f"{(time.monotonic() - began_s) * 1000:.0f} ms {seen.calls} calls of fsync were {what}"
        ]

    def _untrace(self, fault: Strain) -> Act:
        tracer = self._tracers.pop(fault, None)
        if tracer is None:
            return nothing_to_do(f"no program of {fault.host} is traced")
        seen = self._resident.untrace(tracer)
        line = f"strace has let go of {fault.host}, after {seen.calls} calls"
        return Act(before_s=seen.before_s, after_s=seen.after_s, evidence=(line,))

    def _let_go(self, fault: Strain) -> str:
        tracer = self._tracers.get(fault)
        seen: Traced | None = self._resident.traced(tracer) if tracer else None
        return (
            f"strace does not hold {seen.lost} threads of {fault.host} any more" if seen and seen.lost else ""
        )

    # --- room -----------------------------------------------------------------------------------------

    def _fill(self, host: str) -> Act:
        sandbox_pid = self._containers.sandbox_pid(host)
        before = self._resident.disks(sandbox_pid)
        if not before.disks:
            raise WorldError(
                f"{host} keeps nothing on a named volume, and the machine's own disk is never filled; "
                "give its service one in the compose file"
            )
        filled = self._resident.fill(sandbox_pid)
        if filled.writable:
            raise WorldError(f"a byte could still be written on {filled.writable} disks of {host}")
        took = before.free_bytes - filled.free_bytes
        line = (
            f"{took / _MB:.1f}MB taken, {filled.free_bytes} bytes left on {filled.disks} disks of {host}; "
            "a byte written there ended in ENOSPC"
        )
        return Act(before_s=filled.before_s, after_s=filled.after_s, evidence=(line,))

    def _make_room(self, fault: Strain, others: Collection[Fault]) -> Act:
        if fault in others:
            return nothing_to_do(
                f"the disks of {fault.host} stay full: another fault in force fills them too"
            )
        seen = self._resident.make_room(self._containers.sandbox_pid(fault.host))
        if seen.writable < seen.disks:
            raise WorldError(f"no byte can be written on {seen.disks - seen.writable} disks of {fault.host}")
        line = f"{seen.free_bytes / _MB:.1f}MB are free on {seen.disks} disks of {fault.host}; a byte fits"
        return Act(before_s=seen.before_s, after_s=seen.after_s, evidence=(line,))


def _quota_us(host: str, in_force: Collection[Fault]) -> int:
    mine = [fault.by for fault in in_force if isinstance(fault, Strain) and fault.host == host]
    shares = [by.share for by in mine if isinstance(by, Cpu)]
    return max(_QUOTA_LEAST_US, round(min(shares) * _PERIOD_US)) if shares else _NO_LIMIT


def _is_share(seen: Processor, quota_us: int) -> bool:
    if quota_us < 0:
        return seen.quota_us < 0
    return seen.quota_us > 0 and seen.quota_us * _PERIOD_US == quota_us * seen.period_us


def _share(seen: Processor) -> str:
    return "any share" if seen.quota_us < 0 else f"{seen.quota_us / seen.period_us:.0%} of a processor"


def _used(host: str, first: Processor, last: Processor) -> str:
    """A line for people. Raises WorldError when more was used than the share allows."""
    window_s, used_s = last.at_s - first.at_s, last.used_s - first.used_s
    share = first.quota_us / first.period_us
    allowed_s = share * (window_s + _SPILLS_PERIODS * first.period_us / 1e6)
    if used_s > allowed_s:
        raise WorldError(
            f"{host} used {used_s * 1000:.0f} ms of a processor in {window_s * 1000:.0f} ms, where "
            f"{allowed_s * 1000:.0f} ms are all that its share allows"
        )
    held_back, periods = last.held_back - first.held_back, last.periods - first.periods
    return (
        f"in {window_s * 1000:.0f} ms {host} used {used_s * 1000:.0f} ms of its processor, "
        f"and was held back in {held_back} of {periods} periods"
    )
