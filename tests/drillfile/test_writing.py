from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from harness.drillfile import read_all
from harness.drillfile.catalogue import story
from harness.drillfile.drill import read_drill
from harness.drillfile.tree import parse
from harness.drillfile.writing import written
from harness.model.drill import Drill

GOOD = "drill: a\ntarget: b\nsteps: [{hold: 1s}]\nexpect: {lost_writes: 0}\n"
DRILLS = Path(__file__).parents[2] / "drills"


def read(text: str) -> Drill:
    return structs.replace(read_drill(parse(text), path="", story=story(text)), lines={})


@pytest.mark.parametrize("file", sorted(DRILLS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_drill_of_the_catalogue_reads_back_as_it_was(file: Path) -> None:
    (drill,) = read_all([file], DRILLS)
    plain = structs.replace(drill, path="", story="", lines={})
    assert structs.replace(read(written(plain)), settings={}, story="") == structs.replace(plain, settings={})


TEXT = """\
# What happened.
#
# 1.000 s  n1 is primary
drill: mine
target: reference
seed: 7
settings: {reference: {nodes: 3, detector: {interval: 50ms, timeout: 50ms, threshold: 2}}}
load: {writers: 2, rate: 10/s, readers: 1, read_rate: 5/s, timeout: 500ms}
clients: {client/2: {via: primary}}
trials: 2
steps:
  - wait: {for: rejoined, host: n1, within: 20s}
  - kill: primary
    scope: host
    at: 1s..2s
    until: 3s
  - isolate: [primary, witness/1]
    how: stall
    direction: in
    on: {sends: Seal, host: n2, nth: 3}
    within: 6s
    at: 5ms
    until: 305ms
  - partition: [[n1], [n2, n3], rest]
    how: loss
    shape: bridge
    on: decided
    within: 6s
    until: 1s
  - latency: [[primary], rest]
    how_is_said: no
"""


def test_what_is_not_as_by_default_is_written_and_nothing_else() -> None:
    text = TEXT.replace(
        "  - latency: [[primary], rest]\n    how_is_said: no\n",
        """\
  - latency: [[primary], rest]
    delay: 30ms
    jitter: 10ms
    at: 1s
    until: 2s
  - loss: [[primary], rest]
    share: 2.5%
    until: 2s
  - disk: standby
    does: stall
    at: 1s
    until: 2s
  - clock: witness/1
    rate: 1.0005
    at: 1s
    until: 2s
  - crash: witnesses
    before: {sends: Seal, nth: 2}
    at: 1s
    within: 6s
    until: 1s
  - hold: 6s
  - switchover: {to: standby}
    at: 1s
expect: {lost_writes: 0, rpo: bound, split_brain: never, failovers: 1, outage: {p90: 300ms, max: 1s}}
""",
    )
    assert written(read(text)) == text


def test_a_long_line_of_the_story_is_wrapped() -> None:
    drill = structs.replace(read(GOOD), story="a " * 90)
    lines = written(drill).splitlines()
    assert lines[0].startswith("# a a") and lines[1].startswith("#   a a") and max(map(len, lines)) <= 110
