"""When bytes came to the hub on chosen connections, and when they left: the kernel's counters, followed."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TypedDict

from . import sockets

_PAUSE_S = 0.001


class Row(TypedDict):
    """A connection as it was seen between these two moments (raw CLOCK_MONOTONIC), new or changed since.

    received, written: as of sockets.Connection.
    """

    before_s: float
    after_s: float
    local: str
    remote: str
    received: int
    written: int


class Followed(TypedDict):
    """looks: before and after each look at all of them. rows: what each showed that was new."""

    looks: list[tuple[float, float]]
    rows: list[Row]


def follow(*, places: Collection[str], upstreams: Collection[str], for_s: float) -> Followed:
    """Those that were made to `places` or lead to `upstreams`, all `address:port`. Raises OSError."""
    chosen_local, chosen_remote = frozenset(places), frozenset(upstreams)
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    found: Followed = {"looks": [], "rows": []}
    end_s = time.monotonic() + for_s
    while (before_s := time.monotonic()) < end_s:
        connections = sockets.look()["connections"]
        after_s = time.monotonic()
        found["looks"].append((before_s, after_s))
        for leg in connections:
            local, remote, counts = leg["local"], leg["remote"], (leg["received"], leg["written"])
            chosen = local in chosen_local or remote in chosen_remote
            if chosen and seen.get((local, remote)) != counts:
                seen[local, remote] = counts
                found["rows"].append(
                    {
                        "before_s": before_s,
                        "after_s": after_s,
                        "local": local,
                        "remote": remote,
                        "received": counts[0],
                        "written": counts[1],
                    }
                )
        time.sleep(_PAUSE_S)
    return found
