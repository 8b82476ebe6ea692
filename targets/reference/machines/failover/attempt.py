"""What one attempt at a failover is about, and what people hear of it. Does nothing, sends nothing."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from targets.reference.machines.failover.sealing import Heard, Sealing
from targets.reference.machines.lease import Reign
from targets.reference.settings import Settings

Step = Literal[
    "idle", "confirming", "reaching", "fencing", "marking", "rereading", "sealing", "moving", "hinting"
]
Outcome = Literal["promoted", "overtaken", "maintenance", "nobody eligible", "too late", "refused"]


class Order(Struct, frozen=True):
    """An operator wants `to` promoted. forced: though it may lack acknowledged records. by: who."""

    to: str
    forced: bool
    by: str


class Ended(Struct, frozen=True):
    """How an attempt ended. detail: for people. primary: whom another one has promoted meanwhile."""

    outcome: Outcome
    detail: str
    primary: str = ""


class Attempt(Struct, frozen=True):
    """reign: the accused one. is_dead: its process was seen to end, so there is nothing to switch off."""

    reign: Reign = (0, "")
    voters: tuple[str, ...] = ()
    order: Order | None = None
    is_dead: bool = False

    @property
    def forced(self) -> str:
        """Whom an operator has promoted, whatever it may lack."""
        return self.order.to if self.order and self.order.forced else ""

    @property
    def why(self) -> str:
        if self.order is None:
            return f"votes of {', '.join(self.voters)}"
        return f"{'forced, ' if self.order.forced else ''}ordered by {self.order.by}: {self.order.to}"

    def wanting(self, sealing: Sealing) -> str:
        """Why nobody can be promoted, whoever answers."""
        order = self.order
        if order is None:
            return "" if sealing.standbys else "no standby is eligible"
        if order.forced or any(member.node == order.to for member in sealing.standbys):
            return ""
        if order.to == self.reign[1]:
            return f"{order.to} is the primary already, of epoch {self.reign[0]}"
        return f"{order.to} is not eligible: it may lack acknowledged writes; only a forced promotion does it"

    def late(self, step: Step, sealing: Sealing, heard: Heard, chosen: str, settings: Settings) -> str:
        """Why it stood in this step for too long; "" where it waited for the register alone."""
        why = {
            "reaching": f"{_too_few(sealing, heard, settings)}; nothing was touched",
            "fencing": "the old lease could not be seen to end",
            "sealing": f"{sealing.needed} of its eligible standbys must be sealed, and are not",
            "hinting": f"{chosen} was promoted, but is not heard",
        }.get(step, "")
        return f"{self.order.to}: {why}" if self.order is not None and why else why


def behind(sealing: Sealing, heard: Heard, settings: Settings) -> str:
    """Said of async mode alone."""
    return (
        f"the nearest standby lacks {sealing.behind(heard)} of its records, more than "
        f"max_lag, {settings.max_lag}; bring the old primary back, or force the promotion"
    )


def _too_few(sealing: Sealing, heard: Heard, settings: Settings) -> str:
    if not sealing.enough_are_here:
        return f"fewer than {sealing.needed} of its eligible standbys answer"
    return behind(sealing, heard, settings)
