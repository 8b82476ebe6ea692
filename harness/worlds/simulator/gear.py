"""What a host stands on: faults of its disk and its clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from harness.model.fault import Clock, Disk, Fault
from harness.worlds.simulator.answers import Answers, Told
from harness.worlds.simulator.process import Host
from harness.worlds.simulator.strikes import Strikes, keeps_dead
from harness.worlds.simulator.timeline import Timeline


class Gear:
    """Each call is given all faults in force after it."""

    def __init__(self, hosts: Mapping[str, Host], *, timeline: Timeline, strikes: Strikes) -> None:
        self._hosts, self._timeline, self._strikes = hosts, timeline, strikes
        self._answers = Answers(timeline)

    def disk(self, fault_id: str, fault: Disk, in_force: Collection[Fault], told: Told) -> None:
        disk = self._hosts[fault.host].disk
        things = len(disk.contents)
        if fault.does == "lose":
            disk.lose()
        elif fault.does == "damage":
            disk.damage()
            self._start_anew(fault.host, in_force)
        self._set_disk(fault.host, in_force)
        line = {
            "stall": f"no write of {fault.host} ends",
            "fail": f"every write of {fault.host} fails",
            "lose": f"the disk of {fault.host} is gone, with {things} things on it; every write fails",
            "damage": f"a byte of what {fault.host} keeps is flipped; its process ended and starts on that",
        }[fault.does]
        told(self._answers.applied(fault_id, fault, line))

    def mend(self, fault_id: str, fault: Disk, in_force: Collection[Fault], told: Told) -> None:
        """Who still runs on what is gone is ended: it would go on writing there. Then what died starts.

        A frozen process has not heard yet that a write of its failed; when it dies of that, it starts too.
        """
        host = fault.host
        self._set_disk(host, in_force)
        if fault.does == "damage":
            self._hosts[host].disk.lose()
        if fault.does in ("lose", "damage"):
            for process in self._strikes.living(host, "process"):
                process.kill()
        self._start_when_it_has_heard(host, in_force)
        if self._strikes.living(host, "process") or any(keeps_dead(other, host) for other in in_force):
            told(self._answers.healed(fault_id, f"the disk of {host} works"))
        else:
            self._strikes.start(fault_id, host, "process", told)

    def _start_when_it_has_heard(self, host: str, in_force: Collection[Fault]) -> None:
        """in_force: as it is then."""

        def ended() -> None:
            if not any(keeps_dead(other, host) for other in in_force):
                self._strikes.order(host, "process")

        for process in self._strikes.living(host, "host"):
            if self._hosts[host].disk.has_failed(process):
                process.when_ended(ended)

    def _start_anew(self, host: str, in_force: Collection[Fault]) -> None:
        living = self._strikes.living(host, "process")
        for process in living:
            process.kill()
        if living and not any(keeps_dead(other, host) for other in in_force):
            self._strikes.order(host, "process")

    def _set_disk(self, host: str, in_force: Collection[Fault]) -> None:
        does = {fault.does for fault in in_force if isinstance(fault, Disk) and fault.host == host}
        disk = self._hosts[host].disk
        disk.stalls, disk.fails = "stall" in does, bool(does & {"fail", "lose"})
        disk.look()

    def clock(self, fault_id: str, fault: Clock, in_force: Collection[Fault], told: Told) -> None:
        self._set_clock(fault.host, in_force)
        told(self._answers.applied(fault_id, fault, f"the clock of {fault.host} runs at {fault.rate:g}"))

    def set_right(self, fault_id: str, fault: Clock, in_force: Collection[Fault], told: Told) -> None:
        rate = self._set_clock(fault.host, in_force)
        told(self._answers.healed(fault_id, f"the clock of {fault.host} runs at {rate:.6f}"))

    def _set_clock(self, host: str, in_force: Collection[Fault]) -> float:
        """The newest fault counts."""
        rates = [fault.rate for fault in in_force if isinstance(fault, Clock) and fault.host == host]
        rate = rates[-1] if rates else self._hosts[host].clock.own_rate
        self._hosts[host].set_rate(rate, self._timeline.now_s)
        return rate
