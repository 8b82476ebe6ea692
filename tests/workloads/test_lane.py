"""One writer against real sockets: what is sent once, what is never sent, what stays unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from harness.model.command import StartLoad
from harness.model.event import Returned
from harness.workloads.connector import Reply
from harness.workloads.lane import LaneRunner
from harness.workloads.limits import OUTSTANDING_MAX
from harness.workloads.openloop import lanes
from tests.workloads.lineconnector import Connector, serve


def load(*, rate_per_s: float = 200.0, timeout_s: float = 0.2) -> StartLoad:
    return StartLoad(
        trial=3,
        client="client1",
        address="127.0.0.1",
        value_prefix="t3",
        writers=1,
        rate_per_s=rate_per_s,
        readers=0,
        read_rate_per_s=0.0,
        timeout_s=timeout_s,
    )


def run_lane(
    answer: Callable[[str], str | None] | None, *, wanted: StartLoad, for_s: float
) -> tuple[list[Returned], list[str], int]:
    """(operations told, requests that the server saw, connections made) of a lane that runs for_s."""
    told: list[Returned] = []

    async def go() -> tuple[list[str], int]:
        server = await serve(answer or (lambda request: None))
        if answer is None:
            server.close()
        (lane,) = lanes(wanted, start_s=asyncio.get_running_loop().time())
        runner = LaneRunner(lane, wanted, connector=Connector(server.port), tell=told.append)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(for_s)
        runner.stop()
        await asyncio.wait_for(running, 5)
        server.close()
        return server.requests, server.connections

    requests, connections = asyncio.run(go())
    return told, requests, connections


def test_an_answered_write_is_told_whole_and_sent_once() -> None:
    told, requests, _ = run_lane(lambda request: "ok", wanted=load(), for_s=0.1)
    assert told
    assert {operation.outcome for operation in told} == {"ok"}
    assert sorted(requests) == sorted(f"{one.key}={one.value}" for one in told)
    for one in told:
        assert one.ret_s is not None
        assert one.scheduled_s <= one.call_s <= one.ret_s
        assert (one.trial, one.client, one.node) == (3, "client1", "server")


def test_a_write_without_an_answer_is_unknown_and_never_sent_again() -> None:
    told, requests, connections = run_lane(lambda request: None, wanted=load(timeout_s=0.05), for_s=0.2)
    assert {(one.outcome, one.ret_s) for one in told} == {("unknown", None)}
    assert len(requests) == len(set(requests)) == len(told)
    assert connections > 1, "a connection that stays silent for a whole time-out is replaced"


def test_a_refused_write_is_a_fail_with_an_answer() -> None:
    told, _, _ = run_lane(lambda request: "fail", wanted=load(), for_s=0.05)
    assert {one.outcome for one in told} == {"fail"}
    assert all(one.ret_s is not None for one in told)


def test_without_a_connection_a_write_is_certainly_not_sent() -> None:
    told, requests, _ = run_lane(None, wanted=load(rate_per_s=50), for_s=0.2)
    assert told
    assert {(one.outcome, one.error) for one in told} == {("fail", "not connected")}
    assert requests == []


def test_operations_are_sent_when_due_though_none_has_come_back() -> None:
    told, requests, _ = run_lane(lambda request: None, wanted=load(rate_per_s=400, timeout_s=1.0), for_s=0.3)
    assert len(requests) > 50
    assert all(one.call_s - one.scheduled_s < 0.5 for one in told)


def test_a_slow_system_does_not_pile_up_more_than_the_limit() -> None:
    told, requests, _ = run_lane(lambda request: None, wanted=load(rate_per_s=5000, timeout_s=0.5), for_s=0.2)
    assert len(requests) <= OUTSTANDING_MAX
    assert any("too many" in one.error and one.outcome == "fail" for one in told)


class Faulty:
    """A client with a mistake in it, and a connection that cannot even be closed."""

    closed = False

    async def write(self, key: str, value: str) -> Reply:
        raise KeyError("a client's mistake")

    async def read(self, key: str) -> Reply:
        raise KeyError("a client's mistake")

    def close(self) -> None:
        raise ProcessLookupError


def test_a_mistake_of_a_client_makes_no_operation_vanish() -> None:
    told: list[Returned] = []

    class Connects:
        async def connect(self, address: str) -> Faulty:
            return Faulty()

    async def go() -> None:
        (lane,) = lanes(load(), start_s=asyncio.get_running_loop().time())
        runner = LaneRunner(lane, load(), connector=Connects(), tell=told.append)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(0.1)
        runner.stop()
        await asyncio.wait_for(running, 5)

    asyncio.run(go())
    assert [one.value for one in told] == [f"t3.client1.0.{n}" for n in range(len(told))]
    assert {(one.outcome, one.ret_s, one.error) for one in told} == {
        ("unknown", None, 'KeyError: "a client\'s mistake"')
    }


def test_a_reply_says_by_default_that_it_was_an_answer() -> None:
    assert Reply(outcome="ok").answered
