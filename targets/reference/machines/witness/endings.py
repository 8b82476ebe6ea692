"""How a witness's grant ends, and who hears of it. Grants nothing: that is the granter's.

    event                                   -> its own grant to that reign
    Fence, confirmed or ordered                is not renewed; the sender hears when it is over
    the register names the reign as fenced     ends at once
    its own time                               is over

Nobody is told a moment early: whoever leads a failover waits for a majority's word.
"""

from __future__ import annotations

from targets.reference.machines.lease import Granter, Reign
from targets.reference.machines.words.grammar import Effects, Send, SetTimer
from targets.reference.machines.words.messages import Fence, LeaseOver, Register
from targets.reference.settings import Settings

LEASE_OVER = "lease over"


class Endings:
    """granter: the witness's own. votes_needed: so many confirm a fence."""

    def __init__(self, settings: Settings, granter: Granter, votes_needed: int) -> None:
        self._witnesses, self._granter = frozenset(settings.witnesses), granter
        self._votes_needed = votes_needed
        self._awaited: dict[Reign, set[str]] = {}  # who wants to hear that our grant is over

    def counts(self, message: Fence) -> bool:
        """Only what a majority has confirmed, or an operator, stops a lease from being renewed."""
        confirmed = len(self._witnesses & set(message.voters)) >= self._votes_needed
        return confirmed or bool(message.ordered_by)

    def fence(self, now_s: float, reign: Reign, sender: str) -> Effects:
        self._granter.block(now_s, reign)
        self._awaited.setdefault(reign, set()).add(sender)
        return self.due(now_s)

    def fenced(self, now_s: float, reign: Reign) -> Effects:
        """By the register."""
        self._granter.fenced(*reign)
        return self.due(now_s)

    def proven(self, value: Register, proven: Reign) -> bool:
        """A heartbeat proves that its reign was committed, and so was what that one was built on.

        Is anything over by that? Whoever waits is told by `due`, once the heartbeat is answered: what it
        renews must not be told as over in the same breath.
        """
        named = value.fenced if (value.epoch, value.primary) == proven else ()
        ended = [reign for reign in named if reign < proven]
        for reign in ended:
            self._granter.fenced(*reign)
        return bool(ended)

    def due(self, now_s: float) -> Effects:
        """Those that are over are said, for the others a timer is set."""
        effects: Effects = []
        for reign, waiting in [*self._awaited.items()]:
            if self._granter.over(now_s, reign):
                effects += [Send(coordinator, LeaseOver(*reign)) for coordinator in sorted(waiting)]
                del self._awaited[reign]
            else:
                effects.append(SetTimer(LEASE_OVER, self._granter.over_s(reign)))
        return effects
