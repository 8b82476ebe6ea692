"""`init`, and stack files as targets: what a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.cli import main
from harness.model.drill import Json
from harness.setup import compose_plugin
from harness.setup.images import ROOT
from harness.worlds.docker.weaving import composefile
from tests.stackfile.test_draft import PAIR
from tests.stackfile.written import GOOD

MINE = GOOD.replace("db1", "cache-1").replace("db2", "cache-2")
DRILL = (ROOT / "drills" / "calm.yaml").read_text()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Without the Compose plugin: any compose file is the pair."""

    def read(path: str, profiles: Sequence[str] = ()) -> dict[str, Json]:
        return {**PAIR}

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(composefile, "read", read)
    monkeypatch.setattr(compose_plugin, "version", lambda: "2.26.1")
    (tmp_path / "compose.yaml").write_text("")
    return tmp_path


def test_a_draft_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "sub/compose.yaml"]) == 0
    out, err = capsys.readouterr()
    assert "cache-1: {role: data, ports: [6379]}" in out
    assert "compose: compose.yaml" in out
    assert err == ""


def test_a_draft_in_a_file_names_the_compose_file_as_it_is_seen_from_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "drills").mkdir()
    assert main(["init", "compose.yaml", "--out", "drills/stack.yaml"]) == 0
    assert "compose: ../compose.yaml" in (folder / "drills/stack.yaml").read_text().replace("'", "")
    told = capsys.readouterr().err
    assert "drills/stack.yaml is a draft; what is TODO is yours to say, on line 24: " in told
    assert "failover-drill setup --target drills/stack.yaml" in told


def test_a_stack_file_that_is_there_is_never_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "stack.yaml").write_text("mine\n")
    assert main(["init", "compose.yaml", "--out", "stack.yaml"]) == 2
    assert capsys.readouterr().err.startswith("failover-drill: stack.yaml: it is there already")
    assert (folder / "stack.yaml").read_text() == "mine\n"


def test_a_draft_without_a_compose_file_is_no_draft(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 2
    assert "name the compose file" in capsys.readouterr().err


def test_every_word_of_a_stack_file_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--words"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("stack", "witness", "refused", "promote", "because", "file"))


def test_what_a_draft_lacks_is_named_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "compose.yaml", "--out", "stack.yaml"]) == 0
    capsys.readouterr()
    assert main(["plan", "calm", "--target", "stack.yaml"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("failover-drill: stack.yaml:")
    assert "detection.within: 'TODO' is still to be said" in err


def test_a_stack_file_is_a_target_on_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "stack.yaml").write_text(MINE)
    assert main(["plan", "calm", "--target", "stack.yaml"]) == 0
    assert "on stack.yaml (docker)" in capsys.readouterr().out
    assert main(["targets", "stack.yaml"]) == 0
    assert "my-pair: cache-1, cache-2 of compose.yaml, spoken to as redis" in capsys.readouterr().out


def test_a_drill_names_a_stack_file_as_it_is_seen_from_the_drill(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "stack.yaml").write_text(MINE)
    (folder / "mine").mkdir()
    (folder / "mine/drill.yaml").write_text(DRILL.replace("target: reference", "target: ../stack.yaml"))
    assert main(["plan", "mine/drill.yaml"]) == 0
    assert "on mine/../stack.yaml (docker)" in capsys.readouterr().out


def test_a_stack_file_that_is_wrong_is_told_as_itself_and_not_as_the_drill(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "stack.yaml").write_text(GOOD.replace("ask: redis", "ask: rediss"))
    (folder / "drill.yaml").write_text(DRILL.replace("target: reference", "target: stack.yaml"))
    assert main(["plan", "drill.yaml"]) == 2
    assert capsys.readouterr().err == (
        "failover-drill: stack.yaml:6: primary.ask: unknown word 'rediss'; did you mean 'redis'?\n"
    )


def test_it_cannot_be_simulated(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "stack.yaml").write_text(MINE)
    assert main(["plan", "calm", "--target", "stack.yaml", "--world", "simulator"]) == 2
    assert "'stack.yaml' cannot be simulated; run it with --world docker" in capsys.readouterr().err


def test_a_stack_file_that_is_not_there_is_told_where_the_drill_names_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "drill.yaml").write_text(DRILL.replace("target: reference", "target: ./nowhere.yaml"))
    assert main(["plan", "drill.yaml"]) == 2
    err = capsys.readouterr().err
    assert "failover-drill: drill.yaml:" in err
    assert "target: nowhere.yaml: cannot be read: No such file or directory" in err


@pytest.mark.parametrize(
    ("word", "other", "told"),
    [
        ("cache-2:", "cache-9:", "stack.yaml:5: hosts.cache-9: compose.yaml has no service of this name"),
        (
            "compose.yaml",
            "other.yaml",
            "stack.yaml:2: compose: other.yaml is not there; name your compose file",
        ),
    ],
)
def test_a_stack_file_that_does_not_fit_its_compose_file_is_told_before_anything_is_made(
    folder: Path, capsys: pytest.CaptureFixture[str], word: str, other: str, told: str
) -> None:
    """By `plan`, which a person asks first, and by `run`, before it says what a set-up would make."""
    (folder / "stack.yaml").write_text(MINE.replace(word, other))
    for command in ("plan", "run"):
        assert main([command, "calm", "--target", "stack.yaml", "--world", "docker"]) == 2
        assert told in capsys.readouterr().err


def test_without_compose_a_plan_is_shown_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_plugin, "version", lambda: "")
    (folder / "stack.yaml").write_text(MINE.replace("cache-2:", "cache-9:"))
    assert main(["plan", "calm", "--target", "stack.yaml"]) == 0
