"""What README.md tells a person to type can be typed, and the drills that it names are those there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from harness import drillfile, planner
from harness.cli.arguments import parse
from targets.reference.ctl import outside
from targets.registry import TARGETS

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
NAMES = {path.stem for path in (ROOT / "drills").glob("*.yaml")}


def commands() -> list[str]:
    """Those in blocks, and those inside sentences."""
    typed = [
        line for _, block in BLOCKS for line in re.findall(r"^\$ (failover-drill .*)$", block, re.MULTILINE)
    ]
    return typed + re.findall(r"`(failover-drill [^`]*)`", TEXT)


@pytest.mark.parametrize("command", commands())
def test_a_command_can_be_typed_as_it_is_written(command: str) -> None:
    words = shlex.split(command.partition(" > ")[0], comments=True)[1:]
    args = parse(words)
    if words[0] == "ctl" and len(words) > 1:
        outside.checked(args.words)


def test_every_make_target_is_there() -> None:
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)`|^\$ make ([a-z-]+)", TEXT, re.MULTILINE)
    assert named and {one or other for one, other in named} <= there


def test_the_tables_name_every_drill_once_and_no_other() -> None:
    rows = re.findall(
        r"^\| (`[^|]*) \|", TEXT[TEXT.index("| drills |") : TEXT.index("| setting |")], re.MULTILINE
    )
    named = [name for row in rows for name in re.findall(r"`([^`]*)`", row)]
    assert sorted(named) == sorted(NAMES)


def test_the_drill_that_it_teaches_with_is_planned(tmp_path: Path) -> None:
    (written,) = (block for kind, block in BLOCKS if kind == "yaml")
    file = tmp_path / "mine.yaml"
    file.write_text(written)
    (drill,) = drillfile.read_all([file], tmp_path)
    assert planner.plan(drill, TARGETS[drill.target], world="docker", seed=1, trials=1, defect="").trials


def test_the_number_of_defects_is_that_of_the_target() -> None:
    told = re.search(r"in (\d+) ways", TEXT)
    assert told and int(told[1]) == len(TARGETS["reference"].defects())
