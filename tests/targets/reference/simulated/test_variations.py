from __future__ import annotations

from random import Random

from targets.reference.simulated.variations import during, moments, variation
from targets.reference.target import REFERENCE

MANY = [variation(Random(seed)) for seed in range(2000)]


def test_every_variation_is_one_that_a_person_could_run() -> None:
    for written in MANY:
        assert REFERENCE.hosts(REFERENCE.settings(written))


def test_every_way_to_replicate_and_to_detect_comes_up() -> None:
    assert {written.get("replication", "sync") for written in MANY} == {"sync", "semi-sync", "async"}
    assert {written.get("nodes", 2) for written in MANY} == {2, 3, 4, 5}
    assert {written.get("heartbeats", "") for written in MANY} == {"", "push", "pull", "bidirectional"}
    assert {f"{written.get('standby', 'hot')}" for written in MANY} >= {"hot", "cold", "{'n3': 'cold'}"}
    assert {} in MANY and any(written.get("sync_standbys") for written in MANY)
    assert any("phi" in f"{written.get('detector')}" for written in MANY)


def test_every_moment_is_one_that_a_drill_can_name() -> None:
    offered = REFERENCE.moments()
    for failing in (True, False):
        assert all(aim.what in offered[aim.act] for aim in moments(failing=failing))


def test_every_part_of_the_protocol_is_aimed_at() -> None:
    parts = {during(aim.act, aim.what) for failing in (True, False) for aim in moments(failing=failing)}
    assert parts == {
        "at a heartbeat",
        "just after a grant",
        "between a write's check and its acknowledgement",
        "between suspicion and decision",
        "between decision and fence",
        "between fence and promotion",
        "within a ballot",
        "within a promotion",
        "during degrade and return",
        "during a hand-back",
        "during a rejoin",
    }


def test_what_a_defect_needs_is_drawn_alone() -> None:
    needs = {"replication": ("async",), "max_lag": (5, 50)}
    for seed in range(50):
        written = variation(Random(seed), needs)
        assert written["replication"] == "async" and written["max_lag"] in (5, 50)


def test_what_nothing_needs_is_drawn_as_it_comes() -> None:
    assert variation(Random(3), {}) == variation(Random(3))
