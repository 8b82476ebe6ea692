"""The load's rules in numbers, the same in every world."""

from __future__ import annotations

OUTSTANDING_MAX = 200
# An operation waits this long for a connection, then it is certainly not sent.
CONNECTION_WAIT_S = 0.1
CONNECT_LIMIT_S = 0.3
CONNECT_PAUSE_S = 0.02
# From the order to the start of the schedule: the first operations find their connections open.
LEAD_S = 0.05
