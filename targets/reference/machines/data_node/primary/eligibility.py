"""The changes of `eligible` that a primary proposes, one at a time. Ignores who counts, and the ballots.

Only the primary proposes them within its epoch: nobody else knows who holds what it has acknowledged.

    one that leaves  sync: a majority of the witnesses holds it for dead
                     semi-sync: a write has waited for it for so long
    one that comes   it holds everything from before the moment since which every write waits for it
"""

from __future__ import annotations

from collections.abc import Callable

from targets.reference.defects import ONE_WORD_BURIES
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary.replication import Replication
from targets.reference.machines.words.grammar import Alert, Effects, Send, SetTimer
from targets.reference.machines.words.messages import Member, Missing, MissingAnswer, Register

TIMER = "degrade"
# A standby answers once an interval.
_MISSED_INTERVALS = 3


class Eligibility:
    """Of one reign. waits_since_s: since when the next write, or the opening, is waited for."""

    def __init__(self, own: Own, replication: Replication, waits_since_s: Callable[[], float | None]) -> None:
        self._own, self._replication, self._waits_since_s = own, replication, waits_since_s
        self._counting = replication.counting
        self._begun_s = float("inf")
        # Of each eligible standby that is missing: until when each witness's word that it is dead stands.
        self._dead_until_s: dict[Member, dict[str, float]] = {}
        self._alerted: set[Member] = set()

    def begin(self, now_s: float) -> None:
        self._begun_s = now_s

    # --- the dead ---------------------------------------------------------------------------------

    def beat(self, now_s: float) -> Effects:
        """Ask every witness about those that do not follow."""
        own, settings = self._own, self._own.settings
        if settings.replication != "sync":
            return []
        missing = self._missing(now_s)
        self._dead_until_s = {m: words for m, words in self._dead_until_s.items() if m in missing}
        self._alerted &= {*missing}
        return [
            Send(witness, Missing(self._counting.register.epoch, member.node, member.identity))
            for member in missing
            for witness in own.settings.witnesses
        ]

    def answered(self, now_s: float, witness: str, message: MissingAnswer) -> Effects:
        """A word stands for one lease, and is asked for again each interval."""
        member = Member(message.node, message.identity)
        if message.epoch != self._counting.register.epoch or witness not in self._own.settings.witnesses:
            return []
        words = self._dead_until_s.setdefault(member, {})
        words[witness] = now_s + self._own.settings.granted_lease_s if message.dead else 0.0
        dead = member in self._dead(now_s) and member not in self._alerted
        return self._alert(now_s, member) if dead else []

    def _missing(self, now_s: float) -> list[Member]:
        """Nobody follows before it has heard of this reign. The witnesses then knock for a whole silence."""
        since_s = now_s - _MISSED_INTERVALS * self._own.settings.detector.interval_s
        if self._begun_s > since_s:
            return []
        heard = {*self._replication.heard(since_s)}
        return [m for m in self._counting.standbys if m not in heard]

    def _dead(self, now_s: float) -> list[Member]:
        majority = 1 if ONE_WORD_BURIES in self._own.defects else self._own.settings.majority
        return [
            member
            for member, words in self._dead_until_s.items()
            if sum(until_s > now_s for until_s in words.values()) >= majority
        ]

    def _alert(self, now_s: float, member: Member) -> Effects:
        self._alerted.add(member)
        removes = self._own.settings.dead_standby == "remove"
        then = "it leaves eligible" if removes else "writes may wait for it until it is back"
        return [Alert(f"{member.node}, an eligible standby, is dead by a majority's word: {then}")]

    # --- proposing --------------------------------------------------------------------------------

    @property
    def rests(self) -> bool:
        """Nobody can leave, nobody can come: as nearly always, when something has moved."""
        may_be_late = self._own.settings.replication == "semi-sync"
        return not (may_be_late or self._dead_until_s) and self._counting.nobody_comes

    def change(self, now_s: float, *, is_open: bool) -> Register | None:
        """To be proposed now."""
        return self._leaving(now_s) or self._coming(now_s, is_open)

    def due(self, now_s: float) -> Effects:
        """Called each interval: fire when the wait for a standby is over."""
        waits_since_s = self._waits_since_s() if self._own.settings.replication == "semi-sync" else None
        if waits_since_s is None:
            return []
        late_s = self._late_s(waits_since_s)
        near = now_s <= late_s < now_s + self._own.settings.detector.interval_s
        return [SetTimer(TIMER, late_s)] if near else []

    def _late_s(self, waits_since_s: float) -> float:
        """From when on a standby has been waited for long enough; it needs a while to follow a new reign."""
        return max(waits_since_s, self._begun_s) + self._own.settings.degrade_after_s

    def _leaving(self, now_s: float) -> Register | None:
        settings = self._own.settings
        if settings.replication == "semi-sync" and (since_s := self._waits_since_s()) is not None:
            late = self._counting.lagging() if now_s >= self._late_s(since_s) else ()
            return self._counting.without(now_s, late)
        if self._dead_until_s and settings.replication == "sync" and settings.dead_standby == "remove":
            return self._counting.without(now_s, self._dead(now_s))
        return None

    def _coming(self, now_s: float, is_open: bool) -> Register | None:
        """Before it is open only who takes a lost store's place: that one it would wait for in vain.

        And whoever is needed so that it can open at all.
        """
        only_successors = not is_open and not self._counting.too_few
        last = self._own.log.last.position
        return self._counting.candidate(now_s, last, successors_only=only_successors)
