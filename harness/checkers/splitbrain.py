"""Did two nodes serve as primary at once? Judged from operations that were served, reads included.

A reign e is what one node served under one epoch. Of its operations:
    certain   C(e) = [min ret, max call]: it served at both ends (empty if min ret ≥ max call)
    possible  P(e) = [min call, max ret]
An operation that the node refused splits its reign: there it was not serving. So the certain interval loses
what lies between the last operation that surely came before the refusal and the first that surely came
after it, the possible one what lies between those that may have. The time of split brain lies in
    [|C(e1) ∩ C(e2)|, |P(e1) ∩ P(e2)|]   over reigns of different nodes.
It is proven if the low end is above 0, or if the old primary served an operation with
call > ret of one that another node had served under a newer epoch, in this trial or before (by call: an
old answer that only travelled slowly proves nothing), or if two nodes served under one epoch.

While a node was paused it served nobody, though its reign goes on. `claimed` is apart, and no proof: how long
two nodes *said* that they are primary; a paused one says nothing. Absence means: no window longer than about
the time between two operations.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from operator import attrgetter

from msgspec import Struct

from harness.checkers.clocks import within_true_time
from harness.checkers.figures import at, few, seconds
from harness.checkers.history import Trial
from harness.checkers.intervals import Span, length, shared, union, without
from harness.model.event import Applied, Returned, RoleChanged
from harness.model.fault import Crash, Kill, Pause, Stop

ReignKey = tuple[int, str]  # epoch and node
Served = dict[ReignKey, list[Returned]]

_ret_s = attrgetter("ret_s")
_call_s = attrgetter("call_s")


class Firsts(Struct, frozen=True):
    """Of every reign of the run the operation that returned first; what each trial served, by its number.

    clock_error_s: by so much every operation's interval was made longer at both ends, to hold the true one.
    """

    first: Mapping[ReignKey, Returned]
    served: Mapping[int, Served]
    clock_error_s: float = 0.0


class SplitBrain(Struct, frozen=True, kw_only=True):
    """seen: operations whose node and epoch are known; without any nothing was checked."""

    low_s: float
    high_s: float
    claimed_s: float
    seen: int
    late: tuple[str, ...]  # served by an old primary after a newer one: the first few
    late_ops: int  # how many there were
    reigns: tuple[str, ...]
    at: str  # where it was certain

    @property
    def proven(self) -> bool:
        return self.low_s > 0 or bool(self.late)


def firsts(trials: Iterable[Trial], clock_error_s: float = 0.0) -> Firsts:
    first: dict[ReignKey, Returned] = {}
    served = {trial.number: _served(trial, clock_error_s) for trial in trials}
    for key, ops in chain.from_iterable(mine.items() for mine in served.values()):
        mine = min(ops, key=_ret_s)
        if key not in first or _ret(mine) < _ret(first[key]):
            first[key] = mine
    return Firsts(first, served, clock_error_s)


def check(trial: Trial, roles: Sequence[RoleChanged], first: Firsts) -> SplitBrain:
    """first: of the whole run."""
    served, refused = first.served[trial.number], _refused(trial, first.clock_error_s)
    reigns = {key: _Reign(ops, refused.get(key[1], [])) for key, ops in served.items()}
    asleep, froze = _paused(trial), _surely_paused(trial, first.clock_error_s)
    certain = shared(_by_node({key: reign.certain for key, reign in reigns.items()}, asleep))
    possible = shared(_by_node({key: reign.possible for key, reign in reigns.items()}, froze))
    late, twins = _late(trial, served, first), _twins(trial, served, first)
    return SplitBrain(
        low_s=length(certain),
        high_s=length(possible),
        claimed_s=length(shared(_claims(trial, roles))),
        seen=sum(map(len, served.values())),
        late=few([*(_line(trial, *pair) for pair in late), *twins]),
        late_ops=len(late),
        reigns=tuple(_text(trial, key, reign) for key, reign in sorted(reigns.items())),
        at="; ".join(f"{at(low)} to {at(high)} ({seconds(high - low)})" for low, high in certain[:3]),
    )


def _served(trial: Trial, clock_error_s: float) -> Served:
    served: Served = {}
    for ops in (within_true_time(trial.writes, clock_error_s), within_true_time(trial.reads, clock_error_s)):
        for op in ops:
            if op.outcome == "ok" and op.ret_s is not None:
                key = (op.epoch, op.node)
                if key in served:
                    served[key].append(op)
                elif op.epoch and op.node:
                    served[key] = [op]
    return served


def _refused(trial: Trial, clock_error_s: float) -> dict[str, list[Span]]:
    refused: dict[str, list[Span]] = {}
    for ops in (trial.writes, trial.reads):
        for op in ops:
            if op.outcome == "fail" and op.node and op.ret_s is not None:
                around = (op.call_s - clock_error_s, op.ret_s + clock_error_s)
                refused.setdefault(op.node, []).append(around)
    return refused


def _ret(op: Returned) -> float:
    return op.ret_s if op.ret_s is not None else float("inf")


class _Reign:
    """The certain and the possible time of one reign."""

    def __init__(self, ops: list[Returned], refused: list[Span]) -> None:
        self.first_call, self.last_call = min(map(_call_s, ops)), max(map(_call_s, ops))
        self.first_ret, self.last_ret = min(map(_ret_s, ops)), max(map(_ret_s, ops))
        inside = [r for r in refused if r[1] >= self.first_call and r[0] <= self.last_ret]
        self.certain: list[Span] = []
        self.possible: list[Span] = [(self.first_call, self.last_ret)]
        if self.first_ret < self.last_call:
            self.certain = [(self.first_ret, self.last_call)]
        if inside:
            self._split(_Order(ops), inside)

    def _split(self, order: _Order, refused: list[Span]) -> None:
        sure, maybe = order.sure_holes(refused), order.maybe_holes(refused)
        self.certain = [left for span in self.certain for left in without(span, sure)]
        self.possible = [left for span in self.possible for left in without(span, maybe)]


class _Order:
    """Operations in real-time order, asked what lies around refusals inside of their reign."""

    def __init__(self, ops: list[Returned]) -> None:
        by_call = sorted((op.call_s, _ret(op)) for op in ops)
        by_ret = sorted((ret, call) for call, ret in by_call)
        self._calls, self._rets = [call for call, _ in by_call], [ret for ret, _ in by_ret]
        self._call_before = list(accumulate((call for _, call in by_ret), max))
        self._ret_after = list(accumulate((ret for _, ret in reversed(by_call)), min))[::-1]
        self._ret_before = list(accumulate((ret for _, ret in by_call), max))
        self._call_after = list(accumulate((call for _, call in reversed(by_ret)), min))[::-1]

    def sure_holes(self, refused: list[Span]) -> list[Span]:
        """From the last call that surely came before the refusal to the first return of one surely after."""
        holes = []
        for call, ret in refused:
            before, after = bisect_left(self._rets, call), bisect_right(self._calls, ret)
            low = self._call_before[before - 1] if before else float("-inf")
            high = self._ret_after[after] if after < len(self._ret_after) else float("inf")
            holes.append((low, high))
        return union(holes)

    def maybe_holes(self, refused: list[Span]) -> list[Span]:
        """From the last return of one that may have come before it to the first call of one maybe after."""
        holes = []
        for call, ret in refused:
            # Some operation was called by then, and some returned later: the refusal lies inside the reign.
            before, after = bisect_right(self._calls, ret), bisect_left(self._rets, call)
            holes.append((self._ret_before[before - 1], self._call_after[after]))
        return union(holes)


def _by_node(spans: dict[tuple[int, str], list[Span]], silent: Mapping[str, list[Span]]) -> list[list[Span]]:
    """silent: when a node served nobody, whatever its reign was."""
    nodes: dict[str, list[Span]] = {}
    for (_, node), mine in spans.items():
        holes = union(silent.get(node, []))
        nodes.setdefault(node, []).extend(left for span in mine for left in without(span, holes))
    return [union(mine) for mine in nodes.values()]


def _late(trial: Trial, served: Served, first: Firsts) -> list[tuple[Returned, Returned]]:
    """Operations of an old reign, called after another node had served under a newer epoch: both."""
    found: list[tuple[Returned, Returned]] = []
    for (epoch, node), ops in sorted(served.items()):
        newer = [op for (other, at_node), op in first.first.items() if other > epoch and at_node != node]
        if newer:
            earliest = min(newer, key=_ret_s)
            late = (op for op in ops if op.call_s > _ret(earliest))
            found += [(op, earliest) for op in sorted(late, key=_call_s)]
    return found


def _twins(trial: Trial, served: Served, first: Firsts) -> list[str]:
    """Two nodes that served under one epoch."""
    lines: list[str] = []
    for epoch, node in sorted(served):
        twins = [
            n for e, n in first.first if e == epoch and (n > node or (n < node and (e, n) not in served))
        ]
        lines += [
            f"trial {trial.number}: {node} and {twin} both served under epoch {epoch}" for twin in twins
        ]
    return lines


def _line(trial: Trial, old: Returned, new: Returned) -> str:
    return (
        f"trial {trial.number}: {old.node} served the {old.kind} of {old.value or 'nothing'} in epoch "
        f"{old.epoch}, called at {at(old.call_s)}, after {new.node} had served {new.value or 'a read'} in "
        f"epoch {new.epoch} by {at(_ret(new))}"
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
        if isinstance(event, Applied) and isinstance(event.fault, Kill | Stop | Crash)
    ]


def _paused(trial: Trial) -> dict[str, list[Span]]:
    paused: dict[str, list[Span]] = {}
    for act in trial.acts:
        if isinstance(act.fault, Pause):
            end_s = act.ended.after_s if act.ended else trial.ended_s
            paused.setdefault(act.fault.host, []).append((act.before_s, end_s))
    return paused


def _surely_paused(trial: Trial, clock_error_s: float) -> dict[str, list[Span]]:
    """Less its edges: from when it was surely frozen until it may have been woken."""
    paused: dict[str, list[Span]] = {}
    for act in trial.acts:
        if isinstance(act.fault, Pause):
            end_s = act.ended.before_s if act.ended else trial.ended_s
            paused.setdefault(act.fault.host, []).append((act.after_s + clock_error_s, end_s - clock_error_s))
    return paused
