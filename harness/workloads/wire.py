"""The conversation between a world and the load program on a client host, and the world's end of it.

Orders are StartLoad and StopLoad as they are; events are Returned, Stalled and LoadStopped with raw stamps.
"""

from __future__ import annotations

import time
from concurrent.futures import Future

import msgspec

from harness.model.command import StartLoad, StopLoad
from harness.model.event import Failed
from harness.seams import Dial, Emit
from harness.workloads.follow import Clock, Follower, Linked
from harness.workloads.lines import Answer
from harness.workloads.strict import decoded

CLIENT_PORT = 7300

Order = StartLoad | StopLoad
_orders = msgspec.json.Decoder(Order)


def order(body: msgspec.Raw) -> Order:
    """Raises ValueError when it is no order."""
    told: Order = decoded(_orders.decode, body)
    return told


def _say_nothing(up: bool, detail: str) -> None:
    """For worlds that look after their client hosts themselves."""


class LoadClient:
    """A world's handle on one client host. Nothing here waits; what happens comes through emit.

    emit is called from the client's own thread. clock maps a raw CLOCK_MONOTONIC stamp to the run's time.
    """

    def __init__(
        self,
        *,
        host: str,
        dial: Dial,
        emit: Emit,
        clock: Clock,
        port: int = CLIENT_PORT,
        linked: Linked = _say_nothing,
    ) -> None:
        self._host, self._emit, self._clock = host, emit, clock
        self._follower = Follower(host=host, port=port, dial=dial, emit=emit, clock=clock, linked=linked)

    def start(self, command: StartLoad) -> None:
        self._order(command)

    def stop(self, command: StopLoad) -> None:
        """Answered by LoadStopped when every operation has ended."""
        self._order(command)

    def close(self) -> None:
        self._follower.close()

    def _order(self, command: Order) -> None:
        self._follower.ask(command).add_done_callback(self._answered)

    def _answered(self, future: Future[Answer]) -> None:
        """A refusal fails by the client's name: that is what the conductor knows a load by."""
        if not future.cancelled() and not future.result().ok:
            at_s = self._clock(time.monotonic())
            self._emit(Failed(command_id=self._host, reason=future.result().detail, at_s=at_s))
