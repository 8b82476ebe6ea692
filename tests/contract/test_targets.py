"""What every target must keep, whatever system it is: one suite, run against each that is registered."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from harness import planner
from harness.drillfile import read_all
from harness.drillfile.moments import PHASES
from harness.model.drill import Via
from harness.model.errors import DrillError
from harness.model.moment import TELLS
from harness.model.plan import Plan
from harness.planner.offers import FAULTS_OF_WORLDS
from harness.seams import Target
from harness.setup import images
from targets.registry import SIMULATED, TARGETS, USUAL

DRILLS = images.ROOT / "drills"
KILL = """\
# The primary dies.
drill: kill
target: {target}
{more}
steps:
  - {step}
expect: {{failovers: 1}}
"""
every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))


def planned(
    target: Target, folder: Path, *, step: str = "kill: primary\n    until: 3s", more: str = ""
) -> Plan:
    file = folder / "kill.yaml"
    file.write_text(KILL.format(target=target.name, step=step, more=more))
    (drill,) = read_all([file], folder)
    return planner.plan(drill, target, world="docker", seed=1, trials=1, defect="")


def compose(plan: Plan, target: Target) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        Path(target.stack(plan, images.ROOT / "compose").compose_file).read_text()
    )
    return found


@every_target
def test_it_is_registered_by_its_name_and_says_in_a_line_what_it_is(target: Target) -> None:
    assert TARGETS[target.name] is target
    assert target.summary and "\n" not in target.summary
    assert USUAL in TARGETS and set(SIMULATED) <= set(TARGETS)


@every_target
def test_its_hosts_have_names_of_their_own_and_something_to_fail_over_to(target: Target) -> None:
    hosts = target.hosts(target.settings({}))
    names = [host.name for host in hosts]
    assert len(set(names)) == len(names)
    assert sum(host.role == "data" for host in hosts) >= 2
    assert sum(host.role == "client" for host in hosts) >= 2
    assert all(host.ports for host in hosts if host.role in ("data", "witness", "router"))


@every_target
def test_its_settings_are_json_and_a_plan_with_them_reads_back_as_it_was(
    target: Target, tmp_path: Path
) -> None:
    settings = target.settings({})
    assert json.loads(json.dumps(settings)) == settings
    plan = planned(target, tmp_path)
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan
    assert target.promises(json.loads(json.dumps(settings))) == plan.promises


@every_target
def test_a_setting_that_it_does_not_know_is_an_error_with_its_field(target: Target) -> None:
    with pytest.raises(DrillError, match="unknown setting") as wrong:
        target.settings({"no-such-thing": 1})
    assert wrong.value.field == "no-such-thing"


@every_target
def test_the_schema_of_its_settings_knows_no_other_words_either(target: Target) -> None:
    schema: Any = target.settings_schema()
    assert schema["additionalProperties"] is False
    for word, described in schema["properties"].items():
        assert described, f"{word} is not described"


@every_target
def test_it_states_a_detection_bound_with_the_formula_that_it_comes_from(target: Target) -> None:
    promises = target.promises(target.settings({}))
    assert promises.detection.limit_s > 0 and promises.detection.formula
    assert promises.rpo is None or promises.rpo.formula


@every_target
def test_it_offers_only_what_drill_files_have_words_for(target: Target) -> None:
    assert target.faults() <= frozenset().union(*FAULTS_OF_WORLDS.values())
    assert target.vias() and "primary" in target.vias()
    assert set(target.moments().get(TELLS, ())) <= {*PHASES, "register"}
    assert set(target.proofs()) == set(target.defects())


@every_target
def test_its_compose_file_has_a_service_for_every_host_and_its_images_have_recipes(
    target: Target, tmp_path: Path
) -> None:
    plan = planned(target, tmp_path)
    stack = target.stack(plan, images.ROOT / "compose")
    services = compose(plan, target)["services"]
    assert {host.service for host in stack.hosts} <= set(services)
    assert [host.plan for host in stack.hosts] == list(plan.hosts)
    assert {service["image"] for service in services.values()} <= set(target.images)
    assert set(target.images.values()) <= set(images.recipes())
    assert all(isinstance(value, str) for value in stack.environment.values())


@every_target
def test_a_host_that_the_settings_leave_out_is_a_profile_of_its_own(target: Target, tmp_path: Path) -> None:
    plan = planned(target, tmp_path)
    stack = target.stack(plan, images.ROOT / "compose")
    there = {
        name
        for name, service in compose(plan, target)["services"].items()
        if not service.get("profiles") or {*service["profiles"]} & {*stack.profiles}
    }
    assert there == {host.name for host in plan.hosts}


@every_target
def test_its_clients_run_the_load_program_with_a_connector_of_its_own(target: Target, tmp_path: Path) -> None:
    services = compose(planned(target, tmp_path), target)["services"]
    for client in (host.name for host in target.hosts(target.settings({})) if host.role == "client"):
        words = services[client]["command"]
        assert "harness.workloads.program" in words
        connector = importlib.import_module(words[words.index("--connector") + 1])
        assert callable(connector.connect)
        assert words[words.index("--host") + 1] == client


@every_target
def test_each_way_that_it_offers_can_be_planned_and_the_others_are_refused(
    target: Target, tmp_path: Path
) -> None:
    ways: tuple[Via, ...] = ("router", "primary", "discovery")
    for via in ways:
        more = f"clients: {{client/1: {{via: {via}}}}}"
        if via in target.vias():
            assert planned(target, tmp_path, more=more).clients[0].via == via
        else:
            with pytest.raises(DrillError, match=f"offers clients no way '{via}'"):
                planned(target, tmp_path, more=more)


@every_target
def test_a_client_without_a_word_goes_a_way_that_the_target_offers(target: Target, tmp_path: Path) -> None:
    assert {client.via for client in planned(target, tmp_path).clients} <= target.vias()


@every_target
def test_a_fault_or_a_control_that_it_does_not_offer_is_refused_before_anything_starts(
    target: Target, tmp_path: Path
) -> None:
    steps = {
        "crash": "crash: primary\n    after: {sends: Seal}\n    until: 1s",
        "switch": "switch: primary\n    how: lies\n    until: 1s",
        "switchover": "switchover: {to: standby}",
    }
    offered = target.faults() | target.controls()
    for word in set(steps) - offered:
        with pytest.raises(DrillError):
            planned(target, tmp_path, step=steps[word])


@every_target
@pytest.mark.parametrize(
    "name", ["calm", "kill-primary", "isolate-primary", "pause-primary", "blind-witness"]
)
def test_the_catalogue_s_own_questions_can_be_put_to_it(target: Target, name: str) -> None:
    (drill,) = read_all([Path(name)], DRILLS)
    plan = planner.plan(drill, target, world="docker", seed=1, trials=1, defect="")
    assert plan.target == target.name
    assert plan.settings == target.settings(drill.settings.get(target.name, {}))
