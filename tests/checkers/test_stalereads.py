"""Reads of what had surely been overwritten, against the definition and against every possible order."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checkers import stalereads
from harness.checkers.linear.clusters import by_key
from harness.checkers.stalereads import Reads
from harness.model.event import Returned
from tests.checkers.journals import acked, op, read, refused, unknown

NEVER = float("inf")


def check(*ops: Returned) -> Reads:
    return stalereads.check(
        by_key([o for o in ops if o.kind == "write"], [o for o in ops if o.kind == "read"])
    )


def stale(*ops: Returned) -> list[str]:
    return [found.read.value for found in check(*ops).stale]


def test_a_read_of_the_newest_value_is_not_stale() -> None:
    assert stale(acked("a", 0, 1), acked("b", 2, 3), read("b", 4, 5)) == []


def test_a_read_called_after_an_overwrite_returned_is_stale() -> None:
    found = check(acked("a", 0, 1), acked("b", 2, 3), read("a", 4, 5)).stale
    assert [(s.read.value, s.overwriter.value, s.staleness_s) for s in found] == [("a", "b", 1.0)]
    assert "b (called at 2.000 s) had overwritten it by 3.000 s, 1.000 s earlier" in found[0].text()


def test_intervals_that_touch_are_concurrent() -> None:
    assert stale(acked("a", 0, 1), acked("b", 1, 3), read("a", 4, 5)) == []
    assert stale(acked("a", 0, 1), acked("b", 2, 3), read("a", 3, 5)) == []


def test_a_read_that_began_before_the_overwrite_returned_may_come_first() -> None:
    assert stale(acked("a", 0, 1), acked("b", 2, 5), read("a", 4, 9)) == []


def test_of_two_writes_side_by_side_either_may_be_the_last() -> None:
    assert stale(acked("a", 0, 3), acked("b", 1, 2), read("a", 4, 5), read("b", 4, 5)) == []


def test_a_write_without_an_answer_may_land_at_any_time() -> None:
    assert stale(unknown("a", 0), acked("b", 2, 3), read("a", 4, 5)) == []
    assert stale(acked("a", 0, 1), unknown("b", 2), read("a", 4, 5)) == []


def test_not_even_one_whose_connection_is_known_to_have_ended() -> None:
    given_up = op("write", "b", "unknown", 2, 3)
    assert stale(acked("a", 0, 1), given_up, read("a", 4, 5)) == []


def test_what_was_read_has_landed_though_its_write_has_no_answer() -> None:
    assert stale(acked("a", 0, 1), unknown("b", 2), read("b", 4, 5), read("a", 6, 7)) == ["a"]
    assert stale(unknown("a", 0), read("a", 1, 2), acked("b", 3, 4), read("a", 5, 6)) == ["a"]


def test_a_read_that_was_answered_before_the_write_was_counts_as_its_completion() -> None:
    assert stale(acked("a", 0, 9), read("a", 1, 2), acked("b", 3, 4), read("a", 5, 6)) == ["a"]


def test_nothing_is_stale_once_anything_is_complete() -> None:
    assert stale(acked("a", 0, 1), read("", 2, 3)) == [""]
    assert stale(acked("a", 0, 1), read("", 1, 3)) == []
    assert stale(unknown("a", 0), read("", 2, 3)) == []


def test_the_text_says_what_was_read_and_where() -> None:
    (nothing,) = check(acked("a", 0, 1), read("", 2, 3, by="", epoch=0)).stale
    assert nothing.text() == (
        "trial 1: client1 read nothing of key k at a node in epoch 0, called at 2.000 s; a (called at "
        "0.000 s) had overwritten it by 1.000 s, 1.000 s earlier"
    )
    (old,) = check(acked("a", 0, 1), acked("b", 2, 3), read("a", 4, 5)).stale
    assert old.text().startswith("trial 1: client1 read a of key k at n1 in epoch 1, ")


def test_a_failed_write_overwrites_nothing() -> None:
    assert stale(acked("a", 0, 1), refused("b", 2, 3), read("a", 4, 5)) == []


def test_keys_do_not_overwrite_each_other() -> None:
    assert stale(acked("a", 0, 1, key="x"), acked("b", 2, 3, key="y"), read("a", 4, 5, key="x")) == []


def test_what_failed_what_nobody_wrote_and_what_nobody_had_begun_to_write_is_aborted() -> None:
    found = check(
        refused("a", 0, 1),
        read("a", 2, 3),
        read("z", 2, 3),
        acked("b", 9, 10),
        read("b", 4, 5),
        read("b", 8, 9),
    )
    assert [(r.value, r.call_s) for r in found.aborted] == [("a", 2), ("z", 2), ("b", 4)]


def test_a_value_that_was_written_twice_proves_nothing() -> None:
    assert check(acked("a", 0, 1), acked("a", 2, 3), acked("b", 4, 5), read("a", 6, 7)) == Reads(
        checked=0, stale=(), aborted=()
    )


def test_only_answered_reads_are_checked() -> None:
    assert check(acked("a", 0, 1), read("a", 2, 3)).checked == 1
    assert check(acked("a", 0, 1)).checked == 0
    assert check(op("read", "", "fail", 2, 3), op("read", "", "unknown", 2, None)).checked == 0


def test_reads_of_a_later_trial_are_held_against_writes_of_an_earlier_one() -> None:
    assert stale(acked("a", 0, 1, trial=1), acked("b", 2, 3, trial=2), read("a", 4, 5, trial=3)) == ["a"]


# --- laws ---------------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn, writes: int = 4, reads: int = 4) -> list[Returned]:
    """Few writes and reads of one key, crowded into little time."""
    ops: list[Returned] = []
    instants, lasts = st.integers(0, 12), st.integers(0, 4)
    for n in range(draw(st.integers(1, writes))):
        call, last = draw(instants), draw(lasts)
        kinds = (
            acked(f"v{n}", call, call + last),
            refused(f"v{n}", call, call + last),
            unknown(f"v{n}", call),
        )
        ops.append(kinds[draw(st.sampled_from([0, 0, 0, 1, 2]))])
    values = st.sampled_from(["", *(op.value for op in ops if op.outcome != "fail")])
    for _ in range(draw(st.integers(1, reads))):
        call, last = draw(instants), draw(lasts)
        ops.append(read(draw(values), call, call + last))
    return ops


def complete(value: str, ops: list[Returned]) -> float:
    """When the write of a value had surely happened: it was answered, or was read."""
    seen = [op.ret_s for op in ops if op.value == value and op.outcome == "ok" and op.ret_s is not None]
    return min(seen, default=NEVER)


def is_stale(a_read: Returned, ops: list[Returned]) -> bool:
    """By the definition: a write called after this value was complete, and complete before this call."""
    after = complete(a_read.value, ops) if a_read.value else -NEVER
    others = [op for op in ops if op.kind == "write" and op.outcome != "fail" and op.value != a_read.value]
    return any(w.call_s > after and complete(w.value, ops) < a_read.call_s for w in others)


def sound(ops: list[Returned]) -> bool:
    """No read returned before its write was called: that is another violation."""
    calls = {op.value: op.call_s for op in ops if op.kind == "write"}
    return all(not op.value or (op.ret_s or 0) >= calls[op.value] for op in ops if op.kind == "read")


@given(histories(writes=6, reads=6).filter(sound))
def test_it_agrees_with_the_definition(ops: list[Returned]) -> None:
    expected = [op for op in ops if op.kind == "read" and is_stale(op, ops)]
    assert sorted(map(id, (s.read for s in check(*ops).stale))) == sorted(map(id, expected))


def is_linearizable(ops: list[Returned]) -> bool:
    """Some order that keeps real time explains every read. Writes without an answer may be left out."""
    must = [op for op in ops if op.outcome == "ok"]
    may = [op for op in ops if op.outcome == "unknown"]
    chosen = [[*must, *(op for i, op in enumerate(may) if mask >> i & 1)] for mask in range(1 << len(may))]
    return any(_explains(order) for some in chosen for order in permutations(some))


def _explains(order: tuple[Returned, ...]) -> bool:
    value, latest_call = "", -NEVER
    for one in order:
        if (NEVER if one.ret_s is None else one.ret_s) < latest_call:
            return False  # it had returned before one that stands earlier was called
        latest_call = max(latest_call, one.call_s)
        if one.kind == "write":
            value = one.value
        elif one.value != value:
            return False
    return True


@settings(max_examples=300, deadline=None)
@given(histories(writes=3, reads=3).filter(sound))
def test_every_stale_read_breaks_linearizability(ops: list[Returned]) -> None:
    if check(*ops).stale:
        assert not is_linearizable(ops)


@settings(max_examples=300, deadline=None)
@given(histories(writes=3, reads=1).filter(sound))
def test_a_lone_read_that_breaks_linearizability_is_found_stale(ops: list[Returned]) -> None:
    """With one read of one register there is no other way to break it."""
    assert bool(check(*ops).stale) == (not is_linearizable(ops))


def test_the_brute_force_itself_can_tell() -> None:
    assert is_linearizable([acked("a", 0, 1), unknown("b", 2), read("a", 4, 5)])
    assert not is_linearizable([acked("a", 0, 1), acked("b", 2, 3), read("a", 4, 5)])
