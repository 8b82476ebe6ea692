"""What a machine takes in and puts out, by its kind: the words of a drill's moments and crash points. Pure.

on: {sends: Seal}            before: {persists: register}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from harness.model.event import PhaseName
from harness.model.moment import REGISTER, TELLS
from targets.reference.machines.grammar import (
    Alert,
    Answer,
    Append,
    Durable,
    Effect,
    Event,
    Persist,
    Received,
    Send,
    SetTimer,
    StopTimer,
    Tell,
    TellRegister,
    TellRole,
    WitnessState,
)
from targets.reference.machines.messages import Message

# An act and its word; None for what nobody outside could tell from nothing.
Act = tuple[str, str]

_MESSAGES = tuple(sorted(message.__name__ for message in get_args(Message)))
_NAMELESS = (SetTimer, StopTimer, TellRole, Alert)
_NAMED = (Send, Answer, Persist, Append, Tell, TellRegister)
_RECORDS, _MARK = "records", "mark"

ACTS: Mapping[str, Collection[str]] = {
    TELLS: (*get_args(PhaseName), REGISTER),
    "sends": _MESSAGES,
    "receives": _MESSAGES,
    "persists": (REGISTER, "seal"),
    "appends": (_RECORDS, _MARK),
    "syncs": (_RECORDS,),
    "does": tuple(
        sorted(effect.__name__ for effect in get_args(Effect) if effect not in (*_NAMELESS, *_NAMED))
    ),
}


def act_of(step: Event | Effect) -> Act | None:
    match step:
        case Send(message=message) | Answer(message=message):
            return "sends", type(message).__name__
        case Received(message=message):
            return "receives", type(message).__name__
        case Persist(state=WitnessState()):
            return "persists", REGISTER
        case Persist():
            return "persists", "seal"
        case Append(records=records):
            return "appends", _RECORDS if any(record.key for record in records) else _MARK
        case Durable():
            return "syncs", _RECORDS
        case Tell(phase=phase):
            return TELLS, phase
        case TellRegister():
            return TELLS, REGISTER
        case _:
            name = type(step).__name__
            return ("does", name) if name in ACTS["does"] else None
