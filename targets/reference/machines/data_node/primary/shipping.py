"""A primary's care for its cold standbys: sends them to rest, ships to them. Ignores who counts.

    follows   it holds this reign's first record, and the register may do without it running: it may rest
    at rest   its agent answers: each `ship_interval` it gets what was written since
    at rest   what it holds is not in this log, or the register should name it and does not: it is woken,
              and rejoins like any other node

Nothing here is waited for: what a cold standby holds counts for no acknowledgement.
"""

from __future__ import annotations

from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary.replication import Replication
from targets.reference.machines.words.grammar import Effects, Send, SetTimer
from targets.reference.machines.words.messages import Member, Rest, Ship, Shipped, Wake
from targets.reference.machines.words.shipped import AtRest, agent_of

TIMER = "ship"
_BATCH_MAX = 500


class Shipping:
    """Of one reign."""

    def __init__(self, own: Own, epoch: int, replication: Replication) -> None:
        self._own, self._epoch, self._replication = own, epoch, replication
        self._cold = tuple(node for node in own.settings.cold if node != own.name)
        self._at_rest = replication.at_rest

    def begin(self, now_s: float) -> Effects:
        return self.fired(now_s)

    def beat(self) -> Effects:
        """Those who follow and hold enough: the word may be lost, and an answer shows that it is done."""
        if not self._cold:
            return []
        ready = [m for m in self._replication.following() if m.node in self._cold and self._may_rest(m)]
        return [
            effect
            for member in ready
            for effect in (*self._replication.say(member, Rest(self._epoch)), self._ask(member.node))
        ]

    def fired(self, now_s: float) -> Effects:
        """A round: to each that rests, from where it is known to be; else the question where that is."""
        if not self._cold:
            return []
        following = {member.node for member in self._replication.following()}
        effects: Effects = [SetTimer(TIMER, now_s + self._own.settings.ship_interval_s)]
        for node in self._cold:
            if node in following:
                self._at_rest.pop(node, None)
            elif (one := self._at_rest.get(node)) is not None:
                one.upto = self._own.log.last.position
                effects.append(self._ship(node, one.held))
            else:
                effects.append(self._ask(node))
        return effects

    def shipped(self, now_s: float, message: Shipped) -> Effects:
        """Its agent answers, so its data node does not run."""
        node, log = message.node, self._own.log
        if node not in self._cold:
            return []
        member = Member(node, message.identity)
        self._replication.down(member)
        if not log.holds(message.last) or not self._is_named(member):
            self._at_rest.pop(node, None)
            return [Send(agent_of(node), Wake(self._epoch))]
        known = self._at_rest.get(node)
        upto = known.upto if known else log.last.position
        self._at_rest[node] = AtRest(member, message.last.position, now_s, upto)
        return [self._ship(node, message.last.position)] if message.last.position < upto else []

    def _may_rest(self, member: Member) -> bool:
        return self._is_named(member) and self._replication.held(member) >= self._replication.counting.mark

    def _is_named(self, member: Member) -> bool:
        """In async a standby that the register does not name would not be started at a failover."""
        if not self._own.settings.may_be_eligible(member.node):
            return True
        return member in self._replication.counting.register.eligible

    def _ask(self, node: str) -> Send:
        return Send(agent_of(node), Ship(self._epoch, self._own.log.last, ()))

    def _ship(self, node: str, held: int) -> Send:
        log = self._own.log
        records = log.after(held, at_most=_BATCH_MAX)
        return Send(agent_of(node), Ship(self._epoch, log.place(held), records))
