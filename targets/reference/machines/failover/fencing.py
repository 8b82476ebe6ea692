"""The fence step of a failover: whom it strikes, by what words, and when the old lease is over.

    by the witnesses   none of them renews the lease; each says itself when its own grant has run out
    by the device      where there is one, and the votes alone are behind it: the node is switched off

Decides about no step: that is the coordinator's.
"""

from __future__ import annotations

from targets.reference.defects import FENCE_NOT_AWAITED, FENCED_BEFORE_REACHED
from targets.reference.machines.failover.attempt import Attempt
from targets.reference.machines.failover.power import Power
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.words.grammar import Effects, Send, Tell
from targets.reference.machines.words.messages import Fence, Fenced, Register
from targets.reference.settings import Settings


class Fencing:
    """Of one attempt. registrar, power: the witness's own."""

    def __init__(
        self,
        settings: Settings,
        registrar: Registrar,
        power: Power,
        attempt: Attempt,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        self._settings, self._defects = settings, defects
        self._registrar, self._power, self._attempt = registrar, power, attempt
        self._over: set[str] = set()

    @property
    def switches_off(self) -> bool:
        """An operator who orders a promotion has a whole lease to think again."""
        return self._power.has_device and not self._attempt.is_dead and self._attempt.order is None

    def decided(self) -> Effects:
        """Nobody is struck before it is known that somebody can take over."""
        is_hasty = FENCED_BEFORE_REACHED in self._defects and self.switches_off
        return self._power.cut(self._attempt.reign[1]) if is_hasty else []

    def words(self, register: Register) -> Effects:
        """Said again and again while it lasts, so that no lease is renewed behind the coordinator's back."""
        attempt = self._attempt
        by = attempt.order.by if attempt.order else ""
        words: list[Fence | Fenced] = [Fence(*attempt.reign, attempt.voters, by)]
        if attempt.reign in register.fenced:
            words.append(Fenced(*attempt.reign))
        return [Send(witness, word) for witness in self._settings.witnesses for word in words]

    def aim(self, now_s: float) -> Effects:
        """To switch off cannot be undone: whom it strikes is looked up once more right before."""
        return self._registrar.read(now_s) if self.switches_off else []

    @property
    def is_aimed(self) -> bool:
        """Looked up, and not switched off yet."""
        return self.switches_off and self._power.state == "none"

    @property
    def is_off(self) -> bool:
        """Seen to be, and the register can be told."""
        return self._power.state == "off" and not self._registrar.busy

    # --- the old lease ----------------------------------------------------------------------------

    def lease_over(self, witness: str) -> None:
        self._over.add(witness)

    @property
    def is_over(self) -> bool:
        enough = 0 if FENCE_NOT_AWAITED in self._defects else self._settings.majority
        return len(self._over) >= enough

    def told_over(self) -> Tell:
        return Tell("lease_over", *self._attempt.reign, f"at {', '.join(sorted(self._over))}")
