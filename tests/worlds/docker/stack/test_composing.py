"""`docker compose up` in the background: its failure is told, and nothing of it outlives impatience."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.errors import HarnessError, WorldError
from harness.worlds.docker.stack import composing
from harness.worlds.owned import processes
from harness.worlds.owned.owner import MARK, OWNER_MARK
from tests.worlds.docker.examples import RUN
from tests.worlds.docker.weaving.test_composefile import fake_docker


def test_it_is_asked_for_the_services_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_docker(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/asked')
    composing.up(tmp_path / "compose.yaml", RUN, ["fd-hub"], say=lambda text: None)
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith(f"compose --file {tmp_path}/compose.yaml --project-name failover-drill-0badcafe ")
    assert asked.endswith(" up --detach --quiet-pull fd-hub\n")


def test_its_failure_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_docker(tmp_path, monkeypatch, 'echo "container a is unhealthy" >&2; exit 1')
    with pytest.raises(WorldError, match="container a is unhealthy"):
        composing.up(tmp_path / "compose.yaml", RUN, (), say=lambda text: None)


def test_a_service_whose_image_cannot_be_had_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine says no more than that a registry is out of reach."""
    (tmp_path / "compose.yaml").write_text(
        "services: {db: {image: here}, ui: {image: nowhere}, web: {image: made, build: .}}"
    )
    asked = 'if [ "$1" = image ]; then [ "$5" != here ] || echo sha256:1; exit; fi'
    script = f'{asked}; echo "no such host" >&2; exit 1'
    fake_docker(tmp_path, monkeypatch, script)
    with pytest.raises(WorldError, match=r"\n  ui \(image nowhere\): no such image is here"):
        composing.up(tmp_path / "compose.yaml", RUN, (), say=lambda text: None)


def test_without_a_docker_command_the_fix_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorldError, match="failover-drill setup"):
        composing.up(tmp_path / "compose.yaml", RUN, (), say=lambda text: None)


def test_an_interrupt_ends_it_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composing, "_REMIND_EVERY_S", 0.2)
    # The client runs the plugin as another process, which would outlive it.
    fake_docker(tmp_path, monkeypatch, f"sleep 60 & echo $! > {tmp_path}/plugin; wait")

    def say(text: str) -> None:
        raise HarnessError("SIGINT came while the stack was starting")

    with pytest.raises(HarnessError, match="SIGINT"):
        composing.up(tmp_path / "compose.yaml", RUN, (), say=say)
    assert processes.started_ticks(int((tmp_path / "plugin").read_text())) is None


def test_one_that_outlives_its_run_says_whose_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that `clean` finds it before it has made anything."""
    fake_docker(tmp_path, monkeypatch, f"tr '\\0' '\\n' < /proc/self/environ > {tmp_path}/environment")
    composing.up(tmp_path / "compose.yaml", RUN, (), say=lambda text: None)
    told = (tmp_path / "environment").read_text().splitlines()
    assert {f"{MARK}={RUN.id}", f"{OWNER_MARK}={RUN.owner.text}"} <= {*told}


def test_a_person_who_waits_is_told_that_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "_REMIND_EVERY_S", 0.1)
    fake_docker(tmp_path, monkeypatch, "sleep 0.35")
    said: list[str] = []
    composing.up(tmp_path / "compose.yaml", RUN, (), say=said.append)
    assert said and all(text.startswith("starting the stack: still at it") for text in said)
