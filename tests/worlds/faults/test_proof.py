"""What was seen of a fault, and what else went on meanwhile: what is believed of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from harness.model.errors import WorldError
from harness.model.fault import Cut, Fault, Kill, Link, Slow
from harness.worlds.faults import meshlinks, proof
from harness.worlds.faults.meshlinks import MeshLinks
from harness.worlds.faults.proof import Proof
from harness.worlds.faults.standing import Faults, Standing
from tests.worlds.faultdoubles import Surroundings, surrounded

HOSTS = frozenset({"n1", "n2"})
OTHERS = frozenset({"r", "c1"})
N1_N2 = (Link("n1", "n2"), Link("n2", "n1"))
Looked = Callable[[Faults, threading.Event], list[str]]


@pytest.fixture
def it(monkeypatch: pytest.MonkeyPatch) -> Iterator[Surroundings]:
    monkeypatch.setattr(meshlinks, "_UNDER_WAY_S", 0.0)
    monkeypatch.setattr(meshlinks, "_WINDOW_S", 0.0)
    with surrounded() as made:
        yield made


def standing(it: Surroundings) -> Standing:
    return Standing(MeshLinks(mesh=it.mesh, hub=it.hub, resident=it.resident, containers=it.hosts))


def touches(it: Standing, hosts: frozenset[str]) -> None:
    with it.changing(hosts):
        pass


def test_what_is_seen_while_nobody_else_touches_the_hosts_is_the_evidence(it: Surroundings) -> None:
    stands = standing(it)

    def look(in_force: Faults, hurry: threading.Event) -> list[str]:
        touches(stands, OTHERS)
        return ["it bites"]

    assert Proof(stands, HOSTS, look).gather() == ("it bites",)


def test_what_is_not_seen_then_did_not_bite(it: Surroundings) -> None:
    def look(in_force: Faults, hurry: threading.Event) -> list[str]:
        raise WorldError("bytes got through")

    with pytest.raises(WorldError, match="bytes got through"):
        Proof(standing(it), HOSTS, look).gather()


@pytest.mark.parametrize("bites", [True, False])
def test_what_was_seen_beside_another_fault_is_looked_at_again(it: Surroundings, bites: bool) -> None:
    stands, looks = standing(it), list[Faults]()

    def look(in_force: Faults, hurry: threading.Event) -> list[str]:
        looks.append(in_force)
        if len(looks) == 1:
            stands.put("other", Kill("n1", "process"))
            touches(stands, frozenset({"n1"}))
            if not bites:
                raise WorldError("bytes got through")
        return [f"look {len(looks)}"]

    assert Proof(stands, HOSTS, look).gather() == ("look 2",)
    assert looks == [(), (Kill("n1", "process"),)]


def test_an_act_that_had_begun_before_the_look_disturbs_it_when_it_ends(it: Surroundings) -> None:
    stands, looks = standing(it), list[str]()
    acting = stands.changing(HOSTS)
    acting.__enter__()

    def look(in_force: Faults, hurry: threading.Event) -> list[str]:
        looks.append("look")
        if len(looks) == 1:
            acting.__exit__(None, None, None)
        return [f"look {len(looks)}"]

    assert Proof(stands, HOSTS, look).gather() == ("look 2",)


@pytest.mark.parametrize("bites", [True, False])
def test_when_its_end_comes_in_between_nobody_knows(it: Surroundings, bites: bool) -> None:
    stands = standing(it)
    ends: list[Proof] = []

    def look(in_force: Faults, hurry: threading.Event) -> list[str]:
        ends[0].finish()
        assert hurry.is_set()
        touches(stands, HOSTS)
        if not bites:
            raise WorldError("bytes got through")
        return ["it bites"]

    ends.append(Proof(stands, HOSTS, look))
    with pytest.raises(WorldError, match="before it was seen to bite; let it last for longer"):
        ends[0].gather()


def test_an_end_waits_for_the_look_that_it_has_hurried_and_no_longer(
    it: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_LAST_LOOK_S", 0.01)
    begun, go_on = threading.Event(), threading.Event()

    def look(in_force: Faults, hurry: threading.Event) -> list[str]:
        begun.set()
        go_on.wait(5)
        return ["it bites"]

    gathered = Proof(standing(it), HOSTS, look)
    gathering = threading.Thread(target=gathered.gather)
    gathering.start()
    assert begun.wait(5)
    gathered.finish()
    assert gathering.is_alive()
    go_on.set()
    gathering.join(5)
    gathered.finish()


def test_faults_that_never_stop_coming_are_told_and_prove_nothing(
    it: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_SEEN_WITHIN_S", 0.0)
    stands = standing(it)

    def look(in_force: Faults, hurry: threading.Event) -> list[str]:
        touches(stands, HOSTS)
        return ["it bites"]

    with pytest.raises(WorldError, match="others came and went for 0 s"):
        Proof(stands, HOSTS, look).gather()


# --- by injection, in which all of it meets ---------------------------------------------------------------


def test_a_fault_begins_while_another_is_still_looked_at(
    it: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meshlinks, "_WINDOW_S", 0.1)
    first = it.injection.begin("first", Cut(N1_N2, "drop"))
    told: list[float] = []
    looking = threading.Thread(target=lambda: told.append(first().after_s))
    looking.start()
    killed = it.injection.inject("second", Kill("n1", "process"))
    assert not told
    looking.join(5)
    assert told[0] <= killed.before_s


def ends(fault: Fault, it: Surroundings) -> tuple[str, ...]:
    """The evidence of one whose end comes while it is looked at."""
    applied = it.injection.begin("f", fault)
    told: list[tuple[str, ...]] = []

    def seen() -> None:
        try:
            told.append(applied().evidence)
        except WorldError as error:
            told.append((f"{error}",))

    looking = threading.Thread(target=seen)
    looking.start()
    time.sleep(0.005)
    it.injection.heal("f")
    looking.join(5)
    assert it.whole()
    return told[0]


def test_a_cut_that_ends_early_shows_what_could_be_seen_until_then(
    it: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meshlinks, "_WINDOW_S", 60.0)
    monkeypatch.setattr(proof, "_LAST_LOOK_S", 5.0)
    counted = ends(Cut(N1_N2, "drop"), it)[-1]
    assert counted.endswith("and none got through")
    assert 20 <= float(counted.split()[1]) < 60_000


def test_a_slow_link_that_ends_before_a_byte_was_followed_proves_nothing(
    it: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_LAST_LOOK_S", 0.01)
    it.resident.follows_for_s = 0.2
    assert ends(Slow(N1_N2, 0.1, 0.0), it) == (
        "it ended, or others came and went, before it was seen to bite; let it last for longer",
    )
