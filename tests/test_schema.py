"""The schema that editors complete by: it accepts the catalogue, and refuses what the reader refuses."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from harness.drillfile.verbs import VERBS
from harness.schema import schema
from targets.registry import TARGETS
from tests.drillfile.written import GOOD, read, refused, with_steps, with_words
from tests.test_drills import FILES, names

SCHEMA = schema({name: target.settings_schema() for name, target in TARGETS.items()})
VALIDATOR = Draft202012Validator(SCHEMA)


class Yaml(yaml.SafeLoader):
    """As editors read it: in YAML 1.2 `on` is a word like any other."""


Yaml.yaml_implicit_resolvers = {
    sign: [entry for entry in entries if entry[0] != "tag:yaml.org,2002:bool"]
    for sign, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def errors(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(yaml.load(text, Yaml))]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_every_drill_of_the_catalogue_is_valid(file: Any) -> None:
    assert errors(file.read_text()) == []


@pytest.mark.parametrize("verb", VERBS)
def test_the_example_of_every_verb_is_valid(verb: str) -> None:
    assert errors(with_steps(VERBS[verb].example)) == []


@pytest.mark.parametrize("on", ["decided", "{tells: register}", "{sends: Seal, host: witness/1, nth: 2}"])
def test_a_moment_is_valid(on: str) -> None:
    text = with_steps(f"- kill: primary\n  until: 3s\n  on: {on}\n  within: 2s")
    assert errors(text) == []
    assert read(text).steps


@pytest.mark.parametrize(
    "text",
    [
        with_words("trails: 3"),
        with_words("trials: 0"),
        with_words("trials: many"),
        with_words("load: {writers: 5000}"),
        with_words("load: {rate: 50}"),
        with_words("load: {rate: -5/s}"),
        with_words("load: {timeout: 1}"),
        with_words("clients: {client/1: {via: dns}}"),
        with_words("clients: {client/1: primary}"),
        with_words("settings: [a]"),
        with_steps("- partion: [a, b]\n  until: 3s"),
        with_steps("- kill: primary"),
        with_steps("- kill: primary\n  until: 3"),
        with_steps("- kill: primary\n  until: 3s\n  scope: proces"),
        with_steps("- kill: primary\n  pause: n1\n  until: 3s"),
        with_steps("- partition: primary\n  until: 3s"),
        with_steps("- wait: {for: stedy, within: 1s}"),
        with_steps("- wait: steady"),
        with_steps("- switchover: standby"),
        with_steps("- kill: primary\n  until: 3s\n  on: decidet"),
        with_steps("- kill: primary\n  until: 3s\n  on: {nth: 3}"),
        with_steps("- kill: primary\n  until: 3s\n  on: {sends: A, receives: B}"),
        with_steps("- kill: primary\n  until: 3s\n  on: {sends: A, nth: 0}"),
        GOOD.replace("lost_writes: 0", "lost_writes: none"),
        GOOD.replace("lost_writes: 0", "outage: 300ms"),
        GOOD.replace("lost_writes: 0", "outage: {p91: 300ms}"),
        GOOD.replace("lost_writes: 0", "split_brain: 0"),
        GOOD.replace("lost_writes: 0", "failovers: bound"),
        GOOD.replace("target: reference\n", ""),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses_too(text: str) -> None:
    assert errors(text)
    assert refused(text)


def test_the_targets_own_settings_are_checked() -> None:
    assert errors(with_words("settings: {reference: {detector: {intervall: 1s}}}"))
    assert errors(with_words("settings: {reference: {replication: maybe}}"))
    assert not errors(with_words("settings: {reference: {replication: async}, other: {a: 1}}"))


def test_every_word_is_described() -> None:
    def undescribed(part: Any, where: str) -> list[str]:
        if not isinstance(part, dict):
            return []
        found = [
            f"{where}.{word}"
            for word, value in part.get("properties", {}).items()
            if where.count("settings") == 0
            and "description" not in value
            and not word.startswith(("p", "max"))
        ]
        for name, inner in part.items():
            for one in inner if isinstance(inner, list) else [inner]:
                found += undescribed(one, f"{where}.{name}")
        return found

    assert undescribed(SCHEMA, "") == []
