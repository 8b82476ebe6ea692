from __future__ import annotations

from msgspec import structs

from harness.model.drill import CrashStep, KillStep, Trigger, Window
from harness.model.event import Applied, Controlled, PhaseReached, RoleChanged
from harness.model.fault import Cut, Fault, Kill, Link
from harness.model.journal import Entry
from harness.model.plan import TimedStep, TrialPlan
from harness.search.coverage import Coverage, hits, merged
from tests.search.fields import FIELD, plan

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
    assert hits(PLAN, entries, FIELD.simulated().during) == {
        "kill of a primary node, calm": 1,
        "cut (drop) of a primary node, after decided": 1,
        "kill of a witness, after decided": 1,
        "kill of the router, after decided": 1,
        "switchover, calm": 1,
    }


def test_what_was_aimed_at_a_moment_counts_there_once_it_struck() -> None:
    trigger, at = Trigger(act="receives", what="Granted", within_s=8.0), Window(0.0, 0.0)
    steps = (
        KillStep(verb="kill", victim="primary", scope="host", at=at, until_s=1.0, on=trigger),
        CrashStep(
            victim="standby", side="after", act="sends", what="Sealed", at=at, within_s=8.0, until_s=1.0
        ),
        KillStep(verb="kill", victim="standby", scope="host", at=at, until_s=1.0),
    )
    trial = TrialPlan(number=1, steps=tuple(TimedStep(step=step, at_s=0.0) for step in steps))
    struck = [structs.replace(applied(Kill("n2", "host")), fault_id=f"t1.s{n}") for n in (0, 1, 2)]
    found = hits(structs.replace(PLAN, trials=(trial,)), struck, FIELD.simulated().during)
    aimed = {name: times for name, times in found.items() if name.startswith("aimed")}
    assert aimed == {"aimed just after a grant": 1, "aimed between fence and promotion": 1}


def test_parts_add_up_and_what_none_took_is_named() -> None:
    whole = merged([Coverage({"a": 1}, {"x": 0, "y": 2}), Coverage({"a": 2, "b": 1}, {"x": 0, "y": 1})])
    assert whole == Coverage({"a": 3, "b": 1}, {"x": 0, "y": 3})
    assert whole.never == ("x",)
