"""Any stack file is understood, and a drill planned on it, or refused with its place, like any drill file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

import yaml

from harness import planner, stackfile
from harness.drillfile import read_all
from harness.model.drill import Json
from targets.own_stack.target import OwnStackTarget
from tests.drillfile.anyfile import found_in
from tests.drillfile.mutation import DRILLS, mutated
from tests.proof.found import Found
from tests.stackfile.written import BY_COMMAND, BY_HTTP, GOOD

_SAMPLES = DRILLS.parent / "compose" / "samples"


def looked_at(number: int) -> Found:
    draw = Random(f"stack {number}")
    content = mutated(draw, draw.choice(_stacks()))
    path = _folder() / "stack.yaml"
    path.write_bytes(content)
    return found_in(content, f"stack {number}", lambda: _planned(path))


def _planned(path: Path) -> None:
    target = OwnStackTarget(stackfile.read(f"{path}"), _composed)
    (drill,) = read_all([_SAMPLES / "redis-pair" / "kill-primary.yaml"], DRILLS)
    planner.plan(drill, target, world="docker", seed=1, trials=1, defect="")


@cache
def _stacks() -> tuple[bytes, ...]:
    written = (text.encode() for text in (GOOD, BY_HTTP, BY_COMMAND))
    return (*written, *(path.read_bytes() for path in sorted(_SAMPLES.glob("*/stack.yaml"))))


def _composed(path: str, profiles: Sequence[str] = ()) -> dict[str, Json]:
    """No engine is asked: what matters here is the stack file."""
    table: dict[str, Json] = yaml.safe_load((_SAMPLES / "redis-pair" / "compose.yaml").read_text())
    return table


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="failover-drill-"))
