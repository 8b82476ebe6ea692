"""Processes and hosts frozen, and gone on again; each seen to be so."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from harness.model.errors import WorldError
from harness.model.fault import Fault, Pause, Scope
from harness.seams import ServiceProcess
from harness.worlds.faults.act import Act, act_of, nothing_to_do
from harness.worlds.faults.answers import Settled
from harness.worlds.faults.containers import Containers
from harness.worlds.faults.freezing import Freezer
from harness.worlds.faults.resident import Resident

_FREEZES_WITHIN_S = 2.0
_AT_ONCE_S = 0.02


class Pauses:
    """Not for several threads at once. Every call raises WorldError naming what did not happen."""

    def __init__(
        self,
        *,
        resident: Resident,
        containers: Containers,
        freezer: Freezer,
        process_of: Callable[[str, Scope], ServiceProcess],
    ) -> None:
        self._resident, self._containers, self._process_of = resident, containers, process_of
        self._freezer = freezer
        self._halted: dict[Pause, Settled] = {}
        self._frozen: set[str] = set()

    def pause(self, fault: Pause, *, others: Collection[Fault]) -> Act:
        """SIGSTOP for a process; for a host what freezes all that runs there."""
        main_pid = self._running(fault.host)
        if fault.scope == "host":
            return self._freeze(fault.host, main_pid, already=fault in others)
        halted = self._resident.halt(
            main_pid,
            self._containers.sandbox_pid(fault.host),
            child=self._process_of(fault.host, fault.scope).kind == "child",
        )
        self._halted[fault] = halted
        # Small where somebody traces it.
        if not set(halted.states) <= {"T", "t"}:
            raise WorldError(f"{_threads(fault.host, halted)} after SIGSTOP: not all of them stopped")
        return act_of(halted, f"{_threads(fault.host, halted)} (T: stopped)")

    def resume(self, fault: Pause, *, others: Collection[Fault]) -> Act:
        """It runs again, unless another fault in force holds the same."""
        if fault in others:
            return nothing_to_do(f"{fault.host} stays paused: another fault in force holds it too")
        if fault.scope == "host":
            return self._thaw(fault.host)
        halted = self._halted.pop(fault, None)
        if halted is None:
            return nothing_to_do(f"no process of {fault.host} was paused")
        resumed = self._resident.resume(halted, self._containers.sandbox_pid(fault.host))
        if resumed is None:
            return nothing_to_do(f"process {halted.pid} of {fault.host} has ended while it was paused")
        if "T" in resumed.states:
            raise WorldError(f"{_threads(fault.host, resumed)} after SIGCONT: not all of them go on")
        return act_of(resumed, _threads(fault.host, resumed))

    def lapsed(self, fault: Pause) -> str:
        """What goes on though this fault should hold it; empty when nothing does.

        Who has ended meanwhile has not gone on: the cluster's own fence may have ended it.
        """
        return self._thawed(fault.host) if fault.scope == "host" else self._went_on(fault)

    def let_die(self, host: str) -> None:
        """Thaw what has been killed while it was frozen."""
        if host in self._frozen:
            self._frozen.discard(host)
            self._freezer.thaw(host)

    def _freeze(self, host: str, main_pid: int, *, already: bool) -> Act:
        self._frozen.add(host)
        before_s = time.monotonic()
        if not already:
            self._freezer.freeze(host)
        after_s = time.monotonic()
        said = self._freezer.seen(host, main_pid, frozen=True, within_s=_FREEZES_WITHIN_S)
        line = f"{said}, {(after_s - before_s) * 1000:.1f} ms after it was asked"
        return Act(before_s=before_s, after_s=after_s, evidence=(line,))

    def _thaw(self, host: str) -> Act:
        if host not in self._frozen:
            return nothing_to_do(f"{host} was switched off while it was paused")
        main_pid, already = self._running(host), self._thawed(host)
        self._frozen.discard(host)
        if already:
            return nothing_to_do(f"{host} was thawed already")
        before_s = time.monotonic()
        self._freezer.thaw(host)
        after_s = time.monotonic()
        said = self._freezer.seen(host, main_pid, frozen=False, within_s=_FREEZES_WITHIN_S)
        return Act(before_s=before_s, after_s=after_s, evidence=(said,))

    def _thawed(self, host: str) -> str:
        main_pid = self._containers.main_pid(host)
        if host not in self._frozen or not main_pid:
            return ""
        try:
            self._freezer.seen(host, main_pid, frozen=True, within_s=_AT_ONCE_S)
        except WorldError as error:
            return f"{error}"
        return ""

    def _went_on(self, fault: Pause) -> str:
        halted = self._halted.get(fault)
        states = self._resident.states(halted) if halted else ""
        going = set(states) - {"T", "t"}
        return f"the threads of process {halted.pid} are {states}: they go on" if halted and going else ""

    def _running(self, host: str) -> int:
        main_pid = self._containers.main_pid(host)
        if not main_pid:
            raise WorldError(f"{host} does not run, so nothing can be done to its processes")
        return main_pid


def _threads(host: str, settled: Settled) -> str:
    return f"the threads of process {settled.pid} of {host} are {settled.states}"
