"""The steps of one schedule, in waves. Between them it is calm for a while; the cluster may half recover.

Of each wave, if chance wants it:

    weakness  one or two are down, cut or slow for a good part of the wave: nothing that it could not bear
    cause     the cluster has to fail over, or to switch over
    blackout  several hosts lose their power at once, or one after the other, and come back at their own times
    sequel    faults that belong together (see sequels)
    the rest  faults at random times, and at moments of what the cause brings
"""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from harness.model.drill import (
    ControlStep,
    HoldStep,
    KillStep,
    PartitionStep,
    Step,
    Window,
)
from harness.model.fault import Scope
from harness.reach import Hosts
from harness.search.orders import DrawOrders
from harness.search.outages import FAULTS_MAX as SEQUEL_MAX
from harness.search.sequels import DrawSequels
from harness.search.sides import Sides
from harness.search.steps import DrawSteps, Offered, to_ms

# How many waves, and how long one lasts.
_WAVES = ((1, 20.0), (2, 10.0), (2, 10.0), (3, 7.0))
_FAULTS_OF_A_WAVE = (1, 2, 2, 3, 4)
_WEAKNESSES = (0, 0, 0, 1, 1, 2)
_FAULTS_MAX = 8
_CAUSED, _BLACK, _SEQUEL = 0.65, 0.15, 0.4
_LASTS_OF_A_CAUSE_S = ((0.02, 0.3), (0.3, 6.0), (0.3, 6.0))
_DARK_S = (0.2, 4.0)
_SCOPES: tuple[Scope, ...] = ("process", "host")


class Waves:
    """Of one schedule."""

    def __init__(self, draw: Random, offered: Offered, hosts: Hosts) -> None:
        self._draw, self._offered, self._hosts = draw, offered, hosts
        self._one = DrawSteps(draw, offered, hosts)
        self._sequels = DrawSequels(draw, offered, self._one)
        self._orders = DrawOrders(draw, offered, hosts, self._one)

    def steps(self) -> tuple[Step, ...]:
        steps, left = list[Step](), _FAULTS_MAX
        waves, lasts_s = self._draw.choice(_WAVES)
        for wave in range(waves):
            self._one.origin_s = wave * lasts_s
            faults = self._wave(min(self._draw.choice(_FAULTS_OF_A_WAVE), left), left, lasts_s)
            left -= len(faults)
            steps += [*faults, *self._orders.of_wave(), HoldStep(duration_s=lasts_s)]
        return (*steps, *self._orders.undone(waves * lasts_s))

    def _wave(self, faults: int, left: int, lasts_s: float) -> list[Step]:
        draw, one = self._draw, self._one
        weaknesses = min(draw.choice(_WEAKNESSES), faults - 1)
        weak = list[Step]()
        for _ in range(weaknesses):
            weak.append(self._weakness(lasts_s, down=any(isinstance(step, KillStep) for step in weak)))
        if self._sequels and left - len(weak) >= SEQUEL_MAX and draw.random() < _SEQUEL:
            return [*weak, *self._sequels.any()]
        one.caused = faults > 1 and draw.random() < _CAUSED
        cause = [self._cause()] if one.caused else []
        begun = [*weak, *cause]
        if left - len(begun) >= 2 and draw.random() < _BLACK:
            down = {step.victim for step in weak if isinstance(step, KillStep)}
            return [*begun, *self._blackout(left - len(begun), spared=down)]
        return [*begun, *(one.any() for _ in range(faults - len(begun)))]

    # --- a weakness -------------------------------------------------------------------------------

    def _weakness(self, lasts_s: float, *, down: bool) -> Step:
        """Not enough to make the cluster fail over, most often. down: one host is already."""
        draw, one = self._draw, self._one
        at_s = to_ms(one.origin_s + draw.uniform(0.1, 1.5))
        at, until_s = Window(at_s, at_s), to_ms(at_s + lasts_s * draw.uniform(0.1, 0.4))
        kinds = [*(() if down else ("kill", "kill")), "partition", "partition", "latency"]
        match draw.choice([kind for kind in kinds if self._can(kind)]):
            case "kill":
                victim = draw.choice(("standby", "standby", *one.sides.witnesses))
                return KillStep(verb="kill", victim=victim, scope="host", at=at, until_s=until_s)
            case "partition":
                return one.cut(self._weak_link(), None, at, until_s)
            case _:
                return one.slow(self._weak_link(), None, at, until_s)

    def _weak_link(self) -> Sides:
        """Of a node, to those that it can do without for a while."""
        witnesses = self._one.sides.witnesses
        kinds: list[Sides] = [
            (("primary",), ("standby",)),
            (("primary",), ("standby",)),
            (("primary",), ("standbys",)),
            (("standbys",), ("rest",)),
        ]
        if witnesses:
            one, other = ((word,) for word in self._draw.sample(witnesses, 2))
            kinds += [(("primary",), one), (("primary",), one), (("standby",), one), (one, other)]
            kinds.append((("standbys",), ("witnesses",)))
        return self._draw.choice(kinds)

    # --- a cause ----------------------------------------------------------------------------------

    def _cause(self) -> Step:
        draw = self._draw
        at_s = self._one.begins_s()
        at, until_s = Window(at_s, at_s), to_ms(at_s + draw.uniform(*draw.choice(_LASTS_OF_A_CAUSE_S)))
        kinds = [kind for kind in ("kill", "pause", "partition") if self._can(kind)]
        match draw.choice([*kinds, *(["switchover"] if self._offered.controls else [])]):
            case "kill":
                scope = draw.choice(_SCOPES)
                return KillStep(verb="kill", victim="primary", scope=scope, at=at, until_s=until_s)
            case "pause":
                return KillStep(verb="pause", victim="primary", scope="host", at=at, until_s=until_s)
            case "partition":
                sides = self._unseen()
                return PartitionStep(sides=sides, how="drop", direction="both", at=at, until_s=until_s)
            case _:
                return ControlStep(action="switchover", to="standby", at=at)

    def _unseen(self) -> Sides:
        """By the witnesses at least."""
        others: list[tuple[str, ...]] = [("rest",)]
        if self._hosts.witnesses:
            others += [("witnesses",), ("standbys", "witnesses")]
        return (("primary",), self._draw.choice(others))

    # --- a blackout -------------------------------------------------------------------------------

    def _blackout(self, most: int, *, spared: Collection[str]) -> list[Step]:
        """Power fails for some, at once or one after the other. One of them may lose its disk by it."""
        draw, one = self._draw, self._one
        begins_s, apart_s = one.begins_s(), draw.choice((0.0, 0.0, 0.05, 1.0))
        steps = list[Step]()
        if draw.random() < 0.3 and (lost := one.lose(*self._dark(begins_s))) is not None:
            steps.append(lost)
        for place, victim in enumerate(self._struck(spared)[: most - len(steps)]):
            at, until_s = self._dark(to_ms(begins_s + place * apart_s))
            steps.append(KillStep(verb="kill", victim=victim, scope="host", at=at, until_s=until_s))
        return steps

    def _dark(self, at_s: float) -> tuple[Window, float]:
        return Window(at_s, at_s), to_ms(at_s + self._draw.uniform(*_DARK_S))

    def _struck(self, spared: Collection[str]) -> list[str]:
        """By name: at the moment of a blackout nobody is primary any more. spared: down already."""
        draw, witnesses = self._draw, self._one.sides.witnesses
        nodes = [*self._hosts.data]
        draw.shuffle(witnesses)
        draw.shuffle(nodes)
        few = witnesses[: draw.randint(min(1, len(witnesses)), len(witnesses))]
        struck = draw.choice((witnesses, few, [nodes[0], *few], [nodes[0], *witnesses], nodes[:2]))
        return [host for host in struck if host not in spared]

    def _can(self, verb: str) -> bool:
        return verb in self._offered.faults
