"""Hosts, ports, and the one name that the Sentinels watch."""

from __future__ import annotations

DATA = ("r1", "r2", "r3")
SENTINELS = ("s1", "s2", "s3")
CLIENTS = ("client1", "client2")
REDIS_PORT, SENTINEL_PORT = 6379, 26379
MASTER = "mymaster"
# So many Sentinels are a majority, which a failover needs whatever its quorum.
MAJORITY = len(SENTINELS) // 2 + 1
