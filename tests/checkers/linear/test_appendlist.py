from __future__ import annotations

from harness.checkers.linear import appendlist
from harness.checkers.linear.appendlist import Prefix, digests
from harness.checkers.linear.operation import Operation
from tests.checkers.linear.objects import NEVER, appended, failed, read


def judged(*operations: Operation) -> str:
    return appendlist.check(operations).judgement


def test_a_list_that_grows_is_right_and_one_that_shrinks_wrong() -> None:
    a, b = appended("a", 0, 1), appended("b", 2, 3)
    assert judged(a, b, read(("a",), 1, 2), read(("a", "b"), 4, 5)) == "pass"
    assert judged(a, b, read(("a", "b"), 4, 5), read(("a",), 6, 7)) == "fail"


def test_reads_must_begin_alike() -> None:
    both = (appended("a", 0, 9), appended("b", 0, 9))
    assert judged(*both, read(("a",), 1, 2), read(("a", "b"), 3, 4)) == "pass"
    assert judged(*both, read(("b",), 1, 2), read(("a", "b"), 3, 4)) == "fail"


def test_the_order_must_keep_real_time() -> None:
    assert judged(appended("a", 0, 1), appended("b", 2, 3), read(("b", "a"), 4, 5)) == "fail"
    assert judged(appended("a", 0, 2), appended("b", 2, 3), read(("b", "a"), 4, 5)) == "pass"


def test_an_acknowledged_append_must_be_there_and_a_lost_answer_need_not() -> None:
    assert judged(appended("a", 0, 1), read((), 2, 3)) == "fail"
    assert judged(appended("a", 0, 1), read((), 1, 2)) == "pass"
    assert judged(appended("a", 0, NEVER), read((), 2, 3)) == "pass"
    assert judged(appended("a", 0, NEVER), read((), 2, 3), read(("a",), 4, 5)) == "pass"


def test_what_failed_what_nobody_appended_and_what_stands_twice_is_wrong() -> None:
    assert judged(failed("a", "append"), read(("a",), 2, 3)) == "fail"
    assert judged(read(("a",), 2, 3)) == "fail"
    assert judged(appended("a", 0, 1), read(("a", "a"), 2, 3)) == "fail"


def test_reads_may_be_told_by_length_and_digest_with_one_whole() -> None:
    told = digests(("a", "b"))
    lists = (appended("a", 0, 1), appended("b", 2, 3))
    whole = read(("a", "b"), 8, 9)
    assert judged(*lists, read(Prefix(1, told[1]), 1, 2), whole) == "pass"
    assert judged(*lists, read(Prefix(1, told[1]), 4, 5), whole) == "fail"
    assert judged(*lists, read(Prefix(1, told[2]), 1, 2), whole) == "fail"
    assert judged(*lists, read(Prefix(2, told[2]), 4, 5)) == "unknown"


def test_an_element_that_was_appended_twice_leaves_it_undecided() -> None:
    assert judged(appended("a", 0, 1), appended("a", 2, 3)) == "unknown"
