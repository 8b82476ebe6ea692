"""Faults that belong together: what is seldom alone, drawn as one. Times count from the begin of the wave.

    left behind   one is cut off or asleep while another takes over; then the power fails for that one and for
                  those who knew of it, and who was left behind is back first
    power fails   a disk hangs, the power of its host fails, and is back soon
    ill           a disk hangs, its host is slow to reach or cut off meanwhile, and is back before the disk is
    worn link     what is slow gets cut, most often one way
    back at once  a process dies and is there again before everybody has heard of either
    sleeps        who leads a failover falls asleep on the way, and goes on when it may be wrong by then
    divided       while something is decided, the cluster falls into two halves

Each is what happens, not what it would break: who is hit, how long, and what of it comes at all is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal

from harness.model.drill import ControlStep, DiskStep, KillStep, PartitionStep, Step, Trigger, Window
from harness.model.moment import TELLS
from harness.search.sides import Sides
from harness.search.steps import MOMENT_WITHIN_S, DrawSteps, Offered, to_ms

Fate = Literal["asleep", "back soon", "dark", "loses its store", "spared"]

# The longest has so many faults.
FAULTS_MAX = 5
_BALLOT = ("Prepare", "Promised", "Accept", "Accepted", "register")
_FATES: tuple[Fate, ...] = (
    "asleep",
    "back soon",
    "back soon",
    "back soon",
    "dark",
    "dark",
    "loses its store",
    "spared",
)


class DrawSequels:
    """Of one schedule."""

    def __init__(self, draw: Random, offered: Offered, one: DrawSteps) -> None:
        self._draw, self._one = draw, one
        self._ballots = [aim for aim in offered.failing if aim.what in _BALLOT]
        menu: tuple[tuple[int, set[str], Callable[[], list[Step]]], ...] = (
            (3, {"kill", "pause", "partition"}, self._left_behind),
            (1, {"kill", "disk"}, self._power_fails),
            (3, {"disk", "partition", "latency"}, self._ill),
            (1, {"latency", "partition"}, self._worn_link),
            (2, {"kill", "partition"}, self._back_at_once),
            (2, {"kill", "partition"}, self._divided),
            (2, {"pause", "partition"}, self._sleeps),
        )
        fits = [(times, make) for times, needed, make in menu if needed <= {*offered.faults}]
        self._menu = [make for times, make in fits for _ in range(times)] if one.sides.witnesses else []

    def __bool__(self) -> bool:
        return bool(self._menu)

    def any(self) -> list[Step]:
        """FAULTS_MAX steps at most."""
        return self._draw.choice(self._menu)()

    # --- left behind ------------------------------------------------------------------------------

    def _left_behind(self) -> list[Step]:
        draw = self._draw
        begins_s = self._one.begins_s()
        again_s = begins_s + draw.uniform(0.6, 3.0)
        back_s = again_s + draw.uniform(-0.2, 2.0)
        dark_s = back_s + draw.uniform(0.2, 3.0)
        witnesses = self._one.sides.witnesses
        draw.shuffle(witnesses)
        steps = [self._away(begins_s, back_s), self._dark("primary", again_s, dark_s)]
        for witness in witnesses[: FAULTS_MAX - len(steps)]:
            steps += self._fate(draw.choice(_FATES), witness, begins_s, again_s, dark_s)
        return steps

    def _away(self, begins_s: float, back_s: float) -> Step:
        """The primary, with its epoch in its memory or without."""
        at, until_s = _point(begins_s), to_ms(back_s)
        match self._draw.choice(("cut", "cut", "pause", "pause", "kill")):
            case "cut":
                return PartitionStep(
                    sides=(("primary",), ("rest",)), how="drop", direction="both", at=at, until_s=until_s
                )
            case "pause":
                return KillStep(verb="pause", victim="primary", scope="host", at=at, until_s=until_s)
            case _:
                return KillStep(verb="kill", victim="primary", scope="host", at=at, until_s=until_s)

    def _fate(self, fate: Fate, witness: str, begins_s: float, again_s: float, dark_s: float) -> list[Step]:
        soon_s = again_s + self._draw.uniform(0.05, 0.8)
        match fate:
            case "asleep":
                return [self._dark(witness, begins_s - 0.2, soon_s)]
            case "back soon":
                return [self._dark(witness, again_s, soon_s)]
            case "dark":
                return [self._dark(witness, again_s, dark_s)]
            case "loses its store":
                lost = self._one.lose(_point(again_s), to_ms(soon_s), victim=witness)
                return [lost] if lost is not None else []
            case "spared":
                return []

    # --- disks ------------------------------------------------------------------------------------

    def _power_fails(self) -> list[Step]:
        draw, victim = self._draw, self._one.data()
        hangs_s = self._one.begins_s()
        fails_s = hangs_s + draw.uniform(0.02, 0.6)
        back_s = fails_s + draw.choice((draw.uniform(0.02, 0.2), draw.uniform(0.2, 3.0)))
        return [self._hangs(victim, hangs_s, back_s), self._dark(victim, fails_s, back_s)]

    def _ill(self) -> list[Step]:
        """Its disk hangs; nobody can say when it gets done what it had begun, and who hears of it then."""
        draw = self._draw
        begins_s = self._one.begins_s()
        ends_s = begins_s + draw.uniform(1.5, 5.0)
        steps: list[Step] = [self._hangs("primary", begins_s, ends_s)]
        if draw.random() < 0.7:
            steps.append(self._troubled(("standbys",), begins_s, ends_s + draw.uniform(-1.0, 0.5)))
        if draw.random() < 0.7:
            until_s = draw.uniform(begins_s + 0.8, ends_s)
            steps.append(self._troubled(self._far_of_primary(), begins_s, until_s))
        return steps

    def _troubled(self, far: tuple[str, ...], begins_s: float, until_s: float) -> Step:
        """Slow to reach, or cut off; what is under way is more often held than lost."""
        draw, one, sides = self._draw, self._one, (("primary",), far)
        at = _point(begins_s + draw.uniform(-0.2, 0.5))
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
            one.slow(sides, None, _point(begins_s), until_s),
            one.cut(sides, None, _point(breaks_s), until_s),
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
        begun, until_s = _point(dies_s - draw.uniform(0.0, 0.3)), to_ms(dies_s + draw.uniform(0.2, 3.0))
        steps: list[Step] = [one.cut(blind, None, begun, until_s)]
        if draw.random() < 0.6:
            away: Sides = (("standbys",), draw.choice((("witnesses",), ("rest",))))
            steps.append(one.cut(away, None, begun, to_ms(dies_s + draw.uniform(0.5, 3.0))))
        back_s = to_ms(dies_s + draw.choice((draw.uniform(0.02, 0.1), draw.uniform(0.1, 0.5))))
        scope: Literal["process", "host"] = draw.choice(("process", "process", "host"))
        at = _point(dies_s)
        return [*steps, KillStep(verb="kill", victim="primary", scope=scope, at=at, until_s=back_s)]

    # --- halves -------------------------------------------------------------------------------------

    def _divided(self) -> list[Step]:
        draw, one = self._draw, self._one
        at = _point(one.begins_s())
        decided: Step = ControlStep(action="switchover", to="standby", at=at)
        if draw.random() < 0.3:
            until_s = to_ms(at.low_s + draw.uniform(0.3, 3.0))
            decided = KillStep(verb="kill", victim="primary", scope="process", at=at, until_s=until_s)
        aim = draw.choice(self._ballots)
        on = Trigger(act=aim.act, what=aim.what, nth=draw.randint(1, 6), within_s=MOMENT_WITHIN_S)
        at_s = draw.choice((0.0, 0.0, to_ms(draw.uniform(0.0, 0.01))))
        halves = one.cut(one.sides.half(), on, Window(at_s, at_s), to_ms(at_s + draw.uniform(0.3, 3.0)))
        return [decided, halves]

    # --- who decides ----------------------------------------------------------------------------------

    def _sleeps(self) -> list[Step]:
        draw, one = self._draw, self._one
        begins_s = one.begins_s()
        unseen: Sides = (("primary",), draw.choice((("witnesses",), ("witnesses/majority",), ("rest",))))
        cut = one.cut(unseen, None, _point(begins_s), to_ms(begins_s + draw.uniform(0.7, 1.7)), ("drop",))
        phase = draw.choice(("decided", "lease_over", "lease_over"))
        at_s = draw.choice((0.0, to_ms(draw.uniform(0.0, 0.01))))
        pause = KillStep(
            verb="pause",
            victim="coordinator",
            scope="host",
            at=_point(at_s),
            until_s=to_ms(at_s + draw.uniform(0.5, 2.5)),
            on=Trigger(act=TELLS, what=phase, within_s=MOMENT_WITHIN_S),
        )
        return [cut, pause]

    # --- one fault --------------------------------------------------------------------------------

    def _dark(self, victim: str, at_s: float, until_s: float) -> KillStep:
        return KillStep(verb="kill", victim=victim, scope="host", at=_point(at_s), until_s=to_ms(until_s))

    def _hangs(self, victim: str, at_s: float, until_s: float) -> DiskStep:
        return DiskStep(victim=victim, does="stall", at=_point(at_s), until_s=to_ms(until_s))


def _point(at_s: float) -> Window:
    return Window(to_ms(at_s), to_ms(at_s))
