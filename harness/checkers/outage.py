"""How long clients could not write. Latency counts from the *scheduled* time: no coordinated omission.

Each writer of the chosen clients is measured by itself (see interruptions), and the worst counts: a writer
that hangs is not made well by one that is served.

    RTO     = end of the interruption − t_fault         the writer's first interruption after a fault that
                                                        struck the primary, its first bad write within the
                                                        detection bound + 1 s
    length  = end − last good return before it          every other interruption: a later one, or one of a
                                                        fault that leaves the primary alone
    outage  = the longest of these; 0 if there is none, and at most what fits between two good writes

The error: t_fault lies in the injection's interval; service was back at the earliest just after the last
bad call, and at the latest with the good return. A call that came late only because its writer was still
waiting for a connection is taken as it is: to the client that was outage as well. A silence counts from
its begin, less what the load explains. `slow`: good writes that took more than 0.1 s from their schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from msgspec import Struct

from harness.checkers.acts import Act
from harness.checkers.figures import censored, longest
from harness.checkers.interruptions import (
    Interruption,
    Silence,
    hidden_s,
    interruptions,
    is_good,
    open_until_s,
    returned_s,
    silence,
)
from harness.model.event import Returned
from harness.model.plan import ClientPlan
from harness.model.verdict import Figure

SLOW_S = 0.1
LATE_CALL_S = 0.02  # its own writer held it back: demand was there all the time
GRACE_S = 1.0

Lanes = dict[tuple[str, str], list[Returned]]


class Down(Struct, frozen=True, kw_only=True):
    """One interruption or silence of one writer. gap: from its last good write before to the first after."""

    figure: Figure
    gap: Figure
    from_s: float
    end_s: float


class Outage(Struct, frozen=True, kw_only=True):
    """downs: the longest first. untried: who wrote nothing after the fault; empty when all did."""

    figure: Figure
    downs: tuple[Down, ...]
    slow: int
    writes: int
    untried: str

    @property
    def gap(self) -> Figure:
        return self.downs[0].gap if self.downs else self.figure

    @property
    def end_s(self) -> float | None:
        """The last thing that was timed."""
        return max((down.end_s for down in self.downs), default=None)


def check(
    writes: Sequence[Returned],
    acts: Sequence[Act],
    clients: Sequence[ClientPlan],
    *,
    bound_s: float,
    timeout_s: float,
) -> Outage | None:
    """None when these clients have no writer. acts: by time; without any all the load counts."""
    lanes = _lanes(writes)
    if not lanes and not any(client.writers for client in clients):
        return None
    by_lane = [(ops, _downs(ops, acts, bound_s, timeout_s)) for ops in lanes.values()]
    found = [down for _, downs in by_lane for down in downs]
    hidden = [_hidden(ops, acts) for ops, downs in by_lane if not downs]
    return Outage(
        figure=longest([*(down.figure for down in found), *hidden]),
        downs=tuple(sorted(found, key=_size, reverse=True)),
        slow=sum(1 for op in writes if is_good(op) and returned_s(op) - op.scheduled_s > SLOW_S),
        writes=len(writes),
        untried=_untried(lanes, acts, clients),
    )


def _lanes(writes: Iterable[Returned]) -> Lanes:
    """By client and writer: a value is `<prefix>.<client>.<writer>.<n>` (see StartLoad)."""
    lanes: Lanes = {}
    for op in writes:
        lanes.setdefault((op.client, op.value.rpartition(".")[0]), []).append(op)
    for ops in lanes.values():
        ops.sort(key=attrgetter("scheduled_s"))
    return lanes


def _untried(lanes: Lanes, acts: Sequence[Act], clients: Sequence[ClientPlan]) -> str:
    from_s = acts[-1].after_s if acts else float("-inf")
    tried = [client for (client, _), ops in lanes.items() if ops[-1].call_s >= from_s]
    idle = [c for c in clients if tried.count(c.host) < c.writers]
    when = " after the fault" if acts else ""
    return ", ".join(f"{c.host}: {tried.count(c.host)} of {c.writers} writers wrote{when}" for c in idle)


def _downs(ops: Sequence[Returned], acts: Sequence[Act], bound_s: float, timeout_s: float) -> list[Down]:
    """Of one writer. Of all that a strike may have caused the first counts from it."""
    from_s = _from_s(ops, acts)
    spans = interruptions(ops, from_s=from_s, timeout_s=timeout_s)
    left = [act for act in acts if act.strikes]
    downs = []
    for span in spans:
        act = _cause(span, left, bound_s, timeout_s)
        left = [other for other in left if act is None or other.before_s > act.before_s]
        downs.append(_interrupted(span, act))
    struck_s = [act.before_s for act in acts if act.strikes]
    quiet = silence(ops, from_s=from_s, apart_from=spans, struck_s=struck_s)
    return [*downs, _silent(quiet)] if quiet else downs


def _from_s(ops: Sequence[Returned], acts: Sequence[Act]) -> float:
    return acts[0].before_s if acts else ops[0].scheduled_s


def _hidden(ops: Sequence[Returned], acts: Sequence[Act]) -> Figure:
    return Figure(value=0.0, low=0.0, high=hidden_s(ops, from_s=_from_s(ops, acts)))


def _cause(span: Interruption, strikes: Sequence[Act], bound_s: float, timeout_s: float) -> Act | None:
    """The newest strike before the first bad call, else the first while that call was open."""
    bad = span.first_bad
    before = [act for act in strikes if act.before_s <= bad.call_s]
    during = [act for act in strikes if act.before_s <= open_until_s(bad, timeout_s)]
    act = before[-1] if before else during[0] if during else None
    done_s = act.answered_s or act.after_s if act else 0.0
    return act if act and bad.call_s <= done_s + bound_s + GRACE_S else None


def _interrupted(span: Interruption, act: Act | None) -> Down:
    gap = _gap(span)
    figure = gap if act is None else _from_fault(span, act)
    from_s = span.last_good_s if act is None else act.before_s
    return Down(figure=figure, gap=gap, from_s=from_s, end_s=span.end_s)


def _from_fault(span: Interruption, act: Act) -> Figure:
    if span.ended is None:
        return censored(span.last_bad.call_s - act.after_s)
    return Figure(
        value=max(span.end_s - act.middle_s, 0.0),
        low=max(_back_low_s(span, span.ended) - act.after_s, 0.0),
        high=max(span.end_s - act.before_s, 0.0) if span.sure else None,
    )


def _gap(span: Interruption) -> Figure:
    """Surely down from the first bad return to the last bad call, perhaps from the last good to the first."""
    if span.ended is None:
        return censored(span.last_bad.call_s - span.last_good_s)
    value = max(span.end_s - span.last_good_s, 0.0)
    sure_s = max(_back_low_s(span, span.ended) - returned_s(span.first_bad), 0.0)
    return Figure(value=value, low=min(sure_s, value), high=value if span.sure else None)


def _back_low_s(span: Interruption, ended: Returned) -> float:
    """The earliest that service can have been back: not before the last bad call that preceded its proof."""
    if ended.call_s - ended.scheduled_s > LATE_CALL_S:
        return ended.call_s
    return min(span.last_bad.call_s, returned_s(ended))


def _silent(quiet: Silence) -> Down:
    length_s = quiet.to_s - quiet.from_s
    figure = Figure(
        value=length_s, low=max(length_s - quiet.explained_s, 0.0), high=quiet.to_s - quiet.called_s
    )
    return Down(figure=figure, gap=figure, from_s=quiet.from_s, end_s=quiet.to_s)


def _size(down: Down) -> float:
    return float("inf") if down.figure.value is None else down.figure.value
