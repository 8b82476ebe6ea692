"""Carries out commands beside the run and tells what became of them. One fault at a time; no engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from harness.model.command import Control, Heal, Inject, ReadAll, StartLoad, StopLoad
from harness.model.errors import HarnessError, TargetError
from harness.model.event import Applied, Controlled, Event, Failed, FinalRead, Healed
from harness.model.fault import Fault
from harness.seams import Watch
from harness.worlds.docker.meanwhile.explained import Explained
from harness.worlds.docker.meanwhile.inbox import Inbox

Work = Inject | Heal | StartLoad | StopLoad | Control | ReadAll

# A control may wait for its answer while the next trial's read is asked for.
_QUESTIONS_AT_ONCE = 4


class Injector(Protocol):
    """Raises WorldError when a fault could not be applied or healed, or was not seen to be."""

    def inject(self, fault_id: str, fault: Fault) -> Applied: ...
    def heal(self, fault_id: str) -> Healed: ...


class Load(Protocol):
    """A client host's load program."""

    def start(self, command: StartLoad) -> None: ...
    def stop(self, command: StopLoad) -> None: ...


class Desk:
    """Takes a command, returns at once, and tells the inbox later."""

    def __init__(
        self,
        *,
        injector: Injector,
        watch: Watch,
        loads: Mapping[str, Load],
        explained: Explained,
        inbox: Inbox,
        now_s: Callable[[], float],
    ) -> None:
        self._injector, self._watch, self._loads = injector, watch, loads
        self._explained, self._inbox, self._now_s = explained, inbox, now_s
        self.closed = False
        # Faults share the hub and the packet filter: side by side they could undo each other's half.
        self._faults = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faults")
        self._questions = ThreadPoolExecutor(_QUESTIONS_AT_ONCE, thread_name_prefix="questions")

    def take(self, command: Work) -> None:
        match command:
            case Inject(fault_id=fault_id):
                self._faults.submit(self._told, fault_id, lambda: self._inject(command))
            case Heal(fault_id=fault_id):
                self._faults.submit(self._told, fault_id, lambda: self._heal(command))
            case Control(control_id=control_id):
                self._questions.submit(self._told, control_id, lambda: self._control(command))
            case ReadAll(read_id=read_id):
                self._questions.submit(self._told, read_id, lambda: self._read_all(command))
            case StartLoad(client=client):
                self._loads[client].start(command)
            case StopLoad(client=client):
                self._loads[client].stop(command)

    def close(self) -> None:
        """What has begun is finished, what has not never begins."""
        self.closed = True
        self._faults.shutdown(wait=True, cancel_futures=True)
        self._questions.shutdown(wait=False, cancel_futures=True)

    def _told(self, command_id: str, work: Callable[[], Event]) -> None:
        if self.closed:
            return
        try:
            self._inbox.tell(work())
        except (HarnessError, OSError) as error:
            reason = str(error) or type(error).__name__
            self._inbox.tell(Failed(command_id=command_id, reason=reason, at_s=self._now_s()))
        except Exception as error:
            self._inbox.broke(error)

    def _inject(self, command: Inject) -> Applied:
        self._explained.begin(command.fault_id, command.fault)
        return self._injector.inject(command.fault_id, command.fault)

    def _heal(self, command: Heal) -> Healed:
        healed = self._injector.heal(command.fault_id)
        self._explained.end(command.fault_id)
        return healed

    def _control(self, command: Control) -> Controlled:
        before_s = self._now_s()
        try:
            ok, detail = True, self._watch.control(command.action, command.host)
        except TargetError as error:
            ok, detail = False, str(error)
        return Controlled(
            control_id=command.control_id, ok=ok, detail=detail, before_s=before_s, after_s=self._now_s()
        )

    def _read_all(self, command: ReadAll) -> FinalRead:
        epoch, values = self._watch.read_all(command.host, command.value_prefix)
        return FinalRead(
            read_id=command.read_id, host=command.host, epoch=epoch, values=values, at_s=self._now_s()
        )
