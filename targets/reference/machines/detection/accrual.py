"""The φ-accrual failure detector: how unusual is this silence, by what was usual so far?

Hayashibara, Défago, Yared, Katayama: The φ Accrual Failure Detector, SRDS 2004. With t since the last
arrival, and mean μ and deviation σ of the inter-arrival times in a window, taken as normal:

    φ(t) = −log10 P(X > t),  X ~ N(μ + pause, σ²)

so φ = 8 is wrong about once in 10⁸ arrivals, as far as they are normal. It is solved for t here: silent at
μ + pause + z·σ with P(Z > z) = 10^−φ. σ is never believed below a least one. No bound follows from this,
since μ and σ adapt to whatever comes: the bound is the cap.
"""

from __future__ import annotations

from collections import deque
from math import erfc, log10, sqrt
from statistics import NormalDist

from targets.reference.detection import Detector

_NEVER_S = float("inf")


class Accrual:
    """Offers silence.Silence."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._deviations = -NormalDist().inv_cdf(10.0**-detector.phi)
        self._gaps_s: deque[float] = deque()
        self._sum_s = self._squares = 0.0
        self.heard_s = _NEVER_S
        # Before anything came, what the settings say is usual, give or take a quarter.
        for gap_s in (0.75 * detector.interval_s, 1.25 * detector.interval_s):
            self._learn(gap_s)

    @property
    def due_s(self) -> float:
        usual_s = self._mean_s + self._detector.timeout_s + self._deviations * self._std_s
        return self.heard_s + min(self._detector.longest_s, usual_s)

    def phi(self, now_s: float) -> float:
        """The level of suspicion at that time."""
        over_s = now_s - self.heard_s - self._mean_s - self._detector.timeout_s
        tail = erfc(over_s / (self._std_s * sqrt(2.0))) / 2
        return -log10(tail) if tail else _NEVER_S

    def begin(self, now_s: float) -> None:
        self.heard_s = now_s

    def heard(self, at_s: float) -> None:
        gap_s = at_s - self.heard_s
        if gap_s <= 0 and self.heard_s != _NEVER_S:
            return
        # A silence that was given up on says nothing about what is usual.
        if 0 < gap_s < self._detector.longest_s:
            self._learn(gap_s)
        self.heard_s = at_s

    def slept(self, by_s: float) -> None:
        self.heard_s += by_s

    @property
    def _mean_s(self) -> float:
        return self._sum_s / len(self._gaps_s)

    @property
    def _std_s(self) -> float:
        variance = self._squares / len(self._gaps_s) - self._mean_s**2
        return max(sqrt(max(0.0, variance)), self._detector.least_std_s)

    def _learn(self, gap_s: float) -> None:
        self._gaps_s.append(gap_s)
        self._sum_s += gap_s
        self._squares += gap_s**2
        if len(self._gaps_s) > self._detector.window:
            oldest_s = self._gaps_s.popleft()
            self._sum_s -= oldest_s
            self._squares -= oldest_s**2
