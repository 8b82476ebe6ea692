"""Which epoch a Redis reigns in, though it never says so itself. Pure.

A Redis tells the id of its history, which a promotion draws anew; a Sentinel names a primary with an epoch.
Put together once, they hold for as long as that id does. What cannot be put together surely is 0, unknown:
an epoch too old would make a healthy primary look like an old one.

    known id                                   its epoch
    begun by a restart (the id before is the
      node's own, or none)                     the epoch that the node had
    begun by a promotion                       what a Sentinel names it with, if that is newer than all that
                                               was heard, or a majority says so (one alone may be behind)
"""

from __future__ import annotations

from collections.abc import Iterable

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
        if key not in self._of:
            epoch = self._restarted(node, said) or self._promoted(node, namings)
            if epoch == UNKNOWN:
                return UNKNOWN
            self._of[key] = epoch
        return self._of[key]

    def _restarted(self, node: str, said: Replication) -> int:
        if said.before == NO_ID:
            return max((epoch for (host, _), epoch in self._of.items() if host == node), default=UNKNOWN)
        return self._of.get((node, said.before), UNKNOWN)

    def _promoted(self, node: str, namings: Iterable[Naming]) -> int:
        epochs = [naming.epoch for naming in namings if naming.primary == node]
        newest = max(epochs, default=UNKNOWN)
        heard = max(self._of.values(), default=UNKNOWN)
        return newest if newest > heard or epochs.count(newest) >= MAJORITY else UNKNOWN
