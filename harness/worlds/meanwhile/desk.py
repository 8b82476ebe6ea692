"""Carries out commands beside the run and tells what became of them. No engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

from harness.model.command import Control, Execute, Heal, Inject, ReadAll, StartLoad, StopLoad
from harness.model.errors import HarnessError, TargetError, WorldError
from harness.model.event import Applied, Controlled, Event, Executed, Failed, FinalRead, Healed, MomentCame
from harness.model.fault import Crash, Cut, Fault, Impair, Slow
from harness.reach import touched
from harness.seams import Watch
from harness.worlds.meanwhile.explained import Explained
from harness.worlds.meanwhile.inbox import Inbox
from harness.worlds.meanwhile.lanes import Lanes

Work = Inject | Heal | StartLoad | StopLoad | Control | Execute | ReadAll

# A control may wait for its answer while the next trial's read is asked for.
_QUESTIONS_AT_ONCE = 4
# As many faults as a drill has in force together, and what waits for them.
_FAULTS_AT_ONCE, _SEEN_AT_ONCE = 16, 16
_LINKS = "links"


# Host, command, seconds -> exit code and the end of what it printed. Raises WorldError when it cannot be run.
Run = Callable[[str, Sequence[str], float], tuple[int, str]]


class Injector(Protocol):
    """Raises WorldError when a fault could not be applied or healed, or was not seen to be.

    begin: in force when it returns; what it returns waits until it was seen to bite.
    """

    def begin(self, fault_id: str, fault: Fault) -> Callable[[], Applied]: ...
    def heal(self, fault_id: str) -> Healed: ...
    def lie_in_wait(self, fault_id: str, fault: Crash) -> None: ...
    def crashed(self, fault_id: str, host: str, at_s: float) -> Applied: ...


class Load(Protocol):
    """A client host's load program."""

    def start(self, command: StartLoad) -> None: ...
    def stop(self, command: StopLoad) -> None: ...


class Desk:
    """Takes a command, returns at once, and tells the inbox later.

    Faults of the same hosts, and those of links, begin and end in their order, and none waits until another
    was seen to bite. Of one fault the beginning is told before the end.
    """

    def __init__(
        self,
        *,
        injector: Injector,
        watch: Watch,
        loads: Mapping[str, Load],
        explained: Explained,
        inbox: Inbox,
        now_s: Callable[[], float],
        run: Run | None = None,
    ) -> None:
        """run: None where the world runs no commands."""
        self._run = run
        self._injector, self._watch, self._loads = injector, watch, loads
        self._explained, self._inbox, self._now_s = explained, inbox, now_s
        self._armed: dict[str, Crash] = {}
        self._lanes_of: dict[str, frozenset[str]] = {}
        self._begun: dict[str, threading.Event] = {}
        self.closed = False
        self._faults = Lanes(_FAULTS_AT_ONCE, "faults")
        self._seen = ThreadPoolExecutor(_SEEN_AT_ONCE, thread_name_prefix="seen")
        self._questions = ThreadPoolExecutor(_QUESTIONS_AT_ONCE, thread_name_prefix="questions")

    def take(self, command: Work) -> None:
        match command:
            case Inject(fault_id=fault_id, fault=fault):
                self._lanes_of[fault_id] = _lanes(fault) | {fault_id}
                self._begun[fault_id] = threading.Event()
                self._submit(fault_id, lambda: self._begin(fault_id, fault))
            case Heal(fault_id=fault_id):
                self._submit(fault_id, lambda: self._heal(fault_id))
            case Control(control_id=control_id):
                self._questions.submit(self._told, control_id, lambda: self._control(command))
            case Execute(command_id=command_id):
                self._questions.submit(self._told, command_id, lambda: self._execute(command))
            case ReadAll(read_id=read_id):
                self._questions.submit(self._told, read_id, lambda: self._read_all(command))
            case StartLoad(client=client):
                self._loads[client].start(command)
            case StopLoad(client=client):
                self._loads[client].stop(command)

    def came(self, moment: MomentCame) -> None:
        """A host tells that it dies at a point: the others are spared, and the death is looked at."""
        name = moment.moment_id
        if name in self._armed:
            self._submit(name, lambda: self._told(name, lambda: self._crashed(moment)))

    def close(self) -> None:
        """What has begun is finished, what has not never begins."""
        self.closed = True
        self._faults.close()
        for begun in self._begun.values():
            begun.set()
        self._seen.shutdown(wait=True)
        self._questions.shutdown(wait=False, cancel_futures=True)

    def _told(
        self,
        command_id: str,
        work: Callable[[], Event | None],
        afterwards: Callable[[], None] = lambda: None,
    ) -> None:
        """Nothing is told of what shows only later."""
        try:
            event = work()
            if event is not None:
                self._inbox.tell(event)
        except (HarnessError, OSError) as error:
            reason = str(error) or type(error).__name__
            self._inbox.tell(Failed(command_id=command_id, reason=reason, at_s=self._now_s()))
        except Exception as error:
            self._inbox.broke(error)
        finally:
            afterwards()

    def _submit(self, fault_id: str, work: Callable[[], None]) -> None:
        lanes = self._lanes_of.get(fault_id, frozenset())
        self._faults.submit(lanes, lambda: None if self.closed else work())

    def _begin(self, fault_id: str, fault: Fault) -> None:
        """Told once it was seen to bite, and that waits beside all others."""
        begun = self._begun[fault_id]
        if isinstance(fault, Crash):
            self._told(fault_id, lambda: self._arm(fault_id, fault))
            begun.set()
            return
        self._explained.begin(fault_id, fault)
        applied: list[Callable[[], Applied]] = []
        self._told(fault_id, lambda: applied.append(self._injector.begin(fault_id, fault)))
        if applied:
            self._seen.submit(self._told, fault_id, applied[0], begun.set)
        else:
            begun.set()

    def _arm(self, fault_id: str, fault: Crash) -> None:
        self._explained.begin(fault_id, fault)
        self._injector.lie_in_wait(fault_id, fault)
        self._armed[fault_id] = fault
        for host in fault.point.hosts:
            self._watch.arm(host, fault_id, fault.point, fault.side)

    def _crashed(self, moment: MomentCame) -> Applied | None:
        fault = self._armed.pop(moment.moment_id, None)
        if fault is None:  # given up meanwhile: its healing started again what had died
            return None
        self._spare(moment.moment_id, [host for host in fault.point.hosts if host != moment.host])
        return self._injector.crashed(moment.moment_id, moment.host, moment.at_s)

    def _spare(self, fault_id: str, hosts: Sequence[str]) -> None:
        for host in hosts:
            # One that is gone has forgotten it; a second death would break the world, and be told so.
            with suppress(TargetError):
                self._watch.spare(host, fault_id)

    def _heal(self, fault_id: str) -> None:
        """Its end waits for nothing but its beginning; told once that was told."""
        healed: list[Healed] = []
        self._told(fault_id, lambda: healed.append(self._ended(fault_id)))
        if healed:
            self._seen.submit(self._told, fault_id, lambda: self._after_its_beginning(healed[0]))

    def _ended(self, fault_id: str) -> Healed:
        fault = self._armed.pop(fault_id, None)
        if fault is not None:
            self._spare(fault_id, fault.point.hosts)
        healed = self._injector.heal(fault_id)
        self._explained.end(fault_id)
        return healed

    def _after_its_beginning(self, healed: Healed) -> Healed:
        if begun := self._begun.get(healed.fault_id):
            begun.wait()
        return healed

    def _control(self, command: Control) -> Controlled:
        before_s = self._now_s()
        try:
            ok, detail = True, self._watch.control(command.action, command.host)
        except TargetError as error:
            ok, detail = False, str(error)
        return Controlled(
            control_id=command.control_id,
            action=command.action,
            ok=ok,
            detail=detail,
            before_s=before_s,
            after_s=self._now_s(),
        )

    def _execute(self, command: Execute) -> Executed:
        if self._run is None:
            raise WorldError("this world runs no commands; the planner refuses such a drill")
        before_s = self._now_s()
        exit_code, output = self._run(command.host, command.argv, command.within_s)
        return Executed(
            command_id=command.command_id,
            host=command.host,
            exit_code=exit_code,
            output=output,
            before_s=before_s,
            after_s=self._now_s(),
        )

    def _read_all(self, command: ReadAll) -> FinalRead:
        epoch, values = self._watch.read_all(command.host, command.value_prefix)
        return FinalRead(
            read_id=command.read_id, host=command.host, epoch=epoch, values=values, at_s=self._now_s()
        )


def _lanes(fault: Fault) -> frozenset[str]:
    """What it is done to: the links as a whole, or hosts."""
    return frozenset({_LINKS}) if isinstance(fault, Cut | Slow | Impair) else touched(fault)
