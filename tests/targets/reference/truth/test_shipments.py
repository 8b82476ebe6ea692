from __future__ import annotations

from targets.reference.machines.words.grammar import Answer, Began, Event, Fired
from targets.reference.machines.words.messages import Member, Place, Shipped
from targets.reference.settings import Settings
from targets.reference.truth.findings import Findings
from targets.reference.truth.shipments import Shipments
from tests.targets.reference.truth.stage import Stage, records

LOG = records(1, "", "a", "b")
NEXT = Fired("x")


def starts(stage: Stage, said: Place, *, then: Event | None = NEXT, identity: str = "n2.0") -> list[str]:
    """n2's agent has answered for that, handles one event more, and its data node starts."""
    findings = Findings()
    shipments = Shipments(findings)
    shipments.agent("n2", Fired("x"), [Answer("v", Shipped("n2", identity, said))])
    if then is not None:
        shipments.agent("n2", then, [])
    shipments.began(*stage.node("n2"))
    return [violation.invariant for violation in findings.violations]


def test_what_was_answered_for_is_in_the_log() -> None:
    assert starts(Stage(n2=LOG), Place(1, 3)) == []
    assert starts(Stage(n2=LOG), Place(1, 4)) == ["shipped-lost"]


def test_an_answer_that_may_not_have_been_sent_binds_nobody() -> None:
    assert starts(Stage(n2=LOG), Place(1, 4), then=None) == []
    # It died over it; another one begins.
    assert starts(Stage(n2=LOG), Place(1, 4), then=Began()) == []


def test_another_store_is_another_node() -> None:
    assert starts(Stage(n2=LOG), Place(1, 4), identity="n2.9") == []


def test_a_cold_standby_is_never_eligible_where_writes_wait() -> None:
    cold = Settings(nodes=("n1", "n2", "n3"), standby={"n3": "cold"})
    stage = Stage(cold)
    stage.chosen(1, "n1", Member("n1", "n1.0"), Member("n2", "n2.0"))
    stage.chosen(2, "n3", Member("n3", "n3.0"))
    assert "cold-eligible" not in stage.broken
    stage.chosen(3, "n1", Member("n1", "n1.0"), Member("n3", "n3.0"))
    assert "cold-eligible" in stage.broken
