"""The health port of a data node that rests: its agent says that it is not primary, and what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from targets.reference.driver import health
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.surroundings import HEALTH_PORT
from targets.reference.machines.words.messages import Place
from targets.reference.metrics import families
from targets.reference.metrics.exposition import text


class Rest:
    """Begins and ends with the rest, as often as there is one. The data node needs the port for itself."""

    def __init__(
        self, bind: str, refusals: Refusals, *, kept: Callable[[], tuple[int, Place]], port: int = HEALTH_PORT
    ) -> None:
        self._bind, self._port, self._refusals, self._kept = bind, port, refusals, kept
        self._rests = False
        self._server: asyncio.Server | None = None
        self._listening: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._rests = True
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    def end(self) -> None:
        """The port is free when this returns, and no child of a fork has it."""
        self._rests = False
        self._close()

    async def _listen(self) -> None:
        """A start that comes meanwhile ends it before the child is there."""
        if self._rests:
            self._server = await health.listen(
                self._bind, self._port, serving=lambda: False, refusals=self._refusals, metrics=self._metrics
            )
            self._close(unless=self._rests)

    def _close(self, *, unless: bool = False) -> None:
        if self._server is not None and not unless:
            self._server.close()
            self._server = None

    def _metrics(self) -> str:
        epoch, last = self._kept()
        return text(families.of_rest(epoch, last, self._refusals.all()))
