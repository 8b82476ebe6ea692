"""A witness's way to the fence device: carries out AskPower over HTTP. Every question is answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from targets.reference.driver import http, redfish
from targets.reference.driver.limits import FENCE_LIMIT_S
from targets.reference.driver.surroundings import FENCE_PORT, address, fence_token
from targets.reference.machines.words.grammar import AskPower, PowerAnswered
from targets.reference.settings import Settings


class Fence:
    """answer: hears each answer, from the running loop."""

    def __init__(self, settings: Settings, answer: Callable[[PowerAnswered], None]) -> None:
        self._host, self._answer = settings.fence_host, answer
        self._token = fence_token() if settings.fence_token == "right" else "another one"
        self._under_way: set[asyncio.Task[None]] = set()

    def ask(self, ask: AskPower) -> None:
        task = asyncio.create_task(self._ask(ask))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _ask(self, ask: AskPower) -> None:
        try:
            async with asyncio.timeout(FENCE_LIMIT_S):
                answer = redfish.answered(ask, await self._asked(redfish.request(ask, self._token)))
        except TimeoutError:
            answer = redfish.failed(ask, f"no answer within {FENCE_LIMIT_S:g} s")
        except OSError as error:
            answer = redfish.failed(ask, f"it cannot be reached: {error.strerror or type(error).__name__}")
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            answer = redfish.failed(ask, f"it answers nonsense: {type(error).__name__}")
        self._answer(answer)

    async def _asked(self, request: redfish.Request) -> redfish.Response:
        reader, writer = await asyncio.open_connection(
            address(self._host), FENCE_PORT, limit=http.HEAD_BYTES_MAX
        )
        try:
            writer.write(http.request_bytes(request, self._host))
            head = await reader.readuntil(http.END)
            return http.response_of(head, await reader.readexactly(http.body_bytes(head)))
        finally:
            writer.transport.abort()
