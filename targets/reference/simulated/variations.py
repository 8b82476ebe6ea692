"""What a search varies: settings as a person could have chosen them, and moments worth striking at."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from harness.model.drill import Json

# As often as they are named. Most stacks have two nodes and wait for both.
_NODES = (2, 2, 2, 3, 3, 4, 5)
_REPLICATIONS = ("sync", "sync", "sync", "async")
_INTERVALS = ("100ms", "100ms", "50ms")
_THRESHOLDS = (3, 3, 2, 5)
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


def variation(draw: Random) -> dict[str, Json]:
    """Only what differs from the defaults is written."""
    nodes, replication = draw.choice(_NODES), draw.choice(_REPLICATIONS)
    interval, threshold, lease = draw.choice(_INTERVALS), draw.choice(_THRESHOLDS), draw.choice(_LEASES)
    written: dict[str, Json] = {}
    if nodes != _NODES[0]:
        written["nodes"] = nodes
    if replication != _REPLICATIONS[0]:
        written["replication"] = replication
    if (interval, threshold) != (_INTERVALS[0], _THRESHOLDS[0]):
        written["detector"] = {"interval": interval, "timeout": interval, "threshold": threshold}
    if lease:
        written["lease"] = lease
    return written
