"""Power that fails, disks that hang, stores that are torn: what takes whole hosts away.

    left behind     one is cut off or asleep while another takes over; then the power fails for that one and
                    for those who knew of it, and who was left behind is back first
    power fails     a disk hangs, the power of its host fails, and is back soon
    shared storage  the disks of two hosts hang as one; the power of one of them fails, and links get slow
    fails again     after the first of two power cuts a host reaches others than before
    one by one      who is left when the others have failed had not heard from the primary for a while
    torn            power fails for all data nodes; one is back before the others, and its store is torn

Who is hit, how long, and what of it comes at all is drawn.
"""

from __future__ import annotations

from random import Random
from typing import Literal

from harness.model.drill import DiskStep, KillStep, PartitionStep, Step, Trigger, Window
from harness.model.fault import DiskTrouble
from harness.search.sides import Sides
from harness.search.steps import DrawSteps, to_ms

# The longest has so many faults.
FAULTS_MAX = 5
Fate = Literal["asleep", "back soon", "dark", "loses its store", "spared"]
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
_TORN: tuple[DiskTrouble, ...] = ("damage", "damage", "lose")
_TO_STANDBYS: Sides = (("primary",), ("standbys",))
_DELAYS_S = (0.1, 0.4)


class DrawOutages:
    """Of one schedule."""

    def __init__(self, draw: Random, one: DrawSteps) -> None:
        self._draw, self._one = draw, one

    # --- left behind ------------------------------------------------------------------------------

    def left_behind(self) -> list[Step]:
        draw = self._draw
        begins_s = self._one.begins_s()
        again_s = begins_s + draw.uniform(0.6, 3.0)
        back_s = again_s + draw.uniform(-0.2, 2.0)
        dark_s = back_s + draw.uniform(0.2, 3.0)
        witnesses = self._one.sides.witnesses
        draw.shuffle(witnesses)
        steps = [self._away(begins_s, back_s), dark("primary", again_s, dark_s)]
        for witness in witnesses[: FAULTS_MAX - len(steps)]:
            steps += self._fate(draw.choice(_FATES), witness, begins_s, again_s, dark_s)
        return steps

    def _away(self, begins_s: float, back_s: float) -> Step:
        """The primary, with its epoch in its memory or without."""
        at, until_s = point(begins_s), to_ms(back_s)
        match self._draw.choice(("cut", "cut", "pause", "pause", "kill")):
            case "cut":
                return apart(("rest",), begins_s, back_s)
            case "pause":
                return KillStep(verb="pause", victim="primary", scope="host", at=at, until_s=until_s)
            case _:
                return KillStep(verb="kill", victim="primary", scope="host", at=at, until_s=until_s)

    def _fate(self, fate: Fate, witness: str, begins_s: float, again_s: float, dark_s: float) -> list[Step]:
        soon_s = again_s + self._draw.uniform(0.05, 0.8)
        match fate:
            case "asleep":
                return [dark(witness, begins_s - 0.2, soon_s)]
            case "back soon":
                return [dark(witness, again_s, soon_s)]
            case "dark":
                return [dark(witness, again_s, dark_s)]
            case "loses its store":
                lost = self._one.lose(point(again_s), to_ms(soon_s), victim=witness)
                return [lost] if lost is not None else []
            case "spared":
                return []

    # --- power and disks ----------------------------------------------------------------------------

    def power_fails(self) -> list[Step]:
        draw, victim = self._draw, self._one.data()
        hangs_s = self._one.begins_s()
        fails_s = hangs_s + draw.uniform(0.02, 0.6)
        back_s = fails_s + draw.choice((draw.uniform(0.02, 0.2), draw.uniform(0.2, 3.0)))
        return [hangs(victim, hangs_s, back_s), dark(victim, fails_s, back_s)]

    def shared_storage(self) -> list[Step]:
        """What the other disk gets done is of before the power failed."""
        draw, one = self._draw, self._one
        hangs_s = one.begins_s()
        fails_s = hangs_s + draw.uniform(0.2, 0.7)
        back_s = fails_s + draw.uniform(0.02, 0.25)
        ends_s = back_s + draw.uniform(-0.1, 0.9)
        slow_s, fast_s = fails_s - draw.uniform(0.0, 0.3), ends_s + draw.uniform(0.2, 1.5)
        return [
            one.slow(_TO_STANDBYS, None, point(slow_s), to_ms(fast_s), _DELAYS_S),
            hangs("primary", hangs_s, back_s),
            hangs("standby", hangs_s, ends_s),
            dark("primary", fails_s, back_s),
        ]

    def fails_again(self) -> list[Step]:
        draw = self._draw
        hangs_s = self._one.begins_s()
        fails_s = hangs_s + draw.uniform(0.2, 0.6)
        back_s = fails_s + draw.uniform(0.03, 0.2)
        again_s = back_s + draw.uniform(0.1, 0.7)
        before, after = draw.sample(self.two_parts(), 2)
        return [
            hangs("primary", hangs_s, back_s),
            apart(before, hangs_s - draw.uniform(0.0, 0.2), draw.uniform(fails_s, back_s)),
            apart(after, fails_s - draw.uniform(0.0, 0.05), again_s + draw.uniform(0.5, 4.0)),
            dark("primary", fails_s, back_s),
            dark("primary", again_s, again_s + draw.uniform(1.0, 4.0)),
        ]

    # --- several hosts ------------------------------------------------------------------------------

    def one_by_one(self) -> list[Step]:
        draw = self._draw
        lags_s = self._one.begins_s()
        first_s = lags_s + draw.uniform(0.2, 1.0)
        next_s = first_s + draw.uniform(0.8, 3.0)
        _, left = self.two_parts()
        return [
            apart(left, lags_s, next_s + draw.uniform(-0.3, 2.0)),
            dark("standby", first_s, next_s + draw.uniform(0.5, 4.0)),
            dark("primary", next_s, next_s + draw.uniform(0.5, 4.0)),
        ]

    def torn(self) -> list[Step]:
        draw, nodes = self._draw, self._one.sides.nodes
        fails_s = self._one.begins_s()
        draw.shuffle(nodes)
        first, *others = nodes
        steps: list[Step] = [
            dark(node, fails_s - draw.uniform(0.0, 0.02), fails_s + draw.uniform(0.5, 4.0)) for node in others
        ]
        whole_s = to_ms(fails_s + draw.uniform(1.5, 5.0))
        lost = self._one.lose(point(fails_s), whole_s, victim=first, does=draw.choice(_TORN))
        return [*steps, lost] if lost is not None else steps

    def two_parts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """One of the standbys, and the others, by name as no word parts them. A single one is both."""
        return ("standby",), tuple(self._one.sides.nodes[2:]) or ("standby",)


# --- one fault ------------------------------------------------------------------------------------


def dark(victim: str, at_s: float, until_s: float) -> KillStep:
    return KillStep(verb="kill", victim=victim, scope="host", at=point(at_s), until_s=to_ms(until_s))


def hangs(victim: str, at_s: float, until_s: float) -> DiskStep:
    return DiskStep(victim=victim, does="stall", at=point(at_s), until_s=to_ms(until_s))


def apart(
    far: tuple[str, ...], at_s: float, until_s: float, on: Trigger | None = None, near: str = "primary"
) -> PartitionStep:
    """Nothing gets through between `near` and these, either way."""
    sides: Sides = ((near,), far)
    at = point(at_s)
    return PartitionStep(sides=sides, how="drop", direction="both", at=at, until_s=to_ms(until_s), on=on)


def point(at_s: float) -> Window:
    return Window(to_ms(at_s), to_ms(at_s))
