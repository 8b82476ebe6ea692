from __future__ import annotations

from harness.checkers.linear.models import AppendList, Register, Text
from harness.checkers.linear.search import Bound, search
from tests.checkers.linear.objects import NEVER, appended, failed, missed, read, swapped, wrote


def test_values_that_repeat_are_no_trouble_to_a_search() -> None:
    twice = (wrote(1, 0, 1), wrote(2, 2, 3), wrote(1, 4, 5))
    assert search([*twice, read(1, 6, 7)], Register()).judgement == "pass"
    assert search([*twice, read(2, 6, 7)], Register()).judgement == "fail"


def test_the_order_that_was_found_holds_every_answered_operation() -> None:
    operations = [wrote(1, 0, 5), read(2, 3, 4), wrote(2, 0, 5), read(1, 5, 6)]
    found = search(operations, Register())
    assert [op.value for op in found.order] == [2, 2, 1, 1]


def test_a_swap_that_found_another_value_proves_that_one_was_there() -> None:
    assert search([wrote(1, 0, 1), missed(1, 2, 3)], Register()).judgement == "fail"
    assert search([wrote(1, 0, 1), missed(1, 2, 3), wrote(2, 2, 3)], Register()).judgement == "pass"


def test_a_lost_answer_may_be_taken_later_and_need_not_be() -> None:
    lost = [wrote(1, 0, 1), swapped(1, 2, 2, NEVER)]
    assert search([*lost, read(1, 3, 4), read(2, 5, 6)], Register()).judgement == "pass"
    assert search([*lost, read(2, 3, 4), read(1, 5, 6)], Register()).judgement == "fail"
    assert search([*lost, read(1, 3, 4)], Register()).judgement == "pass"


def test_of_lost_answers_that_are_alike_each_may_have_happened() -> None:
    lost = [appended("a", 0, NEVER), appended("a", 1, NEVER)]
    assert search([*lost, read("aa", 2, 3)], Text()).judgement == "pass"
    assert search([*lost, read("aaa", 2, 3)], Text()).judgement == "fail"


def test_what_failed_did_not_happen() -> None:
    assert search([failed(1), read(1, 4, 5)], Register()).judgement == "fail"


def test_a_violation_tells_how_far_it_came_and_what_would_not_fit() -> None:
    found = search([wrote(1, 0, 1), read(1, 2, 3), read(9, 4, 5)], Register())
    assert found.linearity.why.startswith("of 3 answered operations at most 2 can be put in order; then the")
    assert found.linearity.operations == (read(9, 4, 5),)


def test_each_operation_has_the_longest_order_that_holds_it() -> None:
    one, two, bad = wrote(1, 0, 9), wrote(2, 0, 9), read(3, 5, 6)
    longest = search([one, two, bad, read(1, 7, 8)], Register()).longest
    assert set(longest) == {one, two}
    assert {len(order) for order in longest.values()} == {2}
    assert all(op in order for op, order in longest.items())


def test_past_its_bound_it_says_so_and_decides_nothing() -> None:
    many = [appended(n, 0, 20) for n in range(9)]
    found = search([*many, read(tuple(range(8)), 21, 22)], AppendList(), Bound(configurations=50))
    assert found.judgement == "unknown"
    assert found.linearity.why == "the search gave up after its bound of 50 configurations"
    assert found.configurations == 51


def test_steps_are_bounded_too() -> None:
    crashed = [swapped(n, n + 1, 0, NEVER) for n in range(200)]
    operations = [wrote(-1, 0, 1), *crashed, wrote(-2, 2, 3), wrote(-3, 2, 3), read(-9, 4, 5)]
    found = search(operations, Register(), Bound(configurations=2))
    assert found.judgement == "unknown" and "bound of" in found.linearity.why


def test_a_history_without_an_answer_is_no_violation() -> None:
    assert search([], Register()).judgement == "pass"
    assert search([wrote(1, 0, NEVER)], Register()).judgement == "pass"


def test_a_longer_order_that_is_found_later_takes_the_place_of_a_shorter_one() -> None:
    one, two = wrote(1, 0, 9), wrote(2, 0, 9)
    longest = search([one, two, read(2, 1, 2), read(1, 3, 4), read(9, 20, 21)], Register()).longest
    assert {len(order) for order in longest.values()} == {4}
