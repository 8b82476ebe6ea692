"""The role words of a drill file -> real hosts. Pure; the only place that knows which words there are.

A word is read against a cast: who is primary now, who was it before, whom the last fault hit. A host's own
name is a word as well. `rest` is no host but "all that the other sides do not name": see `sides_of`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from harness.model.plan import HostPlan
from harness.reach import Hosts

REST = "rest"
IN_TURN = " in turn"

# Every word with what it means. `N` counts from 1.
WORDS: Mapping[str, str] = {
    "primary": "the data node that serves when the step begins",
    "standby": "the first data node that is not the primary, one that runs before one that is dead",
    "standbys": "every data node that is not the primary; while there is none, that was not the last one",
    "old primary": "who was primary when the last fault of this trial began",
    "victim": "the data node that the last fault of this trial was aimed at",
    "coordinator": "who leads the newest failover of this trial: elected for it, or who decided it",
    "witness/N": "the Nth witness",
    "witnesses": "every witness",
    "witnesses/minority": "as many witnesses as may be lost",
    "witnesses/majority": "the fewest witnesses that can decide",
    "router": "what stands in front of the data nodes",
    "fence": "the device that has the data nodes' power switches",
    "client/N": "the Nth client of the load",
    "clients": "every client of the load",
    "nodes": "every data node",
    "hosts": "every data node, witness and fence device, and the router",
    "hosts in turn": "one of them in each trial, the next one in the next trial: so with hosts, nodes, "
    "witnesses and clients; as many trials as there are reach them all",
    REST: "only as a side: every host that no other side names",
}

_NUMBERED = re.compile(r"(witness|client)/(\d{1,6})")


class RoleError(Exception):
    """A word names no host now, or too many; the text says why, and what to write."""


class Cast(Struct, frozen=True, kw_only=True):
    """Who plays which part at one moment. Empty where nobody does. turn: which trial it is, from 1.

    down: who is known to be dead.
    """

    primary: str
    old_primary: str
    victim: str
    hosts: tuple[HostPlan, ...]
    coordinator: str = ""
    turn: int = 1
    down: frozenset[str] = frozenset()


def hosts_of(word: str, cast: Cast) -> tuple[str, ...]:
    """The hosts that a word names, at least one. Raises RoleError."""
    hosts = Hosts.of(cast.hosts)
    numbered = _NUMBERED.fullmatch(word)
    if numbered:
        return (_numbered(numbered[1], int(numbered[2]), hosts),)
    if word.endswith(IN_TURN):
        whole = turns_of(word, cast.hosts)
        return (whole[(cast.turn - 1) % len(whole)],)
    if word in _PARTS:
        found = tuple(name for name in _PARTS[word](cast, hosts) if name)
        if not found:
            raise RoleError(f"there is no {word} {_WHEN.get(word, 'in this target')}")
        return found
    if word in hosts.all:
        return (word,)
    raise RoleError(f"unknown role or host '{word}'; {nearest(word, cast.hosts)}")


def turns_of(word: str, plans: Sequence[HostPlan]) -> tuple[str, ...]:
    """Whom a word names that ends with `in turn`, in the order of their turns. Raises RoleError."""
    group, hosts = word.removesuffix(IN_TURN), Hosts.of(plans)
    if group not in _STANDING:
        raise RoleError(f"'{group}' has no turns, only {', '.join(_STANDING)} have: who is one may change")
    found = _STANDING[group](hosts)
    if not found:
        raise RoleError(f"there is no {word} in this target")
    return found


def host_of(word: str, cast: Cast) -> str:
    """The one host that a word names. Raises RoleError."""
    found = hosts_of(word, cast)
    if len(found) > 1:
        raise RoleError(f"'{word}' names {len(found)} hosts ({', '.join(found)}); name one of them")
    return found[0]


def sides_of(sides: Sequence[Sequence[str]], cast: Cast) -> tuple[tuple[str, ...], ...]:
    """Each side as hosts in the plan's order, no host on two of them. Raises RoleError.

    `rest` stands for every host that no side names, and may stand alone in one side.
    """
    named = [{host for word in side if word != REST for host in hosts_of(word, cast)} for side in sides]
    everyone = tuple(host.name for host in cast.hosts)
    taken = [host for host in everyone if sum(host in side for side in named) > 1]
    if taken:
        raise RoleError(f"{', '.join(taken)} would be on two sides at once")
    left = set(everyone).difference(*named)
    whole = [side | left if REST in words else side for side, words in zip(named, sides, strict=True)]
    if not all(whole):
        raise RoleError("the other sides name every host: nothing is left for 'rest'")
    return tuple(tuple(host for host in everyone if host in side) for side in whole)


def nearest(word: str, hosts: Sequence[HostPlan]) -> str:
    """`did you mean 'primary'?`, or every word and host there is."""
    known = words_for(hosts)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"


def words_for(hosts: Sequence[HostPlan]) -> tuple[str, ...]:
    """Every word that can name something among these hosts, without `rest`."""
    by = Hosts.of(hosts)
    first, last = by.data[:1] or ("",), by.data[-1:] or ("",)
    leads = (by.witnesses or by.data)[:1] or ("",)
    cast = Cast(
        primary=first[0], old_primary=last[0], victim=first[0], coordinator=leads[0], hosts=tuple(hosts)
    )
    parts = [word for word, part in _PARTS.items() if any(part(cast, by))]
    numbered = [f"witness/{n + 1}" for n in range(len(by.witnesses))]
    numbered += [f"client/{n + 1}" for n in range(len(by.clients))]
    parts += [f"{group}{IN_TURN}" for group, named in _STANDING.items() if named(by)]
    return tuple(dict.fromkeys((*parts, *numbered, *by.all)))


def _numbered(kind: str, number: int, hosts: Hosts) -> str:
    found = hosts.witnesses if kind == "witness" else hosts.clients
    if not 1 <= number <= len(found):
        there = f"there are {kind}/1 to {kind}/{len(found)}" if found else f"this target has no {kind}"
        raise RoleError(f"no {kind}/{number}; {there}")
    return found[number - 1]


def _standbys(cast: Cast, hosts: Hosts) -> tuple[str, ...]:
    """Those that run first: an order to a dead host, or its second death, is never what was meant."""
    serves = cast.primary or cast.old_primary
    return tuple(sorted((host for host in hosts.data if host != serves), key=cast.down.__contains__))


# Those that are the same hosts all the time.
_STANDING: Mapping[str, Callable[[Hosts], tuple[str, ...]]] = {
    "hosts": lambda hosts: hosts.data + hosts.witnesses + hosts.routers + hosts.fences,
    "nodes": lambda hosts: hosts.data,
    "witnesses": lambda hosts: hosts.witnesses,
    "clients": lambda hosts: hosts.clients,
}
_PARTS: Mapping[str, Callable[[Cast, Hosts], tuple[str, ...]]] = {
    "primary": lambda cast, hosts: (cast.primary,),
    "standby": lambda cast, hosts: _standbys(cast, hosts)[:1],
    "standbys": _standbys,
    "old primary": lambda cast, hosts: (cast.old_primary,),
    "victim": lambda cast, hosts: (cast.victim,),
    "coordinator": lambda cast, hosts: (cast.coordinator,),
    "witnesses": lambda cast, hosts: hosts.witnesses,
    "witnesses/minority": lambda cast, hosts: hosts.witnesses[: (len(hosts.witnesses) - 1) // 2],
    "witnesses/majority": lambda cast, hosts: hosts.witnesses[: len(hosts.witnesses) // 2 + 1],
    "router": lambda cast, hosts: hosts.routers[:1],
    "fence": lambda cast, hosts: hosts.fences[:1],
    "clients": lambda cast, hosts: hosts.clients,
    "nodes": lambda cast, hosts: hosts.data,
    "hosts": lambda cast, hosts: _STANDING["hosts"](hosts),
}
_WHEN = {
    "primary": "at this moment",
    "standby": "at this moment",
    "old primary": "before a fault has begun",
    "coordinator": "before a failover was decided; let the step wait for one, with on: decided",
    "victim": "before a fault has hit a data node",
}
