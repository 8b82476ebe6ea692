"""n1 reigns in epoch 2, n2 is its standby: the words of the tests about that reign."""

from __future__ import annotations

from targets.reference.machines.words.messages import Place, Register, Reply, StreamAck, Write
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play

HELD_S, L_S = SETTINGS.held_lease_s, SETTINGS.granted_lease_s
INTERVAL_S = SETTINGS.detector.interval_s
ALONE, BOTH = Register(2, "n1", (A,)), Register(2, "n1", (A, B))


def outcomes(play: Play) -> list[tuple[int, str]]:
    return [(reply.request, reply.outcome) for reply in play.said(Reply)]


def write(play: Play, request: int = 1, value: str = "new", *, after_s: float = 0.0) -> Play:
    return play.hears("client", Write(request, "k", value), after_s=after_s)


def ack(play: Play, position: int, *, after_s: float = 0.0) -> Play:
    return play.hears("n2", StreamAck(2, "n2", "b", Place(2, position)), after_s=after_s)
