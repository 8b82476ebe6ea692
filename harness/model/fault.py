"""What can be done to links, processes and hosts, with real host names.

A drill names victims by role; the conductor resolves them when the step runs, so what reaches
the world, and the journal, is one of these.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model import hardship
from harness.model.hardship import Hardship
from harness.model.impairment import Impairment, much_of, name_of
from harness.model.moment import Moment, text_of

Scope = Literal["process", "host"]
CutMode = Literal["refuse", "drop", "stall", "loss"]
Side = Literal["before", "after"]
DiskTrouble = Literal["stall", "fail", "lose", "damage"]
SwitchMode = Literal["lies", "stuck", "slow"]


class Link(Struct, frozen=True, order=True):
    """The bytes that travel from one host to another, whoever opened the connection."""

    source: str
    destination: str


class Kill(Struct, frozen=True, tag="kill"):
    """SIGKILL. scope process: the service's main process as the target names it; host: all of it.

    Healing starts what was killed.
    """

    host: str
    scope: Scope


class Stop(Struct, frozen=True, tag="stop"):
    """SIGTERM, an orderly end. Healing starts it again."""

    host: str
    scope: Scope


class Pause(Struct, frozen=True, tag="pause"):
    """Frozen: process by SIGSTOP, host by the cgroup freezer. Healing resumes it."""

    host: str
    scope: Scope


class PowerOff(Struct, frozen=True, tag="power_off"):
    """Everything on the host stops at one moment, and its packets vanish: no peer hears a goodbye.

    links: all of the host's, both ways. Healing starts it.
    """

    host: str
    links: tuple[Link, ...]


class Crash(Struct, frozen=True, tag="crash"):
    """A process dies as by SIGKILL right before or after an act of its machine. Healing starts it again.

    Asked for, it lies in wait for the first of the point's hosts; in force, `host` names the one that died.
    """

    point: Moment
    side: Side
    host: str = ""


class Cut(Struct, frozen=True, tag="cut"):
    """No byte of these links arrives. Healing restores them.

    refuse: connections are closed, new ones refused. drop: bytes vanish, connections stay.
    stall: bytes are held and delivered at healing. loss: packets vanish below TCP (SYN included).
    refuse and loss act on both directions of a pair at once.
    """

    links: tuple[Link, ...]
    how: CutMode


class Slow(Struct, frozen=True, tag="slow"):
    """Each chunk of these links is delayed by delay_s, give or take jitter_s (uniform)."""

    links: tuple[Link, ...]
    delay_s: float
    jitter_s: float


class Lose(Struct, frozen=True, tag="lose"):
    """This share of the links' packets is lost, SYN included; TCP sends them again, later each time."""

    links: tuple[Link, ...]
    share: float


class Impair(Struct, frozen=True, tag="impair"):
    """These links still carry bytes, but not as they should: see the impairment. Healing restores them.

    reset is of whole connections, so it asks for both directions of a pair.
    """

    links: tuple[Link, ...]
    by: Impairment


class Disk(Struct, frozen=True, tag="disk"):
    """What the host's store is on. Healing mends it, and starts what has died of it.

    stall: no write ends before that. fail: every write ends in an error, and a part of it may be there.
    lose: the same, and what it held is gone; healing puts an empty one in its place, on which all is started.
    damage: a byte of what it holds is flipped, and its process ended and started: that finds it. Healing is
    as with lose: a person has moved away what was damaged.
    """

    host: str
    does: DiskTrouble


class Clock(Struct, frozen=True, tag="clock"):
    """The host's clock runs at this rate from now on, without a jump. Healing gives it its own rate again."""

    host: str
    rate: float


class Switch(Struct, frozen=True, tag="switch"):
    """The power switch of this host is ill: what a fence device asks of it goes wrong. Healing mends it.

    lies: it says what it was told to be, and nothing happens. stuck: nothing happens, and it says so.
    slow: it takes SLOW_SWITCH_S.
    """

    host: str
    how: SwitchMode


class Strain(Struct, frozen=True, tag="strain"):
    """What the host's programs have to run on is scarce, or slow: see the hardship. Healing gives it back.

    What has ended of it is started then.
    """

    host: str
    by: Hardship


SLOW_SWITCH_S = 5.0

Fault = Kill | Stop | Pause | PowerOff | Crash | Cut | Slow | Lose | Impair | Disk | Clock | Switch | Strain
LinkFault = Cut | Slow | Lose


_DISKS: dict[DiskTrouble, str] = {
    "stall": "no write ends",
    "fail": "every write fails",
    "lose": "lost with all that it held",
    "damage": "a byte of what it holds is flipped",
}


def describe(fault: Fault) -> str:
    """One line for a person: the verb, the hosts, the mode."""
    match fault:
        case Kill(host=host, scope=scope) | Stop(host=host, scope=scope) | Pause(host=host, scope=scope):
            return f"{type(fault).__name__.lower()} {host} ({scope})"
        case PowerOff(host=host):
            return f"power off {host}"
        case Strain(host=host, by=hard):
            much = hardship.much_of(hard)
            return f"{hardship.name_of(hard)} {host}" + (f" ({much})" if much else "")
        case Crash(point=point, side=side, host=host):
            died = f"crash {host} {side} it {point.act} {point.what}"
            return died if host else f"crash {side} {text_of(point)}"
        case Switch(host=host, how=how):
            return f"power switch of {host} ({how})"
        case Cut(links=links, how=how):
            return f"cut {pairs(links)} ({how})"
        case Slow(links=links, delay_s=delay_s, jitter_s=jitter_s):
            return f"slow {pairs(links)} ({delay_s * 1000:g} ms ± {jitter_s * 1000:g} ms)"
        case Lose(links=links, share=share):
            return f"lose {share * 100:g} % of {pairs(links)}"
        case Impair(links=links, by=by):
            much = much_of(by)
            return f"{name_of(by)} {pairs(links)}" + (f" ({much})" if much else "")
        case Disk(host=host, does=does):
            return f"disk of {host}: {_DISKS[does]}"
        case Clock(host=host, rate=rate):
            return f"clock of {host} at {rate:g} of the true rate"


def pairs(links: tuple[Link, ...]) -> str:
    """Links as text: `a–b` for both directions, `a→b` for one; `{a, b} | {c, d}` for whole cuts."""
    wanted = set(links)
    both = {frozenset((k.source, k.destination)) for k in wanted if Link(k.destination, k.source) in wanted}
    sides = _sides(wanted, both)
    if sides:
        return sides
    texts = ["–".join(sorted(pair)) for pair in both]
    texts += [
        f"{k.source}→{k.destination}" for k in wanted if frozenset((k.source, k.destination)) not in both
    ]
    return ", ".join(sorted(texts))


def _sides(wanted: set[Link], both: set[frozenset[str]]) -> str:
    """The two sides, the smaller first, when the links are exactly a symmetric cut between two sets."""
    if not wanted or 2 * len(both) != len(wanted):
        return ""
    hosts = sorted({k.source for k in wanted})
    far = sorted({k.destination for k in wanted if k.source == hosts[0]})
    near = [host for host in hosts if host not in far]
    if len(near) * len(far) != len(both) or min(len(near), len(far)) == 0 or len(hosts) < 3:
        return ""
    fewer, more = sorted((near, far), key=len)
    return f"{{{', '.join(fewer)}}} | {{{', '.join(more)}}}"
