"""What is written for a person to read reads back as it was woven."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
import yaml

from harness.model.errors import DrillError, WorldError
from harness.worlds.docker.weaving import composefile
from harness.worlds.docker.weaving.dialect import Table
from tests.worlds.docker.examples import PATH, compose, placed, stack, woven


def write(folder: Path, a: Table | None = None) -> Path:
    return composefile.write(folder, woven(compose(a=a)), placed(stack()), source=PATH)


def test_the_woven_file_reads_back_as_it_was_woven(tmp_path: Path) -> None:
    tricky: Table = {"command": ["sh", "-c", "on: 5s # 'x'\n\ttab $$y ä"], "stop_grace_period": "010"}
    path = write(tmp_path, tricky)
    assert path == tmp_path / "compose.yaml"
    assert yaml.safe_load(path.read_text()) == woven(compose(a=tricky)).compose


@pytest.mark.parametrize(
    "text", ["926073e1", "1e3", "0o17", "0x1f", "1_000", "12:30:45", "-1e3", ".5e1", "+7"]
)
def test_a_text_that_some_reader_might_take_for_a_number_is_quoted(text: str, tmp_path: Path) -> None:
    assert f'ID: "{text}"' in write(tmp_path, {"environment": {"ID": text}}).read_text()


def test_it_says_where_it_comes_from_and_how_it_is_started_by_hand(tmp_path: Path) -> None:
    head = write(tmp_path).read_text().splitlines()[:2]
    assert PATH in head[0]
    assert "docker compose -f compose.yaml up -d" in head[1]
    assert "&id" not in (tmp_path / "compose.yaml").read_text()


def test_only_its_owner_may_read_it_since_secrets_are_filled_in(tmp_path: Path) -> None:
    assert stat.S_IMODE(write(tmp_path).stat().st_mode) == 0o600


def test_the_hub_finds_every_proxy_in_its_file(tmp_path: Path) -> None:
    write(tmp_path)
    rows = json.loads((tmp_path / "proxies.json").read_text())
    assert {"name": "a-b-8008", "listen": "198.18.40.101:8008", "upstream": "198.18.41.10:8008"}.items() <= (
        rows[1].items()
    )
    assert len(rows) == 3


def test_a_folder_that_takes_no_file_is_named_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="--out DIR"):
        write(tmp_path / "nowhere")


def test_a_compose_file_that_is_not_there_is_a_persons_mistake(tmp_path: Path) -> None:
    with pytest.raises(DrillError, match="there is no such compose file"):
        composefile.read(str(tmp_path / "compose.yaml"))


def test_what_compose_does_not_understand_is_told_in_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, 'echo "Additional property imgae is not allowed" >&2; exit 15')
    with pytest.raises(DrillError, match="property imgae is not allowed; mend the file"):
        composefile.read(__file__)


def test_a_variable_that_has_no_value_is_to_be_given_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, 'echo "required variable PASSWORD is missing a value" >&2; exit 15')
    with pytest.raises(DrillError, match=r"missing a value; set it in the environment, or in a \.env"):
        composefile.read(__file__)


def test_only_the_profiles_that_the_plan_needs_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, 'printf \'{"words": "%s"}\' "$*"')
    words = composefile.read(__file__, ("n1", "n3"))["words"]
    assert words == f"compose --file {__file__} --profile n1 --profile n3 config --format json"


def test_without_the_compose_plugin_the_surroundings_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, "echo \"docker: 'compose' is not a docker command.\" >&2; exit 1")
    with pytest.raises(WorldError, match="failover-drill setup"):
        composefile.read(__file__)


def fake_docker(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
