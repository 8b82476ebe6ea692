"""A failover in steps, led by one witness. Any witness may; another's attempt in between does no harm.

    state       event                              -> state
    idle        a majority's standing votes           confirming  reads the register by a full ballot
    confirming  it still names the accused            reaching    "decided"; are the standbys there?
    reaching    enough eligible standbys answered     fencing     witnesses stop renewing the lease
    fencing     a majority's leases are over          rereading   "lease over"; the register once more
    rereading   unchanged                             sealing     standbys refuse the old epoch for ever
    sealing     enough are sealed                     moving      compare-and-set to the most advanced one
    moving      it names the chosen one               hinting     until that one is heard
    any         another value, or too late            idle        begun again while the votes stand

The wait for the lease is never shortened: each witness says itself when its own grant is over. Fences are
repeated while it lasts, so that no lease is renewed behind its back. With k = n any sealed standby holds
every acknowledged write, so one is enough; the seal stays when the attempt is given up.
"""

from __future__ import annotations

from typing import Literal

from targets.reference.defects import ELIGIBLE_FOR_EVER, OUSTED_STAYS_ELIGIBLE
from targets.reference.machines.grammar import Alert, Effects, Send, SetTimer, StopTimer, Tell, TellRegister
from targets.reference.machines.lease import Reign
from targets.reference.machines.messages import (
    Fence,
    Here,
    LeaseOver,
    Member,
    Place,
    Promote,
    Reach,
    Register,
    Seal,
    Sealed,
)
from targets.reference.machines.registrar import Registrar
from targets.reference.settings import Settings

TIMER = "coordinate"
Step = Literal["idle", "confirming", "reaching", "fencing", "rereading", "sealing", "moving", "hinting"]
# Beyond the lease that it waits for; every step takes milliseconds.
_WITHIN_S = 1.0
# With more than two nodes the others get this long to be sealed too, so that the most advanced is taken.
_GATHER_S = 0.02


class Coordinator:
    """One attempt at a time."""

    def __init__(
        self, settings: Settings, registrar: Registrar, defects: frozenset[str] = frozenset()
    ) -> None:
        self._settings, self._registrar, self._defects = settings, registrar, defects
        self.step: Step = "idle"
        self._reign: Reign = (0, "")
        self._voters: tuple[str, ...] = ()
        self._value = Register()
        self._eligible: set[Member] = set()
        self._until_s = 0.0
        self._here: set[Member] = set()
        self._over: set[str] = set()
        self._sealed: dict[Member, Place] = {}
        self._epoch = 0
        self._chosen = ""
        self._alarmed: Reign = (0, "")
        self.hopeless: Reign = (0, "")  # nobody was eligible in its place when last looked at

    def begin(self, now_s: float, reign: Reign, voters: tuple[str, ...]) -> Effects:
        assert self.step == "idle", "one attempt at a time"
        self._reign, self._voters = reign, voters
        self._until_s = now_s + self._settings.granted_lease_s + _WITHIN_S
        self.step = "confirming"
        return [*self._registrar.read(now_s), self._tick(now_s)]

    def settled(self, now_s: float, register: Register) -> Effects:
        """A full ballot has shown this."""
        match self.step:
            case "confirming" if (register.epoch, register.primary) == self._reign:
                return self._decided(now_s, register)
            case "rereading" if register == self._value:
                return self._begin_to_seal(now_s)
            case "moving":
                return self._moved(now_s, register)
            case "confirming" | "rereading":
                return self._give_up()
            case _:
                return []

    def here(self, now_s: float, message: Here) -> Effects:
        member = Member(message.node, message.identity)
        if self.step != "reaching" or message.epoch != self._reign[0] or member not in self._standbys:
            return []
        self._here.add(member)
        self.step = "fencing"
        return [*self._fences(), *self._lease_maybe_over(now_s)]

    def lease_over(self, now_s: float, witness: str, message: LeaseOver) -> Effects:
        if (message.epoch, message.node) != self._reign or self.step in ("idle", "confirming"):
            return []
        self._over.add(witness)
        return self._lease_maybe_over(now_s)

    def sealed(self, now_s: float, message: Sealed) -> Effects:
        member = Member(message.node, message.identity)
        if self.step != "sealing" or member not in self._standbys:
            return []
        if message.epoch > self._epoch:
            # Another attempt got further with it: all are asked again, above that.
            self._epoch, self._sealed = message.epoch, {}
            return self._seals()
        if message.epoch < self._epoch:
            return []
        self._sealed[member] = message.last
        whole = len(self._sealed) == len(self._standbys)
        return self._move(now_s) if whole else [SetTimer(TIMER, now_s + _GATHER_S)]

    def heard(self, epoch: int, node: str) -> Effects:
        """A reign's heartbeat. Of the promoted one: it knows, nothing is left to be done."""
        if self.step == "hinting" and epoch > self._reign[0] and node == self._chosen:
            self.step = "idle"
            return [StopTimer(TIMER)]
        return []

    def fired(self, now_s: float) -> Effects:
        """Once an interval: whatever may have been lost is sent again."""
        if self.step == "idle":
            return []
        if now_s >= self._until_s:
            return self._too_late()
        match self.step:
            case "reaching":
                again = self._reaches()
            case "sealing" if self._sealed:
                return self._move(now_s)
            case "sealing":
                again = [*self._fences(), *self._seals()]
            case "hinting":
                again = self._hint()
            case "confirming":
                again = []
            case _:
                again = self._fences()
        return [*again, self._tick(now_s)]

    @property
    def _standbys(self) -> tuple[Member, ...]:
        return tuple(sorted(member for member in self._eligible if member.node != self._value.primary))

    def _decided(self, now_s: float, register: Register) -> Effects:
        epoch, node = self._reign
        self._value, self._here, self._over, self._sealed = register, set(), set(), {}
        ever = self._eligible if ELIGIBLE_FOR_EVER in self._defects else set()
        self._eligible = {*register.eligible, *ever}
        self._epoch = epoch + 1
        self.step = "reaching"
        decided = Tell("decided", epoch, node, f"votes of {', '.join(self._voters)}")
        self.hopeless = (0, "") if self._standbys else self._reign
        if not self._standbys:
            return [TellRegister(register), decided, *self._alarm("no standby is eligible"), *self._give_up()]
        return [TellRegister(register), decided, *self._reaches()]

    def _lease_maybe_over(self, now_s: float) -> Effects:
        if self.step != "fencing" or len(self._over) < self._settings.majority:
            return []
        self.step = "rereading"
        epoch, node = self._reign
        over = Tell("lease_over", epoch, node, f"at {', '.join(sorted(self._over))}")
        return [over, *self._registrar.read(now_s)]

    def _begin_to_seal(self, now_s: float) -> Effects:
        self.step = "sealing"
        return [*self._seals(), self._tick(now_s)]

    def _move(self, now_s: float) -> Effects:
        if self._registrar.busy:
            return [self._tick(now_s)]
        chosen = max(self._sealed, key=lambda member: (self._sealed[member], member.node))
        self._chosen = chosen.node
        self.step = "moving"
        stay = self._value.eligible if OUSTED_STAYS_ELIGIBLE in self._defects else self._standbys
        newer = self._value.succeeded(self._epoch, chosen.node, stay)
        change = self._registrar.change(now_s, self._value, newer)
        return [*change, self._tick(now_s)]

    def _moved(self, now_s: float, register: Register) -> Effects:
        if register.primary != self._chosen or register.epoch < self._epoch:
            return self._give_up()
        self.step = "hinting"
        return [TellRegister(register), *self._hint(), self._tick(now_s)]

    def _give_up(self) -> Effects:
        self.step = "idle"
        self._registrar.abandon()
        return [StopTimer(TIMER)]

    def _too_late(self) -> Effects:
        why = {
            "reaching": "no eligible standby answers; nothing was touched",
            "fencing": "the old lease could not be seen to end",
            "sealing": "no eligible standby could be sealed",
            "hinting": f"{self._chosen} was promoted, but is not heard",
        }.get(self.step)
        return [*(self._alarm(why) if why else []), *self._give_up()]

    def _alarm(self, why: str) -> Effects:
        """Once a reign: an attempt is made again and again."""
        if self._alarmed == self._reign:
            return []
        self._alarmed = self._reign
        epoch, node = self._reign
        return [Alert(f"{node}, primary of epoch {epoch}, has failed, and nobody can take over: {why}")]

    def _reaches(self) -> Effects:
        return [Send(member.node, Reach(self._reign[0])) for member in self._standbys]

    def _fences(self) -> Effects:
        fence = Fence(*self._reign, self._voters)
        return [Send(witness, fence) for witness in self._settings.witnesses]

    def _seals(self) -> Effects:
        return [Send(member.node, Seal(self._epoch)) for member in self._standbys]

    def _hint(self) -> Effects:
        return [Send(self._chosen, Promote(self._epoch))]

    def _tick(self, now_s: float) -> SetTimer:
        return SetTimer(TIMER, now_s + self._settings.detector.interval_s)
