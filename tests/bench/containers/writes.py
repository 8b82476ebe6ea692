"""1 to 64 closed-loop writers at the stack, each beside as many at bare SQLite, in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.bench.containers.closedloop import Order
from tests.bench.containers.figures import Level, throughput
from tests.bench.containers.stack import MeasuredStack

WRITERS = (1, 2, 4, 8, 16, 32, 64)
LOAD_HOST = "client1"


def measure(
    on: MeasuredStack, *, writers: Sequence[int] = WRITERS, seconds: float, say: Callable[[str], None]
) -> list[Level]:
    """Each level's two loads follow each other, so that what else the machine does meets both alike."""
    primary = on.until_steady().register.primary
    levels = []
    for many in writers:
        say(f"{many} writers …")
        levels.append(_level(on, primary, many, seconds))
    return levels


def _level(on: MeasuredStack, primary: str, writers: int, seconds: float) -> Level:
    before = on.commits(primary)
    stack = on.load(LOAD_HOST, Order(of="stack", writers=writers, seconds=seconds, stem=f"bench.{writers}"))
    commits = on.commits(primary) - before
    # On the primary's own volume, beside its log: the same disk, the same file system.
    bare = on.load(primary, Order(of="sqlite", writers=writers, seconds=seconds))
    return Level(
        writers=writers,
        stack=throughput(stack),
        bare=throughput(bare),
        per_commit=len(stack.took_us) / commits if commits else 0.0,
    )
