"""How a host's programs come to have too little: what injection needs of its world for that."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Protocol

from harness.model.fault import Fault, Strain
from harness.worlds.faults.act import Act


class Straining(Protocol):
    """Every call raises WorldError naming what did not happen. others: the faults in force beside it."""

    def begin(self, fault: Strain, others: Collection[Fault]) -> Act:
        """In force when it returns, with what shows so already."""
        ...

    def bites(self, fault: Strain, hurry: threading.Event) -> list[str]:
        """What else shows that it bites, a line each; hurry: from when on what is seen so far has to do."""
        ...

    def end(self, fault: Strain, others: Collection[Fault]) -> Act:
        """Also of one that did not bite, or only half. What has ended meanwhile is not started."""
        ...

    def lapsed(self, fault: Strain, others: Collection[Fault]) -> str:
        """Why it is not in force any more; empty when it is."""
        ...
