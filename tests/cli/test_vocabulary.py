"""faults and schema, as a newcomer reads them."""

from __future__ import annotations

import json

import pytest

from harness.cli import main
from harness.drillfile.measures import MEASURES
from harness.drillfile.moments import ACTS, PHASES
from harness.drillfile.verbs import FAULTS, VERBS
from harness.roles import WORDS
from tests.drillfile.written import read, with_steps


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def test_all_faults_are_listed_in_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(["faults"], capsys).splitlines()
    for name, verb in FAULTS.items():
        assert any(line.startswith(name) and verb.summary in line for line in lines)


@pytest.mark.parametrize("name", VERBS)
def test_a_fault_is_explained_with_all_its_words_and_an_example_that_can_be_copied(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(["faults", name], capsys)
    for field in VERBS[name].all_fields:
        assert field.name in text
        assert all(word in text for word in field.kind.choices)
    example = text.split("\nexample\n")[1].split("\nmore\n")[0]
    assert read(with_steps("\n".join(line[2:] for line in example.rstrip().splitlines()))).steps


@pytest.mark.parametrize("name", ["", *VERBS, "roles", "moments", "expect"])
def test_nothing_is_wider_than_eighty_columns(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, said(["faults", *filter(None, [name])], capsys).splitlines())) <= 80


def test_roles_moments_and_measures_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    roles, measures = said(["faults", "roles"], capsys), said(["faults", "expect"], capsys)
    moments = said(["faults", "moments"], capsys)
    assert all(word in roles for word in WORDS)
    assert all(word in moments for word in (*PHASES, *ACTS))
    assert all(name in measures for name in MEASURES)
    assert "split_brain: seen" in measures and "outage: {min: 20s}" in measures


def test_an_unknown_fault_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faults", "partion"]) == 2
    assert capsys.readouterr().err == "failover-drill: unknown fault 'partion'; did you mean 'partition'?\n"


def test_machines_get_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(json.loads(said(["faults", "--json"], capsys))["faults"]) == set(FAULTS)
    kill = json.loads(said(["faults", "kill", "--json"], capsys))
    assert set(kill["words"]["properties"]) == {"kill", "scope", "at", "on", "within", "until"}
    assert json.loads(said(["faults", "roles", "--json"], capsys))
    assert json.loads(said(["schema"], capsys))["required"] == ["drill", "target", "steps", "expect"]
