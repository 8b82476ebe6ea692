"""Links that carry bytes badly, by an independent probe in a host: that each bites, which way, and heals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from harness.model.fault import Impair, Link
from harness.model.impairment import Bandwidth, Reset, Slicing, SlowClose
from tests.docker.faulthosts import PAIRS, FaultHosts, both_ways, running, until

pytestmark = pytest.mark.docker

A_B = both_ways("a", "b")
OUT, IN = (Link("a", "b"),), (Link("b", "a"),)

# Says a line of so many bytes; when the first and the last of its echo came, and in how many reads.
_ECHO = """
import json, socket, sys, time
with socket.create_connection((sys.argv[1], 7000), timeout=30) as it:
    it.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    size, began = int(sys.argv[2]), time.monotonic()
    it.sendall(b"x" * (size - 1) + b"\\n")
    seen, first, sizes = 0, 0.0, []
    while seen < size:
        sizes.append(len(it.recv(1 << 16)))
        seen += sizes[-1]
        first = first or time.monotonic() - began
    print(json.dumps([first, time.monotonic() - began, max(sizes)]))
"""
# How long it takes to hear the end after the own one was said.
_CLOSE = """
import json, socket, sys, time
with socket.create_connection((sys.argv[1], 7000), timeout=30) as it:
    it.sendall(b"x\\n")
    it.recv(2)
    began = time.monotonic()
    it.shutdown(socket.SHUT_WR)
    it.recv(1)
    print(json.dumps(time.monotonic() - began))
"""
_SAY = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], 7000), timeout=30) as it:
        it.sendall(b"x\\n")
        print("heard", len(it.recv(2)))
except OSError as error:
    print(type(error).__name__)
"""
# Stays connected without a word until something comes.
_STAY = """
import socket, sys
with socket.create_connection((sys.argv[1], 7000), timeout=30) as it:
    it.sendall(b"x\\n")
    it.recv(2)
    print("connected", flush=True)
    try:
        print("heard", len(it.recv(1)))
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.fixture(scope="module")
def stack(client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultHosts]:
    with running(client, tmp_path_factory.mktemp("impairments")) as hosts:
        yield hosts


@pytest.fixture
def hosts(stack: FaultHosts) -> Iterator[FaultHosts]:
    until(stack.all_talk)
    yield stack
    stack.injection.heal_all()
    until(stack.all_talk)


class Probe:
    """Programs in the containers of hosts, which know nothing of any proxy."""

    def __init__(self, hosts: FaultHosts, client: docker.DockerClient) -> None:
        self._hosts, self._client = hosts, client

    def run(self, host: str, script: str, *argv: str) -> str:
        code, said = self._container(host).exec_run(["python3", "-c", script, *argv])
        assert code == 0, said.decode()
        return str(said.decode()).strip()

    def begin(self, host: str, script: str, *argv: str) -> None:
        """It goes on by itself; see said."""
        line = ["sh", "-c", 'python3 -c "$0" "$@" > /tmp/said', script, *argv]
        self._container(host).exec_run(line, detach=True)

    def said(self, host: str) -> list[str]:
        """What the program that was begun there has printed so far."""
        printed: str = self._container(host).exec_run(["cat", "/tmp/said"])[1].decode()
        return printed.splitlines()

    def echo(self, size: int, source: str = "a", destination: str = "b") -> tuple[float, float, int]:
        """Seconds until the first and the last byte came back; the most bytes that came together."""
        first_s, last_s, most = json.loads(self.run(source, _ECHO, destination, str(size)))
        return first_s, last_s, most

    def close_s(self, source: str = "a", destination: str = "b") -> float:
        took_s: float = json.loads(self.run(source, _CLOSE, destination))
        return took_s

    def _container(self, host: str) -> Any:
        found = next(of for of in self._hosts.up.containers.all if (of.host, of.part) == (host, "service"))
        return self._client.containers.get(found.id)


@pytest.fixture
def probe(stack: FaultHosts, client: docker.DockerClient) -> Probe:
    return Probe(stack, client)


# 60 kB at 40KB/s; Toxiproxy lets the first 100 ms' worth go at once.
SIZE, RATE, SLOW_S = 60_000, Bandwidth(40), 1.2


def test_bandwidth_lets_no_more_than_the_rate_through_each_way_by_itself(
    hosts: FaultHosts, probe: Probe
) -> None:
    with hosts.under(Impair(OUT, RATE)):
        first_s, _, _ = probe.echo(SIZE)
        assert first_s > SLOW_S
    with hosts.under(Impair(IN, RATE)):
        first_s, last_s, _ = probe.echo(SIZE)
        assert first_s < SLOW_S < last_s
        assert probe.echo(SIZE, "c", "d")[1] < SLOW_S
    assert probe.echo(SIZE)[1] < SLOW_S


def test_the_evidence_of_bandwidth_is_what_got_through(hosts: FaultHosts) -> None:
    with hosts.under(Impair(A_B, RATE)) as applied:
        read_back, counted = applied.evidence
    assert read_back == "2 links read back"
    assert counted.endswith("40KB/s may") and "got through one of" in counted


def test_slicing_cuts_into_pieces_each_way_by_itself(hosts: FaultHosts, probe: Probe) -> None:
    pieces = Slicing(piece_bytes=10, delay_s=0.01)
    with hosts.under(Impair(IN, pieces)):
        _, last_s, most = probe.echo(200)
        assert most <= 20  # of two that came within a moment
        assert last_s > 0.19
    with hosts.under(Impair(OUT, pieces)) as applied:
        first_s, _, most = probe.echo(200)
        assert first_s > 0.19
        assert most == 200
    assert applied.evidence[1].endswith("in pieces of 10")
    assert probe.echo(200)[2] == 200


def test_reset_meets_who_is_connected_and_who_connects(hosts: FaultHosts, probe: Probe) -> None:
    probe.begin("a", _STAY, "b")
    until(lambda: probe.said("a") == ["connected"])
    with hosts.under(Impair(A_B, Reset())) as applied:
        until(lambda: probe.said("a") == ["connected", "ConnectionResetError"])
        assert probe.run("a", _SAY, "b") == "ConnectionResetError"
        assert probe.run("b", _SAY, "a") == "ConnectionResetError"
        assert probe.run("a", _SAY, "c") == "heard 2"
        assert hosts.talk(PAIRS) == set(PAIRS) - {("a", "b"), ("b", "a")}
    assert any("open connections were reset" in line for line in applied.evidence)
    assert "2 of 2 links probed: who says a byte there is reset (RST)" in applied.evidence
    assert probe.run("a", _SAY, "b") == "heard 2"


def test_the_end_of_a_connection_arrives_late_each_way_by_itself(hosts: FaultHosts, probe: Probe) -> None:
    late = SlowClose(0.7)
    assert probe.close_s() < 0.7
    for way in (OUT, IN):
        with hosts.under(Impair(way, late)) as applied:
            assert probe.close_s() > 0.7
            assert probe.echo(200)[1] < 0.7
            assert probe.close_s("a", "c") < 0.7
        assert applied.evidence[1].endswith("who says goodbye there is still connected 200 ms later")
    with hosts.under(Impair(A_B, late)):
        assert probe.close_s() > 1.4
    assert probe.close_s() < 0.7


def test_impairments_overlap_and_end_in_any_order(hosts: FaultHosts, probe: Probe) -> None:
    inject, heal = hosts.injection.inject, hosts.injection.heal
    inject("narrow", Impair(A_B, RATE))
    inject("narrower", Impair(OUT, Bandwidth(20)))
    inject("late", Impair(A_B, SlowClose(0.7)))
    heal("narrow")
    assert probe.echo(SIZE)[0] > 2 * SLOW_S
    heal("narrower")
    assert probe.echo(SIZE)[1] < SLOW_S
    assert probe.close_s() > 0.7
    heal("late")
    assert probe.close_s() < 0.7


_PASS_BY = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3).close()
    print("connected")
except OSError as error:
    print(type(error).__name__, error.errno)
"""


@pytest.mark.parametrize(("source", "destination"), PAIRS)
def test_no_byte_goes_round_the_proxies(
    hosts: FaultHosts, probe: Probe, source: str, destination: str
) -> None:
    """Neither to where the other host really is, nor by the hub's address on the other host's network."""
    mesh = hosts.up.mesh
    for port in (7000, 7001):
        assert probe.run(source, _PASS_BY, mesh.host(destination).address, str(port)) == "OSError 101"
    beside = mesh.stands_for(destination, source)
    assert probe.run(source, _PASS_BY, beside, "7000") == "OSError 101"
