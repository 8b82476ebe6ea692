"""Hypothesis: the same examples for everyone, and no clock. `--hypothesis-profile=search` looks on."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How fast examples are drawn says something about the machine alone, as a deadline does.
_NO_CLOCK = [HealthCheck.too_slow]

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=_NO_CLOCK)
settings.register_profile("search", deadline=None, max_examples=2000, suppress_health_check=_NO_CLOCK)
settings.load_profile("same")
