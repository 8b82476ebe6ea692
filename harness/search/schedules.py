"""(seed, number) -> a schedule: a drill as a person could have written it. Draws from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from msgspec import Struct

from harness.model.drill import ControlStep, Drill, Json, Load, WaitStep
from harness.model.plan import HostPlan
from harness.reach import Hosts
from harness.search.expecting import expected
from harness.search.steps import Offered
from harness.search.waves import Waves

# Enough for what is asked when half of the clients are stranded, and seldom more: a write costs most of all.
_WRITERS, _RATES_PER_S = (3, 4), (3.0, 3.0, 6.0)
_READ_RATE_PER_S = 4.0

DrawSettings = Callable[[Random], dict[str, Json]]


class Offers(Struct, frozen=True):
    """What world and target offer together. hosts: under given settings."""

    target: str
    offered: Offered
    settings: DrawSettings
    hosts: Callable[[Mapping[str, Json]], tuple[HostPlan, ...]]
    promises_all: Callable[[Mapping[str, Json]], bool]


class Schedule(Struct, frozen=True):
    """A drill, and the seed of the world that it is played in."""

    number: int
    drill: Drill
    seed: int


def schedule(offers: Offers, seed: int, number: int) -> Schedule:
    draw = Random(f"search {seed}/{number}")
    written = offers.settings(draw)
    waves = Waves(draw, offers.offered, Hosts.of(offers.hosts(written)))
    steps = (WaitStep(wait_for="steady", within_s=20.0), *waves.steps())
    # What a forced one lacks is given up by order: only the truth knows how much of what is lost that was.
    forced = any(isinstance(step, ControlStep) and step.action == "force" for step in steps)
    drill = Drill(
        name=f"schedule-{number}",
        path="",
        story="",
        target=offers.target,
        settings={offers.target: written},
        load=Load(
            writers=draw.choice(_WRITERS),
            rate_per_s=draw.choice(_RATES_PER_S),
            readers=draw.choice((0, 1, 2)),
            read_rate_per_s=_READ_RATE_PER_S,
            timeout_s=draw.choice((0.5, 1.0)),
        ),
        clients={"client/2": "primary"} if draw.random() < 0.4 else {},
        trials=1,
        missed="go on",
        steps=steps,
        expect=expected(keeps_all=offers.promises_all(written) and not forced),
    )
    return Schedule(number, drill, draw.getrandbits(31))
