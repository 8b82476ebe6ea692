"""Plans of drills as a person writes them, on a target of paper."""

from __future__ import annotations

import pytest

from harness import planner
from harness.model.errors import DrillError
from harness.model.plan import Plan
from tests.drillfile.written import read
from tests.planner.papertarget import PaperTarget

EXAMPLE = """\
drill: mine
target: paper
steps:
  - wait: {for: steady, within: 20s}
  - kill: primary
    at: 1s..2s
    until: 3s
  - wait: {for: rejoined, host: victim, within: 20s}
expect:
  lost_writes: 0
"""


def planned(
    text: str = EXAMPLE,
    *,
    target: PaperTarget | None = None,
    seed: int = 4711,
    trials: int = 3,
    defect: str = "",
    world: str = "docker",
) -> Plan:
    return planner.plan(
        read(text), target or PaperTarget(), world=world, seed=seed, trials=trials, defect=defect
    )


def refused(
    text: str, *, target: PaperTarget | None = None, defect: str = "", world: str = "docker"
) -> DrillError:
    with pytest.raises(DrillError) as raised:
        planned(text, target=target, defect=defect, world=world)
    return raised.value


def with_steps(steps: str) -> str:
    """A drill of these steps, which begin in line 4."""
    indented = "\n".join(f"  {line}" for line in steps.strip("\n").splitlines())
    return f"drill: mine\ntarget: paper\nsteps:\n{indented}\nexpect: {{lost_writes: 0}}\n"
