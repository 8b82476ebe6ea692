"""What a target must offer to be drilled as processes of this machine, beside its stack of containers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from harness.seams.target import Stack, StackHost


class LocalPlace(Struct, frozen=True, kw_only=True):
    """Where one host runs. address: its own, where its ports are to listen. folder: all that it keeps.

    peers: where it reaches each host of the stack, itself included, at that host's own ports.
    rail, rail_token: address:port of the power switches and what to show there; empty for who has none.
    """

    address: str
    folder: Path
    peers: Mapping[str, str]
    rail: str = ""
    rail_token: str = ""


class LocalProgram(Struct, frozen=True, kw_only=True):
    """A host's main process. environment: added to the harness's own. grace_s: from SIGTERM to SIGKILL.

    files: name -> text, laid into the host's folder before each start.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    files: Mapping[str, str] = {}
    grace_s: float = 10.0


class Local(Protocol):
    """Beside a Target, whose `process` of each host holds here too."""

    def needs(self) -> Mapping[str, str]:
        """Programs of this machine beyond Python -> how to get each."""
        ...

    def program(self, stack: Stack, host: StackHost, place: LocalPlace) -> LocalProgram: ...
