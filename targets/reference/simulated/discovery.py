"""A client's way without a router: it asks the witnesses, and asks again once a node refuses it."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.event import OpKind
from harness.seams import Kernel, Reply
from targets.reference.driver.limits import INQUIRY_LIMIT_S
from targets.reference.driver.surroundings import WITNESS_PORT
from targets.reference.inquiry import Inquiry
from targets.reference.machines.words.messages import PrimaryIs, WhoIsPrimary
from targets.reference.simulated.client import Answer, NodeConnection, ask_once


class DiscoveredConnection:
    """Offers harness.seams.SimulatedConnection. greeted is told once; closing it before gives up, unheard."""

    def __init__(self, kernel: Kernel, witnesses: tuple[str, ...], greeted: Callable[[bool], None]) -> None:
        self._kernel, self._inquiry = kernel, Inquiry(witnesses)
        self._greeted: Callable[[bool], None] | None = greeted
        self._connection: NodeConnection | None = None
        self._refused, self._outstanding = False, 0
        for witness in witnesses:
            self._ask(witness)
        kernel.after(INQUIRY_LIMIT_S, self._go)

    @property
    def closed(self) -> bool:
        connection = self._connection
        over = self._greeted is None and (connection is None or connection.closed)
        return self._refused or over

    def operate(self, kind: OpKind, key: str, value: str, done: Callable[[Reply], None]) -> None:
        if self._connection is None:
            done(Reply(outcome="fail", error="not sent: the connection was lost"))
            return
        self._outstanding += 1

        def replied(reply: Reply) -> None:
            self._outstanding -= 1
            self._refused = self._refused or reply.outcome == "fail"
            done(reply)
            if self._refused and not self._outstanding:
                self.close()

        self._connection.operate(kind, key, value, replied)

    def close(self) -> None:
        self._greeted = None
        if self._connection is not None:
            self._connection.close()

    def _ask(self, witness: str) -> None:
        def answered(answer: Answer | None) -> None:
            if isinstance(answer, PrimaryIs):
                self._inquiry.heard(witness, answer.epoch, answer.primary)
            else:
                self._inquiry.silent(witness)
            if self._inquiry.settled:
                self._go()

        ask_once(self._kernel, witness, WhoIsPrimary, answered, limit_s=INQUIRY_LIMIT_S, port=WITNESS_PORT)

    def _go(self) -> None:
        """What has come by now is taken, a hint if it is no majority's."""
        if self._greeted is None or self._connection is not None:
            return
        if not self._inquiry.named:
            self._greet(False)
            return
        self._connection = NodeConnection(self._kernel, self._inquiry.named, self._greet)

    def _greet(self, ok: bool) -> None:
        greeted, self._greeted = self._greeted, None
        if greeted is not None:
            greeted(ok)
