from __future__ import annotations

from harness.checkers.linear import growset
from harness.checkers.linear.operation import Operation
from tests.checkers.linear.objects import NEVER, added, failed
from tests.checkers.linear.objects import read as done


def read(elements: str, call: float, ret: float) -> Operation:
    return done(frozenset(elements), call, ret)


def judged(*operations: Operation) -> str:
    return growset.check(operations).judgement


def test_a_set_that_grows_is_right_and_one_that_shrinks_wrong() -> None:
    a, b = added("a", 0, 1), added("b", 2, 3)
    assert judged(a, b, read("a", 1, 2), read("ab", 4, 5)) == "pass"
    assert judged(a, b, read("ab", 4, 5), read("a", 6, 7)) == "fail"


def test_each_read_must_hold_the_smaller_ones() -> None:
    both = (added("a", 0, 9), added("b", 0, 9), added("c", 0, 9))
    assert judged(*both, read("a", 1, 2), read("abc", 1, 2)) == "pass"
    assert judged(*both, read("a", 1, 2), read("bc", 1, 2)) == "fail"
    assert judged(*both, read("a", 1, 2), read("b", 1, 2)) == "fail"


def test_an_acknowledged_add_must_be_there_and_a_lost_answer_need_not() -> None:
    assert judged(added("a", 0, 1), read("", 2, 3)) == "fail"
    assert judged(added("a", 0, 1), read("", 1, 2)) == "pass"
    assert judged(added("a", 0, NEVER), read("", 2, 3), read("a", 4, 5)) == "pass"


def test_what_is_held_together_may_have_come_in_any_order_but_not_from_the_future() -> None:
    assert judged(added("a", 0, 1), added("b", 2, 3), read("ab", 4, 5)) == "pass"
    assert judged(read("a", 0, 1), added("a", 2, 3)) == "fail"


def test_what_failed_or_was_never_added_is_wrong() -> None:
    assert judged(failed("a", "add"), read("a", 2, 3)) == "fail"
    assert judged(read("a", 2, 3)) == "fail"


def test_an_element_that_was_added_twice_leaves_it_undecided() -> None:
    assert judged(added("a", 0, 1), added("a", 2, 3)) == "unknown"
