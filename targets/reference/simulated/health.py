"""GET /primary on a data node: is it primary with a lease? One question a connection."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from harness.seams import Kernel, Wire
from targets.reference.driver.surroundings import HEALTH_PORT


class Asked(Struct, frozen=True):
    """The request."""


class Serving(Struct, frozen=True):
    """The response: 200 or 503."""

    serving: bool


class _Answer:
    """Offers harness.seams.Ear."""

    def __init__(self, serving: Callable[[], bool]) -> None:
        self._serving = serving

    def made(self, wire: Wire) -> None:
        """Only what dials is told so."""

    def received(self, wire: Wire, message: object) -> None:
        wire.send(Serving(self._serving()))
        wire.close()

    def lost(self, wire: Wire) -> None:
        """Nothing was begun that would have to end."""


def listen(kernel: Kernel, *, serving: Callable[[], bool]) -> None:
    kernel.listen(HEALTH_PORT, lambda wire: _Answer(serving))
