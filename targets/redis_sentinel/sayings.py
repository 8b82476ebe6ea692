"""What a Sentinel says: its answers, and the events that it publishes. Pure; judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from harness.model.event import PhaseName
from targets.redis_sentinel.names import MASTER

# An epoch of ours is Sentinel's config-epoch + 1: theirs begins with 0, which means unknown here.
FIRST_EPOCH = 1


class Naming(Struct, frozen=True, kw_only=True):
    """Whom a Sentinel names as primary, in which epoch; and how much of the rest it knows.

    leads: it knows the primary, every replica so far and the other Sentinels, and holds none of it for down.
    """

    primary: str
    epoch: int
    sentinels: int = 0
    replicas: int = 0
    primary_is_well: bool = False


class Saying(Struct, frozen=True, kw_only=True):
    """A published event that is a phase. epoch_of: whether it is about the reign that ends, or a new one."""

    phase: PhaseName
    subject: str
    of: Literal["ending", "new"]
    detail: str


def naming(address: Sequence[str] | None, master: Sequence[str]) -> Naming:
    """Of `SENTINEL GET-MASTER-ADDR-BY-NAME` and, asked together with it, `SENTINEL MASTER`.

    During a failover the first names the promoted one already, under the epoch of the second. Raises
    ValueError when they are no such answers.
    """
    fields = dict(zip(master[::2], master[1::2], strict=True))
    if not address:
        raise ValueError("the Sentinel names nobody")
    return Naming(
        primary=address[0],
        epoch=int(fields["config-epoch"]) + FIRST_EPOCH,
        sentinels=int(fields["num-other-sentinels"]),
        replicas=int(fields["num-slaves"]),
        primary_is_well=fields["flags"] == "master",
    )


def saying(channel: str, text: str) -> Saying | None:
    """None for what is no phase."""
    words = text.split()
    match channel, words:
        case "+sdown", ["master", name, host, *_] if name == MASTER:
            return _said("suspected", host, "ending", channel, text)
        case "+odown", ["master", name, host, *_] if name == MASTER:
            return _said("decided", host, "ending", channel, text)
        case "+elected-leader", ["master", name, host, *_] if name == MASTER:
            return _said("elected", host, "ending", channel, text)
        case "+promoted-slave", ["slave", _, host, *_]:
            return _said("promoted", host, "new", channel, text)
        case "+switch-master", [name, _, _, host, _] if name == MASTER:
            return _said("redirected", host, "new", channel, text)
        case _:
            return None


def _said(phase: PhaseName, subject: str, of: Literal["ending", "new"], channel: str, text: str) -> Saying:
    return Saying(phase=phase, subject=subject, of=of, detail=f"{channel} {text}")
