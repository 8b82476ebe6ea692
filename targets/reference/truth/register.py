"""What the register truly is: chosen is what a majority of the witnesses has durably accepted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise

from targets.reference.machines.lease import Reign
from targets.reference.machines.words.grammar import WitnessState
from targets.reference.machines.words.messages import Ballot, Register
from targets.reference.settings import Settings
from targets.reference.truth.findings import Findings, Seat
from targets.reference.truth.leases import Leases


class Chosen:
    """newest: by ballot. takeovers: epochs in which another node took over. then: hears of each choice.

    forced: hears before that of one by which an operator gives up what the new primary lacks.
    """

    def __init__(
        self,
        settings: Settings,
        findings: Findings,
        leases: Leases,
        then: Callable[[Seat], None],
        forced: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings, self._findings, self._leases = settings, findings, leases
        self._then, self._forced = then, forced
        self.newest = Register()
        self.takeovers = 0
        self._accepted: dict[Ballot, set[str]] = {}
        self._ballots: list[Ballot] = []
        self._values: dict[Ballot, Register] = {}
        self._reigns: set[Reign] = set()

    def names(self, reign: Reign) -> bool:
        """It was chosen once."""
        return reign in self._reigns

    def accepted(self, witness: Seat, state: WitnessState) -> None:
        """The witness's disk holds this now."""
        voters = self._accepted.setdefault(state.accepted, set())
        voters.add(witness.host)
        if len(voters) >= self._settings.majority and state.accepted not in self._values:
            self._choose(witness, state.accepted, state.value)

    def _choose(self, witness: Seat, ballot: Ballot, value: Register) -> None:
        place = bisect_left(self._ballots, ballot)
        self._ballots.insert(place, ballot)
        self._values[ballot] = value
        self._reigns.add((value.epoch, value.primary))
        for older, newer in pairwise(self._ballots[max(0, place - 1) : place + 2]):
            self._grows(witness, self._values[older], self._values[newer])
        unfit = [m.node for m in value.eligible if not self._settings.may_be_eligible(m.node)]
        if any(node != value.primary for node in unfit):
            self._findings.broken(witness, "cold-eligible", f"{value} names {', '.join(unfit)}")
        for reign in value.fenced:
            self._leases.fenced(witness, reign)
        before, self.newest = self.newest, self._values[self._ballots[-1]]
        if self.newest.primary != before.primary and before.epoch:
            self._took_over(witness, ballot, before)
        self._then(witness)

    def _grows(self, witness: Seat, old: Register, new: Register) -> None:
        if new.epoch < old.epoch or (new.epoch == old.epoch and new.primary != old.primary):
            self._findings.broken(witness, "epoch-fell", f"the register goes from {old} to {new}")

    def _took_over(self, witness: Seat, ballot: Ballot, before: Register) -> None:
        self.takeovers += 1
        now = self.newest
        new = [member for member in now.eligible if member.node == now.primary]
        if self._leases.is_forced((before.epoch, before.primary), now.primary):
            self._forced()
        elif not new or new[0] not in before.eligible:
            detail = f"{now.primary} takes over as {now}, but was not eligible in {before}"
            self._findings.broken(witness, "ineligible-promoted", detail)
        wanted = ballot[1] == before.primary or self._leases.is_ordered((before.epoch, before.primary))
        if before.maintenance and not wanted:
            detail = f"{now.primary} takes over as {now} in maintenance, and nobody ordered it"
            self._findings.broken(witness, "unwanted-failover", detail)
        # Who hands over itself gives its lease up afterwards.
        if ballot[1] != before.primary and self._leases.holds(before.primary, before.epoch):
            detail = f"{now} is chosen while {before.primary} has its lease of {before.epoch}"
            self._findings.broken(witness, "unfenced-failover", detail)
