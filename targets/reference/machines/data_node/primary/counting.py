"""Who counts for an acknowledgement, and how far it reaches. Ignores streams, leases and clients.

    acknowledged = the last position that the primary itself and k of the n eligible standbys hold durably,
                   once a record of the own epoch is among them

k is the settings' number, or n where that is fewer; 0 in async mode. While a change of `eligible` is
unresolved the rule of the old set and that of the new one must both be met. A standby that comes back is
waited for on every write from a position on before it is published, and then it holds all before that too.

So at every moment k of the n eligible standbys hold whatever was acknowledged or shown, and a promotion that
seals n − k + 1 of them meets one. A change keeps that true: who comes in holds everything, and who leaves
does so only once the rest meets the rule for everything that may have been acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from targets.reference.defects import (
    ACK_BEFORE_REPLICATION,
    ACK_BY_THE_OLD_VIEW,
    COLD_COUNTS,
    INELIGIBLE_COUNTS,
    MIN_STANDBYS_IGNORED,
    OWN_FSYNC_NOT_AWAITED,
    REMOVAL_WITHOUT_THE_REST,
    RETURN_WITHOUT_VERIFYING,
    UNKNOWN_CHANGE_TAKEN_FOR_DONE,
)
from targets.reference.machines.words.messages import Member, Register
from targets.reference.settings import Settings

# One that stalls while it comes back, or was just given up, may try again after this.
_AGAIN_S = 1.0
# So close to the end of the log a standby can be waited for.
_CLOSE = 200


_HASTY = {ACK_BY_THE_OLD_VIEW, ACK_BEFORE_REPLICATION}
NOBODY = Member("", "")


class _Return(Struct, frozen=True):
    """since: from this position on it is waited for."""

    since: int
    from_s: float


class _View(Struct, frozen=True):
    """A register as the rule sees it: k of its standbys are needed. too_few: whatever they hold."""

    register: Register
    standbys: tuple[Member, ...]
    needed: int
    too_few: bool


class Counting:
    """Of one reign. mark: the position of the record that opened it.

    held: up to where a member is known to hold the log durably. following: who follows now.
    """

    def __init__(
        self,
        settings: Settings,
        register: Register,
        *,
        mark: int,
        held: Callable[[Member], int],
        following: Callable[[], Iterable[Member]],
        defects: frozenset[str] = frozenset(),
    ) -> None:
        self._settings, self._own, self._defects = settings, register.primary, defects
        self._held, self._following = held, following
        self._views = [self._view(register)]
        self._returning: dict[Member, _Return] = {}
        self._put_off_s: dict[Member, float] = {}
        self.mark = mark
        self._note_who_is_left_out()
        self.durable = self.acknowledged = 0

    # --- the rule ---------------------------------------------------------------------------------

    def reachable(self) -> int:
        """The position up to which everything may be acknowledged; the lease is the caller's business."""
        awaits_own = OWN_FSYNC_NOT_AWAITED not in self._defects
        if awaits_own and self.durable <= self.acknowledged:
            return self.acknowledged
        views = self._views[:1] if ACK_BY_THE_OLD_VIEW in self._defects else self._views
        reach = [self._by_rule(view) for view in views]
        if self._returning:
            reach += self._of_returning()
        place = min(self.durable, *reach) if awaits_own else min(reach)
        return place if place >= self.mark else 0

    def waited_for(self) -> tuple[str, ...]:
        """Without these the next position is not acknowledged; empty where only the disk is waited for."""
        behind = {member for view in self._views for member in self._behind(view)}
        behind |= {member for member in self._returning if self._held(member) < self.next}
        return tuple(sorted({member.node for member in behind}))

    @property
    def next(self) -> int:
        """The first position that is not acknowledged yet; all before the mark are with it."""
        return max(self.acknowledged + 1, self.mark)

    def members(self) -> set[Member]:
        """Those that an acknowledgement may have to wait for."""
        if not self._settings.waits_for_standbys:
            return set()
        return {member for view in self._views for member in view.standbys} | self._returning.keys()

    def _view(self, register: Register) -> _View:
        settings = self._settings
        standbys = tuple(member for member in register.eligible if member.node != self._own)
        too_few = len(standbys) < settings.min_standbys and MIN_STANDBYS_IGNORED not in self._defects
        needed = settings.needed(len(standbys))
        if COLD_COUNTS in self._defects:
            needed = max(0, needed - len(settings.cold))
        return _View(register, standbys, needed, too_few)

    def _by_rule(self, view: _View) -> int:
        """Of these standbys k hold everything up to there."""
        if view.too_few:
            return 0
        standbys, needed = view.standbys, view.needed
        if needed == 0 or ACK_BEFORE_REPLICATION in self._defects:
            return self.durable
        if INELIGIBLE_COUNTS in self._defects:
            standbys = (*self._following(), *([NOBODY] * needed))
        return sorted([self._held(member) for member in standbys], reverse=True)[needed - 1]

    def _behind(self, view: _View) -> list[Member]:
        if self._by_rule(view) >= self.next:
            return []
        return [member for member in view.standbys if self._held(member) < self.next]

    def _of_returning(self) -> list[int]:
        if not self._settings.waits_for_standbys or _HASTY & self._defects:
            return []
        return [self._held(member) for member in self._returning]

    # --- changes of `eligible` --------------------------------------------------------------------

    @property
    def register(self) -> Register:
        """What a full ballot has shown last."""
        return self._views[0].register

    @property
    def standbys(self) -> tuple[Member, ...]:
        """The eligible ones, by that register."""
        return self._views[0].standbys

    @property
    def is_settled(self) -> bool:
        return len(self._views) == 1

    @property
    def too_few(self) -> bool:
        """Nothing is acknowledged until more standbys are eligible."""
        return len(self.standbys) < self._settings.min_standbys

    def proposed(self, register: Register) -> None:
        """A change is under way: until it is resolved both sets must be satisfied."""
        self._views = [self._views[0], self._view(register)]
        if UNKNOWN_CHANGE_TAKEN_FOR_DONE in self._defects:
            self._views = [self._view(register)]
            self._note_who_is_left_out()

    def resolved(self, register: Register) -> None:
        """A full ballot has shown this to be in force, so nothing else is."""
        self._views = [self._view(register)]
        self.forget_the_gone()

    def forget_the_gone(self) -> None:
        """Who is published counts as such; who is not, and follows no more, need not be waited for.

        While a change is unresolved its members count by it. A store that is lost never comes back.
        """
        follow, eligible = {*self._following()}, self.register.eligible
        returning = self._returning.items()
        self._returning = {m: r for m, r in returning if m in follow and m not in eligible}
        self._note_who_is_left_out()

    def _note_who_is_left_out(self) -> None:
        """Looked for when the register or who follows has changed, not whenever something moves."""
        eligible = self.register.eligible
        self._is_complete = all(member in eligible for member in self._following())

    def begins_anew(self, member: Member) -> None:
        """A new stream: what it held in an older one counts no more."""
        self._returning.pop(member, None)

    # --- coming back ------------------------------------------------------------------------------

    @property
    def nobody_comes(self) -> bool:
        """There can be no candidate."""
        return self._is_complete and not self._returning

    def candidate(self, now_s: float, last: int, *, successors_only: bool = False) -> Register | None:
        """The register with one more standby: it holds everything up to the moment since which it counts.

        successors_only: only in place of another store of the same node.
        """
        if len(self._views) > 1:
            return None
        self._wait_for_more(now_s, last, successors_only)
        for member, comeback in self._returning.items():
            if self._held(member) >= comeback.since or RETURN_WITHOUT_VERIFYING in self._defects:
                others = [other for other in self.register.eligible if other.node != member.node]
                return self.register.with_eligible(tuple(sorted([*others, member])))
        return None

    def give_up_stalled(self, now_s: float, *, after_s: float) -> None:
        """One that follows, but does not get to where it is to be published, holds up every write."""
        for member, comeback in [*self._returning.items()]:
            if self.is_settled and now_s - comeback.from_s > after_s:
                del self._returning[member]
                self._put_off_s[member] = now_s + _AGAIN_S

    def _wait_for_more(self, now_s: float, last: int, successors_only: bool) -> None:
        eligible = self._views[0].register.eligible
        for member in self._following():
            if member in eligible or member in self._returning:
                continue
            if successors_only and all(member.node != named.node for named in eligible):
                continue
            if not self._settings.may_be_eligible(member.node):
                continue
            if last - self._held(member) <= _CLOSE and now_s >= self._put_off_s.get(member, 0.0):
                self._returning[member] = _Return(last, now_s)

    # --- leaving ----------------------------------------------------------------------------------

    def lagging(self) -> tuple[Member, ...]:
        """The eligible standbys for which the next position waits, if it waits for standbys alone."""
        if self.durable < self.next:
            return ()
        return tuple(self._behind(self._views[0]))

    def without(self, now_s: float, members: Iterable[Member]) -> Register | None:
        """The register without these, once the rest meets the rule for all that may have been acknowledged.

        That is what is inherited as well: a former primary may have acknowledged it.
        """
        leaving = {*members} & {*self.standbys}
        if not leaving or not self.is_settled:
            return None
        rest = tuple(member for member in self.register.eligible if member not in leaving)
        smaller = self.register.with_eligible(rest)
        holds_all = self._by_rule(self._view(smaller)) >= max(self.acknowledged, self.mark)
        if not holds_all and REMOVAL_WITHOUT_THE_REST not in self._defects:
            return None
        self._put_off_s |= dict.fromkeys(leaving, now_s + _AGAIN_S)
        return smaller
