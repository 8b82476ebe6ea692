"""Links of a real mesh, cut in every way under traffic: what the hosts meet, and that all is whole after."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import docker
import pytest

from harness.model.fault import Cut, CutMode, Kill, Link, Pause, Slow
from harness.worlds.docker.stack.bringup import LOOPBACK
from harness.worlds.docker.weaving.meshparts import HUB_PORT
from harness.worlds.faults.streams import full
from tests.docker.faulthosts import PAIRS, FaultHosts, both_ways, running, until

pytestmark = pytest.mark.docker

BETWEEN = {(a, b) for a, b in PAIRS if (a in "ab") != (b in "ab")}
WITHIN = set(PAIRS) - BETWEEN
SPLIT = tuple(Link(a, b) for a, b in sorted(BETWEEN))
A_B = both_ways("a", "b")
MODES: tuple[CutMode, ...] = ("refuse", "drop", "stall", "loss")


@pytest.fixture(scope="module")
def stack(client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultHosts]:
    with running(client, tmp_path_factory.mktemp("faults")) as hosts:
        yield hosts


@pytest.fixture
def hosts(stack: FaultHosts) -> Iterator[FaultHosts]:
    """The shared stack, whole before each test and after."""
    until(stack.all_talk)
    yield stack
    stack.injection.heal_all()
    until(stack.all_talk)


@pytest.mark.parametrize("how", MODES)
def test_a_partition_silences_all_between_the_sides_and_nobody_else(hosts: FaultHosts, how: CutMode) -> None:
    with hosts.under(Cut(SPLIT, how)) as applied:
        assert hosts.talk(PAIRS) == WITHIN
    # Some milliseconds on an idle machine; a partition link by link would take seconds.
    assert applied.after_s - applied.before_s < 1.0
    assert all(applied.evidence)


def test_who_is_refused_is_told_at_once_and_loses_its_connection(hosts: FaultHosts) -> None:
    before = hosts.told("a", "b")
    with hosts.under(Cut(A_B, "refuse")) as applied:
        until(lambda: hosts.told("a", "b").refused > before.refused + 2)
        assert hosts.told("a", "b").ended > before.ended
    assert "2 of 2 connects from the hosts' own namespaces met refused" in applied.evidence


def test_dropped_bytes_are_gone_and_the_connection_ends_when_the_drop_does(hosts: FaultHosts) -> None:
    before = hosts.told("a", "b")
    with hosts.under(Cut(A_B, "drop")):
        time.sleep(0.5)
        cut = hosts.told("a", "b")
        assert (cut.ended, cut.opened, cut.refused) == (before.ended, before.opened, before.refused)
    after = hosts.told("a", "b")
    assert (after.ended, after.opened) == (before.ended + 1, before.opened + 1)


@pytest.mark.parametrize("how", ["stall", "loss"])
def test_held_back_bytes_arrive_late_on_the_connection_that_was_there(
    hosts: FaultHosts, how: CutMode
) -> None:
    before = hosts.told("a", "b")
    with hosts.under(Cut(A_B, how)):
        time.sleep(0.7)
    after = hosts.told("a", "b")
    assert (after.ended, after.opened) == (before.ended, before.opened)
    assert after.longest_s > 0.7


def test_the_evidence_of_a_drop_is_what_came_in_and_did_not_get_through(hosts: FaultHosts) -> None:
    with hosts.under(Cut(A_B, "drop")) as applied:
        read_back, counted = applied.evidence
    assert read_back == "2 links read back"
    assert counted.endswith("connections of the cut links, and none got through")


def test_the_evidence_of_lost_packets_is_silence_and_their_number(hosts: FaultHosts) -> None:
    with hosts.under(Cut(A_B, "loss")) as applied:
        _, met, counted = applied.evidence
    assert met == "2 of 2 connects from the hosts' own namespaces met silence"
    assert counted.startswith("the packet filter holds 2 addresses; ")


def test_one_direction_alone_silences_both_who_wait_for_answers(hosts: FaultHosts) -> None:
    with hosts.under(Cut((Link("a", "b"),), "stall")):
        # What b asks still reaches a; what a answers does not reach b, nor does what a asks.
        assert hosts.talk(PAIRS) == set(PAIRS) - {("a", "b"), ("b", "a")}


def test_a_slow_link_delays_each_way(hosts: FaultHosts) -> None:
    with hosts.under(Slow(A_B, 0.15, 0.0)) as applied:
        until(lambda: hosts.told("a", "b").round_trip_s > 0.3)
        until(lambda: hosts.told("b", "a").round_trip_s > 0.3)
        assert hosts.told("c", "d").round_trip_s < 0.3
    assert applied.evidence[0] == "2 links read back"
    pieces = re.fullmatch(
        r"in 450 ms \d+ pieces came and left ([\d.]+) to ([\d.]+) ms later", applied.evidence[1]
    )
    assert pieces is not None
    assert float(pieces[1]) > 100 and float(pieces[2]) >= 150
    until(lambda: hosts.told("a", "b").round_trip_s < 0.1)


def test_a_cut_that_somebody_else_removes_is_told_when_its_end_comes(hosts: FaultHosts) -> None:
    hosts.injection.inject("f", Cut(A_B, "drop"))
    with contextlib.closing(HTTPConnection(LOOPBACK, hosts.up.containers.hub_port(HUB_PORT))) as stranger:
        for stream in ("upstream", "downstream"):
            for link in ("a-b-7000", "b-a-7000"):
                stranger.request("DELETE", f"/proxies/{link}/toxics/timeout_{stream}")
                assert stranger.getresponse().read() == b""
    until(hosts.all_talk)
    assert "links do not stand as they should" in hosts.injection.heal("f").lapsed
    until(hosts.all_talk)


def test_a_link_that_was_slow_can_be_slowed_again(hosts: FaultHosts) -> None:
    for delay_s in (0.02, 0.04, 0.02):
        with hosts.under(Slow(A_B, delay_s, delay_s / 2)):
            until(lambda: hosts.told("a", "b").round_trip_s > 0.02)


def test_a_flapping_link_ends_as_it_began(hosts: FaultHosts) -> None:
    for _ in range(5):
        hosts.injection.inject("f", Cut(SPLIT, "refuse"))
        hosts.injection.heal("f")
    until(hosts.all_talk)


def test_overlapping_faults_end_in_any_order(hosts: FaultHosts) -> None:
    inject, heal = hosts.injection.inject, hosts.injection.heal
    inject("slow", Slow(SPLIT, 0.03, 0.01))
    inject("drop", Cut(A_B, "drop"))
    inject("loss", Cut(both_ways("a", "c"), "loss"))
    inject("dead", Kill("d", "host"))
    inject("refuse", Cut(SPLIT, "refuse"))
    heal("drop")
    heal("slow")
    assert hosts.talk([("a", "b"), ("b", "a"), ("a", "c"), ("b", "c")]) == {("a", "b"), ("b", "a")}
    heal("dead")
    heal("refuse")
    until(lambda: hosts.talk(PAIRS) == set(PAIRS) - {("a", "c"), ("c", "a")})
    heal("loss")
    until(hosts.all_talk)


# Writes until no byte more fits in anywhere, and stays until the connection is gone.
_FLOOD = """
import select, socket, time
flood = socket.create_connection(("b", 7000))
flood.setblocking(False)
while not select.select([flood], [], [], 0.02)[0]:
    try:
        flood.send(bytes(1 << 22))
    except BlockingIOError:
        pass
"""


def is_full(hosts: FaultHosts, proxy: str) -> bool:
    earlier = hosts.up.resident.sockets()
    time.sleep(0.5)
    return proxy in full(hosts.up.mesh.proxies(), earlier, hosts.up.resident.sockets())


@pytest.mark.parametrize("how", ["drop", "stall"])
def test_a_cut_of_a_stream_that_is_full_does_not_hang_toxiproxy(
    hosts: FaultHosts, client: docker.DockerClient, how: CutMode
) -> None:
    hosts.injection.inject("pause", Pause("b", "host"))
    container = next(of for of in hosts.up.containers.all if (of.host, of.part) == ("a", "service"))
    flood = client.api.exec_create(container.id, ["python3", "-c", _FLOOD])
    client.api.exec_start(flood["Id"], detach=True)
    until(lambda: is_full(hosts, "a-b-7000"))
    applied = hosts.injection.inject("cut", Cut(A_B, how))
    assert any("its stream was full, so its connections were closed" in line for line in applied.evidence)
    hosts.injection.heal("cut")
    hosts.injection.heal("pause")
