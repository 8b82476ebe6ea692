"""The load program on a client host: an open loop of operations, each told whole. Never repeats one.

python3 -m harness.workloads.program --connector targets.reference.connector --host client1 --port 7300
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import os
import signal
import time
from typing import cast

import msgspec

from harness.model.command import StartLoad, StopLoad
from harness.model.event import LoadStopped, Stalled
from harness.workloads.connector import Connector
from harness.workloads.lane import LaneRunner
from harness.workloads.limits import LEAD_S
from harness.workloads.openloop import lanes
from harness.workloads.served import LineServer
from harness.workloads.wire import CLIENT_PORT, order

_TICK_S = 0.005
_LATE_S = 0.02


class Program:
    """One load at a time; a second one first ends the one before."""

    def __init__(self, host: str, connector: Connector) -> None:
        self._host, self._connector = host, connector
        self._server = LineServer(asked=self._asked, state=tuple)
        self._lanes: list[LaneRunner] = []
        self._running: list[asyncio.Task[None]] = []
        self._ending: asyncio.Task[None] | None = None

    async def serve(self, bind: str, port: int) -> None:
        await self._server.listen(bind, port)
        await self._watch_for_stalls()

    async def _asked(self, body: msgspec.Raw) -> tuple[bool, str]:
        match order(body):
            case StartLoad() as load:
                await self._end()
                self._start(load)
            case StopLoad(client=client):
                self._ending = asyncio.create_task(self._stop(client))
        return True, ""

    def _start(self, load: StartLoad) -> None:
        start_s = time.monotonic() + LEAD_S
        self._lanes = [
            LaneRunner(lane, load, connector=self._connector, tell=self._server.tell)
            for lane in lanes(load, start_s=start_s)
        ]
        self._running = [asyncio.create_task(lane.run()) for lane in self._lanes]

    async def _stop(self, client: str) -> None:
        await self._end()
        self._server.tell(LoadStopped(client=client, at_s=time.monotonic()))

    async def _end(self) -> None:
        """Schedule nothing more; every operation ends within its time-out."""
        for lane in self._lanes:
            lane.stop()
        await asyncio.gather(*self._running)
        self._lanes, self._running = [], []

    async def _watch_for_stalls(self) -> None:
        """This loop stamps the operations: while it is late, so are their stamps."""
        before_s = time.monotonic()
        while True:
            await asyncio.sleep(_TICK_S)
            now_s = time.monotonic()
            if now_s - before_s > _TICK_S + _LATE_S:
                self._server.tell(Stalled(who=self._host, from_s=before_s + _TICK_S, to_s=now_s))
            before_s = now_s


def main() -> None:
    parser = argparse.ArgumentParser(description="The load program of a client host.")
    parser.add_argument("--connector", required=True, help="module of the target's client")
    parser.add_argument("--host", required=True, help="this host's name, as events tell it")
    parser.add_argument("--port", type=int, default=CLIENT_PORT)
    words = parser.parse_args()
    connector = cast(Connector, importlib.import_module(words.connector))
    # What lives as long as the program need not be looked through again and again.
    gc.freeze()
    asyncio.run(_serve(Program(words.host, connector), words.port))


async def _serve(program: Program, port: int) -> None:
    serving = asyncio.create_task(program.serve(os.environ.get("FAILOVER_DRILL_BIND", "0.0.0.0"), port))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        print("ended by SIGTERM", flush=True)


if __name__ == "__main__":
    main()
