"""The faults of one trial: asked for, answered in time, healed when they have lasted; and whom they struck.

A crash lies in wait until its point is reached: whom it strikes, and when, shows only then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.conductor.stand import Stand
from harness.ids import step_id
from harness.model.command import Inject
from harness.model.drill import CrashStep
from harness.model.event import Applied
from harness.model.fault import Crash, Fault, Stop, describe
from harness.model.plan import TimedStep
from harness.reach import victim

ANSWER_WITHIN_S = 30.0  # no world needs as long; one that is silent for so long is broken


class Strikes:
    """abandon: the world is silent. never: a point was not reached; told with the step's index."""

    def __init__(
        self, stand: Stand, *, abandon: Callable[[str], None], never: Callable[[int, str], None]
    ) -> None:
        self._stand, self._abandon, self._never = stand, abandon, never
        self._in_wait: dict[str, TimedStep] = {}
        self.victim, self.old_primary = "", ""

    @property
    def text(self) -> str:
        """What lies in wait, for a person; empty when nothing does."""
        return "a crash point to be reached" if self._in_wait else ""

    def inject(self, index: int, fault: Fault, timed: TimedStep) -> None:
        stand, fault_id = self._stand, step_id(self._stand.trial, index)
        waits = isinstance(fault, Crash)
        stand.faults.asked(fault_id, waits=waits, is_ending=isinstance(fault, Stop))
        stand.ask(Inject(fault_id, fault))
        if isinstance(timed.step, CrashStep):
            self._in_wait[fault_id] = timed
            overdue = partial(self._overdue, index, fault, timed.step.within_s)
            stand.after(timed.step.within_s, "point", overdue)
            return
        self._struck(fault, stand.view.newest_primary)
        stand.after(ANSWER_WITHIN_S, "answer", partial(self._unanswered, fault_id))
        self._heal_later(fault_id, timed)

    def applied(self, event: Applied) -> None:
        timed = self._in_wait.pop(event.fault_id, None)
        if timed is not None:
            # Its death counts already: who was primary, the view before it tells.
            self._struck(event.fault, self._stand.view_before.newest_primary)
            self._heal_later(event.fault_id, timed)

    def forget(self) -> None:
        """No point is waited for any more."""
        self._in_wait.clear()

    def _struck(self, fault: Fault, primary: str) -> None:
        self.victim = victim(fault, self._stand.hosts, primary=primary) or self.victim
        self.old_primary = primary or self.old_primary

    def _heal_later(self, fault_id: str, timed: TimedStep) -> None:
        """A step that a hold made late keeps its length."""
        self._stand.after(timed.lasts_s, "heal", partial(self._heal, fault_id))

    def _heal(self, fault_id: str) -> None:
        self._stand.ask(*self._stand.faults.end(fault_id))

    def _unanswered(self, fault_id: str) -> None:
        if self._stand.faults.stage(fault_id) in ("asked", "overtaken"):
            self._stand.ask(*self._stand.faults.inject_failed(fault_id))
            self._abandon(f"{fault_id}: the world did not answer")

    def _overdue(self, index: int, fault: Fault, within_s: float) -> None:
        fault_id, faults = step_id(self._stand.trial, index), self._stand.faults
        waited_for = self._in_wait.pop(fault_id, None) is not None
        if waited_for and faults.stage(fault_id) == "lying in wait":
            self._stand.ask(*faults.end(fault_id))
            self._never(index, f"{describe(fault)}: not within {within_s:g} s")
