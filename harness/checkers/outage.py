"""How long clients could not write. Latency counts from the *scheduled* time: no coordinated omission.

Writes of the chosen clients in the order in which the open loop wanted them. A run of 3 good ones in a
row is service; what lies between two such runs and holds a bad one (failed or unknown) is an interruption.
It ends with the first good return of the next run; without a next run it is censored.

    RTO     = end of the interruption − t_fault         the fault struck the primary, and the first bad
                                                        write came within the detection bound + 1 s
    length  = end − last good return before it          every other interruption: a later one, or one of a
                                                        fault that leaves the primary alone
    outage  = the longest of these; 0 if there is none

The error: t_fault lies in the injection's interval; service was back at the earliest just after the last
bad call, and at the latest with the good return. A call that came late only because its writer was still
waiting for an older one is taken as it is: to the client that was outage as well.

Writes that are slow but good are no interruption by count, but silence is: where no write is good for
longer than the load can explain (the longest silence before the fault, at least twice the mean spacing),
that silence is an interruption too. `slow`: good writes that took more than 0.1 s from their schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

from msgspec import Struct

from harness.checkers.figures import censored
from harness.checkers.history import Act
from harness.model.event import Returned
from harness.model.verdict import Figure

RUN = 3
SLOW_S = 0.1
LATE_CALL_S = 0.02  # its own writer held it back: demand was there all the time
GRACE_S = 1.0


class Span(Struct, frozen=True, kw_only=True):
    """An interruption. ended: the first good write of the next run; None if none came."""

    last_good_s: float
    first_bad: Returned
    last_bad: Returned
    ended: Returned | None


class Outage(Struct, frozen=True, kw_only=True):
    """gap: from the last good write before it to the first after. end_s: the last thing timed."""

    figure: Figure
    gap: Figure
    slow: int
    writes: int
    interruptions: int
    end_s: float


def check(writes: Sequence[Returned], act: Act | None, *, bound_s: float, timeout_s: float) -> Outage | None:
    """None when these clients wrote nothing. act: what the outage counts from; None is the load's begin."""
    ops = sorted(writes, key=attrgetter("scheduled_s"))
    if not ops:
        return None
    from_s = act.before_s if act else ops[0].scheduled_s
    spans = interruptions(ops, from_s=from_s, timeout_s=timeout_s)
    found = [(_figure(span, act, bound_s), _gap(span), _end(span)) for span in spans]
    quiet = _silence(ops, act)
    worst = max([*found, quiet], key=lambda item: _size(item[0]))
    return Outage(
        figure=worst[0],
        gap=worst[1],
        slow=sum(1 for op in ops if _is_good(op) and (op.ret_s or 0.0) - op.scheduled_s > SLOW_S),
        writes=len(ops),
        interruptions=len(spans),
        end_s=max(item[2] for item in [*found, quiet]),
    )


def interruptions(ops: Sequence[Returned], *, from_s: float, timeout_s: float) -> list[Span]:
    """All interruptions whose bad writes the time from from_s on can have caused. ops: by schedule."""
    good = [_is_good(op) for op in ops]
    stable = _stable(good)
    spans: list[Span] = []
    index, last_good_s = 0, ops[0].scheduled_s
    while index < len(ops):
        if good[index] or not _may_be_caused(ops[index], from_s, timeout_s):
            if good[index] and stable[index]:
                last_good_s = max(last_good_s, ops[index].ret_s or 0.0)
            index += 1
            continue
        back = next((i for i in range(index, len(ops)) if stable[i]), len(ops))
        bad = [op for op in ops[index:back] if not _is_good(op)]
        ended = _first_return(ops, stable, back)
        spans.append(
            Span(
                last_good_s=min(last_good_s, ended.ret_s or 0.0) if ended else last_good_s,
                first_bad=bad[0],
                last_bad=max(bad, key=attrgetter("call_s")),
                ended=ended,
            )
        )
        index = back
    return spans


def _is_good(op: Returned) -> bool:
    return op.outcome == "ok" and op.ret_s is not None


def _stable(good: Sequence[bool]) -> list[bool]:
    """Which are part of a run of at least RUN good ones."""
    stable, begin = [False] * len(good), 0
    for index in range(len(good) + 1):
        if index == len(good) or not good[index]:
            if index - begin >= RUN:
                stable[begin:index] = [True] * (index - begin)
            begin = index + 1
    return stable


def _may_be_caused(op: Returned, from_s: float, timeout_s: float) -> bool:
    """It was still open when the fault came, or was called later."""
    return (op.call_s + timeout_s if op.ret_s is None else op.ret_s) >= from_s


def _first_return(ops: Sequence[Returned], stable: Sequence[bool], begin: int) -> Returned | None:
    """Of the run that begins here, the write that returned first: an older one may have waited longer."""
    if begin == len(ops):
        return None
    first = ops[begin]
    for index in range(begin, len(ops)):
        op = ops[index]
        if not stable[index] or op.call_s > (first.ret_s or 0.0):
            break
        if (op.ret_s or 0.0) < (first.ret_s or 0.0):
            first = op
    return first


def _figure(span: Span, act: Act | None, bound_s: float) -> Figure:
    counts_from_fault = (
        act is not None and act.strikes and span.first_bad.call_s <= act.after_s + bound_s + GRACE_S
    )
    if act is None or not counts_from_fault:
        return _gap(span)
    if span.ended is None:
        return censored(span.last_bad.call_s - act.after_s)
    end_s = span.ended.ret_s or 0.0
    return Figure(
        value=max(end_s - act.middle_s, 0.0),
        low=max(_back_low_s(span) - act.after_s, 0.0),
        high=max(end_s - act.before_s, 0.0),
    )


def _back_low_s(span: Span) -> float:
    """The earliest that service can have been back: not before the last bad call that preceded its proof."""
    assert span.ended is not None
    if span.ended.call_s - span.ended.scheduled_s > LATE_CALL_S:
        return span.ended.call_s
    return min(span.last_bad.call_s, span.ended.ret_s or 0.0)


def _gap(span: Span) -> Figure:
    """Surely down from the first bad return to the last bad call, perhaps from the last good to the first."""
    if span.ended is None:
        return censored(span.last_bad.call_s - span.last_good_s)
    end_s = span.ended.ret_s or 0.0
    bad_s = span.first_bad.call_s if span.first_bad.ret_s is None else span.first_bad.ret_s
    sure_s = _back_low_s(span) - bad_s
    value = max(end_s - span.last_good_s, 0.0)
    return Figure(value=value, low=min(max(sure_s, 0.0), value), high=value)


def _end(span: Span) -> float:
    return (span.ended.ret_s or 0.0) if span.ended else span.last_bad.call_s


def _size(figure: Figure) -> float:
    return float("inf") if figure.value is None else figure.value


def _silence(ops: Sequence[Returned], act: Act | None) -> tuple[Figure, Figure, float]:
    """The longest time without a good return; 0 where the load itself explains it."""
    good = sorted((op.ret_s or 0.0, op.call_s) for op in ops if _is_good(op))
    none = Figure(value=0.0, low=0.0, high=0.0)
    if len(good) < 2:
        return none, none, ops[0].scheduled_s
    from_s = act.before_s if act else good[0][0]
    spacing_s = (ops[-1].scheduled_s - ops[0].scheduled_s) / len(ops)
    explained_s, worst, called_s = 2 * spacing_s, (from_s, from_s), from_s
    for (last_s, call_s), (next_s, _) in pairwise(good):
        if next_s <= from_s:
            explained_s = max(explained_s, next_s - last_s)
        elif next_s - max(last_s, from_s) > worst[1] - worst[0]:
            worst, called_s = (max(last_s, from_s), next_s), max(call_s, from_s)
    length_s = worst[1] - worst[0]
    if length_s <= explained_s:
        none = Figure(value=0.0, low=0.0, high=length_s)
        return none, none, from_s
    figure = Figure(value=length_s, low=length_s - explained_s, high=worst[1] - called_s)
    return figure, figure, worst[1]
