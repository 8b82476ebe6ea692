"""A failover in steps, led by one witness. Any witness may; another's attempt in between does no harm.

    state       event                              -> state
    idle        a majority's standing votes           confirming  reads the register by a full ballot
    confirming  it still names the accused            reaching    "decided"; are the standbys there?
    reaching    enough eligible standbys answered     fencing     witnesses stop renewing the lease
    fencing     the register is unchanged             fencing     the device is told to switch the node off
    fencing     its PowerState reads Off              marking     the register names the reign as fenced
    marking     it does                               sealing     "fenced"; its grants are free
    fencing     a majority's leases are over          rereading   "lease over"; the register once more
    rereading   unchanged                             sealing     standbys refuse the old epoch for ever
    sealing     enough are sealed                     moving      compare-and-set to the most advanced one
    moving      it names the chosen one               hinting     until that one is heard
    any         another value, or too late            idle        begun again while the votes stand
    confirming  maintenance is on                     idle        an operator's order alone goes on

An operator's order stands for the votes and waits for the lease like any other failover. Forced, it seals one
node alone, eligible or not, and makes it the only eligible one.

The wait for the lease is never shortened: each witness says itself when its own grant is over, and only a
node that was seen to be off, in the register by a full ballot, makes it needless. Fences are
repeated while it lasts, so that no lease is renewed behind its back. With k = n any sealed standby holds
every acknowledged write, so one is enough; the seal stays when the attempt is given up.
"""

from __future__ import annotations

from targets.reference.defects import ELIGIBLE_FOR_EVER, OUSTED_STAYS_ELIGIBLE, VALUE_READ_AFTER_THE_SEALS
from targets.reference.machines.failover.attempt import Attempt, Ended, Outcome, Step, behind
from targets.reference.machines.failover.fencing import Fencing
from targets.reference.machines.failover.power import Power
from targets.reference.machines.failover.sealing import Heard, Hearsay, Sealing
from targets.reference.machines.lease import Reign
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.words.grammar import Alert, Effects, Send, SetTimer, StopTimer, Tell
from targets.reference.machines.words.messages import (
    Here,
    LeaseOver,
    Member,
    Promote,
    Reach,
    Register,
    Seal,
    Sealed,
    Wake,
)
from targets.reference.machines.words.shipped import agent_of
from targets.reference.settings import Settings

TIMER = "coordinate"
# Beyond the lease that it waits for; every step takes milliseconds.
_WITHIN_S = 1.0
# Beyond those that are needed the others get this long to be sealed too: more stay eligible, or in async one
# that is further may be among them.
_GATHER_S = 0.02


class Coordinator:
    """One attempt at a time. outcomes: how many of them ended how."""

    def __init__(
        self,
        settings: Settings,
        registrar: Registrar,
        power: Power,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        self._settings, self._registrar, self._defects = settings, registrar, defects
        self._power = power
        self.step: Step = "idle"
        self._attempt = Attempt()
        self._fencing = Fencing(settings, registrar, power, self._attempt, defects)
        self._value = Register()
        self._eligible: set[Member] = set()
        self._until_s = 0.0
        self.hearsay = Hearsay()
        self._sealing = Sealing(settings, ())
        self._epoch = 0
        self._chosen = ""
        self._alarmed: Reign = (0, "")
        self.hopeless: Reign = (0, "")  # nobody was eligible in its place when last looked at
        self._ended: Ended | None = None
        self.outcomes: dict[Outcome, int] = {}

    def begin(self, now_s: float, attempt: Attempt) -> Effects:
        assert self.step == "idle", "one attempt at a time"
        self._attempt = attempt
        self._fencing = Fencing(self._settings, self._registrar, self._power, attempt, self._defects)
        settings = self._settings
        self._until_s = now_s + settings.granted_lease_s + _WITHIN_S
        if settings.cold:
            self._until_s += settings.cold_start_s
        self.step = "confirming"
        return [*self._registrar.read(now_s), self._tick(now_s)]

    def settled(self, now_s: float, register: Register) -> Effects:
        """A full ballot has shown this."""
        match self.step:
            case "confirming" if (register.epoch, register.primary) == self._attempt.reign:
                if register.maintenance and self._attempt.order is None:
                    return self._give_up(now_s, "maintenance", register.maintenance)
                return self._decided(now_s, register)
            case "fencing" if register == self._value:
                return self._aimed(now_s)
            case "marking" if register == self._value.with_own_fence():
                return self._marked(now_s, register)
            case "rereading" if register == self._value:
                return self._begin_to_seal(now_s)
            case "moving":
                return self._moved(now_s, register)
            case "confirming" | "fencing" | "marking" | "rereading":
                return self._give_up(now_s, "overtaken", _names(register), register.primary)
            case _:
                return []

    def here(self, now_s: float, message: Here) -> Effects:
        member = Member(message.node, message.identity)
        if self.step != "reaching" or message.epoch != self._attempt.reign[0]:
            return []
        if message.node == self._attempt.forced:
            self._sealing = Sealing(self._settings, (member,), self._defects, forced=True)
        self._sealing.here(member, message.last)
        if not self._sealing.enough_are_here or self._sealing.too_far(self._newest):
            return []
        self.step = "fencing"
        return [*self._fences(), *self._fencing.aim(now_s), *self._lease_maybe_over(now_s)]

    def powered(self, now_s: float) -> Effects:
        """The device has answered something."""
        if self.step != "fencing" or not self._fencing.is_off:
            return []
        self.step = "marking"
        return self._registrar.change(now_s, self._value, self._value.with_own_fence())

    def lease_over(self, now_s: float, witness: str, message: LeaseOver) -> Effects:
        if (message.epoch, message.node) != self._attempt.reign or self.step in ("idle", "confirming"):
            return []
        self._fencing.lease_over(witness)
        return self._lease_maybe_over(now_s)

    def sealed(self, now_s: float, message: Sealed) -> Effects:
        member = Member(message.node, message.identity)
        if self.step != "sealing" or member not in self._sealing.standbys:
            return []
        if message.epoch > self._epoch:
            # Another attempt got further with it: all are asked again, above that.
            self._epoch = message.epoch
            self._sealing.begin_anew()
            return self._seals()
        if message.epoch < self._epoch:
            return []
        self._sealing.sealed(member, message.last)
        if self._sealing.is_whole:
            return self._move(now_s)
        return [SetTimer(TIMER, now_s + _GATHER_S)] if self._sealing.is_enough else []

    @property
    def _newest(self) -> Heard:
        return self.hearsay.of(self._attempt.reign)

    def heard(self, now_s: float, epoch: int, node: str) -> Effects:
        """A reign's heartbeat. Of the promoted one: it knows, nothing is left to be done.

        Of one that another attempt has made, while this one still looks whom it could promote: too late.
        """
        if self.step == "reaching" and epoch > self._attempt.reign[0]:
            return self._give_up(now_s, "overtaken", f"{node} reigns in epoch {epoch}")
        if self.step == "hinting" and epoch > self._attempt.reign[0] and node == self._chosen:
            self.step = "idle"
            return [StopTimer(TIMER), *self._power.release(now_s)]
        return []

    def fired(self, now_s: float) -> Effects:
        """Once an interval: whatever may have been lost is sent again."""
        if self.step == "idle":
            return []
        if now_s >= self._until_s:
            return self._too_late(now_s)
        match self.step:
            case "reaching":
                again = [*self._reaches(), *self._wakes()]
            case "sealing" if self._sealing.is_enough:
                return self._move(now_s)
            case "sealing":
                again = [*self._fences(), *self._seals(), *self._wakes()]
            case "hinting":
                again = self._hint()
            case "confirming":
                again = []
            case _:
                again = self._fences()
        return [*again, self._tick(now_s)]

    def _decided(self, now_s: float, register: Register) -> Effects:
        epoch, node = self._attempt.reign
        self._value = register
        ever = self._eligible if ELIGIBLE_FOR_EVER in self._defects else set()
        self._eligible = {*register.eligible, *ever}
        standbys = tuple(sorted(member for member in self._eligible if member.node != register.primary))
        self._sealing = Sealing(self._settings, standbys, self._defects)
        self._epoch = epoch + 1
        self.step = "reaching"
        said: Effects = [Tell("decided", epoch, node, self._attempt.why)]
        wanting = self._attempt.wanting(self._sealing)
        self.hopeless = self._attempt.reign if wanting and self._attempt.order is None else (0, "")
        if not wanting:
            nobody_runs = self._wakes() if self._sealing.is_asleep else []
            return [*said, *self._fencing.decided(), *self._reaches(), *nobody_runs]
        alarm = self._alarm(wanting) if self._attempt.order is None else []
        return [*said, *alarm, *self._give_up(now_s, "nobody eligible", wanting)]

    def _aimed(self, now_s: float) -> Effects:
        return self._power.cut(self._value.primary) if self._fencing.is_aimed else self.powered(now_s)

    def _marked(self, now_s: float, register: Register) -> Effects:
        self._value = register
        fenced = Tell("fenced", *self._attempt.reign, "its power was read back as off")
        return [fenced, *self._fences(), *self._begin_to_seal(now_s)]

    def _lease_maybe_over(self, now_s: float) -> Effects:
        if self.step != "fencing" or not self._fencing.is_over:
            return []
        self.step = "rereading"
        return [self._fencing.told_over(), *self._registrar.read(now_s)]

    def _begin_to_seal(self, now_s: float) -> Effects:
        self.step = "sealing"
        return [*self._seals(), self._tick(now_s)]

    def _move(self, now_s: float) -> Effects:
        if self._registrar.busy:
            return [self._tick(now_s)]
        if self._sealing.too_far(self._newest):
            why = behind(self._sealing, self._newest, self._settings)
            return [*self._alarm(why), *self._give_up(now_s, "too late", why)]
        order = self._attempt.order
        chosen = self._sealing.chosen(order.to if order else "")
        if order is not None and chosen.node != order.to:
            detail = f"{chosen.node} holds more than {order.to}: promote that one, or force it"
            return self._give_up(now_s, "refused", detail)
        self._chosen = chosen.node
        self.step = "moving"
        stay = self._sealing.eligible(chosen)
        if OUSTED_STAYS_ELIGIBLE in self._defects:
            stay = self._value.eligible
        newer = self._value.succeeded(self._epoch, chosen.node, stay)
        change = self._registrar.change(now_s, self._value, newer)
        return [*change, self._tick(now_s)]

    def _moved(self, now_s: float, register: Register) -> Effects:
        if register.primary != self._chosen or register.epoch < self._epoch:
            if VALUE_READ_AFTER_THE_SEALS in self._defects:
                self._value, self._epoch = register, max(self._epoch, register.epoch + 1)
                return self._move(now_s)
            return self._give_up(now_s, "overtaken", _names(register), register.primary)
        self._end("promoted", _names(register))
        self.step = "hinting"
        return [*self._hint(), *self._power.release(now_s), self._tick(now_s)]

    def take_ended(self) -> Ended | None:
        """How the last attempt ended, once."""
        ended, self._ended = self._ended, None
        return ended

    def _end(self, outcome: Outcome, detail: str, primary: str = "") -> None:
        self._ended = Ended(outcome, detail, primary)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def _give_up(self, now_s: float, outcome: Outcome, detail: str, primary: str = "") -> Effects:
        self._end(outcome, detail, primary)
        self.step = "idle"
        self._registrar.abandon()
        return [StopTimer(TIMER), *self._power.release(now_s)]

    def _too_late(self, now_s: float) -> Effects:
        why = self._attempt.late(self.step, self._sealing, self._newest, self._chosen, self._settings)
        detail = why or "the register was not settled in time: no majority of the witnesses answers"
        return [*(self._alarm(why) if why else []), *self._give_up(now_s, "too late", detail)]

    def _alarm(self, why: str) -> Effects:
        """Once a reign: an attempt is made again and again."""
        if self._alarmed == self._attempt.reign:
            return []
        self._alarmed = self._attempt.reign
        epoch, node = self._attempt.reign
        return [Alert(f"{node}, primary of epoch {epoch}, has failed, and nobody can take over: {why}")]

    def _reaches(self) -> Effects:
        if self._attempt.forced:
            return [Send(self._attempt.forced, Reach(self._attempt.reign[0]))]
        return [Send(member.node, Reach(self._attempt.reign[0])) for member in self._sealing.standbys]

    def _wakes(self) -> Effects:
        """Cold standbys that are not there yet: they are started, and then asked like the others."""
        names = [member.node for member in self._sealing.asleep]
        if self._attempt.forced in self._settings.cold:
            names = [self._attempt.forced]
        return [Send(agent_of(name), Wake(self._attempt.reign[0])) for name in names]

    def _fences(self) -> Effects:
        return self._fencing.words(self._value)

    def _seals(self) -> Effects:
        return [Send(member.node, Seal(self._epoch)) for member in self._sealing.standbys]

    def _hint(self) -> Effects:
        return [Send(self._chosen, Promote(self._epoch))]

    def _tick(self, now_s: float) -> SetTimer:
        return SetTimer(TIMER, now_s + self._settings.detector.interval_s)


def _names(register: Register) -> str:
    return f"the register names {register.primary or 'nobody'}, epoch {register.epoch}"
