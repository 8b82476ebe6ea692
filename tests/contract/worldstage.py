"""A small stack in any world, and what a test asks of it: in the words of commands and events alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from harness import planner
from harness.cli import worlds
from harness.cli.arguments import Namespace
from harness.clusterview import ClusterView
from harness.model.command import Heal, Inject, ReadAll, StartLoad, StopLoad
from harness.model.event import Applied, Event, Failed, FinalRead, Healed, LoadStopped, Returned
from harness.model.fault import Fault, Link
from harness.model.plan import Plan
from harness.seams import World
from harness.steadiness import until_steady
from targets.reference.target import REFERENCE
from tests.drillfile.written import read

# Patient, so that no busy machine and no short cut makes anybody fail over; the death of a process does.
_DRILL = """\
drill: contract
target: reference
settings:
  reference: {replication: sync, lease: 3s, detector: {interval: 200ms, timeout: 1s, threshold: 10}}
steps:
  - wait: {for: steady, within: 60s}
  - kill: primary
    until: 1s
expect: {lost_writes: 0}
"""
_WITHIN_S = 60.0
_TIMEOUT_S = 0.4
Ops = list[Returned]
T = TypeVar("T", Applied, Healed)


class Stage:
    """One stack that is up; every test leaves it as it found it."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.world, self.plan = world, plan
        self.events: list[Event] = []
        self.view = ClusterView()
        self._numbers = itertools.count(1)

    @property
    def primary(self) -> str:
        return self.view.primary

    def turn(self) -> None:
        told = self.world.advance()
        self.events += told
        for event in told:
            self.view = self.view.seen(event)

    def until(self, condition: Callable[[], object]) -> None:
        give_up_s = self.world.now_s() + _WITHIN_S
        while not condition():
            assert self.world.now_s() < give_up_s, self.events[-5:]
            self.turn()

    def run(self, for_s: float) -> None:
        until_s = self.world.now_s() + for_s
        while self.world.now_s() < until_s:
            self.turn()

    def steady(self) -> None:
        """Everybody runs and follows, with what was told before counted too."""
        # Whoever was just healed has to say so first.
        self.run(0.3)
        lacks = until_steady(_Told(self), self.plan, within_s=_WITHIN_S)
        assert not lacks

    @contextmanager
    def load(self, client: str, address: str, *, timeout_s: float = _TIMEOUT_S) -> Iterator[str]:
        """Two writers; the prefix of what they write."""
        prefix = f"t{next(self._numbers)}"
        self.world.perform(
            StartLoad(
                trial=1,
                client=client,
                address=address,
                value_prefix=prefix,
                writers=2,
                rate_per_s=20.0,
                readers=0,
                read_rate_per_s=0.0,
                timeout_s=timeout_s,
            )
        )
        yield prefix
        before = len(self._stops(client))
        self.world.perform(StopLoad(client=client))
        self.until(lambda: len(self._stops(client)) > before)

    @contextmanager
    def under(self, fault: Fault) -> Iterator[Applied]:
        """In force inside; healed after, and seen to be."""
        fault_id = f"f{next(self._numbers)}"
        self.world.perform(Inject(fault_id=fault_id, fault=fault))
        try:
            applied = self.answered(Applied, fault_id)
        except BaseException:
            self.heal(fault_id)  # for those who come after
            raise
        yield applied
        self.healed = self.heal(fault_id)
        assert self.healed.before_s >= applied.after_s

    def heal(self, fault_id: str) -> Healed:
        self.world.perform(Heal(fault_id=fault_id))
        return self.answered(Healed, fault_id)

    def answered(self, kind: type[T], fault_id: str) -> T:
        def found() -> list[T | Failed]:
            return [
                event
                for event in self.events
                if (isinstance(event, kind) and event.fault_id == fault_id)
                or (isinstance(event, Failed) and event.command_id == fault_id)
            ]

        self.until(found)
        (event,) = found()
        assert isinstance(event, kind), event
        return event

    def read_all(self) -> set[str]:
        """At the primary, past all faults."""
        read_id = f"r{next(self._numbers)}"
        self.world.perform(ReadAll(read_id=read_id, host=self.primary, value_prefix="t"))

        def found() -> list[FinalRead]:
            return [e for e in self.events if isinstance(e, FinalRead) and e.read_id == read_id]

        self.until(found)
        return {*found()[0].values}

    def ops(self, prefix: str, *, after_s: float = 0.0) -> Ops:
        """Whole operations of this load that were called after then."""
        told = [event for event in self.events if isinstance(event, Returned) and event.call_s >= after_s]
        return [one for one in told if one.value.startswith(f"{prefix}.")]

    def good(self, prefix: str, *, after_s: float = 0.0) -> Ops:
        return [one for one in self.ops(prefix, after_s=after_s) if one.outcome == "ok"]

    def flows(self, prefix: str) -> None:
        """From now on it is served again."""
        now_s = self.world.now_s()
        self.until(lambda: len(self.good(prefix, after_s=now_s)) > 2)

    def _stops(self, client: str) -> list[LoadStopped]:
        return [e for e in self.events if isinstance(e, LoadStopped) and e.client == client]


class _Told:
    """The stage's world, as who waits for steadiness sees it: all that was told comes first."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._seen = stage, 0

    def advance(self) -> list[Event]:
        self._stage.turn()
        told, self._seen = self._stage.events[self._seen :], len(self._stage.events)
        return told

    def now_s(self) -> float:
        return self._stage.world.now_s()

    def perform(self, command: object) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def both_ways(a: str, *others: str) -> tuple[Link, ...]:
    return tuple(link for b in others for link in (Link(a, b), Link(b, a)))


@contextmanager
def stage_in(world: str, folder: Path) -> Iterator[Stage]:
    plan = planner.plan(read(_DRILL), REFERENCE, world=world, seed=7, trials=1, defect="")
    opened = worlds.opener(Namespace(world=world, keep=False), [plan])(plan, folder, lambda text: None)
    try:
        stage = Stage(opened, plan)
        stage.steady()
        yield stage
    finally:
        opened.close()
