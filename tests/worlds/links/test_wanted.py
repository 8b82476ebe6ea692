"""Faults in force -> how the links stand: directions, modes, overlaps, and nothing left behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.errors import WorldError
from harness.model.fault import Cut, Fault, Impair, Kill, Link, Pause, Slow, Stop
from harness.model.impairment import Bandwidth, Impairment, Reset, Slicing, SlowClose
from harness.worlds.links.changes import changes, settled
from harness.worlds.links.wanted import Stand, Toxic, checked, lost_pairs, wanted
from tests.worlds.links.examples import PROXIES, asked, faults, proxy

A_TO_B = (Link("a", "b"),)
BOTH = (Link("a", "b"), Link("b", "a"))
BACK_AND_FORTH = (proxy("a", "b"), proxy("b", "a"))


def stands(*in_force: Fault) -> dict[str, Stand]:
    return wanted(BACK_AND_FORTH, in_force)


def test_without_faults_every_link_is_open() -> None:
    assert set(wanted(PROXIES, ()).values()) == {Stand()}


def test_one_direction_is_cut_on_the_connections_of_both_who_opened_them() -> None:
    assert stands(Cut(A_TO_B, "drop")) == {
        "a-b-1": Stand(True, (Toxic("upstream", "timeout", (("timeout", 0),)),)),
        "b-a-1": Stand(True, (Toxic("downstream", "timeout", (("timeout", 0),)),)),
    }


def test_a_stall_holds_both_streams_of_both_proxies() -> None:
    held = tuple(Toxic(stream, "bandwidth", (("rate", 0),)) for stream in ("downstream", "upstream"))
    assert stands(Cut(BOTH, "stall")) == {"a-b-1": Stand(True, held), "b-a-1": Stand(True, held)}


@pytest.mark.parametrize("fault", [Cut(A_TO_B, "refuse"), Kill("a", "host"), Stop("b", "host")])
def test_refused_links_and_those_of_a_dead_host_do_not_listen(fault: Fault) -> None:
    assert stands(fault) == {"a-b-1": Stand(False), "b-a-1": Stand(False)}


@pytest.mark.parametrize("fault", [Kill("a", "process"), Stop("a", "process"), Pause("a", "host")])
def test_a_dead_process_and_a_paused_host_keep_their_links(fault: Fault) -> None:
    assert set(stands(fault).values()) == {Stand()}


def test_loss_leaves_the_proxies_alone_and_names_the_pair() -> None:
    fault = Cut(A_TO_B, "loss")
    assert set(stands(fault).values()) == {Stand()}
    assert lost_pairs([fault, Cut(BOTH, "drop")]) == {frozenset({"a", "b"})}


def test_the_delays_of_two_faults_add_up() -> None:
    slowed = stands(Slow(A_TO_B, 0.1, 0.02), Slow(BOTH, 0.05, 0.0))["a-b-1"]
    assert slowed.toxics == (
        Toxic("downstream", "latency", (("jitter", 0), ("latency", 50))),
        Toxic("upstream", "latency", (("jitter", 20), ("latency", 150))),
    )


def test_impairments_are_on_the_stream_that_carries_the_links_bytes() -> None:
    there = stands(Impair(A_TO_B, Bandwidth(10)))
    assert there == {
        "a-b-1": Stand(True, (Toxic("upstream", "bandwidth", (("rate", 10),)),)),
        "b-a-1": Stand(True, (Toxic("downstream", "bandwidth", (("rate", 10),)),)),
    }


def test_of_impairments_alike_the_narrowest_counts_and_what_makes_late_adds_up() -> None:
    alike = (Bandwidth(10), Bandwidth(20), Slicing(9, 0.001), Slicing(5, 0.002), SlowClose(1), SlowClose(2))
    there = stands(*(Impair(A_TO_B, by) for by in (*alike, Reset(), Reset())))["a-b-1"]
    assert there.toxics == (
        Toxic("upstream", "bandwidth", (("rate", 10),)),
        Toxic("upstream", "reset_peer", (("timeout", 0),)),
        Toxic("upstream", "slicer", (("average_size", 5), ("delay", 3000), ("size_variation", 0))),
        Toxic("upstream", "slow_close", (("delay", 3000),)),
    )


def test_a_stall_is_narrower_than_any_bandwidth() -> None:
    there = stands(Impair(A_TO_B, Bandwidth(10)), Cut(A_TO_B, "stall"))["a-b-1"]
    assert there.toxics == (Toxic("upstream", "bandwidth", (("rate", 0),)),)


@pytest.mark.parametrize("by", [Bandwidth(-1), Slicing(0, 0.0), Slicing(10, 1e9), SlowClose(-1.0)])
def test_an_impairment_that_toxiproxy_would_stumble_over_is_refused(by: Impairment) -> None:
    with pytest.raises(WorldError):
        stands(Impair(A_TO_B, by))


@pytest.mark.parametrize(("delay_s", "jitter_s"), [(0.0, 0.0), (0.0001, 0.0), (0.01, 0.02), (0.01, -0.001)])
def test_a_delay_that_would_not_be_kept_is_refused(delay_s: float, jitter_s: float) -> None:
    with pytest.raises(WorldError, match="1 ms or more"):
        stands(Slow(A_TO_B, delay_s, jitter_s))


@pytest.mark.parametrize("delay_s", [float("nan"), float("inf"), 1e9])
def test_a_delay_beyond_all_drills_is_refused(delay_s: float) -> None:
    with pytest.raises(WorldError):
        stands(Slow(A_TO_B, delay_s, 0.0))


@pytest.mark.parametrize(
    "toxic",
    [
        Toxic("upstream", "bandwidth", (("rate", -1),)),  # panics Toxiproxy
        Toxic("upstream", "slicer", ()),  # its defaults overflow Toxiproxy's stack
        Toxic("upstream", "timeout", ()),
        Toxic("upstream", "latency", (("jitter", 0), ("latency", 10**9))),
    ],
)
def test_nothing_that_kills_toxiproxy_is_ever_sent(toxic: Toxic) -> None:
    with pytest.raises(WorldError):
        checked(toxic)
    with pytest.raises(WorldError):
        changes("p", Stand(), Stand(True, (toxic,)))


@given(st.lists(faults, max_size=5).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_what_is_wanted_does_not_depend_on_the_order_of_the_faults(
    orders: tuple[list[Fault], list[Fault]],
) -> None:
    one, other = orders
    assert wanted(PROXIES, one) == wanted(PROXIES, other)


@given(st.lists(faults, min_size=1, max_size=5), st.data())
def test_overlapping_faults_that_come_and_go_in_any_order_leave_every_link_as_it_was(
    some: list[Fault], data: st.DataObject
) -> None:
    now = wanted(PROXIES, ())
    waiting, in_force = list(enumerate(some)), dict[int, Fault]()
    while waiting or in_force:
        if waiting and (not in_force or data.draw(st.booleans())):
            index, fault = waiting.pop(0)
            in_force[index] = fault
        else:
            del in_force[data.draw(st.sampled_from(sorted(in_force)))]
        then = wanted(PROXIES, in_force.values())
        now = {name: asked(now[name], changes(name, now[name], then[name])) for name in now}
        assert {name: settled(stand) for name, stand in now.items()} == then
    assert {settled(stand) for stand in now.values()} == {Stand()}
