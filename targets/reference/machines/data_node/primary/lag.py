"""How far each standby is behind, in positions, bytes and seconds, and whether it carries the load. Pure.

    seconds  since the first record that it lacks was appended; of what the reign inherited, since it began.
             While the primary was frozen no standby could catch up: that time does not count
    carries  not so, when for five seconds it was behind by a second's writing, ever more, and took less than
             was written

A threshold calls a person once, and again only after the lag has fallen below half of it.
"""

from __future__ import annotations

from array import array
from collections import deque

from msgspec import Struct

from targets.reference.machines.data_node.log import Log
from targets.reference.settings import LagAlert

# A standby is judged by so many samples, one a second.
_SAMPLE_EACH_S = 1.0
_SAMPLES = 6
# It keeps up if it takes this much of what is written.
_KEEPS_UP = 0.95
# Who comes later than this to its next look did not run: two, since one may be late on a busy machine.
_AWAY_LOOKS = 2


class Lag(Struct, frozen=True):
    positions: int = 0
    bytes: int = 0
    seconds_s: float = 0.0


class _Sample(Struct, frozen=True):
    at_s: float
    written: int
    held: int


class _Standby:
    """What is remembered of one."""

    def __init__(self) -> None:
        self.samples: deque[_Sample] = deque(maxlen=_SAMPLES)
        self.over: set[str] = set()  # thresholds that a person was called for
        self.short = False
        self.inherited = (-1, 0)  # held, and the bytes between there and the reign's mark


class Lags:
    """Of one reign. mark: the position of the record that opened it, appended at begun_s.

    look_each_s: how often the primary looks while it runs.
    """

    def __init__(self, log: Log, limits: LagAlert, *, mark: int, begun_s: float, look_each_s: float) -> None:
        self._log, self._limits, self._mark = log, limits, mark
        self._looked_s, self._frozen_s, self._late_s = begun_s, 0.0, _AWAY_LOOKS * look_each_s
        self._at_s, self._bytes = array("d", [begun_s]), array("q", [0])
        self._standbys: dict[str, _Standby] = {}
        self._sampled_s = begun_s

    def appended(self, now_s: float, size_bytes: int) -> None:
        """The next record of the reign."""
        self._at_s.append(self._awake_s(now_s))
        self._bytes.append(self._bytes[-1] + size_bytes)

    def of(self, now_s: float, node: str, held: int) -> Lag:
        """Of one that holds everything up to there."""
        last = self._mark + len(self._at_s) - 1
        if held >= last:
            return Lag()
        first = max(held + 1, self._mark)
        own = self._bytes[-1] - (self._bytes[held - self._mark] if held >= self._mark else 0)
        size_bytes = own + self._inherited_bytes(node, held)
        return Lag(last - held, size_bytes, self._awake_s(now_s) - self._at_s[first - self._mark])

    def carries_load(self, node: str) -> bool:
        standby = self._standbys.get(node)
        return standby is None or not standby.short

    def look(self, now_s: float, held: dict[str, int]) -> list[str]:
        """held: of everyone who follows and has said it. What a person is to be told."""
        self._frozen_s += max(0.0, now_s - self._looked_s - self._late_s)
        self._looked_s = now_s
        self._standbys = {node: self._standbys.get(node) or _Standby() for node in held}
        found = [text for node, position in held.items() for text in self._over(now_s, node, position)]
        if now_s - self._sampled_s < _SAMPLE_EACH_S:
            return found
        self._sampled_s = now_s
        return [
            *found,
            *(text for node, position in held.items() for text in self._short(now_s, node, position)),
        ]

    def _awake_s(self, now_s: float) -> float:
        """A clock that stood still while this process did."""
        return min(now_s, self._looked_s + self._late_s) - self._frozen_s

    def _over(self, now_s: float, node: str, held: int) -> list[str]:
        lag, over = self.of(now_s, node, held), self._standbys[node].over
        if not lag.positions and not over:
            return []
        found = []
        for what, value, limit, unit in (
            ("positions", lag.positions, self._limits.positions, " records"),
            ("bytes", lag.bytes, self._limits.bytes, " bytes"),
            ("seconds", lag.seconds_s, self._limits.seconds_s, " s"),
        ):
            if limit and value > limit and what not in over:
                over.add(what)
                found.append(f"{node} is {value:.6g}{unit} behind, more than {limit:g}")
            elif value <= limit / 2:
                over.discard(what)
        return found

    def _short(self, now_s: float, node: str, held: int) -> list[str]:
        standby, last = self._standbys[node], self._mark + len(self._at_s) - 1
        standby.samples.append(_Sample(now_s, last, held))
        was, written_per_s, taken_per_s = standby.short, *_rates(standby.samples)
        behind = [sample.written - sample.held for sample in standby.samples]
        grows = len(behind) == _SAMPLES and all(a < b for a, b in zip(behind, [*behind][1:], strict=False))
        far = behind[-1] >= written_per_s > 0
        standby.short = grows and far and taken_per_s < _KEEPS_UP * written_per_s
        if was or not standby.short:
            return []
        rates = f"it takes {taken_per_s:.0f} of {written_per_s:.0f} records a second"
        return [f"{node} cannot carry the load: {rates}"]

    def _inherited_bytes(self, node: str, held: int) -> int:
        """Of records before the mark; each is looked at once while it catches up."""
        before, end = max(0, self._mark - 1), min(held, self._mark - 1)
        standby = self._standbys.get(node) or _Standby()
        known, size_bytes = standby.inherited
        if not 0 <= known <= end:
            known, size_bytes = end, self._size_bytes(end, before)
        size_bytes -= self._size_bytes(known, end)
        standby.inherited = (end, size_bytes)
        return size_bytes

    def _size_bytes(self, after: int, upto: int) -> int:
        return sum(size(r.key, r.value) for r in self._log.after(after, at_most=max(0, upto - after)))


def size(key: str, value: str) -> int:
    """What a record carries."""
    return len(key.encode()) + len(value.encode())


def _rates(samples: deque[_Sample]) -> tuple[float, float]:
    first, last = samples[0], samples[-1]
    for_s = last.at_s - first.at_s
    if for_s <= 0:
        return 0.0, 0.0
    return (last.written - first.written) / for_s, (last.held - first.held) / for_s
