"""A host's disk: one write after another, each of them durable when it is told so, and not before.

state    event                      -> state
idle     a write                       writing
writing  its time is over              idle      durable: told as done
writing  the same, and it fails        idle      a drawn part of it may be there: told as failed
writing  its process dies              idle      a drawn part of it may be there: nobody is told
any      it stalls                     stalled   nothing is done or told before that ends
any      it is lost                    the same  who starts from now on finds it empty; who runs goes on
                                                 writing into what is gone, as into a file without a name
any      it is damaged                 the same  who starts from now on finds every list cut at a drawn place,
                                                 and what sums would show in is_damaged
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct

from harness.worlds.simulator.timeline import Timeline

# What a write takes: so much, and up to so much more.
_LEAST_S, _SPREAD_S = 0.001, 0.003


class Writer(Protocol):
    """The process that a write belongs to."""

    alive: bool

    def run(self, act: Callable[..., None], values: tuple[Any, ...]) -> None: ...


class Write(Struct, frozen=True, eq=False):
    """work(n) makes its first n parts durable; one of done and failed is told then, if the process lives."""

    writer: Writer
    parts: int
    work: Callable[[int], None]
    done: Callable[[], None]
    failed: Callable[[], None]


class Disk:
    """contents: what survives. stalls, fails: set by faults, see `look`. is_damaged: until it is lost."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.contents: dict[str, Any] = {}
        self.stalls = self.fails = self.is_damaged = False
        self._waiting: deque[Write] = deque()
        self._under_way: Write | None = None
        self._due = False
        self._failed: set[Writer] = set()

    def write(self, write: Write) -> None:
        if self._under_way is None and not self.stalls:
            self._begin(write)
        else:
            self._waiting.append(write)

    def look(self) -> None:
        """What it does has changed: on with what was held up."""
        if self._due:
            self._written()
        self._next()

    def lose(self) -> None:
        self.contents, self.is_damaged = {}, False

    def damage(self) -> None:
        self.contents = {name: self._readable(kept) for name, kept in self.contents.items()}
        self.is_damaged = True

    def _readable(self, kept: Any) -> Any:
        """What stands before the flipped byte."""
        return kept[: self._timeline.draw.randrange(len(kept))] if isinstance(kept, list) and kept else kept

    def has_failed(self, writer: Writer) -> bool:
        """A write of this living process has failed, and it may not have heard of that yet."""
        return writer in self._failed

    def left(self, writer: Writer) -> None:
        """A process has died: of its write under way a part may be there, what it had not begun is not."""
        self._failed.discard(writer)
        self._waiting = deque(write for write in self._waiting if write.writer is not writer)
        write = self._under_way
        if write is not None and write.writer is writer:
            self._under_way, self._due = None, False
            write.work(self._timeline.draw.randint(0, write.parts))
            self._next()

    def _next(self) -> None:
        if self._under_way is None and self._waiting and not self.stalls:
            self._begin(self._waiting.popleft())

    def _begin(self, write: Write) -> None:
        timeline = self._timeline
        self._under_way = write
        timeline.later(_LEAST_S + _SPREAD_S * timeline.draw.random(), self._time_over, write)

    def _time_over(self, write: Write) -> None:
        if write is self._under_way:
            self._due = True
            self._written()

    def _written(self) -> None:
        """The kernel finishes the write of a frozen process too; it hears of that when it runs."""
        write = self._under_way
        if write is None or self.stalls:
            return
        self._under_way, self._due = None, False
        kept = self._timeline.draw.randint(0, write.parts) if self.fails else write.parts
        write.work(kept)
        if self.fails:
            self._failed.add(write.writer)
        write.writer.run(write.failed if self.fails else write.done, ())
        if self._waiting:
            self._next()
