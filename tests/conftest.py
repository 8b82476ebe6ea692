"""Hypothesis: the same examples for everyone, and no clock. `--hypothesis-profile=search` looks on."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("same")
