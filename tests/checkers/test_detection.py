"""Detection: the controller's own decision about the reign that was struck, from the fault on."""

from __future__ import annotations

from harness.checkers import detection
from tests.checkers.journals import Entries, ends, killed, look, phase, says, switched

PRIMARY = says("n1", "primary", 1, at=0.0)
KILLED = killed("n1", at=1.0, until=3.0)


def detected(*entries: Entries) -> tuple[float | None, ...]:
    return ends(detection.check(look(PRIMARY, *entries)))


def test_it_lies_within_the_injection_s_interval() -> None:
    assert detected(KILLED, phase("decided", 1, at=1.4)) == (0.398, 0.399, 0.4)


def test_the_first_decision_counts() -> None:
    assert detected(KILLED, phase("decided", 1, at=1.5), phase("decided", 1, at=1.4))[1] == 0.399


def test_a_suspicion_decides_nothing() -> None:
    assert detected(KILLED, phase("suspected", 1, at=1.1), phase("decided", 1, at=1.4))[1] == 0.399


def test_decisions_about_other_reigns_and_before_the_fault_do_not_count() -> None:
    assert detected(KILLED, phase("decided", 1, at=0.9), phase("decided", 2, at=1.2)) == (97.998, None, None)


def test_one_that_never_came_is_censored() -> None:
    assert detected(KILLED) == (97.998, None, None)


def test_without_a_fault_that_strikes_the_primary_there_is_nothing_to_detect() -> None:
    assert detection.check(look(PRIMARY)) is None
    assert detection.check(look(PRIMARY, killed("n2", at=1.0))) is None
    assert detection.check(look(PRIMARY, switched(at=1.0))) is None
