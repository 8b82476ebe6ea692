"""A planned step -> the fault or control it asks for, roles resolved. Pure; knows no time.

A partition cuts every pair of hosts across its sides; hosts of one side keep each other, and in a
bridge or a ring each side its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from msgspec import Struct

from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    Direction,
    DiskStep,
    ExecStep,
    ImpairStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Shape,
    Step,
    StrainStep,
    SwitchStep,
    WaitStep,
)
from harness.model.fault import (
    Clock,
    Crash,
    Cut,
    Disk,
    Fault,
    Impair,
    Kill,
    Link,
    Lose,
    Pause,
    PowerOff,
    Slow,
    Stop,
    Strain,
    Switch,
)
from harness.model.moment import Moment
from harness.model.wording import words
from harness.reach import Hosts
from harness.roles import REST, Cast, RoleError, host_of, hosts_of, sides_of

_STRIKES: Mapping[str, type[Kill | Stop | Pause]] = {
    "kill": Kill,
    "stop": Stop,
    "pause": Pause,
    "restart": Stop,
}


class Begun(Struct, frozen=True, kw_only=True):
    """What a step asks of the world. hosts: what its role words resolved to, without `rest`.

    A fault, or an action that the target is asked for on hosts[0], or a command that is run there.
    """

    text: str
    hosts: tuple[str, ...]
    fault: Fault | None = None
    action: str = ""
    argv: tuple[str, ...] = ()
    within_s: float = 0.0


def begin(step: Step, cast: Cast) -> Begun:
    """For every step but waits and holds, which ask nothing. Raises RoleError."""
    match step:
        case KillStep(verb="power_off", victim=victim):
            host = host_of(victim, cast)
            others = tuple(of.name for of in cast.hosts if of.name != host)
            links = _across(((host,), others), "both")
            return Begun(text=text_of(step), hosts=(host,), fault=PowerOff(host, links))
        case KillStep(verb=verb, victim=victim, scope=scope):
            host = host_of(victim, cast)
            return Begun(text=text_of(step), hosts=(host,), fault=_STRIKES[verb](host, scope))
        case StrainStep(victim=victim, by=hardship):
            host = host_of(victim, cast)
            return Begun(text=text_of(step), hosts=(host,), fault=Strain(host, hardship))
        case CrashStep(victim=victim, side=side, act=act, what=what, nth=nth):
            hosts = hosts_of(victim, cast)
            point = Moment(act=act, what=what, hosts=hosts, nth=nth)
            return Begun(text=text_of(step), hosts=hosts, fault=Crash(point, side))
        case SwitchStep(victim=victim, how=mode):
            host = host_of(victim, cast)
            return Begun(text=text_of(step), hosts=(host,), fault=Switch(host, mode))
        case PartitionStep(sides=sides, how=how, direction=direction, shape=shape):
            links = _across(sides_of(sides, cast), direction, shape)
            return Begun(text=text_of(step), hosts=_named(sides, cast), fault=Cut(links, how))
        case LatencyStep(sides=sides, delay_s=delay_s, jitter_s=jitter_s):
            links = _across(sides_of(sides, cast), "both")
            return Begun(text=text_of(step), hosts=_named(sides, cast), fault=Slow(links, delay_s, jitter_s))
        case LossStep(sides=sides, share=share):
            links = _across(sides_of(sides, cast), "both")
            return Begun(text=text_of(step), hosts=_named(sides, cast), fault=Lose(links, share))
        case ImpairStep(sides=sides, by=by, direction=direction):
            links = _across(sides_of(sides, cast), direction)
            return Begun(text=text_of(step), hosts=_named(sides, cast), fault=Impair(links, by))
        case DiskStep(victim=victim, does=does):
            host = host_of(victim, cast)
            return Begun(text=text_of(step), hosts=(host,), fault=Disk(host, does))
        case ClockStep(victim=victim, rate=rate):
            host = host_of(victim, cast)
            return Begun(text=text_of(step), hosts=(host,), fault=Clock(host, rate))
        case ExecStep(host=word, argv=argv, within_s=within_s):
            host = host_of(word, cast)
            return Begun(text=text_of(step), hosts=(host,), argv=argv, within_s=within_s)
        case ControlStep(action=action, to=to):
            return Begun(text=text_of(step), hosts=(host_of(to, cast),), action=action)
        case _:
            raise ValueError(f"{text_of(step)} asks nothing of the world")


def text_of(step: Step) -> str:
    """One line for a person, as the drill says it: roles, and no times."""
    return words(step, short=True)


def waited_host(step: WaitStep, cast: Cast) -> str:
    """The data node that a wait looks at; empty for all of them. Raises RoleError."""
    if not step.host:
        return ""
    host = host_of(step.host, cast)
    if host not in Hosts.of(cast.hosts).data:
        raise RoleError(f"'{step.host}' is {host}, which is no data node: only those rejoin")
    return host


def _across(sides: Sequence[Sequence[str]], direction: Direction, shape: Shape = "split") -> tuple[Link, ...]:
    """The links from a side to another one; `in` and `out` are seen from the first side."""
    kept = {"split": (), "bridge": (1,), "ring": (1, len(sides) - 1)}[shape]
    return tuple(
        Link(source, destination)
        for start, end in permutations(range(len(sides)), 2)
        if abs(start - end) not in kept
        if direction == "both" or (direction == "out" and start == 0) or (direction == "in" and end == 0)
        for source in sides[start]
        for destination in sides[end]
    )


def _named(sides: Sequence[Sequence[str]], cast: Cast) -> tuple[str, ...]:
    def each() -> Iterator[str]:
        for side in sides:
            for word in side:
                if word != REST:
                    yield from hosts_of(word, cast)

    return tuple(dict.fromkeys(each()))
