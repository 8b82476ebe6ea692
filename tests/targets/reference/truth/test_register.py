from __future__ import annotations

from targets.reference.machines.words.messages import Member, PromoteOrder, Register
from tests.targets.reference.truth.stage import ELIGIBLE, Stage, records


def test_chosen_is_what_a_majority_has_accepted_in_one_ballot() -> None:
    stage = Stage()
    value = Register(1, "n1", ELIGIBLE)
    stage.accepted("w1", (1, "n1", 1), value)
    stage.accepted("w2", (2, "n1", 1), value)
    assert stage.truth.register == Register()
    stage.accepted("w3", (2, "n1", 1), value)
    assert stage.truth.register == value


def test_what_a_witness_has_merely_copied_it_has_not_accepted() -> None:
    stage = Stage()
    value = Register(1, "n1", ELIGIBLE)
    stage.accepted("w1", (1, "n1", 1), value)
    stage.stored("w2", (1, "n1", 1), value)
    assert stage.truth.register == Register()


def test_an_epoch_that_falls_is_seen() -> None:
    stage = Stage()
    stage.chosen(2, "n1")
    stage.chosen(1, "n1")
    assert stage.broken == ["epoch-fell"]


def test_an_older_ballot_that_is_chosen_late_is_held_against_its_neighbours() -> None:
    stage = Stage()
    stage.accepted("w1", (1, "n1", 1), Register(3, "n1", ELIGIBLE))
    stage.accepted("w2", (2, "n2", 1), Register(2, "n1", ELIGIBLE))
    stage.accepted("w3", (2, "n2", 1), Register(2, "n1", ELIGIBLE))
    stage.accepted("w3", (1, "n1", 1), Register(3, "n1", ELIGIBLE))
    assert stage.broken == ["epoch-fell"]


def test_two_primaries_of_one_epoch_are_seen() -> None:
    stage = Stage()
    stage.chosen(1, "n1")
    stage.chosen(1, "n2")
    assert stage.broken == ["epoch-fell"]


def test_a_reign_that_nothing_has_chosen_is_seen() -> None:
    stage = Stage()
    stage.turn(stage.primary("n1", 1, leased=False))
    assert stage.broken == ["unchosen-reign"]


def test_a_store_that_was_not_eligible_and_takes_over_is_seen() -> None:
    stage = Stage()
    stage.chosen(1, "n1", Member("n1", "n1.0"))
    stage.chosen(2, "n2", Member("n2", "n2.0"))
    assert stage.broken == ["ineligible-promoted"]


def test_a_failover_before_the_old_lease_is_over_is_seen() -> None:
    stage = Stage()
    stage.chosen(1, "n1")
    stage.turn(stage.primary("n1", 1))
    stage.chosen(2, "n2", by="w2")
    assert stage.broken == ["unfenced-failover"]


def test_a_failover_after_it_a_dead_holder_and_a_handover_are_right() -> None:
    for how in ("over", "dead", "handed over"):
        stage = Stage()
        stage.chosen(1, "n1")
        actor = stage.primary("n1", 1)
        stage.turn(actor)
        stage.now_s = stage.settings.granted_lease_s if how == "over" else 0.0
        actor[0].alive = how != "dead"
        stage.chosen(2, "n2", by="n1" if how == "handed over" else "w2")
        assert stage.broken == [], how
        assert stage.truth.chosen.takeovers == 1


def test_a_failover_in_maintenance_that_nobody_ordered_is_seen() -> None:
    for ordered in (True, False):
        stage = Stage()
        stage.chosen(1, "n1", why="disk swap")
        if ordered:
            stage.witness("w2", PromoteOrder(1, 1, "n1", "n2", forced=False, by="anna"), [])
        stage.chosen(2, "n2", by="w2", why="disk swap")
        assert stage.broken == ([] if ordered else ["unwanted-failover"])


def test_a_handover_in_maintenance_is_the_primarys_own() -> None:
    stage = Stage()
    stage.chosen(1, "n1", why="disk swap")
    stage.chosen(2, "n2", by="n1", why="disk swap")
    assert stage.broken == []


def test_what_a_forced_promotion_lacks_is_given_up_once_and_by_that_node_alone() -> None:
    log = records(1, "", "a", "b")
    for to, broken in (("n2", False), ("n3", True)):
        stage = Stage(n1=log, n2=log[:2])
        stage.chosen(1, "n1", Member("n1", "n1.0"))
        actor = stage.primary("n1", 1)
        stage.acknowledge(actor, 3)
        actor[0].alive = False
        stage.witness("w2", PromoteOrder(1, 1, "n1", to, forced=True, by="anna"), [])
        stage.disks["n2"] = [*log[:2], *records(2, "", after=2)]
        stage.chosen(2, "n2", Member("n2", "n2.0"), by="w2")
        assert (stage.broken != []) == broken, to
        stage.told.clear()
        stage.acknowledge(stage.primary("n2", 2), 3)
        assert (stage.broken != []) == broken
        assert [record.value for _, _, record in stage.truth.lost] == ["b"]
    stage.told.clear()
    stage.disks["n2"] = [*log[:2]]
    stage.chosen(2, "n2", Member("n2", "n2.0"), by="n2")
    assert set(stage.broken) == {"acknowledged-lost"}
