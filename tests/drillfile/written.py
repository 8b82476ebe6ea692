"""Drill files as a person writes them, in memory."""

from __future__ import annotations

import pytest

from harness.drillfile.drill import read_drill
from harness.drillfile.tree import parse
from harness.model.drill import Drill, Step
from harness.model.errors import DrillError

GOOD = """\
# The story.
drill: mine
target: reference
steps:
  - wait: {for: steady, within: 20s}
  - kill: primary
    at: 1s..2s
    until: 3s
expect:
  lost_writes: 0
"""


def read(text: str) -> Drill:
    return read_drill(parse(text), path="mine.yaml", story="")


def refused(text: str) -> DrillError:
    with pytest.raises(DrillError) as raised:
        read(text)
    return raised.value


def with_steps(steps: str) -> str:
    """A drill of these steps, which begin in line 4."""
    indented = "\n".join(f"  {line}" for line in steps.strip("\n").splitlines())
    return f"drill: mine\ntarget: reference\nsteps:\n{indented}\nexpect: {{lost_writes: 0}}\n"


def step(steps: str) -> Step:
    return read(with_steps(steps)).steps[0]


def wrong_step(steps: str) -> DrillError:
    return refused(with_steps(steps))


def with_words(words: str) -> str:
    """A drill with these words on top, in line 1."""
    return f"{words}\n{GOOD}"
