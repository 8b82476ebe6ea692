"""Which epoch a Redis reigns in, though it never says so itself. Pure.

A Redis tells the id of its history, which a promotion of a replica draws anew; a Sentinel names a primary
with an epoch. What cannot be put together surely is 0, unknown: an epoch too old would make a healthy primary
look like an old one.

    a known id, or one begun by a restart       its epoch, or the node's before (the id before is its own, or
                                                none); a newer one with which a Sentinel names that very node:
                                                who was primary already when it was promoted keeps its id
    one begun by a promotion                    what a Sentinel names it with, if that is newer than all that
                                                was heard, or a majority says so (one alone may be behind)
    one begun by a promotion that none names    unknown; beside a primary whom a majority names in an epoch
                                                (`named_elsewhere`), a second one in that epoch, made by hand
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from targets.redis_sentinel.names import MAJORITY
from targets.redis_sentinel.replication import NO_ID, Replication
from targets.redis_sentinel.sayings import Naming

UNKNOWN = 0


class Reigns:
    """What one observer has learned in its life."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], int] = {}

    def epoch(self, node: str, said: Replication, namings: Iterable[Naming]) -> int:
        """namings: the newest of each Sentinel that answers. Learns from them."""
        key = (node, said.replid)
        named = [naming.epoch for naming in namings if naming.primary == node]
        known = self._of.get(key) or self._restarted(node, said)
        epoch = max(known, *named) if known and named else known or self._promoted(named)
        if epoch != UNKNOWN:
            self._of[key] = epoch
        return epoch

    def _restarted(self, node: str, said: Replication) -> int:
        if said.before == NO_ID:
            return max((epoch for (host, _), epoch in self._of.items() if host == node), default=UNKNOWN)
        return self._of.get((node, said.before), UNKNOWN)

    def _promoted(self, named: Sequence[int]) -> int:
        newest = max(named, default=UNKNOWN)
        heard = max(self._of.values(), default=UNKNOWN)
        return newest if newest > heard or named.count(newest) >= MAJORITY else UNKNOWN


def named_elsewhere(node: str, namings: Iterable[Naming]) -> tuple[str, int]:
    """The other node that a majority names, and in which epoch; nobody in UNKNOWN where none is."""
    others = [(naming.epoch, naming.primary) for naming in namings if naming.primary != node]
    agreed = [name for name in others if others.count(name) >= MAJORITY]
    epoch, primary = max(agreed, default=(UNKNOWN, ""))
    return primary, epoch
