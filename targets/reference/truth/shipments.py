"""What the agent of a cold standby has answered for is in the log of its data node once that starts."""

from __future__ import annotations

from collections.abc import Sequence

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.words.grammar import Answer, Began, Effect, Event
from targets.reference.machines.words.messages import Place, Shipped
from targets.reference.truth.findings import Findings, Seat


class Shipments:
    """Of one run. An answer counts once the agent handles its next event: by then it was sent."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._said: dict[str, Shipped] = {}
        self._sent: dict[str, Shipped] = {}

    def agent(self, host: str, event: Event, effects: Sequence[Effect]) -> None:
        said = self._said.pop(host, None)
        # Another agent's beginning shows nothing: the one before it may have died before its answer left.
        if said is not None and type(event) is not Began:
            self._sent[host] = said
        for effect in effects:
            if type(effect) is Answer and type(effect.message) is Shipped:
                self._said[host] = effect.message

    def began(self, seat: Seat, node: DataNode) -> None:
        """Another store is another node: what was shipped went with the disk."""
        sent = self._sent.pop(seat.host, None)
        if sent is None or sent.identity != node.own.member.identity or sent.last == Place():
            return
        if not node.own.log.holds(sent.last):
            detail = f"{seat.host} starts without {sent.last}, which was shipped to it"
            self._findings.broken(seat, "shipped-lost", detail)
