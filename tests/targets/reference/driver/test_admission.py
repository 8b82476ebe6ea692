"""Who may say what; and whatever the machines say to each other is admitted."""

from __future__ import annotations

import pytest

from targets.reference.driver.admission import Admission
from targets.reference.machines.grammar import Effects, Event, Received
from targets.reference.machines.messages import (
    Accepted,
    Granted,
    Heartbeat,
    Message,
    Place,
    Seal,
    Vote,
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
    ],
)
def test_what_its_sender_cannot_have_sent_is_refused(sender: str, message: Message) -> None:
    assert not ADMISSION.admits(sender, message)


def test_a_client_may_write() -> None:
    assert ADMISSION.admits("client", Write(1, "k", "v"))


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
