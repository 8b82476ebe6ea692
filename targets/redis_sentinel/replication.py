"""What a Redis says of itself (`INFO replication`). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

NO_ID = "0" * 40


class Replication(Struct, frozen=True, kw_only=True):
    """replid: of the history that it writes or follows; a promotion draws a new one, and keeps the one before
    as before. in_touch: a replica has its primary. online: the replicas of a primary that follow it.
    """

    is_master: bool
    replid: str
    before: str = NO_ID
    in_touch: bool = False
    online: tuple[str, ...] = ()


def replication_of(text: str) -> Replication:
    """Raises ValueError when it is none."""
    fields = dict(_fields(text))
    if "role" not in fields or "master_replid" not in fields:
        raise ValueError("no INFO of a Redis")
    return Replication(
        is_master=fields["role"] == "master",
        replid=fields["master_replid"],
        before=fields.get("master_replid2", NO_ID),
        in_touch=fields.get("master_link_status") == "up",
        online=tuple(_online(fields)),
    )


def _fields(text: str) -> list[tuple[str, str]]:
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    return [(name, value) for name, _, value in pairs]


def _online(fields: Mapping[str, str]) -> list[str]:
    """`slave0:ip=r2,port=6379,state=online,offset=1,lag=0`."""
    found = []
    for name, value in fields.items():
        if name.startswith("slave") and name[5:].isdecimal():
            said = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
            if said.get("state") == "online":
                found.append(said.get("ip", ""))
    return sorted(found)
