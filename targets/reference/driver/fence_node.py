"""The fence device's host: a power switch for each data node, in the Redfish form, behind a token.

    python3 -m targets.reference.driver.fence_node fence

The switches themselves are whoever's this host runs in, over a rail: FAILOVER_DRILL_RAIL (address:port) and
FAILOVER_DRILL_RAIL_TOKEN. Without one it answers 502.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections import Counter

import msgspec
from msgspec import Struct

from harness.workloads.strict import decoded
from targets.reference.driver import health, http, redfish
from targets.reference.driver.limits import FENCE_LIMIT_S
from targets.reference.driver.loop import end_broken
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.surroundings import (
    FENCE_PORT,
    HEALTH_PORT,
    Surroundings,
    fence_token,
    surroundings,
)
from targets.reference.driver.visits import RefusedError, Visits
from targets.reference.machines.words.grammar import PowerState
from targets.reference.metrics import families
from targets.reference.metrics.exposition import text

_ANSWER_BYTES_MAX = 4096
# Three witnesses ask, each one question at a time for each switch.
_VISITS_MAX = 64


class Said(Struct, frozen=True):
    """What the rail answers."""

    state: PowerState = "unknown"
    error: str = ""


_said = msgspec.json.Decoder(Said)


class Rail:
    """To the switches: a connection and a line for each question."""

    def __init__(self, place: str, token: str) -> None:
        self._address, _, self._port = place.rpartition(":")
        self._token = token

    async def ask(self, what: redfish.Wanted) -> Said:
        if not self._address:
            return Said(error="FAILOVER_DRILL_RAIL is not set: no switch is connected")
        question = {"token": self._token, "host": what.node, "order": what.order}
        try:
            async with asyncio.timeout(FENCE_LIMIT_S):
                reader, writer = await asyncio.open_connection(self._address, int(self._port))
                try:
                    writer.write(msgspec.json.encode(question) + b"\n")
                    line = await reader.readline()
                finally:
                    writer.transport.abort()
            return decoded(_said.decode, line) if line else Said(error="the rail says nothing")
        except (OSError, ValueError) as error:
            return Said(error=f"the switches cannot be reached: {error or type(error).__name__}")


class FenceHost:
    """Serves until it is ended. Garbage closes the connection, and nothing else happens."""

    def __init__(self, where: Surroundings, rail: Rail, token: str) -> None:
        self._where, self._rail, self._token = where, rail, token
        self._answers: Counter[tuple[str, int]] = Counter()
        self.refusals = Refusals(where.host)

    async def begin(self) -> asyncio.Server:
        visits = Visits("fence", self._serve, self.refusals, at_most=_VISITS_MAX, within_s=2 * FENCE_LIMIT_S)
        return await visits.listen(self._where.bind, FENCE_PORT, limit=http.HEAD_BYTES_MAX)

    def metrics(self) -> str:
        return text(families.of_fence(self._answers, self.refusals.all()))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(http.END)
        body = await reader.readexactly(http.body_bytes(head))
        response = await self._answer(http.request_of(head, body))
        writer.write(http.response_bytes(response))
        if response.status == 401:
            raise RefusedError("wrong token")

    async def _answer(self, request: redfish.Request) -> redfish.Response:
        response = await self._response(request)
        self._answers[request.method, response.status] += 1
        return response

    async def _response(self, request: redfish.Request) -> redfish.Response:
        what = redfish.wanted(request, token=self._token, nodes=self._where.settings.nodes)
        if isinstance(what, redfish.Response):
            print(f"{request.method} {request.path}: {what.status}", flush=True)
            return what
        said = await self._rail.ask(what)
        if what.order != "read" or said.error:
            print(f"{what.order} {what.node}: {said.error or said.state}", flush=True)
        return redfish.unreachable(said.error) if said.error else redfish.done(what, said.state)


def main() -> None:
    where = surroundings(of_peers=False)
    gc.freeze()
    try:
        asyncio.run(_serve(where))
    except Exception as error:
        end_broken(error)


async def _serve(where: Surroundings) -> None:
    rail = Rail(os.environ.get("FAILOVER_DRILL_RAIL", ""), os.environ.get("FAILOVER_DRILL_RAIL_TOKEN", ""))
    host = FenceHost(where, rail, fence_token())
    server = await host.begin()
    counted = await health.listen(
        where.bind, HEALTH_PORT, serving=lambda: False, refusals=host.refusals, metrics=host.metrics
    )
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with server, counted:
        await over.wait()


if __name__ == "__main__":
    main()
