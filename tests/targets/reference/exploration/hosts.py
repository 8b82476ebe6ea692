"""A host as a value: machine, timers, disk. What it does with an event is worked out once, then looked up."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    Answer,
    Append,
    AskPower,
    Claim,
    Effect,
    Event,
    NodeState,
    Persist,
    PowerAnswered,
    Received,
    Send,
    SetTimer,
    StopTimer,
    Truncate,
    WitnessState,
)
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    Accepted,
    BallotRefused,
    Message,
    Promised,
    Read,
    Record,
    Register,
    Reply,
)
from targets.reference.settings import Settings
from tests.targets.reference.exploration.interning import Interned
from tests.targets.reference.exploration.machines import Machines

DEAD = -1
CLIENT, KEY = "client", "k"
DEVICE = "device"
Word = Message | AskPower | PowerAnswered
Sent = tuple[tuple[str, Word], ...]
Log = tuple[Record, ...]


class Disk(NamedTuple):
    state: NodeState | WitnessState
    records: Log = ()


class Host(NamedTuple):
    """machine: its number, or DEAD. claimed: the epoch that its agent knows of."""

    machine: int
    disk: Disk
    timers: tuple[tuple[str, float], ...] = ()
    unsynced: Log = ()
    claimed: int = 0
    starts: int = 1


class Hosts:
    """By number, as all that they do is asked for by number.

    first_s: when the first timer of each fires. syncs: its disk is at work. is_dead: nobody is there.
    """

    def __init__(self, settings: Settings, defects: frozenset[str]) -> None:
        self._settings, self._defects = settings, defects
        self._machines = Machines()
        self._hosts: Interned[Host] = Interned()
        self.first_s: list[float] = []
        self.syncs: list[bool] = []
        self.is_dead: list[bool] = []
        self._handled: dict[tuple[int, float, Event], tuple[int, Sent, Log]] = {}
        self._serving: dict[tuple[int, float], bool] = {}
        self._shown: dict[tuple[int, float], str | None] = {}
        self._logs: dict[int, Log] = {}
        self._written: dict[int, frozenset[Record]] = {}
        self._epochs: dict[int, int] = {}

    def __getitem__(self, number: int) -> Host:
        return self._hosts[number]

    @property
    def worked_out(self) -> tuple[int, int]:
        """(hosts, steps of one host) that differ."""
        return len(self._hosts), len(self._handled)

    def _number(self, host: Host) -> int:
        number = self._hosts.number(host)
        if number == len(self.first_s):
            self.first_s.append(min((due_s for _, due_s in host.timers), default=float("inf")))
            self.syncs.append(bool(host.unsynced))
            self.is_dead.append(host.machine == DEAD)
        return number

    # --- life and death -----------------------------------------------------------------------------

    def new(self, name: str) -> int:
        """On an empty disk."""
        if name in self._settings.nodes:
            return self._begun(name, Disk(NodeState(identity=f"{name}'s", sealed=0)), 1)
        nothing = WitnessState(promised=NO_BALLOT, accepted=NO_BALLOT, value=Register())
        return self._begun(name, Disk(nothing), 1)

    def started(self, number: int, name: str) -> int:
        host = self._hosts[number]
        return self._begun(name, host.disk, host.starts + 1)

    def dead(self, number: int, *, keeps: bool) -> int:
        """keeps: what the disk was at is done."""
        host = self._hosts[number]
        return self._number(Host(DEAD, _grown(host) if keeps else host.disk, starts=host.starts))

    def _begun(self, name: str, disk: Disk, starts: int) -> int:
        machine: DataNode | Witness
        if isinstance(disk.state, NodeState):
            machine = DataNode(name, self._settings, disk.state, disk.records, starts, self._defects)
        else:
            machine = Witness(name, self._settings, disk.state, starts, self._defects)
        return self._number(Host(self._machines.number(machine), disk, starts=starts))

    # --- disk and timers ----------------------------------------------------------------------------

    def synced(self, number: int) -> int:
        host = self._hosts[number]
        return self._number(host._replace(disk=_grown(host), unsynced=()))

    def due(self, number: int, at_s: float) -> list[str]:
        return [timer for timer, due_s in self._hosts[number].timers if due_s == at_s]

    def without(self, number: int, timer: str) -> int:
        return self._number(_stopped(self._hosts[number], timer))

    # --- events -------------------------------------------------------------------------------------

    def handle(self, number: int, name: str, now_s: float, event: Event) -> tuple[int, Sent, Log]:
        """The host after it, what it sent to whom, and what it has acknowledged if it reigns."""
        key = (number, now_s, event)
        done = self._handled.get(key)
        if done is None:
            host = self._hosts[number]
            sent: list[tuple[str, Word]] = []
            if host.machine != DEAD:
                host = self._handle(host, name, now_s, event, sent)
            after = self._number(host)
            done = self._handled[key] = (after, tuple(sent), self.acknowledged(after))
        return done

    def _handle(
        self, host: Host, name: str, now_s: float, event: Event, sent: list[tuple[str, Word]]
    ) -> Host:
        """What it says to itself it hears at once."""
        machine, effects = self._machines.handle(host.machine, now_s, event)
        host = host._replace(machine=machine)
        heard: list[Message] = []
        for effect in effects:
            match effect:
                case Send(to, message) | Answer(to, message):
                    if to == name:
                        heard.append(message)
                    else:
                        sent.append((to, message))
                case AskPower():
                    sent.append((DEVICE, effect))
                case _:
                    host = _carried_out(host, effect)
        for message in heard:
            host = self._handle(host, name, now_s, Received(name, message, name), sent)
        return host

    def is_spent(self, number: int, name: str, now_s: float, source: str, word: Word) -> bool:
        """An answer to a ballot that is over: it changes nothing now, nor ever again, as no number is used
        twice. Others may change nothing now, and something later.
        """
        if not isinstance(word, Promised | Accepted | BallotRefused):
            return False
        after, sent, _ = self.handle(number, name, now_s, Received(source, word, source))
        return after == number and not sent

    # --- looks --------------------------------------------------------------------------------------

    def serving(self, number: int, now_s: float) -> bool:
        key = (number, now_s)
        if key not in self._serving:
            machine = self._machine(number)
            self._serving[key] = isinstance(machine, DataNode) and machine.serving(now_s)
        return self._serving[key]

    def shows(self, number: int, name: str, now_s: float) -> str | None:
        """What a read of the one key is answered with now; None: not at all."""
        key = (number, now_s)
        if key not in self._shown:
            read = Received(CLIENT, Read(0, KEY), CLIENT)
            _, sent, _ = self.handle(number, name, now_s, read)
            values = [
                m.value for to, m in sent if to == CLIENT and isinstance(m, Reply) and m.outcome == "ok"
            ]
            self._shown[key] = values[0] if values else None
        return self._shown[key]

    def acknowledged(self, number: int) -> Log:
        """By the one that reigns; nothing by others."""
        if number not in self._logs:
            machine = self._machine(number)
            role = machine.role if isinstance(machine, DataNode) else None
            upto = role.counting.acknowledged if isinstance(role, Primary) else 0
            self._logs[number] = tuple(machine.own.log.upto(upto)) if upto else ()
        return self._logs[number]

    def written(self, number: int) -> frozenset[Record]:
        """All records of its log, in memory too."""
        if number not in self._written:
            host, machine = self._hosts[number], self._machine(number)
            is_node = isinstance(machine, DataNode)
            records = machine.own.log.upto(machine.own.log.last.position) if is_node else host.disk.records
            self._written[number] = frozenset(records)
        return self._written[number]

    def says(self, number: int) -> Hashable:
        """All of it, in words that do not depend on what was met before."""
        host = self._hosts[number]
        return host._replace(machine=DEAD), None if host.machine == DEAD else self._machines.says(
            host.machine
        )

    def epoch(self, number: int) -> int:
        if number not in self._epochs:
            machine = self._machine(number)
            self._epochs[number] = machine.own.register.epoch if isinstance(machine, DataNode) else 0
        return self._epochs[number]

    def _machine(self, number: int) -> Any:
        machine = self._hosts[number].machine
        return None if machine == DEAD else self._machines[machine]


def _carried_out(host: Host, effect: Effect) -> Host:
    match effect:
        case SetTimer(timer, at_s):
            others = _stopped(host, timer).timers
            return host._replace(timers=tuple(sorted((*others, (timer, at_s)))))
        case StopTimer(timer):
            return _stopped(host, timer)
        case Append(records):
            return host._replace(unsynced=host.unsynced + records)
        case Persist(state):
            return host._replace(disk=_grown(host)._replace(state=state), unsynced=())
        case Truncate(after_position):
            kept = _grown(host).records[:after_position]
            return host._replace(disk=host.disk._replace(records=kept), unsynced=())
        case Claim(epoch):
            return host._replace(claimed=epoch)
        case _:
            return host


def _stopped(host: Host, timer: str) -> Host:
    return host._replace(timers=tuple(item for item in host.timers if item[0] != timer))


def _grown(host: Host) -> Disk:
    return host.disk._replace(records=host.disk.records + host.unsynced)
