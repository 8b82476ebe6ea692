"""Hosts whose store is damaged: they serve nothing, vote on nothing, and call a person."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.event import Event
from harness.seams import Kernel
from targets.reference.defects import DAMAGE_NOT_LOOKED_FOR
from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.driver.telling import event_at
from targets.reference.machines.words.grammar import Alert, Answer, Received, TellRole
from targets.reference.machines.words.messages import (
    Read,
    ReadAll,
    Reply,
    SwitchOver,
    SwitchOverAnswer,
    Write,
)
from targets.reference.settings import Settings
from targets.reference.simulated import health
from targets.reference.simulated.entry import Entry
from targets.reference.simulated.links import Links

_WHY = "its store is damaged"


def refuses(kernel: Kernel, defects: frozenset[str]) -> bool:
    """Whether what starts here finds its store damaged."""
    return kernel.disk_is_damaged and DAMAGE_NOT_LOOKED_FOR not in defects


class RefusingNode:
    """In place of the data node's process. Offers harness.seams.Running. said: into the pipe to the agent."""

    def __init__(self, kernel: Kernel, settings: Settings, *, said: Callable[[Event], None]) -> None:
        self._kernel = kernel
        self._links = Links(kernel, self._received, settings)
        self._links.listen(PEER_PORT)
        health.listen(kernel, serving=lambda: False)
        for told in (TellRole("down", 0), Alert(f"{kernel.host} refuses to serve: {_WHY}")):
            said(event_at(told, host=kernel.host, at_s=kernel.now_s()))

    def signalled(self, name: str) -> None:
        self._kernel.exit()

    def _received(self, event: Received) -> None:
        match event.message:
            case Write(request) | Read(request) | ReadAll(request):
                reply = Reply(request, "fail", self._kernel.host, 0, error=_WHY)
                self._links.answer(Answer(event.via, reply))
            case SwitchOver(request):
                self._links.answer(Answer(event.via, SwitchOverAnswer(request, False, _WHY)))


class RefusingWitness:
    """In place of a witness. Offers harness.seams.Running."""

    def __init__(self, kernel: Kernel, settings: Settings) -> None:
        self._kernel = kernel
        self._links = Links(kernel, lambda received: None, settings)
        self._links.listen(WITNESS_PORT)
        alert = Alert(f"{kernel.host} refuses to vote: {_WHY}")
        Entry(kernel).tell(event_at(alert, host=kernel.host, at_s=kernel.now_s()))

    def signalled(self, name: str) -> None:
        self._kernel.exit()
