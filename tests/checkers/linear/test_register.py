from __future__ import annotations

from msgspec import structs

from harness.checkers.linear import register
from tests.checkers.linear.objects import NEVER, failed, read, wrote


def judged(*operations: object) -> str:
    return register.check(operations).judgement  # type: ignore[arg-type]


def test_a_read_of_the_newest_value_is_right_and_of_an_overwritten_one_wrong() -> None:
    writes = (wrote(1, 0, 1), wrote(2, 2, 3))
    assert judged(*writes, read(2, 4, 5)) == "pass"
    assert judged(*writes, read(1, 4, 5)) == "fail"


def test_intervals_that_touch_are_concurrent() -> None:
    assert judged(wrote(1, 0, 1), wrote(2, 1, 2), read(2, 3, 3), read(1, 2, 3)) == "pass"
    assert judged(wrote(1, 0, 1), wrote(2, 2, 3), read(1, 3, 4)) == "pass"
    assert judged(wrote(1, 0, 1), wrote(2, 2, 3), read(1, 4, 5)) == "fail"


def test_values_that_come_and_go_and_come_back_are_a_violation_though_their_writes_overlap() -> None:
    flip = (wrote(1, 0, 10), wrote(2, 0, 10), read(1, 1, 2), read(2, 3, 4))
    assert judged(*flip) == "pass"
    assert judged(*flip, read(1, 5, 6)) == "fail"


def test_a_write_within_the_time_that_another_value_surely_was_there_is_a_violation() -> None:
    there = (wrote(1, 0, 1), read(1, 8, 9))
    assert judged(*there, wrote(2, 1, 8)) == "pass"
    assert judged(*there, wrote(2, 3, 4)) == "fail"


def test_a_lost_answer_may_have_been_done_at_any_time_or_never() -> None:
    assert judged(wrote(1, 0, NEVER), wrote(2, 2, 3), read(2, 4, 5)) == "pass"
    assert judged(wrote(1, 0, NEVER), wrote(2, 2, 3), read(2, 4, 5), read(1, 6, 7)) == "pass"
    assert judged(wrote(1, 0, NEVER), wrote(2, 2, 3), read(1, 4, 5), read(2, 6, 7), read(1, 8, 9)) == "fail"


def test_what_failed_what_nobody_wrote_and_what_is_written_only_later_cannot_be_read() -> None:
    assert judged(failed(1), read(1, 4, 5)) == "fail"
    assert judged(read(7, 4, 5)) == "fail"
    assert judged(read(1, 0, 1), wrote(1, 2, 3)) == "fail"


def test_nothing_is_there_until_the_first_write_is_done() -> None:
    assert judged(read(None, 0, 1), wrote(1, 0, 1), read(None, 1, 2)) == "pass"
    assert judged(wrote(1, 0, 1), read(None, 2, 3)) == "fail"


def test_a_value_that_was_written_twice_leaves_it_undecided() -> None:
    assert judged(wrote(1, 0, 1), wrote(1, 2, 3), read(1, 4, 5)) == "unknown"


def test_a_violation_names_both_values_and_the_operations_that_show_it() -> None:
    old, stale = wrote("a", 0, 1), read("a", 6, 7)
    new = wrote("b", 2, 3)
    found = register.check([old, new, stale, read("b", 4, 5)])
    assert "'a' was there before 'b' was" in found.why
    assert {old, new, stale} <= set(found.operations)


def test_a_connection_that_is_known_to_have_ended_ends_no_write() -> None:
    given_up = structs.replace(wrote(1, 0, 1), outcome="unknown")
    there = (wrote(2, 2, 3), read(2, 4, 5))
    assert judged(given_up, *there, read(1, 6, 7)) == "pass"
    assert judged(structs.replace(given_up, outcome="ok"), *there, read(1, 6, 7)) == "fail"
