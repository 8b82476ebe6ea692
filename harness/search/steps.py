"""One fault: what, whom, from when to when. At a time of its own, or at a moment of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from random import Random
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    Direction,
    DiskStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    SwitchStep,
    Trigger,
    Window,
)
from harness.model.fault import CutMode, DiskTrouble, Scope, Side, SwitchMode
from harness.model.units import duration, seconds
from harness.reach import Hosts
from harness.seams import Aim
from harness.search.sides import DrawSides, Sides

# Faults begin early in a wave; a second one that waits for a moment needs a first one that brings it.
BEGINS_S = (0.3, 3.0)
_LAST_S = (0.03, 0.2, 0.5, 1.0, 3.0, 6.0)
_CALM_NTH = (1, 1, 2, 5, 20, 100)
_FAILING_NTH = (1, 1, 1, 2, 3, 5)
MOMENT_WITHIN_S = 8.0
_SCOPES: tuple[Scope, ...] = ("process", "process", "host")
_CUTS: tuple[CutMode, ...] = ("drop", "drop", "stall", "refuse", "loss")
_SWITCHES: tuple[SwitchMode, ...] = ("slow", "stuck")
_POINTS: tuple[Side, ...] = ("before", "after")
_ONE_WAY: tuple[Direction, ...] = ("in", "out")
_DELAYS_S = (0.005, 0.03, 0.1, 0.4)
_SHARES = (0.01, 0.05, 0.2)
_WRITES: tuple[DiskTrouble, ...] = ("stall", "fail")
# What a system must bear that states a bound of one in a thousand for its clocks.
_RATES = (0.9992, 0.9996, 1.0004, 1.0008)


class Offered(Struct, frozen=True):
    """What world and target offer together. calm, failing: moments worth striking at."""

    faults: Collection[str]
    controls: Collection[str]
    calm: Sequence[Aim]
    failing: Sequence[Aim]


class DrawSteps:
    """Of one schedule. origin_s: of the wave. caused: it has what brings a failover."""

    def __init__(self, draw: Random, offered: Offered, hosts: Hosts) -> None:
        self._draw, self._offered, self._hosts = draw, offered, hosts
        self.origin_s, self.caused = 0.0, False
        self.sides = DrawSides(draw, hosts)
        self._lost_disk = False
        makers: dict[str, tuple[int, Callable[[], Step]]] = {
            "kill": (4, lambda: self._strike("kill")),
            "pause": (3, lambda: self._strike("pause")),
            "crash": (4, self._crash),
            "stop": (1, lambda: self._strike("stop")),
            "restart": (1, self._restart),
            "partition": (5, lambda: self.cut(self.sides.any(), *self.when())),
            "latency": (2, lambda: self.slow(self.sides.any(), *self.when())),
            "loss": (1, self._loss),
            "disk": (3, self._disk),
            "clock": (1, self._clock),
        }
        can = [(times, make) for verb, (times, make) in makers.items() if verb in offered.faults]
        self._makers = [make for times, make in can for _ in range(times)]
        if not offered.calm or not offered.failing:
            self._makers = [make for make in self._makers if make != self._crash]
        if hosts.fences and "switch" in offered.faults:
            self._makers += [self._switch] * 2
        if "switchover" in offered.controls:
            self._makers += [self._switchover] * 2

    def any(self) -> Step:
        return self._draw.choice(self._makers)()

    # --- when -------------------------------------------------------------------------------------

    def begins_s(self) -> float:
        return to_ms(self.origin_s + self._draw.uniform(*BEGINS_S))

    def when(self) -> tuple[Trigger | None, Window, float]:
        """The moment to count from, the time after it, and the end."""
        draw = self._draw
        on = self._moment() if draw.random() < (0.8 if self.caused else 0.3) else None
        if on is None:
            at_s = self.begins_s()
        else:
            at_s = 0.0 if draw.random() < 0.6 else to_ms(draw.uniform(0.0, 0.03))
        return on, Window(at_s, at_s), to_ms(at_s + self._lasts_s())

    def _lasts_s(self) -> float:
        return max(0.01, self._draw.choice(_LAST_S) * self._draw.uniform(0.2, 1.0))

    def _moment(self) -> Trigger | None:
        """None where the target names none."""
        aim, nth = self._aim()
        if aim is None:
            return None
        host = self._draw.choice(aim.whose) if aim.whose and self._draw.random() < 0.4 else ""
        return Trigger(act=aim.act, what=aim.what, host=host, nth=nth, within_s=MOMENT_WITHIN_S)

    def _aim(self) -> tuple[Aim | None, int]:
        failing = self.caused and self._draw.random() < 0.85
        aims = self._offered.failing if failing else self._offered.calm
        nth = self._draw.choice(_FAILING_NTH if failing else _CALM_NTH)
        return (self._draw.choice(aims) if aims else None), nth

    # --- whom -------------------------------------------------------------------------------------

    def data(self) -> str:
        words = ("primary", "primary", "primary", "standby", "standby", *self._hosts.data)
        return self._draw.choice(words)

    def _anybody(self) -> str:
        words = [*(self.data() for _ in range(4)), *self.sides.witnesses, *self.sides.witnesses]
        beside = [*self._hosts.routers[:1], *self._hosts.fences[:1]]
        return self._draw.choice([*words, *beside])

    # --- what -------------------------------------------------------------------------------------

    def cut(
        self, sides: Sides, on: Trigger | None, at: Window, until_s: float, modes: Sequence[CutMode] = _CUTS
    ) -> PartitionStep:
        draw, how = self._draw, self._draw.choice(modes)
        one_way = how in ("drop", "stall") and len(sides) == 2 and draw.random() < 0.4
        direction: Direction = draw.choice(_ONE_WAY) if one_way else "both"
        return PartitionStep(sides=sides, how=how, direction=direction, at=at, until_s=until_s, on=on)

    def slow(
        self,
        sides: Sides,
        on: Trigger | None,
        at: Window,
        until_s: float,
        delays_s: Sequence[float] = _DELAYS_S,
    ) -> LatencyStep:
        draw = self._draw
        delay_s = to_ms(draw.choice(delays_s) * draw.uniform(0.3, 1.0))
        jitter_s = to_ms(delay_s * draw.random())
        return LatencyStep(sides=sides, delay_s=delay_s, jitter_s=jitter_s, at=at, until_s=until_s, on=on)

    def lose(
        self, at: Window, until_s: float, victim: str = "", does: DiskTrouble | None = None
    ) -> DiskStep | None:
        """One store at most is lost, or damaged: nothing survives the loss of all that there is."""
        if self._lost_disk or "disk" not in self._offered.faults:
            return None
        self._lost_disk = True
        victim = victim or self._draw.choice((*self.sides.witnesses, "primary", "standby"))
        does = does or ("damage" if self._draw.random() < 0.3 else "lose")
        return DiskStep(victim=victim, does=does, at=at, until_s=until_s)

    def _strike(self, verb: Literal["kill", "stop", "pause"]) -> Step:
        on, at, until_s = self.when()
        scope = self._draw.choice(_SCOPES)
        return KillStep(verb=verb, victim=self._anybody(), scope=scope, at=at, until_s=until_s, on=on)

    def _restart(self) -> Step:
        """In order, and at once."""
        on, at, _ = self.when()
        scope, victim = self._draw.choice(_SCOPES), self._anybody()
        return KillStep(verb="restart", victim=victim, scope=scope, at=at, until_s=at.high_s, on=on)

    def _crash(self) -> Step:
        """It dies right before or after an act of its own, whenever that comes."""
        draw = self._draw
        aim, nth = self._aim()
        assert aim is not None
        at_s = to_ms(self.origin_s + draw.uniform(0.0, BEGINS_S[0]))
        return CrashStep(
            victim=draw.choice(aim.whose) if aim.whose else draw.choice(("primary", "standby", "witnesses")),
            side=draw.choice(_POINTS),
            act=aim.act,
            what=aim.what,
            nth=nth,
            at=Window(at_s, at_s),
            within_s=MOMENT_WITHIN_S,
            until_s=to_ms(self._lasts_s()),
        )

    def _loss(self) -> Step:
        on, at, until_s = self.when()
        share = self._draw.choice(_SHARES)
        return LossStep(sides=self.sides.any(), share=share, at=at, until_s=until_s, on=on)

    def _disk(self) -> Step:
        draw = self._draw
        on, at, until_s = self.when()
        if draw.random() < 0.3 and (lost := self.lose(at, until_s)) is not None:
            return replace(lost, on=on)
        witnesses = self.sides.witnesses
        victim = self.data() if draw.random() < 0.7 or not witnesses else draw.choice(witnesses)
        return DiskStep(victim=victim, does=draw.choice(_WRITES), at=at, until_s=until_s, on=on)

    def _clock(self) -> Step:
        on, at, until_s = self.when()
        victim = self._draw.choice((self.data(), *self.sides.witnesses))
        return ClockStep(victim=victim, rate=self._draw.choice(_RATES), at=at, until_s=until_s, on=on)

    def _switch(self) -> Step:
        """Not a lie: what follows from one is the device's doing."""
        on, at, until_s = self.when()
        return SwitchStep(victim=self.data(), how=self._draw.choice(_SWITCHES), at=at, until_s=until_s, on=on)

    def _switchover(self) -> Step:
        on, at, _ = self.when()
        return ControlStep(action="switchover", to="standby", at=at, on=on)


def to_ms(value_s: float) -> float:
    """To a millisecond, which is finer than anything in the protocol, and exactly as a file would say it."""
    return seconds(duration(round(value_s, 3)))
