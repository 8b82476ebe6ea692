"""The machines on real sockets, disks and processes: the stack on loopback, no router, no proxy."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from harness.model.command import StartLoad, StopLoad
from harness.model.errors import TargetError
from harness.model.event import PhaseReached
from targets.reference.driver.surroundings import HEALTH_PORT
from targets.reference.settings import Settings
from tests.targets.reference.loopback import LoopbackStack, running_stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LoopbackStack]:
    with running_stack(tmp_path, network=71) as running:
        whole(running)
        yield running


def whole(stack: LoopbackStack, *, after_s: float = 0.0) -> None:
    """Both nodes are in step, and the primary serves."""
    stack.until(lambda: stack.primary() and ("rejoined" in told(stack, after_s)))


def told(stack: LoopbackStack, after_s: float) -> list[str]:
    return [phase for phase, _ in stack.phases(after_s=after_s)]


def load_to(stack: LoopbackStack, host: str, prefix: str) -> None:
    assert stack.load is not None
    stack.load.start(
        StartLoad(
            trial=1,
            client="client1",
            address=host,
            value_prefix=prefix,
            writers=2,
            rate_per_s=50,
            readers=1,
            read_rate_per_s=50,
            timeout_s=1,
        )
    )


def opened(stack: LoopbackStack, *, other_than: str) -> list[float]:
    """When another node began to serve."""
    phases = [event for event in [*stack.events] if isinstance(event, PhaseReached)]
    return [one.at_s for one in phases if one.phase == "promoted" and one.subject != other_than]


def acknowledged(stack: LoopbackStack) -> set[str]:
    return {one.value for one in stack.operations() if one.kind == "write" and one.outcome == "ok"}


def test_a_killed_primary_is_replaced_and_comes_back_without_a_lost_write(stack: LoopbackStack) -> None:
    old = stack.primary()
    load_to(stack, old, "t1")
    stack.until(lambda: len(acknowledged(stack)) > 20)
    killed_s = stack.kill_child(old)
    stack.until(lambda: "promoted" in told(stack, killed_s))
    new = stack.primary()
    assert new not in ("", old)
    assert {"suspected", "decided", "lease_over", "promoted"} <= set(told(stack, killed_s))
    assert stack.child(old) == 0, "nobody restarts what was killed"

    restarted_s = time.monotonic()
    stack.start_child(old)
    whole(stack, after_s=restarted_s)
    # The primary and the standby itself tell it, over connections of their own.
    stack.until(lambda: old in stack.standbys())
    assert stack.watch is not None and stack.load is not None
    stack.load.stop(StopLoad("client1"))
    _, held = stack.watch.read_all(new, "t1")
    assert acknowledged(stack) <= set(held)


def test_a_switchover_moves_the_primary_without_a_suspicion(stack: LoopbackStack) -> None:
    old, new = stack.primary(), next(iter(stack.standbys()))
    asked_s = time.monotonic()
    assert stack.watch is not None
    stack.watch.control("switchover", new)
    stack.until(lambda: stack.primary() == new)
    whole(stack, after_s=asked_s)
    assert "suspected" not in told(stack, asked_s)
    # The primary and the standby itself tell it, over connections of their own.
    stack.until(lambda: old in stack.standbys())


def test_a_paused_primary_serves_nobody_after_its_lease(stack: LoopbackStack) -> None:
    old = stack.primary()
    load_to(stack, old, "t2")
    stack.until(lambda: len(acknowledged(stack)) > 10)
    frozen = (stack.agent(old), stack.child(old))
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        stack.until(lambda: opened(stack, other_than=old))
        opened_s = min(opened(stack, other_than=old))
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    stack.until(lambda: old in stack.standbys())
    late = [one for one in stack.operations(after_s=opened_s) if one.outcome == "ok" and one.node == old]
    assert late == []


def test_everything_that_restarts_at_once_finds_together_again(tmp_path: Path) -> None:
    with running_stack(tmp_path, network=72, settings=Settings(replication="async")) as stack:
        whole(stack)
        restarted_s = time.monotonic()
        for host in ("n1", "n2", "w1", "w2", "w3"):
            stack.restart_host(host)
        stack.until(lambda: "promoted" in told(stack, restarted_s) and stack.standbys())


def test_every_host_tells_its_metrics(stack: LoopbackStack) -> None:
    load_to(stack, stack.primary(), "m")
    stack.until(lambda: len(acknowledged(stack)) > 10)
    primary = {sample.name: sample.value for sample in metrics(stack, stack.primary()) if not sample.labels}
    assert primary["failover_lease_remaining_seconds"] > 0 and primary["failover_acknowledged_position"] > 10
    assert primary["failover_fsync_seconds_count"] > 0 and primary["failover_fsync_seconds_sum"] > 0
    by_label = {(s.name, *s.labels.values()): s.value for s in metrics(stack, stack.primary())}
    assert by_label["failover_writes_total", "acknowledged"] > 10
    for witness in ("w1", "w2", "w3"):
        counted = {(s.name, *s.labels.values()): s.value for s in metrics(stack, witness)}
        assert counted["failover_heartbeats_total", "granted"] > 0


def metrics(stack: LoopbackStack, host: str) -> list[Sample]:
    """As Prometheus reads them."""
    with stack.dial(host, HEALTH_PORT) as connection:
        connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        with connection.makefile("rb") as answer:
            _, body = answer.read().decode().split("\r\n\r\n", 1)
    return [sample for family in text_string_to_metric_families(body) for sample in family.samples]


def test_an_operators_orders_are_carried_out_or_refused_with_the_reason(stack: LoopbackStack) -> None:
    assert stack.watch is not None
    assert "maintenance is on" in stack.watch.control("maintenance on", "w2")
    assert "maintenance is off" in stack.watch.control("maintenance off", "w1")
    with pytest.raises(TargetError, match="no fence device"):
        stack.watch.control("power off", "n2")
    new = next(iter(stack.standbys()))
    assert new in stack.watch.control("promote", new)
    stack.until(lambda: stack.primary() == new)
