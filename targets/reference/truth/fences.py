"""What is asked of the fence device, and what it says. Ignores what follows from it.

A device that says "Off" of a node that runs is outside what any controller can see through: from then on
that one process is excused from what a fence promises. In sync mode the seal still keeps it from
acknowledging anything, and that is not excused.
"""

from __future__ import annotations

from collections.abc import Callable

from targets.reference.machines.words.grammar import AskPower, PowerAnswered
from targets.reference.truth.findings import Findings, Seat


class Fences:
    """living: the process of a host that reigns, if one does."""

    def __init__(self, findings: Findings, living: Callable[[str], Seat | None]) -> None:
        self._findings, self._living = findings, living
        self._reached: set[str] = set()
        self._lied_about: list[Seat] = []

    def decided(self, witness: Seat) -> None:
        """A new attempt: nobody has answered in it yet."""
        self._reached.discard(witness.host)

    def reached(self, witness: Seat) -> None:
        self._reached.add(witness.host)

    def asks(self, witness: Seat, ask: AskPower) -> None:
        if ask.request < 0:
            return  # an operator's order, and no failover
        if ask.order == "ForceOff" and witness.host not in self._reached:
            detail = f"{witness.host} switches {ask.node} off and has not seen that a standby is there"
            self._findings.broken(witness, "hasty-fence", detail)

    def answered(self, answer: PowerAnswered) -> None:
        lives = self._living(answer.node) if answer.state == "Off" else None
        if lives is not None and not self.excuses(lives):
            self._lied_about.append(lives)

    def excuses(self, seat: Seat) -> bool:
        """The device has called this very process off."""
        return any(one is seat for one in self._lied_about)
