"""The names under which the load writes, so that nothing of the user's own is touched."""

from __future__ import annotations

PREFIX = "failover-drill:"
# PostgreSQL: a table, in the first schema of the user's search path.
TABLE = "failover_drill"
