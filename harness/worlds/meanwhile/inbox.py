"""What the world's threads tell, in order of arrival, until the run takes it. A thread never waits here."""

from __future__ import annotations

from queue import Empty, SimpleQueue

from harness.model.errors import WorldError
from harness.model.event import Event

# Minutes of the heaviest load: a run that falls so far behind is broken, and should say so.
UNREAD_MAX = 500_000


class Inbox:
    """Any thread may tell; one takes."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Event | BaseException] = SimpleQueue()
        self._broken: BaseException | None = None
        self._closed = False

    def tell(self, event: Event) -> None:
        if self._closed:
            return
        if self._queue.qsize() > UNREAD_MAX:
            self.broke(WorldError(f"more than {UNREAD_MAX} events wait to be journalled; use a lower rate"))
            return
        self._queue.put(event)

    def broke(self, error: BaseException) -> None:
        """The world is gone: raised to who takes, after what came before."""
        if not self._closed:
            self._queue.put(error)

    def take(self, within_s: float) -> list[Event]:
        """All there is, after waiting at most within_s for the first. Raises what broke the world."""
        self.raise_broken()
        events: list[Event] = []
        try:
            told = self._queue.get(timeout=within_s)
            while not isinstance(told, BaseException):
                events.append(told)
                told = self._queue.get_nowait()
            self._broken = told
        except Empty:
            pass
        if not events:
            self.raise_broken()
        return events

    def raise_broken(self) -> None:
        """Does nothing while the world is whole."""
        if self._broken is not None:
            raise self._broken

    def close(self) -> None:
        """What is told from now on is nobody's business any more."""
        self._closed = True
