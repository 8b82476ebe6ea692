"""What the agent of a cold standby at rest does with what is shipped: keeps it in order. Ignores disks.

A primary of an older epoch than the newest that was heard is not listened to. What does not follow the last
kept record is refused by saying which one that is.
"""

from __future__ import annotations

from targets.reference.machines.words.grammar import AgentSaw, Answer, Effects, Keep
from targets.reference.machines.words.messages import Place, Ship, Shipped


class Keeping:
    """Since the data node went to rest, all that it held on disk. epoch: the newest heard. last: kept."""

    def __init__(self, node: str, rests: AgentSaw) -> None:
        self._node, self._identity = node, rests.identity
        self.epoch, self.last = rests.epoch, rests.last

    def ship(self, message: Ship, via: str) -> Effects:
        if message.epoch < self.epoch:
            return []
        self.epoch = message.epoch
        kept = self._keep(message) if message.previous == self.last and message.records else []
        return [*kept, Answer(via, Shipped(self._node, self._identity, self.last))]

    def _keep(self, message: Ship) -> Effects:
        last = message.records[-1]
        self.last = Place(last.epoch, last.position)
        return [Keep(message.records)]
