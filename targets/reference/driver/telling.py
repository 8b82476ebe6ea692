"""What a machine tells its watchers, as stamped events; what a child says to its agent. Knows no socket."""

from __future__ import annotations

import time

import msgspec
from msgspec import Struct

from harness.model.event import AlertRaised, Event, MembershipChanged, PhaseReached, RoleChanged
from targets.reference.machines.grammar import Alert, Tell, TellRegister, TellRole

ALERT_CHARACTERS_MAX = 1000

Told = Tell | TellRole | TellRegister | Alert


class ChildClaims(Struct, frozen=True, tag="child_claims"):
    """The child is about to send in this epoch. In the pipe before anything of the epoch leaves the host."""

    epoch: int


ChildLine = ChildClaims | Event

_lines = msgspec.json.Decoder(ChildLine)


def event_of(told: Told, *, host: str) -> Event:
    """Stamped now: the caller is the process that saw it."""
    at_s = time.monotonic()
    match told:
        case Tell(phase, epoch, subject, detail):
            return PhaseReached(
                at_s=at_s, host=host, phase=phase, epoch=epoch, subject=subject, detail=detail
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
