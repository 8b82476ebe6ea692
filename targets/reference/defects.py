"""Named faults of the controller itself: each one line of behaviour changed, none reachable unless named.

They prove that the drills can see: a drill that passes against a broken controller proves nothing.
"""

from __future__ import annotations

from typing import Final

NO_LEASE_CHECK: Final = "no-lease-check"
LONE_WITNESS_DECIDES: Final = "lone-witness-decides"

DEFECTS: dict[str, str] = {
    NO_LEASE_CHECK: "a primary never looks at its lease: it serves on behind a cut, and after a pause",
    LONE_WITNESS_DECIDES: "one vote is enough to fail over: a witness cut off alone ousts a healthy primary",
}
