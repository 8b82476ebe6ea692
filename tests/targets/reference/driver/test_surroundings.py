"""A node or a witness that is given unsafe settings ends before it touches anything."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from targets.reference.detection import Detector
from targets.reference.driver.surroundings import surroundings
from targets.reference.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "argv", ["program", "n1"])
    monkeypatch.setenv("FAILOVER_DRILL_DATA", f"{tmp_path / 'data'}")
    monkeypatch.setenv("FAILOVER_DRILL_STACK_TOKEN", "0123456789abcdef")
    return tmp_path / "data"


def given(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("FAILOVER_DRILL_SETTINGS", msgspec.json.encode(settings).decode())


def test_unsafe_settings_end_the_program_with_2_and_a_line_for_each_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, Settings(clock_rate_error=1.5, detector=Detector(timeout_s=0.0)))
    with pytest.raises(SystemExit) as ended:
        surroundings()
    assert ended.value.code == 2 and not folder.exists()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[:3] for line in lines] == [
        ["n1", "unsafe settings", "detector.timeout"],
        ["n1", "unsafe settings", "clock_rate_error"],
    ]


def test_safe_settings_are_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Settings(canary_s=2.0))
    where = surroundings()
    assert (where.host, where.folder, where.settings.canary_s) == ("n1", folder, 2.0)
    assert where.token == "0123456789abcdef"


@pytest.mark.parametrize("token", ["", "short"])
def test_a_host_without_a_token_ends_with_2_and_says_how_to_draw_one(
    token: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAILOVER_DRILL_STACK_TOKEN", token)
    with pytest.raises(SystemExit) as ended:
        surroundings()
    said = capsys.readouterr().err
    assert ended.value.code == 2 and not folder.exists()
    assert "FAILOVER_DRILL_STACK_TOKEN" in said and "openssl rand -hex 16" in said
    assert surroundings(of_peers=False).token == token
