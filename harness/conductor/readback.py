"""Every write of a trial is read at the primary. The reading is ours, so it may be asked again."""

from __future__ import annotations

from harness.conductor.stand import Stand
from harness.ids import read_id
from harness.model.command import ReadAll

READS_MAX = 3
READ_AGAIN_S = 0.5


class ReadBack:
    """open_id: the read that is waited for; empty when none is."""

    def __init__(self, stand: Stand) -> None:
        self._stand, self._reads = stand, 0
        self.open_id = ""

    @property
    def is_due(self) -> bool:
        return not self.open_id and bool(self._stand.view.primary)

    @property
    def may_ask_again(self) -> bool:
        return self._reads < READS_MAX

    def ask(self) -> None:
        stand = self._stand
        self._reads += 1
        self.open_id = read_id(stand.trial, self._reads)
        stand.ask(ReadAll(self.open_id, stand.view.primary, stand.prefix))

    def ask_again_later(self) -> None:
        """The failed one stays open until then: a late answer to it is no answer."""
        self._stand.after(READ_AGAIN_S, "read", self._again)

    def _again(self) -> None:
        self.open_id = ""
