"""Numbered lines: what an observer missed is told again, and what is gone is counted."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harness.model.event import Event, LoadStopped, Returned, Stalled
from harness.workloads.lines import Attach, Numbered, Ring, from_host, restamped


def told(number: int) -> LoadStopped:
    return LoadStopped(client="client1", at_s=float(number))


def numbers(lines: list[bytes]) -> list[int]:
    return [line.number for line in map(from_host, lines) if isinstance(line, Numbered)]


@given(added=st.integers(0, 60), limit=st.integers(1, 40), after=st.integers(0, 80))
def test_after_attaching_every_event_was_either_told_or_counted_as_lost(
    added: int, limit: int, after: int
) -> None:
    ring = Ring("run", limit=limit)
    for number in range(1, added + 1):
        ring.add(told(number))
    lost, lines = ring.since(Attach("run", after))
    missed = list(range(min(after, added) + 1, added + 1))
    assert numbers(lines) == missed[lost:]
    assert len(missed) - lost == min(len(missed), limit)


def test_numbers_of_another_run_mean_nothing() -> None:
    ring = Ring("now")
    ring.add(told(1))
    assert numbers(ring.since(Attach("before", 7))[1]) == [1]


def test_every_stamp_is_mapped_and_nothing_else() -> None:
    operation = Returned(
        trial=1,
        client="client1",
        kind="write",
        key="k1",
        value="v",
        outcome="unknown",
        scheduled_s=10.0,
        call_s=10.5,
        ret_s=None,
    )
    mapped = restamped(operation, lambda raw_s: raw_s - 10)
    assert mapped == msgspec.structs.replace(operation, scheduled_s=0.0, call_s=0.5)
    stalled: Event = Stalled(who="client1", from_s=11.0, to_s=12.0)
    assert restamped(stalled, lambda raw_s: raw_s - 10) == Stalled(who="client1", from_s=1.0, to_s=2.0)


def test_no_event_has_a_stamp_that_mapping_forgets() -> None:
    stamps = {"at_s", "before_s", "after_s", "from_s", "to_s", "scheduled_s", "call_s", "ret_s"}
    for kind in Event.__args__:
        assert {name for name in kind.__struct_fields__ if name.endswith("_s")} <= stamps, kind
