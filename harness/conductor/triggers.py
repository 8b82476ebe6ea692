"""Steps that count from a moment: which ones wait for theirs, and what has been counted. Knows no clock.

What hosts tell is counted here, from the events themselves; any other act only the world can see.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from harness.conductor.stand import Stand
from harness.ids import moment_id
from harness.model.command import AwaitMoment, ForgetMoment
from harness.model.drill import Trigger
from harness.model.event import MembershipChanged, MomentCame, PhaseReached
from harness.model.moment import REGISTER, TELLS, Moment, text_of
from harness.roles import Cast, hosts_of

Told = PhaseReached | MembershipChanged | MomentCame
# The step's index, and when its moment was.
Came = Callable[[int, float], None]
# The step's index, and a line for a person.
Never = Callable[[int, str], None]


class _Armed(Struct):
    """since_s: nothing before it counts. count: how many there were."""

    name: str
    moment: Moment
    since_s: float
    count: int = 0


class Triggers:
    """Of the steps of one trial, by their index; each moment comes once."""

    def __init__(self, stand: Stand, *, came: Came, never: Never) -> None:
        self._stand, self._came, self._never = stand, came, never
        self._armed: dict[int, _Armed] = {}

    @property
    def text(self) -> str:
        return " and ".join(text_of(armed.moment) for armed in self._armed.values())

    def arm(self, index: int, on: Trigger, cast: Cast) -> None:
        """Count from now on. Raises RoleError when `on.host` names nobody now."""
        stand = self._stand
        moment = Moment(
            act=on.act, what=on.what, hosts=hosts_of(on.host, cast) if on.host else (), nth=on.nth
        )
        armed = self._armed[index] = _Armed(moment_id(stand.trial, index), moment, stand.now_s)
        if moment.act != TELLS:
            stand.ask(AwaitMoment(armed.name, moment))
        stand.after(on.within_s, "moment", partial(self._overdue, index, armed, on.within_s))

    def saw(self, event: Told) -> None:
        for index, armed in [*self._armed.items()]:
            if _is_of(armed, event):
                armed.count += 1
                if armed.count == armed.moment.nth or isinstance(event, MomentCame):
                    del self._armed[index]
                    self._came(index, event.at_s)

    def forget(self) -> None:
        """None is waited for any more."""
        asked = [armed.name for armed in self._armed.values() if armed.moment.act != TELLS]
        self._armed.clear()
        self._stand.ask(*map(ForgetMoment, asked))

    def _overdue(self, index: int, armed: _Armed, within_s: float) -> None:
        if self._armed.get(index) is armed:
            self._never(index, f"{text_of(armed.moment)}: not within {within_s:g} s")


def _is_of(armed: _Armed, event: Told) -> bool:
    match event:
        case MomentCame(moment_id=name):
            return name == armed.name
        case PhaseReached(host=host, phase=phase, at_s=at_s):
            return at_s >= armed.since_s and armed.moment.fits(host, TELLS, phase)
        case MembershipChanged(host=host, at_s=at_s):
            return at_s >= armed.since_s and armed.moment.fits(host, TELLS, REGISTER)
