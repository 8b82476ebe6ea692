"""(seed, number) -> a schedule: a drill as a person could have written it. Draws from nothing else.

It comes in waves: faults single or overlapping, at random times or counted from moments of the protocol.
Between them it is calm for a while, and the cluster may recover, or half recover.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random
from typing import Literal

from msgspec import Struct

from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    Direction,
    DiskStep,
    Drill,
    HoldStep,
    Json,
    KillStep,
    LatencyStep,
    Load,
    LossStep,
    PartitionStep,
    Step,
    SwitchStep,
    Trigger,
    WaitStep,
    Window,
)
from harness.model.fault import CutMode, DiskTrouble, Scope, Side, SwitchMode
from harness.model.plan import HostPlan
from harness.model.units import duration, seconds
from harness.reach import Hosts
from harness.search.expecting import expected

# How many waves, and how long one lasts.
_WAVES = ((1, 24.0), (1, 24.0), (2, 12.0), (3, 8.0))
_FAULTS_OF_A_WAVE = (1, 1, 2, 2, 3)
_FAULTS_MAX = 6
# Faults begin early in a wave; a second one that waits for a moment needs a first one that brings it.
_BEGINS_S = (0.3, 3.0)
_LAST_S = (0.03, 0.2, 0.5, 1.0, 3.0, 6.0)
_LASTS_OF_A_CAUSE_S = (1.0, 6.0)
_CALM_NTH = (1, 1, 2, 5, 20, 100)
_FAILING_NTH = (1, 1, 1, 2, 3, 5)
_MOMENT_WITHIN_S = 8.0
_SCOPES: tuple[Scope, ...] = ("process", "process", "host")
_CUTS: tuple[CutMode, ...] = ("drop", "drop", "stall", "refuse", "loss")
_SWITCHES: tuple[SwitchMode, ...] = ("slow", "stuck")
_POINTS: tuple[Side, ...] = ("before", "after")
_ONE_WAY: tuple[Direction, ...] = ("in", "out")
_SHARES = (0.01, 0.05, 0.2)
_WRITES: tuple[DiskTrouble, ...] = ("stall", "fail")
# What a system must bear that states a bound of one in a thousand for its clocks.
_RATES = (0.9992, 0.9996, 1.0004, 1.0008)

DrawSettings = Callable[[Random], dict[str, Json]]


class Offers(Struct, frozen=True):
    """What world and target offer together. hosts: under given settings."""

    target: str
    faults: Collection[str]
    controls: Collection[str]
    calm: Sequence[tuple[str, str]]
    failing: Sequence[tuple[str, str]]
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
    drawing = _Drawing(draw, offers, Hosts.of(offers.hosts(written)))
    steps = (WaitStep(wait_for="steady", within_s=20.0), *drawing.waves())
    drill = Drill(
        name=f"schedule-{number}",
        path="",
        story="",
        target=offers.target,
        settings={offers.target: written},
        load=Load(
            writers=draw.choice((2, 3)),
            rate_per_s=8.0,
            readers=draw.choice((0, 1, 2)),
            read_rate_per_s=5.0,
            timeout_s=draw.choice((0.5, 1.0)),
        ),
        clients={"client/2": "primary"} if draw.random() < 0.3 else {},
        trials=1,
        steps=steps,
        expect=expected(keeps_all=offers.promises_all(written)),
    )
    return Schedule(number, drill, draw.getrandbits(31))


class _Drawing:
    """The steps of one schedule."""

    def __init__(self, draw: Random, offers: Offers, hosts: Hosts) -> None:
        self._draw, self._offers, self._hosts = draw, offers, hosts
        self._origin_s = 0.0
        self._caused = False  # this wave has what brings a failover
        self._lost_disk = False
        makers: dict[str, tuple[int, Callable[[], Step]]] = {
            "kill": (4, lambda: self._strike("kill")),
            "pause": (3, lambda: self._strike("pause")),
            "crash": (3, self._crash),
            "stop": (1, lambda: self._strike("stop")),
            "partition": (4, self._partition),
            "latency": (2, self._latency),
            "loss": (1, self._loss),
            "disk": (2, self._disk),
            "clock": (1, self._clock),
        }
        self._makers = [make for verb, (n, make) in makers.items() if verb in offers.faults for _ in range(n)]
        if not offers.calm or not offers.failing:
            self._makers = [make for make in self._makers if make != self._crash]
        if hosts.fences and "switch" in offers.faults:
            self._makers += [self._switch] * 2
        if "switchover" in offers.controls:
            self._makers += [self._switchover] * 2

    def waves(self) -> tuple[Step, ...]:
        steps, left = list[Step](), _FAULTS_MAX
        waves, lasts_s = self._draw.choice(_WAVES)
        for wave in range(waves):
            faults = min(self._draw.choice(_FAULTS_OF_A_WAVE), left)
            left -= faults
            self._origin_s = wave * lasts_s
            steps += self._wave(faults)
            steps.append(HoldStep(duration_s=lasts_s))
        return tuple(steps)

    def _wave(self, faults: int) -> list[Step]:
        self._caused = faults > 1 and self._draw.random() < 0.6
        cause = [self._cause()] if self._caused else []
        return [*cause, *(self._draw.choice(self._makers)() for _ in range(faults - len(cause)))]

    def _cause(self) -> Step:
        """What makes the cluster fail over."""
        draw = self._draw
        at_s = _ms(self._origin_s + draw.uniform(*_BEGINS_S))
        at, until_s = Window(at_s, at_s), _ms(at_s + draw.uniform(*_LASTS_OF_A_CAUSE_S))
        kinds = [kind for kind in ("kill", "pause", "partition") if kind in self._offers.faults]
        match draw.choice([*kinds, *(["switchover"] if self._offers.controls else [])]):
            case "kill":
                scope: Scope = draw.choice(_SCOPES)
                return KillStep(verb="kill", victim="primary", scope=scope, at=at, until_s=until_s)
            case "pause":
                return KillStep(verb="pause", victim="primary", scope="host", at=at, until_s=until_s)
            case "partition":
                sides = (("primary",), ("rest",))
                return PartitionStep(sides=sides, how="drop", direction="both", at=at, until_s=until_s)
            case _:
                return ControlStep(action="switchover", to="standby", at=at)

    # --- when -------------------------------------------------------------------------------------

    def _when(self) -> tuple[Trigger | None, Window, float]:
        """The moment to count from, the time after it, and the end."""
        draw = self._draw
        on = self._moment() if draw.random() < (0.8 if self._caused else 0.3) else None
        if on is None:
            at_s = _ms(self._origin_s + draw.uniform(*_BEGINS_S))
        else:
            at_s = 0.0 if draw.random() < 0.6 else _ms(draw.uniform(0.0, 0.03))
        lasts_s = max(0.01, draw.choice(_LAST_S) * draw.uniform(0.2, 1.0))
        return on, Window(at_s, at_s), _ms(at_s + lasts_s)

    def _moment(self) -> Trigger | None:
        """None where the target names none."""
        draw, offers = self._draw, self._offers
        failing = self._caused and draw.random() < 0.85
        moments = offers.failing if failing else offers.calm
        if not moments:
            return None
        act, what = draw.choice(moments)
        nth = draw.choice(_FAILING_NTH if failing else _CALM_NTH)
        return Trigger(act=act, what=what, nth=nth, within_s=_MOMENT_WITHIN_S)

    # --- whom -------------------------------------------------------------------------------------

    def _data(self) -> str:
        words = ("primary", "primary", "primary", "standby", "standby", *self._hosts.data)
        return self._draw.choice(words)

    def _anybody(self) -> str:
        words = [*(self._data() for _ in range(4)), *self._witnesses, *self._witnesses]
        beside = [*self._hosts.routers[:1], *self._hosts.fences[:1]]
        return self._draw.choice([*words, *beside])

    @property
    def _witnesses(self) -> list[str]:
        return [f"witness/{number}" for number in range(1, len(self._hosts.witnesses) + 1)]

    def _few(self, words: Sequence[str], most: int) -> list[str]:
        return self._draw.sample([*words], self._draw.randint(1, min(most, len(words))))

    # --- what -------------------------------------------------------------------------------------

    def _strike(self, verb: Literal["kill", "stop", "pause"]) -> Step:
        on, at, until_s = self._when()
        scope = self._draw.choice(_SCOPES)
        return KillStep(verb=verb, victim=self._anybody(), scope=scope, at=at, until_s=until_s, on=on)

    def _crash(self) -> Step:
        """It dies right before or after an act of its own, whenever that comes."""
        draw, offers = self._draw, self._offers
        failing = self._caused and draw.random() < 0.85
        act, what = draw.choice(offers.failing if failing else offers.calm)
        at_s = _ms(self._origin_s + draw.uniform(0.0, _BEGINS_S[0]))
        return CrashStep(
            victim=draw.choice(("primary", "primary", "standby", "witnesses", "witnesses", self._data())),
            side=draw.choice(_POINTS),
            act=act,
            what=what,
            nth=draw.choice(_FAILING_NTH if failing else _CALM_NTH),
            at=Window(at_s, at_s),
            within_s=_MOMENT_WITHIN_S,
            until_s=_ms(max(0.01, draw.choice(_LAST_S) * draw.uniform(0.2, 1.0))),
        )

    def _partition(self) -> Step:
        draw = self._draw
        on, at, until_s = self._when()
        how = draw.choice(_CUTS)
        one_way = how in ("drop", "stall") and draw.random() < 0.4
        return PartitionStep(
            sides=self._sides(),
            how=how,
            direction=draw.choice(_ONE_WAY) if one_way else "both",
            at=at,
            until_s=until_s,
            on=on,
        )

    def _sides(self) -> tuple[tuple[str, ...], ...]:
        """Of host names and roles that are never the same host."""
        draw = self._draw
        everyone = [*self._hosts.data, *self._witnesses, *(["router"] if self._hosts.routers else [])]
        draw.shuffle(everyone)
        match draw.randrange(4):
            case 0:
                return ((self._data(), *self._few(self._witnesses, 1)[: draw.randrange(2)]), ("rest",))
            case 1:
                return (("primary",), ("standby",))
            case 2:
                near = draw.randint(1, 3)
                return (tuple(sorted(everyone[:near])), ("rest",))
            case _:
                near, far = draw.randint(1, 2), draw.randint(1, 3)
                return (tuple(sorted(everyone[:near])), tuple(sorted(everyone[near : near + far])))

    def _latency(self) -> Step:
        draw = self._draw
        on, at, until_s = self._when()
        delay_s = _ms(draw.choice((0.005, 0.03, 0.1, 0.4)) * draw.uniform(0.3, 1.0))
        jitter_s = _ms(delay_s * draw.random())
        return LatencyStep(
            sides=self._sides(), delay_s=delay_s, jitter_s=jitter_s, at=at, until_s=until_s, on=on
        )

    def _loss(self) -> Step:
        on, at, until_s = self._when()
        share = self._draw.choice(_SHARES)
        return LossStep(sides=self._sides(), share=share, at=at, until_s=until_s, on=on)

    def _disk(self) -> Step:
        """Of one witness at most the disk is lost: nothing survives the loss of all that there is."""
        draw = self._draw
        on, at, until_s = self._when()
        if draw.random() < 0.2 and self._witnesses and not self._lost_disk:
            self._lost_disk = True
            return DiskStep(victim=draw.choice(self._witnesses), does="lose", at=at, until_s=until_s, on=on)
        victim = self._data() if draw.random() < 0.7 or not self._witnesses else draw.choice(self._witnesses)
        return DiskStep(victim=victim, does=draw.choice(_WRITES), at=at, until_s=until_s, on=on)

    def _clock(self) -> Step:
        on, at, until_s = self._when()
        victim = self._draw.choice((self._data(), *self._witnesses))
        return ClockStep(victim=victim, rate=self._draw.choice(_RATES), at=at, until_s=until_s, on=on)

    def _switch(self) -> Step:
        """Not a lie: what follows from one is the device's doing."""
        on, at, until_s = self._when()
        return SwitchStep(
            victim=self._data(), how=self._draw.choice(_SWITCHES), at=at, until_s=until_s, on=on
        )

    def _switchover(self) -> Step:
        on, at, _ = self._when()
        return ControlStep(action="switchover", to="standby", at=at, on=on)


def _ms(value_s: float) -> float:
    """To a millisecond, which is finer than anything in the protocol, and exactly as a file would say it."""
    return seconds(duration(round(value_s, 3)))
