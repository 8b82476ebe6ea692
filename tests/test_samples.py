"""The stacks that come as samples: ordinary compose files, their stack files, and drills to be planned."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from harness import drillfile, planner, stackfile
from harness.cli.drills import own_stack
from harness.drillfile.measures import MEASURES
from harness.setup.images import ROOT

SAMPLES = ROOT / "compose" / "samples"
FOLDERS = sorted(path.parent for path in SAMPLES.glob("*/stack.yaml"))
DRILLS = sorted(path for path in SAMPLES.glob("*/*.yaml") if path.name not in ("compose.yaml", "stack.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_sample_names_the_services_and_the_images_of_its_compose_file(folder: Path) -> None:
    own = stackfile.read(f"{folder / 'stack.yaml'}")
    services = yaml.safe_load((folder / own.compose).read_text())["services"]
    assert own.name == folder.name
    assert {host.service for host in own.hosts} <= set(services)
    assert set(own.images) == {service["image"] for service in services.values()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_compose_file_knows_nothing_of_drills(folder: Path) -> None:
    code = [line.partition("#")[0] for line in (folder / "compose.yaml").read_text().splitlines()]
    assert not any("drill" in line for line in code)


@pytest.mark.parametrize("file", DRILLS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_its_drills_are_planned_against_the_stack_file_beside_them(file: Path) -> None:
    (drill,) = drillfile.read_all([file], ROOT / "drills")
    assert drill.name == f"{file.parent.name}-{file.stem}"
    plan = planner.plan(
        drill, own_stack(f"{file.parent / drill.target}"), world="docker", seed=1, trials=1, defect=""
    )
    assert plan.target == f"{file.parent / 'stack.yaml'}"
    assert {"lost_writes", "split_brain", "failovers", "false_failovers"} <= {e.measure for e in plan.expect}
    assert {expected.measure for expected in plan.expect} <= set(MEASURES)
