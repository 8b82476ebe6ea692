"""Processes and hosts of a real stack, killed, stopped and frozen: who is hit, and that all come back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import docker
import pytest

from harness.model.errors import WorldError
from harness.model.fault import Fault, Kill, Pause, Scope, Stop
from tests.docker.faulthosts import HOSTS, PAIRS, FaultHosts, running, until

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def stack(client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultHosts]:
    with running(client, tmp_path_factory.mktemp("faults")) as hosts:
        yield hosts


@pytest.fixture
def hosts(stack: FaultHosts) -> Iterator[FaultHosts]:
    until(stack.all_talk)
    yield stack
    stack.injection.heal_all()
    until(stack.all_talk)


def to(host: str) -> set[tuple[str, str]]:
    return {(source, destination) for source, destination in PAIRS if destination == host}


def of(host: str) -> set[tuple[str, str]]:
    return {pair for pair in PAIRS if host in pair}


def pids(hosts: FaultHosts) -> dict[str, int]:
    return {host: hosts.up.containers.main_pid(host) for host in HOSTS}


def test_a_killed_child_stays_dead_and_its_main_process_lives(hosts: FaultHosts) -> None:
    before = pids(hosts)
    with hosts.under(Kill("a", "process")) as applied:
        assert applied.after_s - applied.before_s < 0.1  # 0.03 ms; by the engine it would be 150
        assert hosts.talk(PAIRS) == set(PAIRS) - to("a")
        time.sleep(0.5)
        assert hosts.up.resident.living_children(before["a"]) == ()
    assert pids(hosts) == before
    assert len(hosts.up.resident.living_children(before["a"])) == 1
    assert "after SIGKILL" in applied.evidence[0]


def test_a_child_that_somebody_else_starts_is_told_when_its_end_comes(hosts: FaultHosts) -> None:
    hosts.injection.inject("f", Kill("a", "process"))
    os.kill(pids(hosts)["a"], signal.SIGUSR1)
    until(hosts.all_talk)
    assert hosts.injection.heal("f").lapsed == "a runs, and nobody here has started it"


@pytest.mark.parametrize("scope", ["process", "host"])
def test_what_somebody_else_lets_go_on_is_told_when_its_end_comes(hosts: FaultHosts, scope: Scope) -> None:
    main_pid = pids(hosts)["a"]
    hosts.injection.inject("f", Pause("a", scope))
    if scope == "host":
        hosts.freezer.thaw("a")
    else:
        os.kill(hosts.up.resident.living_children(main_pid)[0], signal.SIGCONT)
    until(hosts.all_talk)
    assert hosts.injection.heal("f").lapsed
    assert hosts.all_talk()


def test_a_killed_main_process_is_started_again_at_its_address(hosts: FaultHosts) -> None:
    before = pids(hosts)
    with hosts.under(Kill("c", "process")) as applied:
        assert applied.after_s - applied.before_s < 0.1
        assert pids(hosts)["c"] == 0
    after = pids(hosts)
    assert after["c"] not in (0, before["c"])
    assert {host: after[host] for host in "abd"} == {host: before[host] for host in "abd"}


def test_a_killed_host_is_refused_to_its_peers_though_the_hub_lives(hosts: FaultHosts) -> None:
    before = hosts.told("b", "a")
    with hosts.under(Kill("a", "host")) as applied:
        until(lambda: hosts.told("b", "a").refused > before.refused + 2)
        with pytest.raises(OSError, match=r"cannot be reached: .*refused"):
            hosts.told("a", "b")
    assert "6 of 6 connects from the hosts' own namespaces met refused" in applied.evidence


def test_a_host_that_is_killed_again_as_soon_as_it_is_back_comes_back_again(hosts: FaultHosts) -> None:
    for _ in range(4):
        hosts.injection.inject("f", Kill("a", "host"))
        hosts.injection.heal("f")
    until(hosts.all_talk)


@pytest.mark.parametrize(
    "fault", [Stop("a", "process"), Stop("c", "process"), Stop("a", "host"), Stop("c", "host")], ids=str
)
def test_a_stop_is_orderly(hosts: FaultHosts, fault: Fault) -> None:
    with hosts.under(fault) as applied:
        assert "after SIGTERM" in applied.evidence[0]
        assert not hosts.talk([("b", fault.host)] if isinstance(fault, Stop) else [])


def test_what_does_not_stop_in_its_grace_is_killed_and_that_is_said(hosts: FaultHosts) -> None:
    with hosts.under(Stop("d", "process")) as applied:
        assert applied.evidence[0] == "it did not end within its grace of 1 s"
        assert "after SIGKILL" in applied.evidence[1]
    assert applied.after_s - applied.before_s < 0.5


def test_a_paused_process_hangs_and_goes_on_where_it_was(hosts: FaultHosts) -> None:
    before, held = pids(hosts), hosts.told("b", "a")
    with hosts.under(Pause("a", "process")) as applied:
        # Its main process goes on: it still asks the others, and can be asked.
        assert hosts.talk(PAIRS) == set(PAIRS) - to("a")
    after = hosts.told("b", "a")
    assert (after.opened, after.ended, pids(hosts)) == (held.opened, held.ended, before)
    assert "(T: stopped)" in applied.evidence[0]


def test_a_paused_host_hangs_as_a_whole_and_goes_on_where_it_was(hosts: FaultHosts) -> None:
    before, held = pids(hosts), hosts.told("b", "a")
    others = [pair for pair in PAIRS if "a" not in pair]
    with hosts.under(Pause("a", "host")) as applied:
        assert hosts.talk([*others, *((s, d) for s, d in to("a"))]) == set(others)
        with pytest.raises(OSError, match="timed out"):
            hosts.told("a", "b")
    after = hosts.told("b", "a")
    assert (after.opened, after.ended, pids(hosts)) == (held.opened, held.ended, before)
    assert "FROZEN" in applied.evidence[0]


def test_a_process_of_one_host_is_never_taken_for_anothers(hosts: FaultHosts) -> None:
    containers = hosts.up.containers
    with pytest.raises(WorldError, match="not one of the host's"):
        hosts.up.resident.end(
            containers.main_pid("a"), containers.sandbox_pid("b"), child=False, name="KILL", within_s=1
        )
    assert hosts.talk(of("a")) == of("a")
