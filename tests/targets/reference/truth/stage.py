"""Machines put by hand into states that a sound protocol never reaches, for one who must see that."""

from __future__ import annotations

from collections.abc import Sequence

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.lease import Reign
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import Answer, Began, Effects, NodeState, Received, WitnessState
from targets.reference.machines.words.messages import (
    Accept,
    Accepted,
    Member,
    Message,
    Record,
    Register,
)
from targets.reference.settings import Settings
from targets.reference.truth.findings import Violation
from targets.reference.truth.model import Truth

ELIGIBLE = (Member("n1", "n1.0"), Member("n2", "n2.0"))


class Chair:
    """A seat whose clock is the true one. Offers targets.reference.truth.findings.Seat."""

    def __init__(self, stage: Stage, host: str) -> None:
        self._stage, self.host, self.alive = stage, host, True

    def now_s(self) -> float:
        return self._stage.now_s

    def clock_s(self) -> float:
        return self._stage.now_s

    def when_s(self, clock_s: float) -> float:
        return clock_s


def records(epoch: int, *values: str, after: int = 0) -> tuple[Record, ...]:
    return tuple(Record(epoch, after + n, "k" if value else "", value) for n, value in enumerate(values, 1))


class Stage:
    """Disks by node, as (identity, records); nobody is primary yet."""

    def __init__(self, settings: Settings | None = None, **disks: Sequence[Record]) -> None:
        self.settings, self.now_s = settings or Settings(), 0.0
        self.disks = {node: list(disks.get(node, ())) for node in self.settings.nodes}
        self.tails: dict[str, list[list[Record]]] = {node: [] for node in self.settings.nodes}
        self.identities = {node: f"{node}.0" for node in self.settings.nodes}
        self.told: list[Violation] = []
        self.truth = Truth(self.settings, self._stored, lambda node: self.tails[node], self.told.append)
        self._ballots = 0

    def _stored(self, node: str) -> tuple[NodeState, Sequence[Record]]:
        return NodeState(identity=self.identities[node], sealed=0), self.disks[node]

    @property
    def broken(self) -> list[str]:
        return [violation.invariant for violation in self.told]

    # --- the register -----------------------------------------------------------------------------

    def chosen(
        self,
        epoch: int,
        primary: str,
        *eligible: Member,
        by: str = "w1",
        fenced: tuple[Reign, ...] = (),
        why: str = "",
    ) -> None:
        """A majority accepts it, in a ballot above all before. why: of maintenance."""
        self._ballots += 1
        value = Register(epoch, primary, eligible or ELIGIBLE, fenced, why)
        for witness in ("w1", "w2"):
            self.accepted(witness, (self._ballots, by, 1), value)

    def accepted(self, witness: str, ballot: tuple[int, str, int], value: Register) -> None:
        """Answered, and durable."""
        self.witness(witness, Accept(ballot, value), [Answer("c1", Accepted(ballot))])
        self.stored(witness, ballot, value)

    def stored(self, witness: str, ballot: tuple[int, str, int], value: Register) -> None:
        self.truth.stored(Chair(self, witness), WitnessState(promised=ballot, accepted=ballot, value=value))

    def witness(self, host: str, message: Message, effects: Effects) -> None:
        machine = Witness(host, self.settings, None, 1)
        self.truth.handled(Chair(self, host), machine, Received("n1", message, "c1"), effects)

    # --- data nodes -------------------------------------------------------------------------------

    def node(self, host: str) -> tuple[Chair, DataNode]:
        """With the log that its disk holds."""
        state = NodeState(identity=self.identities[host], sealed=0)
        return Chair(self, host), DataNode(host, self.settings, state, self.disks[host], 1)

    def primary(self, host: str, epoch: int, *, leased: bool = True) -> tuple[Chair, DataNode]:
        """It serves, if it is leased: a majority has granted it at this moment."""
        seat, node = self.node(host)
        node.role = role = Primary(node.own, Register(epoch, host, ELIGIBLE))
        role._tenure.is_open = True
        for witness in ("w1", "w2") if leased else ():
            node.own.lease.granted(witness, epoch, self.now_s)
        return seat, node

    def acknowledge(self, actor: tuple[Chair, DataNode], upto: int) -> None:
        role = actor[1].role
        assert isinstance(role, Primary)
        role._replication.counting.acknowledged = upto
        self.turn(actor)

    def turn(self, actor: tuple[Chair, DataNode], message: Message | None = None, *effects: object) -> None:
        """The node has handled this, and these effects follow."""
        event = Began() if message is None else Received("client", message, "c9")
        self.truth.handled(*actor, event, list(effects))  # type: ignore[arg-type]
