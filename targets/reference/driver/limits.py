"""The driver's limits in seconds, for sockets and for virtual time alike."""

from __future__ import annotations

# --- links ---
CONNECT_LIMIT_S = 0.5
PAUSE_S = (0.05, 0.1)
# A black hole accepts and swallows. With these two it is noticed within 0.6 s of the last byte heard.
PING_EACH_S = 0.2
SILENCE_S = 0.45
LOOK_EACH_S = 0.005

# --- the data node and its agent ---
WITNESSES_WITHIN_S = 0.3
CHILD_END_LIMIT_S = 1.0
# A hand-back is a few bytes to each witness; what is not there by then waits for the lease.
HAND_BACK_S = 0.15
SWITCHOVER_LIMIT_S = 10.0

# --- clients without a router ---
# Beyond it a witness is taken for silent, and the others' word for a hint.
INQUIRY_LIMIT_S = 0.1

# --- the fence device ---
# A switch that answers at all does so in milliseconds; the lease is waited for meanwhile.
FENCE_LIMIT_S = 0.3

# --- the router ---
ATTEMPT_LIMIT_S = 0.5
AGAIN_S = 0.05
SETTLE_S = 0.02
GIVE_UP_S = 10.0
CANARY_LIMIT_S = 3.0
