"""Which standbys of one register value were sealed: enough, whom to take, who stays. Sends nothing.

With k of n, n − k + 1 sealed ones are needed, so that one of them holds every acknowledged write. The most
advanced is the one with the highest (epoch, position): a longer log may end in a tail of an older epoch.

With k = n the other eligible standbys stay: each holds everything. With k < n only those sealed ones stay
whose last record is the same: a later failover, of fewer standbys, might seal only one that lacks something.
"""

from __future__ import annotations

from msgspec import Struct

from targets.reference.defects import (
    LAGGARDS_STAY_ELIGIBLE,
    MAX_LAG_IGNORED,
    ONE_SEALED_IS_ENOUGH,
    POSITION_BEFORE_EPOCH,
    POSITIONS_BEFORE_THE_SEAL,
    THE_DEAD_DO_NOT_COUNT,
)
from targets.reference.machines.lease import Reign
from targets.reference.machines.words.messages import Member, Place
from targets.reference.settings import Settings


class Heard(Struct, frozen=True, order=True):
    """The newest that heartbeats told of a reign's log. opened: the position at which its epoch begins."""

    last: Place = Place()
    opened: int = 0

    def missing(self, last: Place) -> int:
        """So many of its records a log that ends there lacks at least."""
        common = last.position if last.epoch >= self.last.epoch else min(last.position, self.opened - 1)
        return max(0, self.last.position - common)


class Hearsay:
    """What is heard of the newest reign's log."""

    def __init__(self) -> None:
        self._reign: Reign = (0, "")
        self._heard = Heard()

    def told(self, reign: Reign, heard: Heard) -> None:
        """A heartbeat, or the vote of one who has heard it, says how far the reign's log was."""
        if reign >= self._reign:
            self._reign, self._heard = reign, max(self.of(reign), heard)

    def of(self, reign: Reign) -> Heard:
        return self._heard if self._reign == reign else Heard()


class Sealing:
    """Of one attempt. standbys: the eligible ones, as the register was read before the first seal.

    forced: an operator has named the one standby, whatever it may lack.
    """

    def __init__(
        self,
        settings: Settings,
        standbys: tuple[Member, ...],
        defects: frozenset[str] = frozenset(),
        *,
        forced: bool = False,
    ) -> None:
        self._settings, self._defects, self._forced = settings, defects, forced
        self.standbys = standbys
        self._here: dict[Member, Place] = {}
        self._sealed: dict[Member, Place] = {}

    @property
    def needed(self) -> int:
        if self._forced or ONE_SEALED_IS_ENOUGH in self._defects:
            return 1
        count = len(self._here) if THE_DEAD_DO_NOT_COUNT in self._defects else len(self.standbys)
        return self._settings.to_seal(count)

    def here(self, member: Member, last: Place) -> None:
        if member in self.standbys:
            self._here[member] = last

    @property
    def asleep(self) -> list[Member]:
        """Cold ones that have not answered: they may have to be started."""
        cold, answered = self._settings.cold, {**self._here, **self._sealed}
        return [member for member in self.standbys if member.node in cold and member not in answered]

    @property
    def is_asleep(self) -> bool:
        """None of them runs, as far as is known."""
        return len(self.asleep) == len(self.standbys)

    @property
    def enough_are_here(self) -> bool:
        return len(self._here) >= self.needed

    def behind(self, heard: Heard) -> int:
        """So far the nearest of those who answered is behind; more than max_lag must not be lost."""
        return min((heard.missing(last) for last in (self._sealed or self._here).values()), default=0)

    def too_far(self, heard: Heard) -> bool:
        limit = 0 if MAX_LAG_IGNORED in self._defects else self._settings.max_lag
        return limit > 0 and not self._forced and self.behind(heard) > limit

    # --- sealed -----------------------------------------------------------------------------------

    def begin_anew(self) -> None:
        """Higher: what was said under an older seal counts no more."""
        self._sealed = {}

    def sealed(self, member: Member, last: Place) -> None:
        if POSITIONS_BEFORE_THE_SEAL in self._defects:
            last = self._here.get(member, last)
        self._sealed[member] = last

    @property
    def is_enough(self) -> bool:
        return len(self._sealed) >= self.needed

    @property
    def is_whole(self) -> bool:
        """Of those that run: nobody waits for one that another makes needless."""
        return len(self._sealed) == len(self.standbys) - len(self.asleep)

    def chosen(self, named: str = "") -> Member:
        """The most advanced; of equals the one that is named."""
        return max(self._sealed, key=lambda m: (self._rank(self._sealed[m]), m.node == named, m.node))

    def eligible(self, chosen: Member) -> tuple[Member, ...]:
        """Those of the new reign."""
        if self._settings.all_hold_all(len(self.standbys)) or LAGGARDS_STAY_ELIGIBLE in self._defects:
            return self.standbys
        last = self._sealed[chosen]
        return tuple(member for member in self.standbys if self._sealed.get(member) == last)

    def _rank(self, last: Place) -> tuple[int, int]:
        epoch = 0 if POSITION_BEFORE_EPOCH in self._defects else last.epoch
        return epoch, last.position
