"""A witness's process: votes, leases, the register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.seams import Kernel
from targets.reference.defects import TOKEN_NOT_CHECKED
from targets.reference.driver.surroundings import ARCHIVE_PORT, PEER_PORT, WITNESS_PORT
from targets.reference.driver.telling import Told, event_at
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    AskPower,
    Began,
    Persist,
    Send,
    Tell,
    TellRegister,
    TellRole,
    WitnessState,
)
from targets.reference.machines.words.shipped import agent_of
from targets.reference.settings import Settings
from targets.reference.simulated.entry import Entry
from targets.reference.simulated.fence import Fence
from targets.reference.simulated.links import Links
from targets.reference.simulated.runner import Runner, Saw

_STATE = "witness"
# A witness's disk holds this now.
Stored = Callable[[Kernel, WitnessState], None]


class WitnessProgram:
    """Offers harness.seams.Running."""

    def __init__(
        self, kernel: Kernel, settings: Settings, defects: frozenset[str], saw: Saw, stored: Stored
    ) -> None:
        self._kernel, self._stored = kernel, stored
        self._entry = Entry(kernel)
        remembered: Any = kernel.disk.get(_STATE)
        machine = Witness(kernel.host, settings, remembered, kernel.draw.getrandbits(48), defects)
        self._runner = Runner(kernel, machine, {}, saw)
        believes_all = TOKEN_NOT_CHECKED in defects
        self._links = Links(kernel, self._runner.feed, settings, believes_all=believes_all)
        fence = Fence(kernel, settings, self._runner.feed)
        self._runner.carry(
            {
                Send: self._links.send,
                Answer: self._links.answer,
                Persist: self._persist,
                AskPower: fence.ask,
                **dict.fromkeys((Tell, TellRole, TellRegister, Alert), self._tell),
            }
        )
        self._links.listen(WITNESS_PORT)
        for node in settings.nodes:
            self._links.link(node, PEER_PORT)
        for node in settings.cold:
            self._links.link(node, ARCHIVE_PORT, name=agent_of(node))
        for witness in settings.witnesses:
            if witness != kernel.host:
                self._links.link(witness, WITNESS_PORT)
        self._runner.feed(Began())

    def signalled(self, name: str) -> None:
        self._kernel.exit()

    def _persist(self, effect: Persist) -> None:
        state = effect.state
        assert isinstance(state, WitnessState)
        self._runner.block()
        # A disk that fails ends the process: after a failed sync nothing is known about it.
        self._kernel.sync(lambda parts: self._keep(state, parts), self._runner.go_on, self._kernel.exit)

    def _keep(self, state: WitnessState, parts: int) -> None:
        if parts:
            self._kernel.disk[_STATE] = state
            self._stored(self._kernel, state)

    def _tell(self, told: Told) -> None:
        self._entry.tell(event_at(told, host=self._kernel.host, at_s=self._kernel.now_s()))
