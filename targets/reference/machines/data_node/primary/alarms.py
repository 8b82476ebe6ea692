"""What a primary calls people for: writes that wait, standbys that lag. Nothing else follows from it."""

from __future__ import annotations

from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary import lag
from targets.reference.machines.data_node.primary.lag import Lags
from targets.reference.machines.data_node.primary.replication import Replication
from targets.reference.machines.data_node.primary.tenure import Tenure
from targets.reference.machines.data_node.primary.waiting import WaitingWrites
from targets.reference.machines.words.grammar import Alert, Effects
from targets.reference.machines.words.messages import Record
from targets.reference.machines.words.operating import StandbyStatus


class Alarms:
    """Of one reign. mark: the position of the record that opened it."""

    def __init__(
        self, own: Own, waiting: WaitingWrites, *, mark: int, tenure: Tenure, replication: Replication
    ) -> None:
        self._own, self._waiting, self._mark = own, waiting, mark
        self._tenure, self._replication = tenure, replication
        self._lags = self._lags_from(0.0)

    def begin(self, now_s: float) -> None:
        self._lags = self._lags_from(now_s)

    def appended(self, now_s: float, record: Record) -> None:
        self._lags.appended(now_s, lag.size(record.key, record.value))

    def standbys(self, now_s: float) -> tuple[StandbyStatus, ...]:
        """How each of them stands, for who asks."""
        return self._replication.states(now_s, self._lags)

    def beat(self, now_s: float) -> Effects:
        """Called each interval."""
        return [*self._waits(now_s), *self._lagging(now_s)]

    def _waits(self, now_s: float) -> Effects:
        """Writes that wait for a standby wait without a limit: a person should know."""
        long_s = 2 * self._own.settings.detector.silence_s
        if not self._tenure.leased(now_s) or not self._waiting.complaint_due(now_s, after_s=long_s):
            return []
        names = ", ".join(self._replication.counting.waited_for())
        return [Alert(f"{self._own.name}: writes wait for {names or 'the disk'}; none is acknowledged")]

    def _lagging(self, now_s: float) -> Effects:
        held = {node: one.held for node, one in self._replication.at_rest.items()}
        held |= self._replication.said()
        return [Alert(f"{self._own.name}: {text}") for text in self._lags.look(now_s, held)]

    def _lags_from(self, begun_s: float) -> Lags:
        own = self._own
        each_s = own.settings.detector.interval_s
        return Lags(own.log, own.settings.lag_alert, mark=self._mark, begun_s=begun_s, look_each_s=each_s)
