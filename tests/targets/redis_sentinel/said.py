"""What Redis and Sentinel say, in as many words as a test needs."""

from __future__ import annotations

from targets.redis_sentinel.replication import NO_ID, Replication
from targets.redis_sentinel.sayings import Naming


def history(letter: str) -> str:
    """The id of a history."""
    return letter * 40


def master(letter: str = "a", *, before: str = "", online: str = "") -> Replication:
    return Replication(
        is_master=True,
        replid=history(letter),
        before=history(before) if before else NO_ID,
        online=tuple(online.split()),
    )


def replica(letter: str = "a", *, in_touch: bool = True) -> Replication:
    return Replication(is_master=False, replid=history(letter), in_touch=in_touch)


def names(primary: str, epoch: int, *, sentinels: int = 2, replicas: int = 2, well: bool = True) -> Naming:
    return Naming(primary=primary, epoch=epoch, sentinels=sentinels, replicas=replicas, primary_is_well=well)
