"""Operations whose clocks were mapped: their intervals made longer, so that they hold the true ones.

Where hosts share no clock, a stamp is off by at most the plan's `clock_error_s`. An operation that truly lies
in [call, ret] then lies in [call − error, ret + error] of the stamps, whatever each clock's own error is. So
an order that real time proves between longer intervals is true, and a certain time is at most too short.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from harness.model.event import Returned


def within_true_time(operations: Sequence[Returned], error_s: float) -> Sequence[Returned]:
    """The same operations where clocks are shared."""
    if not error_s:
        return operations
    return [
        structs.replace(
            op, call_s=op.call_s - error_s, ret_s=None if op.ret_s is None else op.ret_s + error_s
        )
        for op in operations
    ]
