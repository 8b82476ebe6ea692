from __future__ import annotations

from collections.abc import Mapping

from targets.reference.ctl.risk import Risk, risk
from targets.reference.machines.words.messages import Place, Register
from targets.reference.settings import Settings
from tests.targets.reference.ctl.hosts import A, node, witness
from tests.targets.reference.ctl.test_view import SILENT, Told, seen

ALONE = Register(3, "n1", (A,))


def risky(
    to: str = "n2",
    told: Mapping[str, Told] | None = None,
    *,
    forced: bool = False,
    settings: Settings | None = None,
    **more: Told,
) -> Risk:
    return risk(settings or Settings(), seen(told, settings, **more), to, forced=forced)


def forced(told: Mapping[str, Told], **more: Told) -> str:
    """What is said before n2 is promoted by force."""
    return text(risky("n2", {**told, **more}, forced=True))


def alone(**told: Told) -> dict[str, Told]:
    """n2 is not eligible."""
    return {name: witness(name, register=ALONE) for name in ("w1", "w2", "w3")} | told


def text(of: Risk) -> str:
    assert not of.hindrance
    return "\n".join(of.lines)


def test_an_eligible_standby_loses_nothing_in_sync_mode() -> None:
    assert "it holds every acknowledged write, so none is lost" in text(risky(n1=SILENT))


def test_in_async_mode_it_says_that_something_may_be_lost() -> None:
    assert "is lost" in text(risky(settings=Settings(replication="async")))


def test_a_primary_that_serves_is_named_with_the_gentler_way() -> None:
    assert "n1 SERVES in epoch 3" in text(risky()) and "ctl switchover" in text(risky())


def test_a_node_that_is_not_eligible_is_refused_with_both_ways_out() -> None:
    assert "ctl rejoin n2" in risky("n2", alone()).hindrance
    assert "ctl promote n2 --force" in risky("n2", alone()).hindrance


def test_force_says_how_many_records_may_be_lost() -> None:
    told = forced(alone(n1=node("n1", last=Place(3, 49))))
    assert "n1 was at epoch 3 position 49 (says itself): 40 records may be LOST" in told
    assert "n2 is NOT eligible" in told


def test_force_says_when_the_primary_was_last_heard() -> None:
    late = {name: witness(name, register=ALONE, heard_ago_s=7.0) for name in ("w1", "w2", "w3")}
    assert "was heard 7.0 s ago" in forced(late, n1=SILENT)


def test_force_says_when_nothing_is_known() -> None:
    unheard = {name: witness(name, register=ALONE, heard_ago_s=float("inf")) for name in ("w1", "w2", "w3")}
    assert "NOT KNOWN" in forced(unheard, n1=SILENT)


def test_another_epoch_at_the_end_of_the_log_is_never_called_nothing() -> None:
    told = forced(alone(), n2=node("n2", durable=Place(2, 30)))
    assert "at least 1 records may be LOST" in told


def test_force_names_others_that_hold_more() -> None:
    settings = Settings(nodes=("n1", "n2", "n3"))
    told = text(risky("n2", alone(n3=node("n3", durable=Place(3, 11))), forced=True, settings=settings))
    assert "other nodes hold MORE: n3" in told


def test_without_a_majority_of_witnesses_not_even_force_does_anything() -> None:
    assert "only 1 of 3 witnesses" in risky(forced=True, w1=SILENT, w2=SILENT).hindrance


def test_a_node_that_does_not_answer_could_not_be_sealed() -> None:
    assert "Start it first" in risky(forced=True, n2=SILENT).hindrance


def test_the_primary_and_strangers_are_no_candidates() -> None:
    assert risky("n1").hindrance == "n1 is primary already"
    assert risky("n7").hindrance == "there is no node 'n7'; the nodes are n1, n2"


def test_a_primary_by_name_that_stands_aside_may_be_forced() -> None:
    """Its store is lost, and nobody else is there: what it has is all there is."""
    aside = node("n1", role="starting", stands_aside="another store", lease_s=0.0)
    assert not risky("n1", forced=True, n1=aside).hindrance
