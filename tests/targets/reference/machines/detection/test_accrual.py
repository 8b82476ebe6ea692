"""φ against what the paper's formula says, by numbers worked out apart from the code."""

from __future__ import annotations

import random

import pytest

from targets.reference.detection import Detector
from targets.reference.machines.detection.accrual import Accrual


def beating(detector: Detector, gaps_s: list[float]) -> Accrual:
    accrual, now_s = Accrual(detector), 0.0
    accrual.begin(now_s)
    for gap_s in gaps_s:
        now_s += gap_s
        accrual.heard(now_s)
    return accrual


def steady(**words: float) -> Accrual:
    """A hundred beats exactly an interval apart: the least deviation, 20 ms, is what is believed."""
    return beating(Detector(kind="phi", **words), [0.1] * 100)  # type: ignore[arg-type]


def test_phi_is_the_number_of_nines_of_the_normal_distributions_tail() -> None:
    """At the mean half of all arrivals are later: φ = log10 2. At μ + 3σ 0.135 % are: φ = 2.87."""
    accrual = steady()
    mean_s = accrual.heard_s + 0.1 + 0.1  # and the acceptable pause
    assert accrual.phi(mean_s) == pytest.approx(0.30103, abs=1e-4)
    assert accrual.phi(mean_s + 3 * 0.02) == pytest.approx(2.8697, abs=1e-3)


@pytest.mark.parametrize("phi", [1.0, 3.0, 8.0, 12.0])
def test_it_is_silent_exactly_when_phi_reaches_the_threshold(phi: float) -> None:
    accrual = steady(phi=phi, cap_s=9.0)
    assert accrual.phi(accrual.due_s) == pytest.approx(phi, rel=1e-6)


def test_with_regular_beats_it_is_due_after_interval_pause_and_five_and_a_half_deviations() -> None:
    """P(Z > 5.612) = 10⁻⁸."""
    accrual = steady()
    assert accrual.due_s - accrual.heard_s == pytest.approx(0.1 + 0.1 + 5.612 * 0.02, abs=1e-4)


def test_jitter_makes_it_patient_and_calm_makes_it_quick_again() -> None:
    draw = random.Random(1)
    noisy = [0.1 + draw.uniform(-0.08, 0.08) for _ in range(100)]
    detector = Detector(kind="phi", cap_s=9.0)
    jittery, calm = beating(detector, noisy), beating(detector, noisy + [0.1] * 100)
    assert jittery.due_s - jittery.heard_s > 0.4
    assert calm.due_s - calm.heard_s == pytest.approx(0.312, abs=0.001)


def test_the_cap_bounds_it_whatever_was_usual() -> None:
    accrual = beating(Detector(kind="phi", cap_s=0.45), [0.02, 0.4] * 50)
    assert accrual.due_s - accrual.heard_s == pytest.approx(0.45)
    assert Detector(kind="phi", cap_s=0.45).silence_s == 0.45


def test_a_silence_beyond_the_cap_teaches_nothing() -> None:
    accrual = steady()
    before_s = accrual.due_s - accrual.heard_s
    accrual.heard(accrual.heard_s + 60.0)
    assert accrual.due_s - accrual.heard_s == pytest.approx(before_s)


def test_before_anything_came_the_settings_say_what_is_usual() -> None:
    accrual = Accrual(Detector(kind="phi"))
    accrual.begin(5.0)
    assert 5.0 + 0.2 < accrual.due_s <= 5.0 + Detector(kind="phi").silence_s


def test_only_the_window_is_remembered() -> None:
    accrual = beating(Detector(kind="phi", window=10, cap_s=9.0), [0.5] * 50 + [0.1] * 10)
    assert accrual.due_s - accrual.heard_s == pytest.approx(0.1 + 0.1 + 5.612 * 0.02, abs=1e-4)
