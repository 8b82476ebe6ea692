from __future__ import annotations

import msgspec

from targets.reference.defects import TWICE_TOO_SLOW
from targets.reference.detection import Detector, Health
from targets.reference.machines.detection.accrual import Accrual
from targets.reference.machines.detection.silence import NEVER_S, Missed, silence_of
from targets.reference.settings import Settings

SLOW = Settings(detector=Detector(interval_s=5.0, timeout_s=3.0, threshold=3))


def due_s(settings: Settings, *, defect: str = "") -> float:
    silence = silence_of("application", settings, frozenset({defect} if defect else ()))
    silence.begin(0.0)
    return silence.due_s


def test_three_misses_of_five_seconds_and_a_time_out_of_three_are_eighteen_seconds() -> None:
    assert due_s(SLOW) == 18.0
    assert due_s(SLOW, defect=TWICE_TOO_SLOW) == 36.0


def test_a_clock_that_was_not_started_is_never_due_until_something_is_heard() -> None:
    silence = Missed(1.0)
    assert silence.due_s == NEVER_S
    silence.heard(5.0)
    assert silence.due_s == 6.0


def test_an_older_sign_of_life_takes_nothing_back() -> None:
    silence = Missed(1.0)
    silence.begin(5.0)
    silence.heard(4.0)
    assert silence.due_s == 6.0


def test_a_layer_may_have_a_threshold_of_its_own_whatever_the_kind() -> None:
    phi = Detector(kind="phi")
    assert isinstance(silence_of("application", Settings(detector=phi), frozenset()), Accrual)
    own = msgspec.structs.replace(SLOW, health=Health(application=5))
    assert due_s(own) == 28.0
    assert due_s(msgspec.structs.replace(SLOW, health=Health(application=None))) == NEVER_S
