"""Scarce processors and memory, late and failing fsyncs, no power: met by programs of the hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from harness.model.errors import WorldError
from harness.model.event import Applied
from harness.model.fault import Kill, Link, PowerOff, Strain
from harness.model.hardship import Cpu, DiskFull, FailingFsync, Memory, SlowFsync
from tests.docker.faulthosts import HOSTS, PAIRS, FaultHosts, running, until

pytestmark = pytest.mark.docker

# How much of a processor a program gets that wants all of one.
_SPIN = """
import json, time
wall, used = time.monotonic(), time.process_time()
while time.monotonic() < wall + 0.6: pass
print(json.dumps((time.process_time() - used) / (time.monotonic() - wall)))
"""
# Syncs a file again and again, and tells of each how long it took, or how it failed.
_SYNC = """
import json, os, sys, time
with open("/tmp/synced", "ab", buffering=0) as file, open("/tmp/told", "w", buffering=1) as told:
    print("ready", flush=True)
    while True:
        began = time.monotonic()
        file.write(b"x")
        try:
            os.fsync(file.fileno())
            print(time.monotonic() - began, file=told)
        except OSError as error:
            print(error.errno, file=told)
        time.sleep(0.02)
"""


@pytest.fixture(scope="module")
def stack(client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultHosts]:
    with running(client, tmp_path_factory.mktemp("hardships")) as hosts:
        yield hosts


@pytest.fixture
def hosts(stack: FaultHosts) -> Iterator[FaultHosts]:
    until(stack.all_talk)
    yield stack
    stack.injection.heal_all()
    until(stack.all_talk)


def container(hosts: FaultHosts, client: docker.DockerClient, host: str) -> Any:
    found = next(of for of in hosts.up.containers.all if (of.host, of.part) == (host, "service"))
    return client.containers.get(found.id)


def share(hosts: FaultHosts, client: docker.DockerClient, host: str) -> float:
    """Of a processor, for a program beside the service."""
    code, said = container(hosts, client, host).exec_run(["python3", "-c", _SPIN])
    assert code == 0
    got: float = json.loads(said)
    return got


def syncs(hosts: FaultHosts, client: docker.DockerClient, host: str) -> list[float]:
    said: str = container(hosts, client, host).exec_run(["tail", "-n", "5", "/tmp/told"])[1].decode()
    return [float(line) for line in said.splitlines()]


def of(host: str) -> set[tuple[str, str]]:
    return {pair for pair in PAIRS if host in pair}


def test_who_has_a_share_of_a_processor_gets_no_more_and_others_do(
    hosts: FaultHosts, client: docker.DockerClient
) -> None:
    with hosts.under(Strain("a", Cpu(0.1))) as applied:
        assert share(hosts, client, "a") < 0.2
        until(lambda: share(hosts, client, "b") > 0.2)  # a busy machine gives it less for a while
        hosts.injection.inject("less", Strain("a", Cpu(0.05)))
        assert share(hosts, client, "a") < 0.15
        hosts.injection.heal("less")
    limit, used = applied.evidence
    assert limit == "a may have 10% of a processor"
    assert re.fullmatch(
        r"in 3\d\d ms a used \d+ ms of its processor, and was held back in \d of \d periods", used
    )
    until(lambda: share(hosts, client, "a") > 0.2)


def test_a_share_that_somebody_else_takes_back_is_told_when_its_end_comes(hosts: FaultHosts) -> None:
    hosts.injection.inject("f", Strain("a", Cpu(0.1)))
    hosts.up.containers.give_processor("a", quota_us=-1, period_us=100_000)
    assert hosts.injection.heal("f").lapsed == "a may have any share"


@pytest.mark.parametrize("host", ["a", "c"])
def test_memory_that_runs_out_costs_the_services_process_alone(hosts: FaultHosts, host: str) -> None:
    """Of a, a child of its main process serves; of c the main process itself."""
    main_pid = hosts.up.containers.main_pid(host)
    with hosts.under(Strain(host, Memory(100))) as applied:
        asked = [pair for pair in PAIRS if host == "a" or pair[0] != host]
        assert hosts.talk(asked) == {pair for pair in asked if pair[1] != host}
        assert (hosts.up.containers.main_pid(host) == main_pid) is (host == "a")
    assert applied.evidence[0].endswith("was gone when memory beyond 100MB was asked for")
    if host == "a":
        assert applied.evidence[1].startswith("the kernel's OOM killer has ended")
    assert hosts.up.resident.memory(hosts.up.containers.main_pid(host)).limit_bytes > 1 << 40


def test_memory_is_not_taken_below_what_is_used(hosts: FaultHosts) -> None:
    with pytest.raises(WorldError, match="more than the limit of 8MB; write more"):
        hosts.injection.inject("f", Strain("a", Memory(8)))
    hosts.injection.heal("f")


def test_fsyncs_are_late_or_fail_while_their_fault_lasts_and_no_longer(
    hosts: FaultHosts, client: docker.DockerClient
) -> None:
    container(hosts, client, "b").exec_run(["python3", "-c", _SYNC], detach=True)
    until(lambda: len(syncs(hosts, client, "b")) == 5)
    with hosts.under(Strain("b", SlowFsync(0.2))) as applied:
        assert changed(applied) >= 1
        until(lambda: all(0.2 <= took_s < 5 for took_s in syncs(hosts, client, "b")))
        with pytest.raises(WorldError, match="does not hold the programs"):
            hosts.injection.inject("too", Strain("b", FailingFsync()))
        hosts.injection.heal("too")
    until(lambda: all(took_s < 0.2 for took_s in syncs(hosts, client, "b")))
    with hosts.under(Strain("b", FailingFsync())) as applied:
        assert changed(applied) >= 1
        until(lambda: syncs(hosts, client, "b") == [5.0] * 5)  # EIO
    until(lambda: all(took_s < 0.2 for took_s in syncs(hosts, client, "b")))


# Whether a byte can be written, and how it fails. What was written before must not make room for it.
_KEEP = """
import errno, os
try:
    with open("/data/kept", "xb", buffering=0) as file:
        file.write(b"x")
    print("kept")
except OSError as error:
    print(errno.errorcode[error.errno])
finally:
    os.unlink("/data/kept")
"""


def keeps(hosts: FaultHosts, client: docker.DockerClient, host: str) -> str:
    return str(container(hosts, client, host).exec_run(["python3", "-c", _KEEP])[1].decode().strip())


@pytest.mark.parametrize("host", ["a", "c"])
def test_a_full_disk_takes_no_byte_until_there_is_room_again(
    hosts: FaultHosts, client: docker.DockerClient, host: str
) -> None:
    (other,) = {"a", "c"} - {host}
    assert keeps(hosts, client, host) == "kept"
    with hosts.under(Strain(host, DiskFull())) as applied:
        assert keeps(hosts, client, host) == "ENOSPC"
        assert keeps(hosts, client, other) == "kept"
        hosts.injection.inject("too", Strain(host, DiskFull()))
        hosts.injection.heal("too")
        hosts.injection.inject("dies", Kill(host, "host"))  # what it keeps, and what fills it, outlive it
        hosts.injection.heal("dies")
        until(lambda: keeps(hosts, client, host) == "ENOSPC")
    assert applied.evidence[0].endswith("a byte written there ended in ENOSPC")
    assert keeps(hosts, client, host) == "kept"


def test_the_machines_own_disk_is_never_filled(hosts: FaultHosts) -> None:
    with pytest.raises(WorldError, match="b keeps nothing on a named volume, and the machine's own disk is"):
        hosts.injection.inject("f", Strain("b", DiskFull()))
    hosts.injection.heal("f")


def test_a_disk_that_somebody_makes_room_on_is_told_when_its_end_comes(hosts: FaultHosts) -> None:
    hosts.injection.inject("f", Strain("a", DiskFull()))
    hosts.up.resident.make_room(hosts.up.containers.sandbox_pid("a"))
    assert hosts.injection.heal("f").lapsed == "there is room on a disk of a"


def changed(applied: Applied) -> int:
    """How many calls the evidence says were late, or failed."""
    return int(applied.evidence[0].rpartition(" calls of fsync")[0].rpartition(" ")[2])


def test_who_loses_its_power_says_no_goodbye_and_comes_back(hosts: FaultHosts) -> None:
    before = hosts.told("c", "a")
    links = tuple(Link(*pair) for pair in PAIRS if "a" in pair)
    with hosts.under(PowerOff("a", links)) as applied:
        assert hosts.up.containers.main_pid("a") == 0
        cut = hosts.told("c", "a")
        assert (cut.ended, cut.refused, cut.opened) == (before.ended, before.refused, before.opened)
        assert hosts.talk([pair for pair in PAIRS if "a" not in pair]) == set(PAIRS) - of("a")
    assert "6 of 6 connects from the hosts' own namespaces met silence" in applied.evidence
    assert {host: hosts.up.containers.main_pid(host) > 0 for host in HOSTS} == dict.fromkeys(HOSTS, True)


def test_a_command_runs_in_the_host_and_is_ended_when_its_time_is_over(hosts: FaultHosts) -> None:
    run = hosts.up.containers.execute
    assert run("a", ["sh", "-c", "hostname; echo wrong >&2; exit 3"], 5.0) == (3, "a\nwrong")
    code, said = run("a", ["sleep", "30"], 0.3)
    assert (code, said) == (124, "not over after 0.3 s; ")
    assert run("a", ["no-such-program"], 5.0)[0] == 127
