"""How long clients could not write: from the fault, by the worst writer, with its error."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec import structs

from harness.checkers import outage
from harness.checkers.outage import Outage
from harness.model.event import Returned
from harness.model.plan import ClientPlan
from tests.checkers.journals import (
    BOUND_S,
    Entries,
    acked,
    client,
    ends,
    killed,
    look,
    parted,
    refused,
    says,
    switched,
    unknown,
)

STEP_S = 0.02
PRIMARY = says("n1", "primary", 1, at=0.0)


def measured(
    *entries: Entries, clients: Sequence[ClientPlan] = (client("client1"),), timeout_s: float = 1.0
) -> Outage:
    seen = look(PRIMARY, *entries)
    found = outage.check(seen.writes, seen.acts, clients, bound_s=BOUND_S, timeout_s=timeout_s)
    assert found is not None
    return found


def writer(outcomes: str, *, of: str = "client1", index: int = 0, begun: float = 0.9) -> list[Returned]:
    """One write each 20 ms: `+` good, `x` refused, `?` without an answer."""
    ops = []
    for n, outcome in enumerate(outcomes):
        value, call = f"t1.{of}.{index}.{n}", begun + n * STEP_S
        if outcome == "?":
            ops.append(unknown(value, call, client=of))
        else:
            ops.append((acked if outcome == "+" else refused)(value, call, call + 0.001, client=of))
    return ops


BEFORE = "+" * 5  # until the fault at 1.0


def test_without_an_interruption_the_outage_is_nothing_or_hides_between_two_writes() -> None:
    found = measured(killed("n1", at=1.0), writer(BEFORE + "+" * 20))
    assert ends(found.figure) == ends(found.gap) == (0, 0, 0.021)


def test_the_fewer_writes_there_are_the_more_may_hide() -> None:
    """Before the fault nothing of it can."""
    sparse = [acked(f"t1.client1.0.{n}", 0.5 + 0.3 * n, 0.501 + 0.3 * n) for n in range(5)]
    assert ends(measured(killed("n1", at=1.6), sparse).figure) == (0, 0, 0.101)
    assert ends(measured(killed("n1", at=1.0), sparse).figure) == (0, 0, 0.301)


def test_it_counts_from_the_fault_to_the_first_good_return() -> None:
    found = measured(killed("n1", at=1.0), writer(BEFORE + "x" * 10 + "+" * 10))
    # The last bad call came 0.18 s after 1.0, the first good return 0.201 s; the injection took 2 ms.
    assert ends(found.figure) == (0.178, 0.2, 0.201)
    assert found.end_s is not None
    assert round(found.end_s, 6) == 1.201


def test_the_gap_reaches_from_the_last_good_return_to_the_first() -> None:
    found = measured(killed("n1", at=1.0), writer(BEFORE + "x" * 10 + "+" * 10))
    assert ends(found.gap) == (0.179, 0.22, 0.22)


def test_latency_counts_from_the_schedule_so_a_late_call_is_outage_as_well() -> None:
    """The writer waited for a connection: its call came 60 ms after it was due."""
    held_back = acked("t1.client1.0.99", 1.26, 1.261, scheduled=1.2)
    after = writer("+" * 10, begun=1.3)
    found = measured(killed("n1", at=1.0), writer(BEFORE + "x" * 10), held_back, after)
    assert ends(found.figure) == (0.258, 0.26, 0.261)


def test_the_worst_writer_counts() -> None:
    """A writer that hangs is not made well by one that is served."""
    good = writer(BEFORE + "x" * 2 + "+" * 40)
    hangs = writer(BEFORE + "x" * 30 + "+" * 12, index=1)
    found = measured(killed("n1", at=1.0), good, hangs, clients=[client("client1", writers=2)])
    assert found.figure.value is not None
    assert round(found.figure.value, 3) == 0.6


def test_the_worst_client_counts() -> None:
    good, hangs = writer(BEFORE + "+" * 40), writer(BEFORE + "x" * 30 + "+" * 12, of="client2")
    found = measured(killed("n1", at=1.0), good, hangs, clients=[client("client1"), client("client2")])
    assert found.figure.value is not None
    assert round(found.figure.value, 3) == 0.6


def test_an_interruption_that_never_ends_is_censored_by_what_was_seen_of_it() -> None:
    found = measured(killed("n1", at=1.0), writer(BEFORE + "x" * 50))
    assert ends(found.figure) == (0.978, None, None)
    assert ends(found.gap) == (0.999, None, None)


def test_one_that_may_have_ended_with_the_load_has_no_upper_end() -> None:
    found = measured(killed("n1", at=1.0), writer(BEFORE + "x" * 10 + "++"))
    assert ends(found.figure) == (0.178, 0.2, None)


def test_an_answer_that_was_open_when_the_fault_came_counts_from_it() -> None:
    found = measured(killed("n1", at=1.0), writer(BEFORE[:-1] + "?" + "x" * 10 + "+" * 10))
    assert ends(found.figure)[1] == 0.2


def test_a_later_interruption_counts_by_its_own_length() -> None:
    """Service was there in between: nobody waited from the fault on."""
    found = measured(killed("n1", at=1.0), writer(BEFORE + "x" * 2 + "+" * 10 + "x" * 10 + "+" * 10))
    assert ends(found.figure)[1] == 0.22


def test_one_that_begins_only_after_the_bound_is_not_measured_from_the_fault() -> None:
    late = writer("+" * 90 + "x" * 10 + "+" * 10)  # its first bad write comes 1.7 s after the fault
    assert ends(measured(killed("n1", at=1.0), late).figure)[1] == 0.22


def test_each_strike_has_an_outage_of_its_own() -> None:
    again = [
        killed("n1", at=1.0, until=1.2, name="t1.s1"),
        killed("n1", at=1.4, until=1.6, name="t1.s2"),
    ]
    found = measured(again, writer(BEFORE + "x" * 5 + "+" * 15 + "x" * 10 + "+" * 10))
    assert [ends(down.figure)[1] for down in found.downs] == [0.2, 0.1]
    assert found.end_s is not None
    assert round(found.end_s, 6) == 1.601


def test_a_fault_that_leaves_the_primary_alone_is_measured_by_length() -> None:
    found = measured(killed("w1", at=1.0), writer(BEFORE + "+" * 5 + "x" * 5 + "+" * 10))
    assert ends(found.figure)[1] == 0.12


def test_an_interruption_before_the_first_fault_is_not_its_doing() -> None:
    found = measured(killed("n1", at=2.0), writer("+++xxx" + "+" * 80))
    assert found.figure.value == 0.0


def test_without_a_fault_the_whole_load_counts() -> None:
    assert ends(measured(writer("+++xxx+++")).figure)[1] == 0.08


@pytest.mark.parametrize(("late_s", "from_fault"), [(1.5, True), (1.52, False)])
def test_the_bound_and_a_second_is_how_long_the_first_bad_write_may_take(
    late_s: float, from_fault: bool
) -> None:
    before = int((late_s + 0.1) / STEP_S + 0.5)
    found = measured(killed("n1", at=1.0), writer("+" * before + "x" * 5 + "+" * 5))
    assert (ends(found.figure)[1] or 0) == pytest.approx(late_s + 0.1 if from_fault else 0.12)


def test_a_switchover_strikes_too() -> None:
    found = measured(switched(at=1.0), writer(BEFORE + "x" * 2 + "+" * 10))
    assert ends(found.figure)[1] == 0.041


def test_slow_but_good_writes_are_counted_apart_and_their_silence_is_outage() -> None:
    slow = [acked(f"t1.client1.0.{n}", 1.0 + n * STEP_S, 1.4, client="client1") for n in range(20)]
    before, after = writer(BEFORE), writer("+" * 10, begun=1.4)
    found = measured(parted("n1", at=1.0), before, slow, after)
    assert found.slow == 15
    low, value, high = ends(found.figure)
    assert (low, value, high) == (0.36, 0.4, 0.4)


def noisy_then_held() -> list[Returned]:
    """A stall of 80 ms before the fault at 1.0; after it every write waits until 1.07, and all are good."""
    stall = [acked(f"t1.client1.0.{n}", 0.8 + n * STEP_S, 0.88, client="client1") for n in range(4)]
    held = [acked(f"t1.client1.0.{n}", 1.0 + n * STEP_S, 1.07, client="client1") for n in range(4)]
    before = writer("+" * 5, begun=0.7) + stall + writer(BEFORE)
    return _as_one(before + held + writer("+" * 10, begun=1.08))


def _as_one(ops: list[Returned]) -> list[Returned]:
    return [structs.replace(op, value=f"t1.client1.0.{n}") for n, op in enumerate(ops)]


def test_noise_before_a_strike_makes_its_outage_less_sure_and_does_not_hide_it() -> None:
    low, value, high = ends(measured(killed("n1", at=1.0), noisy_then_held()).figure)
    assert (low, value, high) == (0, 0.07, 0.07)


def test_the_same_noise_is_no_outage_where_nobody_was_struck() -> None:
    assert ends(measured(killed("n2", at=1.0), noisy_then_held()).figure) == (0, 0, 0.07)


def test_a_writer_that_wrote_nothing_after_the_fault_is_named() -> None:
    found = measured(killed("n1", at=1.0), writer(BEFORE), clients=[client("client1"), client("client2")])
    assert found.untried == (
        "client1: 0 of 1 writers wrote after the fault, client2: 0 of 1 writers wrote after the fault"
    )


def test_all_that_should_write_did() -> None:
    assert measured(killed("n1", at=1.0), writer(BEFORE + "x" * 50)).untried == ""


def test_clients_without_writers_have_no_outage() -> None:
    seen = look(PRIMARY, killed("n1", at=1.0))
    idle = [client("client1", writers=0)]
    assert outage.check(seen.writes, seen.acts, idle, bound_s=BOUND_S, timeout_s=1.0) is None
