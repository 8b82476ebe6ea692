from __future__ import annotations

from harness.checkers.linear.operation import Operation
from harness.checkers.linear.stages import out_of_order
from tests.checkers.linear.objects import NEVER, read


def order(*staged: tuple[int, tuple[float, float | None]]) -> tuple[Operation, Operation] | None:
    return out_of_order([(stage, read(None, call, ret)) for stage, (call, ret) in staged])


def test_a_later_stage_must_not_end_before_an_earlier_one_is_called() -> None:
    assert order((0, (0, 1)), (1, (2, 3))) is None
    assert order((0, (2, 3)), (1, (0, 2))) is None
    assert order((0, (2, 3)), (1, (0, 1))) == (read(None, 2, 3), read(None, 0, 1))


def test_the_latest_call_of_all_earlier_stages_counts() -> None:
    assert order((0, (9, 9)), (1, (0, 9)), (2, (0, 8))) is not None


def test_within_a_stage_anything_goes_and_what_never_ended_is_never_too_early() -> None:
    assert order((0, (5, 6)), (0, (0, 1))) is None
    assert order((0, (5, 6)), (1, (0, NEVER))) is None
