"""The hosts' answers -> what is known of the cluster, and how surely. Pure.

The register is certain where a majority of the witnesses has accepted the same ballot: then it was chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from targets.reference.machines.words.messages import Place, Register, StatusAnswer
from targets.reference.machines.words.operating import NodeStatus, StandbyStatus, WitnessStatus
from targets.reference.settings import Settings

REIGNS = ("primary", "fenced")
# An agent answers each shipment; one that has been silent for longer may be gone.
REST_HEARD_S = 5.0
DOWN = "nothing listens there: its process is down"


class NoAnswer(Struct, frozen=True):
    """why: for people. sent: the question may have arrived."""

    why: str
    sent: bool


class View(Struct, frozen=True, kw_only=True):
    """nodes, witnesses: by name, None for who did not answer; silent says why.

    register: the newest that was seen; certain: it is in force, as far as a majority's answers can tell.
    cold: by the settings.
    """

    nodes: dict[str, NodeStatus | None]
    witnesses: dict[str, WitnessStatus | None]
    silent: dict[str, str]
    register: Register
    certain: bool
    majority: int
    cold: tuple[str, ...] = ()

    @property
    def reachable(self) -> tuple[str, ...]:
        """Witnesses that answer and have a store, in the order of the settings."""
        return tuple(name for name, told in self.witnesses.items() if told is not None and told.has_store)

    @property
    def has_majority(self) -> bool:
        return len(self.reachable) >= self.majority

    @property
    def serving(self) -> NodeStatus | None:
        """The node that serves in the newest epoch, by its own word; it has a lease, so no other one does."""
        claim = [told for told in self.nodes.values() if told is not None and told.role == "primary"]
        leased = [told for told in claim if told.lease_s > 0]
        return max(leased, key=lambda told: told.epoch, default=None)

    @property
    def reigning(self) -> NodeStatus | None:
        """Who calls itself primary in the newest epoch, with a lease or without."""
        claim = [told for told in self.nodes.values() if told is not None and told.role in REIGNS]
        return max(claim, key=lambda told: told.epoch, default=None)

    @property
    def maintenance(self) -> str:
        return self.register.maintenance

    def standby(self, node: str) -> StandbyStatus | None:
        """As its primary sees it."""
        primary = self.reigning
        return next((one for one in primary.standbys if one.node == node), None) if primary else None

    def at_rest(self, node: str) -> StandbyStatus | None:
        """A cold standby that does not run on purpose, and whose agent was heard lately."""
        seen = self.standby(node) if self.nodes.get(node) is None else None
        return seen if seen and seen.at_rest and seen.heard_ago_s <= REST_HEARD_S else None

    def may_rest(self, node: str) -> bool:
        """A cold one does not answer, and nobody serves who could tell whether its agent is there."""
        return node in self.cold and self.silent.get(node) == DOWN and self.serving is None

    def eligible(self, node: str) -> bool:
        return any(member.node == node for member in self.register.eligible)

    @property
    def last_of_primary(self) -> tuple[Place, float] | None:
        """How far the primary was, and seconds ago: by its own word, else by its heartbeats."""
        told = self.nodes.get(self.register.primary)
        if told is not None and told.role in REIGNS:
            return told.last, 0.0
        reign = (self.register.epoch, self.register.primary)
        heard = [one for one in self.witnesses.values() if one is not None and one.watched == reign]
        beats = [one for one in heard if one.heard_ago_s < float("inf")]
        newest = max(beats, key=lambda one: one.heard, default=None)
        return (newest.heard, newest.heard_ago_s) if newest else None


def view(settings: Settings, answers: Mapping[str, StatusAnswer | NoAnswer]) -> View:
    """Of every data node and witness of the settings."""
    nodes: dict[str, NodeStatus | None] = dict.fromkeys(settings.nodes)
    witnesses: dict[str, WitnessStatus | None] = dict.fromkeys(settings.witnesses)
    silent: dict[str, str] = {}
    for host, answer in answers.items():
        match answer:
            case StatusAnswer(status=NodeStatus() as status) if host in nodes:
                nodes[host] = status
            case StatusAnswer(status=WitnessStatus() as status) if host in witnesses:
                witnesses[host] = status
            case NoAnswer(why):
                silent[host] = why
            case _:
                silent[host] = "it answers for another kind of host"
    register, certain = _register(witnesses, nodes, settings.majority)
    return View(
        nodes=nodes,
        witnesses=witnesses,
        silent=silent,
        register=register,
        certain=certain,
        majority=settings.majority,
        cold=settings.cold,
    )


def _register(
    witnesses: Mapping[str, WitnessStatus | None], nodes: Mapping[str, NodeStatus | None], majority: int
) -> tuple[Register, bool]:
    told = [one for one in witnesses.values() if one is not None and one.has_store]
    votes = Counter(one.ballot for one in told)
    for one in sorted(told, key=lambda one: one.ballot, reverse=True):
        if votes[one.ballot] >= majority:
            return one.register, True
    newest = max(told, key=lambda one: one.ballot, default=None)
    if newest is not None:
        return newest.register, False
    seen = [node.register for node in nodes.values() if node is not None]
    return max(seen, key=lambda register: register.epoch, default=Register()), False
