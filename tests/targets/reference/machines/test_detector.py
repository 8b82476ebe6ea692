import pytest

from targets.reference.machines.detector import TIMER, Detector
from targets.reference.machines.grammar import SetTimer
from tests.targets.reference.machines.playbook import SETTINGS

SILENCE_S = SETTINGS.detector.silence_s


def watching(ready_s: float = 0.0) -> Detector:
    detector = Detector(SETTINGS)
    detector.watch(10.0, (1, "n1"), ready_s=ready_s)
    return detector


def test_a_reign_is_silent_one_silence_after_it_was_learned_or_heard() -> None:
    detector = watching()
    assert not detector.silent(10.0 + SILENCE_S - 0.001) and detector.silent(10.0 + SILENCE_S)
    assert detector.heard(10.3, ready_s=0.0) == SetTimer(TIMER, 10.3 + SILENCE_S)
    assert not detector.silent(10.0 + SILENCE_S) and detector.silent(10.3 + SILENCE_S)


def test_nobody_is_silent_before_this_witness_may_vote() -> None:
    assert not watching(ready_s=11.0).silent(10.9) and watching(ready_s=11.0).silent(11.0)


def test_where_nobody_reigns_nobody_is_silent() -> None:
    assert not Detector(SETTINGS).silent(99.0)


def test_a_punctual_timer_is_believed() -> None:
    assert watching().listen_on(10.0 + SILENCE_S + 0.001) == []


def test_a_late_timer_is_believed_only_after_listening_on_twice_as_long_as_it_was_late() -> None:
    detector, late_s = watching(), 0.05
    (again,) = detector.listen_on(10.0 + SILENCE_S + late_s)
    assert isinstance(again, SetTimer)
    assert again.at_s == pytest.approx(10.0 + SILENCE_S + late_s + 2 * late_s)
    assert not detector.silent(10.0 + SILENCE_S + 2 * late_s)
    assert detector.listen_on(99.0) == [], "a host that is always late must suspect in the end"


def test_it_never_listens_on_for_longer_than_a_silence() -> None:
    (again,) = watching().listen_on(99.0)
    assert again == SetTimer(TIMER, 99.0 + SILENCE_S)


def test_a_heartbeat_makes_it_patient_again() -> None:
    detector = watching()
    detector.listen_on(99.0)
    detector.heard(100.0, ready_s=0.0)
    assert detector.listen_on(200.0)
