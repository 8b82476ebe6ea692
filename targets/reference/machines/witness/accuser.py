"""A witness's accusation of the reign that it watches: its own vote, the others', and when to lead. Sends no
fence and touches no register: that is the coordinator's.

    state    event                                    -> state
    content  the detector finds an illness, a hand-back  voting    "suspected"; no renewal, repeats its vote
    voting   it is well again                            content   its vote stands for one lease all the same
    any      a newer reign is watched                    content
    any      a majority's votes stand, its turn comes    leads, if nobody does

In maintenance it suspects and tells, and neither votes nor leads.
"""

from __future__ import annotations

from collections.abc import Callable

from targets.reference.defects import LONE_WITNESS_DECIDES, VOTE_NEVER_LAPSES
from targets.reference.machines.detection.detector import Detector, Illness
from targets.reference.machines.failover.attempt import Attempt
from targets.reference.machines.failover.coordinator import Coordinator
from targets.reference.machines.failover.sealing import Heard
from targets.reference.machines.lease import Granter
from targets.reference.machines.witness.turn import Turn
from targets.reference.machines.witness.votes import Votes
from targets.reference.machines.words.grammar import Effects, Send, SetTimer, StopTimer, Tell
from targets.reference.machines.words.messages import Vote
from targets.reference.settings import Settings

VOTE, LEAD = "vote", "lead"
TIMERS = (VOTE, LEAD)


class Accuser:
    """granter, detector, coordinator: the witness's own. maintenance: why nobody fails over, "" while all do.

    suspected: what else a suspicion brings.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        defects: frozenset[str],
        *,
        granter: Granter,
        detector: Detector,
        coordinator: Coordinator,
        maintenance: Callable[[], str],
        suspected: Callable[[str], Effects],
    ) -> None:
        self._name, self._settings = name, settings
        self._granter, self._detector, self._coordinator = granter, detector, coordinator
        self._maintenance, self._suspected = maintenance, suspected
        stands_s = float("inf") if VOTE_NEVER_LAPSES in defects else settings.granted_lease_s
        self.votes = Votes(stands_s)
        self.votes_needed = 1 if LONE_WITNESS_DECIDES in defects else settings.majority
        self.turn = Turn(name, settings)
        self._voting: Illness | None = None  # while it lasts

    @property
    def reason(self) -> str:
        """Why it votes; "" while it does not."""
        return f"{self._voting.layer}: {self._voting.reason}" if self._voting else ""

    def watch(self, epoch: int) -> Effects:
        """Another reign: what was held against the old one serves nothing any more."""
        self._voting = None
        self.turn.reset()
        self.votes.forget_before(epoch)
        return [StopTimer(VOTE), StopTimer(LEAD)]

    def silence_due(self, now_s: float) -> Effects:
        """The detector's timer has come."""
        waits = self._detector.due(now_s)
        return waits or self._found(now_s, self._of_process() or self._detector.silent(now_s))

    def judge(self, now_s: float) -> Effects:
        """Something was heard. Silence is judged by its timer alone: more may wait to be heard."""
        illness = self._of_process() or self._detector.ill()
        if illness is None and self._detector.well(now_s):
            self._voting = None
        return self._found(now_s, illness)

    def voted(self, now_s: float, voter: str, message: Vote) -> Effects:
        if voter not in self._settings.witnesses:
            return []
        reign = (message.epoch, message.node)
        self.votes.cast(now_s, voter, reign)
        if reign == self._detector.reign:
            self._coordinator.hearsay.told(reign, Heard(message.heard, message.opened))
        return self._maybe_lead(now_s)

    def fired(self, now_s: float, timer: str) -> Effects:
        return self._repeat(now_s) if timer == VOTE else self._maybe_lead(now_s)

    def _of_process(self) -> Illness | None:
        if self._detector.process_counts and self._granter.handed_back(self._detector.reign):
            return Illness("process", "its agent has handed the lease back")
        return None

    def _found(self, now_s: float, illness: Illness | None) -> Effects:
        if illness is None or self._voting is not None or now_s < self._granter.ready_s:
            return []
        self._voting = illness
        epoch, node = self._detector.reign
        told = Tell("suspected", epoch, node, illness.reason, illness.layer)
        return [told, *self._suspected(self.reason), *self._repeat(now_s)]

    def _repeat(self, now_s: float) -> Effects:
        if self._voting is None:
            return []
        reign = self._detector.reign
        again = SetTimer(VOTE, now_s + self._settings.detector.interval_s)
        if self._maintenance():
            # A vote would take the lease away, and nobody would take over.
            return [again]
        self.votes.cast(now_s, self._name, reign)
        self._granter.block(now_s, reign)
        others = [witness for witness in self._settings.witnesses if witness != self._name]
        heard = self._coordinator.hearsay.of(reign)
        vote = Vote(*reign, self.reason, heard.last, heard.opened)
        effects: Effects = [Send(witness, vote) for witness in others]
        return [*effects, again, *self._maybe_lead(now_s)]

    def _maybe_lead(self, now_s: float) -> Effects:
        reign = self._detector.reign
        voters = self.votes.standing(now_s, reign)
        if len(voters) < self.votes_needed:
            self.turn.lapse()
            return []
        if self._coordinator.step != "idle" or self._maintenance():
            return []
        due_s = self.turn.due_s(now_s)
        if now_s < due_s:
            return [SetTimer(LEAD, due_s)]
        self.turn.taken(now_s, hopeless=self._coordinator.hopeless == reign)
        is_dead = self._granter.handed_back(reign)
        return self._coordinator.begin(now_s, Attempt(reign, voters, is_dead=is_dead))
