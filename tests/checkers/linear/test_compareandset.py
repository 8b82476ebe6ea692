from __future__ import annotations

import pytest

from harness.checkers.linear import compareandset
from harness.checkers.linear.operation import Operation
from tests.checkers.linear.objects import NEVER, failed, missed, read, swapped, wrote


def judged(*operations: Operation) -> str:
    return compareandset.check(operations).judgement


def test_a_chain_of_swaps_is_right_in_its_order() -> None:
    chain = (wrote(1, 0, 1), swapped(1, 2, 2, 3), swapped(2, 3, 4, 5))
    assert judged(*chain, read(3, 6, 7)) == "pass"
    assert judged(*chain, read(2, 6, 7)) == "fail"
    assert judged(wrote(1, 0, 1), swapped(2, 3, 2, 3), swapped(1, 2, 4, 5)) == "fail"


def test_nothing_comes_between_a_value_and_what_replaces_it() -> None:
    assert judged(wrote(1, 0, 1), wrote(2, 2, 3), swapped(1, 3, 4, 5)) == "fail"
    assert judged(wrote(1, 0, 1), wrote(2, 2, 6), swapped(1, 3, 4, 5)) == "pass"


def test_a_value_is_replaced_once() -> None:
    assert judged(wrote(1, 0, 1), swapped(1, 2, 2, 3), swapped(1, 3, 2, 3)) == "fail"


def test_a_lost_answer_took_effect_only_if_its_value_was_seen() -> None:
    twice = (wrote(1, 0, 1), swapped(1, 2, 2, 3), swapped(1, 3, 2, NEVER))
    assert judged(*twice) == "pass"
    assert judged(*twice, read(3, 4, 5)) == "fail"
    assert judged(*twice, swapped(3, 4, 4, 5)) == "fail"
    assert judged(*twice, swapped(3, 4, 4, NEVER)) == "pass"


def test_what_is_replaced_must_have_been_written() -> None:
    assert judged(swapped(7, 2, 2, 3)) == "fail"
    assert judged(failed(7), swapped(7, 2, 2, 3)) == "fail"
    assert judged(swapped(None, 2, 2, 3)) == "pass"


def test_values_that_come_from_each_other_came_from_nowhere() -> None:
    assert judged(swapped(2, 1, 0, 9), swapped(1, 2, 0, 9)) == "fail"
    assert judged(swapped(1, 1, 0, 9)) == "fail"


def test_nothing_and_what_replaced_it_come_before_all_else() -> None:
    assert judged(wrote(1, 0, 1), swapped(None, 2, 2, 3)) == "fail"


def test_a_swap_that_found_another_value_is_for_the_search() -> None:
    with pytest.raises(ValueError, match="only a search"):
        judged(missed(1, 0, 1))


def test_a_value_that_was_put_twice_leaves_it_undecided() -> None:
    assert judged(wrote(1, 0, 1), swapped(None, 1, 0, 1)) == "unknown"
