"""What an agent or a witness tells, and whether it is ready; a watcher hears that when it connects."""

from __future__ import annotations

from harness.model.event import Event
from harness.seams import Kernel, Wire
from targets.reference.driver.surroundings import ENTRY_PORT
from targets.reference.driver.telling import Readiness


class Entry:
    """Offers harness.seams.Ear for those who watch."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel, self._readiness = kernel, Readiness(kernel.host)
        kernel.listen(ENTRY_PORT, self._accept)

    def tell(self, event: Event) -> None:
        self._kernel.tell(event)
        if self._readiness.changed_by(event):
            self._kernel.tell(self._readiness.report(self._kernel.now_s()))

    def made(self, wire: Wire) -> None:
        """Only what dials is told so."""

    def received(self, wire: Wire, message: object) -> None:
        """Nobody asks here: an order goes to the data node itself."""

    def lost(self, wire: Wire) -> None:
        """A watcher less."""

    def _accept(self, wire: Wire) -> Entry:
        self._kernel.tell(self._readiness.report(self._kernel.now_s()))
        return self
