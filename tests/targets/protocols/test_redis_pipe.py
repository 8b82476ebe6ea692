"""A connection to a Redis on which questions overlap."""

from __future__ import annotations

import asyncio

import pytest

from targets.protocols.redis_pipe import REFUSED, opened
from tests.targets.redis_sentinel.servers import Answer, Refusal, serving

HOST = "127.0.0.1"


def test_questions_that_overlap_are_answered_in_their_order() -> None:
    async def go() -> None:
        async with serving(lambda words: words[-1]) as port:
            pipe = await opened(HOST, port)
            assert await asyncio.gather(*(pipe.ask("ECHO", f"{n}") for n in range(20))) == [
                f"{n}" for n in range(20)
            ]
            pipe.close()

    asyncio.run(go())


def test_a_refusal_is_one_question_s_and_not_the_connection_s_end() -> None:
    def serve(words: list[str]) -> Answer:
        return Refusal("ERR no") if words == ["BAD"] else "fine"

    async def go() -> None:
        async with serving(serve) as port:
            pipe = await opened(HOST, port)
            with pytest.raises(REFUSED):
                await pipe.ask("BAD")
            assert await pipe.ask("GOOD") == "fine"
            pipe.close()

    asyncio.run(go())


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def go() -> None:
        async with serving(lambda words: None) as port:
            pass
        with pytest.raises(OSError):
            await opened(HOST, port)

    asyncio.run(go())
