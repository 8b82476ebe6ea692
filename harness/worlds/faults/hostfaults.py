"""Processes and hosts ended, by the resident and the engine, each act seen to be done. Pauses: see pauses."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from harness.model.errors import WorldError
from harness.model.fault import Crash, Fault, Kill, Scope, Stop
from harness.seams import ServiceProcess
from harness.worlds.faults.act import Act, act_of, nothing_to_do
from harness.worlds.faults.answers import Ended
from harness.worlds.faults.containers import Containers
from harness.worlds.faults.freezing import Freezer
from harness.worlds.faults.pauses import Pauses
from harness.worlds.faults.resident import Resident
from harness.worlds.links.mesh import Mesh

_DIES_WITHIN_S = 3.0
_CHILD_WITHIN_S = 15.0
_NOTICED_WITHIN_S = 5.0
_POLL_S = 0.02

Ending = Kill | Stop


class HostFaults:
    """Not for several threads at once. Every call raises WorldError naming what did not happen."""

    def __init__(self, *, mesh: Mesh, resident: Resident, containers: Containers, freezer: Freezer) -> None:
        self._processes = {host.name: host.stack.process for host in mesh.hosts}
        self._resident, self._containers = resident, containers
        self.pauses = Pauses(
            resident=resident, containers=containers, freezer=freezer, process_of=self._process
        )

    def kill(self, fault: Kill, *, meanwhile: Callable[[], None] = lambda: None) -> Act:
        """SIGKILL; meanwhile runs right after it, before anybody looks whether the process has gone."""
        process, main_pid = self._process(fault.host, fault.scope), self._running(fault.host)
        sent = self._end(fault.host, main_pid, process, within_s=0)
        meanwhile()
        ended = self._resident.gone(sent, within_s=_DIES_WITHIN_S)
        if ended.ended_s is None:
            raise WorldError(
                f"process {sent.pid} of {fault.host} did not end within {_DIES_WITHIN_S:g} s of SIGKILL"
            )
        lines = (_went("SIGKILL", fault.host, ended), *self._seen_dead(fault.host, process, main_pid))
        return Act(before_s=sent.before_s, after_s=sent.after_s, evidence=lines)

    def stop(self, fault: Stop) -> Act:
        """SIGTERM, whose the stamps are; SIGKILL for what has not ended when its grace is over."""
        process, main_pid = self._process(fault.host, fault.scope), self._running(fault.host)
        grace_s = self._containers.grace_s(fault.host)
        ended = self._resident.end(
            main_pid,
            self._containers.sandbox_pid(fault.host),
            child=process.kind == "child",
            name="TERM",
            within_s=grace_s,
        )
        lines = [_went("SIGTERM", fault.host, ended)]
        if ended.ended_s is None:
            killed = self._end(fault.host, main_pid, process, within_s=_DIES_WITHIN_S)
            if killed.ended_s is None:
                raise WorldError(
                    f"process {ended.pid} of {fault.host} ends neither by SIGTERM nor by SIGKILL"
                )
            lines = [
                f"it did not end within its grace of {grace_s:g} s",
                _went("SIGKILL", fault.host, killed),
            ]
        lines += self._seen_dead(fault.host, process, main_pid)
        return Act(before_s=ended.before_s, after_s=ended.after_s, evidence=tuple(lines))

    def start(self, fault: Ending, *, others: Collection[Fault]) -> Act:
        """What was ended runs again, unless another fault in force keeps it down."""
        process, host = self._process(fault.host, fault.scope), fault.host
        kept_down = {
            self._process(host, other.scope).kind
            for other in others
            if isinstance(other, Kill | Stop) and other.host == host
        }
        crashed = any(isinstance(other, Crash) and other.host == host for other in others)
        if crashed or "main" in kept_down or process.kind in kept_down:
            return nothing_to_do(f"{host} stays down: another fault in force ended it too")
        if process.kind == "main" or not self._containers.main_pid(host):
            return self._start_main(host)
        dies = any(isinstance(other, Crash) and host in other.point.hosts for other in others)
        return self._start_child(host, process.start_signal, dies=dies)

    def lapsed(self, fault: Ending | Crash) -> str:
        """What runs though this fault should hold it down; empty when nothing does."""
        match fault:
            case Crash():
                runs = bool(fault.host) and self.lives(fault.host)
            case Kill() | Stop():
                main_pid = self._containers.main_pid(fault.host)
                of_child = self._process(fault.host, fault.scope).kind == "child"
                runs = bool(main_pid) and (not of_child or self.lives(fault.host))
        return f"{fault.host} runs, and nobody here has started it" if runs else ""

    def crashed(self, host: str, where: str) -> Act:
        """What the host says of itself is seen to be so: the process that it means has gone."""
        before_s = time.monotonic()
        give_up_s = before_s + _DIES_WITHIN_S
        while self.lives(host):
            if time.monotonic() > give_up_s:
                raise WorldError(f"{host} said that it dies {where}, and lives {_DIES_WITHIN_S:g} s later")
            time.sleep(_POLL_S)
        after_s = time.monotonic()
        line = f"{host} died {where}; seen {(after_s - before_s) * 1000:.0f} ms after it was looked at"
        return Act(before_s=before_s, after_s=after_s, evidence=(line,))

    def revive(self, host: str, *, others: Collection[Fault]) -> Act:
        """What died by itself runs again: with the main process its child does."""
        scope: Scope = "process" if self._containers.main_pid(host) else "host"
        return self.start(Kill(host, scope), others=others)

    def lives(self, host: str) -> bool:
        """The process that the target means there."""
        main_pid = self._containers.main_pid(host)
        if not main_pid or self._processes[host].kind == "main":
            return bool(main_pid)
        return bool(self._resident.living_children(main_pid))

    def cut_power(self, host: str) -> str:
        """All that runs on it is killed at once, frozen or not; a line for people."""
        main_pid = self._containers.main_pid(host)
        if not main_pid:
            return f"nothing ran on {host}"
        try:
            sent = self._end(host, main_pid, ServiceProcess(), within_s=0)
        except WorldError:
            # Something else may have ended it just now.
            self._noticed(host, main_pid)
            return f"process {main_pid} of {host} had ended already"
        # Of what is frozen nothing runs any more once it is thawed: the signal comes first.
        self.pauses.let_die(host)
        ended = self._resident.gone(sent, within_s=_DIES_WITHIN_S)
        if ended.ended_s is None:
            raise WorldError(
                f"process {sent.pid} of {host} did not end within {_DIES_WITHIN_S:g} s of power-off"
            )
        return _went("power-off", host, ended)

    def give_power(self, host: str, *, others: Collection[Fault]) -> str:
        """It starts, or at the end of the fault in force that keeps it, or its process, down."""
        if any(isinstance(other, Kill | Stop | Crash) and other.host == host for other in others):
            return f"{host} has power; a fault in force keeps it down"
        if main_pid := self._containers.main_pid(host):
            self._noticed(host, main_pid)
        return self._start_main(host).evidence[0]

    def _process(self, host: str, scope: Scope) -> ServiceProcess:
        """Of a host it is the main process: with it, the first in its PID namespace, all others go."""
        return ServiceProcess() if scope == "host" else self._processes[host]

    def _running(self, host: str) -> int:
        main_pid = self._containers.main_pid(host)
        if not main_pid:
            raise WorldError(f"{host} does not run, so nothing can be done to its processes")
        return main_pid

    def _end(self, host: str, main_pid: int, process: ServiceProcess, *, within_s: float) -> Ended:
        return self._resident.end(
            main_pid,
            self._containers.sandbox_pid(host),
            child=process.kind == "child",
            name="KILL",
            within_s=within_s,
        )

    def _seen_dead(self, host: str, process: ServiceProcess, main_pid: int) -> list[str]:
        """By those who could start it again."""
        if process.kind == "main":
            self._noticed(host, main_pid)
            return []
        children = self._resident.living_children(main_pid)
        if children:
            raise WorldError(
                f"the main process of {host} started another child, {children[0]}, at once: "
                "who is killed has to stay dead until it is healed"
            )
        return [f"the main process of {host}, {main_pid}, has no child now"]

    def _noticed(self, host: str, pid: int) -> None:
        """The engine learns of a death a moment later, and until then would not start the container again."""
        give_up_s = time.monotonic() + _NOTICED_WITHIN_S
        while self._containers.main_pid(host) == pid:
            if time.monotonic() > give_up_s:
                raise WorldError(f"process {pid} of {host} is gone, but the engine says that it runs")
            time.sleep(_POLL_S)

    def _start_main(self, host: str) -> Act:
        if running := self._containers.main_pid(host):
            return nothing_to_do(f"process {running} of {host} runs already")
        before_s = time.monotonic()
        self._containers.start(host)
        after_s = time.monotonic()
        pid = self._running(host)
        return Act(
            before_s=before_s, after_s=after_s, evidence=(f"process {pid} of {host} runs, started anew",)
        )

    def _start_child(self, host: str, start_signal: str, *, dies: bool) -> Act:
        """dies: the host lies in wait for a point to die at, and this may be it."""
        if not start_signal:
            raise WorldError(f"the target names no signal by which the process of {host} is started again")
        begun = self._resident.begin_child(
            self._running(host),
            self._containers.sandbox_pid(host),
            name=start_signal.removeprefix("SIG"),
            within_s=_CHILD_WITHIN_S,
        )
        if not begun.pid and not dies:
            raise WorldError(f"the main process of {host} ended when it was told to start its child")
        if not begun.pid:
            line = f"the main process of {host} ended before it had a child: a crash point keeps it down"
            return Act(before_s=begun.before_s, after_s=begun.seen_s, evidence=(line,))
        if begun.seen_s == begun.before_s:
            return nothing_to_do(f"process {begun.pid} of {host} runs already")
        took_ms = (begun.seen_s - begun.before_s) * 1000
        return act_of(
            begun, f"process {begun.pid} of {host} runs, seen {took_ms:.1f} ms after {start_signal}"
        )


def _went(signal_name: str, host: str, ended: Ended) -> str:
    if ended.ended_s is None:
        return f"process {ended.pid} of {host} did not end by {signal_name}"
    took_ms = (ended.ended_s - ended.before_s) * 1000
    return f"process {ended.pid} of {host} was gone {took_ms:.1f} ms after {signal_name}"
