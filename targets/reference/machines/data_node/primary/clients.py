"""A primary's clients: takes their writes, shows them what is acknowledged, answers. Ignores who holds what.

The lease is looked at before a write is accepted, and after a read. A write is answered when it is decided,
or when the reign ends before that; nothing is ever said twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from targets.reference.defects import READS_LOCAL_RECORDS, UNKNOWN_TOLD_AS_FAILED
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary.counting import Counting
from targets.reference.machines.data_node.primary.switchover import Switchover
from targets.reference.machines.data_node.primary.tenure import Tenure
from targets.reference.machines.data_node.primary.waiting import WaitingWrites
from targets.reference.machines.words.grammar import Answer, Effects
from targets.reference.machines.words.messages import Read, ReadAll, Record, Reply, Write

NOT_SERVING = "this node does not serve: no lease, or not open yet"


class Clients:
    """Of one reign. waiting: writes taken over from an older epoch. appends: into the log, and on its way."""

    def __init__(
        self,
        own: Own,
        epoch: int,
        waiting: WaitingWrites,
        *,
        tenure: Tenure,
        counting: Counting,
        switchover: Switchover,
        appends: Callable[[float, Record], Effects],
    ) -> None:
        self._own, self._epoch, self._waiting = own, epoch, waiting
        self._tenure, self._counting, self._switchover = tenure, counting, switchover
        self._appends = appends

    # --- what they ask ------------------------------------------------------------------------------

    def write(self, now_s: float, message: Write, via: str) -> Effects:
        refusal = self._refusal(now_s, message)
        if refusal:
            return [self._fail(message.request, via, refusal)]
        position = self._own.log.last.position + 1
        self._waiting.add(now_s, position, via, message.request)
        return self._appends(now_s, Record(self._epoch, position, message.key, message.value))

    def _refusal(self, now_s: float, message: Write) -> str:
        """Why it is not taken; "" when it is."""
        if not self._tenure.serving(now_s):
            return NOT_SERVING
        if self._switchover.handover is not None:
            return "switching over"
        if self._waiting.full:
            return "too many writes wait already"
        return "" if message.key else "a key is not empty"

    def read(self, now_s: float, message: Read, via: str) -> Effects:
        own = self._own
        if READS_LOCAL_RECORDS in own.defects:
            own.table.apply(own.log, own.log.last.position)
        value = own.table.value(message.key)
        if not self._tenure.serving(now_s):
            return [self._fail(message.request, via, NOT_SERVING)]
        return [Answer(via, Reply(message.request, "ok", own.name, self._epoch, value))]

    def read_all(self, now_s: float, message: ReadAll, via: str) -> Effects:
        shown = self._own.log.upto(self._counting.acknowledged)
        values = tuple(r.value for r in shown if r.key and r.value.startswith(message.prefix))
        if not self._tenure.serving(now_s):
            return [self._fail(message.request, via, NOT_SERVING)]
        return [Answer(via, Reply(message.request, "ok", self._own.name, self._epoch, values=values))]

    # --- what becomes of their writes ---------------------------------------------------------------

    def acknowledged(self, upto: int) -> Effects:
        """All up to this position."""
        name, epoch = self._own.name, self._epoch
        return [Answer(w.via, Reply(w.request, "ok", name, epoch)) for w in self._waiting.take(upto)]

    def left(self) -> Effects:
        """The reign is over: of what still waits nobody knows what becomes."""
        return [Answer(w.via, self._unknown(w.request)) for w in self._waiting.take_all()]

    def _unknown(self, request: int) -> Reply:
        own, error = self._own, "this node lost its reign before it was decided"
        told: Literal["fail", "unknown"] = "fail" if UNKNOWN_TOLD_AS_FAILED in own.defects else "unknown"
        return Reply(request, told, own.name, self._epoch, error=error)

    def _fail(self, request: int, via: str, error: str) -> Answer:
        return Answer(via, Reply(request, "fail", self._own.name, self._epoch, error=error))
