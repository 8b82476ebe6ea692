"""A witness's host: votes, leases, the register. Holds no user data.

python3 -m targets.reference.driver.witness_node w1
"""

from __future__ import annotations

import asyncio
import gc
import signal
from pathlib import Path

import msgspec

from targets.reference.driver import health
from targets.reference.driver.admission import Admission
from targets.reference.driver.crashpoint import CrashPoints
from targets.reference.driver.damage import DamagedError, sealed, unsealed
from targets.reference.driver.entry import Entry
from targets.reference.driver.fence import Fence
from targets.reference.driver.links import Network
from targets.reference.driver.loop import MachineLoop, end_broken
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.refusing import RefusingWitness
from targets.reference.driver.smallfile import write_durably
from targets.reference.driver.surroundings import (
    ARCHIVE_PORT,
    ENTRY_PORT,
    HEALTH_PORT,
    PEER_PORT,
    WITNESS_PORT,
    Surroundings,
    incarnation,
    now_s,
    surroundings,
)
from targets.reference.driver.telling import Told, event_of
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    AskPower,
    Began,
    NodeState,
    Persist,
    Send,
    Tell,
    TellRegister,
    TellRole,
    WitnessState,
)
from targets.reference.machines.words.shipped import agent_of
from targets.reference.metrics import families
from targets.reference.metrics.exposition import text
from targets.reference.metrics.meter import Meter
from targets.reference.orders import CrashOrder, Order, SpareOrder


class WitnessHost:
    """Runs the witness's machine."""

    def __init__(self, where: Surroundings) -> None:
        self._where = where
        self._file = where.folder / "witness.json"
        self._refusals = Refusals(where.host)
        self._entry = Entry(
            where.host,
            ordered=self._ordered,
            token=where.token,
            refusals=self._refusals,
            webhook=where.settings.webhook,
        )
        self._network = Network(
            where.host,
            lambda received: self._machine.feed(received),
            Admission(where.settings).admits,
            token=where.token,
            refusals=self._refusals,
            believes_all=where.believes_all,
        )
        self._meter = Meter()
        self._points = CrashPoints(where.host, told=self._entry.tell)
        self._witness = Witness(
            where.host, where.settings, remembered(self._file), incarnation(), where.defects
        )
        fence = Fence(where.settings, lambda answer: self._machine.feed(answer))
        self._machine = MachineLoop(
            self._witness,
            {
                Send: self._network.send,
                Answer: self._network.answer,
                AskPower: fence.ask,
                Persist: lambda effect: self._remember(effect.state),
                **dict.fromkeys((Tell, TellRole, TellRegister, Alert), self._tell),
            },
            points=self._points,
            saw=self._meter.saw,
        )

    async def begin(self) -> None:
        where = self._where
        await self._entry.listen(where.bind, ENTRY_PORT)
        await health.listen(
            where.bind,
            HEALTH_PORT,
            serving=lambda: False,
            refusals=self._refusals,
            metrics=self._metrics,
        )
        await self._network.listen(where.bind, WITNESS_PORT)
        for node in where.settings.nodes:
            self._network.link(node, PEER_PORT)
        for node in where.settings.cold:
            self._network.link(node, ARCHIVE_PORT, name=agent_of(node))
        for witness in where.settings.witnesses:
            if witness != where.host:
                self._network.link(witness, WITNESS_PORT)
        self._machine.feed(Began())

    def _remember(self, state: WitnessState | NodeState) -> None:
        write_durably(self._file, sealed(msgspec.json.encode(state)))

    def _metrics(self) -> str:
        status = self._witness.status(now_s())
        return text(families.of_witness(status, self._meter, self._network.closed, self._refusals.all()))

    def _tell(self, told: Told) -> None:
        self._entry.tell(event_of(told, host=self._where.host))

    async def _ordered(self, order: Order) -> tuple[bool, str]:
        match order:
            case CrashOrder():
                self._points.arm(order)
                return True, f"{self._where.host} lies in wait for it"
            case SpareOrder(name):
                self._points.spare(name)
                return True, f"{self._where.host} lies in wait no more"
        return False, f"{self._where.host} is a witness: it has no data node to start, and hands nothing over"


def remembered(file: Path) -> WitnessState | None:
    """None when there is nothing: this witness is new, or has lost its store. Raises DamagedError."""
    if not file.exists():
        return None
    remedy = (
        f"It does not vote. With all other witnesses up, move {file} away and start it again: "
        "it copies from them what it may have said before"
    )
    content = unsealed(file, remedy)
    try:
        return msgspec.json.decode(content, type=WitnessState)
    except msgspec.DecodeError as error:
        raise DamagedError(file, f"{error}", remedy) from error


def main() -> None:
    where = surroundings()
    gc.freeze()
    try:
        asyncio.run(_serve(where))
    except Exception as error:
        end_broken(error)


async def _serve(where: Surroundings) -> None:
    host: WitnessHost | RefusingWitness
    try:
        host = WitnessHost(where)
    except DamagedError as damaged:
        host = RefusingWitness(where, f"{damaged}")
    await host.begin()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    await over.wait()


if __name__ == "__main__":
    main()
