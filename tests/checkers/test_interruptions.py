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


def test_one_that_ends_on_bad_writes_never_ended() -> None:
    assert spans("+++xx") == [("v3", "v4", "never")]


def test_one_that_ends_on_too_few_good_writes_may_have_ended() -> None:
    (last,) = found("+++xx++")
    assert (last.ended and last.ended.value, last.sure) == ("v5", False)


def test_bad_writes_that_were_over_before_the_fault_are_not_its_doing() -> None:
    assert spans("xx+++x+++", since=0.05) == [("v5", "v5", "v6")]


def test_one_that_was_still_open_when_the_fault_came_may_be() -> None:
    assert spans("?++++", since=0.5) == [("v0", "v0", "v1")]
    assert spans("?++++", since=1.5) == []


def test_it_ends_with_the_return_that_came_first_though_an_older_call_waited_longer() -> None:
    ops = [*writer("+++x"), acked("slow", 0.08, 0.5), acked("fast", 0.1, 0.11), acked("last", 0.12, 0.13)]
    (found,) = interruptions(ops, from_s=0.0, timeout_s=1.0)
    assert found.ended is not None
    assert found.ended.value == "fast"


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


def slowly(*waits_s: float) -> list[Returned]:
    """One write each 20 ms, the answers late by these."""
    return [acked(f"v{n}", n * STEP_S, n * STEP_S + wait_s) for n, wait_s in enumerate(waits_s)]


def quiet(ops: list[Returned], *, since: float, apart: list[Interruption] | None = None) -> Silence | None:
    return silence(ops, from_s=since, apart_from=apart or [])


def test_slow_writes_make_a_silence() -> None:
    frozen = slowly(0, 0, 0.46, 0.44, 0.42, *[0.0] * 25)
    one = quiet(frozen, since=0.03)
    assert one is not None
    assert (one.from_s, round(one.to_s, 6), one.called_s) == (0.03, 0.1, 0.03)


def test_a_silence_that_the_load_explains_is_none() -> None:
    assert quiet(slowly(*[0.0] * 10), since=0.0) is None


def test_the_load_explains_what_it_did_before_the_fault() -> None:
    ops = [acked("a", 0.0, 0.0), acked("b", 0.0, 0.09), acked("c", 0.1, 0.1), acked("d", 0.12, 0.19)]
    even = [acked(f"e{n}", 0.2 + n * STEP_S, 0.2 + n * STEP_S) for n in range(10)]
    assert quiet([*ops, *even], since=0.1) is None


def test_but_never_more_than_five_times_its_spacing() -> None:
    hiccup = [acked("a", 0.0, 0.0), acked("b", 0.02, 2.0)]
    even = [acked(f"e{n}", 2 + n * STEP_S, 2 + n * STEP_S) for n in range(100)]
    after = [acked("z", 4.0, 5.0)]
    one = quiet([*hiccup, *even, *after], since=3.0)
    assert one is not None
    assert round(one.to_s - one.from_s, 2) == 1.02


def test_a_silence_that_an_interruption_explains_is_none() -> None:
    ops = writer("+++xxxxxxxxxx++++")
    assert quiet(ops, since=0.0) is not None
    assert quiet(ops, since=0.0, apart=interruptions(ops, from_s=0.0, timeout_s=1.0)) is None
