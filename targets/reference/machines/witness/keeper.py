"""A witness's share of the register: its store, what it promises and accepts, whether it lags behind a reign.

    it                    -> does
    has no store             copies one from the others first, and promises nothing
    hears a newer reign      reads the register by a full ballot, a moment later
    knows what is in force   tells it, once

It accepts no other primary while its own grant to the present one may last: the register never outruns a
lease. Who has failed is not its question.
"""

from __future__ import annotations

from targets.reference.defects import COMES_BACK_EMPTY, REGISTER_OUTRUNS_LEASE, WITNESS_FORGETS
from targets.reference.machines.lease import Granter, Reign
from targets.reference.machines.register.caspaxos import Acceptor, newest
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.witness import copying
from targets.reference.machines.witness.copying import Copying
from targets.reference.machines.words.grammar import (
    Answer,
    Effects,
    Persist,
    SetTimer,
    StopTimer,
    TellRegister,
    WitnessState,
)
from targets.reference.machines.words.messages import (
    Accept,
    Accepted,
    BallotRefused,
    CopyAnswer,
    CopyRequest,
    Prepare,
    Register,
)
from targets.reference.settings import Settings

REFRESH = "refresh"
_REFRESH_S = 0.05


class Keeper:
    """state: what its store holds, None when it has none; so is its acceptor. granter, registrar: its own."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        state: WitnessState | None,
        granter: Granter,
        registrar: Registrar,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        if WITNESS_FORGETS in defects or (state is None and COMES_BACK_EMPTY in defects):
            state = newest(())
        self._defects, self._granter, self._registrar = defects, granter, registrar
        self.acceptor = Acceptor(state, defects) if state else None
        self._copying = Copying(name, settings, defects)
        self._refresh_after_s = _REFRESH_S * (1 + settings.witnesses.index(name))
        self._refreshing = False
        self._told = Register()

    @property
    def value(self) -> Register:
        """What it has accepted, committed or not."""
        return self.acceptor.state.value if self.acceptor else Register()

    def fired(self, now_s: float, timer: str, reign: Reign) -> Effects:
        """reign: the newest that is watched."""
        if timer == copying.TIMER:
            return self._copying.fired(now_s)
        self._refreshing = False
        return [] if self._holds(reign) else self._registrar.read(now_s)

    # --- without a store --------------------------------------------------------------------------

    def copy(self, now_s: float) -> Effects:
        return self._copying.begin(now_s)

    def copy_asked(self, message: CopyRequest, via: str) -> Effects:
        return [Answer(via, copying.answer(message, self.acceptor.state if self.acceptor else None))]

    def copied(self, sender: str, message: CopyAnswer) -> Effects:
        """The last answer that was missing gives it a store."""
        effects = self._copying.answered(sender, message)
        state = self._copying.state
        if state is None or self.acceptor is not None:
            return effects
        self.acceptor = Acceptor(state, self._defects)
        return [*effects, Persist(state), StopTimer(copying.TIMER)]

    # --- ballots ----------------------------------------------------------------------------------

    def proposed(self, now_s: float, message: Prepare | Accept, via: str) -> Effects:
        acceptor = self.acceptor
        assert acceptor is not None
        self._registrar.heard(message.ballot)
        if isinstance(message, Accept) and self._too_early(now_s, acceptor, message):
            return [Answer(via, BallotRefused(message.ballot, acceptor.state.promised))]
        effects, answer = (
            acceptor.prepare(message) if isinstance(message, Prepare) else acceptor.accept(message)
        )
        if isinstance(answer, Accepted):
            self._granter.accepted(acceptor.state.value.epoch)
        return [*effects, Answer(via, answer)]

    def _too_early(self, now_s: float, acceptor: Acceptor, message: Accept) -> bool:
        """Another primary while our grant to the present one may last.

        The present one itself may hand over. For anybody else the grant is not renewed, and it runs out,
        unless that reign is fenced: what takes the place of a fenced reign was proposed over a committed one.
        """
        value, proposer = message.value, message.ballot[1]
        present = self._granter.holder(now_s)
        if now_s < self._granter.ready_s:
            present = (acceptor.state.value.epoch, acceptor.state.value.primary)
        if present is None or present[0] >= value.epoch or present[1] in ("", value.primary, proposer):
            return False
        if present in value.fenced or REGISTER_OUTRUNS_LEASE in self._defects:
            return False
        self._granter.block(now_s, present)
        return True

    # --- what is in force -------------------------------------------------------------------------

    def heard(self, now_s: float, reign: Reign) -> Effects:
        """A heartbeat proves that its reign was committed; what this witness lacks of it, a ballot brings."""
        if not self._holds(reign):
            if self._refreshing:
                return []
            self._refreshing = True
            return [SetTimer(REFRESH, now_s + self._refresh_after_s)]
        if reign == (self._told.epoch, self._told.primary):
            return []
        self._told = self.value
        return [TellRegister(self._told)]

    def is_news(self, register: Register) -> bool:
        """A full ballot has shown this. False where it was told already."""
        is_news, self._told = register != self._told, register
        return is_news

    def _holds(self, reign: Reign) -> bool:
        """Its own accepted value is of that reign."""
        value = self.value
        return (value.epoch, value.primary) == reign
