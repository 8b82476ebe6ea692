"""Did two nodes serve as primary at once? Judged from operations that were served, reads included.

A reign e is what one node served under one epoch. Of its operations:
    certain   C(e) = [min ret, max call]: it served at both ends (empty if min ret ≥ max call)
    possible  P(e) = [min call, max ret]
A write that the node refused splits its reign: there it was not serving. So the certain interval loses
what lies between the last operation that surely came before the refusal and the first that surely came
after it, the possible one what lies between those that may have. The time of split brain lies in
    [|C(e1) ∩ C(e2)|, |P(e1) ∩ P(e2)|]   over reigns of different nodes.
It is proven if the low end is above 0, or if the old primary served an operation with
call > ret of one that another node had served under a newer epoch (by call: an old answer that only
travelled slowly proves nothing), or if two nodes served under one epoch.

`claimed` is apart, and no proof: how long two nodes *said* that they are primary. A paused node says
nothing. Absence means: no window longer than about the time between two operations.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import attrgetter

from msgspec import Struct

from harness.checkers.figures import at, few, seconds
from harness.checkers.history import Trial
from harness.checkers.intervals import Span, length, shared, union, without
from harness.model.event import Applied, Returned, RoleChanged
from harness.model.fault import Kill, Pause, Stop

Served = dict[tuple[int, str], list[Returned]]


class SplitBrain(Struct, frozen=True, kw_only=True):
    """seen: operations whose node and epoch are known; without any nothing was checked."""

    low_s: float
    high_s: float
    claimed_s: float
    seen: int
    late: tuple[str, ...]  # served by an old primary after a newer one
    reigns: tuple[str, ...]
    at: str  # where it was certain

    @property
    def proven(self) -> bool:
        return self.low_s > 0 or bool(self.late)


def check(trial: Trial, roles: Sequence[RoleChanged]) -> SplitBrain:
    served, refused = _served(trial), _refused(trial)
    reigns = {key: _Reign(ops, refused.get(key[1], [])) for key, ops in served.items()}
    certain = shared(_by_node({key: reign.certain for key, reign in reigns.items()}))
    possible = shared(_by_node({key: reign.possible for key, reign in reigns.items()}))
    return SplitBrain(
        low_s=length(certain),
        high_s=length(possible),
        claimed_s=length(shared(_claims(trial, roles))),
        seen=sum(map(len, served.values())),
        late=few(_late(trial, served)),
        reigns=tuple(_text(trial, key, reign) for key, reign in sorted(reigns.items())),
        at="; ".join(f"{at(low)} to {at(high)} ({seconds(high - low)})" for low, high in certain[:3]),
    )


def _served(trial: Trial) -> Served:
    served: Served = {}
    for ops in (trial.writes, trial.reads):
        for op in ops:
            if op.outcome == "ok" and op.epoch and op.node and op.ret_s is not None:
                served.setdefault((op.epoch, op.node), []).append(op)
    return served


def _refused(trial: Trial) -> dict[str, list[Span]]:
    refused: dict[str, list[Span]] = {}
    for op in trial.writes:
        if op.outcome == "fail" and op.node and op.ret_s is not None:
            refused.setdefault(op.node, []).append((op.call_s, op.ret_s))
    return refused


class _Reign:
    """The certain and the possible time of one reign."""

    def __init__(self, ops: list[Returned], refused: list[Span]) -> None:
        by_call = sorted((op.call_s, op.ret_s or 0.0) for op in ops)
        by_ret = sorted((ret, call) for call, ret in by_call)
        self._calls, self._rets = [call for call, _ in by_call], [ret for ret, _ in by_ret]
        self.first_call, self.last_call = self._calls[0], self._calls[-1]
        self.first_ret, self.last_ret = self._rets[0], self._rets[-1]
        inside = [r for r in refused if r[1] > self.first_call and r[0] < self.last_ret]
        self.certain: list[Span] = []
        if self.first_ret < self.last_call:
            holes = self._certain_holes(by_call, by_ret, inside)
            self.certain = without((self.first_ret, self.last_call), holes)
        self.possible = without(
            (self.first_call, self.last_ret), self._possible_holes(by_call, by_ret, inside)
        )

    def _certain_holes(self, by_call: list[Span], by_ret: list[Span], refused: list[Span]) -> list[Span]:
        """From the last call that surely came before the refusal to the first return of one surely after."""
        if not refused:
            return []
        call_before = list(accumulate((call for _, call in by_ret), max))
        ret_after = list(accumulate((ret for _, ret in reversed(by_call)), min))[::-1]
        holes = []
        for call, ret in refused:
            before, after = bisect_right(self._rets, call), bisect_left(self._calls, ret)
            low = call_before[before - 1] if before else float("-inf")
            high = ret_after[after] if after < len(ret_after) else float("inf")
            holes.append((low, high))
        return union(holes)

    def _possible_holes(self, by_call: list[Span], by_ret: list[Span], refused: list[Span]) -> list[Span]:
        """From the last return of one that may have come before it to the first call of one maybe after."""
        if not refused:
            return []
        ret_before = list(accumulate((ret for _, ret in by_call), max))
        call_after = list(accumulate((call for _, call in reversed(by_ret)), min))[::-1]
        holes = []
        for call, ret in refused:
            before, after = bisect_left(self._calls, ret), bisect_right(self._rets, call)
            low = ret_before[before - 1] if before else float("-inf")
            high = call_after[after] if after < len(call_after) else float("inf")
            holes.append((low, high))
        return union(holes)


def _by_node(spans: dict[tuple[int, str], list[Span]]) -> list[list[Span]]:
    nodes: dict[str, list[Span]] = {}
    for (_, node), mine in spans.items():
        nodes.setdefault(node, []).extend(mine)
    return [union(mine) for mine in nodes.values()]


def _late(trial: Trial, served: Served) -> list[str]:
    """Operations of an old reign, called after another node had served under a newer epoch."""
    first = {key: min(ops, key=attrgetter("ret_s")) for key, ops in served.items()}
    lines: list[str] = []
    for (epoch, node), ops in sorted(served.items()):
        newer = [op for (other, at_node), op in first.items() if other > epoch and at_node != node]
        if newer:
            earliest = min(newer, key=attrgetter("ret_s"))
            late = (op for op in ops if op.call_s > (earliest.ret_s or 0.0))
            lines += [_line(trial, op, earliest) for op in sorted(late, key=attrgetter("call_s"))]
        twins = [at_node for other, at_node in served if other == epoch and at_node > node]
        lines += [
            f"trial {trial.number}: {node} and {twin} both served under epoch {epoch}" for twin in twins
        ]
    return lines


def _line(trial: Trial, old: Returned, new: Returned) -> str:
    return (
        f"trial {trial.number}: {old.node} served the {old.kind} of {old.value or 'nothing'} in epoch "
        f"{old.epoch}, called at {at(old.call_s)}, after {new.node} had served {new.value or 'a read'} in "
        f"epoch {new.epoch} by {at(new.ret_s or 0.0)}"
    )


def _text(trial: Trial, key: tuple[int, str], reign: _Reign) -> str:
    epoch, node = key
    return (
        f"trial {trial.number}: {node} served in epoch {epoch} from {at(reign.first_call)} to "
        f"{at(reign.last_ret)}, surely from {at(reign.first_ret)} to {at(reign.last_call)}"
    )


def _claims(trial: Trial, roles: Sequence[RoleChanged]) -> list[list[Span]]:
    """When each node said that it is primary, within the trial, except while it was paused."""
    words = sorted([*roles, *_last_words(trial)], key=lambda said: said.at_s)
    silent = _paused(trial)
    return [
        [
            left
            for span in _said_primary([said for said in words if said.host == host], trial)
            for left in without(span, union(silent.get(host, [])))
        ]
        for host in sorted({said.host for said in words})
    ]


def _said_primary(said: Sequence[RoleChanged], trial: Trial) -> list[Span]:
    ends = [*(word.at_s for word in said[1:]), trial.ended_s]
    spans = [
        (max(word.at_s, trial.began_s), min(end_s, trial.ended_s))
        for word, end_s in zip(said, ends, strict=True)
        if word.role == "primary"
    ]
    return union(spans)


def _last_words(trial: Trial) -> list[RoleChanged]:
    """A node that was killed says no more, though nobody told that it is down."""
    return [
        RoleChanged(at_s=event.before_s, host=event.fault.host, role="down", epoch=0)
        for event in trial.cluster
        if isinstance(event, Applied) and isinstance(event.fault, Kill | Stop)
    ]


def _paused(trial: Trial) -> dict[str, list[Span]]:
    paused: dict[str, list[Span]] = {}
    for act in trial.acts:
        if isinstance(act.fault, Pause):
            end_s = act.ended.after_s if act.ended else trial.ended_s
            paused.setdefault(act.fault.host, []).append((act.before_s, end_s))
    return paused
