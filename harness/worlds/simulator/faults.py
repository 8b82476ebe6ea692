"""Faults in force, by their kind: processes, links, what a host stands on. Told with what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from harness.model.errors import WorldError
from harness.model.event import Event
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
from harness.seams import ServiceProcess
from harness.worlds.simulator.answers import Answers, Told
from harness.worlds.simulator.gear import Gear
from harness.worlds.simulator.linkfaults import LinkFaults
from harness.worlds.simulator.moments import Moments
from harness.worlds.simulator.network import Network
from harness.worlds.simulator.power import Switches
from harness.worlds.simulator.process import Host, Process
from harness.worlds.simulator.strikes import Begin, Strikes, keeps_dead
from harness.worlds.simulator.timeline import Timeline


class Faults:
    """begin(host) starts its main program. Every answer comes by `told`, at once or later."""

    def __init__(
        self,
        hosts: Mapping[str, Host],
        services: Mapping[str, ServiceProcess],
        *,
        timeline: Timeline,
        network: Network,
        moments: Moments,
        begin: Begin,
        tell: Callable[[Event], None],
    ) -> None:
        self._answers = Answers(timeline)
        self._strikes = Strikes(hosts, services, timeline=timeline, moments=moments, begin=begin)
        self._links = LinkFaults(hosts, network)
        self._gear = Gear(hosts, timeline=timeline, strikes=self._strikes)
        self.switches = Switches(timeline, off=self._strikes.cut_power, on=self._power_on, tell=tell)
        self._in_force: dict[str, Fault] = {}

    def made(self, process: Process) -> None:
        """A main process, before it does anything."""
        self._strikes.made(process)

    def inject(self, fault_id: str, fault: Fault, told: Told) -> None:
        self._in_force[fault_id] = fault
        try:
            self._inject(fault_id, fault, told)
        except WorldError as error:
            told(error)

    def _inject(self, fault_id: str, fault: Fault, told: Told) -> None:
        strikes, in_force = self._strikes, self._in_force.values()
        match fault:
            case Kill():
                strikes.kill(fault_id, fault, told)
            case Stop():
                strikes.stop(fault_id, fault, told)
            case Pause():
                strikes.pause(fault_id, fault, told)
            case Crash():
                strikes.lie_in_wait(fault_id, fault, told, lambda hit: self._hit(fault_id, hit))
            case Cut() | Slow() | Lose():
                line = self._links.apply(fault_id, fault, in_force)
                told(self._answers.applied(fault_id, fault, line))
            case Impair() | PowerOff() | Strain():
                raise WorldError(
                    f"the simulator does not offer this: {describe(fault)}; the planner refuses it"
                )
            case Disk():
                self._gear.disk(fault_id, fault, in_force, told)
            case Clock():
                self._gear.clock(fault_id, fault, in_force, told)
            case Switch(host=host, how=how):
                self._set_switches()
                told(self._answers.applied(fault_id, fault, f"the power switch of {host} is {how}"))

    def _hit(self, fault_id: str, crash: Crash) -> None:
        self._in_force[fault_id] = crash

    def heal(self, fault_id: str, told: Told) -> None:
        fault, strikes, in_force = self._in_force.pop(fault_id, None), self._strikes, self._in_force.values()
        match fault:
            case None:
                told(WorldError(f"there is no fault {fault_id} in force that could be healed"))
            case Kill(host=host) | Stop(host=host) | Crash(host=host) if _kept_down(fault, in_force):
                line = f"{host} stays down: another fault in force ended it too"
                told(self._answers.healed(fault_id, line))
            case Kill(host=host, scope=scope) | Stop(host=host, scope=scope):
                strikes.start(fault_id, host, scope, told)
            case Pause():
                strikes.resume(fault_id, fault, told)
            case Crash(host=""):
                strikes.forget(fault_id)
                line = "its point was never reached; it is waited for no more"
                told(self._answers.healed(fault_id, line))
            case Crash(host=host):
                strikes.start(fault_id, host, "process", told)
            case Cut() | Slow() | Lose():
                told(self._answers.healed(fault_id, self._links.heal(fault_id, fault, in_force)))
            case Impair() | PowerOff() | Strain():
                told(WorldError(f"that never was in force, and cannot be healed: {describe(fault)}"))
            case Disk():
                self._gear.mend(fault_id, fault, in_force, told)
            case Clock():
                self._gear.set_right(fault_id, fault, in_force, told)
            case Switch(host=host):
                self._set_switches()
                told(self._answers.healed(fault_id, f"the power switch of {host} does as it is told"))

    def _set_switches(self) -> None:
        self.switches.set_ills({f.host: f.how for f in self._in_force.values() if isinstance(f, Switch)})

    def _power_on(self, host: str) -> None:
        self._strikes.give_power(host, self._in_force.values())


def _kept_down(fault: Kill | Stop | Crash, others: Iterable[Fault]) -> bool:
    """A host's start starts its processes as well, whatever ended one of them; nothing else overrules."""
    endings = [other for other in others if fault.host and keeps_dead(other, fault.host)]
    if isinstance(fault, Crash) or fault.scope == "process":
        return bool(endings)
    return any(isinstance(other, Crash) or _is_of_host(other) for other in endings)


def _is_of_host(fault: Fault) -> bool:
    return isinstance(fault, Kill | Stop) and fault.scope == "host"
