"""What every role of a data node shares: its name, its store's state, its log, its way to the register."""

from __future__ import annotations

from collections.abc import Sequence

from targets.reference.defects import LOST_STORE_SAME_NAME, POSITIONS_WITHOUT_EPOCHS, TAIL_THROWN_AWAY
from targets.reference.machines.data_node.log import Log
from targets.reference.machines.lease import HeldLease
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.words.grammar import Append, Effects, NodeState, Persist, Truncate
from targets.reference.machines.words.messages import Member, Place, Record, Register
from targets.reference.machines.words.operating import Tail
from targets.reference.settings import Settings

# So many tails are remembered for who asks; all of them are on disk.
TAILS_MAX = 10


class Table:
    """What the acknowledged records say, by key. Never ahead of what may be shown."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._upto = 0

    @property
    def upto(self) -> int:
        return self._upto

    def value(self, key: str) -> str:
        return self._values.get(key, "")

    def apply(self, log: Log, position: int) -> None:
        if position <= self._upto:
            return
        for record in log.after(self._upto, at_most=position - self._upto):
            self._values[record.key] = record.value
        self._upto = position

    def cut(self, after_position: int) -> None:
        """What was applied and is no more can only be undone by beginning anew."""
        if after_position < self._upto:
            self._values, self._upto = {}, 0


class Own:
    """sealed: no stream of an older epoch is taken. durable: the last place that the disk holds."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        state: NodeState,
        records: Sequence[Record],
        incarnation: int,
        defects: frozenset[str],
    ) -> None:
        self.name, self.settings, self.defects = name, settings, defects
        self._identity = state.identity
        self.member = Member(name, "" if LOST_STORE_SAME_NAME in defects else state.identity)
        self.log = Log(records, by_position=POSITIONS_WITHOUT_EPOCHS in defects)
        self.table = Table()
        # A log that holds a record of an epoch never takes one of an older epoch any more.
        self.sealed = max(state.sealed, self.log.last.epoch)
        self.durable: Place = self.log.last
        self.registrar = Registrar(name, incarnation, settings, defects)
        self.lease = HeldLease(settings, defects)
        self.register = Register()
        self.tails: list[Tail] = []
        self.retired = False  # a cold standby that goes down

    def seal(self, epoch: int) -> Effects:
        """Durable before anything that follows; nothing when it is sealed as high already."""
        if epoch <= self.sealed:
            return []
        self.sealed = epoch
        return [Persist(NodeState(identity=self._identity, sealed=epoch))]

    def append(self, records: tuple[Record, ...]) -> Effects:
        self.log.append(records)
        return [Append(records)]

    def truncate(self, after_position: int, reason: str) -> Effects:
        tail = Tail(self.log.place(after_position + 1), self.log.last, reason)
        self.tails = [*self.tails, tail][-TAILS_MAX:]
        self.log.truncate(after_position)
        self.table.cut(after_position)
        self.durable = min(self.durable, self.log.last, key=lambda place: place.position)
        return [Truncate(after_position, reason, aside=TAIL_THROWN_AWAY not in self.defects)]

    def wrote(self, place: Place) -> None:
        """The disk holds the log up to there; a word about records that were dropped since is void."""
        if self.log.holds(place) and place.position > self.durable.position:
            self.durable = place
