from __future__ import annotations

from collections.abc import Mapping

from targets.reference.ctl.view import NoAnswer, View, view
from targets.reference.machines.words.messages import Place, Register, StatusAnswer
from targets.reference.machines.words.operating import NodeStatus, WitnessStatus
from targets.reference.settings import Settings
from tests.targets.reference.ctl.hosts import REGISTER, node, witness

SILENT = NoAnswer("no answer within 1.5 s", sent=False)
OLDER = Register(2, "n2", ())


Told = NodeStatus | WitnessStatus | NoAnswer


def seen(told: Mapping[str, Told] | None = None, settings: Settings | None = None, **more: Told) -> View:
    """A well cluster, except as told."""
    well: dict[str, Told] = {
        **{name: node(name) for name in ("n1", "n2")},
        **{name: witness(name) for name in ("w1", "w2", "w3")},
        **(told or {}),
        **more,
    }
    answers = {host: one if isinstance(one, NoAnswer) else StatusAnswer(1, one) for host, one in well.items()}
    return view(settings or Settings(), answers)


def test_the_register_is_certain_where_a_majority_accepted_the_same_ballot() -> None:
    now = seen(w3=witness("w3", ballot=(6, "w1", 1), register=OLDER))
    assert (now.register, now.certain) == (REGISTER, True)


def test_a_newer_value_at_one_witness_is_not_in_force() -> None:
    newer = Register(4, "n2", ())
    assert seen(w3=witness("w3", ballot=(9, "w3", 1), register=newer)).register == REGISTER


def test_without_a_majority_the_newest_that_was_seen_is_shown_and_not_certain() -> None:
    now = seen(w2=SILENT, w3=SILENT)
    assert (now.register, now.certain, now.has_majority) == (REGISTER, False, False)


def test_without_any_witness_the_nodes_word_is_all_there_is() -> None:
    now = seen(w1=SILENT, w2=SILENT, w3=SILENT)
    assert (now.register, now.certain) == (REGISTER, False)
    assert now.serving is not None and now.serving.node == "n1"


def test_a_witness_without_its_store_neither_leads_nor_counts() -> None:
    now = seen(w1=witness("w1", has_store=False), w2=SILENT)
    assert now.reachable == ("w3",) and not now.has_majority


def test_who_claims_to_be_primary_without_a_lease_does_not_serve() -> None:
    assert seen(n1=node("n1", lease_s=0.0)).serving is None
    assert seen(n1=node("n1", role="fenced")).serving is None


def test_of_two_claims_the_newer_epoch_counts() -> None:
    now = seen(n2=node("n2", role="primary", epoch=4, lease_s=0.2))
    assert now.serving is not None and now.serving.node == "n2"


def test_a_silent_host_is_named_with_the_reason() -> None:
    assert seen(n2=SILENT).silent == {"n2": "no answer within 1.5 s"}


def test_a_host_of_another_kind_is_not_taken_for_a_node() -> None:
    assert seen(n2=witness("w1")).silent == {"n2": "it answers for another kind of host"}


def test_how_far_a_silent_primary_was_is_known_from_its_last_heartbeat() -> None:
    now = seen(n1=SILENT, w2=witness("w2", heard=Place(3, 12), heard_ago_s=4.0))
    assert now.last_of_primary == (Place(3, 12), 4.0)


def test_nothing_is_known_of_a_primary_that_no_witness_ever_heard() -> None:
    unheard = {name: witness(name, heard_ago_s=float("inf")) for name in ("w1", "w2", "w3")}
    assert seen(unheard, n1=SILENT).last_of_primary is None
