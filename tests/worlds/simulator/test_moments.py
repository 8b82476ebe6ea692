"""Acts that are looked for are told in the same moment, on the hosts that they could come on."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from harness.model.event import MomentCame
from harness.model.moment import Act, Moment
from harness.worlds.simulator.moments import Moments
from harness.worlds.simulator.process import Process
from tests.worlds.simulator.kernels import Lab
from tests.worlds.simulator.rehearsals import applied, judged, of_text

DRILL = """\
# A witness is frozen in the moment of its third grant.
drill: third-grant
target: reference
steps:
  - wait: {for: steady, within: 20s}
  - pause: witness/2
    on: {sends: Granted, host: witness/2, nth: 3}
    at: AT
    until: 1s
  - hold: 2s
expect: {lost_writes: 0, failovers: 0}
"""


def test_a_host_is_told_what_is_looked_for_there_and_only_meanwhile() -> None:
    lab = Lab("w1", "w2")
    moments = Moments(lab.hosts)

    def sought() -> list[Container[Act]]:
        return [lab.processes[name].sought for name in ("w1", "w2")]

    before = sought()
    moments.seek("a", Moment(act="sends", what="Seal"), lambda process: None)
    moments.seek("b", Moment(act="sends", what="Fence", hosts=("w2",)), lambda process: None)
    meanwhile = sought()
    moments.forget("a")
    assert before == [(), ()]
    assert meanwhile == [{("sends", "Seal")}, {("sends", "Seal"), ("sends", "Fence")}]
    assert sought() == [set(), {("sends", "Fence")}]


def test_the_nth_of_its_hosts_comes_once() -> None:
    lab, came = Lab("w1", "w2"), list[Process]()
    moments = Moments(lab.hosts)
    moments.seek("a", Moment(act="sends", what="Seal", hosts=("w1",), nth=2), came.append)
    w1, w2 = lab.processes["w1"], lab.processes["w2"]
    for process, what, done in (
        (w1, "Seal", True),
        (w2, "Seal", True),
        (w1, "Fence", True),
        (w1, "Seal", False),
    ):
        process.acted("sends", what, done=done)
    assert came == []
    w1.acted("sends", "Seal", done=True)
    assert came == [w1]
    assert not w1.sought


def test_hosts_that_are_looked_at_together_are_counted_together() -> None:
    lab, came = Lab("w1", "w2"), list[Process]()
    Moments(lab.hosts).seek("a", Moment(act="sends", what="Seal", nth=2), came.append)
    lab.processes["w1"].acted("sends", "Seal", done=True)
    lab.processes["w2"].acted("sends", "Seal", done=True)
    assert came == [lab.processes["w2"]]


def test_a_survey_hears_every_act_beside_what_is_looked_for() -> None:
    lab, heard = Lab("w1"), list[tuple[str, bool]]()
    moments = Moments(lab.hosts)
    moments.hear_all(lambda process, act, what, done: heard.append((f"{process.host} {act} {what}", done)))
    moments.seek("a", Moment(act="sends", what="Seal"), lambda process: None)
    for done in (False, True):
        lab.processes["w1"].acted("sends", "Seal", done=done)
    lab.processes["w1"].acted("sends", "Fence", done=True)
    assert heard == [("w1 sends Seal", False), ("w1 sends Seal", True), ("w1 sends Fence", True)]


def test_a_fault_strikes_in_the_very_moment(tmp_path: Path) -> None:
    verdict, entries = judged(of_text(DRILL.replace("AT", "0s"), tmp_path), tmp_path)
    (moment,) = [entry for entry in entries if isinstance(entry, MomentCame)]
    (fault,) = applied(entries)
    assert verdict.judgement == "pass", verdict
    assert (moment.host, moment.text) == ("w2", "w2 sends Granted, time 3")
    assert fault.before_s == fault.after_s == moment.at_s


def test_or_so_long_after_it(tmp_path: Path) -> None:
    _, entries = judged(of_text(DRILL.replace("AT", "5ms"), tmp_path), tmp_path)
    (moment,) = [entry for entry in entries if isinstance(entry, MomentCame)]
    (fault,) = applied(entries)
    assert fault.before_s == moment.at_s + 0.005


def test_a_moment_that_never_comes_makes_the_drill_unknown(tmp_path: Path) -> None:
    text = DRILL.replace("AT", "0s\n    within: 1s").replace("sends: Granted", "sends: CopyRequest")
    verdict, entries = judged(of_text(text, tmp_path), tmp_path)
    assert verdict.judgement == "unknown"
    assert applied(entries) == []
    (waits,) = [finding for finding in verdict.findings if finding.measure == "waits"]
    assert waits.evidence == ("trial 1: w2 sends CopyRequest, time 3: not within 1 s",)
