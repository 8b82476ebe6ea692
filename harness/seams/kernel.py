"""What a program in virtual time has in place of an operating system, and what it must offer to that."""

from __future__ import annotations

from collections.abc import Callable, Container
from random import Random
from typing import Any, Literal, Protocol

from harness.model.event import Event
from harness.model.moment import Act


class Wire(Protocol):
    """One end of a connection. What arrives does so in order, and once; sent into a broken one it is lost."""

    @property
    def is_open(self) -> bool: ...

    @property
    def is_clear(self) -> bool:
        """Just now nothing is in the way, forth and back, and the other end's process runs: what that answers
        at once is certain to come. A ping need not be sent to know its answer."""
        ...

    def send(self, message: object) -> None:
        """An immutable value; it travels as it is."""
        ...

    def forward(self, to: Wire) -> None:
        """From now on what arrives here goes out there, as long as this process runs; the ear hears only
        of the end."""
        ...

    def close(self) -> None:
        """The other end hears of it. Safe to call twice."""
        ...


class Ear(Protocol):
    """What a program does with its end of a connection."""

    def made(self, wire: Wire) -> None:
        """What was dialled is open."""
        ...

    def received(self, wire: Wire, message: object) -> None: ...

    def lost(self, wire: Wire) -> None:
        """Refused, or closed by the other end; never told after the own close."""
        ...


class Child(Protocol):
    """A process that another one started."""

    @property
    def alive(self) -> bool: ...

    def signal(self, name: str) -> None:
        """SIGKILL ends it at once; whatever else reaches its program when that runs."""
        ...


class Running(Protocol):
    """A program that was begun."""

    def signalled(self, name: str) -> None:
        """SIGTERM asks for an orderly end, by Kernel.exit()."""
        ...


# A power switch as Redfish tells of it.
PowerState = Literal["On", "Off", "PoweringOn", "PoweringOff"]
PowerOrder = Literal["ForceOff", "On", "read"]


class Alarm(Protocol):
    def set(self, at_s: float) -> None:
        """Ring once: at this time of the host's own clock or a moment later, never before."""
        ...

    def stop(self) -> None: ...


class Kernel(Protocol):
    """What a program in virtual time has in place of an operating system; each process has its own.

    Whatever was asked for comes back only while the process lives, and waits while it is paused. What it
    draws must come from `draw` alone, or the same seed would not give the same run.
    """

    @property
    def host(self) -> str: ...

    @property
    def alive(self) -> bool:
        """The process has not ended."""
        ...

    @property
    def draw(self) -> Random: ...

    @property
    def disk(self) -> dict[str, Any]:
        """What survives the process. Changed only inside the `work` of sync."""
        ...

    @property
    def disk_is_damaged(self) -> bool:
        """Sums over what the disk holds would show that something in it was changed behind its back, or has
        lost its end. Who does not look reads in `disk` as far as that goes."""
        ...

    def now_s(self) -> float:
        """Seconds since the run's origin: for the stamps of events, never for decisions."""
        ...

    def clock_s(self) -> float:
        """The host's own clock: it has an offset and a rate of its own, and counts on during a pause."""
        ...

    def when_s(self, clock_s: float) -> float:
        """The run's time at which the host's own clock shows that: for one who judges."""
        ...

    def after(self, delay_s: float, act: Callable[..., None], *values: object) -> None: ...

    def alarm(self, ring: Callable[[], None]) -> Alarm:
        """On the host's own clock; it is silent until it is set."""
        ...

    def listen(self, port: int, accept: Callable[[Wire], Ear]) -> None: ...

    def dial(self, host: str, port: int, ear: Ear) -> Wire:
        """Open once the ear hears `made`; closing it before gives up."""
        ...

    def sync(
        self,
        work: Callable[[int], None],
        done: Callable[[], None],
        failed: Callable[[], None],
        parts: int = 1,
    ) -> None:
        """One write after the other: work(parts) makes it durable, done is told then.

        Where the process dies before that, or the disk fails, work is called with fewer parts, any of them:
        what is there must make sense as it is. failed: nothing is known about the disk any more.
        """
        ...

    def fork(self, program: Program, *, stopped: Callable[[], None], ended: Callable[[], None]) -> Child:
        """Start a process that dies with this one. stopped: it alone was frozen. ended: it is dead."""
        ...

    def power(self, host: str, order: PowerOrder, done: Callable[[PowerState], None]) -> None:
        """The power switch of a data host; for the plan's host of role `fence` alone.

        done: how it stands once the order is taken; what was ordered may still be under way then.
        """
        ...

    def tell(self, event: Event) -> None: ...

    @property
    def sought(self) -> Container[Act]:
        """The acts of a machine on this host that somebody wants to hear of by `acted`; mostly empty."""
        ...

    def acted(self, act: str, what: str, *, done: bool) -> bool:
        """In the target's words for moments; not done: it is about to be. False: the process died of it."""
        ...

    def exit(self) -> None: ...


Program = Callable[[Kernel], Running]
