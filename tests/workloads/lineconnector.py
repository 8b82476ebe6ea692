"""A system small enough to see through: `key=value` lines over real sockets, answered or not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from harness.workloads.connector import Connection, Reply


class Server:
    """Counts connections and keeps every request. answer: None leaves the request open."""

    def __init__(self, answer: Callable[[str], str | None]) -> None:
        self.requests: list[str] = []
        self.connections = 0
        self.port = 0
        self._answer = answer
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            while line := (await reader.readline()).decode().strip():
                number, request = line.split(" ", 1)
                self.requests.append(request)
                if (answer := self._answer(request)) is not None:
                    writer.write(f"{number} {answer}\n".encode())
        except ConnectionError:
            pass
        finally:
            writer.close()


async def serve(answer: Callable[[str], str | None]) -> Server:
    server = Server(answer)
    await server.listen()
    return server


class LineConnection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.closed = False
        self._reader, self._writer = reader, writer
        self._open: dict[str, asyncio.Future[str]] = {}
        self._reading = asyncio.create_task(self._read())

    async def write(self, key: str, value: str) -> Reply:
        return await self._ask(f"{key}={value}")

    async def read(self, key: str) -> Reply:
        return await self._ask(key)

    def close(self) -> None:
        self.closed = True
        self._writer.transport.abort()

    async def _ask(self, request: str) -> Reply:
        number = f"{len(self._open)}"
        self._open[number] = asyncio.get_running_loop().create_future()
        self._writer.write(f"{number} {request}\n".encode())
        outcome = await self._open[number]
        if outcome == "lost":
            return Reply(outcome="unknown", error="lost", answered=False)
        return Reply(outcome="ok" if outcome == "ok" else "fail", node="server")

    async def _read(self) -> None:
        try:
            while line := (await self._reader.readline()).decode().split():
                self._open[line[0]].set_result(line[1])
        except ConnectionError:
            pass
        self.closed = True
        for future in self._open.values():
            if not future.done():
                future.set_result("lost")


class Connector:
    def __init__(self, port: int) -> None:
        self._port = port

    async def connect(self, address: str) -> Connection:
        return LineConnection(*await asyncio.open_connection(address, self._port))


async def connect(address: str) -> Connection:
    """For the load program; the address carries the port."""
    host, port = address.split(":")
    return LineConnection(*await asyncio.open_connection(host, int(port)))
