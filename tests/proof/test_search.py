"""Long searches go on where they were stopped, and begin anew with other sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness import cli
from tests.proof import __main__ as command
from tests.proof import search, sweep
from tests.search import sweep as sweeping


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    told: list[Sequence[str]] = []

    def main(words: Sequence[str]) -> int:
        told.append(words)
        return 1

    monkeypatch.setattr(cli, "main", main)
    monkeypatch.setattr(sweeping, "main", main)
    of(monkeypatch, "0abc")
    return told


def of(monkeypatch: pytest.MonkeyPatch, sources: str) -> None:
    for module in (search, sweep):
        monkeypatch.setattr(module, "sources", lambda: sources)


def test_a_search_goes_on_and_of_other_sources_begins_anew(
    tmp_path: Path, asked: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "proof-search-10000-1-0abc"
    assert command.main(["search"], folder=tmp_path) == 1
    first.mkdir()
    (first / "schedules.jsonl").touch()
    command.main(["search"], folder=tmp_path)
    of(monkeypatch, "1def")
    command.main(["search", "--schedules", "5", "--seed", "2"], folder=tmp_path)
    begun = ["search", "--schedules", "10000", "--seed", "1", "--all", "--out", f"{first}"]
    other = ["--out", f"{tmp_path / 'proof-search-5-2-1def'}"]
    assert asked[:2] == [begun, ["search", "--resume", f"{first}"]] and asked[2][-2:] == other


def test_a_sweep_has_a_folder_for_each_state_of_the_sources(
    tmp_path: Path, asked: list[Sequence[str]]
) -> None:
    assert command.main(["sweep", "no-lease-check"], folder=tmp_path) == 1
    assert asked == [["--out", f"{tmp_path / 'proof-sweep-0abc'}", "no-lease-check"]]
