"""What the resident beside the hub tells, and what it is asked to probe. Nouns, nothing more. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Met = Literal["connected", "refused", "silence", "unreachable"]
End = Literal["reset", "ended", "open", "unmade"]
Says = Literal["a byte", "goodbye"]


class Ready(Struct, frozen=True):
    now_s: float


class Stamped(Struct, frozen=True, kw_only=True):
    """Raw CLOCK_MONOTONIC just before and after the act; containers and harness share that clock."""

    before_s: float
    after_s: float


class Destroyed(Stamped, frozen=True, kw_only=True):
    """count: the connections that there still were to be reset."""

    count: int


class Ended(Stamped, frozen=True, kw_only=True):
    """ended_s: when the process was seen to be gone; None when it was not in time."""

    pid: int
    start_ticks: int
    ended_s: float | None


class Settled(Stamped, frozen=True, kw_only=True):
    """states: the letter of each thread of the process, T for stopped."""

    pid: int
    start_ticks: int
    states: str


class Begun(Stamped, frozen=True, kw_only=True):
    """A child that was seen at seen_s. It ran already where before_s is seen_s.

    pid: 0 when the main process ended before one was seen.
    """

    pid: int
    seen_s: float


class Lost(Struct, frozen=True):
    """The addresses whose packets vanish, and how many did since the set last changed."""

    addresses: tuple[str, ...]
    packets: int


class Probe(Struct, frozen=True):
    """A connect from a host's own network namespace. address, port: whereto."""

    sandbox_pid: int
    address: str
    port: int


class Connection(Struct, frozen=True, kw_only=True):
    """A connection of the hub's. local, remote: `address:port`; the rest in bytes.

    acked: confirmed by the peer's kernel. written: by Toxiproxy for the peer, confirmed or not.
    acked: confirmed by the peer's kernel. segments: in how many pieces bytes left for the peer.
    unread: waiting in the hub for Toxiproxy. unsent: for the peer.
    """

    local: str
    remote: str
    acked: int = 0
    received: int = 0
    written: int = 0
    segments: int = 0
    unread: int = 0
    unsent: int = 0


class Passing(Struct, frozen=True, kw_only=True):
    """A connection of the hub's, seen new or changed between these two moments of CLOCK_MONOTONIC."""

    before_s: float
    after_s: float
    local: str
    remote: str
    received: int
    written: int


class Followed(Struct, frozen=True):
    """looks: before and after each look at the connections. rows: what each look showed that was new."""

    looks: tuple[tuple[float, float], ...]
    rows: tuple[Passing, ...]


class Processor(Struct, frozen=True, kw_only=True):
    """Of a container: quota_us of each period_us, -1 for no limit; what was used, and held back, so far."""

    at_s: float
    quota_us: int
    period_us: int
    used_s: float
    periods: int
    held_back: int


class Kills(Struct, frozen=True, kw_only=True):
    """Of a container's memory; oom_kills: how many processes were killed for want of it so far."""

    limit_bytes: int
    used_bytes: int
    oom_kills: int


class Volunteer(Struct, frozen=True, kw_only=True):
    """The process that the kernel kills first."""

    pid: int
    start_ticks: int


class Traced(Stamped, frozen=True, kw_only=True):
    """tracer: its pid. processes, threads: that it holds; lost: threads that it does not.

    calls: how many it has changed so far.
    """

    tracer: int
    processes: int
    threads: int
    lost: int
    calls: int


class Disks(Stamped, frozen=True, kw_only=True):
    """A host's own disks: how many, what is free on all of them, on how many a byte could be written."""

    disks: int
    free_bytes: int
    writable: int


class Sockets(Struct, frozen=True):
    """The hub's TCP sockets: where it listens, what is connected, and what ends and is not yet gone."""

    listening: tuple[str, ...] = ()
    connections: tuple[Connection, ...] = ()
    ending: tuple[Connection, ...] = ()
