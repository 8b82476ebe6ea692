"""Who may say what: a message that its sender cannot have sent is no message. Pure; knows no state.

Witnesses alone grant and vote, data nodes alone beat and stream, each of itself; clients and operators ask.
"""

from __future__ import annotations

from targets.reference.machines import messages as m
from targets.reference.settings import Settings

_OF_WITNESSES = frozenset(
    {m.Granted, m.HeartbeatRefused, m.HandBackNoted, m.Vote, m.Fence, m.LeaseOver, m.Fenced}
    | {m.Promised, m.Accepted, m.BallotRefused, m.CopyRequest, m.CopyAnswer, m.MissingAnswer}
)
# Each names its sender.
_OF_ITSELF = frozenset(
    {m.Heartbeat, m.HandBack, m.Alive, m.Here, m.Sealed, m.Follow, m.StreamAck, m.StreamRefused}
    | {m.ProbeAnswer}
)
_OF_NODES = _OF_ITSELF | {m.Hint, m.Common, m.FollowRefused, m.Stream, m.Missing}
_OF_HOSTS = frozenset({m.Prepare, m.Accept, m.Probe, m.Reach, m.Seal, m.Promote})


class Admission:
    """Of one stack."""

    def __init__(self, settings: Settings) -> None:
        self._nodes, self._witnesses = frozenset(settings.nodes), frozenset(settings.witnesses)

    def admits(self, sender: str, message: m.Message) -> bool:
        kind = type(message)
        if kind in _OF_WITNESSES:
            return sender in self._witnesses
        if kind in _OF_NODES:
            return sender in self._nodes and self._of_itself(sender, message)
        return kind not in _OF_HOSTS or sender in self._nodes or sender in self._witnesses

    def _of_itself(self, sender: str, message: m.Message) -> bool:
        if isinstance(message, m.Hint):
            return message.seer == sender
        return type(message) not in _OF_ITSELF or getattr(message, "node", "") == sender
