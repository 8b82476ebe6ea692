"""Others' recordings judged as their verdicts say, and what a person is told."""

from __future__ import annotations

from harness.checkers.linear.search import Bound
from harness.histories import jepsen_etcd, porcupine_kv
from harness.histories.judging import judge
from tests.histories.recordings import OURS, recorded, verdicts

LINES = """\
INFO  jepsen.util - 0\t:invoke\t:write\t1
INFO  jepsen.util - 0\t:ok\t:write\t1
INFO  jepsen.util - 1\t:invoke\t:read\tnil
INFO  jepsen.util - 1\t:ok\t:read\t2
"""


def test_every_recording_is_judged_as_its_verdict_says() -> None:
    wrong = [path.name for path, known in verdicts() if judge(recorded(path), Bound()).judgement != known]
    assert wrong == [] and len(verdicts()) >= 5


def test_a_violation_names_what_could_not_come_next_and_where_it_stands() -> None:
    judged = judge(jepsen_etcd.read(LINES, "x"), Bound())
    assert judged.judgement == "fail"
    assert judged.evidence == (
        "of 2 answered operations at most 1 can be put in order; then the object holds 1, and none of those "
        "that may come next fits",
        "process 1 read 2 (lines 3 to 4)",
    )


def test_a_search_that_came_to_its_bound_is_unknown_and_says_the_bound() -> None:
    judged = judge(recorded(OURS / "etcd_080.log"), Bound(configurations=10))
    assert judged.judgement == "unknown" and judged.gave_up
    assert judged.evidence == ("the search gave up after its bound of 10 configurations",)


def test_a_key_that_is_violated_is_named_and_decides_though_another_is_undecided() -> None:
    judged = judge(recorded(OURS / "c01-bad.txt"), Bound(configurations=4))
    assert judged.judgement == "fail" and judged.gave_up
    assert any(line.startswith("key 7: of 5 answered") for line in judged.evidence)


def test_where_nothing_was_answered_nothing_was_checked() -> None:
    judged = judge(jepsen_etcd.read(LINES.splitlines()[0], "x"), Bound())
    assert judged.judgement == "unknown"
    assert judged.evidence == ("no operation was answered: there was nothing to check",)


def test_keys_are_objects_of_their_own() -> None:
    told = "".join(
        f'{{:process {p}, :type {t}, :f {f}, :key "{k}", :value {v}}}\n'
        for p, t, f, k, v in (
            (0, ":invoke", ":put", "a", '"1"'),
            (0, ":ok", ":put", "a", '"1"'),
            (0, ":invoke", ":get", "b", "nil"),
            (0, ":ok", ":get", "b", '""'),
        )
    )
    judged = judge(porcupine_kv.read(told, "x"), Bound())
    assert (judged.judgement, judged.objects, judged.processes) == ("pass", 2, 1)
