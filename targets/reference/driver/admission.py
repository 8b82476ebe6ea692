"""Who may say what: a message that its sender cannot have sent is no message. Pure; knows no state.

Witnesses alone grant and vote, data nodes alone beat and stream, each of itself; operators order; clients,
who have shown no token, write, read and ask for the primary. Every name in a message is one of the stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from targets.reference.driver.wire import CLIENT, OPERATOR
from targets.reference.machines.words import messages as m
from targets.reference.settings import Settings

_OF_WITNESSES = frozenset(
    {m.Granted, m.HeartbeatRefused, m.HandBackNoted, m.Vote, m.Fence, m.LeaseOver, m.Fenced}
    | {m.Promised, m.Accepted, m.BallotRefused, m.CopyRequest, m.CopyAnswer, m.MissingAnswer}
)
# Each names its sender.
_OF_ITSELF = frozenset(
    {m.Heartbeat, m.HandBack, m.Alive, m.Here, m.Sealed, m.Follow, m.StreamAck, m.StreamRefused}
    | {m.ProbeAnswer, m.Shipped}
)
_OF_NODES = _OF_ITSELF | {m.Hint, m.Common, m.FollowRefused, m.Stream, m.Missing, m.Rest, m.Ship}
_OF_HOSTS = frozenset({m.Prepare, m.Accept, m.Probe, m.Reach, m.Seal, m.Promote, m.Wake})
_OF_OPERATORS = frozenset({m.AskStatus, m.SwitchOver, m.Maintain, m.PromoteOrder, m.FenceOrder, m.Rejoin})
# These name nobody.
_OF_CLIENTS = frozenset({m.Write, m.Read, m.ReadAll, m.WhoIsPrimary})
# Nobody asks a host's machine for these: they answer clients and operators.
ANSWERS = frozenset({m.Reply, m.PrimaryIs, m.StatusAnswer, m.OrderAnswer, m.SwitchOverAnswer})


class Admission:
    """Of one stack."""

    def __init__(self, settings: Settings) -> None:
        nodes, witnesses = frozenset(settings.nodes), frozenset(settings.witnesses)
        self._nodes, hosts = nodes, nodes | witnesses
        self._hosts = hosts
        self._senders: dict[type, frozenset[str]] = {
            **dict.fromkeys(_OF_WITNESSES, witnesses),
            **dict.fromkeys(_OF_NODES, nodes),
            **dict.fromkeys(_OF_HOSTS, hosts),
            **dict.fromkeys(_OF_OPERATORS, frozenset({OPERATOR})),
            **dict.fromkeys(_OF_CLIENTS, hosts | {OPERATOR, CLIENT}),
        }

    def admits(self, sender: str, message: m.Message) -> bool:
        """sender: by the name that it has proven; `client` for everybody else."""
        kind = type(message)
        if sender not in self._senders.get(kind, ()):
            return False
        return kind in _OF_CLIENTS or (self._of_itself(kind, sender, message) and self._known(kind, message))

    def _of_itself(self, kind: type, sender: str, message: Any) -> bool:
        if kind is m.Hint:
            return bool(message.seer == sender)
        return kind not in _OF_ITSELF or message.node == sender

    def _known(self, kind: type, message: Any) -> bool:
        """The names that it holds are names of this stack."""
        named = _NAMED.get(kind)
        return named is None or all(one in self._hosts for one in named(message) if one)


def _of_register(value: m.Register) -> Iterable[str]:
    return (value.primary, *(member.node for member in value.eligible), *(node for _, node in value.fenced))


# Kind -> the hosts that one of it names, the empty name for nobody.
_NAMED: dict[type, Callable[[Any], Iterable[str]]] = {
    **dict.fromkeys(
        (m.Granted, m.HeartbeatRefused, m.HandBackNoted, m.LeaseOver, m.Fenced, m.Vote, m.Hint),
        lambda message: (message.node,),
    ),
    **dict.fromkeys((m.Missing, m.MissingAnswer, m.FenceOrder), lambda message: (message.node,)),
    m.Fence: lambda message: (message.node, *message.voters),
    m.FollowRefused: lambda message: (message.primary,),
    m.SwitchOver: lambda message: (message.to,),
    m.PromoteOrder: lambda message: (message.primary, message.to),
    **dict.fromkeys((m.Prepare, m.Accepted), lambda message: (message.ballot[1],)),
    m.BallotRefused: lambda message: (message.ballot[1], message.promised[1]),
    m.Accept: lambda message: (message.ballot[1], *_of_register(message.value)),
    m.Promised: lambda message: (
        message.ballot[1],
        message.accepted[1],
        *_of_register(message.value),
    ),
    m.CopyAnswer: lambda message: (
        message.promised[1],
        message.accepted[1],
        *_of_register(message.value),
    ),
}
