"""Whom the witnesses name as primary: their answers, as they come. Pure.

A majority's answers hold the newest reign that was in force when they were asked; of fewer the newest is a
hint. Either may be out of date a moment later and does no harm: a node that is not primary refuses.
"""

from __future__ import annotations


class Inquiry:
    """Of all these witnesses. named: the newest answer's primary, empty before anybody names one.

    waited_for: those that have neither answered nor were found silent.
    """

    def __init__(self, witnesses: tuple[str, ...]) -> None:
        self.waited_for, self._majority = {*witnesses}, len(witnesses) // 2 + 1
        self._answers, self._epoch, self.named = 0, 0, ""

    def heard(self, witness: str, epoch: int, primary: str) -> None:
        """Each witness is asked once."""
        if witness not in self.waited_for:
            return
        self.waited_for.discard(witness)
        self._answers += 1
        if epoch > self._epoch:
            self._epoch, self.named = epoch, primary

    def silent(self, witness: str) -> None:
        """It will not answer."""
        self.waited_for.discard(witness)

    @property
    def settled(self) -> bool:
        """A majority of all has answered, or nobody else will."""
        return self._answers >= self._majority or not self.waited_for
