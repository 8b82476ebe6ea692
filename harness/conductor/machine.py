"""The conductor: plan and events -> commands and notes. Knows no clock.

A trial goes through these stages, each with a bound:
starting  until one primary is known, then the load starts
steps     the drill's steps (see blocks)
healing   until every fault is over: at its own end, or at once when the steps were abandoned
settling  until the cluster is steady again
tail      a moment of good load, a run of good writes of every writer, so that an outage's end can be seen
stopping  until every client has told its last operation
reading   every write is read back at the primary
ending    the run stops early: all is healed first
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from harness.conductor.agenda import Action
from harness.conductor.blocks import Blocks
from harness.conductor.clients import Clients
from harness.conductor.progress import Progress, progress_of
from harness.conductor.readback import ReadBack
from harness.conductor.stages import WAITS_FOR, Stage
from harness.conductor.stand import Stand, Told
from harness.conductor.waits import GOOD_WRITES, silent_why, steady_lacks
from harness.model.drill import WaitStep
from harness.model.event import (
    Applied,
    Controlled,
    Event,
    Executed,
    Failed,
    FinalRead,
    Healed,
    LoadStopped,
    MembershipChanged,
    MomentCame,
    PhaseReached,
    Returned,
    Woke,
)
from harness.model.journal import RunEnded, TrialBegan, TrialEnded
from harness.model.plan import Plan

TAIL_MIN_S, TAIL_MAX_S = 0.3, 60.0
STOP_WITHIN_S = 10.0  # beyond the load's own time-out
ENDING_WITHIN_S = 15.0
HEAL_WITHIN_S = 30.0

AbortReason = Literal["interrupted", "deadline", "world broke"]
EndReason = Literal["done", "gave up", "interrupted", "deadline", "world broke"]


class Conductor:
    """One run of a plan: `start` once, then `handle` for every event until `finished`."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._stand = plan, Stand(plan)
        self._stage: Stage = "idle"
        self._blocks: Blocks | None = None
        self._clients = Clients(self._stand)
        self._never_bit: set[str] = set()  # faults that failed to come into force
        self._reading = ReadBack(self._stand)
        self._end: tuple[EndReason, str] = ("done", "")

    def start(self) -> Told:
        self._await_primary()
        return self._stand.told()

    def handle(self, event: Event) -> Told:
        """Every event of the world, in the order of its arrival."""
        if self.finished:
            return [], []
        self._stand.saw(event)
        if not isinstance(event, Returned):
            self._take(event)
        while self._moved():
            pass
        return self._stand.told()

    def abort(self, reason: AbortReason, detail: str = "") -> Told:
        """Heal all, stop the load; `finished` once both are answered. Asked twice, it finishes at once."""
        if self._stage == "ending":
            self._end = (reason, detail) if reason == "world broke" else self._end
            self._finish()
        elif not self.finished:
            self._stop_early(reason, detail)
            self._moved()
        return self._stand.told()

    @property
    def finished(self) -> bool:
        return self._stage == "over"

    @property
    def progress(self) -> Progress:
        return progress_of(self._stand, trials=len(self._plan.trials), waiting_for=self._waiting_for())

    def _waiting_for(self) -> str:
        match self._stage:
            case "steps":
                return self._blocks.waiting_for if self._blocks else ""
            case "settling":
                return f"steady again: {self._unsettled()}"
            case "stopping":
                return f"the load of {', '.join(sorted(self._clients.running))} to end"
            case other:
                return WAITS_FOR.get(other, "")

    # --- events -----------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        stand = self._stand
        match event:
            case Woke(wake_id=wake_id):
                stand.agenda.woke(wake_id)
            case Applied(fault_id=fault_id):
                stand.ask(*stand.faults.applied(fault_id))
                self._saw(event)
            case Healed(fault_id=fault_id):
                stand.faults.gone(fault_id)
            case Controlled(control_id=control_id) if self._blocks:
                self._blocks.control_answered(control_id)
            case Executed(command_id=command_id) if self._blocks:
                self._blocks.control_answered(command_id)
            case PhaseReached() | MembershipChanged() | MomentCame():
                self._saw(event)
            case LoadStopped(client=client):
                self._clients.ended(client)
            case FinalRead(read_id=name) if self._stage == "reading" and name == self._reading.open_id:
                self._end_trial()
            case Failed():
                self._failed(event)

    def _saw(self, event: Applied | PhaseReached | MembershipChanged | MomentCame) -> None:
        """A moment that comes when the steps are over begins nothing any more."""
        if self._blocks and self._stage == "steps":
            self._blocks.saw(event)

    def _failed(self, failed: Failed) -> None:
        name, reason = failed.command_id, failed.reason
        match self._stand.faults.stage(name):
            case "asked" | "overtaken" | "lying in wait":
                self._never_bit.add(name)
                self._stand.ask(*self._stand.faults.inject_failed(name))
                self._missed(reason)
            case "in force":  # nobody asked for its end
                self._stop_early("world broke", f"{name}: {reason}")
            case "healing":
                self._heal_failed(name, reason)
            case None if self._stage == "reading" and name == self._reading.open_id:
                self._read_failed(reason)
            case None if name in self._clients.running:
                self._clients.ended(name)
                self._stop_early("world broke", f"the load of {name}: {reason}")
            case None if self._blocks:
                self._blocks.control_failed(failed)

    def _heal_failed(self, fault_id: str, reason: str) -> None:
        """Of a fault that never came into force nothing needs to be left to heal."""
        self._stand.faults.gone(fault_id)
        if fault_id not in self._never_bit:
            self._stop_early("world broke", f"{fault_id} could not be healed: {reason}")

    def _missed(self, why: str) -> None:
        if self._blocks:
            self._blocks.missed(why)

    # --- stages -----------------------------------------------------------------------------------

    def _moved(self) -> bool:
        """One stage on, when what this one waits for is there."""
        stand = self._stand
        match self._stage:
            case "starting":
                return _when(bool(stand.view.primary), self._begin_trial)
            case "steps":
                return self._steps_moved()
            case "healing":
                return _when(not stand.faults and not self._controls_open, self._settle)
            case "settling":
                return _when(not self._unsettled(), self._tail)
            case "stopping":
                return _when(not self._clients.running, self._begin_reading)
            case "reading":
                return _when(self._reading.is_due, self._reading.ask)
            case "ending":
                return _when(not stand.faults and not self._clients.running, self._finish)
            case "idle" | "tail" | "over":
                return False

    @property
    def _controls_open(self) -> bool:
        return self._blocks is not None and self._blocks.controls_open

    def _enter(self, stage: Stage, within_s: float, why: str) -> None:
        """A stage that is not left within its bound ends the run."""
        self._stage = stage
        entered = (stage, self._stand.trial)
        self._stand.after(within_s, stage, partial(self._overdue, entered, why))

    def _overdue(self, entered: tuple[Stage, int], why: str) -> None:
        if (self._stage, self._stand.trial) == entered:
            stand, told = self._stand, ""
            if self._stage == "settling":
                told = self._unsettled()
            elif self._stage == "starting":
                told = silent_why(stand.view, stand.hosts)
            self._stop_early("gave up", f"{why}: {told}".removesuffix(": "))

    def _await_primary(self) -> None:
        first = self._plan.trials[0].steps[:1] if self._plan.trials else ()
        within_s = sum(timed.step.within_s for timed in first if isinstance(timed.step, WaitStep))
        if not self._plan.trials:
            self._finish()
        else:
            self._enter("starting", self._plan.settle_within_s + within_s, "there was no primary")

    def _begin_trial(self) -> None:
        stand = self._stand
        stand.trial += 1
        stand.note(TrialBegan(trial=stand.trial, at_s=stand.now_s, primary=stand.view.primary))
        self._clients.start()
        self._stage = "steps"
        self._blocks = Blocks(stand, self._plan.trials[stand.trial - 1])

    def _steps_moved(self) -> bool:
        if self._blocks is None:
            return False
        moved = self._blocks.moved()
        match self._blocks.state:
            case "running":
                return moved
            case "done" | "abandoned":
                self._enter("healing", self._blocks.longest_s + HEAL_WITHIN_S, "a fault did not end")
            case "gave up":
                self._stop_early("gave up", self._blocks.why)
        return True

    def _settle(self) -> None:
        self._stand.load.count_from(self._stand.now_s)
        self._stand.step_text = "settle"
        within_s = self._plan.settle_within_s
        self._enter("settling", within_s, f"not steady again within {within_s:g} s")

    def _unsettled(self) -> str:
        stand = self._stand
        return steady_lacks(stand.view, stand.hosts, stand.awaited(), stand.load.streaks)

    def _tail(self) -> None:
        self._stage = "tail"
        rate_per_s = self._plan.load.rate_per_s
        run_s = (GOOD_WRITES + 1) / rate_per_s if rate_per_s > 0 else 0.0
        self._stand.after(min(max(run_s, TAIL_MIN_S), TAIL_MAX_S), "tail", self._tail_over)

    def _tail_over(self) -> None:
        if self._stage == "tail":
            self._enter("stopping", self._plan.load.timeout_s + STOP_WITHIN_S, "a client's load did not end")
            self._clients.stop()

    def _begin_reading(self) -> None:
        self._reading = ReadBack(self._stand)
        self._enter("reading", self._plan.settle_within_s, "the writes could not be read back")

    def _read_failed(self, reason: str) -> None:
        if self._reading.may_ask_again:
            self._reading.ask_again_later()
        else:
            self._stop_early("gave up", f"the writes could not be read back: {reason}")

    def _end_trial(self) -> None:
        stand = self._stand
        stand.note(TrialEnded(trial=stand.trial, at_s=stand.now_s, completed=True))
        stand.agenda.clear()
        self._blocks = None
        self._never_bit.clear()
        if stand.trial == len(self._plan.trials):
            self._finish()
        else:
            self._enter("starting", self._plan.settle_within_s, "there was no primary")

    def _stop_early(self, reason: EndReason, detail: str) -> None:
        """Heal what is in force, stop the load; the run ends when that is done, or was waited for enough."""
        if self._stage in ("ending", "over"):
            return
        stand = self._stand
        self._end = (reason, detail)
        stand.agenda.clear()
        self._stage = "ending"
        stand.ask(*stand.faults.end_all())
        self._clients.stop()
        stand.after(ENDING_WITHIN_S, "ending", self._give_up)

    def _give_up(self) -> None:
        """Whatever ended the run, a fault that was not seen to be over is the worst of it."""
        if self._stand.faults:
            before = ": ".join(part for part in self._end if part)
            left = ", ".join(self._stand.faults.open)
            self._end = ("world broke", f"{left} not healed within {ENDING_WITHIN_S:g} s ({before})")
        self._finish()

    def _finish(self) -> None:
        stand, (reason, detail) = self._stand, self._end
        self._stage = "over"
        stand.no_more_wakes()
        stand.ask(*stand.faults.give_up())
        if self._blocks:
            stand.note(
                TrialEnded(trial=stand.trial, at_s=stand.now_s, completed=False, reason=detail or reason)
            )
        stand.note(RunEnded(at_s=stand.now_s, reason=reason, detail=detail))


def _when(ready: bool, action: Action) -> bool:
    if ready:
        action()
    return ready
