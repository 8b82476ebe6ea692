"""The load program as a real process, driven the way a world drives it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from harness.model.command import StartLoad, StopLoad
from harness.model.event import Event, LoadStopped, Returned, Stalled
from harness.workloads.wire import LoadClient
from tests.workloads.lineconnector import Server

_LIMIT_S = 10.0


class System:
    """The small line server in a thread of its own; answers everything."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._server = Server(lambda request: "ok")
        self._loop.run_until_complete(self._server.listen())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.port}"

    @property
    def requests(self) -> list[str]:
        return [*self._server.requests]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.call_later, 0.05, self._loop.stop)
        self._thread.join(_LIMIT_S)
        self._loop.close()


class Program:
    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        module, connector = "harness.workloads.program", "tests.workloads.lineconnector"
        words = ["-m", module, "--connector", connector, "--host", "client1", "--port", f"{self.port}"]
        self.process = subprocess.Popen(
            [sys.executable, *words], env={**os.environ, "FAILOVER_DRILL_BIND": "127.0.0.1"}
        )
        self.events: list[Event] = []
        self.client = LoadClient(
            host="client1", dial=self.dial, emit=self.events.append, clock=lambda raw_s: raw_s
        )

    def dial(self, host: str, port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=1)

    def operations(self) -> list[Returned]:
        return [event for event in [*self.events] if isinstance(event, Returned)]

    def has_operations_of(self, trial: int) -> bool:
        return sum(one.trial == trial for one in self.operations()) > 30

    def has_stopped(self, times: int) -> bool:
        return sum(isinstance(event, LoadStopped) for event in [*self.events]) == times

    def end(self) -> None:
        self.client.close()
        self.process.terminate()
        assert self.process.wait(_LIMIT_S) == 0


@contextmanager
def running() -> Iterator[tuple[Program, System]]:
    system, program = System(), Program()
    try:
        yield program, system
    finally:
        program.end()
        system.close()


def start(address: str, *, trial: int = 1) -> StartLoad:
    return StartLoad(
        trial=trial,
        client="client1",
        address=address,
        value_prefix=f"t{trial}",
        writers=2,
        rate_per_s=100.0,
        readers=1,
        read_rate_per_s=50.0,
        timeout_s=0.5,
    )


def until(condition: Callable[[], object]) -> None:
    until_s = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < until_s, "it did not come in time"
        time.sleep(0.005)


def test_a_load_is_told_whole_from_start_to_stop_and_the_next_one_too() -> None:
    with running() as (program, system):
        for trial in (1, 2):
            program.client.start(start(system.address, trial=trial))
            until(partial(program.has_operations_of, trial))
            program.client.stop(StopLoad(client="client1"))
            until(partial(program.has_stopped, trial))
        assert isinstance(program.events[-1], LoadStopped)
        operations = program.operations()
        assert {one.kind for one in operations} == {"write", "read"}
        told = sorted(f"{one.key}={one.value}" for one in operations if one.kind == "write")
        assert told == sorted(request for request in system.requests if "=" in request)
        assert {one.outcome for one in operations} == {"ok"}


def test_a_program_that_was_not_scheduled_says_from_when_to_when() -> None:
    with running() as (program, system):
        program.client.start(start(system.address))
        until(lambda: len(program.operations()) > 3)
        before_s = time.monotonic()
        os.kill(program.process.pid, signal.SIGSTOP)
        time.sleep(0.15)
        after_s = time.monotonic()
        os.kill(program.process.pid, signal.SIGCONT)

        def told() -> list[Stalled]:
            stalls = [event for event in [*program.events] if isinstance(event, Stalled)]
            return [stall for stall in stalls if stall.from_s < before_s + 0.02 and stall.to_s >= after_s]

        until(told)
        assert [stall.who for stall in told()] == ["client1"]
