"""In whose reign an operation was served, where clients cannot know it: by what the nodes said. Pure.

A system without epochs has its reigns counted by whoever watches it: a node that was a standby and is primary
begins a new one. A client knows only which node answered, and a node serves in its reign alone; so

    called before the node's next word that it is a standby      the reign that this word ends
    called later than that by more than a poll may take          the node's next reign
    in between                                                   0, unknown: answers are younger than stamps

What is unknown counts for loss, and not for split brain. An operation that tells its epoch keeps it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from harness.model.event import Returned, RoleChanged
from harness.model.journal import Entry

# From when a node was asked until its answer counts: what a poll is given at most.
POLL_LIMIT_S = 1.0
_UNKNOWN = 0


class _Reigns(Struct, frozen=True):
    """Of one node, by time: the epoch of each, and when the node first denied it (infinity: never)."""

    epochs: list[int]
    ends_s: list[float]

    def epoch(self, call_s: float) -> int:
        index = bisect_left(self.ends_s, call_s)
        if index and call_s <= self.ends_s[index - 1] + POLL_LIMIT_S:
            return _UNKNOWN
        return self.epochs[index] if index < len(self.epochs) else _UNKNOWN


def attributed(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries; operations without an epoch have that of the node's reign, where it is certain."""
    roles = sorted((e for e in entries if isinstance(e, RoleChanged)), key=lambda said: said.at_s)
    hosts = {said.host for said in roles}
    reigns = {host: _reigns([said for said in roles if said.host == host]) for host in hosts}
    return [_with_epoch(entry, reigns) if type(entry) is Returned else entry for entry in entries]


def _reigns(said: Sequence[RoleChanged]) -> _Reigns:
    """A node that was down and comes back as primary goes on in its reign; a new epoch begins a new one."""
    epochs: list[int] = []
    ends_s: list[float] = []
    for word in said:
        if word.role == "primary":
            if len(epochs) > len(ends_s) and word.epoch != epochs[-1]:
                ends_s.append(word.at_s)
            if len(epochs) == len(ends_s):
                epochs.append(word.epoch)
        elif word.role in ("standby", "starting") and len(ends_s) < len(epochs):
            ends_s.append(word.at_s)
    return _Reigns(epochs, ends_s + [float("inf")] * (len(epochs) - len(ends_s)))


def _with_epoch(op: Returned, reigns: Mapping[str, _Reigns]) -> Returned:
    if op.epoch or not op.node or op.node not in reigns:
        return op
    epoch = reigns[op.node].epoch(op.call_s)
    return structs.replace(op, epoch=epoch) if epoch else op
