"""What a client program is told of the stack, through its environment. Pure but for reading that."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from harness.model.ownstack import AskRole, Speaks
from harness.workloads.strict import decoded

SETUP, PASSWORD = "FAILOVER_DRILL_STACK", "FAILOVER_DRILL_STACK_PASSWORD"


class Access(Struct, frozen=True, kw_only=True):
    """As whom one speaks to a node. database: of those that have several."""

    user: str = ""
    password: str = ""
    database: str = ""


class ClientSetup(Struct, frozen=True, kw_only=True):
    """data: who may be the primary. ports: where they and routers are written to. first_ports: their own."""

    speaks: Speaks
    ask: AskRole
    data: tuple[str, ...]
    ports: dict[str, int]
    first_ports: dict[str, int] = {}
    user: str = ""
    database: str = ""


def encoded(setup: ClientSetup) -> str:
    return msgspec.json.encode(setup).decode()


def told(environment: Mapping[str, str] = os.environ) -> tuple[ClientSetup, Access]:
    """Raises ValueError when this program runs on no client host."""
    setup = decoded(_setups.decode, environment.get(SETUP, "").encode())
    password = environment.get(PASSWORD, "")
    return setup, Access(user=setup.user, password=password, database=setup.database)


_setups = msgspec.json.Decoder(ClientSetup)
