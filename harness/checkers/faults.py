"""Did every planned fault bite, last, and end in time? Ignores what the cluster made of it.

A fault without evidence was not seen to bite. A trial in which one did not bite proves nothing about times,
and a drill with such a trial is unknown. Steps that were left out because a wait had expired are no failure
of the injection: the wait says so itself. A control that the target refused has been asked for; what that
means is for the expectations to say.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.checkers.acts import Act
from harness.checkers.figures import seconds
from harness.checkers.history import Trial
from harness.ids import step_id
from harness.model.drill import ControlStep, ExecStep, HoldStep, WaitStep
from harness.model.plan import TimedStep
from harness.model.wording import is_restart

LATE_S = 1.0  # a fault that lasts this much longer or shorter than planned is another fault
# Of a short one this share of its time.
_EARLY_SHARE = 0.5
# What was down starts within a second or two; what takes longer has not ended at a known time.
_ENDS_WITHIN_S = 10.0


def check(trial: Trial, steps: Sequence[TimedStep]) -> tuple[str, ...]:
    """What is wrong, a line each; empty when every fault did its work."""
    problems: list[str] = []
    for index, timed in enumerate(steps):
        problem = _step(trial, index, timed)
        if problem:
            problems.append(f"trial {trial.number}, step {index + 1}: {problem}")
    return tuple(problems)


def _step(trial: Trial, index: int, timed: TimedStep) -> str:
    name = step_id(trial.number, index)
    act = next((act for act in trial.acts if act.act_id == name), None)
    failed = next((f.reason for f in trial.failed if f.command_id == name), "")
    match timed.step:
        case WaitStep() | HoldStep():
            return ""
        case ExecStep():
            return failed or _ran(trial, index, name)
        case ControlStep():
            answered = any(answer.control_id == name for answer in trial.controls)
            return failed or ("" if answered or _left_out(trial, index) else "the control was not answered")
        case _:
            if failed:
                return failed
            if act is None:
                return "" if _left_out(trial, index) else "the fault never came into force"
            if not act.evidence:
                return f"nothing shows that {act.text} took effect"
            return _end(act, trial, None if is_restart(timed.step) else timed.lasts_s)


def _ran(trial: Trial, index: int, name: str) -> str:
    """A command that fails did not do what the drill is there for."""
    ran = next((ran for ran in trial.executed if ran.command_id == name), None)
    if ran is None:
        return "" if _left_out(trial, index) else "the command was not answered"
    return f"on {ran.host} exit code {ran.exit_code}: {ran.output}".rstrip(": ") if ran.exit_code else ""


def _left_out(trial: Trial, index: int) -> bool:
    """Never begun, in a trial whose wait expired."""
    begun = any(step.index == index for step in trial.begun)
    return not begun and any(not wait.met for wait in trial.waits)


def _end(act: Act, trial: Trial, planned_s: float | None) -> str:
    """planned_s: None for what is over as soon as it has come, whenever that is."""
    if act.ended is None:
        return f"{act.text} was never seen to end" if trial.whole else ""
    if act.ended.lapsed:
        return f"{act.text} had ended before its time: {act.ended.lapsed}"
    lasted_s = act.ended.before_s - act.after_s
    if planned_s is None:
        planned_s = lasted_s
    if lasted_s > planned_s + LATE_S or (lasted_s < _at_least_s(planned_s) and not _abandoned(trial)):
        return f"{act.text} lasted {seconds(lasted_s)} instead of {seconds(planned_s)}"
    took_s = act.ended.after_s - act.ended.before_s
    return f"{act.text} took {seconds(took_s)} to end" if took_s > _ENDS_WITHIN_S else ""


def _at_least_s(planned_s: float) -> float:
    """It counts from the order to inject it, and is in force a little later."""
    return planned_s - min(LATE_S, planned_s * _EARLY_SHARE)


def _abandoned(trial: Trial) -> bool:
    """Then everything is healed at once, and the wait that expired says so."""
    return not trial.completed or any(not wait.met for wait in trial.waits)
