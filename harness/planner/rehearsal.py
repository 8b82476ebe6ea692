"""Whether a drill's roles can be played at all: each step is begun, in mind, with every cast that may come.

Who is primary shows only when a step runs. What no cast can play is refused before anything starts; what
only some can play is left to the run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from harness.conductor.steps import begin, waited_host
from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    DiskStep,
    ExecStep,
    HoldStep,
    ImpairStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    StrainStep,
    SwitchStep,
    WaitStep,
)
from harness.model.errors import DrillError
from harness.model.fault import Crash, Fault
from harness.model.hardship import name_of
from harness.model.plan import HostPlan
from harness.reach import Hosts, victim
from harness.roles import IN_TURN, Cast, RoleError, hosts_of, turns_of

T = TypeVar("T")


# Who is named is to be the next primary.
_MOVES = ("switchover", "promote", "force")


class _Stage(Struct, frozen=True):
    """Who may be the old primary, the victim, the coordinator, after the steps so far; "" is nobody."""

    hosts: tuple[HostPlan, ...]
    turn: int = 1
    old_primaries: frozenset[str] = frozenset({""})
    victims: frozenset[str] = frozenset({""})
    coordinators: frozenset[str] = frozenset({""})

    def casts(self, words: Collection[str]) -> list[Cast]:
        """All that these words can tell apart: of a part that none of them names, one will do."""
        may_be = {
            "old primary": self.old_primaries,
            "victim": self.victims,
            "coordinator": self.coordinators,
        }
        told = [sorted(hosts) if word in words else [min(hosts)] for word, hosts in may_be.items()]
        parts = product(Hosts.of(self.hosts).data, *told)
        return [
            Cast(primary=p, old_primary=o, victim=v, coordinator=c, hosts=self.hosts, turn=self.turn)
            for p, o, v, c in parts
        ]

    def moved(self) -> _Stage:
        """Once something may have happened that makes the cluster fail over."""
        by = Hosts.of(self.hosts)
        return structs.replace(self, coordinators=frozenset({"", *(by.witnesses or by.data)}))


def rehearse(steps: Sequence[Step], hosts: Sequence[HostPlan]) -> None:
    """Raises DrillError without a path, at the first step that nobody can play."""
    for turn in range(1, turns(steps, hosts) + 1):
        _rehearse(steps, _Stage(tuple(hosts), turn))


def turns(steps: Sequence[Step], hosts: Sequence[HostPlan]) -> int:
    """How many trials it takes until everybody whom a step names in turn has been hit. Raises DrillError."""
    most = 1
    for index, step in enumerate(steps):
        with _pointing(f"steps[{index}]"):
            words = [word for word in _texts(msgspec.to_builtins(step)) if word.endswith(IN_TURN)]
            most = max([most, *(len(turns_of(word, hosts)) for word in words)])
    return most


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from _texts([*value.values()])
        case list() | tuple():
            for entry in value:
                yield from _texts(entry)


def _rehearse(steps: Sequence[Step], stage: _Stage) -> None:
    for index, step in enumerate(steps):
        with _pointing(f"steps[{index}].on.host"):
            stage = _due(step, stage)
        with _pointing(f"steps[{index}]"):
            stage = _played(step, stage)


@contextmanager
def _pointing(field: str) -> Iterator[None]:
    try:
        yield
    except RoleError as error:
        raise DrillError(f"{error}", field=field) from error


def _due(step: Step, stage: _Stage) -> _Stage:
    """When the step begins. Raises RoleError when nobody can play whose moment it counts from."""
    on = None if isinstance(step, WaitStep | HoldStep) else step.on
    if on is None:
        return stage
    if on.host:
        _played_by_some(lambda cast: hosts_of(on.host, cast), stage.casts({on.host}))
    return stage.moved()


def _played(step: Step, stage: _Stage) -> _Stage:
    """The stage after the step. Raises RoleError, the first cast's, when no cast can play it."""
    casts = stage.casts(_named(step))
    played = _played_by_some(lambda cast: (cast.primary, _play(step, cast)), casts)
    if isinstance(step, WaitStep | HoldStep):
        return stage
    by = Hosts.of(stage.hosts)
    faults = [(primary, fault) for primary, fault in played if fault is not None]
    return structs.replace(
        stage.moved(),
        old_primaries=stage.old_primaries | {primary for primary, _ in faults},
        victims=stage.victims.union(*(_victims(fault, by, primary) for primary, fault in faults)),
    )


def _named(step: Step) -> Collection[str]:
    match step:
        case HoldStep():
            return ()
        case WaitStep(host=word) | ControlStep(to=word) | ExecStep(host=word):
            return (word,)
        case (
            PartitionStep(sides=sides)
            | LatencyStep(sides=sides)
            | LossStep(sides=sides)
            | ImpairStep(sides=sides)
        ):
            return {word for side in sides for word in side}
        case _:
            return (step.victim,)


def _played_by_some(play: Callable[[Cast], T], casts: Sequence[Cast]) -> list[T]:
    """What it came to with each cast that can. Raises RoleError, the first cast's, when none can."""
    played: list[T] = []
    problems: list[RoleError] = []
    for cast in casts:
        try:
            played.append(play(cast))
        except RoleError as error:
            problems.append(error)
    if problems and not played:
        raise problems[0]
    return played


def _victims(fault: Fault, hosts: Hosts, primary: str) -> set[str]:
    """Who may be struck: of a crash each of those that lie in wait."""
    if isinstance(fault, Crash):
        return {host for host in fault.point.hosts if host in hosts.data}
    return {victim(fault, hosts, primary=primary)}


def _play(step: Step, cast: Cast) -> Fault | None:
    """The fault that a step would ask for. Raises RoleError where this cast cannot play it."""
    match step:
        case HoldStep():
            return None
        case WaitStep():
            waited_host(step, cast)
            return None
    begun = begin(step, cast)
    by = Hosts.of(cast.hosts)
    match step:
        case KillStep(verb=verb, victim=word) if begun.hosts[0] in by.clients:
            raise RoleError(
                f"'{word}' is a client: a {verb} would cost what it has seen; cut it off instead: "
                f"partition: [[{word}], rest]"
            )
        case StrainStep(victim=word, by=hardship) if begun.hosts[0] in by.clients:
            raise RoleError(f"'{word}' is a client: {name_of(hardship)} is for the hosts that serve it")
        case CrashStep(victim=word) if not {*begun.hosts} <= {*by.data, *by.witnesses}:
            raise RoleError(
                f"'{word}' is {', '.join(begun.hosts)}: only data nodes and witnesses have points to die at; "
                f"kill it instead: kill: {word}"
            )
        case DiskStep(victim=word) | ClockStep(victim=word) if begun.hosts[0] not in (
            *by.data,
            *by.witnesses,
        ):
            what = "a store" if isinstance(step, DiskStep) else "a clock that anything depends on"
            raise RoleError(f"'{word}' is {begun.hosts[0]}: only data nodes and witnesses have {what}")
        case SwitchStep(victim=word) if begun.hosts[0] not in by.data or not by.fences:
            why = "no data node: only those have one" if by.fences else "not connected: no host has it"
            raise RoleError(f"the power switch of '{word}' is {why}; the setting `fence: device` gives one")
        case ControlStep(action="maintenance on" | "maintenance off", to=word):
            if begun.hosts[0] not in by.witnesses:
                raise RoleError(
                    f"'{word}' is {begun.hosts[0]}: maintenance is asked of a witness, like witness/1"
                )
        case ControlStep(to=word) if begun.hosts[0] not in by.data:
            raise RoleError(f"'{word}' is {begun.hosts[0]}, which is no data node: only those become primary")
        case ControlStep(action="power off" | "power on", to=word) if not by.fences:
            raise RoleError(
                f"nobody can switch '{word}'; the setting `fence: device` gives it a power switch"
            )
        case ControlStep(action=action, to=word) if action in _MOVES and begun.hosts[0] == cast.primary:
            raise RoleError(f"'{word}' is the primary already; name another data node, like standby")
    return begun.fault
