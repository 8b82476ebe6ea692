"""The open loop of a client host, by the rules of the load program. Never repeats a call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from harness.model.command import StartLoad
from harness.model.event import LoadStopped, Returned
from harness.seams import Kernel, Reply, SimulatedConnection
from harness.workloads.limits import (
    CONNECT_LIMIT_S,
    CONNECT_PAUSE_S,
    CONNECTION_WAIT_S,
    LEAD_S,
    OUTSTANDING_MAX,
)
from harness.workloads.openloop import Lane, Operation, lanes

# Dials an address; told whether the connection can be used.
Connect = Callable[[Kernel, str, Callable[[bool], None]], SimulatedConnection]
Waiter = Callable[[SimulatedConnection | None], None]


class ClientProgram:
    """Offers harness.seams.Running. One load at a time; a second one first ends the one before."""

    def __init__(self, kernel: Kernel, connect: Connect) -> None:
        self._kernel, self._connect = kernel, connect
        self._lanes: list[LaneRunner] = []

    def signalled(self, name: str) -> None:
        self._kernel.exit()

    def start(self, load: StartLoad) -> None:
        self._end(lambda: self._start(load))

    def stop(self, client: str) -> None:
        """Told when every operation has ended."""
        kernel = self._kernel
        self._end(lambda: kernel.tell(LoadStopped(client=client, at_s=kernel.now_s())))

    def _start(self, load: StartLoad) -> None:
        start_s = self._kernel.now_s() + LEAD_S
        self._lanes = [
            LaneRunner(self._kernel, lane, load, self._connect) for lane in lanes(load, start_s=start_s)
        ]
        for lane in self._lanes:
            lane.begin()

    def _end(self, then: Callable[[], None]) -> None:
        ending, self._lanes = self._lanes, []
        left = [len(ending)]

        def over() -> None:
            left[0] -= 1
            if left[0] == 0:
                then()

        if not ending:
            then()
        for lane in ending:
            lane.stop(over)


class Call:
    """An operation that was sent."""

    def __init__(self, operation: Operation, connection: SimulatedConnection, call_s: float) -> None:
        self.operation, self.connection, self.call_s = operation, connection, call_s
        self.is_open = True


class LaneRunner:
    """One writer or reader: its own connection, each operation sent when due, whatever is outstanding."""

    def __init__(self, kernel: Kernel, lane: Lane, load: StartLoad, connect: Connect) -> None:
        self._kernel, self._lane, self._load, self._dial = kernel, lane, load, connect
        self._connection: SimulatedConnection | None = None
        self._attempt: SimulatedConnection | None = None
        self._connecting = False
        self._waiters: list[Waiter] = []
        self._outstanding = 0
        # In the order in which they were sent; those that have ended leave it when the oldest is looked at.
        self._calls: deque[Call] = deque()
        self._watching = False
        self._over: Callable[[], None] | None = None
        self._stopping = self._ended = False

    def begin(self) -> None:
        self._connected(lambda connection: self._schedule(0))

    def stop(self, over: Callable[[], None]) -> None:
        """Send nothing that is not yet due; told when every operation has ended."""
        self._stopping, self._over = True, over

    def _schedule(self, n: int) -> None:
        operation = self._lane.operation(n)
        self._kernel.after(max(0.0, operation.due_s - self._kernel.now_s()), self._due, operation, n)

    def _due(self, operation: Operation, n: int) -> None:
        if self._stopping:
            self._ended = True
            self._look_over()
            return
        self._schedule(n + 1)
        if self._outstanding >= OUTSTANDING_MAX:
            self._not_sent(operation, "not sent: too many operations are outstanding")
            return
        self._outstanding += 1
        if self._connection is not None and not self._connection.closed:
            self._operate(operation, self._connection)
        else:
            self._connected(partial(self._operate, operation))

    def _look_over(self) -> None:
        if self._ended and not self._outstanding and self._over is not None:
            over, self._over = self._over, None
            for connection in (self._attempt, self._connection):
                if connection is not None:
                    connection.close()
            over()

    # --- an operation -------------------------------------------------------------------------------

    def _operate(self, operation: Operation, connection: SimulatedConnection | None) -> None:
        if connection is None:
            self._not_sent(operation, "not connected")
            self._done()
            return
        call = Call(operation, connection, self._kernel.now_s())
        self._calls.append(call)
        connection.operate(operation.kind, operation.key, operation.value, partial(self._replied, call))
        if not self._watching:
            self._watching = True
            self._kernel.after(self._load.timeout_s, self._watch)

    def _replied(self, call: Call, reply: Reply) -> None:
        if call.is_open:
            call.is_open = False
            ret_s = self._kernel.now_s() if reply.answered else None
            self._told(call.operation, reply, call.call_s, ret_s)
            self._done()

    def _watch(self) -> None:
        """One look for all of them: the oldest is the first whose time is over."""
        calls, timeout_s = self._calls, self._load.timeout_s
        while calls and (not calls[0].is_open or calls[0].call_s + timeout_s <= self._kernel.now_s()):
            call = calls.popleft()
            if call.is_open:
                self._replied(call, Reply(outcome="unknown", error="timed out", answered=False))
                # What stays silent for so long is replaced.
                call.connection.close()
        self._watching = bool(calls)
        if calls:
            self._kernel.after(calls[0].call_s + timeout_s - self._kernel.now_s(), self._watch)

    def _done(self) -> None:
        self._outstanding -= 1
        self._look_over()

    # --- the connection -----------------------------------------------------------------------------

    def _connected(self, then: Waiter) -> None:
        """The open connection, or the one that is being opened if it comes soon enough, else None."""
        if self._connection is not None and not self._connection.closed:
            then(self._connection)
            return
        waiting = [True]

        def once(connection: SimulatedConnection | None) -> None:
            if waiting[0]:
                waiting[0] = False
                then(connection)

        def too_late() -> None:
            if waiting[0]:
                self._waiters.remove(once)
                once(None)

        self._waiters.append(once)
        self._kernel.after(CONNECTION_WAIT_S, too_late)
        if not self._connecting:
            self._connecting = True
            self._try()

    def _try(self) -> None:
        """Again and again, for as long as an operation waits for it."""
        open_ = [True]

        def answered(ok: bool) -> None:
            if not open_[0]:
                return
            open_[0] = False
            if ok:
                self._attempt, self._connection = None, attempt
                self._tell_waiters(attempt)
            else:
                attempt.close()
                self._kernel.after(CONNECT_PAUSE_S, self._look_again)

        attempt = self._attempt = self._dial(self._kernel, self._load.address, answered)
        self._kernel.after(CONNECT_LIMIT_S, answered, False)

    def _look_again(self) -> None:
        if self._waiters:
            self._try()
        else:
            self._tell_waiters(None)

    def _tell_waiters(self, connection: SimulatedConnection | None) -> None:
        self._connecting = False
        waiting, self._waiters = self._waiters, []
        for then in waiting:
            then(connection)

    # --- telling ------------------------------------------------------------------------------------

    def _not_sent(self, operation: Operation, error: str) -> None:
        now_s = self._kernel.now_s()
        self._told(operation, Reply(outcome="fail", error=error), now_s, now_s)

    def _told(self, operation: Operation, reply: Reply, call_s: float, ret_s: float | None) -> None:
        self._kernel.tell(
            Returned(
                trial=self._load.trial,
                client=self._load.client,
                kind=operation.kind,
                key=operation.key,
                value=operation.value if operation.kind == "write" else reply.value,
                outcome=reply.outcome,
                scheduled_s=operation.due_s,
                call_s=call_s,
                ret_s=ret_s,
                node=reply.node,
                epoch=reply.epoch,
                error=reply.error,
            )
        )
