"""Whatever a person hands over: exit code 2, one message with file, line and fix; nothing is started."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness import run as workflow
from harness import setup
from harness.cli import main
from tests.drillfile.written import GOOD, with_steps, with_words

BAD = {
    "empty": "",
    "not yaml": "a: [1\n",
    "a tab": "drill: a\n\ttarget: b\n",
    "two documents": GOOD + "---\n" + GOOD,
    "an unknown word": with_words("trails: 3"),
    "an unknown target": GOOD.replace("target: reference", "target: referense"),
    "an unknown fault": with_steps("- partion: [a, b]\n  until: 3s"),
    "an unknown role": with_steps("- kill: primry\n  until: 3s"),
    "an unknown host": with_steps("- kill: n7\n  until: 3s"),
    "an unknown setting": with_words("settings: {reference: {detector: {intervall: 1s}}}"),
    "an unknown client": with_words("clients: {client/9: {via: primary}}"),
    "a way that there is not": with_words("clients: {client/1: {via: carrier pigeon}}"),
    "a bound that is not promised": GOOD.replace("lost_writes: 0", "outage: {max: bound}"),
    "no unit": with_steps("- kill: primary\n  until: 3"),
    "an end before the beginning": with_steps("- kill: primary\n  at: 4s\n  until: 3s"),
    "too many trials": with_words("trials: 999999999"),
    "too high a rate": with_words("load: {rate: 99999999/s}"),
    "a program": with_words("load: !!python/object/apply:os.system [touch started]"),
    "endless nesting": "[" * 50_000,
    "ten megabytes": "#" * 10_000_000,
    "a terminal's escape": with_words("'\\e[2J': 1").replace("'", '"'),
}


@pytest.fixture(autouse=True)
def nothing_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a run nor a look at the engine: a wrong file is told before both."""

    def started(*_: object, **__: object) -> None:
        raise AssertionError("something was started")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workflow, "run", started)
    monkeypatch.setattr(setup, "ready", started)


@pytest.mark.parametrize("command", ["plan", "run"])
@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_is_one_message_and_nothing_is_started(
    name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.yaml").write_text(BAD[name])
    assert main([command, "bad.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("failover-drill: bad.yaml:")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert [path.name for path in Path().iterdir()] == ["bad.yaml"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "an unknown fault",
            "bad.yaml:4: steps[0].partion: unknown step 'partion'; did you mean 'partition'?",
        ),
        (
            "an unknown role",
            "bad.yaml:4: steps[0].kill: unknown role or host 'primry'; did you mean 'primary'?",
        ),
        ("no unit", "bad.yaml:5: steps[0].until: 3 has no unit; write 3s or 3ms"),
        ("an unknown target", "bad.yaml:3: target: unknown target 'referense'; did you mean 'reference'?"),
    ],
)
def test_the_message_says_file_line_field_problem_and_fix(
    name: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.yaml").write_text(BAD[name])
    assert main(["plan", "bad.yaml"]) == 2
    assert capsys.readouterr().err == f"failover-drill: {line}\n"


def test_one_wrong_file_among_good_ones_starts_none(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.yaml").write_text(GOOD)
    Path("bad.yaml").write_text(BAD["no unit"])
    assert main(["run", "good.yaml", "kill-primary", "bad.yaml"]) == 2
    assert "bad.yaml:5" in capsys.readouterr().err


def test_machines_get_the_message_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "gone.yaml", "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["exit_code"] == 2
    assert answer["error"].startswith("gone.yaml: no such file")


@pytest.mark.parametrize("name", ["gone.yaml", ".", "a\udcffb", "x" * 5000])
def test_what_is_no_file_is_one_message(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", name, "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--target", "referense"], "unknown target 'referense'; did you mean 'reference'?"),
        (["--defect", "zzz"], "the target reference has no defect 'zzz'"),
        (["--world", "remote"], "not offered yet"),
    ],
)
def test_a_wrong_argument_is_one_message(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "kill-primary", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_good_file_is_planned_the_same_again_from_its_seed(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.yaml").write_text(GOOD)
    texts = []
    for _ in range(2):
        assert main(["plan", "good.yaml", "--seed", "4711", "--trials", "3", "--json"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    (plan,) = json.loads(texts[0])
    assert [trial["number"] for trial in plan["trials"]] == [1, 2, 3]


def test_a_target_that_cannot_be_simulated_is_told_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text(GOOD.replace("target: reference", "target: redis-sentinel"))
    assert main(["plan", "mine.yaml", "--world", "simulator"]) == 2
    problem = "the target 'redis-sentinel' cannot be simulated; run it with --world docker"
    assert capsys.readouterr().err == f"failover-drill: mine.yaml:3: target: {problem}\n"
