"""What the injector does on demand, by name. Every command is one JSON line in, one out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypedDict

from . import ends, packetfilter, passage, probes, processes, room, scarcity, sockets, tracing

InjectorError = processes.ProcessError


class Moment(TypedDict):
    now_s: float


class Stamped(TypedDict):
    """Raw CLOCK_MONOTONIC just before and after."""

    before_s: float
    after_s: float


def ready() -> Moment:
    """The addresses are there: the resident listens only once they are."""
    return {"now_s": time.monotonic()}


def lose(*, addresses: Sequence[str]) -> Stamped:
    before_s = time.monotonic()
    packetfilter.lose(addresses)
    return {"before_s": before_s, "after_s": time.monotonic()}


COMMANDS: dict[str, Callable[..., object]] = {
    "ready": ready,
    "end": processes.end,
    "gone": processes.gone,
    "halt": processes.halt,
    "resume": processes.resume,
    "states": processes.states,
    "begin_child": processes.begin_child,
    "living_children": processes.living_children,
    "freezer": processes.freezer,
    "lose": lose,
    "lost": packetfilter.lost,
    "connect_all": probes.connect_all,
    "sockets": sockets.look,
    "follow": passage.follow,
    "how_they_end": ends.how_they_end,
    "destroy": ends.destroy,
    "processor": scarcity.processor,
    "memory": scarcity.memory,
    "volunteer": scarcity.volunteer,
    "disks": room.disks,
    "fill": room.fill,
    "make_room": room.make_room,
    "trace": tracing.trace,
    "traced": tracing.traced,
    "untrace": tracing.untrace,
}
