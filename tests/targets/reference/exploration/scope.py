"""What bounds a search of a cluster, and what a cluster is at one moment. Values."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from targets.reference.settings import Settings


class Scope(Struct, frozen=True, kw_only=True):
    """What is bounded. lasts_s: beyond it no timer fires. epochs: newer reigns are not followed any further.

    channel: with so many of its messages on one channel a host waits until one of them has arrived.
    fast_path: the agent of a dead data node hands its epoch back. may_write: empty for all.
    """

    name: str
    settings: Settings
    lasts_s: float
    epochs: int = 2
    writes: int = 1
    crashes: int = 0
    restarts: int = 0
    drops: int = 0
    holds: int = 0
    switchovers: int = 0
    channel: int = 3
    fast_path: bool = False
    may_crash: tuple[str, ...] = ()
    may_write: tuple[str, ...] = ()


class Left(NamedTuple):
    writes: int
    crashes: int
    restarts: int
    drops: int
    holds: int
    switchovers: int


class State(NamedTuple):
    """hosts, channels: by number. shown: number of the acknowledged log, at its longest. off: without power.
    falling: soon so.
    """

    now_s: float
    hosts: tuple[int, ...]
    channels: tuple[int, ...]
    left: Left
    held: tuple[int, ...] = ()
    shown: int = 0
    off: tuple[str, ...] = ()
    falling: tuple[str, ...] = ()
    broken: str = ""


class Act(NamedTuple):
    """What happens to a host. what: the channel, the timer, or whether its disk was done."""

    kind: str
    host: str
    what: int | str = 0


Step = tuple[Act, State]
