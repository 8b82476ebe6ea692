"""Which processes live and run: kills, orderly ends, pauses, crash points, and their start afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import structs

from harness.model.errors import WorldError
from harness.model.fault import Crash, Fault, Kill, Pause, Scope, Stop
from harness.seams import ServiceProcess
from harness.worlds.simulator.answers import Answers, Told
from harness.worlds.simulator.moments import Moments
from harness.worlds.simulator.process import Host, Process
from harness.worlds.simulator.timeline import Timeline

Begin = Callable[[str], None]

# The docker engine's own grace between SIGTERM and SIGKILL.
_GRACE_S = 10.0
_STARTS_WITHIN_S = 5.0
_LOOK_EACH_S = 0.001


class Strikes:
    """begin(host) starts its main program. Every answer comes by `told`, at once or later."""

    def __init__(
        self,
        hosts: Mapping[str, Host],
        services: Mapping[str, ServiceProcess],
        *,
        timeline: Timeline,
        moments: Moments,
        begin: Begin,
    ) -> None:
        self._hosts, self._services = hosts, services
        self._timeline, self._moments, self._begin = timeline, moments, begin
        self._answers = Answers(timeline)
        # By fault. A frozen host freezes who starts on it too; of frozen processes only those that it met.
        self._frozen_hosts: dict[str, str] = {}
        self._dark: set[str] = set()  # without power
        self._frozen: dict[str, list[Process]] = {}
        # Orderly ends that still last, each with what is to be done when it is over.
        self._ending: dict[str, list[Callable[[], None]]] = {}

    # --- kill, stop -----------------------------------------------------------------------------------

    def kill(self, fault_id: str, fault: Kill, told: Told) -> None:
        """The parent dies first: nobody on a host that loses its power sees anybody end."""
        processes = self._struck(fault.host, fault.scope)
        for process in processes:
            process.kill()
        line = f"{len(processes)} of the {_of(fault.host, fault.scope)} dead by SIGKILL"
        told(self._answers.applied(fault_id, fault, line))

    def stop(self, fault_id: str, fault: Stop, told: Told) -> None:
        process = self._struck(fault.host, fault.scope)[0]
        before_s = self._timeline.now_s
        by = ["SIGTERM"]

        def ended() -> None:
            took_ms = (self._timeline.now_s - before_s) * 1000
            line = f"ended by {by[0]} after {took_ms:.1f} ms"
            told(self._answers.applied(fault_id, fault, line, before_s=before_s))
            for act in self._ending.pop(fault_id):
                act()

        def out_of_grace() -> None:
            if process.alive:
                by[0] = f"SIGKILL, its grace of {_GRACE_S:g} s being over,"
                process.kill()

        self._ending[fault_id] = []
        process.when_ended(ended)
        process.signal("SIGTERM")
        self._timeline.later(_GRACE_S, out_of_grace)

    def start(self, fault_id: str, host: str, scope: Scope, told: Told) -> None:
        """Ends a kill, a stop or a crash. What is still about to end is waited for."""
        if fault_id in self._ending:
            self._ending[fault_id].append(lambda: self.start(fault_id, host, scope, told))
            return
        self.order(host, scope)
        self._look_started(fault_id, host, _STARTS_WITHIN_S, told)

    # --- crash ----------------------------------------------------------------------------------------

    def lie_in_wait(self, fault_id: str, fault: Crash, told: Told, died: Callable[[Crash], None]) -> None:
        """died: whom it hit, as soon as that shows."""

        def came(process: Process) -> None:
            process.kill()
            hit = structs.replace(fault, host=process.host)
            died(hit)
            who = "main process" if process.parent is None else "child"
            where = f"{fault.side} it {fault.point.act} {fault.point.what}"
            told(self._answers.applied(fault_id, hit, f"the {who} of {process.host} dead {where}"))

        self._moments.seek(fault_id, fault.point, came, done=fault.side == "after")

    def forget(self, fault_id: str) -> None:
        """It lies in wait no more."""
        self._moments.forget(fault_id)

    # --- pause ----------------------------------------------------------------------------------------

    def pause(self, fault_id: str, fault: Pause, told: Told) -> None:
        processes = self._struck(fault.host, fault.scope)
        if fault.scope == "host":
            self._frozen_hosts[fault_id] = fault.host
        else:
            self._frozen[fault_id] = processes
        self._set_pauses()
        line = f"{len(processes)} of the {_of(fault.host, fault.scope)} frozen"
        told(self._answers.applied(fault_id, fault, line))

    def resume(self, fault_id: str, fault: Pause, told: Told) -> None:
        self._frozen_hosts.pop(fault_id, None)
        self._frozen.pop(fault_id, None)
        self._set_pauses()
        told(self._answers.healed(fault_id, f"the {_of(fault.host, fault.scope)} go on"))

    def made(self, process: Process) -> None:
        """A process that has just been made does nothing yet while its host is frozen."""
        process.paused = self._is_frozen(process)

    def _set_pauses(self) -> None:
        for process in [process for host in self._hosts.values() for process in host.processes]:
            if process.paused != self._is_frozen(process):
                process.pause(not process.paused)

    def _is_frozen(self, process: Process) -> bool:
        return process.host in self._frozen_hosts.values() or any(
            process in processes for processes in self._frozen.values()
        )

    # --- power ----------------------------------------------------------------------------------------

    def cut_power(self, host: str) -> None:
        self._dark.add(host)
        for process in self.living(host, "host"):
            process.kill()

    def give_power(self, host: str, in_force: Iterable[Fault]) -> None:
        """What a fault keeps down begins at its end."""
        self._dark.discard(host)
        if not self._hosts[host].processes and not any(keeps_dead(fault, host) for fault in in_force):
            self._begin(host)

    # --- for all --------------------------------------------------------------------------------------

    def living(self, host: str, scope: Scope) -> list[Process]:
        """Those that the scope means, parents first."""
        processes = self._hosts[host].processes
        if scope == "host":
            return [*processes]
        child = self._services[host].kind == "child"
        return [process for process in processes if (process.parent is not None) == child]

    def _struck(self, host: str, scope: Scope) -> list[Process]:
        """Raises WorldError when none lives."""
        found = self.living(host, scope)
        if not found:
            raise WorldError(f"nothing runs on {host} that the fault could hit; wait for it to be back first")
        return found

    def order(self, host: str, scope: Scope) -> None:
        """A child by an order to its parent, all else by beginning the main program."""
        service, processes = self._services[host], self._hosts[host].processes
        if host in self._dark:
            return
        if not processes:
            self._begin(host)
        elif service.kind == "child" and scope == "process":
            processes[0].signal(service.start_signal)

    def _look_started(self, fault_id: str, host: str, left_s: float, told: Told) -> None:
        """left_s: how long it may still take; on a frozen host nothing can start."""
        if host in self._dark:
            told(self._answers.healed(fault_id, f"{host} is switched off, and starts with its power"))
        elif self.living(host, "process"):
            told(self._answers.healed(fault_id, f"{host} runs, started anew"))
        elif left_s <= 0:
            told(WorldError(f"{host} did not start within {_STARTS_WITHIN_S:g} s"))
        else:
            took_s = 0.0 if host in self._frozen_hosts.values() else _LOOK_EACH_S
            self._timeline.later(_LOOK_EACH_S, self._look_started, fault_id, host, left_s - took_s, told)


def keeps_dead(fault: Fault, host: str) -> bool:
    """While it is in force nobody starts what it has ended there."""
    return isinstance(fault, Kill | Stop | Crash) and fault.host == host


def _of(host: str, scope: Scope) -> str:
    return f"processes of {host}" if scope == "host" else f"service's processes of {host}"
