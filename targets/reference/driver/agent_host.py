"""The agent's process: parent of the one that acknowledges. Reads no user data; a cold standby's it keeps."""

from __future__ import annotations

import asyncio
import signal

from harness.model.event import Event, MomentCame
from targets.reference import client
from targets.reference.driver.admission import Admission
from targets.reference.driver.archive import Archive
from targets.reference.driver.child import Child
from targets.reference.driver.crashpoint import CrashPoints
from targets.reference.driver.entry import Entry
from targets.reference.driver.limits import CHILD_END_LIMIT_S, HAND_BACK_S, SWITCHOVER_LIMIT_S
from targets.reference.driver.links import Network
from targets.reference.driver.loop import MachineLoop
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.rest import Rest
from targets.reference.driver.surroundings import (
    ARCHIVE_PORT,
    ENTRY_PORT,
    PEER_PORT,
    WITNESS_PORT,
    Surroundings,
)
from targets.reference.driver.telling import ChildClaims, ChildLine, ChildRests, Told, event_of
from targets.reference.machines.agent import Agent
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Alert,
    Answer,
    Began,
    Keep,
    Send,
    StartChild,
    Tell,
    TellRegister,
    TellRole,
)
from targets.reference.orders import CrashOrder, Order, SpareOrder, StartOrder

_REFUSALS_EACH_S = 1.0


class AgentHost:
    """Runs the agent's machine and its child; ends only after the child."""

    def __init__(self, where: Surroundings) -> None:
        self._where = where
        self._refusals = Refusals(where.host)
        self._entry = Entry(
            where.host,
            ordered=self._ordered,
            token=where.token,
            refusals=self._refusals,
            webhook=where.settings.webhook,
        )
        self._archive = Archive(where.folder)
        self._child = Child(said=self._said, stopped=self._stopped, ended=self._ended)
        self._points = CrashPoints(where.host, told=self._entry.tell)
        self._child_is_over = asyncio.Event()
        self._rest = Rest(where.bind, self._refusals, kept=lambda: self._agent.kept)
        self._ending: asyncio.Task[None] | None = None
        self._network = Network(
            where.host,
            lambda received: self._machine.feed(received),
            Admission(where.settings).admits,
            token=where.token,
            refusals=self._refusals,
            believes_all=where.believes_all,
        )
        self._agent = Agent(where.host, where.settings, where.defects)
        self._machine = MachineLoop(
            self._agent,
            {
                Send: self._network.send,
                Answer: self._network.answer,
                StartChild: self._start,
                Keep: lambda effect: self._archive.keep(effect.records),
                **dict.fromkeys((Tell, TellRole, TellRegister, Alert), self._tell),
            },
            points=self._points,
        )

    async def begin(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, lambda: self._machine.feed(AgentSaw("start")))
        loop.add_signal_handler(signal.SIGCHLD, self._child.look)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._terminated)
        await self._entry.listen(self._where.bind, ENTRY_PORT)
        for witness in self._where.settings.witnesses:
            self._network.link(witness, WITNESS_PORT)
        if self._where.host in self._where.settings.cold:
            await self._network.listen(self._where.bind, ARCHIVE_PORT)
        self._tell_refusals(())
        self._machine.feed(Began())

    def _tell_refusals(self, before: object) -> None:
        """Now and then, to who tells this host's metrics."""
        told = self._refusals.told()
        if told != before:
            self._child.tell(told)
        asyncio.get_running_loop().call_later(_REFUSALS_EACH_S, self._tell_refusals, told)

    def _start(self, effect: StartChild) -> None:
        self._child_is_over.clear()
        self._rest.end()
        self._child.start()

    def _said(self, line: ChildLine) -> None:
        if isinstance(line, ChildClaims):
            self._machine.feed(AgentSaw("child claims", line.epoch))
            return
        if isinstance(line, ChildRests):
            self._machine.feed(AgentSaw("child rests", line.epoch, line.identity, line.last))
            return
        if isinstance(line, MomentCame):
            self._spare(SpareOrder(line.moment_id))
        self._entry.tell(line)

    def _stopped(self) -> None:
        self._machine.feed(AgentSaw("child stopped"))

    def _ended(self, how: str) -> None:
        print(f"the data node {how}", flush=True)
        self._child_is_over.set()
        self._machine.feed(AgentSaw("child ended"))

    def _tell(self, told: Told) -> None:
        event: Event = event_of(told, host=self._where.host)
        self._entry.tell(event)
        if isinstance(told, TellRole) and told.role == "cold":
            self._rest.begin()

    async def _ordered(self, order: Order) -> tuple[bool, str]:
        """Over the child's own port, like any operator: the agent decides nothing."""
        host = self._where.host
        match order:
            case StartOrder():
                self._machine.feed(AgentSaw("start"))
                return True, f"{host}'s data node is started, where it did not run"
            case CrashOrder():
                self._points.arm(order)
                self._child.order(order)
                return True, f"{host} and its data node lie in wait for it"
            case SpareOrder():
                self._spare(order)
                return True, f"{host} lies in wait no more"
        async with asyncio.timeout(SWITCHOVER_LIMIT_S):
            connection = await client.connect_to(self._where.own_address, PEER_PORT, token=self._orders_with)
            try:
                answer = await connection.switch_over(order.to)
            finally:
                connection.close()
        return answer.ok, answer.detail

    @property
    def _orders_with(self) -> str:
        where = self._where
        return where.token if where.settings.operator_token == "right" else f"not {where.token}"

    def _spare(self, order: SpareOrder) -> None:
        self._points.spare(order.name)
        self._child.order(order)

    def _terminated(self) -> None:
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())

    async def _end(self) -> None:
        """The child first, so that the lease can be handed back; then this process."""
        if self._child.runs:
            self._child.signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(CHILD_END_LIMIT_S):
                    await self._child_is_over.wait()
            except TimeoutError:
                self._child.signal(signal.SIGKILL)
                await self._child_is_over.wait()
            await asyncio.sleep(HAND_BACK_S)
        asyncio.get_running_loop().stop()
