"""What a search varies: settings as a person could have chosen them, and moments worth striking at."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from harness.model.drill import Json

# As often as they are named. Most stacks have two nodes and wait for both.
_NODES = (2, 2, 2, 2, 2, 3, 3, 3, 4, 5)
_REPLICATIONS = ("sync", "sync", "semi-sync", "async")
_MAX_LAGS = (0, 5, 50)
_INTERVALS = ("100ms", "100ms", "100ms", "50ms")
_THRESHOLDS = (3, 3, 2, 5)
_HEARTBEATS = ("", "", "", "", "push", "pull", "bidirectional")
_LEASES = ("", "", "250ms", "800ms")
_BOTH_ENDS = ("sends", "receives")
# They come by themselves, over and over.
_CALM = (
    *((act, what) for act in _BOTH_ENDS for what in ("Heartbeat", "Granted", "Stream", "StreamAck")),
    ("sends", "Reply"),
    ("appends", "records"),
    ("syncs", "records"),
)
# A failover, a switchover or a rejoin brings them.
_FAILING = (
    *((act, what) for act in _BOTH_ENDS for what in ("Prepare", "Promised", "Accept", "Accepted", "Vote")),
    *((act, what) for act in _BOTH_ENDS for what in ("Reach", "Here", "Fence", "LeaseOver")),
    *(
        (act, what)
        for act in _BOTH_ENDS
        for what in ("Seal", "Sealed", "Promote", "HandBack", "HandBackNoted")
    ),
    *((act, what) for act in _BOTH_ENDS for what in ("Follow", "Common", "FollowRefused", "StreamRefused")),
    ("sends", "HeartbeatRefused"),
    ("persists", "register"),
    ("persists", "seal"),
    ("appends", "mark"),
    *(("does", what) for what in ("Claim", "Redirect", "Validate", "Truncate")),
    *(("tells", phase) for phase in ("suspected", "decided", "lease_over", "promoted", "rejoined")),
)


def moments(*, failing: bool) -> Sequence[tuple[str, str]]:
    return _FAILING if failing else _CALM


# How many of the stacks have a fence device.
_FENCED = 0.35


def variation(draw: Random) -> dict[str, Json]:
    """Only what differs from the defaults is written."""
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
    return written | _detected(draw) | _standbys(draw, nodes, replication)


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
