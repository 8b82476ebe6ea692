"""GET /primary over a real socket."""

from __future__ import annotations

import asyncio

import pytest

from targets.reference.driver import health
from tests.targets.reference.driver.sockets import free_port
from tests.targets.reference.driver.strangers import quiet


async def ask(port: int, request: bytes) -> bytes:
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
    return answer.split(b"\r\n", 1)[0]


@pytest.mark.parametrize(
    ("serving", "request_", "status"),
    [
        (True, b"GET /primary HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK"),
        (False, b"GET /primary HTTP/1.0\r\n\r\n", b"HTTP/1.0 503 Service Unavailable"),
        (True, b"GET /elsewhere HTTP/1.0\r\n\r\n", b"HTTP/1.0 404 Not Found"),
        (True, b"\r\n\r\n", b""),
        (True, b"POST /primary HTTP/1.0\r\n\r\n", b""),
        (True, b"GET /primary nonsense\r\n\r\n", b""),
        (True, b"GET /primary HTTP/1.0\r\n" + b"a: b\r\n" * 2000 + b"\r\n", b""),
    ],
)
def test_only_a_serving_primary_is_well(serving: bool, request_: bytes, status: bytes) -> None:
    async def go() -> bytes:
        port = free_port()
        server = await health.listen("127.0.0.1", port, serving=lambda: serving, refusals=quiet())
        try:
            return await ask(port, request_)
        except ConnectionResetError:
            return b""
        finally:
            server.close()
            await asyncio.sleep(0.01)

    assert asyncio.run(go()) == status


def test_what_is_counted_is_answered_whole() -> None:
    async def go() -> bytes:
        port = free_port()
        server = await health.listen(
            "127.0.0.1", port, serving=lambda: False, refusals=quiet(), metrics=lambda: "é 1\n"
        )
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /metrics HTTP/1.1\r\n\r\n")
                answer = await reader.read()
                writer.close()
            return answer
        finally:
            server.close()
            await asyncio.sleep(0.01)

    head, body = asyncio.run(go()).split(b"\r\n\r\n")
    assert head.splitlines()[0] == b"HTTP/1.0 200 OK" and b"Content-Length: 5" in head
    assert b"Content-Type: text/plain; version=0.0.4" in head and body.decode() == "é 1\n"
