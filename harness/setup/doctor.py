"""What containers need: what is there, what is missing, and how to get it. Changes nothing."""

from __future__ import annotations

import os
import platform
import sys
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct

from harness.setup import apt, compose_plugin, engine, images
from harness.setup.programs import run

_DISK_WANTED_BYTES = 2 * 1024**3
_SET_UP = "run `failover-drill setup`"
_OUR_RANGE = ip_network("198.18.0.0/16")


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at. remedy: how to get it, when it is not ok. needed: a run cannot do without."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def checks() -> tuple[Check, ...]:
    """Look at everything; never raises for what is missing."""
    version = engine.version()
    return (
        _python(),
        _engine(version),
        _compose(),
        *_images(bool(version)),
        _disk(),
        _packet_filter(),
        _addresses(),
        _user(),
    )


def _python() -> Check:
    return Check(
        name="Python",
        ok=sys.version_info >= (3, 11),
        detail=f"{platform.python_version()}",
        remedy="install Python 3.11 or newer",
    )


def _engine(version: str) -> Check:
    if version:
        return Check(name="Docker engine", ok=True, detail=version)
    remedy = _SET_UP if apt.usable() else engine.HOW_TO_GET_ONE
    return Check(name="Docker engine", ok=False, detail=engine.why_silent(), remedy=remedy)


def _compose() -> Check:
    version = compose_plugin.version()
    remedy = _SET_UP if apt.usable() else compose_plugin.HOW_TO_GET_IT
    return Check(name="Compose plugin", ok=bool(version), detail=version or "not found", remedy=remedy)


def _images(engine_answers: bool) -> list[Check]:
    if not engine_answers:
        return [Check(name="images", ok=False, detail="cannot tell without an engine", remedy=_SET_UP)]
    absent = images.missing()
    return [
        Check(
            name=f"image {image}",
            ok=image not in absent,
            detail="missing" if image in absent else "there",
            remedy=_SET_UP,
        )
        for image in images.needed()
    ]


def _disk() -> Check:
    free = images.free_disk_bytes()
    return Check(
        name="disk",
        ok=free >= _DISK_WANTED_BYTES,
        detail=f"{free / 1024**3:.1f} GiB free",
        remedy="free at least 2 GiB: images, containers' logs and runs need them",
        needed=False,
    )


def _packet_filter() -> Check:
    """`how: loss` drops packets with nftables in the hub's namespace; the kernel must offer it."""
    modules = Path("/proc/modules")
    built_in = run(["nft", "list", "tables"], limit_s=5).ok
    loaded = modules.exists() and "nf_tables" in modules.read_text()
    known = built_in or loaded
    return Check(
        name="nftables",
        ok=known,
        detail="there" if known else "not seen from here; only `how: loss` needs it",
        remedy="load the kernel module nf_tables (`modprobe nf_tables` as root)",
        needed=False,
    )


def _addresses() -> Check:
    taken = [route for route in _routes() if ip_network(route, strict=False).overlaps(_OUR_RANGE)]
    return Check(
        name="addresses 198.18.0.0/16",
        ok=not taken,
        detail=f"also routed here: {', '.join(taken)}" if taken else "free",
        remedy="runs going on use some of them; otherwise free the range (it is reserved for benchmarks)",
        needed=False,
    )


def _routes() -> list[str]:
    """The machine's IPv4 routes as networks, from the kernel's own table (little-endian hexadecimal)."""
    table = Path("/proc/net/route")
    routes = []
    for line in table.read_text().splitlines()[1:] if table.exists() else []:
        fields = line.split()
        address, mask = (bytes.fromhex(fields[column])[::-1] for column in (1, 7))
        if any(mask):
            routes.append(f"{'.'.join(map(str, address))}/{'.'.join(map(str, mask))}")
    return routes


def _user() -> Check:
    root = os.geteuid() == 0
    detail = "root" if root else "not root: what is missing must be installed by an administrator"
    return Check(name="user", ok=True, detail=detail, needed=False)
