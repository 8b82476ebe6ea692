"""The data node's process: log, peers, clients, health. Its parent, the agent, hears all that it tells."""

from __future__ import annotations

import asyncio
import os
import signal

import msgspec

from targets.reference.driver import health
from targets.reference.driver.admission import Admission
from targets.reference.driver.archive import Archive, take_over
from targets.reference.driver.crashpoint import CrashPoints
from targets.reference.driver.limits import WITNESSES_WITHIN_S
from targets.reference.driver.links import Network
from targets.reference.driver.loop import MachineLoop
from targets.reference.driver.refusals import Refusals, Refused
from targets.reference.driver.router import Router
from targets.reference.driver.store import SqliteStore
from targets.reference.driver.surroundings import (
    ARCHIVE_PORT,
    HEALTH_PORT,
    PEER_PORT,
    WITNESS_PORT,
    Surroundings,
    incarnation,
    now_s,
)
from targets.reference.driver.telling import (
    ChildClaims,
    ChildLine,
    ChildRests,
    Told,
    agent_line,
    event_of,
)
from targets.reference.driver.writer import GroupCommit
from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    Append,
    Began,
    Claim,
    Durable,
    HangUp,
    LetGo,
    Persist,
    Redirect,
    Retire,
    Send,
    Tell,
    TellRegister,
    TellRole,
    Truncate,
    Validate,
)
from targets.reference.machines.words.messages import Place
from targets.reference.machines.words.shipped import agent_of
from targets.reference.metrics import families
from targets.reference.metrics.exposition import Histogram, text
from targets.reference.metrics.meter import Meter
from targets.reference.orders import CrashOrder, SpareOrder

# A pipe holds no more, and no line of it is longer than what it takes at once.
_LINES_MAX = 1 << 16


class NodeHost:
    """Runs the data node's machine. pipe: to the agent; ear: from it."""

    def __init__(self, where: Surroundings, pipe: int, ear: int) -> None:
        self._where, self._pipe, self._ear = where, pipe, ear
        self._points = CrashPoints(where.host, told=self._say)
        store = SqliteStore(where.folder, where.defects)
        if where.host in where.settings.cold:
            take_over(store, Archive(where.folder), node=where.host, defects=where.defects)
        self._node = DataNode(
            where.host, where.settings, store.state(), store.records(), incarnation(), where.defects
        )
        self._meter, self._fsync = Meter(), Histogram(families.FSYNC_BOUNDS_S)
        self._log = GroupCommit(store, node=where.host, durable=self._durable, took=self._fsync.observe)
        self._refusals = Refusals(where.host)
        self._network = Network(
            where.host,
            lambda received: self._machine.feed(received),
            Admission(where.settings).admits,
            token=where.token,
            refusals=self._refusals,
            believes_all=where.believes_all,
        )
        self._router = Router(
            where.settings,
            host=where.host,
            serving=lambda: self._node.serving(now_s()),
            tell=self._tell,
        )
        self._machine = MachineLoop(
            self._node,
            {
                Send: self._network.send,
                Answer: self._network.answer,
                HangUp: self._network.hang_up,
                Persist: lambda effect: self._log.persist(effect.state),
                Append: lambda effect: self._log.append(effect.records),
                Truncate: lambda effect: self._log.truncate(
                    effect.after_position, effect.reason, aside=effect.aside
                ),
                Claim: lambda effect: self._say(ChildClaims(effect.epoch)),
                Retire: self._retire,
                Redirect: self._router.redirect,
                Validate: self._router.validate,
                LetGo: self._router.let_go,
                **dict.fromkeys((Tell, TellRole, TellRegister, Alert), self._tell),
            },
            points=self._points,
            saw=self._meter.saw,
        )

    async def begin(self) -> None:
        where = self._where
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        asyncio.get_running_loop().add_reader(self._ear, self._hear)
        settings = where.settings
        await health.listen(
            where.bind,
            HEALTH_PORT,
            serving=lambda: self._node.serving(now_s()),
            refusals=self._refusals,
            metrics=self._metrics,
        )
        for witness in settings.witnesses:
            self._network.link(witness, WITNESS_PORT)
        for node in settings.nodes:
            if node != where.host:
                self._network.link(node, PEER_PORT)
        for node in settings.cold:
            if node != where.host:
                self._network.link(node, ARCHIVE_PORT, name=agent_of(node))
        # Its first act is a ballot, and one that meets nobody costs a whole time-out.
        await self._network.reached(
            settings.witnesses, at_least=settings.majority, within_s=WITNESSES_WITHIN_S
        )
        # Nobody is heard before it has begun.
        await self._network.listen(where.bind, PEER_PORT)
        self._machine.feed(Began())

    def _metrics(self) -> str:
        status = self._node.status(now_s())
        refused = self._refusals.all()
        return text(families.of_node(status, self._meter, self._fsync, self._network.closed, refused))

    def _hear(self) -> None:
        """The agent, by one or more whole lines: what it writes at once comes at once."""
        lines = os.read(self._ear, _LINES_MAX).splitlines()
        if not lines:
            asyncio.get_running_loop().remove_reader(self._ear)
        for line in lines:
            match agent_line(line):
                case CrashOrder() as order:
                    self._points.arm(order)
                case SpareOrder(name):
                    self._points.spare(name)
                case Refused() as refused:
                    self._refusals.heard(refused)

    def _durable(self, last: Place) -> None:
        self._machine.feed(Durable(last.epoch, last.position))

    def _tell(self, told: Told) -> None:
        self._say(event_of(told, host=self._where.host))

    def _say(self, line: ChildLine) -> None:
        """In the pipe when this returns, so the agent hears it whatever becomes of this process."""
        rest = msgspec.json.encode(line) + b"\n"
        while rest:
            rest = rest[os.write(self._pipe, rest) :]

    def _retire(self, effect: Retire) -> None:
        """Whoever hears of it finds the log whole on disk, and its lock free."""
        self._log.close()
        self._say(ChildRests(effect.epoch, effect.identity, effect.last))
        asyncio.get_running_loop().stop()

    def _terminated(self) -> None:
        self._log.close()
        asyncio.get_running_loop().stop()
