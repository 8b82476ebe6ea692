"""Which layer is ill, by what is heard in which way, and how the named defects differ."""

from __future__ import annotations

import msgspec
import pytest

from targets.reference.defects import (
    BEAT_STARTS_CLOCK,
    BUSINESS_IGNORED,
    TCP_ONLY,
    TRIGGER_HAPPY,
    TWICE_TOO_SLOW,
)
from targets.reference.detection import Health, Way
from targets.reference.machines.detection import probing
from targets.reference.machines.detection.detector import TIMER, Detector
from targets.reference.machines.words.grammar import Effects, Send, SetTimer, StopTimer
from targets.reference.machines.words.messages import Hint, Probe, ProbeAnswer
from tests.targets.reference.machines.playbook import SETTINGS

INTERVAL_S, SILENCE_S = SETTINGS.detector.interval_s, SETTINGS.detector.silence_s


def watching(*ways: Way, ready_s: float = 0.0, defect: str = "", health: Health | None = None) -> Detector:
    """It learns of (1, n1) at 10.0."""
    settings = msgspec.structs.replace(SETTINGS, heartbeats=ways or ("push",), health=health or Health())
    detector = Detector(settings, frozenset({defect} if defect else ()))
    detector.watch(10.0, (1, "n1"), ready_s=ready_s)
    return detector


def silent_layer(detector: Detector, now_s: float) -> str:
    illness = detector.silent(now_s)
    return illness.layer if illness else ""


def probe(detector: Detector, at_s: float) -> int:
    """The number of the probe that is sent then."""
    (send, _) = detector.probe(at_s)
    assert isinstance(send, Send) and isinstance(send.message, Probe) and send.to == "n1"
    return send.message.number


def timers(effects: Effects) -> dict[str, float]:
    return {effect.timer: effect.at_s for effect in effects if isinstance(effect, SetTimer)}


# --- push -------------------------------------------------------------------------------------------


def test_a_reign_is_silent_one_silence_after_it_was_learned_or_heard() -> None:
    detector = watching()
    assert not silent_layer(detector, 10.0 + SILENCE_S - 0.001) and silent_layer(detector, 10.0 + SILENCE_S)
    detector.beat(10.3, 0.0)
    assert not silent_layer(detector, 10.0 + SILENCE_S) and silent_layer(detector, 10.3 + SILENCE_S)


def test_nobody_is_silent_before_this_witness_may_vote() -> None:
    detector = watching(ready_s=11.0)
    assert not silent_layer(detector, 10.9) and silent_layer(detector, 11.0)


def test_where_nobody_reigns_nobody_is_silent() -> None:
    assert Detector(SETTINGS).silent(99.0) is None


def test_the_timer_is_set_when_the_watch_begins_and_again_only_when_it_comes_too_early() -> None:
    detector = watching()
    assert detector.beat(10.1, 0.0) == []
    assert timers(detector.due(10.0 + SILENCE_S)) == {TIMER: pytest.approx(10.1 + SILENCE_S)}
    assert detector.due(10.1 + SILENCE_S) == []
    assert timers(detector.beat(10.6, 0.0)) == {TIMER: pytest.approx(10.6 + SILENCE_S)}


def test_a_punctual_timer_is_believed() -> None:
    assert watching().due(10.0 + SILENCE_S + 0.001) == []


def test_a_late_timer_is_believed_only_after_listening_on_twice_as_long_as_it_was_late() -> None:
    detector, late_s = watching(), 0.05
    again = timers(detector.due(10.0 + SILENCE_S + late_s))
    assert again == {TIMER: pytest.approx(10.0 + SILENCE_S + 3 * late_s)}
    assert not silent_layer(detector, 10.0 + SILENCE_S + 2 * late_s)
    assert detector.due(99.0) == [], "a host that is always late must suspect in the end"


def test_it_never_listens_on_for_longer_than_a_silence() -> None:
    assert timers(watching().due(99.0)) == {TIMER: pytest.approx(99.0 + SILENCE_S)}


def test_a_heartbeat_makes_it_patient_again() -> None:
    detector = watching()
    detector.due(99.0)
    detector.beat(100.0, 0.0)
    assert detector.due(200.0)


def test_of_a_newer_reign_nothing_that_was_heard_before_counts() -> None:
    detector = watching()
    detector.beat(10.3, 5.0)
    detector.watch(10.35, (2, "n2"), ready_s=0.0)
    assert detector.ill() is None and detector.well(10.7)
    assert silent_layer(detector, 10.35 + SILENCE_S) == "network"


# --- pull -------------------------------------------------------------------------------------------


def test_a_probe_goes_out_each_interval_from_the_first_moment() -> None:
    effects = Detector(msgspec.structs.replace(SETTINGS, heartbeats=("pull",))).watch(
        10.0, (1, "n1"), ready_s=0.0
    )
    assert timers(effects)[probing.TIMER] == pytest.approx(10.0 + INTERVAL_S)


def test_without_pull_nobody_is_asked() -> None:
    detector = Detector(SETTINGS)
    assert StopTimer(probing.TIMER) in detector.watch(10.0, (1, "n1"), ready_s=0.0)


def test_an_answer_is_a_sign_of_life_from_when_its_probe_was_sent() -> None:
    detector = watching("pull")
    number = probe(detector, 10.1)
    detector.answered(10.19, ProbeAnswer(number, 1, "n1", 0.0))
    assert not silent_layer(detector, 10.1 + SILENCE_S - 0.001)
    assert silent_layer(detector, 10.1 + SILENCE_S)


def test_pull_alone_reads_nothing_from_heartbeats() -> None:
    """They renew the lease, and that is all."""
    detector = watching("pull")
    for tick in range(1, 9):
        assert detector.beat(10.0 + tick * INTERVAL_S, 9.0) == []
    assert detector.ill() is None and silent_layer(detector, 10.0 + SILENCE_S) == "network"


def test_an_answer_of_another_epoch_or_to_no_probe_of_ours_is_no_sign_of_life() -> None:
    detector = watching("pull")
    number = probe(detector, 10.1)
    for answer in (ProbeAnswer(number, 0, "n1", 0.0), ProbeAnswer(number + 1, 1, "n1", 0.0)):
        detector.answered(10.11, answer)
    assert silent_layer(detector, 10.0 + SILENCE_S)


def test_push_and_pull_together_find_a_primary_that_beats_but_hears_nothing() -> None:
    detector = watching("push", "pull")
    for tick in range(1, 5):
        probe(detector, 10.0 + tick * INTERVAL_S)
        detector.beat(10.0 + tick * INTERVAL_S, 0.0)
    illness = detector.silent(10.0 + SILENCE_S)
    assert illness is not None and illness.layer == "application" and "no answer to a probe" in illness.reason


def test_push_and_pull_together_find_one_that_answers_but_beats_no_more() -> None:
    detector = watching("push", "pull")
    for tick in range(1, 5):
        number = probe(detector, 10.0 + tick * INTERVAL_S)
        detector.word(10.0 + tick * INTERVAL_S)
        detector.answered(10.0 + tick * INTERVAL_S, ProbeAnswer(number, 1, "n1", 0.0))
    illness = detector.silent(10.0 + SILENCE_S)
    assert illness is not None and "no heartbeat" in illness.reason


def test_a_host_that_slept_and_sent_no_probe_has_missed_none() -> None:
    detector = watching("pull")
    detector.answered(10.1, ProbeAnswer(probe(detector, 10.1), 1, "n1", 0.0))
    probe(detector, 10.2 + 0.25)
    assert not silent_layer(detector, 10.1 + SILENCE_S)
    assert silent_layer(detector, 10.1 + 0.25 + SILENCE_S)


# --- bidirectional ------------------------------------------------------------------------------------


def test_a_hint_never_counts_alone_the_witness_looks_itself() -> None:
    detector = watching("bidirectional")
    assert not silent_layer(detector, 99.0), "nothing is looked at before a hint"
    effects = detector.hinted(20.0, Hint(1, "n1", "n2"))
    (asked,) = [effect for effect in effects if isinstance(effect, Send)]
    assert isinstance(asked.message, Probe)
    detector.answered(20.001, ProbeAnswer(asked.message.number, 1, "n1", 0.0))
    assert not silent_layer(detector, 20.0 + INTERVAL_S)


def test_a_hint_and_one_miss_of_its_own_make_a_witness_suspect() -> None:
    detector = watching("bidirectional")
    looks_s = SETTINGS.detector.missed_s(1)
    assert timers(detector.hinted(20.0, Hint(1, "n1", "n2")))[TIMER] == pytest.approx(20.0 + looks_s)
    assert not silent_layer(detector, 20.0 + looks_s - 0.001)
    illness = detector.silent(20.0 + looks_s)
    assert illness is not None and "n2 misses it too" in illness.reason


def test_a_hint_that_lapses_ends_the_look() -> None:
    detector = watching("bidirectional")
    detector.hinted(20.0, Hint(1, "n1", "n2"))
    assert detector.probe(20.1) and detector.probe(20.0 + SETTINGS.granted_lease_s) == [
        StopTimer(probing.TIMER)
    ]
    assert not silent_layer(detector, 99.0)


def test_a_hint_about_another_reign_or_where_hints_are_not_asked_for_changes_nothing() -> None:
    assert watching("bidirectional").hinted(20.0, Hint(2, "n1", "n2")) == []
    assert watching("push").hinted(20.0, Hint(1, "n1", "n2")) == []


def test_a_hint_does_not_shorten_the_patience_of_a_witness_that_sees_for_itself() -> None:
    detector = watching("push", "pull", "bidirectional")
    detector.hinted(10.01, Hint(1, "n1", "n2"))
    assert not silent_layer(detector, 10.0 + SILENCE_S - 0.001)


# --- layers -------------------------------------------------------------------------------------------


def test_a_host_that_still_speaks_has_an_ill_application_and_one_that_does_not_an_ill_network() -> None:
    detector = watching()
    assert silent_layer(detector, 10.0 + SILENCE_S) == "network"
    detector.word(10.35)
    assert silent_layer(detector, 10.0 + SILENCE_S) == "application"


def test_business_is_ill_once_its_disk_was_stuck_for_as_long_as_a_silence() -> None:
    detector = watching()
    detector.beat(10.1, SILENCE_S - 0.001)
    assert detector.ill() is None
    detector.beat(10.2, SILENCE_S)
    illness = detector.ill()
    assert illness is not None and illness.layer == "business"
    detector.beat(10.3, 0.0)
    assert detector.ill() is None


def test_each_layer_may_have_a_threshold_of_its_own_or_not_count() -> None:
    patient = watching(health=Health(network=None, application=6, business=None))
    patient.beat(10.0, 99.0)
    assert patient.ill() is None
    assert not silent_layer(patient, 10.0 + SILENCE_S) and silent_layer(patient, 10.7)
    reachable = watching(health=Health(application=None))
    reachable.word(10.3)
    assert not silent_layer(reachable, 10.0 + SILENCE_S) and silent_layer(reachable, 10.3 + SILENCE_S)


# --- defects --------------------------------------------------------------------------------------------


def test_trigger_happy_is_silent_after_a_beat_that_is_late_within_its_time_out() -> None:
    late_s = 10.0 + INTERVAL_S + 0.8 * SETTINGS.detector.timeout_s
    assert not silent_layer(watching(), late_s)
    assert silent_layer(watching(defect=TRIGGER_HAPPY), late_s)


def test_twice_too_slow_is_not_silent_at_the_stated_bound() -> None:
    slow = watching(defect=TWICE_TOO_SLOW)
    assert not silent_layer(slow, 10.0 + SILENCE_S) and silent_layer(slow, 10.0 + 2 * SILENCE_S)


def test_tcp_only_is_content_with_a_host_that_can_be_reached() -> None:
    for defect, layer in (("", "application"), (TCP_ONLY, "")):
        detector = watching(defect=defect)
        detector.word(10.35)
        assert silent_layer(detector, 10.0 + SILENCE_S) == layer


def test_a_clock_that_starts_at_the_first_heartbeat_misses_nobody_who_never_beats() -> None:
    assert silent_layer(watching(), 99.0)
    detector = watching(defect=BEAT_STARTS_CLOCK)
    assert not silent_layer(detector, 99.0)
    detector.beat(100.0, 0.0)
    assert silent_layer(detector, 100.0 + SILENCE_S)


def test_business_ignored_is_content_with_a_stuck_disk() -> None:
    detector = watching(defect=BUSINESS_IGNORED)
    detector.beat(10.1, 99.0)
    assert detector.ill() is None
