"""D. A search for an order of the operations, for any object. Past its bound: unknown.

Wing and Gong's search (1993) with Lowe's memory of what was tried (2017), as Porcupine has it: from the
operations that nothing left must precede, take one that the object would have answered so, and go on; where
none fits, go back. A configuration that was seen before need not be looked at again; it is
    (first operation not taken, which of the later ones were, which crashed ones were, state of the object).
The history is linearizable iff all operations that were answered can be taken. Of those that were not
(outcome unknown) any may be taken, at any time after its call, or none.

Three things keep it small, and lose nothing. An operation that may come now and changes nothing is taken at
once: whatever order follows, it can be moved to its front. A crashed one that would change nothing is not
taken. Of crashed ones that are alike the one called first is taken first: they can be exchanged.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Final, Protocol

from msgspec import Struct

from harness.checkers.linear.operation import (
    LINEARIZABLE,
    Linearity,
    Operation,
    ended_s,
    undecided,
    violation,
)
from harness.model.verdict import Judgement

# A configuration takes about a third of a kilobyte: at most some 350 MB.
CONFIGURATIONS_MAX = 1_000_000
STEPS_A_CONFIGURATION = 50

Configuration = tuple[int, int, int, Hashable]  # first not taken, mask from there, mask of crashed, state


class Refused:
    """The object would not have answered so."""


REFUSED: Final = Refused()


class Model(Protocol):
    """An object as one copy behaves. States are values."""

    @property
    def initial(self) -> Hashable: ...

    def step(self, state: Hashable, operation: Operation) -> Hashable | Refused:
        """The state after it; REFUSED where its answer does not fit."""
        ...


class Bound(Struct, frozen=True, kw_only=True):
    """How far a search goes: configurations that are kept (memory), steps that are tried (time)."""

    configurations: int = CONFIGURATIONS_MAX

    @property
    def steps(self) -> int:
        return STEPS_A_CONFIGURATION * self.configurations


class Searched(Struct, frozen=True, kw_only=True):
    """longest: to each operation that some partial order holds, the longest such; what a picture draws.

    order: one of all operations that were answered, where there is one.
    """

    linearity: Linearity
    steps: int
    configurations: int
    order: tuple[Operation, ...]
    longest: dict[Operation, tuple[Operation, ...]]

    @property
    def judgement(self) -> Judgement:
        return self.linearity.judgement


def search(operations: Sequence[Operation], model: Model, bound: Bound | None = None) -> Searched:
    """Of one object; the operations in any order."""
    return _Search(operations, model, bound or Bound()).searched()


class _Path:
    """What was taken, back to the first; shared between all that begin alike."""

    __slots__ = ("before", "length", "operation")

    def __init__(self, operation: Operation, before: _Path | None) -> None:
        self.operation, self.before = operation, before
        self.length: int = before.length + 1 if before else 1

    def operations(self) -> tuple[Operation, ...]:
        found, path = [], self
        while True:
            found.append(path.operation)
            if path.before is None:
                return tuple(reversed(found))
            path = path.before


class _Frame:
    """A configuration on the way: what may still be tried from it, and the longest way found through it."""

    __slots__ = ("deepest", "left", "path")

    def __init__(self, path: _Path | None, left: Iterator[tuple[Configuration, Operation]]) -> None:
        self.path, self.left = path, left
        self.deepest = path


class _Search:
    def __init__(self, operations: Sequence[Operation], model: Model, bound: Bound) -> None:
        live = [op for op in operations if op.outcome != "fail"]
        self._sure = sorted((op for op in live if op.outcome == "ok"), key=lambda op: op.call_s)
        # What was asked and never answered says nothing; what was never answered may have changed something.
        changing = [op for op in live if op.outcome == "unknown" and op.kind not in ("read", "missed")]
        self._crashed = sorted(changing, key=lambda op: op.call_s)
        self._alike = _alike(self._crashed)
        self._rets = [ended_s(op) for op in self._sure]
        self._model, self._bound = model, bound
        self._seen: set[Configuration] = set()
        self._steps = 0
        self._longest: dict[Operation, _Path] = {}
        self._best: _Path | None = None
        self._stuck: Configuration = (0, 0, 0, model.initial)

    def searched(self) -> Searched:
        found = self._descend((0, 0, 0, self._model.initial))
        linearity = found if isinstance(found, Linearity) else LINEARIZABLE
        return Searched(
            linearity=linearity,
            steps=self._steps,
            configurations=len(self._seen),
            order=found.operations() if isinstance(found, _Path) else (),
            longest={operation: path.operations() for operation, path in self._longest.items()},
        )

    def _descend(self, start: Configuration) -> Linearity | _Path | None:
        """A verdict other than linearizable, or the way to the end (None: there is nothing to order)."""
        if not self._sure:
            return None
        frames = [_Frame(None, self._next(start))]
        while frames:
            frame = frames[-1]
            step = next(frame.left, None)
            if step is None:
                self._leave(frames)
                continue
            configuration, operation = step
            path = _Path(operation, frame.path)
            if configuration[0] == len(self._sure):
                return path
            if configuration in self._seen:
                continue
            self._seen.add(configuration)
            if self._best is None or path.length > self._best.length:
                self._best, self._stuck = path, configuration
            if len(self._seen) > self._bound.configurations or self._steps > self._bound.steps:
                return self._gave_up()
            frames.append(_Frame(path, self._next(configuration)))
        return self._impossible()

    def _leave(self, frames: list[_Frame]) -> None:
        """Hand the longest way through this configuration to the one before it."""
        frame = frames.pop()
        if frame.path is None or frame.deepest is None:
            return
        known = self._longest.get(frame.path.operation)
        if known is None or known.length < frame.deepest.length:
            self._longest[frame.path.operation] = frame.deepest
        above = frames[-1]
        if above.deepest is None or above.deepest.length < frame.deepest.length:
            above.deepest = frame.deepest

    def _next(self, at: Configuration) -> Iterator[tuple[Configuration, Operation]]:
        """What may come next, and the configuration after it."""
        low, mask, crashed, state = at
        may_come, horizon_s = self._window(low, mask)
        changing = []
        for index in may_come:
            self._steps += 1
            after = self._model.step(state, self._sure[index])
            if after == state:
                yield (*self._taken(low, mask, index), crashed, state), self._sure[index]
                return
            if after is not REFUSED:
                changing.append((index, after))
        for index, after in changing:
            yield (*self._taken(low, mask, index), crashed, after), self._sure[index]
        yield from self._next_crashed(at, horizon_s)

    def _next_crashed(self, at: Configuration, horizon_s: float) -> Iterator[tuple[Configuration, Operation]]:
        low, mask, crashed, state = at
        for index, operation in enumerate(self._crashed):
            if operation.call_s > horizon_s:
                return
            twin = self._alike[index]
            if crashed >> index & 1 or (twin is not None and not crashed >> twin & 1):
                continue
            self._steps += 1
            after = self._model.step(state, operation)
            if after is not REFUSED and after != state:
                yield (low, mask, crashed | 1 << index, after), operation

    def _window(self, low: int, mask: int) -> tuple[list[int], float]:
        """(what nothing that is left must precede, the first return of what is left)."""
        found, horizon_s = [], float("inf")
        for index in range(low, len(self._sure)):
            if mask >> (index - low) & 1:
                continue
            if self._sure[index].call_s > horizon_s:
                break
            found.append(index)
            horizon_s = min(horizon_s, self._rets[index])
        return [index for index in found if self._sure[index].call_s <= horizon_s], horizon_s

    @staticmethod
    def _taken(low: int, mask: int, index: int) -> tuple[int, int]:
        mask |= 1 << (index - low)
        while mask & 1:
            low, mask = low + 1, mask >> 1
        return low, mask

    def _impossible(self) -> Linearity:
        low, mask, _, state = self._stuck
        left = [self._sure[index] for index in self._window(low, mask)[0]]
        taken = sum(1 for op in self._best.operations() if op.outcome == "ok") if self._best else 0
        return violation(
            f"of {len(self._sure)} answered operations at most {taken} can be put in order; then the object "
            f"holds {_shown(state)}, and none of those that may come next fits",
            *left,
        )

    def _gave_up(self) -> Linearity:
        bound = self._bound
        over = len(self._seen) > bound.configurations
        limit = f"{bound.configurations:,} configurations" if over else f"{bound.steps:,} steps"
        return undecided(f"the search gave up after its bound of {limit}")


def _alike(crashed: Sequence[Operation]) -> list[int | None]:
    """To each the one before it that does the same."""
    last: dict[tuple[str, Hashable, Hashable], int] = {}
    before = []
    for index, op in enumerate(crashed):
        effect = (op.kind, op.value, op.expected)
        before.append(last.get(effect))
        last[effect] = index
    return before


def _shown(state: object, most: int = 60) -> str:
    text = "nothing" if state is None or state == "" else f"{state!r}"
    return text if len(text) <= most else f"…{text[-most:]}"
