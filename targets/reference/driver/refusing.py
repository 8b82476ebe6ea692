"""Hosts whose store is damaged: they serve nothing, vote on nothing, and say why to whoever asks.

They stay up. A host that ended would be started again and again, and told by nobody but its log.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import msgspec

from targets.reference.driver import health
from targets.reference.driver.admission import Admission
from targets.reference.driver.entry import Entry
from targets.reference.driver.links import Network
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.surroundings import (
    ENTRY_PORT,
    HEALTH_PORT,
    PEER_PORT,
    WITNESS_PORT,
    Surroundings,
)
from targets.reference.driver.telling import Told, event_of
from targets.reference.machines.words.grammar import Alert, Answer, HangUp, Received, TellRole
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    AskStatus,
    Place,
    Read,
    ReadAll,
    Register,
    Reply,
    StatusAnswer,
    SwitchOver,
    SwitchOverAnswer,
    Write,
)
from targets.reference.machines.words.operating import NodeStatus, WitnessStatus
from targets.reference.metrics import families
from targets.reference.metrics.exposition import text
from targets.reference.orders import Order

_LINES_MAX = 1 << 16


class RefusingNode:
    """In place of the data node's process. pipe, ear: to the agent, and from it."""

    def __init__(self, where: Surroundings, why: str, pipe: int, ear: int) -> None:
        self._where, self._why, self._pipe, self._ear = where, why, pipe, ear
        self._refusals = Refusals(where.host)
        self._network = _network(where, self._received, self._refusals)

    async def begin(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, loop.stop)
        loop.add_reader(self._ear, self._hear)
        await _told_over_http(self._where, self._network, self._refusals)
        await self._network.listen(self._where.bind, PEER_PORT)
        print(f"{self._where.host}: {self._why}", file=sys.stderr, flush=True)
        for told in (TellRole("down", 0), Alert(f"{self._where.host} refuses to serve: {self._why}")):
            self._say(told)

    def _received(self, event: Received) -> None:
        match event.message:
            case AskStatus(request):
                self._network.answer(Answer(event.via, StatusAnswer(request, self._status())))
            case Write(request) | Read(request) | ReadAll(request):
                reply = Reply(request, "fail", self._where.host, 0, error="its store is damaged")
                self._network.answer(Answer(event.via, reply))
                self._network.hang_up(HangUp(event.via))
            case SwitchOver(request):
                self._network.answer(Answer(event.via, SwitchOverAnswer(request, False, self._why)))

    def _status(self) -> NodeStatus:
        """Nothing in its store is believed."""
        return NodeStatus(
            node=self._where.host,
            identity="",
            role="starting",
            epoch=0,
            register=Register(),
            sealed=0,
            last=Place(),
            durable=Place(),
            acknowledged=0,
            lease_s=0.0,
            waiting_writes=0,
            standbys=(),
            tails=(),
            stands_aside=self._why,
        )

    def _say(self, told: Told) -> None:
        rest = msgspec.json.encode(event_of(told, host=self._where.host)) + b"\n"
        while rest:
            rest = rest[os.write(self._pipe, rest) :]

    def _hear(self) -> None:
        """Crash points do not concern it."""
        if not os.read(self._ear, _LINES_MAX):
            asyncio.get_running_loop().remove_reader(self._ear)


class RefusingWitness:
    """In place of a witness."""

    def __init__(self, where: Surroundings, why: str) -> None:
        self._where, self._why = where, why
        self._refusals = Refusals(where.host)
        self._entry = Entry(
            where.host,
            ordered=self._ordered,
            token=where.token,
            refusals=self._refusals,
            webhook=where.settings.webhook,
        )
        self._network = _network(where, self._received, self._refusals)

    async def begin(self) -> None:
        where = self._where
        await self._entry.listen(where.bind, ENTRY_PORT)
        await _told_over_http(where, self._network, self._refusals)
        await self._network.listen(where.bind, WITNESS_PORT)
        print(f"{where.host}: {self._why}", file=sys.stderr, flush=True)
        self._entry.tell(event_of(Alert(f"{where.host} refuses to vote: {self._why}"), host=where.host))

    def _received(self, event: Received) -> None:
        match event.message:
            case AskStatus(request):
                self._network.answer(Answer(event.via, StatusAnswer(request, self._status())))

    def _status(self) -> WitnessStatus:
        return WitnessStatus(
            witness=self._where.host,
            has_store=False,
            register=Register(),
            ballot=NO_BALLOT,
            known_epoch=0,
            grant=(0, ""),
            lease_s=0.0,
            ready_in_s=0.0,
            watched=(0, ""),
            heard_ago_s=float("inf"),
            heard=Place(),
            suspects="",
            votes=(),
            leads="",
            outcomes={},
            damaged=self._why,
        )

    async def _ordered(self, order: Order) -> tuple[bool, str]:
        return False, self._why


def _network(where: Surroundings, received: Callable[[Received], None], refusals: Refusals) -> Network:
    admits = Admission(where.settings).admits
    return Network(where.host, received, admits, token=where.token, refusals=refusals)


async def _told_over_http(where: Surroundings, network: Network, refusals: Refusals) -> None:
    await health.listen(
        where.bind,
        HEALTH_PORT,
        serving=lambda: False,
        refusals=refusals,
        metrics=lambda: text(families.of_refusing(network.closed, refusals.all())),
    )
