"""What a search varies: settings as a person could have chosen them, and moments worth striking at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import MappingProxyType
from typing import cast

from harness.model.drill import Json
from harness.seams import Aim

# As often as they are named. Most stacks have two nodes and wait for both.
_NODES = (2, 2, 2, 2, 2, 3, 3, 3, 4, 5)
_REPLICATIONS = ("sync", "sync", "semi-sync", "async")
# How many have cold standbys, of those in which enough others run.
_COLD = 0.15
_MAX_LAGS = (0, 5, 50)
# A schedule of the short one costs nearly twice as much, and strikes at the same moments.
_INTERVALS = ("100ms", "100ms", "100ms", "100ms", "100ms", "50ms")
_THRESHOLDS = (3, 3, 2, 5)
_HEARTBEATS = ("", "", "", "", "push", "pull", "bidirectional")
_LEASES = ("", "", "250ms", "800ms", "3s")
_DEFAULTS: dict[str, Json] = {"nodes": 2, "replication": "sync", "fence": "none"}
_DRAWS_MAX = 10_000

_PRIMARY, _STANDBY, _WITNESSES = ("primary",), ("standby",), ("witnesses",)
_PROPOSERS = ("witnesses", "witnesses", "primary", "standby")
_Roles = tuple[str, ...]


def _both_ends(sender: _Roles, receiver: _Roles, *words: str) -> tuple[Aim, ...]:
    """Each message as it is sent and as it arrives."""
    return tuple(
        aim for word in words for aim in (Aim("sends", word, sender), Aim("receives", word, receiver))
    )


# They come by themselves, over and over.
_CALM = (
    *_both_ends(_PRIMARY, _WITNESSES, "Heartbeat"),
    *_both_ends(_WITNESSES, _PRIMARY, "Granted") * 2,
    *_both_ends(_PRIMARY, _STANDBY, "Stream"),
    *_both_ends(_STANDBY, _PRIMARY, "StreamAck"),
    Aim("sends", "Reply", _PRIMARY),
    Aim("appends", "records", (*_PRIMARY, *_STANDBY)),
    Aim("syncs", "records", (*_PRIMARY, *_STANDBY)),
)
# A failover, a switchover or a rejoin brings them.
_FAILING = (
    *_both_ends(_PROPOSERS, _WITNESSES, "Prepare", "Accept") * 3,
    *_both_ends(_WITNESSES, _PROPOSERS, "Promised", "Accepted") * 2,
    *_both_ends(_WITNESSES, _WITNESSES, "Vote", "Fence", "LeaseOver"),
    *_both_ends(_WITNESSES, _STANDBY, "Reach", "Seal", "Promote"),
    *_both_ends(_STANDBY, _WITNESSES, "Here", "Sealed"),
    *_both_ends(_PRIMARY, _WITNESSES, "HandBack"),
    *_both_ends(_WITNESSES, _PRIMARY, "HandBackNoted"),
    *_both_ends(_STANDBY, _PRIMARY, "Follow", "StreamRefused"),
    *_both_ends(_PRIMARY, _STANDBY, "Common", "FollowRefused"),
    Aim("sends", "HeartbeatRefused", _WITNESSES),
    # The first that a primary tells after a standby's death, or its return.
    *(Aim("tells", "register", _PRIMARY),) * 3,
    *_both_ends(_PRIMARY, _WITNESSES, "Missing"),
    *_both_ends(_WITNESSES, _PRIMARY, "MissingAnswer"),
    Aim("persists", "register", _WITNESSES),
    Aim("persists", "register", _WITNESSES),
    Aim("persists", "seal", (*_STANDBY, *_PRIMARY)),
    Aim("appends", "mark", (*_STANDBY, *_PRIMARY)),
    *(Aim("does", what, (*_STANDBY, *_PRIMARY)) for what in ("Claim", "Redirect", "Validate", "Truncate")),
    *(Aim("tells", phase, _WITNESSES) for phase in ("suspected", "decided", "lease_over")),
    *(Aim("tells", phase, (*_STANDBY, *_PRIMARY)) for phase in ("promoted", "rejoined")),
)


# Where in the protocol these acts lie. The rest of a word's acts lie where its message does.
_DURING = {
    "just after a grant": ("Granted",),
    "between a write's check and its acknowledgement": ("Stream", "StreamAck", "Reply", "records"),
    "between suspicion and decision": ("Vote", "suspected"),
    "between decision and fence": ("Reach", "Here", "decided"),
    "between fence and promotion": ("Fence", "LeaseOver", "lease_over", "Seal", "Sealed", "seal"),
    "within a ballot": ("Prepare", "Promised", "Accept", "Accepted"),
    "during degrade and return": ("register", "Missing", "MissingAnswer"),
    "within a promotion": ("Promote", "Claim", "mark", "promoted", "Redirect", "Validate"),
    "during a hand-back": ("HandBack", "HandBackNoted"),
    "during a rejoin": ("Follow", "Common", "FollowRefused", "StreamRefused", "Truncate", "rejoined"),
}
_WHERE = {word: where for where, words in _DURING.items() for word in words}


def during(act: str, what: str) -> str:
    if (act, what) == ("persists", "register"):
        return "within a ballot"
    return _WHERE.get(what, "at a heartbeat")


def moments(*, failing: bool) -> Sequence[Aim]:
    return _FAILING if failing else _CALM


# How many of the stacks have a fence device.
_FENCED = 0.35


def variation(draw: Random, needs: Mapping[str, Sequence[Json]] = MappingProxyType({})) -> dict[str, Json]:
    """Only what differs from the defaults is written. needs: drawn anew until it is one of these."""
    for _ in range(_DRAWS_MAX):
        written = _variation(draw)
        if all((_DEFAULTS | written).get(name) in values for name, values in needs.items()):
            return written
    raise AssertionError(f"no stack that is ever drawn has {dict(needs)}")


def _variation(draw: Random) -> dict[str, Json]:
    nodes, replication, lease = draw.choice(_NODES), draw.choice(_REPLICATIONS), draw.choice(_LEASES)
    written: dict[str, Json] = {}
    if nodes != _NODES[0]:
        written["nodes"] = nodes
    if replication != _REPLICATIONS[0]:
        written["replication"] = replication
    if lease:
        written["lease"] = lease
    if draw.random() < _FENCED:
        written["fence"] = "device"
    written |= _detected(draw) | _standbys(draw, nodes, replication)
    # Drawn aside: schedules of older seeds stay what they were, wherever it says nothing.
    aside = Random()
    aside.setstate(draw.getstate())
    return written | _cold(aside, written)


def _detected(draw: Random) -> dict[str, Json]:
    written: dict[str, Json] = {}
    interval, threshold = draw.choice(_INTERVALS), draw.choice(_THRESHOLDS)
    if draw.random() < 0.1:
        phi: dict[str, Json] = {"kind": "phi", "interval": interval, "timeout": interval}
        written["detector"] = {**phi, "threshold": 8, "cap": "500ms"}
    elif (interval, threshold) != (_INTERVALS[0], _THRESHOLDS[0]):
        written["detector"] = {"interval": interval, "timeout": interval, "threshold": threshold}
    heartbeats = draw.choice(_HEARTBEATS)
    return {**written, "heartbeats": heartbeats} if heartbeats else written


def _standbys(draw: Random, nodes: int, replication: str) -> dict[str, Json]:
    """Of how many a write waits, and for how long."""
    needed, fewest, max_lag = draw.randint(1, nodes), draw.choice((0, 0, 0, 1)), draw.choice(_MAX_LAGS)
    wait, late = draw.choice(("remove", "remove", "wait")), draw.choice(("100ms", "500ms", "1s"))
    written: dict[str, Json] = {}
    if replication == "async":
        return {"max_lag": max_lag} if max_lag else {}
    if needed < nodes:
        written["sync_standbys"] = needed
    if fewest:
        written["min_standbys"] = fewest
    if replication == "semi-sync" and late != "1s":
        written["degrade_after"] = late
    if replication == "sync" and wait != "remove":
        written["dead_standby"] = wait
    return written


def _cold(draw: Random, written: dict[str, Json]) -> dict[str, Json]:
    """All, or the last, where enough others run for what else is written."""
    nodes = cast(int, written.get("nodes", _NODES[0]))
    fits = written.get("replication") == "async" and written.get("heartbeats") != "bidirectional"
    if draw.random() >= _COLD or (nodes < 3 and not fits):
        return {}
    if fits and (nodes < 3 or draw.random() < 0.5):
        return {"standby": "cold"}
    found: dict[str, Json] = {"standby": {f"n{nodes}": "cold"}}
    if cast(int, written.get("sync_standbys", 1)) > nodes - 2:
        found["sync_standbys"] = nodes - 2
    return found
