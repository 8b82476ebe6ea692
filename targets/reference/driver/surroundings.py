"""Who this host is: its name, addresses and settings, from the environment. Ignores their use."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from harness.workloads.challenge import TOKEN_CHARACTERS_MIN
from targets.reference.defects import TOKEN_NOT_CHECKED
from targets.reference.settings import Settings
from targets.reference.unsafe import why_unsafe

PEER_PORT = 7000
WITNESS_PORT = 7200
HEALTH_PORT = 8008
ENTRY_PORT = 7100
ARCHIVE_PORT = 7300
FENCE_PORT = 8000
ROUTER_ADMIN_PORT = 9999

# The exit code of wrong input, as everywhere.
UNSAFE = 2
SETTINGS = "FAILOVER_DRILL_SETTINGS"
TOKEN = "FAILOVER_DRILL_STACK_TOKEN"

_DRAW_ONE = (
    f"it needs {TOKEN_CHARACTERS_MIN} at least, the same at every host of the stack: `openssl rand -hex 16`"
)

# A name that was found is asked for again after this long: a container may come back elsewhere.
_NAME_KEPT_S = 5.0


class Surroundings(Struct, frozen=True, kw_only=True):
    """host: this host's name. bind: where it listens. folder: what survives a restart.

    token: what the hosts of this stack show each other, and operators to them; drawn for this stack alone.
    """

    host: str
    bind: str
    folder: Path
    settings: Settings
    defects: frozenset[str]
    token: str = ""

    @property
    def believes_all(self) -> bool:
        return TOKEN_NOT_CHECKED in self.defects

    @property
    def own_address(self) -> str:
        """Where this host reaches its own ports."""
        return "127.0.0.1" if self.bind == "0.0.0.0" else self.bind


def surroundings(*, of_peers: bool = True) -> Surroundings:
    """From the command line's only word and FAILOVER_DRILL_*; what is wrong ends the program with the fix.

    Settings that cannot be safe end it with 2, before anything is touched; so does no token. of_peers: this
    host speaks with the others, so it needs one.
    """
    if len(sys.argv) != 2:
        raise SystemExit("name this host: python3 -m <program> <host>")
    settings = environment_settings()
    unsafe = why_unsafe(settings)
    if unsafe:
        for one in unsafe:
            print(f"{sys.argv[1]}: unsafe settings: {one.field}: {one.reason}", file=sys.stderr)
        raise SystemExit(UNSAFE)
    token = stack_token()
    if of_peers and len(token) < TOKEN_CHARACTERS_MIN:
        print(f"{sys.argv[1]}: {TOKEN} has {len(token)} characters; {_DRAW_ONE}", file=sys.stderr)
        raise SystemExit(UNSAFE)
    folder = Path(os.environ.get("FAILOVER_DRILL_DATA", "/var/lib/failover-drill"))
    folder.mkdir(parents=True, exist_ok=True)
    defect = os.environ.get("FAILOVER_DRILL_DEFECT", "")
    return Surroundings(
        host=sys.argv[1],
        bind=os.environ.get("FAILOVER_DRILL_BIND", "0.0.0.0"),
        folder=folder,
        settings=settings,
        defects=frozenset({defect} if defect else ()),
        token=token,
    )


def environment_settings() -> Settings:
    """FAILOVER_DRILL_SETTINGS; what is wrong ends the program with the fix."""
    try:
        return msgspec.json.decode(os.environ.get(SETTINGS) or "{}", type=Settings)
    except msgspec.DecodeError as error:
        raise SystemExit(f"{SETTINGS}: {error}; it is the JSON of the target's settings") from error


def stack_token() -> str:
    """Empty where there is none: then nobody can show it, and nobody is believed to have shown it."""
    return os.environ.get(TOKEN, "")


def fence_token() -> str:
    """What the fence device wants to be shown; empty: nothing would be right."""
    return os.environ.get("FAILOVER_DRILL_FENCE_TOKEN", "")


def address(name: str) -> str:
    """A host's address; raises OSError when it is not known. Local: never waits long, starts no thread."""
    mapped = _mapped().get(name)
    if mapped is not None:
        return mapped
    found, until_s = _found.get(name, ("", 0.0))
    if time.monotonic() >= until_s:
        found = socket.gethostbyname(name)
        _found[name] = (found, time.monotonic() + _NAME_KEPT_S)
    return found


_found: dict[str, tuple[str, float]] = {}


@cache
def _mapped() -> dict[str, str]:
    """FAILOVER_DRILL_ADDRESSES: names -> addresses, for local processes that share one hosts file."""
    mapped: dict[str, str] = json.loads(os.environ.get("FAILOVER_DRILL_ADDRESSES") or "{}")
    return mapped


def now_s() -> float:
    """The machines' clock: a suspended host counts."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def incarnation() -> int:
    """Drawn at each start, so that no ballot is used twice."""
    return int.from_bytes(os.urandom(6), "big")
