"""Stand-ins for a Redis and for Sentinels on loopback, as a test scripts them; they speak RESP2."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Literal

from targets.redis_sentinel.replication import NO_ID
from tests.targets.redis_sentinel.said import history


class Refusal(str):
    """An error reply."""


class Several(list["Answer"]):
    """One reply after the other, as a subscription gives them."""


Answer = str | int | None | Refusal | Sequence["Answer"] | Literal["hang up", "silence"]
Serve = Callable[[list[str]], Answer]


def replication(role: str = "master", letter: str = "a", *, before: str = "") -> str:
    first = f"role:{role}\r\nmaster_link_status:up\r\nmaster_replid:{history(letter)}\r\n"
    return f"{first}master_replid2:{history(before) if before else NO_ID}\r\n"


def a_sentinel(primary: str, config_epoch: int) -> Serve:
    def serve(words: list[str]) -> Answer:
        if words[1] == "GET-MASTER-ADDR-BY-NAME":
            return [primary, "6379"]
        fields = {"flags": "master", "num-slaves": "2", "num-other-sentinels": "2"}
        pairs = {**fields, "config-epoch": f"{config_epoch}"}
        return [word for pair in pairs.items() for word in pair]

    return serve


@asynccontextmanager
async def serving(serve: Serve, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """The port on which each command is answered by serve."""
    ends: set[asyncio.StreamWriter] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.add(writer)
        try:
            while (words := await _command(reader)) is not None:
                answer = serve(words)
                if answer == "hang up":
                    break
                if answer != "silence":
                    writer.write(_encoded(answer))
        finally:
            writer.close()

    server = await asyncio.start_server(converse, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for end in ends:
            end.close()
        await server.wait_closed()


async def _command(reader: asyncio.StreamReader) -> list[str] | None:
    """`*2\\r\\n$4\\r\\nPING\\r\\n…`; None at the end."""
    head = await reader.readline()
    if not head:
        return None
    words = []
    for _ in range(int(head[1:])):
        length = int((await reader.readline())[1:])
        words.append((await reader.readexactly(length + 2))[:-2].decode())
    return words


def _encoded(answer: Answer) -> bytes:
    match answer:
        case Refusal():
            return f"-{answer}\r\n".encode()
        case str():
            return f"${len(answer.encode())}\r\n{answer}\r\n".encode()
        case int():
            return f":{answer}\r\n".encode()
        case Several():
            return b"".join(map(_encoded, answer))
        case None:
            return b"$-1\r\n"
        case _:
            return f"*{len(answer)}\r\n".encode() + b"".join(map(_encoded, answer))
