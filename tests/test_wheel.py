"""What a person installs: a wheel, built and installed once, used from an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.setup.images import image_tag, recipes
from targets.registry import TARGETS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
Installed = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Runs a program of a new environment: this wheel, and the packages it needs from the tests' own."""
    folder = tmp_path_factory.mktemp("wheel")
    home, empty = folder / "home", folder / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    # Without the network: what builds it is here.
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT], check=True)
    (wheel,) = folder.glob("failover_drill-*.whl")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": f"{home}"}))
    # A path alone: the editable installation that may be there is not followed.
    (packages / "needed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [home / "bin" / program, *words],
            cwd=empty,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


def test_it_is_the_wheel_that_runs(installed: Installed) -> None:
    where = installed("python", "-c", "import harness, targets, reports; print(harness.__file__)")
    assert "/home/lib/" in where.stdout, where.stderr


def test_its_catalogue_is_the_whole_one(installed: Installed) -> None:
    told = installed("failover-drill", "drills", "--json")
    assert told.returncode == 0, told.stderr
    files = {path.stem for path in (ROOT / "drills").glob("*.yaml")}
    assert {row["name"] for row in json.loads(told.stdout)} == files


def test_a_drill_of_its_catalogue_runs_from_an_empty_folder(installed: Installed) -> None:
    words = ["run", "kill-primary", "--world", "simulator", "--trials", "1", "--seed", "1"]
    ran = installed("failover-drill", *words)
    assert ran.returncode == 0, ran.stderr
    assert "PASS  kill-primary" in ran.stdout
    assert installed("failover-drill", "check", "runs").returncode == 0
    assert installed("failover-drill", "plan", "flagship").returncode == 0


def test_all_that_containers_are_made_from_is_in_it(installed: Installed) -> None:
    """Every image has the name that it has in a checkout, which is a sum over all that goes into it."""
    script = "from harness.setup.images import image_tag, recipes; print(*map(image_tag, recipes()))"
    told = installed("python", "-c", script)
    assert told.stdout.split() == [image_tag(name) for name in recipes()], told.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_every_compose_file_is_in_it(installed: Installed, target: str) -> None:
    folder = target.replace("-", "_")
    script = f"""
from harness.setup.images import ROOT
for file in sorted((ROOT / "compose" / "{folder}").iterdir()): print(file.name)
"""
    told = installed("python", "-c", script)
    here = sorted(path.name for path in (ROOT / "compose" / folder).iterdir())
    assert told.stdout.split() == [name for name in here if name != "__pycache__"], told.stderr
