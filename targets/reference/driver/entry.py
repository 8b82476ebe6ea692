"""Port 7100 of an agent or witness: watchers follow its events, the operator asks. Reached by observers only.

Nobody is heard who has not shown the stack's token. Every event also goes to standard output, so that a
host's own log tells the same story.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import msgspec

from harness.model.event import AlertRaised, Event, HealthReported
from harness.workloads.served import LineServer
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.telling import Readiness
from targets.reference.driver.webhook import Webhook
from targets.reference.orders import Order, order

Ordered = Callable[[Order], Awaitable[tuple[bool, str]]]


class Entry:
    """Tells events, and whether this host is ready: its process runs and knows an epoch."""

    def __init__(
        self, host: str, *, ordered: Ordered, token: str, refusals: Refusals, webhook: str = ""
    ) -> None:
        """webhook: where alerts are posted; "" for nowhere."""
        self._ordered, self._readiness = ordered, Readiness(host)
        self._webhook = Webhook(webhook) if webhook else None
        self._server = LineServer(
            asked=self._asked,
            state=lambda: (self._health(),),
            token=token,
            refused=lambda reason, address: refusals.note("entry", reason, address),
        )

    async def listen(self, bind: str, port: int) -> None:
        await self._server.listen(bind, port)

    def tell(self, event: Event) -> None:
        self._say(event)
        if self._webhook is not None and isinstance(event, AlertRaised):
            self._webhook.post(event)
        if self._readiness.changed_by(event):
            self._say(self._health())

    def _say(self, event: Event) -> None:
        self._server.tell(event)
        print(msgspec.json.encode(event).decode(), flush=True)

    def _health(self) -> HealthReported:
        return self._readiness.report(time.monotonic())

    async def _asked(self, body: msgspec.Raw) -> tuple[bool, str]:
        return await self._ordered(order(body))
