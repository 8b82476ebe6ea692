"""The invariants by name, and what broke them. Ignores how they are checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

Invariant = Literal[
    "two-deciders",
    "double-grant",
    "grant-dropped",
    "lease-outlived",
    "too-few-votes",
    "epoch-fell",
    "unchosen-reign",
    "ineligible-promoted",
    "unfenced-failover",
    "unwanted-failover",
    "fenced-lives",
    "hasty-fence",
    "acknowledged-lost",
    "too-few-standbys",
    "too-far-promoted",
    "shown-too-early",
    "stale-answer",
    "older-record",
    "forked-record",
    "tail-lost",
    "cold-eligible",
    "shipped-lost",
]
INVARIANTS: dict[Invariant, str] = {
    "two-deciders": "at most one node can decide an acknowledgement at any moment",
    "double-grant": "a witness has at most one unexpired grant",
    "grant-dropped": "a hand-back frees the grant that it names, and no other",
    "lease-outlived": "a lease is never valid at its holder after it has run out at a majority",
    "too-few-votes": "nobody is ousted without the votes of a majority, or an operator's order",
    "epoch-fell": "epochs only grow, and one epoch has one primary",
    "unchosen-reign": "nobody reigns in an epoch that the register never named",
    "ineligible-promoted": "a promotion names an eligible node",
    "unfenced-failover": "every failover has a confirmed fence or a fully elapsed lease",
    "unwanted-failover": "in maintenance nobody fails over unless an operator orders it",
    "fenced-lives": "a reign that the register names as fenced has ended",
    "hasty-fence": "nobody is switched off before a standby was seen to be there",
    "acknowledged-lost": "an acknowledged write is never lost, nor what a read has shown (sync, semi-sync)",
    "too-few-standbys": "nothing is acknowledged with fewer eligible standbys than min_standbys",
    "too-far-promoted": "in async nobody takes over who lacks more than max_lag of what was heard of",
    "shown-too-early": "nothing is told to a client before it is acknowledged",
    "stale-answer": "a read shows the newest acknowledged value, and only a node that serves answers",
    "older-record": "a record of an older epoch is never taken after a newer one, nor below a seal",
    "forked-record": "(epoch, position) names one record in all logs",
    "tail-lost": "what is cut off a log in a rejoin is in a file for the operator",
    "cold-eligible": "nobody who does not run counts or can be promoted unasked (sync, semi-sync)",
    "shipped-lost": "a cold standby that is started holds what its agent had answered for",
}
# A broken protocol breaks the same invariant over and over; the first times tell it.
_KEPT_MAX = 100


class Violation(Struct, frozen=True):
    """at_s: true time. host: whose act broke it."""

    at_s: float
    host: str
    invariant: Invariant
    detail: str

    def __str__(self) -> str:
        return f"{self.at_s:.6f} {self.invariant}: {self.detail}"


class Seat(Protocol):
    """Where a machine runs: one process of a host. Its clocks are true ones, not what it is told."""

    @property
    def host(self) -> str: ...

    @property
    def alive(self) -> bool: ...

    def now_s(self) -> float:
        """True time."""
        ...

    def clock_s(self) -> float:
        """The host's own clock."""
        ...

    def when_s(self, clock_s: float) -> float:
        """True time at which the host's own clock shows that."""
        ...


class Findings:
    """told: hears of each violation as it happens."""

    def __init__(self, told: Callable[[Violation], None] = lambda violation: None) -> None:
        self.violations: list[Violation] = []
        self._told = told

    def broken(self, seat: Seat, invariant: Invariant, detail: str) -> None:
        if len(self.violations) < _KEPT_MAX:
            violation = Violation(seat.now_s(), seat.host, invariant, detail)
            self.violations.append(violation)
            self._told(violation)
