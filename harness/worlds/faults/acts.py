"""What is done for each fault, and undone at its end. Nobody else acts on its hosts meanwhile (injection)."""

from __future__ import annotations

import time

from msgspec import Struct

from harness.model.errors import WorldError
from harness.model.fault import (
    Clock,
    Crash,
    Cut,
    Disk,
    Fault,
    Impair,
    Kill,
    Lose,
    Pause,
    PowerOff,
    Slow,
    Stop,
    Strain,
    Switch,
    describe,
)
from harness.model.hardship import DiskFull, Memory
from harness.model.impairment import Reset
from harness.worlds.faults.act import Act
from harness.worlds.faults.hostfaults import HostFaults
from harness.worlds.faults.lapses import endings
from harness.worlds.faults.meshlinks import MeshLinks
from harness.worlds.faults.proof import Looks
from harness.worlds.faults.standing import Faults, Standing
from harness.worlds.faults.straining import Straining
from harness.worlds.links.hub import Change


class Begun(Struct, frozen=True):
    """In force. looks: what has yet to show that it bites; None where its act has shown it."""

    act: Act
    looks: Looks | None = None


class Acts:
    """Every call raises WorldError. straining: None where the world offers no hardship."""

    def __init__(
        self, *, links: MeshLinks, standing: Standing, hosts: HostFaults, straining: Straining | None
    ) -> None:
        self._links, self._standing, self._hosts, self._straining = links, standing, hosts, straining

    def begin(self, fault: Fault, others: Faults) -> Begun:
        """It stands in force already, and what is done has to follow."""
        match fault:
            case Impair(by=Reset()):
                change, line = self._standing.bring_to(fault)
                done = self._links.reset(fault)
                act = Act(
                    before_s=change.before_s,
                    after_s=done.after_s,
                    evidence=(*change.notes, *done.notes, line),
                )
                return self._linked(fault, act)
            case Cut() | Slow() | Impair():
                change, line = self._standing.bring_to(fault)
                return self._linked(fault, _act(change, [line]))
            case Kill(scope="process"):
                return Begun(self._hosts.kill(fault))
            case Stop(scope="process"):
                return Begun(self._hosts.stop(fault))
            case Pause():
                return Begun(self._hosts.pauses.pause(fault, others=others))
            case Kill():
                return self._kill_host(fault)
            case Stop():
                return self._stop_host(fault)
            case PowerOff():
                return self._power_off(fault, others)
            case Strain() if self._straining is not None:
                return self._strained(self._straining, fault, others)
            case Switch():
                return Begun(_of_switch(f"the power switch of {fault.host} is {fault.how} from now on"))
            case Crash():
                raise WorldError("a crash is asked of the target: the world only looks at what became of it")
            case Lose() | Disk() | Clock() | Strain():
                raise WorldError(f"this world does not offer this: {describe(fault)}; the planner refuses it")

    def _linked(self, fault: Fault, act: Act) -> Begun:
        return Begun(act, lambda in_force, hurry: self._links.bites(fault, in_force, hurry))

    def _strained(self, straining: Straining, fault: Strain, others: Faults) -> Begun:
        """What ran out has been seen to: a process was killed, a write refused."""
        act = straining.begin(fault, others)
        if isinstance(fault.by, Memory | DiskFull):
            return Begun(act)
        return Begun(act, lambda in_force, hurry: straining.bites(fault, hurry))

    def _kill_host(self, fault: Kill) -> Begun:
        """Its links go down right after its processes: the hub would still accept for it."""
        changes: list[tuple[Change, str]] = []
        act = self._hosts.kill(fault, meanwhile=lambda: changes.append(self._standing.bring_to(fault)))
        ((change, line),) = changes
        lines = (*act.evidence, *change.notes, line)
        return self._linked(fault, Act(before_s=act.before_s, after_s=change.after_s, evidence=lines))

    def _power_off(self, fault: PowerOff, others: Faults) -> Begun:
        """Frozen first, so that nobody sees its connections end: its packets vanish before anything dies."""
        act = self._hosts.pauses.pause(Pause(fault.host, "host"), others=others)
        change, read_back = self._standing.bring_to(fault)
        line = self._hosts.cut_power(fault.host)
        lines = (*act.evidence, line, *change.notes, read_back)
        return self._linked(fault, Act(before_s=act.before_s, after_s=change.after_s, evidence=lines))

    def _stop_host(self, fault: Stop) -> Begun:
        """Its links go down once it has ended: until then it may say goodbye."""
        act = self._hosts.stop(fault)
        change, line = self._standing.bring_to(fault)
        down_ms = (change.after_s - act.before_s) * 1000
        lines = (*act.evidence, f"its links were down {down_ms:.0f} ms after SIGTERM", *change.notes, line)
        return self._linked(fault, Act(before_s=act.before_s, after_s=act.after_s, evidence=lines))

    def end(self, fault_id: str, fault: Fault, others: Faults) -> Act:
        """Of others nothing is undone. Asked for again it does what is left to do."""
        match fault:
            case Cut() | Slow() | Impair():
                change, line = self._standing.bring_without(fault_id)
                return _act(change, [line])
            case Pause():
                return self._hosts.pauses.resume(fault, others=others)
            case Kill(scope="process") | Stop(scope="process"):
                return self._hosts.start(fault, others=endings(others))
            case Kill() | Stop():
                return self._start_host(fault_id, fault, others)
            case Crash(point=point):
                # Whoever came to the point, given up or not, or before it could be spared: all run again.
                return _all([self._hosts.revive(host, others=endings(others)) for host in point.hosts])
            case PowerOff(host=host):
                return self._start_host(fault_id, Kill(host, "host"), others)
            case Strain() if self._straining is not None:
                return _all([self._straining.end(fault, others), *self._back(fault.host, others)])
            case Switch():
                return _of_switch(f"the power switch of {fault.host} does as it is told")
            case Lose() | Disk() | Clock() | Strain():
                raise WorldError(f"that never was in force, and cannot be healed: {describe(fault)}")

    def _back(self, host: str, others: Faults) -> list[Act]:
        """Of a host whose process has ended of what was done to it."""
        return (
            []
            if self._hosts.lives(host)
            else [self._hosts.start(Kill(host, "process"), others=endings(others))]
        )

    def _start_host(self, fault_id: str, fault: Kill | Stop, others: Faults) -> Act:
        """Its links come back once it runs: before, the hub would accept for nobody."""
        act = self._hosts.start(fault, others=endings(others))
        change, line = self._standing.bring_without(fault_id)
        lines = (*act.evidence, *change.notes, line)
        return Act(before_s=act.before_s, after_s=max(act.after_s, change.after_s), evidence=lines)


def _all(acts: list[Act]) -> Act:
    return Act(
        before_s=min(act.before_s for act in acts),
        after_s=max(act.after_s for act in acts),
        evidence=tuple(line for act in acts for line in act.evidence),
    )


def _of_switch(line: str) -> Act:
    now_s = time.monotonic()
    return Act(before_s=now_s, after_s=now_s, evidence=(line,))


def _act(change: Change, lines: list[str]) -> Act:
    return Act(before_s=change.before_s, after_s=change.after_s, evidence=(*change.notes, *lines))
