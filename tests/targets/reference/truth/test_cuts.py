from __future__ import annotations

from targets.reference.machines.words.grammar import Fired, Truncate
from tests.targets.reference.truth.stage import Stage, records

LOG = records(1, "", "a", "b")


def cut(stage: Stage, *, aside: bool) -> None:
    """n2 cuts its log behind the first record, and goes on."""
    seat, node = stage.node("n2")
    stage.truth.handled(seat, node, Fired("x"), [Truncate(1, "it diverged")])
    tail, stage.disks["n2"] = stage.disks["n2"][1:], stage.disks["n2"][:1]
    if aside:
        stage.tails["n2"].append(tail)
    stage.truth.handled(seat, node, Fired("x"), [])


def test_what_was_cut_off_and_is_in_a_file_is_well() -> None:
    stage = Stage(n2=LOG)
    cut(stage, aside=True)
    assert stage.broken == []


def test_what_was_cut_off_and_is_in_no_file_is_seen_once() -> None:
    stage = Stage(n2=LOG)
    cut(stage, aside=False)
    stage.truth.handled(*stage.node("n2"), Fired("x"), [])
    assert stage.broken == ["tail-lost"] and "(of 2)" in stage.told[0].detail


def test_a_host_that_dies_before_the_cut_has_cut_nothing() -> None:
    stage = Stage(n2=LOG)
    stage.truth.handled(*stage.node("n2"), Fired("x"), [Truncate(1, "it diverged")])
    stage.truth.handled(*stage.node("n2"), Fired("x"), [])
    assert stage.broken == []


def test_a_lost_disk_is_another_matter() -> None:
    stage = Stage(n2=LOG)
    stage.truth.handled(*stage.node("n2"), Fired("x"), [Truncate(1, "it diverged")])
    stage.disks["n2"], stage.identities["n2"] = [], "n2.1"
    stage.truth.handled(*stage.node("n2"), Fired("x"), [])
    assert stage.broken == []
