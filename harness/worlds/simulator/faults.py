"""Faults in force -> which processes live and run, and what the network does. Told with what was seen.

What is wanted of links and pauses is computed anew from all faults in force, so faults may overlap and end
in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import structs

from harness.model.errors import WorldError
from harness.model.event import Applied, Healed
from harness.model.fault import Crash, Cut, CutMode, Fault, Kill, Link, Pause, Scope, Slow, Stop
from harness.seams import ServiceProcess
from harness.worlds.simulator.moments import Moments
from harness.worlds.simulator.network import End, Network
from harness.worlds.simulator.process import Host, Process
from harness.worlds.simulator.timeline import Timeline
from harness.worlds.simulator.ways import Slowness, Way

Told = Callable[[Applied | Healed | WorldError], None]
Begin = Callable[[str], None]

# The docker engine's own grace between SIGTERM and SIGKILL.
_GRACE_S = 10.0
_STARTS_WITHIN_S = 5.0
_LOOK_EACH_S = 0.001
# The mode that lets least through counts where several cuts meet.
_STRONGEST: tuple[CutMode, ...] = ("refuse", "loss", "drop", "stall")


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
    ) -> None:
        self._hosts, self._services = hosts, services
        self._timeline, self._network, self._begin = timeline, network, begin
        self._moments = moments
        self._in_force: dict[str, Fault] = {}
        self._kept_before: dict[str, int] = {}

    def inject(self, fault_id: str, fault: Fault, told: Told) -> None:
        self._in_force[fault_id] = fault
        try:
            self._inject(fault_id, fault, told)
        except WorldError as error:
            told(error)

    def heal(self, fault_id: str, told: Told) -> None:
        fault = self._in_force.pop(fault_id, None)
        match fault:
            case None:
                told(WorldError(f"there is no fault {fault_id} in force that could be healed"))
            case Cut() | Slow():
                self._set_links()
                told(self._healed(fault_id, self._open_again(fault_id, fault)))
            case Pause(host=host, scope=scope):
                self._set_pauses()
                told(self._healed(fault_id, f"virtual: the {_of(host, scope)} go on"))
            case Crash(host=""):
                self._moments.forget(fault_id)
                told(self._healed(fault_id, "virtual: its point was never reached; it is waited for no more"))
            case Crash(host=host):
                self._start(host, "process")
                self._look_started(fault_id, host, self._timeline.now_s + _STARTS_WITHIN_S, told)
            case Kill(host=host, scope=scope) | Stop(host=host, scope=scope):
                self._start(host, scope)
                self._look_started(fault_id, host, self._timeline.now_s + _STARTS_WITHIN_S, told)

    def _inject(self, fault_id: str, fault: Fault, told: Told) -> None:
        match fault:
            case Cut() | Slow():
                self._kept_before[fault_id] = self._kept(fault)
                line = self._set_links()
                told(self._applied(fault_id, fault, f"virtual: {_links(fault)} {_does(fault)}{line}"))
            case Pause(host=host, scope=scope):
                count = len(self._processes(host, scope))
                self._set_pauses()
                told(self._applied(fault_id, fault, f"virtual: {count} of the {_of(host, scope)} frozen"))
            case Kill(host=host, scope=scope):
                processes = self._processes(host, scope)
                # The parent dies first: nobody on a host that loses its power sees anybody end.
                for process in processes:
                    process.kill()
                line = f"virtual: {len(processes)} of the {_of(host, scope)} dead by SIGKILL"
                told(self._applied(fault_id, fault, line))
            case Crash():
                self._lie_in_wait(fault_id, fault, told)
            case Stop(host=host, scope=scope):
                self._stop(fault_id, fault, self._processes(host, scope)[0], told)

    def _lie_in_wait(self, fault_id: str, fault: Crash, told: Told) -> None:
        def came(process: Process) -> None:
            process.kill()
            died = self._in_force[fault_id] = structs.replace(fault, host=process.host)
            who = "main process" if process.parent is None else "child"
            where = f"{fault.side} it {fault.point.act} {fault.point.what}"
            told(self._applied(fault_id, died, f"virtual: the {who} of {process.host} dead {where}"))

        self._moments.seek(fault_id, fault.point, came, done=fault.side == "after")

    def _stop(self, fault_id: str, fault: Stop, process: Process, told: Told) -> None:
        before_s = self._timeline.now_s
        by = ["SIGTERM"]

        def ended() -> None:
            took_ms = (self._timeline.now_s - before_s) * 1000
            line = f"virtual: ended by {by[0]} after {took_ms:.1f} ms"
            told(self._applied(fault_id, fault, line, before_s=before_s))

        def out_of_grace() -> None:
            if process.alive:
                by[0] = f"SIGKILL, its grace of {_GRACE_S:g} s being over,"
                process.kill()

        process.when_ended(ended)
        process.signal("SIGTERM")
        self._timeline.later(_GRACE_S, out_of_grace)

    # --- processes ----------------------------------------------------------------------------------

    def _processes(self, host: str, scope: Scope) -> list[Process]:
        """Those that the scope means, parents first. Raises WorldError when none lives."""
        found = self._living(host, scope)
        if not found:
            raise WorldError(f"nothing runs on {host} that the fault could hit; wait for it to be back first")
        return found

    def _living(self, host: str, scope: Scope) -> list[Process]:
        processes = self._hosts[host].processes
        if scope == "host":
            return [*processes]
        child = self._services[host].kind == "child"
        return [process for process in processes if (process.parent is not None) == child]

    def _set_pauses(self) -> None:
        frozen: dict[Process, None] = {}
        for fault in self._in_force.values():
            if isinstance(fault, Pause):
                frozen |= dict.fromkeys(self._living(fault.host, fault.scope))
        for process in [process for host in self._hosts.values() for process in host.processes]:
            if process.paused != (process in frozen):
                process.pause(process in frozen)

    def _start(self, host: str, scope: Scope) -> None:
        """A child by an order to its parent, all else by beginning the main program."""
        service, processes = self._services[host], self._hosts[host].processes
        if not processes:
            self._begin(host)
        elif service.kind == "child" and scope == "process":
            processes[0].signal(service.start_signal)

    def _look_started(self, fault_id: str, host: str, until_s: float, told: Told) -> None:
        if self._living(host, "process"):
            told(self._healed(fault_id, f"virtual: {host} runs, started anew"))
        elif self._timeline.now_s > until_s:
            told(WorldError(f"{host} did not start within {_STARTS_WITHIN_S:g} s"))
        else:
            self._timeline.later(_LOOK_EACH_S, self._look_started, fault_id, host, until_s, told)

    # --- links --------------------------------------------------------------------------------------

    def _set_links(self) -> str:
        cuts: dict[Way, CutMode] = {}
        slow: dict[Way, list[Slowness]] = {}
        for fault in self._in_force.values():
            match fault:
                case Cut(links=links, how=how):
                    for way in _ways(links, both=how in ("refuse", "loss")):
                        cuts[way] = min(how, cuts.get(way, how), key=_STRONGEST.index)
                case Slow(links=links, delay_s=delay_s, jitter_s=jitter_s):
                    for way in _ways(links, both=False):
                        slow.setdefault(way, []).append(Slowness(delay_s, jitter_s))
        closed = self._network.fault(cuts, slow, self._ends())
        return f"; {closed} ends of connections were closed" if closed else ""

    def _ends(self) -> list[End]:
        return [end for host in self._hosts.values() for process in host.processes for end in process.wires]

    def _kept(self, fault: Cut | Slow) -> int:
        return sum(self._network.kept_back[way] for way in _ways(fault.links, both=False))

    def _open_again(self, fault_id: str, fault: Cut | Slow) -> str:
        kept = self._kept(fault) - self._kept_before.pop(fault_id, 0)
        line = f"virtual: {_links(fault)} carry everything as before"
        return f"{line}; {kept} messages had not arrived" if isinstance(fault, Cut) else line

    # --- telling ------------------------------------------------------------------------------------

    def _applied(
        self, fault_id: str, fault: Fault, evidence: str, *, before_s: float | None = None
    ) -> Applied:
        now_s = self._timeline.now_s
        return Applied(
            fault_id=fault_id,
            fault=fault,
            before_s=now_s if before_s is None else before_s,
            after_s=now_s,
            evidence=(evidence,),
        )

    def _healed(self, fault_id: str, evidence: str) -> Healed:
        now_s = self._timeline.now_s
        return Healed(fault_id=fault_id, before_s=now_s, after_s=now_s, evidence=(evidence,))


def _ways(links: tuple[Link, ...], *, both: bool) -> Iterator[Way]:
    for link in links:
        yield link.source, link.destination
        if both:
            yield link.destination, link.source


def _of(host: str, scope: Scope) -> str:
    return f"processes of {host}" if scope == "host" else f"service's processes of {host}"


def _links(fault: Cut | Slow) -> str:
    return f"{len(fault.links)} ways"


def _does(fault: Cut | Slow) -> str:
    match fault:
        case Cut(how=how):
            return f"carry nothing ({how})"
        case Slow(delay_s=delay_s, jitter_s=jitter_s):
            return f"take {delay_s * 1000:g} ± {jitter_s * 1000:g} ms longer"
