"""Clients of the reference stack: one connection, many requests by id. Never repeats a request."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.event import OpKind
from harness.seams import Kernel, Reply, Wire
from targets.reference.driver.surroundings import PEER_PORT
from targets.reference.driver.wire import CLIENT, OPERATOR, Hello
from targets.reference.machines.words import messages
from targets.reference.machines.words.messages import (
    FenceOrder,
    Maintain,
    OrderAnswer,
    PrimaryIs,
    PromoteOrder,
    Read,
    ReadAll,
    Rejoin,
    SwitchOver,
    SwitchOverAnswer,
    WhoIsPrimary,
    Write,
)

_LOST = Reply(outcome="unknown", error="connection lost", answered=False)
Answer = messages.Reply | SwitchOverAnswer | PrimaryIs | OrderAnswer
_ANSWERS = (messages.Reply, SwitchOverAnswer, PrimaryIs, OrderAnswer)
Ask = Write | Read | ReadAll | SwitchOver | WhoIsPrimary | PromoteOrder | FenceOrder | Maintain | Rejoin
# None: the connection was lost before the answer.
Answered = Callable[[Answer | None], None]


class NodeConnection:
    """To a data node, or to the router before it. Offers harness.seams.SimulatedConnection and Ear.

    greeted is told once: usable after the node's hello, since a router with nobody behind it accepts too.
    """

    def __init__(
        self,
        kernel: Kernel,
        address: str,
        greeted: Callable[[bool], None],
        port: int = PEER_PORT,
        token: str = "",
    ) -> None:
        """token: to be heard as an operator; without one as a client."""
        self.closed = False
        self._hello = Hello(OPERATOR, "", token) if token else Hello(CLIENT)
        self._greeted: Callable[[bool], None] | None = greeted
        self._open: dict[int, Answered] = {}
        self._requests = 0
        self._wire = kernel.dial(address, port, self)

    def operate(self, kind: OpKind, key: str, value: str, done: Callable[[Reply], None]) -> None:
        if self.closed:
            done(Reply(outcome="fail", error="not sent: the connection was lost"))
            return
        self._requests = request = self._requests + 1
        self._open[request] = lambda answer: done(_reply(answer))
        self._wire.send(Write(request, key, value) if kind == "write" else Read(request, key))

    def ask(self, message: Callable[[int], Ask], answered: Answered) -> None:
        if self.closed:
            answered(None)
            return
        self._requests += 1
        self._open[self._requests] = answered
        self._wire.send(message(self._requests))

    def close(self) -> None:
        """Every open request ends unanswered."""
        self._greeted = None
        self._wire.close()
        self._end()

    def made(self, wire: Wire) -> None:
        wire.send(self._hello)

    def received(self, wire: Wire, message: object) -> None:
        if isinstance(message, _ANSWERS):
            answered = self._open.pop(message.request, None)
            if answered is not None:
                answered(message)
        elif isinstance(message, Hello):
            self._greet(True)

    def lost(self, wire: Wire) -> None:
        self._end()
        self._greet(False)

    def _end(self) -> None:
        self.closed = True
        lost, self._open = self._open, {}
        for answered in lost.values():
            answered(None)

    def _greet(self, ok: bool) -> None:
        greeted, self._greeted = self._greeted, None
        if greeted is not None:
            greeted(ok)


def _reply(answer: Answer | None) -> Reply:
    if isinstance(answer, messages.Reply):
        return Reply(
            outcome=answer.outcome,
            value=answer.value,
            node=answer.node,
            epoch=answer.epoch,
            error=answer.error,
        )
    if answer is None:
        return _LOST
    return Reply(outcome="unknown", error=f"answered with {type(answer).__name__}")


def within(kernel: Kernel, limit_s: float, told: Answered) -> Answered:
    """Told once: the answer, or None when the limit is over."""
    waiting = [True]

    def once(answer: Answer | None) -> None:
        if waiting[0]:
            waiting[0] = False
            told(answer)

    kernel.after(limit_s, once, None)
    return once


def ask_once(
    kernel: Kernel,
    address: str,
    message: Callable[[int], Ask],
    answered: Answered,
    *,
    limit_s: float,
    port: int = PEER_PORT,
    token: str = "",
) -> None:
    """Over a connection of its own. None: not reached, lost, or not answered within the limit."""

    def end(answer: Answer | None) -> None:
        connection.close()
        answered(answer)

    told = within(kernel, limit_s, end)

    def greeted(ok: bool) -> None:
        if ok:
            connection.ask(message, told)
        else:
            told(None)

    connection = NodeConnection(kernel, address, greeted, port, token)
