"""Faults come into force and end, and both are seen to: every Applied and Healed carries its evidence.

The stamps enclose the act alone: after_s is when the last link was set or the signal was sent. What proves it
is gathered after that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

from msgspec import structs

from harness.model.errors import WorldError
from harness.model.event import Applied, Healed
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
    SwitchMode,
    describe,
)
from harness.model.impairment import Reset
from harness.reach import silenced
from harness.worlds.faults.act import Act
from harness.worlds.faults.containers import Containers
from harness.worlds.faults.freezing import Freezer
from harness.worlds.faults.hostfaults import HostFaults
from harness.worlds.faults.lapses import Lapses, endings
from harness.worlds.faults.meshlinks import MeshLinks
from harness.worlds.faults.resident import Resident
from harness.worlds.faults.straining import Straining
from harness.worlds.links.hub import Change, Hub
from harness.worlds.links.mesh import Mesh


class Injection:
    """All faults of one stack. Threads may share it; one fault comes or goes at a time."""

    def __init__(
        self,
        *,
        mesh: Mesh,
        hub: Hub,
        resident: Resident,
        containers: Containers,
        freezer: Freezer,
        straining: Straining | None = None,
        clock: Callable[[float], float],
    ) -> None:
        """clock maps a raw CLOCK_MONOTONIC stamp to seconds since the run's origin.

        straining: None where the world offers no hardship.
        """
        self._straining = straining
        self._links = MeshLinks(mesh=mesh, hub=hub, resident=resident, containers=containers)
        self._hosts = HostFaults(mesh=mesh, resident=resident, containers=containers, freezer=freezer)
        self._lapses = Lapses(links=self._links, hosts=self._hosts, straining=straining)
        self._clock = clock
        self._in_force: dict[str, Fault] = {}
        self._lock = threading.Lock()

    def inject(self, fault_id: str, fault: Fault) -> Applied:
        """Raises WorldError naming what did not bite; what did so far stays until it is healed."""
        with self._lock:
            others = tuple(self._in_force.values())
            self._in_force[fault_id] = fault
            act = self._inject(fault, others)
            return Applied(
                fault_id=fault_id,
                fault=fault,
                before_s=self._clock(act.before_s),
                after_s=self._clock(act.after_s),
                evidence=act.evidence,
            )

    def lie_in_wait(self, fault_id: str, fault: Crash) -> None:
        """The target has been asked: from now on it can be healed, reached or not."""
        with self._lock:
            self._in_force[fault_id] = fault

    def crashed(self, fault_id: str, host: str, at_s: float) -> Applied:
        """host says that it died at its point, at_s since the run's origin. Raises WorldError if it lives."""
        with self._lock:
            lying = self._in_force.get(fault_id)
            if not isinstance(lying, Crash):
                raise WorldError(f"there is no crash point {fault_id} that {host} could have come to")
            fault = self._in_force[fault_id] = structs.replace(lying, host=host)
            act = self._hosts.crashed(host, f"{fault.side} it {fault.point.act} {fault.point.what}")
            lines = [*act.evidence, *self._died_too(fault)]
            return Applied(
                fault_id=fault_id,
                fault=fault,
                before_s=at_s,
                after_s=max(at_s, self._clock(act.after_s)),
                evidence=tuple(lines),
            )

    def heal(self, fault_id: str) -> Healed:
        """Raises WorldError naming what did not come back; it can be asked for again then."""
        with self._lock:
            fault = self._in_force.get(fault_id)
            if fault is None:
                raise WorldError(f"there is no fault {fault_id} in force that could be healed")
            lapsed = self._lapses.of(fault, [*self._in_force.values()])
            act = self._heal(fault, tuple(f for key, f in self._in_force.items() if key != fault_id))
            del self._in_force[fault_id]
            return Healed(
                fault_id=fault_id,
                before_s=self._clock(act.before_s),
                after_s=self._clock(act.after_s),
                evidence=act.evidence,
                lapsed=lapsed,
            )

    def heal_all(self) -> None:
        """Whatever becomes of one, the others are healed too. Raises WorldError with all that went wrong."""
        problems = []
        for fault_id, fault in reversed([*self._in_force.items()]):
            try:
                self.heal(fault_id)
            except WorldError as error:
                problems.append(f"{describe(fault)}: {error}")
        if problems:
            raise WorldError("not everything could be healed: " + "; ".join(problems))

    # --- power, by the stack's own fence device -----------------------------------------------------

    def switches(self) -> dict[str, SwitchMode]:
        """The power switches that are ill now."""
        return {f.host: f.how for f in [*self._in_force.values()] if isinstance(f, Switch)}

    def power_off(self, host: str) -> str:
        """Not behind other faults: what they wait for must not make a fence late."""
        line = self._hosts.cut_power(host)
        with self._lock:
            self._in_force[_power(host)] = Kill(host, "host")
            self._links.bring([*self._in_force.values()])
        return line

    def power_on(self, host: str) -> str:
        """Its links come back once it runs."""
        with self._lock:
            fault = self._in_force.pop(_power(host), None)
            if fault is None:
                return f"{host} was not off"
            others = [*self._in_force.values()]
            line = self._hosts.give_power(host, others=endings(others))
            self._links.bring(others)
        return line

    # --- in and out of force -------------------------------------------------------------------------

    def _died_too(self, fault: Crash) -> list[str]:
        """Who came to the point before it heard that another one had: a harder fault than was asked for."""
        down = {silenced(other) for other in self._in_force.values()}
        others = [host for host in fault.point.hosts if host not in down and not self._hosts.lives(host)]
        return [f"{host} died there as well, before it could be spared" for host in others]

    def _inject(self, fault: Fault, others: Collection[Fault]) -> Act:
        match fault:
            case Impair(by=Reset()):
                change = self._links.bring([*others, fault])
                done = self._links.reset(fault)
                lines = (*change.notes, *done.notes, *self._links.bites(fault, [*others, fault]))
                return Act(before_s=change.before_s, after_s=done.after_s, evidence=lines)
            case Cut() | Slow() | Impair():
                change = self._links.bring([*others, fault])
                return _act(change, self._links.bites(fault, [*others, fault]))
            case Kill(scope="process"):
                return self._hosts.kill(fault)
            case Stop(scope="process"):
                return self._hosts.stop(fault)
            case Pause():
                return self._hosts.pauses.pause(fault, others=others)
            case Kill():
                return self._kill_host(fault, others)
            case Stop():
                return self._stop_host(fault, others)
            case PowerOff():
                return self._power_off(fault, others)
            case Strain() if self._straining is not None:
                return self._straining.begin(fault, others)
            case Switch():
                return _of_switch(f"the power switch of {fault.host} is {fault.how} from now on")
            case Crash():
                raise WorldError("a crash is asked of the target: the world only looks at what became of it")
            case Lose() | Disk() | Clock() | Strain():
                raise WorldError(f"this world does not offer this: {describe(fault)}; the planner refuses it")

    def _kill_host(self, fault: Kill, others: Collection[Fault]) -> Act:
        """Its links go down right after its processes: the hub would still accept for it."""
        changes: list[Change] = []
        act = self._hosts.kill(fault, meanwhile=lambda: changes.append(self._links.bring([*others, fault])))
        lines = (*act.evidence, *changes[0].notes, *self._links.bites(fault, [*others, fault]))
        return Act(before_s=act.before_s, after_s=changes[0].after_s, evidence=lines)

    def _power_off(self, fault: PowerOff, others: Collection[Fault]) -> Act:
        """Frozen first, so that nobody sees its connections end: its packets vanish before anything dies."""
        frozen = Pause(fault.host, "host")
        act = self._hosts.pauses.pause(frozen, others=others)
        change = self._links.bring([*others, fault])
        line = self._hosts.cut_power(fault.host)
        lines = (*act.evidence, line, *change.notes, *self._links.bites(fault, [*others, fault]))
        return Act(before_s=act.before_s, after_s=change.after_s, evidence=lines)

    def _stop_host(self, fault: Stop, others: Collection[Fault]) -> Act:
        """Its links go down once it has ended: until then it may say goodbye."""
        act = self._hosts.stop(fault)
        change = self._links.bring([*others, fault])
        down_ms = (change.after_s - act.before_s) * 1000
        lines = (*act.evidence, f"its links were down {down_ms:.0f} ms after SIGTERM", *change.notes)
        return Act(
            before_s=act.before_s,
            after_s=act.after_s,
            evidence=(*lines, *self._links.bites(fault, [*others, fault])),
        )

    def _heal(self, fault: Fault, others: Collection[Fault]) -> Act:
        match fault:
            case Cut() | Slow() | Impair():
                change = self._links.bring(others)
                return _act(change, [self._links.check(others)])
            case Pause():
                return self._hosts.pauses.resume(fault, others=others)
            case Kill(scope="process") | Stop(scope="process"):
                return self._hosts.start(fault, others=endings(others))
            case Kill() | Stop():
                return self._start_host(fault, others)
            case Crash(point=point):
                # Whoever came to the point, given up or not, or before it could be spared: all run again.
                return _all([self._hosts.revive(host, others=endings(others)) for host in point.hosts])
            case PowerOff(host=host):
                return self._start_host(Kill(host, "host"), others)
            case Strain() if self._straining is not None:
                return _all([self._straining.end(fault, others), *self._back(fault.host, others)])
            case Switch():
                return _of_switch(f"the power switch of {fault.host} does as it is told")
            case Lose() | Disk() | Clock() | Strain():
                raise WorldError(f"that never was in force, and cannot be healed: {describe(fault)}")

    def _back(self, host: str, others: Collection[Fault]) -> list[Act]:
        """Of a host whose process has ended of what was done to it."""
        return (
            []
            if self._hosts.lives(host)
            else [self._hosts.start(Kill(host, "process"), others=endings(others))]
        )

    def _start_host(self, fault: Kill | Stop, others: Collection[Fault]) -> Act:
        """Its links come back once it runs: before, the hub would accept for nobody."""
        act = self._hosts.start(fault, others=endings(others))
        change = self._links.bring(others)
        lines = (*act.evidence, *change.notes, self._links.check(others))
        return Act(before_s=act.before_s, after_s=max(act.after_s, change.after_s), evidence=lines)


def _all(acts: list[Act]) -> Act:
    return Act(
        before_s=min(act.before_s for act in acts),
        after_s=max(act.after_s for act in acts),
        evidence=tuple(line for act in acts for line in act.evidence),
    )


def _power(host: str) -> str:
    """Whoever is switched off is as one killed: other faults leave it down, and its links too."""
    return f"power of {host}"


def _of_switch(line: str) -> Act:
    now_s = time.monotonic()
    return Act(before_s=now_s, after_s=now_s, evidence=(line,))


def _act(change: Change, lines: list[str]) -> Act:
    return Act(before_s=change.before_s, after_s=change.after_s, evidence=(*change.notes, *lines))
