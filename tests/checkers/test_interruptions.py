"""One writer's times without service: a run of three good writes is service, silence is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.checkers.interruptions import Interruption, Silence, interruptions, silence
from harness.model.event import Returned
from tests.checkers.journals import acked, refused, unknown

STEP_S = 0.02


def writer(outcomes: str, *, begun: float = 0.0) -> list[Returned]:
    """One write each 20 ms: `+` good, `x` refused, `?` without an answer."""
    ops = []
    for n, outcome in enumerate(outcomes):
        call = begun + n * STEP_S
        make = {"+": acked, "x": refused}
        ops.append(unknown(f"v{n}", call) if outcome == "?" else make[outcome](f"v{n}", call, call + 0.001))
    return ops


def found(outcomes: str, *, since: float = 0.0) -> list[Interruption]:
    return interruptions(writer(outcomes), from_s=since, timeout_s=1.0)


def spans(outcomes: str, *, since: float = 0.0) -> list[tuple[str, str, str]]:
    """First bad, last bad and the one that ended it."""
    return [
        (i.first_bad.value, i.last_bad.value, i.ended.value if i.ended else "never")
        for i in found(outcomes, since=since)
    ]


def test_good_writes_alone_are_no_interruption() -> None:
    assert spans("+++++") == []


def test_bad_writes_between_two_runs_are_one() -> None:
    assert spans("+++x?x+++") == [("v3", "v5", "v6")]


def test_two_good_writes_are_no_service() -> None:
    assert spans("+++x++x+++") == [("v3", "v6", "v7")]


def test_three_are() -> None:
    assert spans("+++x+++x+++") == [("v3", "v3", "v4"), ("v7", "v7", "v8")]


def test_a_whole_run_is_sure_though_the_load_ends_with_it() -> None:
    assert [i.sure for i in found("+++x+++")] == [True]


def test_one_that_ends_on_bad_writes_never_ended() -> None:
    assert spans("+++xx") == [("v3", "v4", "never")]


def test_one_that_ends_on_too_few_good_writes_may_have_ended() -> None:
    (last,) = found("+++xx++")
    assert (last.ended and last.ended.value, last.sure) == ("v5", False)


def test_bad_writes_that_were_over_before_the_fault_are_not_its_doing() -> None:
    assert spans("xx+++x+++", since=0.05) == [("v5", "v5", "v6")]


def test_one_that_was_still_open_when_the_fault_came_may_be() -> None:
    assert spans("?++++", since=0.5) == [("v0", "v0", "v1")]
    assert spans("?++++", since=1.0) == [("v0", "v0", "v1")]  # it waits a second for its answer
    assert spans("?++++", since=1.5) == []


def test_it_ends_with_the_return_that_came_first_though_an_older_call_waited_longer() -> None:
    ops = [*writer("+++x"), acked("slow", 0.08, 0.5), acked("fast", 0.1, 0.11), acked("last", 0.12, 0.13)]
    (found,) = interruptions(ops, from_s=0.0, timeout_s=1.0)
    assert found.ended is not None
    assert found.ended.value == "fast"


def test_a_call_after_that_return_is_not_the_first() -> None:
    ops = [*writer("+++x"), acked("a", 0.08, 0.1), acked("b", 0.2, 0.21), acked("c", 0.22, 0.23)]
    (found,) = interruptions(ops, from_s=0.0, timeout_s=1.0)
    assert found.ended is not None
    assert found.ended.value == "a"


def test_nor_is_one_of_the_next_run() -> None:
    ops = [*writer("+++x"), *[acked(f"s{n}", 0.08 + n / 50, 9.0) for n in range(3)]]
    ops += [refused("bad", 0.14, 0.15), acked("next", 0.16, 0.17)]
    (found, _) = interruptions(ops, from_s=0.0, timeout_s=1.0)
    assert found.ended is not None
    assert found.ended.value == "s0"


def test_a_good_write_that_is_no_service_is_no_last_good() -> None:
    (one,) = found("+++xx+x+++")
    assert one.last_good_s == 0.041
    (late,) = interruptions(writer("x+x+++", begun=1.0), from_s=1.03, timeout_s=1.0)
    assert late.last_good_s == 1.0  # of the lone good write at 1.02 nothing is said


def test_the_last_good_return_before_it_is_kept() -> None:
    assert found("+++x+++")[0].last_good_s == 0.041


@given(st.text("+x?", min_size=1, max_size=25))
def test_every_bad_write_lies_in_exactly_one_and_none_ends_before_it_begins(outcomes: str) -> None:
    ops, all_found = writer(outcomes), found(outcomes)
    for bad in (o for o in ops if o.outcome != "ok"):
        assert sum(i.first_bad.call_s <= bad.call_s <= i.last_bad.call_s for i in all_found) == 1
    for one in all_found:
        assert one.last_good_s <= one.end_s
        assert one.ended is None or one.ended.call_s > one.last_bad.call_s


# --- silence --------------------------------------------------------------------------------------------


def at_rate(*returns_s: float, spacing_s: float = STEP_S) -> list[Returned]:
    """One write each 20 ms, answered at these moments."""
    return [acked(f"v{n}", n * spacing_s, ret_s) for n, ret_s in enumerate(returns_s)]


def even(count: int, *, begun: float = 0.0, spacing_s: float = STEP_S) -> list[float]:
    return [begun + n * spacing_s for n in range(count)]


def quiet(ops: list[Returned], *, since: float, apart: list[Interruption] | None = None) -> Silence | None:
    return silence(ops, from_s=since, apart_from=apart or [])


def seen(one: Silence | None) -> tuple[float, ...]:
    """From when to when, and what the load explains."""
    assert one is not None
    return tuple(round(value, 6) for value in (one.from_s, one.to_s, one.explained_s))


def test_a_silence_reaches_from_one_good_return_to_the_next() -> None:
    """Thirty writes, 20 ms apart: the last ten are all answered at 1.0."""
    assert seen(quiet(at_rate(*even(20), *[1.0] * 10), since=0.1)) == (0.38, 1.0, 0.04)


def test_it_counts_from_the_fault_on() -> None:
    assert seen(quiet(at_rate(*even(20), *[1.0] * 10), since=0.5)) == (0.5, 1.0, 0.04)


def test_one_that_was_over_when_the_fault_came_is_not_its_doing() -> None:
    assert quiet(at_rate(*even(20), *[1.0] * 10), since=1.0) is None


def test_a_silence_that_the_load_explains_is_none() -> None:
    assert quiet(at_rate(*even(20)), since=0.0) is None
    twice_as_long = [*even(10), *even(10, begun=0.219)]
    assert quiet(at_rate(*twice_as_long), since=0.0) is None
    longer = [*even(10), *even(10, begun=0.23)]
    assert quiet(at_rate(*longer), since=0.0) is not None


def test_the_load_explains_what_it_did_before_the_fault() -> None:
    jerky = [*even(5), *even(5, begun=0.17), *even(10, begun=0.32)]  # 90 ms, then 70 ms
    assert seen(quiet(at_rate(*jerky), since=0.1)) == (0.1, 0.17, 0.04)
    assert quiet(at_rate(*jerky), since=0.17) is None


def test_but_never_more_than_five_times_its_spacing() -> None:
    hiccup = [*even(5), *even(5, begun=2.0), *even(10, begun=3.0)]
    assert seen(quiet(at_rate(*hiccup), since=2.0)) == (2.08, 3.0, 0.1)


def test_the_longest_is_told() -> None:
    two = [*even(5), *even(5, begun=0.3), *even(5, begun=1.0)]
    assert seen(quiet(at_rate(*two), since=0.0))[:2] == (0.38, 1.0)


def test_its_called_is_the_call_of_the_last_good_before_it() -> None:
    one = quiet(at_rate(*even(19), 0.5, *[1.0] * 10), since=0.1)
    assert one is not None
    assert (round(one.called_s, 6), one.from_s) == (0.38, 0.5)


def test_bad_writes_are_no_returns() -> None:
    ops = [*at_rate(*even(10)), *writer("xxxxxxxxxx", begun=0.2), *[acked("z", 0.4, 0.41)]]
    assert seen(quiet(ops, since=0.0))[:2] == (0.18, 0.41)


def test_a_silence_that_an_interruption_explains_is_none() -> None:
    ops = writer("+++xxxxxxxxxx++++")
    known = interruptions(ops, from_s=0.0, timeout_s=1.0)
    assert quiet(ops, since=0.0) is not None
    assert quiet(ops, since=0.0, apart=known) is None


def test_one_beside_an_interruption_is_told() -> None:
    ops = [*writer("+++xxxxx+++"), *at_late(0.22, [1.0] * 5)]
    known = interruptions(ops, from_s=0.0, timeout_s=1.0)
    assert seen(quiet(ops, since=0.0, apart=known))[:2] == (0.201, 1.0)


def at_late(begun: float, returns_s: list[float]) -> list[Returned]:
    return [acked(f"w{n}", begun + n * STEP_S, ret_s) for n, ret_s in enumerate(returns_s)]


def test_without_two_good_writes_nothing_can_be_said() -> None:
    assert quiet(at_rate(0.0), since=0.0) is None
    assert quiet(writer("xx"), since=0.0) is None
