from __future__ import annotations

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.data_node.standby import Standby
from targets.reference.machines.words.grammar import Answer, Append, Truncate
from targets.reference.machines.words.messages import Member, Read, Record, Register, Reply, Write
from targets.reference.settings import Settings
from tests.targets.reference.truth.stage import ELIGIBLE, Chair, Stage, records

LOG = records(1, "", "a", "b")


def reigning(stage: Stage, *, upto: int = 3) -> tuple[Chair, DataNode]:
    """n1 is primary of epoch 1, and has acknowledged so much of its log."""
    stage.chosen(1, "n1")
    actor = stage.primary("n1", 1)
    stage.acknowledge(actor, upto)
    return actor


def follower(stage: Stage, *, sealed: int) -> tuple[Chair, DataNode]:
    actor = stage.node("n2")
    actor[1].role = Standby(actor[1].own, Register(1, "n1"))
    actor[1].own.sealed = sealed
    return actor


def test_what_every_eligible_store_holds_may_be_acknowledged() -> None:
    stage = Stage(n1=LOG, n2=LOG)
    reigning(stage)
    assert stage.broken == []


def test_an_acknowledgement_that_an_eligible_store_lacks_is_seen() -> None:
    stage = Stage(n1=LOG, n2=LOG[:2])
    reigning(stage)
    assert stage.broken == ["acknowledged-lost"]


def test_in_async_mode_it_is_no_violation() -> None:
    stage = Stage(Settings(replication="async"), n1=LOG, n2=LOG[:2])
    reigning(stage)
    assert stage.broken == []


def test_a_store_that_is_gone_is_another_matter() -> None:
    stage = Stage(n1=LOG, n2=())
    stage.identities["n2"] = "n2.1"
    reigning(stage)
    assert stage.broken == [] and not stage.truth.lost_store()
    stage.identities["n1"] = "n1.1"
    assert stage.truth.lost_store()


def test_a_return_of_a_store_that_lacks_something_is_seen() -> None:
    stage = Stage(n1=LOG, n2=LOG[:1])
    stage.chosen(1, "n1", Member("n1", "n1.0"))
    stage.acknowledge(stage.primary("n1", 1), 3)
    assert stage.broken == []
    stage.chosen(1, "n1")
    assert stage.broken == ["acknowledged-lost"]


def test_a_primary_without_what_was_acknowledged_is_seen_and_counted_in_async_mode() -> None:
    for settings, broken in ((Settings(), ["acknowledged-lost"]), (Settings(replication="async"), [])):
        stage = Stage(settings, n1=LOG, n2=LOG)
        actor = reigning(stage)
        actor[0].alive = False
        stage.disks["n2"] = [*LOG[:2], *records(2, "", after=2)]
        stage.chosen(2, "n2", Member("n2", "n2.0"), by="n1")
        stage.told.clear()
        stage.acknowledge(stage.primary("n2", 2), 3)
        assert sorted(set(stage.broken)) == broken
        assert [record.value for _, _, record in stage.truth.lost] == ["b"]


def test_an_eligible_store_that_drops_what_was_shown_is_seen() -> None:
    stage = Stage(n1=LOG, n2=[*LOG, *records(1, "c", after=3)])
    reigning(stage)
    stage.turn(follower(stage, sealed=0), Read(1, "k"), Truncate(3, ""))
    assert stage.broken == []
    stage.turn(follower(stage, sealed=0), Read(1, "k"), Truncate(2, ""))
    assert stage.broken == ["acknowledged-lost"]


def test_a_stream_below_the_seal_is_seen() -> None:
    stage = Stage(n1=LOG, n2=LOG)
    stage.turn(follower(stage, sealed=2), Read(1, "k"), Append(records(1, "c", after=3)))
    assert stage.broken == ["older-record"]


def test_a_record_older_than_what_the_log_or_the_disk_holds_is_seen() -> None:
    stage = Stage(n2=records(3, ""))
    stage.turn(follower(stage, sealed=0), Read(1, "k"), Append(records(1, "a", after=1)))
    assert stage.broken == ["older-record"]


def test_two_records_of_one_name_are_seen() -> None:
    stage = Stage()
    for value in ("a", "a", "b"):
        stage.turn(follower(stage, sealed=0), Read(1, "k"), Append((Record(1, 1, "k", value),)))
    assert stage.broken == ["forked-record"]


def test_a_write_that_is_told_before_it_is_acknowledged_is_seen() -> None:
    stage = Stage(n1=LOG, n2=LOG)
    actor = reigning(stage)
    for value in ("b", "c"):
        stage.turn(actor, Write(1, "k", value), Answer("c9", Reply(1, "ok", "n1", 1)))
    assert stage.broken == ["shown-too-early"]


def test_a_read_shows_the_newest_acknowledged_value() -> None:
    stage = Stage(n1=LOG, n2=LOG)
    actor = reigning(stage)
    for value in ("b", "a"):
        stage.turn(actor, Read(1, "k"), Answer("c9", Reply(1, "ok", "n1", 1, value)))
    assert stage.broken == ["stale-answer"]


def test_a_read_that_shows_less_than_when_it_was_asked_for_is_seen() -> None:
    stage = Stage(n1=LOG, n2=LOG)
    actor = reigning(stage)
    role = actor[1].role
    assert isinstance(role, Primary)
    role._replication.counting.acknowledged = 2
    stage.turn(actor, Read(1, "k"), Answer("c9", Reply(1, "ok", "n1", 1, "a")))
    assert stage.broken == ["stale-answer"]


def test_an_answer_without_a_lease_is_seen_and_a_refusal_is_right() -> None:
    stage = Stage(n1=LOG, n2=LOG)
    stage.chosen(1, "n1")
    actor = stage.primary("n1", 1, leased=False)
    stage.turn(actor, Read(1, "k"), Answer("c9", Reply(1, "fail", "n1", 1)))
    assert stage.broken == []
    stage.turn(actor, Read(1, "k"), Answer("c9", Reply(1, "ok", "n1", 1)))
    assert stage.broken == ["stale-answer"]


THIRD = (*ELIGIBLE, Member("n3", "n3.0"))


def of_three(*, n2: int, n3: int, k: int, min_standbys: int = 0) -> Stage:
    """n1 has acknowledged its whole log; the standbys hold so much of it."""
    settings = Settings(nodes=("n1", "n2", "n3"), sync_standbys=k, min_standbys=min_standbys)
    stage = Stage(settings, n1=LOG, n2=LOG[:n2], n3=LOG[:n3])
    stage.chosen(1, "n1", *THIRD)
    stage.acknowledge(stage.primary("n1", 1), 3)
    return stage


def test_k_of_the_eligible_stores_are_enough_and_fewer_are_seen() -> None:
    assert of_three(n2=3, n3=0, k=1).broken == []
    assert of_three(n2=3, n3=0, k=2).broken == ["acknowledged-lost"]


def test_a_change_after_which_too_few_hold_everything_is_seen() -> None:
    """Laggards stay eligible: the new primary's only standby lacks a record."""
    stage = of_three(n2=3, n3=0, k=1)
    stage.chosen(2, "n2", *THIRD[1:])
    assert "acknowledged-lost" in stage.broken


def test_a_new_primary_that_lacks_something_is_seen() -> None:
    stage = of_three(n2=3, n3=2, k=1)
    stage.chosen(2, "n3", *THIRD[1:])
    assert "acknowledged-lost" in stage.broken


def test_an_acknowledgement_with_fewer_than_min_standbys_is_seen() -> None:
    stage = of_three(n2=3, n3=3, k=1, min_standbys=2)
    assert stage.broken == []
    stage.chosen(1, "n1", *THIRD[:2])
    stage.disks["n1"] += records(1, "c", after=3)
    stage.disks["n2"] += records(1, "c", after=3)
    stage.acknowledge(stage.primary("n1", 1), 4)
    assert stage.broken == ["too-few-standbys"]
