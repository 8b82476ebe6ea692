"""Who answers behind a router."""

from __future__ import annotations

import asyncio

from targets.own_stack.load.behind import Behind


class Nodes:
    """Their marks; an exception is what asking them raises, None a node that is silent."""

    def __init__(self, **marks: str | Exception | None) -> None:
        self.marks = marks
        self.asked: list[str] = []

    async def ask(self, host: str) -> str:
        self.asked.append(host)
        mark = self.marks[host]
        if mark is None:
            await asyncio.sleep(60.0)
        if isinstance(mark, Exception):
            raise mark
        return f"{mark}"


def test_a_mark_names_the_node_that_has_it_and_is_asked_for_once() -> None:
    async def act() -> None:
        nodes = Nodes(a="run-1", b="run-2")
        behind = Behind(("a", "b"), nodes.ask)
        assert [await behind.node(mark) for mark in ("run-2", "run-1", "run-2")] == ["b", "a", "b"]
        assert nodes.asked == ["a", "b"]

    asyncio.run(act())


def test_a_node_that_was_started_anew_is_asked_again() -> None:
    async def act() -> None:
        nodes = Nodes(a="run-1", b="run-2")
        behind = Behind(("a", "b"), nodes.ask)
        await behind.node("run-1")
        nodes.marks["a"] = "run-3"
        assert await behind.node("run-3") == "a"

    asyncio.run(act())


def test_who_is_out_of_reach_or_silent_stays_unknown_and_keeps_nobody_waiting() -> None:
    async def act() -> None:
        nodes = Nodes(a=ConnectionError("refused"), b=None, c="run-3")
        behind = Behind(("a", "b", "c"), nodes.ask, limit_s=0.01)
        assert await behind.node("run-1") == ""
        assert await behind.node("run-3") == "c"
        assert await behind.node("") == ""

    asyncio.run(act())
