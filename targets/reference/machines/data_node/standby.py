"""A standby: follows the primary that a full ballot has named. Takes no client's word.

    state      event                          -> state
    away       Common of its epoch               following   (what diverges is moved away first)
    following  Stream that fits                  following   appended; answered when durable
    following  silence                           away        asks to follow again, then reads the register
    any        Seal of a newer epoch             away        refuses every older stream from then on
    following  Rest                              leaving     a cold one holds everything: it takes no more
    leaving    its disk has caught up            leaving     it ends, and its agent keeps what is shipped

All the while its lookout watches the primary. Away, it asks again every interval. One that is sealed above
its primary's epoch says so instead: a promotion that was given up leaves the seal, and the primary has to
take a newer epoch.
"""

from __future__ import annotations

from typing import Literal

from targets.reference.defects import (
    ANSWER_WITHOUT_EPOCH,
    OLDER_EPOCH_ACCEPTED,
    REJOIN_WITHOUT_TRUNCATION,
    STANDBY_ANSWERS_EARLY,
)
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.detection import lookout
from targets.reference.machines.detection.lookout import Lookout
from targets.reference.machines.words.grammar import Effects, Retire, Send, SetTimer, StopTimer, TellRole
from targets.reference.machines.words.messages import (
    Common,
    Follow,
    FollowRefused,
    ProbeAnswer,
    Register,
    Rest,
    Stream,
    StreamAck,
    StreamRefused,
)

WATCH = "watch"
TIMERS = (WATCH, *lookout.TIMERS)
# A primary that says nothing for so many intervals is asked again; it may have forgotten about us.
_SILENT_INTERVALS = 2
# While nothing is heard the register is read this often: seldom, since whoever is promoted says so, and a
# ballot is in the way of those that lead the failover.
_LOOK_EACH_S = 1.0


class Standby:
    """Of one (epoch, primary)."""

    def __init__(self, own: Own, register: Register) -> None:
        self._own, self.register = own, register
        self._following = self._leaving = False
        self._is_hot, self._is_cold = (own.settings.temperature(own.name) == t for t in ("hot", "cold"))
        self._heard_s = self._refused_s = float("-inf")
        self._looked_s = float("-inf")
        reign = (register.epoch, register.primary)
        self._lookout = Lookout(own.name, own.settings, reign, own.defects)

    @property
    def state(self) -> Literal["away", "following", "leaving"]:
        """Of the table above."""
        if self._leaving:
            return "leaving"
        return "following" if self._following else "away"

    def begin(self, now_s: float) -> Effects:
        self._looked_s = now_s
        told = TellRole("standby", self.register.epoch)
        return [told, *self._ask(), self._watch(now_s), *self._lookout.begin(now_s)]

    @property
    def follows(self) -> bool:
        return self._following

    def end(self) -> Effects:
        return [StopTimer(WATCH), *self._lookout.end()]

    def common(self, now_s: float, message: Common) -> Effects:
        """Late, it would drop what has been followed since, and been counted on."""
        own, common = self._own, message.last_common
        if self._leaving or not self._is_ours(message.epoch):
            return []
        if message.of != own.log.last or not own.log.holds(common):
            return []
        effects = own.seal(message.epoch)
        if own.log.last.position > common.position and REJOIN_WITHOUT_TRUNCATION not in own.defects:
            reason = f"not in the log of {self.register.primary}, primary of epoch {message.epoch}"
            effects += own.truncate(common.position, reason)
        self._following, self._heard_s = True, now_s
        return effects

    def stream(self, now_s: float, message: Stream) -> Effects:
        own = self._own
        if not self._is_ours(message.epoch):
            return self._strange(now_s, message.epoch)
        if not self._following:
            return []
        self._heard_s = now_s
        self._lookout.streamed(now_s)
        if not own.log.ends_with(message.previous):
            return self._misfit(now_s)
        effects = own.append(message.records) if message.records else self._ack()
        if self._is_hot:
            own.table.apply(own.log, min(message.acknowledged, own.log.last.position))
        return effects

    def reigns(self) -> Effects:
        """The primary has just begun: it may have refused a question that came before."""
        return [] if self._following or self._leaving else self._ask()

    def refused(self, now_s: float, message: FollowRefused) -> Effects:
        """It knows a newer epoch: the register tells. One that lags behind is left in peace."""
        return self._look(now_s) if message.epoch > self.register.epoch else []

    def wrote(self) -> Effects:
        """The disk has caught up. The seal is looked at again: it may have come meanwhile."""
        if self._leaving:
            return self._retire()
        if ANSWER_WITHOUT_EPOCH in self._own.defects:
            return self._ack()
        return self._ack() if self._following and self._is_ours(self.register.epoch) else []

    def sealed(self) -> None:
        """Who is sealed is about to be counted on: it stays."""
        self._following = self._following and self._is_ours(self.register.epoch)
        self._leaving = self._leaving and self._is_ours(self.register.epoch)

    def rest(self, message: Rest) -> Effects:
        """Its primary says that it holds everything; what is written from now on is shipped to the agent."""
        if not self._is_cold or not self._following or not self._is_ours(message.epoch):
            return []
        self._following, self._leaving = False, True
        return self._retire()

    def _retire(self) -> Effects:
        own = self._own
        if own.durable != own.log.last:
            return []
        own.retired = True
        return [Retire(self.register.epoch, own.member.identity, own.durable)]

    def answered(self, message: ProbeAnswer) -> Effects:
        self._lookout.answered(message)
        return []

    def fired(self, now_s: float, timer: str) -> Effects:
        return self._look_after(now_s) if timer == WATCH else self._lookout.fired(now_s, timer)

    def _look_after(self, now_s: float) -> Effects:
        settings = self._own.settings
        silent_s = now_s - self._heard_s
        effects: Effects = [self._watch(now_s)]
        if silent_s > _SILENT_INTERVALS * settings.detector.interval_s and not self._leaving:
            effects += self._ask()
        if min(silent_s, now_s - self._looked_s) > max(_LOOK_EACH_S, 2 * settings.detector.silence_s):
            effects += self._look(now_s)
        return effects

    def _is_ours(self, epoch: int) -> bool:
        sealed = 0 if OLDER_EPOCH_ACCEPTED in self._own.defects else self._own.sealed
        return epoch == self.register.epoch and epoch >= sealed

    def _ask(self) -> Effects:
        own, register = self._own, self.register
        if own.sealed > register.epoch:
            return [self._refuse(register.epoch)]
        history = own.log.history
        return [Send(register.primary, Follow(register.epoch, own.name, own.member.identity, history))]

    def _ack(self) -> Effects:
        own, register = self._own, self.register
        last = own.log.last if STANDBY_ANSWERS_EARLY in own.defects else own.durable
        return [Send(register.primary, StreamAck(register.epoch, own.name, own.member.identity, last))]

    def _refuse(self, epoch: int) -> Send:
        own = self._own
        return Send(self.register.primary, StreamRefused(epoch, own.name, own.sealed, own.log.last))

    def _misfit(self, now_s: float) -> Effects:
        """Once is enough for all that is on its way: each would be sent again for each refusal."""
        if now_s - self._refused_s < self._own.settings.detector.interval_s:
            return []
        self._refused_s = now_s
        return [self._refuse(self.register.epoch)]

    def _strange(self, now_s: float, epoch: int) -> Effects:
        if epoch < self._own.sealed:
            return [self._refuse(epoch)]
        return self._look(now_s) if epoch > self.register.epoch else []

    def _look(self, now_s: float) -> Effects:
        self._looked_s = now_s
        return self._own.registrar.read(now_s)

    def _watch(self, now_s: float) -> SetTimer:
        return SetTimer(WATCH, now_s + self._own.settings.detector.interval_s)
