"""A stack of the user's own, as its stack file says: which services are what, and how they are spoken to.

Nothing secret is in it: a password is named by where it lies.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.plan import HostRole

# What is said of one service. A failover drill has no use for a fence device that it does not know.
OwnRole = Literal["data", "witness", "router", "other"]
Speech = Literal["redis", "postgres", "http", "command"]
Words = tuple[str, ...]


class OwnHost(Struct, frozen=True, kw_only=True):
    """A compose service that is a host. ports: those that its peers speak to, its own protocol's first."""

    service: str
    role: HostRole
    ports: tuple[int, ...]


class AskRole(Struct, frozen=True, kw_only=True):
    """How a data node is asked whether it is the primary.

    http: GET path on port (0: the host's first); with a field its JSON value is compared with `is_primary`,
    without one status 200 is a primary. command: run in the host; with `is_primary` what it says is
    compared, without it exit code 0 is a primary and 1 a standby. standby: only this word is a standby in
    step; empty: whatever is no primary.
    """

    by: Speech
    path: str = ""
    port: int = 0
    field: str = ""
    command: Words = ()
    is_primary: str = ""
    standby: str = ""


class HttpCall(Struct, frozen=True, kw_only=True):
    """{key} and {value} stand for what is written or read. field: of the JSON answer; empty: all text."""

    method: str = "GET"
    path: str
    body: str = ""
    field: str = ""


class Speaks(Struct, frozen=True, kw_only=True):
    """How clients write and read, and how all that is there is read back.

    refused: HTTP statuses or exit codes that say that a write was certainly not applied. Commands run on a
    client's host, where {host} and {port} are the node; `all_command` runs in the node itself.
    """

    by: Speech
    port: int = 0
    write: HttpCall | None = None
    read: HttpCall | None = None
    all: HttpCall | None = None
    write_command: Words = ()
    read_command: Words = ()
    all_command: Words = ()
    refused: tuple[int, ...] = ()


class Login(Struct, frozen=True, kw_only=True):
    """password_env: of the first data host's service that has it; password_file: seen from the stack file."""

    user: str = ""
    database: str = ""
    password_env: str = ""
    password_file: str = ""


class Orders(Struct, frozen=True, kw_only=True):
    """Commands by which a person moves the primary; empty: not offered. {primary} and {to} are host names.

    promote, rejoin: run in the host that the order names; switchover: in the primary.
    """

    promote: Words = ()
    switchover: Words = ()
    rejoin: Words = ()


class OwnStack(Struct, frozen=True, kw_only=True):
    """path: of the stack file, as it was named; compose is seen from there. lines: of every field.

    images: those of the compose file -> what of compose/ stands in for one that no registry gives.
    """

    name: str
    path: str
    compose: str
    hosts: tuple[OwnHost, ...]
    ask: AskRole
    speaks: Speaks
    login: Login
    detection_s: float
    detection_because: str
    orders: Orders
    images: dict[str, str]
    lines: dict[str, int]
