"""What is cut off a log goes into a file for the operator: looked at once the cut was carried out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from targets.reference.machines.words.grammar import Truncate
from targets.reference.machines.words.messages import Record
from targets.reference.truth.findings import Findings, Seat
from targets.reference.truth.records import Stored

# The files of a data node's disk, each with the records of one cut.
Tails = Callable[[str], Sequence[Sequence[Record]]]


class Cuts:
    """Of one run. A host that dies on the way has cut nothing, or all of it.

    pending: by host, whose cut was not looked at yet, and what was to go.
    """

    def __init__(self, findings: Findings, stored: Stored, tails: Tails) -> None:
        self._findings, self._stored, self._tails = findings, stored, tails
        self.pending: dict[str, tuple[str, Sequence[Record]]] = {}

    def cut(self, seat: Seat, truncate: Truncate) -> None:
        """About to be carried out: what its disk holds now must not be gone afterwards."""
        stored = self._stored(seat.host)
        if stored is not None and len(stored[1]) > truncate.after_position:
            self.pending[seat.host] = (stored[0].identity, stored[1][truncate.after_position :])

    def look(self, seat: Seat) -> None:
        """The host's data node handles its next event."""
        pending = self.pending.pop(seat.host, None)
        if pending is None:
            return
        identity, records = pending
        stored = self._stored(seat.host)
        if stored is None or stored[0].identity != identity:
            return  # the whole disk is lost
        aside = {record for tail in self._tails(seat.host) for record in tail}
        missing = [record for record in records if record not in aside and record not in stored[1]]
        if missing:
            detail = f"{seat.host} has cut off {missing[0]} (of {len(missing)}), and no file holds it"
            self._findings.broken(seat, "tail-lost", detail)
