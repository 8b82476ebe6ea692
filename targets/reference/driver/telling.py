"""What a machine tells its watchers, as stamped events; what a child says to its agent. Knows no socket."""

from __future__ import annotations

import time

import msgspec
from msgspec import Struct

from harness.model.event import (
    AlertRaised,
    Event,
    HealthReported,
    MembershipChanged,
    PhaseReached,
    RoleChanged,
)
from targets.reference.driver.refusals import Refused
from targets.reference.machines.words.grammar import Alert, Tell, TellRegister, TellRole
from targets.reference.machines.words.messages import Place
from targets.reference.orders import PointOrder

ALERT_CHARACTERS_MAX = 1000

Told = Tell | TellRole | TellRegister | Alert


class ChildClaims(Struct, frozen=True, tag="child_claims"):
    """The child is about to send in this epoch. In the pipe before anything of the epoch leaves the host."""

    epoch: int


class ChildRests(Struct, frozen=True, tag="child_rests"):
    """The child is about to end: its log is on disk up to `last`; what comes later is to be shipped."""

    epoch: int
    identity: str
    last: Place


ChildLine = ChildClaims | ChildRests | Event
AgentLine = PointOrder | Refused

_lines = msgspec.json.Decoder(ChildLine)
_agent_lines = msgspec.json.Decoder(AgentLine)


def event_of(told: Told, *, host: str) -> Event:
    """Stamped now: the caller is the process that saw it."""
    return event_at(told, host=host, at_s=time.monotonic())


def event_at(told: Told, *, host: str, at_s: float) -> Event:
    match told:
        case Tell(phase, epoch, subject, detail, layer):
            return PhaseReached(
                at_s=at_s, host=host, phase=phase, epoch=epoch, subject=subject, detail=detail, layer=layer
            )
        case TellRole(role, epoch):
            return RoleChanged(at_s=at_s, host=host, role=role, epoch=epoch)
        case TellRegister(register):
            names = tuple(member.node for member in register.eligible)
            return MembershipChanged(
                at_s=at_s, host=host, epoch=register.epoch, primary=register.primary, eligible=names
            )
        case Alert(text):
            return AlertRaised(at_s=at_s, host=host, text=text[:ALERT_CHARACTERS_MAX])


def child_line(line: bytes) -> ChildLine:
    decoded: ChildLine = _lines.decode(line)
    return decoded


def agent_line(line: bytes) -> AgentLine:
    """What an agent says to its child."""
    decoded: AgentLine = _agent_lines.decode(line)
    return decoded


class Readiness:
    """Whether a host is ready, from what it tells: its process runs and knows an epoch."""

    def __init__(self, host: str) -> None:
        self._host, self._ready, self._epoch = host, False, 0

    def changed_by(self, event: Event) -> bool:
        before = (self._ready, self._epoch)
        match event:
            case RoleChanged(role=role, epoch=epoch):
                self._ready, self._epoch = role != "down", max(self._epoch, epoch)
            case MembershipChanged(epoch=epoch):
                self._ready, self._epoch = True, max(self._epoch, epoch)
        return (self._ready, self._epoch) != before

    def report(self, at_s: float) -> HealthReported:
        return HealthReported(at_s=at_s, host=self._host, ready=self._ready, epoch=self._epoch)
