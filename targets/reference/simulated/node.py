"""The data node's process: log, peers, clients, health. Its parent, the agent, hears all that it tells."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.event import Event
from harness.seams import Kernel
from targets.reference.defects import TOKEN_NOT_CHECKED
from targets.reference.driver.limits import WITNESSES_WITHIN_S
from targets.reference.driver.surroundings import ARCHIVE_PORT, PEER_PORT, WITNESS_PORT
from targets.reference.driver.telling import Told, event_at
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
    NodeState,
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
from targets.reference.settings import Settings
from targets.reference.simulated import health, log
from targets.reference.simulated.links import Links
from targets.reference.simulated.moves import Moves
from targets.reference.simulated.runner import Runner, Saw


class NodeProgram:
    """Offers harness.seams.Running. said, claims, rests: into the pipe to the agent."""

    def __init__(
        self,
        kernel: Kernel,
        settings: Settings,
        defects: frozenset[str],
        saw: Saw,
        *,
        said: Callable[[Event], None],
        claims: Callable[[int], None],
        rests: Callable[[Retire], None],
    ) -> None:
        self._kernel, self._settings, self._said, self._rests = kernel, settings, said, rests
        log.take_over(kernel.disk, defects)
        state, records = log.stored(kernel.disk, identity=lambda: f"{kernel.draw.getrandbits(64):016x}")
        node = DataNode(kernel.host, settings, state, records, kernel.draw.getrandbits(48), defects)
        self._log = log.GroupCommit(kernel, durable=self._durable)
        self._runner = Runner(kernel, node, {}, saw)
        believes_all = TOKEN_NOT_CHECKED in defects
        self._links = Links(kernel, self._runner.feed, settings, believes_all=believes_all)
        self._moves = Moves(kernel, settings, serving=lambda: node.serving(kernel.clock_s()), tell=self._tell)
        self._runner.carry(
            {
                Send: self._links.send,
                Answer: self._links.answer,
                HangUp: self._links.hang_up,
                Persist: self._persist,
                Append: lambda effect: self._log.append(effect.records),
                Truncate: self._truncate,
                Claim: lambda effect: claims(effect.epoch),
                Retire: self._retire,
                Redirect: self._moves.take,
                Validate: self._moves.take,
                LetGo: self._moves.let_go,
                **dict.fromkeys((Tell, TellRole, TellRegister, Alert), self._tell),
            }
        )
        health.listen(kernel, serving=lambda: node.serving(kernel.clock_s()))
        self._link()

    def signalled(self, name: str) -> None:
        """What waits is written; nothing is handled any more."""
        self._runner.block()
        self._log.close(self._kernel.exit)

    def _link(self) -> None:
        names = self._settings
        for witness in names.witnesses:
            self._links.link(witness, WITNESS_PORT)
        for node in names.nodes:
            if node != self._kernel.host:
                self._links.link(node, PEER_PORT)
        for node in names.cold:
            if node != self._kernel.host:
                self._links.link(node, ARCHIVE_PORT, name=agent_of(node))
        # Its first act is a ballot, and one that meets nobody costs a whole time-out.
        self._links.reached(
            names.witnesses, at_least=names.majority, within_s=WITNESSES_WITHIN_S, then=self._begin
        )

    def _begin(self) -> None:
        """Nobody is heard before it has begun."""
        self._links.listen(PEER_PORT)
        self._runner.feed(Began())

    def _persist(self, effect: Persist) -> None:
        assert isinstance(effect.state, NodeState)
        self._runner.block()
        self._log.persist(effect.state, self._runner.go_on)

    def _truncate(self, effect: Truncate) -> None:
        self._runner.block()
        self._log.truncate(effect.after_position, self._runner.go_on, aside=effect.aside)

    def _retire(self, effect: Retire) -> None:
        self._runner.block()
        self._log.close(lambda: self._retired(effect))

    def _retired(self, effect: Retire) -> None:
        self._rests(effect)
        self._kernel.exit()

    def _durable(self, last: Place) -> None:
        self._runner.feed(Durable(last.epoch, last.position))

    def _tell(self, told: Told) -> None:
        self._said(event_at(told, host=self._kernel.host, at_s=self._kernel.now_s()))
