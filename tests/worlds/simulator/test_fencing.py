"""Power in whole drills in virtual time. What a lying device loses in async: fence-lying-async."""

from __future__ import annotations

from pathlib import Path

from harness.model.event import Powered
from harness.model.verdict import Verdict
from tests.worlds.simulator.rehearsals import DRILLS, judged, of_text

DRILL = """\
# Power.
drill: power
target: reference
settings:
  reference:
    {{replication: {mode}, lease: 2s, fence: device,
     detector: {{interval: 50ms, timeout: 50ms, threshold: 2}}}}
load: {{writers: 4, rate: 50/s, readers: 0}}
clients:
  client/1: {{via: primary}}
steps:
  - wait: {{for: steady, within: 20s}}
{before}
  - partition: [[primary, client/1], rest]
    at: 1s
    until: 5s
{after}
  - wait: {{for: rejoined, host: victim, within: 20s}}
expect: {{lost_writes: 0, split_brain: never, outage: {{max: 300ms}}}}
"""
LIES = "  - switch: primary\n    how: lies\n    until: 6s"


def run(
    folder: Path, *, mode: str = "sync", before: str = "", after: str = ""
) -> tuple[Verdict, list[Powered]]:
    verdict, entries = judged(of_text(DRILL.format(mode=mode, before=before, after=after), folder), folder)
    return verdict, [event for event in entries if isinstance(event, Powered)]


def test_who_is_fenced_is_off_and_on_again_and_the_journal_says_who_did_it(tmp_path: Path) -> None:
    verdict, powered = run(tmp_path)
    assert verdict.judgement == "pass", verdict
    assert [(event.state, event.by) for event in powered] == [("off", "fence"), ("on", "fence")]


def test_a_device_that_lies_loses_nothing_in_sync(tmp_path: Path) -> None:
    verdict, powered = run(tmp_path, before=LIES)
    assert verdict.judgement == "pass" and not powered


def test_what_a_drill_is_there_to_show_is_absent_where_the_device_does_not_lie(tmp_path: Path) -> None:
    """fence-lying-async without its lie: a drill that passed all the same would be blind."""
    text = (DRILLS / "fence-lying-async.yaml").read_text().replace("how: lies", "how: slow")
    verdict, _ = judged(of_text(text, tmp_path), tmp_path)
    assert verdict.judgement == "fail"
    said = {finding.measure: finding.judgement for finding in verdict.findings}
    assert (said["split_brain"], said["failovers"]) == ("fail", "pass")


def test_who_is_killed_while_it_is_off_starts_when_both_are_over(tmp_path: Path) -> None:
    """The switch is on again soon; the fault keeps the host down until its end, and no longer."""
    killed = "  - kill: old primary\n    scope: host\n    at: 1.1s\n    until: 4s"
    verdict, _ = run(tmp_path, after=killed)
    assert verdict.judgement == "pass", verdict
