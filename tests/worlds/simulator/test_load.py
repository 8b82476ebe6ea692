"""The open loop in virtual time keeps the rules of the load program: when it sends, when it gives up."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from harness.model.command import StartLoad
from harness.model.event import LoadStopped, OpKind, Returned
from harness.seams import Kernel, Reply
from harness.worlds.simulator.load import ClientProgram
from tests.worlds.simulator.kernels import Lab

TIMEOUT_S = 1.0


class System:
    """What is written to. connects: how long until it can be used, None for never; answers: likewise."""

    def __init__(self) -> None:
        self.connects_s: float | None = 0.001
        self.answers_s: float | None = 0.002
        self.connections: list[Connection] = []

    def connect(self, kernel: Kernel, address: str, done: Callable[[bool], None]) -> Connection:
        self.connections.append(Connection(self, kernel))
        if self.connects_s is not None:
            kernel.after(self.connects_s, done, True)
        return self.connections[-1]


class Connection:
    def __init__(self, system: System, kernel: Kernel) -> None:
        self._system, self._kernel = system, kernel
        self._open: list[Callable[[Reply], None]] = []
        self.closed = False
        self.asked: list[str] = []

    def operate(self, kind: OpKind, key: str, value: str, done: Callable[[Reply], None]) -> None:
        self.asked.append(value)
        if self._system.answers_s is not None:
            self._kernel.after(self._system.answers_s, done, Reply(outcome="ok", node="n1", epoch=1))
        else:
            self._open.append(done)

    def close(self) -> None:
        self.closed = True
        for done in self._open:
            done(Reply(outcome="unknown", error="connection lost", answered=False))
        self._open = []


class Bench:
    def __init__(self) -> None:
        self.lab, self.system = Lab("client1"), System()
        self.program = ClientProgram(self.lab.processes["client1"], self.system.connect)

    def start(self, *, writers: int = 1, rate_per_s: float = 50.0) -> None:
        self.program.start(
            StartLoad(
                trial=1,
                client="client1",
                address="router",
                value_prefix="t1",
                writers=writers,
                rate_per_s=rate_per_s,
                readers=0,
                read_rate_per_s=0.0,
                timeout_s=TIMEOUT_S,
            )
        )

    @property
    def returned(self) -> list[Returned]:
        return [event for event in self.lab.told if isinstance(event, Returned)]

    @property
    def stopped(self) -> int:
        return sum(isinstance(event, LoadStopped) for event in self.lab.told)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_each_operation_is_sent_when_it_is_due(bench: Bench) -> None:
    bench.start()
    bench.lab.run(1.0)
    calls = [op.call_s for op in bench.returned]
    assert all(b - a == pytest.approx(0.02) for a, b in pairwise(calls))
    assert all(op.call_s == pytest.approx(op.scheduled_s) for op in bench.returned)
    assert {op.outcome for op in bench.returned} == {"ok"}
    assert [op.value for op in bench.returned[:2]] == ["t1.client1.0.0", "t1.client1.0.1"]


def test_a_slow_answer_does_not_slow_the_next_call(bench: Bench) -> None:
    bench.system.answers_s = 0.5
    bench.start()
    bench.lab.run(1.0)
    assert all(b.call_s - a.call_s == pytest.approx(0.02) for a, b in pairwise(bench.returned))


def test_what_waits_for_a_connection_for_too_long_was_certainly_not_sent(bench: Bench) -> None:
    bench.system.connects_s = None
    bench.start()
    bench.lab.run(1.0)
    assert {(op.outcome, op.error) for op in bench.returned} == {("fail", "not connected")}
    first = next(op for op in bench.returned if op.scheduled_s > 0.2)
    assert first.call_s - first.scheduled_s == pytest.approx(0.1)
    # An attempt is given up after 0.3 s, and made again 0.02 s later.
    assert len(bench.system.connections) == 4
    assert [connection.closed for connection in bench.system.connections] == [True, True, True, False]


def test_a_time_out_is_unknown_and_takes_its_connection_with_it(bench: Bench) -> None:
    bench.system.answers_s = None
    bench.start()
    bench.lab.run(TIMEOUT_S + 0.06)
    first, *others = bench.returned
    assert (first.outcome, first.error, first.ret_s) == ("unknown", "timed out", None)
    assert others
    assert {(op.outcome, op.error, op.ret_s) for op in others} == {("unknown", "connection lost", None)}
    assert bench.system.connections[0].closed


def test_no_operation_is_sent_twice(bench: Bench) -> None:
    bench.system.answers_s = None
    bench.start(writers=3)
    bench.lab.run(3.0)
    asked = [value for connection in bench.system.connections for value in connection.asked]
    assert len(asked) == len(set(asked)) > 0


def test_too_many_outstanding_operations_are_not_sent(bench: Bench) -> None:
    bench.system.answers_s = None
    bench.start(rate_per_s=1000.0)
    bench.lab.run(0.5)
    assert {op.error for op in bench.returned} == {"not sent: too many operations are outstanding"}
    assert len(bench.system.connections[0].asked) == 200


def test_stopping_waits_for_every_operation_and_sends_nothing_more(bench: Bench) -> None:
    bench.system.answers_s = 0.5
    bench.start()
    bench.lab.run(0.2)
    bench.program.stop("client1")
    asked = len(bench.system.connections[0].asked)
    bench.lab.run(0.3)
    assert bench.stopped == 0
    bench.lab.run(1.0)
    assert (bench.stopped, len(bench.returned)) == (1, asked)
    assert isinstance(bench.lab.told[-1], LoadStopped)
    assert bench.system.connections[0].closed


def test_a_client_without_a_load_stops_at_once(bench: Bench) -> None:
    bench.program.stop("client1")
    assert bench.stopped == 1


def test_a_second_load_first_ends_the_one_before(bench: Bench) -> None:
    bench.start()
    bench.lab.run(0.2)
    bench.start()
    bench.lab.run(0.5)
    scheduled = [op.scheduled_s for op in bench.returned]
    assert scheduled == sorted(scheduled)
    assert [op.value for op in bench.returned].count("t1.client1.0.0") == 2
