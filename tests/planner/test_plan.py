"""Drill, target, seed -> plan; and what is refused before anything starts."""

from __future__ import annotations

import pytest

from harness.model.plan import ClientPlan
from tests.hosts import HOSTS
from tests.planner.papertarget import PaperTarget
from tests.planner.planning import EXAMPLE, planned, refused, with_steps


def test_a_plan_leaves_nothing_to_guess() -> None:
    plan = planned()
    assert (plan.drill, plan.target, plan.world, plan.seed) == ("mine", "paper", "docker", 4711)
    assert plan.settings == {"replication": "sync"}
    assert plan.hosts == HOSTS
    assert [trial.number for trial in plan.trials] == [1, 2, 3]
    assert plan.promises.detection.limit_s == 0.5
    assert plan.clients[0] == ClientPlan(host="client1", via="router", writers=2, readers=1)


def test_the_settings_are_those_of_the_target_that_is_planned() -> None:
    plan = planned(EXAMPLE + "settings: {other: {a: 1}, paper: {replication: async}}\n")
    assert plan.settings == {"replication": "async"}


def test_a_settings_block_that_nearly_has_the_targets_name_is_a_slip() -> None:
    error = refused(EXAMPLE + "settings: {papper: {replication: async}}\n")
    assert str(error) == "mine.yaml:11: settings.papper: did you mean 'paper'?"


def test_what_the_target_does_not_understand_is_told_with_the_files_line() -> None:
    error = refused(EXAMPLE + "settings:\n  paper:\n    detector:\n      intervall: 1s\n")
    assert str(error) == "mine.yaml:14: settings.paper.detector.intervall: unknown setting 'intervall'"


def test_a_setting_that_is_missing_is_told_with_the_line_around_it() -> None:
    error = refused(EXAMPLE + "settings: {paper: {detector: {intervall: 1s}}}\n")
    assert error.line == 11


@pytest.mark.parametrize(
    ("steps", "target", "says"),
    [
        (
            "- latency: [primary, rest]\n  delay: 1ms\n  until: 1s",
            PaperTarget(faults=frozenset({"kill"})),
            "the target paper does not offer the fault 'latency'; it offers kill",
        ),
        (
            "- isolate: primary\n  until: 1s",
            PaperTarget(faults=frozenset({"kill"})),
            "does not offer the fault 'partition'",
        ),
        (
            "- switchover: {to: standby}",
            PaperTarget(controls=frozenset()),
            "does not offer the control 'switchover'; it offers no control at all",
        ),
    ],
)
def test_what_the_target_does_not_offer_is_refused(steps: str, target: PaperTarget, says: str) -> None:
    error = refused(with_steps(steps), target=target)
    verb = steps.removeprefix("- ").partition(":")[0]
    assert (error.path, error.line, error.field) == ("mine.yaml", 4, f"steps[0].{verb}")
    assert says in error.problem


@pytest.mark.parametrize(
    ("bounds", "field", "says"),
    [
        ("{outage: {max: bound}}", "expect.outage", "paper promises no bound for it; write a number"),
        ("{lost_writes: bound}", "expect.lost_writes", "paper promises no bound for it"),
        ("{failovers: 1, outage: {p90: bound}}", "expect.outage", "paper promises no bound for it"),
    ],
)
def test_a_bound_that_the_target_does_not_promise_is_refused(bounds: str, field: str, says: str) -> None:
    text = EXAMPLE.replace("expect:\n  lost_writes: 0\n", f"expect: {bounds}\n")
    error = refused(text, target=PaperTarget(lost_writes_max=None))
    assert (error.line, error.field) == (9, field)
    assert says in error.problem


@pytest.mark.parametrize("measure", ["detection_time", "rejoin_time"])
def test_a_time_from_a_fault_needs_a_fault(measure: str) -> None:
    text = with_steps("- hold: 30s").replace("{lost_writes: 0}", f"{{{measure}: {{max: 1s}}}}")
    error = refused(text)
    assert error.field == f"expect.{measure}"
    assert "no step of this drill strikes a node" in error.problem


def test_a_reset_strikes_and_a_narrow_link_does_not() -> None:
    target = PaperTarget(faults=frozenset({"reset", "bandwidth"}))
    expecting = ("{lost_writes: 0}", "{detection_time: {max: 1s}}")
    reset = with_steps("- reset: [primary, rest]\n  until: 1s").replace(*expecting)
    assert planned(reset, target=target).expect
    narrow = with_steps("- bandwidth: [primary, rest]\n  rate: 1KB/s\n  until: 1s").replace(*expecting)
    assert "no step of this drill strikes a node" in refused(narrow, target=target).problem


def test_an_unknown_defect_names_the_nearest() -> None:
    error = refused(EXAMPLE, defect="no-lease-chek")
    assert str(error) == "the target paper has no defect 'no-lease-chek'; did you mean 'no-lease-check'?"
    assert "`failover-drill targets paper` lists them" in str(refused(EXAMPLE, defect="zzz"))


def test_a_known_defect_is_part_of_the_plan() -> None:
    assert planned(defect="no-lease-check").defect == "no-lease-check"
