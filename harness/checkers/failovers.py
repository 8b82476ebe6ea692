"""Epochs that began, and those that no injected fault should have caused.

A failover is a reign with an epoch newer than any before it: a promotion, or a primary that took a new
epoch. Each act that strikes the primary (see history) allows one, from its beginning until its end plus
the target's own detection bound plus a start's time; so does a fault still in force that cuts a *new*
primary off from its witnesses. Every other one is false. With none in T hours the 95 % upper rate is 3/T.
The first epoch of a stack is no failover.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from harness.checkers.figures import at
from harness.checkers.history import Act, History, Reign, Trial
from harness.reach import without_arbiters

START_S = 5.0  # a node that is started again takes a new epoch once it is up


class Failovers(Struct, frozen=True, kw_only=True):
    """known: some node said that it is primary; without that nothing was checked."""

    happened: tuple[Reign, ...]
    false: tuple[Reign, ...]
    known: bool

    def evidence(self, trial: Trial) -> tuple[str, ...]:
        acts = ", ".join(f"{act.text} at {at(act.before_s)}" for act in trial.acts) or "no fault"
        return tuple(
            f"trial {trial.number}: {reign.node} took epoch {reign.epoch} at {at(reign.begun_s)}; in this "
            f"trial there was {acts}"
            for reign in self.false
        )


def check(history: History, trial: Trial, bound_s: float) -> Failovers:
    """bound_s: the target's promised detection time."""
    happened = [r for r in newer(history.reigns) if trial.began_s <= r.begun_s <= trial.ended_s]
    return Failovers(
        happened=tuple(happened),
        false=tuple(_unexplained(happened, _allowances(history, trial, happened, bound_s))),
        known=bool(history.reigns),
    )


def newer(reigns: Sequence[Reign]) -> list[Reign]:
    """Reigns that began with an epoch above all before, in the order of time; without the first."""
    found: list[Reign] = []
    for reign in sorted(reigns, key=lambda r: (r.begun_s, r.epoch)):
        if not found or reign.epoch > found[-1].epoch:
            found.append(reign)
    return found[1:]


def _allowances(
    history: History, trial: Trial, happened: Sequence[Reign], bound_s: float
) -> list[tuple[float, float]]:
    """Spans in each of which one failover is explained."""
    spans = [(act.before_s, _until(act, bound_s)) for act in trial.acts if act.strikes]
    for reign in happened:
        still = (act for act in trial.acts if _lasts(act, reign.begun_s) and act.primary != reign.node)
        for act in still:
            if act.fault and without_arbiters(reign.node, (act.fault,), history.hosts):
                spans.append((reign.begun_s, _until(act, bound_s)))
    return sorted(spans, key=lambda span: span[1])


def _lasts(act: Act, at_s: float) -> bool:
    return act.before_s <= at_s and (act.ended is None or act.ended.after_s > at_s)


def _until(act: Act, bound_s: float) -> float:
    """A control has no end of its own: it is over once it was answered."""
    ended_s = act.ended.after_s if act.ended else act.after_s if act.fault is None else float("inf")
    return ended_s + bound_s + START_S


def _unexplained(happened: Sequence[Reign], spans: list[tuple[float, float]]) -> list[Reign]:
    """Each failover uses up the allowance that ends first of those that are open."""
    left, false = list(spans), []
    for reign in happened:
        open_now = next((span for span in left if span[0] <= reign.begun_s <= span[1]), None)
        if open_now is None:
            false.append(reign)
        else:
            left.remove(open_now)
    return false
