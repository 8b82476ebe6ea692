"""Two primaries at once: proven by operations alone; how long, asked instant by instant."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.checkers import splitbrain
from harness.checkers.history import history
from harness.checkers.intervals import Span, length
from harness.checkers.splitbrain import SplitBrain
from harness.model.event import Returned
from tests.checkers.journals import (
    Entries,
    acked,
    killed,
    op,
    paused,
    plan,
    read,
    refused,
    run,
    says,
    trial,
    unknown,
)


def check(*entries: Entries, of: int = 1) -> SplitBrain:
    """The trial `of` of a run; entries are those of trial 1."""
    return check_run(trial(*entries), of=of)


def check_run(*trials: Entries, of: int = 1) -> SplitBrain:
    seen = history(plan(trials=3), run(*trials).entries)
    return splitbrain.check(seen.trials[of - 1], seen.roles, splitbrain.firsts(seen.trials))


def a_handover(at: float) -> list[Returned]:
    """n1 serves until then, n2 from then on."""
    old = [acked(f"a{n}", at - 3 + n, at - 2.5 + n, by="n1", epoch=1) for n in range(3)]
    new = [acked(f"b{n}", at + n, at + 0.5 + n, by="n2", epoch=2) for n in range(3)]
    return [*old, *new]


# --- proven or not -------------------------------------------------------------------------------------


def test_an_orderly_handover_is_none() -> None:
    found = check(a_handover(5))
    assert (found.proven, found.low_s, found.high_s) == (False, 0.0, 0.0)


def test_an_old_primary_that_serves_after_the_new_one_is_split_brain() -> None:
    found = check(a_handover(5), acked("late", 6, 6.1, by="n1", epoch=1))
    assert found.proven
    assert "n1 served the write of late in epoch 1, called at 6.000 s, after n2" in found.late[0]
    assert found.late_ops == 1


def test_an_answered_read_counts_as_served() -> None:
    assert check(a_handover(5), read("a0", 6, 6.1, by="n1", epoch=1)).proven


def test_an_old_answer_that_only_travelled_slowly_is_none() -> None:
    """By call, not by return: the old primary may have decided it long before."""
    assert not check(a_handover(5), acked("slow", 4.9, 7.0, by="n1", epoch=1)).proven


def test_a_call_at_the_very_moment_of_the_new_one_s_return_is_none() -> None:
    assert not check(a_handover(5), acked("same", 5.5, 5.6, by="n1", epoch=1)).proven


def test_what_was_not_answered_or_refused_is_not_served() -> None:
    assert not check(a_handover(5), unknown("u", 6, by="n1", epoch=1), refused("r", 6, 6.1, by="n1")).proven


def test_not_even_if_the_refusal_names_its_epoch() -> None:
    assert not check(a_handover(5), op("write", "r", "fail", 6, 6.1, by="n1", epoch=1)).proven


def test_the_first_of_all_newer_reigns_counts() -> None:
    a_third = [acked("c", 20, 21, by="n3", epoch=3)]
    assert check(a_handover(5), a_third, acked("late", 6, 6.1, by="n1", epoch=1)).proven


def test_the_text_says_what_was_served() -> None:
    new = read("", 1, 2, by="n2", epoch=2)
    old = acked("late", 3, 4, by="n1", epoch=1)
    assert check(new, old).late == (
        "trial 1: n1 served the write of late in epoch 1, called at 3.000 s, after n2 had served a read in "
        "epoch 2 by 2.000 s",
    )


def test_a_node_that_serves_again_under_a_newer_epoch_is_none() -> None:
    assert not check(a_handover(5), acked("back", 9, 9.1, by="n1", epoch=3)).proven


def test_one_node_that_falls_back_to_an_older_epoch_of_its_own_is_none() -> None:
    assert not check(acked("a", 1, 2, epoch=2), acked("b", 3, 4, epoch=1)).proven


def test_two_nodes_that_serve_under_one_epoch_are_split_brain() -> None:
    found = check(acked("a", 1, 2, by="n1", epoch=1), acked("b", 3, 4, by="n2", epoch=1))
    assert found.late == ("trial 1: n1 and n2 both served under epoch 1",)


def test_an_old_primary_is_found_though_the_new_one_served_in_an_earlier_trial() -> None:
    first = trial(acked("a", 1, 2, by="n1", epoch=1), acked("b", 3, 4, by="n2", epoch=2), ended=10)
    second = trial(acked("c", 21, 22, by="n1", epoch=1, trial=2), number=2, begun=20, ended=30)
    assert not check_run(first, second, of=1).proven
    assert check_run(first, second, of=2).proven


def test_nodes_and_epochs_that_nobody_told_are_not_counted_as_seen() -> None:
    assert check(op("write", "a", "ok", 1, 2, by="n1"), op("write", "b", "ok", 1, 2, epoch=1)).seen == 0
    assert check(acked("a", 1, 2)).seen == 1


# --- how long ------------------------------------------------------------------------------------------


def test_the_time_lies_between_what_is_certain_and_what_is_possible() -> None:
    found = check(
        acked("a", 0, 1, by="n1", epoch=1),
        acked("b", 2, 3, by="n2", epoch=2),
        acked("c", 5, 6, by="n1", epoch=1),
        acked("d", 8, 9, by="n2", epoch=2),
    )
    # n1 surely from 1 to 5, perhaps from 0 to 6; n2 surely from 3 to 8, perhaps from 2 to 9.
    assert (found.low_s, found.high_s) == (2.0, 4.0)
    assert found.at == "3.000 s to 5.000 s (2.000 s)"


def test_a_refused_write_splits_the_reign() -> None:
    reign = [acked("a", 0, 1), acked("b", 2, 3), acked("c", 6, 7), acked("d", 8, 9)]
    other = [acked("x", 0, 0.5, by="n2", epoch=2), acked("y", 10, 11, by="n2", epoch=2)]
    whole, split = check(reign, other), check(reign, other, refused("r", 4, 5))
    assert whole.low_s == 7.0  # 1 to 8
    assert split.low_s == 2.0  # 1 to 2 and 7 to 8: between b and c it surely was not serving all the time
    assert whole.high_s - split.high_s == 3.0  # nothing from 3 to 6


def test_a_refused_read_splits_it_as_well() -> None:
    reign = [acked("a", 0, 1), acked("d", 8, 9)]
    other = [acked("x", 0, 0.5, by="n2", epoch=2), acked("y", 10, 11, by="n2", epoch=2)]
    turned_away = op("read", "", "fail", 4, 5, by="n1")
    assert (check(reign, other).low_s, check(reign, other, turned_away).low_s) == (7.0, 0.0)


def test_what_was_never_sent_splits_nothing() -> None:
    reign = [acked("a", 0, 1), acked("d", 8, 9)]
    other = [acked("x", 0, 0.5, by="n2", epoch=2), acked("y", 10, 11, by="n2", epoch=2)]
    assert check(reign, other, op("write", "r", "fail", 4, 5)).low_s == 7.0


# --- claimed -------------------------------------------------------------------------------------------


def test_two_that_say_they_are_primary_are_claimed_and_prove_nothing() -> None:
    found = check(
        says("n1", "primary", 1, at=1), says("n2", "primary", 2, at=4), says("n1", "standby", 2, at=6)
    )
    assert (found.claimed_s, found.proven) == (2.0, False)


def test_each_node_claims_for_itself() -> None:
    others = [says(host, "standby", 1, at=2) for host in ("n2", "n3")]
    assert check(says("n1", "primary", 1, at=1), others).claimed_s == 0.0


def test_a_claim_ends_with_the_kill_of_its_node() -> None:
    found = check(says("n1", "primary", 1, at=1), killed("n1", at=3), says("n2", "primary", 2, at=4))
    assert found.claimed_s == 0.0


def test_a_paused_node_claims_nothing() -> None:
    found = check(
        says("n1", "primary", 1, at=1),
        paused("n1", at=3, until=7.998),
        says("n2", "primary", 2, at=4),
        says("n1", "standby", 2, at=9),
    )
    assert round(found.claimed_s, 6) == 1.0  # from its resumption to its word


def test_a_zombie_shares_the_time_after_it_woke_and_none_of_its_sleep() -> None:
    """n1 reigns from 1 to 12, and is frozen from 3 to 9; n2 serves from 5 to 12."""
    found = check(
        [acked("a", 1, 1.5, by="n1", epoch=1), acked("z", 11.5, 12, by="n1", epoch=1)],
        paused("n1", at=3, until=9),
        [acked("b", 5, 5.5, by="n2", epoch=2), acked("c", 11.5, 12, by="n2", epoch=2)],
    )
    assert 2.4 <= found.low_s <= 2.5  # from its waking to the last calls
    assert 3.0 <= found.high_s <= 3.1
    assert found.late_ops == 1


def test_a_claim_from_an_earlier_trial_goes_on() -> None:
    first = trial(says("n1", "primary", 1, at=1), ended=10)
    second = trial(says("n2", "primary", 2, at=24), number=2, begun=20, ended=30)
    assert check_run(first, second, of=2).claimed_s == 6.0


# --- laws ----------------------------------------------------------------------------------------------

TIMES = st.tuples(st.integers(0, 16), st.integers(0, 3)).map(lambda t: (t[0], t[0] + t[1]))
NODES = ("n1", "n2", "n3")


@st.composite
def operations(draw: st.DrawFn, kinds: tuple[str, ...] = ("ok", "ok", "fail")) -> list[Returned]:
    ops = []
    for n in range(draw(st.integers(1, 9))):
        call, ret = draw(TIMES)
        node, epoch = draw(st.sampled_from(NODES)), draw(st.integers(1, 3))
        served = draw(st.sampled_from(kinds)) == "ok"
        if served:
            ops.append(draw(st.sampled_from([acked, read]))(f"v{n}", call, ret, by=node, epoch=epoch))
        else:
            ops.append(refused(f"v{n}", call, ret, by=node))
    return ops


@given(operations())
def test_proven_is_what_two_operations_prove(ops: list[Returned]) -> None:
    served = [o for o in ops if o.outcome == "ok"]
    late = any(
        a.node != b.node and (a.epoch == b.epoch or (a.epoch < b.epoch and a.call_s > (b.ret_s or 0)))
        for a in served
        for b in served
    )
    assert check(ops).proven == late


@given(operations())
def test_certain_time_never_stands_alone(ops: list[Returned]) -> None:
    """So a verdict can rest on two operations, whatever refusals a damaged journal has lost."""
    found = check(ops)
    assert found.low_s <= found.high_s
    assert found.low_s == 0 or found.late


@given(operations(kinds=("ok",)))
def test_without_refusals_it_is_the_definition_instant_by_instant(ops: list[Returned]) -> None:
    certain, possible = 0, 0
    for at in (n + 0.5 for n in range(20)):
        surely, maybe = set(), set()
        for node, epoch in {(o.node, o.epoch) for o in ops}:
            mine = [(o.call_s, o.ret_s or 0.0) for o in ops if (o.node, o.epoch) == (node, epoch)]
            if min(ret for _, ret in mine) < at < max(call for call, _ in mine):
                surely.add(node)
            if min(call for call, _ in mine) < at < max(ret for _, ret in mine):
                maybe.add(node)
        certain += len(surely) > 1
        possible += len(maybe) > 1
    found = check(ops)
    assert (found.low_s, found.high_s) == (certain, possible)


@given(operations(), st.data())
def test_every_way_it_can_have_been_lies_between_the_certain_and_the_possible(
    ops: list[Returned], data: st.DataObject
) -> None:
    """Each operation was decided at some instant of its interval; so was each refusal."""
    moments = [(o, data.draw(st.floats(o.call_s, o.ret_s or 0.0))) for o in ops]
    spans: dict[str, list[Span]] = {}
    for node, epoch in {(o.node, o.epoch) for o, _ in moments if o.outcome == "ok"}:
        served = sorted(at for o, at in moments if o.outcome == "ok" and (o.node, o.epoch) == (node, epoch))
        breaks = sorted(at for o, at in moments if o.outcome == "fail" and o.node == node)
        spans.setdefault(node, []).extend(_unbroken(served, breaks))
    true_s = _both(list(spans.values()))
    found = check(ops)
    assert found.low_s <= true_s + 1e-9
    assert true_s <= found.high_s + 1e-9


def _unbroken(served: list[float], breaks: list[float]) -> list[Span]:
    """From the first to the last moment of service between two refusals."""
    edges = [float("-inf"), *breaks, float("inf")]
    spans = []
    for low, high in pairwise(edges):
        inside = [at for at in served if low <= at <= high]
        if inside:
            spans.append((min(inside), max(inside)))
    return spans


def _both(owners: list[list[Span]]) -> float:
    """How long two owners had it, summed over the pieces between all edges."""
    edges = sorted({edge for spans in owners for span in spans for edge in span})
    pieces = [(low, high) for low, high in pairwise(edges)]
    return length(
        piece
        for piece in pieces
        if sum(any(low < sum(piece) / 2 < high for low, high in spans) for spans in owners) > 1
    )
