"""A fault seen to bite beside others: believed of a time in which none of those touched its hosts.

what was seen     others meanwhile   its end      -> then
it bites          none               -               that is the evidence
it does not bite  none               -               it did not: WorldError
either            some               not asked       looked at again
either            some               asked for       nobody knows: WorldError says so, with the fix
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from harness.model.errors import WorldError
from harness.worlds.faults.standing import Faults, Standing

_SEEN_WITHIN_S = 15.0
# For what is looked at when its end comes: a connect that meets silence takes as long.
_LAST_LOOK_S = 0.12

# Faults in force, and what is set as soon as there is a hurry -> evidence, a line each. Raises WorldError.
Looks = Callable[[Faults, threading.Event], list[str]]


class Proof:
    """Gathered by one thread; another one may want to end its fault meanwhile."""

    def __init__(self, standing: Standing, hosts: frozenset[str], looks: Looks) -> None:
        """hosts: whom the fault touches. looks: does what it takes, once."""
        self._standing, self._hosts, self._looks = standing, hosts, looks
        self._hurry, self._over = threading.Event(), threading.Event()

    def gather(self) -> tuple[str, ...]:
        """Raises WorldError when it did not bite, or nobody can tell."""
        try:
            return self._gather(time.monotonic() + _SEEN_WITHIN_S)
        finally:
            self._over.set()

    def finish(self) -> None:
        """Its fault is about to end: the present look is waited for, where it does not take long."""
        self._hurry.set()
        self._over.wait(_LAST_LOOK_S)

    def _gather(self, give_up_s: float) -> tuple[str, ...]:
        while True:
            faults, disturbed = self._standing.watched(self._hosts)
            lines, problem = self._looked(faults)
            if not disturbed():
                if problem is not None:
                    raise problem
                return lines
            if self._hurry.is_set():
                raise WorldError(
                    "it ended, or others came and went, before it was seen to bite; let it last for longer"
                )
            if time.monotonic() > give_up_s:
                raise WorldError(
                    f"others came and went for {_SEEN_WITHIN_S:g} s, so it could not be seen to bite"
                )

    def _looked(self, faults: Faults) -> tuple[tuple[str, ...], WorldError | None]:
        try:
            return tuple(self._looks(faults, self._hurry)), None
        except WorldError as error:
            return (), error
