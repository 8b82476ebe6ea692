"""A lease's two sides: the holder counts from its own send stamp, the witness from receipt. Ignores why.

The holder may believe in the lease for L_holder after *that* heartbeat's send stamp, which the grant
echoes; the granter counts L_granter from its receipt, which is later. Counting a late answer from a newer
send would make the holder's lease outlive the granter's.
"""

from __future__ import annotations

from msgspec import Struct

from targets.reference.defects import (
    EPOCH_IN_MEMORY,
    FENCED_BY_NAME,
    GRANTS_AFTER_A_RESTART,
    HAND_BACK_UNBOUND,
    LEASE_BY_ONE_WITNESS,
)
from targets.reference.settings import Settings

NEVER_S = float("-inf")
Reign = tuple[int, str]


class HeldLease:
    """The primary's side: what each witness granted to its epoch. Valid while a majority's last."""

    def __init__(self, settings: Settings, defects: frozenset[str] = frozenset()) -> None:
        self._witnesses, self._majority = settings.witnesses, settings.majority
        self._lasting = 1 if LEASE_BY_ONE_WITNESS in defects else settings.majority
        self._lease_s = settings.held_lease_s
        self._sent_s: dict[str, float] = {}
        self._epoch = 0
        self._given_up = 0
        self._until_s = NEVER_S

    def granted(self, witness: str, epoch: int, sent_s: float) -> None:
        """A witness granted the heartbeat sent at sent_s (echoed). Older epochs, given up ones: ignored."""
        if epoch < self._epoch or epoch <= self._given_up or witness not in self._witnesses:
            return
        if epoch > self._epoch:
            self._epoch, self._sent_s, self._until_s = epoch, {}, NEVER_S
        self._sent_s[witness] = max(sent_s, self._sent_s.get(witness, NEVER_S))
        if len(self._sent_s) >= self._majority:
            newest_first = sorted(self._sent_s.values(), reverse=True)
            self._until_s = newest_first[self._lasting - 1] + self._lease_s

    def valid(self, now_s: float, epoch: int) -> bool:
        return epoch == self._epoch and now_s < self._until_s

    def until_s(self, epoch: int) -> float:
        """The end of the lease on the holder's clock; -inf where no majority ever granted this epoch."""
        return self._until_s if epoch == self._epoch else NEVER_S

    def drop(self, epoch: int = 0) -> None:
        """Give `epoch` (at least the one granted last) and all older ones up for ever.

        Before a hand-back is sent. Late answers count no more: the witness frees the grant, and a renewal
        that crossed the hand-back would be a lease that nobody else knows of.
        """
        self._given_up = max(self._given_up, self._epoch, epoch)
        self._sent_s, self._until_s = {}, NEVER_S


class _Grant(Struct, frozen=True):
    reign: Reign
    until_s: float


class Granter:
    """The witness's side: at most one unexpired grant, exclusive. Kept in memory alone; after a start it
    therefore grants nothing, and says of no lease that it is over, until the longest possible grant of its
    former life has run out.

    A durable accepted value's epoch bounds from below what it may grant, committed or not: a newer primary
    may already have been granted by the others.
    """

    def __init__(self, settings: Settings, defects: frozenset[str] = frozenset()) -> None:
        self._defects = defects
        self._lease_s = settings.granted_lease_s
        self._ready_s = float("inf")
        self._grant: _Grant | None = None
        self._accepted_epoch = 0
        self._heard_epoch = 0
        self._handed_back: dict[str, int] = {}
        self._blocked_until_s: dict[Reign, float] = {}

    def began(self, now_s: float) -> None:
        self._ready_s = now_s + (0.0 if GRANTS_AFTER_A_RESTART in self._defects else self._lease_s)

    @property
    def ready_s(self) -> float:
        """From when on this witness may grant and vote."""
        return self._ready_s

    @property
    def known_epoch(self) -> int:
        return max(self._accepted_epoch, self._heard_epoch)

    def accepted(self, epoch: int) -> None:
        """The durable accepted value's epoch; it may fall back when a later ballot settled otherwise."""
        self._accepted_epoch = 0 if EPOCH_IN_MEMORY in self._defects else epoch

    def heard(self, epoch: int) -> None:
        """A node claims this epoch, so it was committed."""
        self._heard_epoch = max(self._heard_epoch, epoch)

    def heartbeat(self, now_s: float, epoch: int, node: str) -> bool:
        """Grant or renew? A refused heartbeat, too, makes its epoch known."""
        reign = (epoch, node)
        too_old = epoch < self.known_epoch
        self.heard(epoch)
        if too_old or now_s < self._ready_s or epoch <= self._handed_back.get(node, 0):
            return False
        if self.blocked(now_s, reign) or not self._free_for(now_s, reign):
            return False
        self._grant = _Grant(reign, now_s + self._lease_s)
        return True

    def hand_back(self, epoch: int, node: str) -> None:
        """Free that grant alone, and never grant it (or an older epoch of that node) again."""
        if HAND_BACK_UNBOUND in self._defects and self._grant and self._grant.reign[1] == node:
            epoch = self._grant.reign[0]
        self._handed_back[node] = max(epoch, self._handed_back.get(node, 0))
        if self._grant and self._grant.reign == (epoch, node):
            self._grant = None

    def fenced(self, epoch: int, node: str) -> None:
        """The committed register names it as fenced: its power was seen off, so it has ended for ever.

        Where that was not true and it lives on, it is refused as too old, and has to take a newer epoch.
        """
        self.hand_back(epoch, node)
        self.heard(epoch + 1)
        if FENCED_BY_NAME in self._defects:
            self._handed_back[node] = 1 << 62  # whatever its epoch

    def handed_back(self, reign: Reign) -> bool:
        return reign[0] <= self._handed_back.get(reign[1], 0)

    def block(self, now_s: float, reign: Reign) -> None:
        """A vote or a confirmed fence stands against it: no grant for one lease from now."""
        self._blocked_until_s = {
            r: until_s for r, until_s in self._blocked_until_s.items() if until_s > now_s
        }
        self._blocked_until_s[reign] = now_s + self._lease_s

    def blocked(self, now_s: float, reign: Reign) -> bool:
        return now_s < self._blocked_until_s.get(reign, NEVER_S)

    def holder(self, now_s: float) -> Reign | None:
        """To whom a grant of this life lasts."""
        return self._grant.reign if self._grant and now_s < self._grant.until_s else None

    def over_s(self, reign: Reign) -> float:
        """When this witness's grants to the reign have ended for certain, those of its former life too."""
        if self._grant and self._grant.reign == reign:
            return max(self._ready_s, self._grant.until_s)
        return self._ready_s

    def over(self, now_s: float, reign: Reign) -> bool:
        return now_s >= self.over_s(reign)

    def _free_for(self, now_s: float, reign: Reign) -> bool:
        if self._grant is None or now_s >= self._grant.until_s or self._grant.reign == reign:
            return True
        return self._grant.reign[1] == reign[1] and self._grant.reign[0] < reign[0]
