"""check --history as a person meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main
from tests.histories.recordings import OURS


def check(*words: object, format_: str = "jepsen-etcd") -> int:
    return main(["check", "--format", format_, "--history", *map(str, words)])


def test_a_linearizable_history_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(OURS / "etcd_002.log") == 0
    assert capsys.readouterr().out.startswith("PASS  ")


def test_one_of_several_that_is_not_fails_and_the_counts_stand_below(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(OURS / "c01-ok.txt", OURS / "c01-bad.txt", format_="porcupine-kv") == 1
    out = capsys.readouterr().out
    assert "key 7:" in out and out.endswith("2 histories: 1 linearizable, 1 not linearizable\n")


def test_an_undecided_one_is_unknown_with_its_bound_and_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(OURS / "etcd_080.log", "--configurations", "20") == 4
    out = capsys.readouterr().out
    assert "gave up after its bound of 20 configurations" in out
    assert "--configurations 200 lets it go on" in out


def test_machines_get_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(OURS / "etcd_000.log", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["exit_code"], told["histories"][0]["judged"]["judgement"]) == (1, "fail")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--history", "there/is/none", "--format", "jepsen-etcd"],
            "there/is/none: No such file or directory",
        ),
        (["--history", "."], "--history needs --format: jepsen-etcd or porcupine-kv"),
        (
            ["--history", ".", "--format", "jepsen-etdc"],
            "unknown format 'jepsen-etdc'; did you mean '",
        ),
        (["--format", "jepsen-etcd"], "--format is for --history FILE: name one"),
        (["runs", "--history", ".", "--format", "jepsen-etcd"], "judge runs and --history apart"),
        (["--history", ".", "--format", "jepsen-etcd"], ".: Is a directory; name a file that can be read"),
        ([], "name a run's folder, or with --history FILE a history that others recorded"),
    ],
)
def test_wrong_words_are_told_with_their_fix(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"failover-drill: {said}")


def test_one_wrong_file_among_good_ones_judges_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.log").write_bytes(b"\xff\xfe")
    assert check(OURS / "etcd_002.log", tmp_path / "bad.log") == 2
    out, err = capsys.readouterr()
    assert out == "" and "bad.log: it is no UTF-8 text" in err
