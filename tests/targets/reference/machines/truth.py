"""The invariants of the protocol, checked after every event by one who sees everything. Moves nothing.

It looks into machines, disks and the witnesses' stores, which no part of a cluster can. `violations` stays
empty, or says what was broken when.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from targets.reference.machines.grammar import (
    Answer,
    Append,
    Effect,
    Effects,
    Event,
    Received,
    Send,
    Tell,
    Truncate,
    WitnessState,
)
from targets.reference.machines.lease import Reign
from targets.reference.machines.messages import (
    Accepted,
    Ballot,
    Granted,
    HandBack,
    Place,
    Record,
    Register,
    Reply,
    Vote,
    Write,
)
from targets.reference.machines.node import DataNode
from targets.reference.machines.primary import Primary
from targets.reference.machines.witness import Witness
from tests.targets.reference.machines.cluster import Cluster
from tests.targets.reference.machines.process import Process


class Truth:
    """Of one run. lost: in async mode, what a failover cost (found when, acknowledged when, the record)."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._sync = cluster.settings.replication == "sync"
        self.violations: list[str] = []
        self.lost: list[tuple[float, float, Record]] = []
        self.register = Register()
        self.takeovers = 0  # epochs in which another node took over
        self.asked_s = 0.0  # when the newest acknowledged write was asked for
        self._accepted: dict[Ballot, set[str]] = {}
        self._chosen: dict[Ballot, Register] = {}
        self._fenced: set[Reign] = set()  # in any register that was ever chosen
        self._grants: dict[str, dict[Reign, float]] = {w: {} for w in cluster.settings.witnesses}
        self._voted: dict[Reign, set[str]] = {}
        self._records: dict[Place, Record] = {}
        self._shown: list[tuple[Record, float]] = []  # the acknowledged log, with the time
        self._upto: dict[Reign, int] = {}
        self._positions: dict[str, int] = {}  # position of each acknowledged value
        self._floor: dict[int, int] = {}  # how much was acknowledged when a request was made
        cluster.saw, cluster.before = self.saw, self.before

    def lost_store(self) -> bool:
        """The store that alone may reign is gone: a person is called, and nobody guesses."""
        stores = {(node, disk.state.identity) for node, disk in self._cluster.disks.items()}
        eligible = [m for m in self.register.eligible if m.node == self.register.primary]
        return any((member.node, member.identity) not in stores for member in eligible)

    def called(self, request: int) -> None:
        self._floor[request] = len(self._shown)

    # --- after a machine has handled an event -------------------------------------------------------

    def saw(self, process: Process, event: Event, effects: Effects) -> None:
        machine = process.machine
        if isinstance(machine, Witness):
            self._witness(process, event, effects)
        elif isinstance(machine, DataNode):
            self._node(process, machine, effects)

    def _witness(self, process: Process, event: Event, effects: Effects) -> None:
        if isinstance(event, Received) and isinstance(event.message, HandBack):
            self._grants[process.host].pop((event.message.epoch, event.message.node), None)
            self._check_leases()
        for effect in effects:
            match effect:
                case Answer(_, Granted(epoch, node)):
                    self._granted(process, (epoch, node))
                case Send(_, Vote(epoch, node)):
                    self._voted.setdefault((epoch, node), set()).add(process.host)
                case Tell("decided", epoch, node):
                    voters = self._voted.get((epoch, node), set())
                    enough = len(voters) >= self._cluster.settings.majority
                    self._must(enough, f"{process.host} ousts {(epoch, node)}, but only {voters} voted")

    def _granted(self, process: Process, reign: Reign) -> None:
        now_s = self._now_s
        # A newer epoch of a node replaces its own older grant.
        grants = {r: until_s for r, until_s in self._grants[process.host].items() if r[1] != reign[1]}
        held = [r for r, until_s in grants.items() if until_s > now_s and r not in self._fenced]
        self._must(not held, f"{process.host} grants {reign} beside {held}")
        clock = process.clock
        grants[reign] = clock.true(clock.at(now_s) + self._cluster.settings.granted_lease_s)
        self._grants[process.host] = grants

    def _node(self, process: Process, machine: DataNode, effects: Effects) -> None:
        self._one_server(process, machine)
        self._check_lease(process, machine)
        role = machine._role
        if isinstance(role, Primary):
            reign = (role.epoch, process.host)
            known = any((r.epoch, r.primary) == reign for r in self._chosen.values())
            self._must(known, f"{process.host} reigns in {role.epoch}, which nothing has chosen")
            self._acknowledged(process, machine, role)
        for effect in effects:
            match effect:
                case Append(records):
                    self._appended(process, machine, records)
                case Answer(_, Reply(outcome="ok") as reply):
                    self._answered(process, machine, reply)

    def _one_server(self, process: Process, machine: DataNode) -> None:
        serving = [host for host, node in self._nodes() if node.serving(self._own_s(host))]
        self._must(len(serving) < 2, f"{' and '.join(serving)} can decide at once")

    def _check_leases(self) -> None:
        for host, node in self._nodes():
            self._check_lease(self._cluster.running[host], node)

    def _check_lease(self, process: Process, machine: DataNode) -> None:
        """Not only now: it must end for the holder before it ends at a majority."""
        role = machine._role
        if not isinstance(role, Primary):
            return
        until_s = process.clock.true(machine._own.lease.until_s(role.epoch))
        if until_s <= self._now_s:
            return
        reign = (role.epoch, process.host)
        granted = sum(grants.get(reign, 0.0) >= until_s for grants in self._grants.values())
        self._must(
            granted >= self._cluster.settings.majority, f"{reign} holds a lease that only {granted} gave"
        )

    # --- records ------------------------------------------------------------------------------------

    def _appended(self, process: Process, machine: DataNode, records: tuple[Record, ...]) -> None:
        role, sealed = machine._role, machine._own.sealed
        epoch = role.epoch if isinstance(role, Primary) else role.register.epoch if role else 0
        self._must(epoch >= sealed, f"{process.host}, sealed at {sealed}, takes a stream of {epoch}")
        for record in records:
            place = Place(record.epoch, record.position)
            same = self._records.setdefault(place, record) == record
            self._must(same, f"{place} is the name of two records")

    def _acknowledged(self, process: Process, machine: DataNode, role: Primary) -> None:
        upto, reign = role._replication.acknowledged, (role.epoch, process.host)
        if self._upto.get(reign) == upto:
            return
        self._upto[reign] = upto
        shown, log = self._shown, machine._own.log
        if shown and not log.holds(_place(shown[-1][0])):
            self._must(not self._sync, f"{reign} acknowledges without {shown[-1][0]}")
            self._lose(machine)
        new = log.after(len(shown), at_most=max(0, upto - len(shown)))
        for record in new:
            self._positions[record.value] = record.position
        shown += [(record, self._now_s) for record in new]
        if self._sync:
            self._all_hold(self.register, "acknowledged")

    def _lose(self, machine: DataNode) -> None:
        kept = next(n for n in range(len(self._shown), -1, -1) if not n or self._holds(machine, n))
        for record, at_s in self._shown[kept:]:
            self.lost.append((self._now_s, at_s, record))
            self._positions.pop(record.value, None)
        del self._shown[kept:]

    def _holds(self, machine: DataNode, count: int) -> bool:
        return machine._own.log.holds(_place(self._shown[count - 1][0]))

    def _all_hold(self, register: Register, when: str) -> None:
        """Every eligible store holds durably all that was ever acknowledged or shown."""
        if not self._shown:
            return
        last = self._shown[-1][0]
        for member in register.eligible:
            disk = self._cluster.disks[member.node]
            if disk.state.identity == member.identity:  # else that store is lost
                held = disk.records[last.position - 1 : last.position] == [last]
                self._must(held, f"{when} with {register}: {member.node} lacks {last}")

    def _answered(self, process: Process, machine: DataNode, reply: Reply) -> None:
        """A read shows what was acknowledged, and nothing older than what was when it was asked for."""
        self._must(machine.serving(self._own_s(process.host)), f"{process.host} answers without serving")
        call = self._cluster.calls[reply.request]
        key, role = call.ask.key, machine._role
        assert isinstance(role, Primary)
        upto = role._replication.acknowledged
        if self._sync or not self.lost:
            floor = self._floor.get(reply.request, 0)
            self._must(
                upto >= floor, f"{process.host} answers {call.ask} at {upto}, {floor} was acknowledged"
            )
        if isinstance(call.ask, Write):
            self.asked_s = max(self.asked_s, call.at_s)
            self._must(call.ask.value in self._positions, f"{process.host} tells {call.ask} too early")
        else:
            shown = next((r.value for r, _ in reversed(self._shown[:upto]) if r.key == key), "")
            self._must(
                reply.value == shown, f"{process.host} answers {call.ask} with {reply.value}, not {shown}"
            )

    # --- before an effect is carried out --------------------------------------------------------------

    def before(self, process: Process, effect: Effect) -> None:
        if isinstance(effect, Answer) and isinstance(effect.message, Accepted):
            state = self._cluster.stores[process.host]
            assert state is not None
            self._accepted_at(process.host, state)
        elif isinstance(effect, Truncate) and self._sync and isinstance(process.machine, DataNode):
            member = process.machine._own.member
            dropped = self._cluster.disks[process.host].records[effect.after_position :]
            known = {record for record, _ in self._shown} & {*dropped}
            kept = member not in self.register.eligible or not known
            self._must(kept, f"{process.host} is eligible and drops {known}")
        elif isinstance(effect, Append) and effect.records:
            records = self._cluster.disks[process.host].records
            newer = records and records[-1].epoch > effect.records[-1].epoch
            self._must(not newer, f"{process.host} takes a record older than its last")

    # --- the register -----------------------------------------------------------------------------

    def _accepted_at(self, witness: str, state: WitnessState) -> None:
        voters = self._accepted.setdefault(state.accepted, set())
        voters.add(witness)
        if len(voters) >= self._cluster.settings.majority and state.accepted not in self._chosen:
            self._choose(state.accepted, state.value)

    def _choose(self, ballot: Ballot, value: Register) -> None:
        self._chosen[ballot] = value
        chain = [self._chosen[b] for b in sorted(self._chosen)]
        for old, new in pairwise(chain):
            grows = new.epoch > old.epoch or (new.epoch, new.primary) == (old.epoch, old.primary)
            self._must(grows, f"the register goes from {old} to {new}")
        for reign in value.fenced:
            self._must_have_ended(reign)
        before, self.register = self.register, chain[-1]
        if self.register.primary != before.primary and before.epoch:
            self._took_over(ballot, before)
        if self._sync:
            self._all_hold(self.register, "chosen")

    def _must_have_ended(self, reign: Reign) -> None:
        self._fenced.add(reign)
        machine = self._cluster.running[reign[1]].machine if reign[1] in self._cluster.running else None
        role = machine._role if isinstance(machine, DataNode) else None
        lives = isinstance(role, Primary) and role.epoch == reign[0]
        self._must(not lives, f"{reign} is named as fenced, and lives")

    def _took_over(self, ballot: Ballot, before: Register) -> None:
        self.takeovers += 1
        new = next(m for m in self.register.eligible if m.node == self.register.primary)
        self._must(new in before.eligible, f"{new} was not eligible in {before}")
        for host, node in self._nodes():
            leased = node._own.lease.valid(self._own_s(host), before.epoch)
            if host == before.primary and ballot[1] != host:
                self._must(
                    not leased, f"{self.register} is chosen while {host} has its lease of {before.epoch}"
                )

    # --- all of it --------------------------------------------------------------------------------

    @property
    def _now_s(self) -> float:
        return self._cluster.now_s

    def _own_s(self, host: str) -> float:
        return self._cluster.clocks[host].at(self._now_s)

    def _nodes(self) -> Iterator[tuple[str, DataNode]]:
        for host, process in self._cluster.running.items():
            if isinstance(process.machine, DataNode):
                yield host, process.machine

    def _must(self, holds: bool, otherwise: str) -> None:
        if not holds and len(self.violations) < 20:
            self.violations.append(f"{self._now_s:.4f} {otherwise}")


def _place(record: Record) -> Place:
    return Place(record.epoch, record.position)
