"""A client whose operations are programs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from harness.model.ownstack import Speaks
from targets.own_stack.load.command_client import CommandConnection, connect

T = TypeVar("T")
SAYS = ("echo", "{host}:{port} {key}={value}")


def speaks(*write: str, read: tuple[str, ...] = ("echo", "v1")) -> Speaks:
    return Speaks(by="command", write_command=write, read_command=read, all_command=("true",), refused=(3,))


def connected(act: Callable[[CommandConnection], Awaitable[T]], by: Speaks) -> T:
    async def go() -> T:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            connection = await connect("127.0.0.1", server.sockets[0].getsockname()[1], by, node="a")
            try:
                return await act(connection)
            finally:
                connection.close()

    return asyncio.run(go())


def test_a_program_is_told_whom_to_write_to_and_what() -> None:
    async def act(connection: CommandConnection) -> None:
        reply = await connection.write("k1", "v1")
        assert reply.outcome == "ok"
        assert reply.value.startswith("127.0.0.1:") and reply.value.endswith(" k1=v1")
        assert (await connection.read("k1")).value == "v1"

    connected(act, speaks(*SAYS))


@pytest.mark.parametrize(("code", "outcome"), [(0, "ok"), (3, "fail"), (1, "unknown")])
def test_an_exit_code_is_what_the_stack_file_says(code: int, outcome: str) -> None:
    async def act(connection: CommandConnection) -> str:
        return (await connection.write("k1", "v1")).outcome

    assert connected(act, speaks("sh", "-c", f"exit {code}")) == outcome


def test_a_read_that_fails_changes_nothing() -> None:
    async def act(connection: CommandConnection) -> str:
        return (await connection.read("k1")).outcome

    assert connected(act, speaks("true", read=("false",))) == "fail"


def test_a_program_that_does_not_end_in_time_is_ended() -> None:
    async def act(connection: CommandConnection) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.write("k1", "v1"), 0.05)

    connected(act, speaks("sleep", "60"))


def test_closing_does_not_mind_a_program_that_has_just_ended() -> None:
    async def act(connection: CommandConnection) -> None:
        ended = await asyncio.create_subprocess_exec("true")
        await ended.wait()
        connection._running.add(ended)
        connection.close()
        assert connection.closed

    connected(act, speaks("true"))


def test_a_program_that_is_not_there_is_not_run() -> None:
    async def act(connection: CommandConnection) -> None:
        reply = await connection.write("k1", "v1")
        assert (reply.outcome, reply.error) == (
            "fail",
            "not run: there is no no-such-tool in the clients' image",
        )

    connected(act, speaks("no-such-tool"))


def test_where_nobody_listens_nothing_is_run() -> None:
    async def go() -> None:
        with pytest.raises(OSError):
            await connect("127.0.0.1", 1, speaks("true"), node="a")

    asyncio.run(go())
