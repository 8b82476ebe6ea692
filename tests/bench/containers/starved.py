"""Data nodes and witnesses on a tenth of a CPU each. Nothing fails, so every failover is a false one."""

from __future__ import annotations

from collections.abc import Callable

from targets.reference.ctl.view import View
from tests.bench.containers.closedloop import Order
from tests.bench.containers.figures import Starved, joined, throughput
from tests.bench.containers.stack import MeasuredStack
from tests.bench.containers.writes import LOAD_HOST

SHARE = 0.1
# The engine's answers are waited for no longer than 20 s; between two parts the stack is looked at.
PART_S = 10.0
_WRITERS, _PAUSE_S = 2, 0.1


def measure(on: MeasuredStack, *, seconds: float, say: Callable[[str], None]) -> Starved:
    """Ends only when the stack is steady again on whole CPUs: what was under way then counts too."""
    hosts = [*on.settings.nodes, *on.settings.witnesses]
    before = on.until_steady()
    parts, looks = [], []
    with on.starved(hosts, SHARE):
        for part in range(max(1, round(seconds / PART_S))):
            parts.append(on.load(LOAD_HOST, _order(part, min(seconds, PART_S))))
            looks.append(on.look())
            say(f"starved for {(part + 1) * PART_S:.0f} s: epoch {looks[-1].register.epoch}")
    after = on.until_steady()
    load = joined(parts)
    return Starved(
        share=SHARE,
        seconds=load.seconds,
        failovers=after.register.epoch - before.register.epoch,
        eligible_min=fewest_eligible(looks),
        looks=len(looks),
        blind=sum(not look.certain for look in looks),
        load=throughput(load),
    )


def fewest_eligible(looks: list[View]) -> int | None:
    """Of the looks that saw the register for certain; None when none did."""
    return min((len(look.register.eligible) for look in looks if look.certain), default=None)


def _order(part: int, seconds: float) -> Order:
    return Order(of="stack", writers=_WRITERS, seconds=seconds, pause_s=_PAUSE_S, stem=f"starved.{part}")
