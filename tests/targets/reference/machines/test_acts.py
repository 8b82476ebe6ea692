"""Every message and every effect that matters outside has a name that a drill can use."""

from __future__ import annotations

from typing import get_args

import pytest

from targets.reference.machines.acts import ACTS, act_of
from targets.reference.machines.words.grammar import (
    Answer,
    Append,
    Began,
    Durable,
    Effect,
    Event,
    Fired,
    NodeState,
    Persist,
    Received,
    Redirect,
    Send,
    SetTimer,
    Tell,
    TellRegister,
    WitnessState,
)
from targets.reference.machines.words.messages import NO_BALLOT, Record, Register, Seal

WITNESS = WitnessState(promised=NO_BALLOT, accepted=NO_BALLOT, value=Register())


@pytest.mark.parametrize(
    ("step", "act"),
    [
        (Send("n2", Seal(2)), ("sends", "Seal")),
        (Answer("c1", Seal(2)), ("sends", "Seal")),
        (Received("w1", Seal(2), "c1"), ("receives", "Seal")),
        (Persist(WITNESS), ("persists", "register")),
        (Persist(NodeState(identity="a", sealed=2)), ("persists", "seal")),
        (Append((Record(1, 1, "", ""),)), ("appends", "mark")),
        (Append((Record(1, 1, "", ""), Record(1, 2, "k", "v"))), ("appends", "records")),
        (Durable(1, 1), ("syncs", "records")),
        (Tell("decided", 1, "n1"), ("tells", "decided")),
        (TellRegister(Register()), ("tells", "register")),
        (Redirect("n2", 2), ("does", "Redirect")),
    ],
)
def test_a_step_of_a_machine_has_a_name_that_is_offered(step: Event | Effect, act: tuple[str, str]) -> None:
    assert act_of(step) == act
    assert act[1] in ACTS[act[0]]


@pytest.mark.parametrize("step", [Began(), Fired("vote"), SetTimer("vote", 1.0)])
def test_its_timers_have_none(step: Event | Effect) -> None:
    assert act_of(step) is None


def test_every_effect_is_named_or_known_to_be_nameless() -> None:
    named = {"Send", "Answer", "Persist", "Append", "Tell", "TellRegister", *ACTS["does"]}
    nameless = {"SetTimer", "StopTimer", "TellRole", "Alert"}
    assert named | nameless == {effect.__name__ for effect in get_args(Effect)}
