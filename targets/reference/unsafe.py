"""Settings that cannot be safe, with reason and fix. Pure: planner and controller ask it alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from harness.model.units import duration
from targets.reference import replicationwords
from targets.reference.settings import Settings

WITNESSES_MIN = 3


class Unsafe(Struct, frozen=True):
    """field: as a person writes it in the settings block."""

    field: str
    reason: str


def why_unsafe(settings: Settings) -> tuple[Unsafe, ...]:
    """Everything that is wrong; empty when these settings may be used."""
    found = (
        *_times(settings),
        *_hosts(settings),
        *_clocks(settings),
        *_detection(settings),
        *_cold(settings),
    )
    # What follows from the times says nothing while one of them is nonsense.
    return found or tuple(_lease(settings))


def _times(settings: Settings) -> Iterator[Unsafe]:
    detector = settings.detector
    for field, value_s in (
        ("detector.interval", detector.interval_s),
        ("detector.timeout", detector.timeout_s),
        ("clock_margin", settings.clock_margin_s),
        ("vote", settings.vote_s),
        ("canary", settings.canary_s),
        ("ship_interval", settings.ship_interval_s),
        ("cold_start", settings.cold_start_s),
    ):
        if not 0 < value_s < float("inf"):
            yield Unsafe(field, f"'{value_s:g}s' must be more than nothing; write for instance 100ms")
    for field, value_s in (
        ("lease", settings.lease_s),
        ("detector.min_std", detector.min_std_s),
        ("detector.cap", detector.cap_s),
    ):
        if not 0 <= value_s < float("inf"):
            yield Unsafe(field, f"'{value_s:g}s' is no time; write for instance 400ms")


def _hosts(settings: Settings) -> Iterator[Unsafe]:
    witnesses, nodes = settings.witnesses, settings.nodes
    if len(witnesses) < WITNESSES_MIN or len(witnesses) % 2 == 0:
        yield Unsafe(
            "witnesses",
            f"{len(witnesses)} witnesses: an even number survives no more failures than one fewer, and "
            f"splits in halves of which none decides; take an odd number, at least {WITNESSES_MIN}",
        )
    if settings.replication != "async" and len(nodes) < 2:
        yield Unsafe(
            "nodes",
            f"replication {settings.replication} with no standby: nothing but the primary's own disk would "
            "hold a write; give it a second node, or write replication: async",
        )
    for field, reason in replicationwords.too_few(settings):
        yield Unsafe(field, reason)
    names = Counter((*nodes, *witnesses, settings.router))
    for name in sorted(name for name, count in names.items() if count > 1):
        yield Unsafe("nodes", f"two hosts are called '{name}'; each needs a name of its own")


def _cold(settings: Settings) -> Iterator[Unsafe]:
    """A cold standby does not run: whoever needs it to is refused."""
    if isinstance(settings.standby, dict):
        for node in sorted({*settings.standby} - {*settings.nodes}):
            yield Unsafe(f"standby.{node}", f"there is no node {node}; there are {', '.join(settings.nodes)}")
    cold, ship_s, late_s = settings.cold, settings.ship_interval_s, settings.lag_alert.seconds_s
    if not cold:
        return
    running = [node for node in settings.nodes if node not in cold]
    if settings.waits_for_standbys and len(running) < 2:
        yield Unsafe(
            "standby",
            f"replication {settings.replication} with only cold standbys: one that does not run can hold no "
            "write that waits for it, so nothing but the primary's own disk would; let two nodes be hot or "
            "warm, or write replication: async",
        )
    if settings.heartbeats == ("bidirectional",) and len(running) < 2:
        yield Unsafe(
            "heartbeats",
            "bidirectional alone with only cold standbys: nobody would miss the primary; add push or pull",
        )
    if late_s and late_s <= ship_s + settings.detector.interval_s:
        yield Unsafe(
            "ship_interval",
            f"a cold standby is up to {duration(ship_s)} behind, and lag_alert.seconds calls a person at "
            f"{duration(late_s)}; ship more often, or alert later",
        )


def _clocks(settings: Settings) -> Iterator[Unsafe]:
    rho = settings.clock_rate_error
    if not 0 <= rho < 1:
        yield Unsafe(
            "clock_rate_error",
            f"ρ = {rho:g}: a clock that may run at any rate measures no lease; it is below 1, and 0.001 "
            "for ordinary clocks",
        )


def _detection(settings: Settings) -> Iterator[Unsafe]:
    detector, health = settings.detector, settings.health
    if detector.threshold < 1:
        yield Unsafe("detector.threshold", f"'{detector.threshold}' is no number of misses; write 1 or more")
    if detector.kind == "phi" and not 0 < detector.phi < 300:
        yield Unsafe("detector.threshold", f"φ = {detector.phi:g} is never or always reached; 8 is usual")
    if detector.kind == "phi" and detector.window < 2:
        yield Unsafe("detector.window", "a deviation needs two arrivals or more; 100 is usual")
    if detector.cap_s and detector.cap_s <= detector.interval_s:
        yield Unsafe(
            "detector.cap",
            f"a cap of {duration(detector.cap_s)} ends before the next heartbeat "
            f"({duration(detector.interval_s)}) can come; a cap is several intervals",
        )
    if not settings.heartbeats:
        yield Unsafe("heartbeats", "nothing would detect; write push, pull, bidirectional or some of them")
    if health.network is None and health.application is None:
        yield Unsafe(
            "health", "a primary that is gone would never be missed; let network or application count"
        )


def _lease(settings: Settings) -> Iterator[Unsafe]:
    """A lease must outlast the time between two renewals, or a healthy primary fences itself."""
    held_s, interval_s = settings.held_lease_s, settings.detector.interval_s
    if held_s > interval_s:
        return
    rho, left_ms = settings.clock_rate_error, max(0.0, held_s) * 1000
    needed_s = (interval_s + settings.clock_margin_s) * (1 + rho) / (1 - rho) * 1.01
    yield Unsafe(
        "lease" if settings.lease_s else "clock_margin",
        f"a lease of {duration(settings.granted_lease_s)} leaves its holder {left_ms:.3g} ms, "
        f"no more than one heartbeat interval ({duration(interval_s)}); grant more than "
        f"{needed_s * 1000:.0f}ms, or beat more often",
    )
