"""Epochs that began, and those that no injected fault should have caused.

A failover is a reign with an epoch newer than any before it: a promotion, or a primary that took a new
epoch. It belongs to the newest trial that had begun. Each act of the run that strikes the primary (see
history) allows one, from its beginning until its end plus the target's own detection bound plus a start's
time; so does a fault still in force that cuts a *new* primary off from its witnesses. Every other one is
false, unless a fault or control that was asked for but not seen to be done may have had a part in it: that
is in doubt. With none in T hours the 95 % upper rate is 3/T. The first epoch of a stack is no failover, nor
is what happens before the first trial begins.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from harness.checkers.acts import Act, Reign
from harness.checkers.figures import at
from harness.checkers.history import History, Trial
from harness.ids import step_id
from harness.model.drill import HoldStep, WaitStep
from harness.model.plan import Plan
from harness.reach import without_arbiters

START_S = 5.0  # a node that is started again takes a new epoch once it is up


class Failovers(Struct, frozen=True, kw_only=True):
    """known: some node said that it is primary; without that nothing was checked."""

    happened: tuple[Reign, ...]
    false: tuple[Reign, ...]
    doubtful: tuple[Reign, ...]
    known: bool

    def of(self, trial: Trial) -> Failovers:
        return Failovers(
            happened=_within(self.happened, trial),
            false=_within(self.false, trial),
            doubtful=_within(self.doubtful, trial),
            known=self.known,
        )

    def evidence(self, trial: Trial) -> tuple[str, ...]:
        acts = ", ".join(f"{act.text} at {at(act.before_s)}" for act in trial.acts) or "no fault"
        return tuple(
            f"trial {trial.number}: {reign.node} took epoch {reign.epoch} at {at(reign.begun_s)}; in this "
            f"trial there was {acts}"
            for reign in self.false
        )


def check(plan: Plan, history: History) -> Failovers:
    """Of the whole run."""
    bound_s = plan.promises.detection.limit_s
    began_s = history.trials[0].began_s if history.trials else 0.0
    happened = [reign for reign in newer(history.reigns) if reign.begun_s >= began_s]
    unexplained = _unexplained(happened, _allowances(history, happened, bound_s))
    doubts = [(trial, _doubtful_from(plan, trial)) for trial in history.trials]
    doubtful = [
        r for r in unexplained if any(from_s <= r.begun_s < trial.until_s for trial, from_s in doubts)
    ]
    return Failovers(
        happened=tuple(happened),
        false=tuple(reign for reign in unexplained if reign not in doubtful),
        doubtful=tuple(doubtful),
        known=bool(history.reigns),
    )


def newer(reigns: Sequence[Reign]) -> list[Reign]:
    """Reigns that began with an epoch above all before, in the order of time; without the first."""
    found: list[Reign] = []
    for reign in sorted(reigns, key=lambda r: (r.begun_s, r.epoch)):
        if not found or reign.epoch > found[-1].epoch:
            found.append(reign)
    return found[1:]


def _within(reigns: Sequence[Reign], trial: Trial) -> tuple[Reign, ...]:
    return tuple(reign for reign in reigns if trial.began_s <= reign.begun_s < trial.until_s)


def _allowances(history: History, happened: Sequence[Reign], bound_s: float) -> list[tuple[float, float]]:
    """Spans in each of which one failover is explained, the first to end first."""
    acts = [act for trial in history.trials for act in trial.acts]
    spans = [(act.before_s, _until(act, bound_s)) for act in acts if act.strikes]
    for reign in happened:
        still = (act for act in acts if _lasts(act, reign.begun_s) and act.primary != reign.node)
        for act in still:
            if act.fault and without_arbiters(reign.node, (act.fault,), history.hosts):
                spans.append((reign.begun_s, _until(act, bound_s)))
    return sorted(spans, key=lambda span: span[1])


def _lasts(act: Act, at_s: float) -> bool:
    return act.before_s <= at_s and (act.ended is None or act.ended.after_s > at_s)


def _until(act: Act, bound_s: float) -> float:
    """A control has no end of its own: it is over once it was answered."""
    ended_s = act.ended.after_s if act.ended else act.answered_s
    return (float("inf") if ended_s is None else ended_s) + bound_s + START_S


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


def _doubtful_from(plan: Plan, trial: Trial) -> float:
    """When the first step began whose fault or control was not seen to be done: it may be half done."""
    planned = next((planned.steps for planned in plan.trials if planned.number == trial.number), ())
    asks = {i for i, timed in enumerate(planned) if not isinstance(timed.step, WaitStep | HoldStep)}
    done = {act.act_id for act in trial.acts} - {failed.command_id for failed in trial.failed}
    asked = (step for step in trial.begun if step.index in asks)
    return min((s.at_s for s in asked if step_id(trial.number, s.index) not in done), default=float("inf"))
