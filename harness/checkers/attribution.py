"""In whose reign an operation was served, where clients cannot know it: by what the nodes said. Pure.

A system without epochs has its reigns counted by whoever watches it: a node that was a standby and is primary
begins a new one. A client knows only which node answered, and a node serves in its reign alone; so

    called before the node's next word that it is a standby      the reign that this word ends
    called later than that by more than a poll may take          the node's next reign
    in between                                                   0, unknown: answers are younger than stamps

What is unknown counts for loss, and not for split brain. An operation that tells its epoch keeps it.

Clients that do know epochs know none of a second primary that the others' epochs have no place for: one that
was made primary by hand. Of what they tell without an epoch only what such a node served in between its own
words is tied to its reign; of all else the nodes' words come too late to say.
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


def with_second_reigns(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries; an operation without an epoch has that of the second primary that served it."""
    roles = sorted((e for e in entries if isinstance(e, RoleChanged)), key=lambda said: said.at_s)
    seconds = _seconds(roles)
    return [_in_second(entry, seconds) if type(entry) is Returned else entry for entry in entries]


def _seconds(roles: Sequence[RoleChanged]) -> dict[str, list[tuple[float, float, int]]]:
    """Node -> (from, to, epoch): its first word as primary in another's epoch, until it denies it."""
    first: dict[int, str] = {}
    found: dict[str, list[tuple[float, float, int]]] = {}
    for index, said in enumerate(roles):
        if said.role != "primary" or first.setdefault(said.epoch, said.host) == said.host:
            continue
        after = next((word for word in roles[index + 1 :] if word.host == said.host), None)
        if after and after.role in ("standby", "starting"):
            found.setdefault(said.host, []).append((said.at_s, after.at_s, said.epoch))
    return found


def _in_second(op: Returned, seconds: Mapping[str, list[tuple[float, float, int]]]) -> Returned:
    spans = seconds.get(op.node, []) if not op.epoch else []
    epoch = next((epoch for from_s, to_s, epoch in spans if from_s <= op.call_s <= to_s), _UNKNOWN)
    return structs.replace(op, epoch=epoch) if epoch else op


def _reigns(said: Sequence[RoleChanged]) -> _Reigns:
    """A node that was down and comes back as primary goes on in its reign."""
    epochs: list[int] = []
    ends_s: list[float] = []
    for word in said:
        if word.role == "primary":
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
