"""Conversations of one question at a time, as one connection."""

from __future__ import annotations

import asyncio
import threading

import pytest

from harness.workloads.connector import Reply
from targets.own_stack.load.sessions import SESSIONS_MAX, PooledConnection, opened


class Server:
    """What its sessions do: answer, refuse, hang until closed, or be lost."""

    def __init__(self) -> None:
        self.does = "answer"
        self.sessions: list[Conversation] = []
        self.at_once, self.most_at_once = 0, 0
        self.lock = threading.Lock()

    def open(self) -> Conversation:
        if self.does == "not there":
            raise ConnectionRefusedError("nobody listens")
        self.sessions.append(Conversation(self))
        return self.sessions[-1]


class Conversation:
    def __init__(self, server: Server) -> None:
        self._server, self._ended = server, threading.Event()

    @property
    def closed(self) -> bool:
        return self._ended.is_set()

    def write(self, key: str, value: str) -> Reply:
        server = self._server
        with server.lock:
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            match server.does:
                case "hang":
                    assert self._ended.wait(10)
                    raise ConnectionResetError("closed under its hands")
                case "lose":
                    raise ConnectionResetError("reset by peer")
                case "refuse":
                    return Reply(outcome="fail", node="db1", error="read only")
            self._ended.wait(0.01)
            return Reply(outcome="ok", node="db1", value=value)
        finally:
            with server.lock:
                server.at_once -= 1

    def read(self, key: str) -> Reply:
        return self.write(key, key)

    def close(self) -> None:
        self._ended.set()


def test_operations_overlap_up_to_a_bound_and_conversations_are_used_again() -> None:
    async def go() -> None:
        server = Server()
        connection = await opened(server.open)
        replies = await asyncio.gather(*(connection.write("k", f"v{n}") for n in range(40)))
        assert [reply.value for reply in replies] == [f"v{n}" for n in range(40)]
        assert 1 < server.most_at_once <= SESSIONS_MAX
        assert len(server.sessions) <= SESSIONS_MAX
        connection.close()
        assert all(session.closed for session in server.sessions)

    asyncio.run(go())


def test_one_that_nobody_waits_for_any_more_is_closed_and_the_others_go_on() -> None:
    async def go() -> None:
        server = Server()
        connection = await opened(server.open)
        server.does = "hang"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.write("k", "v1"), 0.05)
        assert server.sessions[0].closed
        assert connection.closed
        connection.close()

    asyncio.run(go())


def test_a_lost_one_leaves_its_operation_unknown() -> None:
    async def go() -> PooledConnection:
        server = Server()
        connection = await opened(server.open)
        server.does = "lose"
        reply = await connection.write("k", "v1")
        assert (reply.outcome, reply.answered, reply.error) == ("unknown", False, "reset by peer")
        server.does = "answer"
        reply = await connection.write("k", "v2")
        assert (reply.outcome, reply.error) == ("fail", "not sent: the connection was closed")
        return connection

    assert asyncio.run(go()).closed


def test_a_refused_one_finds_another_way_next_time() -> None:
    async def go() -> PooledConnection:
        server = Server()
        connection = await opened(server.open)
        server.does = "refuse"
        assert (await connection.write("k", "v1")).outcome == "fail"
        return connection

    assert asyncio.run(go()).closed


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def go() -> None:
        server = Server()
        server.does = "not there"
        with pytest.raises(ConnectionRefusedError):
            await opened(server.open)

    asyncio.run(go())
