"""The hub's network namespace: its addresses, and the set of addresses whose packets vanish."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from typing import TypedDict

_PROGRAM_LIMIT_S = 10.0
_TABLE = "failover_drill"


class StandIns(TypedDict):
    """beside: an address that is there; add: those that its device gets too."""

    beside: str
    add: list[str]


class Lost(TypedDict):
    """The set as the kernel has it, and how many packets vanished since it last changed."""

    addresses: list[str]
    packets: int


def add_addresses(mesh: Sequence[StandIns]) -> None:
    """Raises OSError when a device or an address is not to be had."""
    if not mesh:
        return
    devices = _devices()
    missing = [row["beside"] for row in mesh if row["beside"] not in devices]
    if missing:
        raise OSError(f"no device has the address {missing[0]}: is this the hub's network namespace?")
    # "replace": to be started again beside the same hub is no error.
    lines = [
        f"address replace {address}/32 dev {devices[row['beside']]}" for row in mesh for address in row["add"]
    ]
    _run(["ip", "-batch", "-"], "\n".join(lines))


def lose(addresses: Sequence[str]) -> None:
    """From now on every packet to or from these addresses vanishes, and no other. One step for all."""
    _run(["nft", "-f", "-"], ruleset(addresses))


def ruleset(addresses: Iterable[str]) -> str:
    """The whole table anew: nft applies a file in one transaction, so no packet ever sees half of it."""
    elements = ", ".join(sorted(addresses))
    return f"""
add table inet {_TABLE}
delete table inet {_TABLE}
table inet {_TABLE} {{
  set lost {{ type ipv4_addr; {f"elements = {{ {elements} }};" if elements else ""} }}
  chain arriving {{ type filter hook input priority 0; ip daddr @lost counter drop; }}
  chain leaving {{ type filter hook output priority 0; ip saddr @lost counter drop; }}
}}
"""


def lost() -> Lost:
    """After the first change. Raises OSError before it."""
    rows = json.loads(_run(["nft", "-j", "list", "table", "inet", _TABLE], ""))["nftables"]
    addresses = [element for row in rows for element in row.get("set", {}).get("elem", [])]
    expressions = [part for row in rows for part in row.get("rule", {}).get("expr", [])]
    packets = sum(part["counter"]["packets"] for part in expressions if "counter" in part)
    return {"addresses": sorted(addresses), "packets": packets}


def _devices() -> dict[str, str]:
    """Address -> device."""
    rows = json.loads(_run(["ip", "-json", "-4", "address", "show"], ""))
    return {row["local"]: device["ifname"] for device in rows for row in device.get("addr_info", [])}


def _run(argv: list[str], given: str) -> str:
    done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=_PROGRAM_LIMIT_S)
    if done.returncode:
        raise OSError(f"{' '.join(argv)}: {done.stderr.strip() or done.returncode}")
    return done.stdout
