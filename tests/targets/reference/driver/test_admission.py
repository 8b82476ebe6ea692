"""Who may say what; and whatever the machines say to each other is admitted."""

from __future__ import annotations

import pytest

from targets.reference.driver.admission import ANSWERS, Admission
from targets.reference.machines.words.grammar import Effects, Event, Received
from targets.reference.machines.words.messages import (
    Accept,
    Accepted,
    AskStatus,
    Fence,
    Granted,
    Heartbeat,
    Message,
    Place,
    Promised,
    Read,
    Register,
    Reply,
    Seal,
    SwitchOver,
    Vote,
    WhoIsPrimary,
    Write,
)
from targets.reference.settings import Settings
from tests.targets.reference.machines.process import Process
from tests.targets.reference.machines.schedules import Run

ADMISSION = Admission(Settings())


@pytest.mark.parametrize(
    ("sender", "message"),
    [
        ("n1", Granted(1, "n2", 0.0)),
        ("client", Accepted((1, "n1", 1))),
        ("w9", Vote(1, "n1", "silent")),
        ("n2", Heartbeat(1, "n1", 0.0, Place())),
        ("w1", Heartbeat(1, "w1", 0.0, Place())),
        ("client", Seal(9)),
        ("operator", Seal(9)),
        ("client", AskStatus(1)),
        ("client", SwitchOver(1, "n2")),
        ("n1", SwitchOver(1, "n2")),
        ("operator", SwitchOver(1, "n9")),
        ("w1", Vote(1, "n9", "silent")),
        ("w1", Fence(1, "n1", ("w2", "x"))),
        ("n1", Accept((1, "n1", 1), Register(2, "n9"))),
        ("w2", Promised((1, "n1", 1), (1, "z", 1), Register())),
        ("n1", Reply(1, "ok", "n1", 1)),
    ],
)
def test_what_its_sender_cannot_have_sent_is_refused(sender: str, message: Message) -> None:
    assert not ADMISSION.admits(sender, message)


def test_a_client_may_write_and_ask_and_an_operator_may_order() -> None:
    assert all(ADMISSION.admits("client", one) for one in (Write(1, "k", "v"), Read(1, "k"), WhoIsPrimary(1)))
    assert ADMISSION.admits("operator", SwitchOver(1, "n2")) and ADMISSION.admits("operator", AskStatus(1))


def test_every_kind_of_message_is_somebodys_to_say_or_nobodys() -> None:
    """A new kind belongs to a table, else nobody may say it and its machine waits in vain."""
    kinds, said = set(Message.__args__), set(ADMISSION._senders)
    assert kinds - said == ANSWERS and said <= kinds


@pytest.mark.parametrize("seed", range(20))
def test_nothing_that_the_machines_say_is_refused(seed: int) -> None:
    run, heard = Run(seed), 0
    admission, saw = Admission(run.cluster.settings), run.cluster.saw
    refused = list[Received]()

    def seen(process: Process, event: Event, effects: Effects) -> None:
        nonlocal heard
        if isinstance(event, Received):
            heard += 1
            if not admission.admits(event.sender, event.message):
                refused.append(event)
        saw(process, event, effects)

    run.cluster.saw = seen  # type: ignore[method-assign]
    run.problem()
    assert heard and not refused
