"""What happens, for a log: one line a trial and step. Everything else is in the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.model.event import AlertRaised, Controlled, Failed, Powered, Violated
from harness.model.journal import Entry, RunEnded, StepBegan, TrialBegan, TrialEnded, WaitEnded
from harness.model.plan import PlanFile
from reports.look import Look


def line(entry: Entry, trials: int) -> str:
    """The entry in words; empty for what a log does without."""
    match entry:
        case TrialBegan(trial=trial, primary=primary):
            return f"trial {trial}/{trials}: the primary is {primary}"
        case StepBegan(trial=trial, text=text, hosts=hosts):
            return f"trial {trial}/{trials}: {text}" + (f" → {', '.join(hosts)}" if hosts else "")
        case WaitEnded(trial=trial, met=False, text=text):
            return f"trial {trial}/{trials}: waited in vain: {text}"
        case TrialEnded(trial=trial, completed=False, reason=reason):
            return f"trial {trial}/{trials}: ended early: {reason}"
        case Failed(command_id=command_id, reason=reason):
            return f"{command_id} failed: {reason}"
        case Controlled(control_id=control_id, action=action, ok=False, detail=detail):
            return f"{control_id} {action} refused: {detail}"
        case Powered(host=host, state=state, by=by):
            return f"{by} switches {host} {state}"
        case AlertRaised(host=host, text=text):
            return f"{host} calls for a person: {text}"
        case Violated(host=host, invariant=invariant, detail=detail):
            return f"{host} breaks the invariant '{invariant}': {detail}"
        case RunEnded(reason=reason, detail=detail) if reason != "done":
            return f"the run ended: {reason}" + (f": {detail}" if detail else "")
        case _:
            return ""


class Lines:
    """Follows a run on a stream that is no terminal. elapsed gives the seconds since the command began."""

    def __init__(self, write: Callable[[str], object], *, elapsed: Callable[[], float], look: Look) -> None:
        self._write, self._elapsed, self._look = write, elapsed, look
        self._trials = 0

    def say(self, text: str) -> None:
        self._write(self._look.text(f"{self._elapsed():8.1f} s  {text}\n"))

    def begin(self, file: PlanFile, folder: str) -> None:
        self._trials = len(file.plan.trials)
        plan = file.plan
        self.say(f"{plan.drill} on {plan.target} ({plan.world}), seed {plan.seed}, into {folder}")

    def told(self, entries: Sequence[Entry], moment: object = None) -> None:
        for entry in entries:
            if text := line(entry, self._trials):
                self.say(text)

    def end(self) -> None:
        """Nothing stays open here."""
