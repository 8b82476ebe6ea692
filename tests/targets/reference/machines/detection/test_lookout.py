from __future__ import annotations

import msgspec
import pytest

from targets.reference.detection import Way
from targets.reference.machines.detection import probing
from targets.reference.machines.detection.lookout import TIMER, TIMERS, Lookout
from targets.reference.machines.words.grammar import Effects, Send, SetTimer, StopTimer
from targets.reference.machines.words.messages import Hint, Probe, ProbeAnswer
from tests.targets.reference.machines.playbook import SETTINGS

INTERVAL_S, SILENCE_S = SETTINGS.detector.interval_s, SETTINGS.detector.silence_s


def looking(*ways: Way) -> Lookout:
    """n2 begins to follow (1, n1) at 10.0."""
    lookout = Lookout("n2", msgspec.structs.replace(SETTINGS, heartbeats=ways), (1, "n1"), frozenset())
    lookout.begin(10.0)
    return lookout


def hinted(effects: Effects) -> list[str]:
    hint = Hint(1, "n1", "n2")
    return [effect.to for effect in effects if isinstance(effect, Send) and effect.message == hint]


def test_a_silent_stream_is_hinted_to_every_witness_each_interval() -> None:
    lookout = looking("bidirectional")
    effects = lookout.fired(10.0 + SILENCE_S, TIMER)
    assert hinted(effects) == ["w1", "w2", "w3"]
    assert SetTimer(TIMER, pytest.approx(10.0 + SILENCE_S + INTERVAL_S)) in effects  # type: ignore[arg-type]
    assert hinted(lookout.fired(10.0 + SILENCE_S + INTERVAL_S, TIMER))


def test_a_stream_that_beats_is_not() -> None:
    lookout = looking("bidirectional")
    lookout.streamed(10.3)
    assert lookout.fired(10.0 + SILENCE_S, TIMER) == [SetTimer(TIMER, 10.3 + SILENCE_S)]


def test_its_own_probes_are_watched_as_well() -> None:
    lookout = looking("pull")
    (asked, _) = lookout.fired(10.1, probing.TIMER)
    assert asked == Send("n1", Probe(1))
    lookout.answered(ProbeAnswer(1, 1, "n1", 0.0))
    assert not hinted(lookout.fired(10.0 + SILENCE_S, TIMER))
    lookout.answered(ProbeAnswer(9, 1, "n1", 0.0))
    assert hinted(lookout.fired(10.1 + SILENCE_S, TIMER))


def test_either_way_that_falls_silent_is_a_hint() -> None:
    lookout = looking("pull", "bidirectional")
    lookout.streamed(10.3)
    assert hinted(lookout.fired(10.0 + SILENCE_S, TIMER))


def test_with_push_alone_a_standby_looks_at_nothing() -> None:
    settings = msgspec.structs.replace(SETTINGS, heartbeats=("push",))
    assert Lookout("n2", settings, (1, "n1"), frozenset()).begin(10.0) == []


def test_it_ends_with_all_its_timers() -> None:
    assert looking("pull").end() == [StopTimer(timer) for timer in TIMERS]
