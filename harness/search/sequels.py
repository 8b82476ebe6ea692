"""Faults that belong together: what is seldom alone, drawn as one. Those of whole hosts are outages.

Times count from the begin of the wave.

    ill           a disk hangs, its host is slow to reach or cut off meanwhile, and is back before the disk is
    worn link     what is slow gets cut, most often one way
    back at once  a process dies and is there again before everybody has heard of either
    sleeps        who leads a failover falls asleep on the way, and goes on when it may be wrong by then
    divided       while something is decided, the cluster falls into two halves
    pieces        the witnesses lose sight of the primary, and while they lead a failover more links break

Each is what happens, not what it would break: who is hit, how long, and what of it comes at all is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal

from harness.model.drill import ControlStep, KillStep, Step, Trigger, Window
from harness.model.moment import TELLS
from harness.search.outages import DrawOutages, apart, hangs, point
from harness.search.sides import Sides
from harness.search.steps import MOMENT_WITHIN_S, DrawSteps, Offered, to_ms

# How far a promotion has come: act, what, the how manyeth.
_SEALED = ((TELLS, "lease_over", 1), ("sends", "Sealed", 2), ("receives", "Sealed", 2))
_BALLOT = ("Prepare", "Promised", "Accept", "Accepted", "register")


class DrawSequels:
    """Of one schedule."""

    def __init__(self, draw: Random, offered: Offered, one: DrawSteps) -> None:
        self._draw, self._one = draw, one
        self._ballots = [aim for aim in offered.failing if aim.what in _BALLOT]
        self._outages = outages = DrawOutages(draw, one)
        menu: tuple[tuple[int, set[str], Callable[[], list[Step]]], ...] = (
            (3, {"kill", "pause", "partition"}, outages.left_behind),
            (1, {"kill", "disk"}, outages.power_fails),
            (3, {"kill", "disk", "latency"}, outages.shared_storage),
            (2, {"kill", "disk", "partition"}, outages.fails_again),
            (1, {"kill", "partition"}, outages.one_by_one),
            (1, {"kill", "disk"}, outages.torn),
            (3, {"disk", "partition", "latency"}, self._ill),
            (1, {"latency", "partition"}, self._worn_link),
            (2, {"kill", "partition"}, self._back_at_once),
            (3, {"kill", "partition"}, self._divided),
            (3, {"partition"}, self._pieces),
            (2, {"pause", "partition"}, self._sleeps),
        )
        fits = [(times, make) for times, needed, make in menu if needed <= {*offered.faults}]
        self._menu = [make for times, make in fits for _ in range(times)] if one.sides.witnesses else []

    def __bool__(self) -> bool:
        return bool(self._menu)

    def any(self) -> list[Step]:
        """FAULTS_MAX steps at most."""
        return self._draw.choice(self._menu)()

    # --- a disk ---------------------------------------------------------------------------------------

    def _ill(self) -> list[Step]:
        """Its disk hangs; nobody can say when it gets done what it had begun, and who hears of it then."""
        draw = self._draw
        begins_s = self._one.begins_s()
        ends_s = begins_s + draw.uniform(1.5, 5.0)
        steps: list[Step] = [hangs("primary", begins_s, ends_s)]
        if draw.random() < 0.7:
            steps.append(self._troubled(("standbys",), begins_s, ends_s + draw.uniform(-1.0, 0.5)))
        if draw.random() < 0.7:
            until_s = draw.uniform(begins_s + 0.8, ends_s)
            steps.append(self._troubled(self._far_of_primary(), begins_s, until_s))
        return steps

    def _troubled(self, far: tuple[str, ...], begins_s: float, until_s: float) -> Step:
        """Slow to reach, or cut off; what is under way is more often held than lost."""
        draw, one, sides = self._draw, self._one, (("primary",), far)
        at = point(begins_s + draw.uniform(-0.2, 0.5))
        if draw.random() < 0.3:
            return one.slow(sides, None, at, to_ms(until_s))
        return one.cut(sides, None, at, to_ms(until_s), ("drop", "stall", "stall"))

    # --- links ------------------------------------------------------------------------------------

    def _worn_link(self) -> list[Step]:
        draw, one = self._draw, self._one
        sides = (("primary",), self._far_of_primary()) if draw.random() < 0.6 else one.sides.any()
        begins_s = one.begins_s()
        breaks_s = begins_s + draw.uniform(0.3, 2.0)
        until_s = to_ms(breaks_s + draw.uniform(0.3, 3.0))
        return [
            one.slow(sides, None, point(begins_s), until_s),
            one.cut(sides, None, point(breaks_s), until_s),
        ]

    def _far_of_primary(self) -> tuple[str, ...]:
        sides = self._one.sides
        few = tuple(sorted(sides.few(sides.witnesses, len(sides.witnesses))))
        return self._draw.choice((("standbys",), ("witnesses",), few, ("standbys", "witnesses"), ("rest",)))

    # --- who dies and is back ----------------------------------------------------------------------

    def _back_at_once(self) -> list[Step]:
        draw, one = self._draw, self._one
        dies_s = one.begins_s()
        blind = (("primary",), tuple(sorted(one.sides.few(one.sides.witnesses, 2))))
        begun, until_s = point(dies_s - draw.uniform(0.0, 0.3)), to_ms(dies_s + draw.uniform(0.2, 3.0))
        steps: list[Step] = [one.cut(blind, None, begun, until_s)]
        if draw.random() < 0.6:
            away: Sides = (("standbys",), draw.choice((("witnesses",), ("rest",))))
            steps.append(one.cut(away, None, begun, to_ms(dies_s + draw.uniform(0.5, 3.0))))
        back_s = to_ms(dies_s + draw.choice((draw.uniform(0.02, 0.1), draw.uniform(0.1, 0.5))))
        scope: Literal["process", "host"] = draw.choice(("process", "process", "host"))
        at = point(dies_s)
        return [*steps, KillStep(verb="kill", victim="primary", scope=scope, at=at, until_s=back_s)]

    # --- halves -------------------------------------------------------------------------------------

    def _divided(self) -> list[Step]:
        draw, one = self._draw, self._one
        at = point(one.begins_s())
        decided: Step = ControlStep(action="switchover", to="standby", at=at)
        if draw.random() < 0.3:
            until_s = to_ms(at.low_s + draw.uniform(0.3, 3.0))
            decided = KillStep(verb="kill", victim="primary", scope="process", at=at, until_s=until_s)
        aim = draw.choice(self._ballots)
        on = Trigger(act=aim.act, what=aim.what, nth=draw.randint(1, 6), within_s=MOMENT_WITHIN_S)
        at_s = draw.choice((0.0, 0.0, to_ms(draw.uniform(0.0, 0.01))))
        halves = one.cut(one.sides.half(), on, Window(at_s, at_s), to_ms(at_s + draw.uniform(0.3, 4.0)))
        return [decided, halves]

    def _pieces(self) -> list[Step]:
        """For long, and a standby is lost on the way; or for a moment, and the witnesses lose each other."""
        draw, one = self._draw, self._one
        begins_s, is_long = one.begins_s(), draw.random() < 0.4
        ends_s = begins_s + (draw.uniform(1.0, 5.0) if is_long else draw.uniform(0.4, 1.0))
        act, what, nth = (TELLS, "decided", 1) if is_long else draw.choice(_SEALED)
        on = Trigger(act=act, what=what, nth=nth, within_s=MOMENT_WITHIN_S)
        near, rest = self._outages.two_parts()
        far, until_s = draw.choice((near, rest, rest)), draw.uniform(0.5, 3.0)
        # Nobody is primary any more when its lease is over.
        lost = apart(far, 0.0, until_s, on, near="victim")
        steps: list[Step] = [apart(("witnesses",), begins_s, ends_s), lost]
        if not is_long:
            steps.append(one.cut(one.sides.apart(), on, point(0.0), to_ms(draw.uniform(0.5, 1.3)), ("drop",)))
        return steps

    # --- who decides ----------------------------------------------------------------------------------

    def _sleeps(self) -> list[Step]:
        """Another witness may be on the same machine."""
        draw, one = self._draw, self._one
        begins_s = one.begins_s()
        unseen: Sides = (("primary",), draw.choice((("witnesses",), ("witnesses/majority",), ("rest",))))
        cut = one.cut(unseen, None, point(begins_s), to_ms(begins_s + draw.uniform(0.7, 1.7)), ("drop",))
        on = Trigger(
            act=TELLS, what=draw.choice(("decided", "lease_over", "lease_over")), within_s=MOMENT_WITHIN_S
        )
        sleepers = ["coordinator", *([draw.choice(one.sides.witnesses[1:])] if draw.random() < 0.6 else [])]
        at_s = draw.choice((0.0, to_ms(draw.uniform(0.0, 0.01))))
        until_s = to_ms(at_s + draw.choice((draw.uniform(0.3, 1.0), draw.uniform(0.5, 2.5))))
        return [cut, *(_asleep(who, on, at_s, until_s) for who in sleepers)]


def _asleep(victim: str, on: Trigger, at_s: float, until_s: float) -> KillStep:
    return KillStep(verb="pause", victim=victim, scope="host", at=point(at_s), until_s=until_s, on=on)
