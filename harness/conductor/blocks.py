"""The steps of one trial: blocks that end with a wait. Ignores what comes before and after them.

Within a block every fault and control begins at its own time after the block's origin, none waiting for
another; a step that names a moment counts from that instead. One that misses ends the trial, unless the plan
has it go on. A wait or a hold begins once all before it
have begun, and every crash has come to its point; a wait is looked at once they are answered. The next
block's origin is the moment its wait was met; a hold leaves the origin where it is.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from harness.conductor.stand import Stand
from harness.conductor.steps import Begun, begin, text_of, waited_host
from harness.conductor.strikes import ANSWER_WITHIN_S, Strikes
from harness.conductor.triggers import Told, Triggers
from harness.conductor.waits import Waiting, lacks
from harness.ids import step_id
from harness.model.command import Control, Execute
from harness.model.drill import HoldStep, WaitStep
from harness.model.event import Applied, Failed, PhaseReached
from harness.model.journal import StepBegan, WaitEnded
from harness.model.plan import TimedStep, TrialPlan
from harness.roles import Cast, RoleError

State = Literal["running", "done", "abandoned", "gave up"]


class Blocks:
    """`state`: done: every step is over; abandoned: heal and settle; gave up: nothing was injected yet."""

    def __init__(self, stand: Stand, trial: TrialPlan) -> None:
        self._stand, self._steps = stand, trial.steps
        self._goes_on = stand.plan.missed == "go on"
        self._unbegun: set[int] = set()
        self._begun: dict[int, Begun] = {}
        self._controls: set[str] = set()
        self._waiting: Waiting | None = None
        self._holding = False
        self._begun_any = False
        self._coordinator = ""
        self._strikes = Strikes(stand, abandon=self.abandon, never=self._never)
        self._triggers = Triggers(stand, came=self._came, never=self._never)
        self.state: State = "running"
        self.why = ""
        self._open(0)

    @property
    def controls_open(self) -> bool:
        return bool(self._controls)

    @property
    def waiting_for(self) -> str:
        if self._waiting:
            return f"{self._waiting.text}: {self._lacks()}"
        return self._triggers.text or self._strikes.text

    @property
    def longest_s(self) -> float:
        """No fault lasts longer after the last step has begun."""
        return max((timed.at_s + timed.lasts_s for timed in self._steps), default=0.0)

    def moved(self) -> bool:
        """One step on, when what the present one waits for is there."""
        if self.state != "running" or self._unbegun or self._holding or self._stand.faults.in_wait:
            return False
        if self._waiting:
            return self._met()
        if self._barrier == len(self._steps):
            self.state = "done"
        else:
            self._begin_barrier(self._steps[self._barrier])
        return True

    def saw(self, event: Applied | Told) -> None:
        """What the cluster tells of itself; faults in force, and moments, that the world was asked for."""
        match event:
            case Applied():
                self._strikes.applied(event)
                return
            case PhaseReached(phase="decided" | "elected", host=host):
                self._coordinator = host
        self._triggers.saw(event)

    def control_answered(self, control_id: str) -> None:
        self._controls.discard(control_id)

    def control_failed(self, failed: Failed) -> None:
        if failed.command_id in self._controls:
            self._controls.discard(failed.command_id)
            self.missed(failed.reason)

    def abandon(self, why: str) -> None:
        """What was begun is healed at once, what was not is left out; also when every step has begun."""
        if self.state in ("running", "done"):
            self.state, self.why = "abandoned", why
            self._unbegun.clear()
            self._triggers.forget()
            self._strikes.forget()
            self._waiting, self._holding = None, False
            self._stand.ask(*self._stand.faults.end_all())

    def missed(self, why: str) -> None:
        """A step did not do what it is there for."""
        if not self._goes_on:
            self.abandon(why)

    # --- a block ----------------------------------------------------------------------------------

    def _open(self, index: int) -> None:
        view = self._stand.view
        self._origin_s = self._stand.now_s
        self._epoch_before, self._primary_before = view.epoch, view.newest_primary
        self._schedule(index)

    def _schedule(self, index: int) -> None:
        """Everything up to the next wait or hold, each at its own time."""
        self._barrier = len(self._steps)
        for at in range(index, len(self._steps)):
            if isinstance(self._steps[at].step, WaitStep | HoldStep):
                self._barrier = at
                break
            self._unbegun.add(at)
        for at in range(index, self._barrier):
            self._schedule_step(at)

    def _schedule_step(self, index: int) -> None:
        timed = self._steps[index]
        on = None if isinstance(timed.step, WaitStep | HoldStep) else timed.step.on
        if on is None:
            due_s = self._origin_s + timed.at_s
            self._stand.after(due_s - self._stand.now_s, f"step{index}", partial(self._begin, index))
            return
        try:
            self._triggers.arm(index, on, self._cast())
        except RoleError as error:
            self._unbegun.discard(index)
            self._began(index, f"{text_of(timed.step)}: {error}")
            self.missed(str(error))

    def _came(self, index: int, at_s: float) -> None:
        """A moment that lies back may have passed the step's time: then it begins at once, without a wake."""
        left_s = at_s + self._steps[index].at_s - self._stand.now_s
        if left_s > 0:
            self._stand.after(left_s, f"step{index}", partial(self._begin, index))
        else:
            self._begin(index)

    def _never(self, index: int, text: str) -> None:
        """As a wait that expired: what the trial was made for did not happen, so it proves nothing."""
        self._unbegun.discard(index)
        self._note_end(index, met=False, text=text)
        self.missed(text)

    def _begin(self, index: int) -> None:
        if index not in self._unbegun:
            return
        self._unbegun.discard(index)
        self._begun_any = True
        timed = self._steps[index]
        try:
            begun = self._resolved(index, timed)
        except RoleError as error:
            self._began(index, f"{text_of(timed.step)}: {error}")
            self.missed(str(error))
            return
        self._began(index, begun.text, begun.hosts)
        if begun.fault is None:
            self._control(step_id(self._stand.trial, index), begun)
        else:
            self._strikes.inject(index, begun.fault, timed)

    def _resolved(self, index: int, timed: TimedStep) -> Begun:
        """Raises RoleError."""
        first = self._begun.get(index - timed.repeats) if timed.repeats else None
        self._begun[index] = begun = first or begin(timed.step, self._cast())
        return begun

    def _control(self, control_id: str, begun: Begun) -> None:
        self._controls.add(control_id)
        host = begun.hosts[0]
        if begun.argv:
            self._stand.ask(Execute(control_id, host, begun.argv, begun.within_s))
        else:
            self._stand.ask(Control(control_id, begun.action, host))
        who = "the command on" if begun.argv else "the target on"
        unanswered = Failed(command_id=control_id, reason=f"{who} {host} did not answer", at_s=0.0)
        within_s = ANSWER_WITHIN_S + begun.within_s
        self._stand.after(within_s, "answer", partial(self.control_failed, unanswered))

    def _cast(self) -> Cast:
        return Cast(
            primary=self._stand.view.newest_primary,
            old_primary=self._strikes.old_primary,
            victim=self._strikes.victim,
            coordinator=self._coordinator,
            hosts=self._stand.plan.hosts,
            turn=self._stand.trial,
            down=self._stand.view.down,
        )

    # --- holds and waits --------------------------------------------------------------------------

    def _begin_barrier(self, timed: TimedStep) -> None:
        match timed.step:
            case HoldStep(duration_s=duration_s):
                self._holding = True
                self._began(self._barrier, text_of(timed.step))
                self._stand.after(duration_s, "hold", self._hold_over)
            case WaitStep():
                self._begin_wait(timed.step)

    def _hold_over(self) -> None:
        if self._holding:
            self._holding = False
            self._schedule(self._barrier + 1)

    def _begin_wait(self, step: WaitStep) -> None:
        try:
            host = waited_host(step, self._cast())
        except RoleError as error:
            self._began(self._barrier, f"{text_of(step)}: {error}")
            self.abandon(str(error))
            return
        self._began(self._barrier, text_of(step), (host,) if host else ())
        self._waiting = waiting = Waiting(
            wait_for=step.wait_for,
            host=host,
            index=self._barrier,
            text=text_of(step),
            epoch_before=self._epoch_before,
            primary_before=self._primary_before,
        )
        self._stand.load.count_from(self._stand.now_s)
        self._stand.after(step.within_s, "within", partial(self._expired, waiting))

    def _lacks(self) -> str:
        stand = self._stand
        if self._waiting is None:
            return ""
        if stand.faults.unanswered or self._controls:
            return "a step is not answered yet"
        return lacks(self._waiting, stand.view, stand.hosts, stand.awaited(), stand.load.streaks)

    def _met(self) -> bool:
        if self._waiting is None or self._lacks():
            return False
        self._ended(self._waiting, met=True, text=self._waiting.text)
        self._open(self._barrier + 1)
        return True

    def _expired(self, waiting: Waiting) -> None:
        if self._waiting is not waiting:
            return
        text = f"{waiting.text}: {self._lacks()}"
        self._ended(waiting, met=False, text=text)
        if self._begun_any:
            self.abandon(text)
        else:
            self.state, self.why = "gave up", f"{text}; nothing was injected yet"

    def _ended(self, waiting: Waiting, *, met: bool, text: str) -> None:
        self._waiting = None
        self._note_end(waiting.index, met=met, text=text)

    def _note_end(self, index: int, *, met: bool, text: str) -> None:
        stand = self._stand
        stand.note(WaitEnded(trial=stand.trial, index=index, at_s=stand.now_s, met=met, text=text))

    def _began(self, index: int, text: str, hosts: tuple[str, ...] = ()) -> None:
        stand = self._stand
        stand.step_text = text
        stand.note(StepBegan(trial=stand.trial, index=index, at_s=stand.now_s, text=text, hosts=hosts))
