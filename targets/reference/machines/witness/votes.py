"""Who holds which reign for failed, and for how long: standing votes. Ignores what follows from them."""

from __future__ import annotations

from targets.reference.machines.lease import Reign


class Votes:
    """A vote stands for stands_s from its receipt; a repeated one stands longer."""

    def __init__(self, stands_s: float) -> None:
        self._stands_s = stands_s
        self._until_s: dict[Reign, dict[str, float]] = {}

    def cast(self, now_s: float, voter: str, reign: Reign) -> None:
        self._until_s.setdefault(reign, {})[voter] = now_s + self._stands_s

    def standing(self, now_s: float, reign: Reign) -> tuple[str, ...]:
        votes = self._until_s.get(reign, {})
        return tuple(sorted(voter for voter, until_s in votes.items() if now_s < until_s))

    def left(self, now_s: float, reign: Reign) -> list[tuple[str, float]]:
        """Each standing vote with the time that it still stands."""
        votes = self._until_s.get(reign, {})
        return [(voter, votes[voter] - now_s) for voter in self.standing(now_s, reign)]

    def forget_before(self, epoch: int) -> None:
        """Votes against older reigns serve nothing any more."""
        self._until_s = {reign: votes for reign, votes in self._until_s.items() if reign[0] >= epoch}
