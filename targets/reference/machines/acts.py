"""What a machine takes in and puts out, by its kind: the words of a drill's moments and crash points. Pure.

on: {sends: Seal}            before: {persists: register}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_args

from harness.model.event import PhaseName
from harness.model.moment import REGISTER, TELLS, Act
from targets.reference.machines.words.grammar import (
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
from targets.reference.machines.words.messages import Message

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
    """None for what nobody outside could tell from nothing."""
    act = _OF_STEPS.get(type(step))
    return None if act is None else act(step)


def _persists(persist: Persist) -> Act:
    return "persists", REGISTER if isinstance(persist.state, WitnessState) else "seal"


def _appends(append: Append) -> Act:
    return "appends", _RECORDS if any(record.key for record in append.records) else _MARK


def _does(name: str) -> Callable[[Any], Act]:
    return lambda effect: ("does", name)


# A look-up: asked of every step of a host on which somebody looks for one.
_OF_STEPS: Mapping[type, Callable[[Any], Act]] = {
    **dict.fromkeys((Send, Answer), lambda step: ("sends", type(step.message).__name__)),
    Received: lambda event: ("receives", type(event.message).__name__),
    Persist: _persists,
    Append: _appends,
    Durable: lambda event: ("syncs", _RECORDS),
    Tell: lambda effect: (TELLS, effect.phase),
    TellRegister: lambda effect: (TELLS, REGISTER),
    **{kind: _does(kind.__name__) for kind in get_args(Effect) if kind.__name__ in ACTS["does"]},
}
