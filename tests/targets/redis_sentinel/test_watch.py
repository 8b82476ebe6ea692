"""The observer on loopback, its nodes and Sentinels played by stand-ins."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

import pytest

from harness.model.errors import TargetError
from harness.model.event import Event, HealthReported, MembershipChanged, PhaseReached, RoleChanged
from harness.model.moment import Moment
from targets.redis_sentinel.names import REDIS_PORT
from targets.redis_sentinel.watch import RedisSentinelWatch
from tests.targets.redis_sentinel.servers import (
    Answer,
    Refusal,
    Serve,
    Several,
    a_sentinel,
    replication,
    serving,
)

WITHIN_S = 10.0
NOBODY = 1  # a port where nobody listens


def a_redis(role: str, *, lists: dict[str, list[str]] | None = None) -> Serve:
    kept = lists or {}

    def serve(words: list[str]) -> Answer:
        match words:
            case ["INFO", "replication"]:
                online = "slave0:ip=r2,port=6379,state=online,offset=1,lag=0\r\n" if role == "master" else ""
                return replication(role) + online
            case ["KEYS", "*"]:
                return list(kept)
            case ["LRANGE", key, "0", "-1"]:
                return kept[key]
            case _:
                return Refusal("ERR unknown command")

    return serve


def a_publishing_sentinel(primary: str, *messages: tuple[str, str]) -> Serve:
    """Whoever subscribes hears these at once."""
    answers = a_sentinel(primary, 0)

    def serve(words: list[str]) -> Answer:
        if words[0] != "PSUBSCRIBE":
            return answers(words)
        heard: list[Answer] = [["pmessage", "*", channel, text] for channel, text in messages]
        return Several([["psubscribe", "*", 1], *heard])

    return serve


class Stage:
    """Hosts at ports of loopback; what the observer told."""

    def __init__(self, ports: dict[str, int]) -> None:
        self._ports = ports
        self.told: list[Event] = []

    def dial(self, host: str, port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._ports.get(f"{host}:{port}", NOBODY)), timeout=2)

    def until(self, found: Callable[[list[Event]], bool]) -> None:
        give_up_s = time.monotonic() + WITHIN_S
        while not found(self.told):
            assert time.monotonic() < give_up_s, self.told
            time.sleep(0.01)


@contextmanager
def watched(hosts: dict[str, Serve]) -> Iterator[tuple[RedisSentinelWatch, Stage]]:
    """hosts: `r1:6379` -> how it answers; one that is not named refuses connections."""
    loop, ports, ready = asyncio.new_event_loop(), dict[str, int](), threading.Event()
    ended = asyncio.Event()

    async def serve_all() -> None:
        async with AsyncExitStack() as stack:
            for name, serve in hosts.items():
                ports[name] = await stack.enter_async_context(serving(serve))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve_all(),), daemon=True)
    thread.start()
    assert ready.wait(WITHIN_S)
    stage = Stage(ports)
    watch = RedisSentinelWatch(["r1", "r2"], dial=stage.dial, emit=stage.told.append, clock=lambda raw: raw)
    try:
        yield watch, stage
    finally:
        watch.close()
        loop.call_soon_threadsafe(ended.set)
        thread.join(timeout=WITHIN_S)
        loop.close()


WHOLE: dict[str, Serve] = {
    f"r1:{REDIS_PORT}": a_redis(
        "master", lists={"k1": ["t1.a.0.0", "t2.a.0.0"], "k2": ["t1.a.0.1", "t11.a.0.0"]}
    ),
    f"r2:{REDIS_PORT}": a_redis("slave"),
    "s1:26379": a_publishing_sentinel(
        "r1", ("+sdown", "slave r2:6379 r2 6379 @ mymaster r1 6379"), ("+odown", "master mymaster r1 6379")
    ),
    "s2:26379": a_publishing_sentinel("r1"),
    "s3:26379": a_publishing_sentinel("r1"),
}


def test_a_cluster_that_is_well_is_told_whole() -> None:
    with watched(WHOLE) as (_, stage):
        stage.until(
            lambda told: (
                {(e.host, e.role, e.epoch) for e in told if isinstance(e, RoleChanged)}
                == {("r1", "primary", 1), ("r2", "standby", 0)}
                and {e.host for e in told if isinstance(e, HealthReported) and e.ready}
                == {"r1", "r2", "s1", "s2", "s3"}
            )
        )
        registers = [e for e in stage.told if isinstance(e, MembershipChanged) and e.host == "r1"]
        assert [e.eligible for e in registers] == [("r1", "r2")]


def test_what_a_sentinel_publishes_of_the_primary_is_told_as_a_phase() -> None:
    with watched(WHOLE) as (_, stage):
        stage.until(lambda told: any(isinstance(event, PhaseReached) for event in told))
        (phase,) = [event for event in stage.told if isinstance(event, PhaseReached)]
        assert (phase.host, phase.phase, phase.subject, phase.epoch) == ("s1", "decided", "r1", 1)


def test_hosts_that_cannot_be_reached_are_not_ready_and_the_others_are_heard_all_the_same() -> None:
    with watched({f"r1:{REDIS_PORT}": a_redis("master"), "s1:26379": a_sentinel("r1", 0)}) as (_, stage):
        stage.until(
            lambda told: (
                {e.host for e in told if isinstance(e, HealthReported) and not e.ready} >= {"r2", "s2", "s3"}
                and any(isinstance(e, RoleChanged) for e in told)
            )
        )


def test_every_value_of_a_trial_is_read_back_and_none_of_another() -> None:
    with watched(WHOLE) as (watch, stage):
        stage.until(lambda told: any(isinstance(event, RoleChanged) for event in told))
        epoch, values = watch.read_all("r1", "t1")
        assert (epoch, sorted(values)) == (1, ["t1.a.0.0", "t1.a.0.1"])


def test_what_cannot_be_read_back_or_done_is_told_so() -> None:
    with watched(WHOLE) as (watch, _):
        with pytest.raises(TargetError, match="is the primary up"):
            watch.read_all("r9", "t1")
        with pytest.raises(TargetError, match="no control 'switchover'"):
            watch.control("switchover", "r2")
        with pytest.raises(TargetError, match="no point to die at"):
            watch.arm("r1", "x", Moment(act="sends", what="y"), "before")
