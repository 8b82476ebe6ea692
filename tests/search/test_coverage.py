from __future__ import annotations

from harness.model.event import Applied, Controlled, PhaseReached, RoleChanged
from harness.model.fault import Cut, Fault, Kill, Link
from harness.model.journal import Entry
from harness.search.coverage import Coverage, hits, merged
from tests.search.fields import plan

PLAN = plan()


def applied(fault: Fault) -> Applied:
    return Applied(fault_id="f", fault=fault, before_s=1.0, after_s=1.0, evidence=("",))


def phase(name: str) -> PhaseReached:
    return PhaseReached(at_s=1.0, host="w1", phase=name, epoch=1, subject="n1")  # type: ignore[arg-type]


def test_a_hit_is_what_struck_whom_in_which_phase() -> None:
    links = tuple(Link(a, b) for w in ("w1", "w2", "w3") for a, b in (("n1", w), (w, "n1")))
    entries: list[Entry] = [
        RoleChanged(at_s=0.0, host="n1", role="primary", epoch=1),
        applied(Kill("n1", "process")),
        phase("decided"),
        applied(Cut(links, "drop")),
        applied(Kill("w1", "host")),
        applied(Kill("router", "host")),
        phase("validated"),
        Controlled(control_id="c", ok=True, detail="", before_s=2.0, after_s=2.0),
        Controlled(control_id="c", ok=False, detail="", before_s=2.0, after_s=2.0),
    ]
    assert hits(PLAN, entries) == {
        "kill of a primary node, calm": 1,
        "cut (drop) of a primary node, after decided": 1,
        "kill of a witness, after decided": 1,
        "kill of the router, after decided": 1,
        "switchover, calm": 1,
    }


def test_parts_add_up_and_what_none_took_is_named() -> None:
    whole = merged([Coverage({"a": 1}, {"x": 0, "y": 2}), Coverage({"a": 2, "b": 1}, {"x": 0, "y": 1})])
    assert whole == Coverage({"a": 3, "b": 1}, {"x": 0, "y": 3})
    assert whole.never == ("x",)
