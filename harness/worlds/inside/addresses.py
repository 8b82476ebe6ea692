"""The addresses of the hub, which stand for peers on the network of each host."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import TypedDict

_PROGRAM_LIMIT_S = 10.0


class StandIns(TypedDict):
    """beside: an address that is there; add: those that its device gets too."""

    beside: str
    add: list[str]


def add(mesh: Sequence[StandIns]) -> None:
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


def _devices() -> dict[str, str]:
    """Address -> device."""
    rows = json.loads(_run(["ip", "-json", "-4", "address", "show"], ""))
    return {row["local"]: device["ifname"] for device in rows for row in device.get("addr_info", [])}


def _run(argv: list[str], given: str) -> str:
    try:
        done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=_PROGRAM_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise OSError(f"{' '.join(argv)}: no end of it within {_PROGRAM_LIMIT_S:g} s") from error
    if done.returncode:
        raise OSError(f"{' '.join(argv)}: {done.stderr.strip() or done.returncode}")
    return done.stdout
