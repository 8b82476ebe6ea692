"""A sample of what `python -m tests.proof files` looks at whole: files and words of any kind."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.errors import DrillError
from tests.drillfile.anyfile import looked_at, looked_at_text
from tests.drillfile.mutation import WILD, a_file
from tests.drillfile.written import GOOD
from tests.patience import patience

SAMPLE = 400

WORDS = st.sampled_from(WILD) | st.text(max_size=20)
TREES = st.recursive(
    WORDS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(WORDS, below, max_size=4),
    max_leaves=12,
)
PLACES = ("target", "settings", "load", "clients", "trials", "seed", "missed", "steps", "expect")


def test_every_file_of_a_sample_is_planned_or_refused_with_its_place() -> None:
    seen = [looked_at(number) for number in range(SAMPLE)]
    assert [wrong for found in seen for wrong in found.wrong] == []
    came_to = Counter(found.came_to for found in seen)
    assert came_to["accepted"] >= SAMPLE / 20 and came_to["refused"] >= SAMPLE / 2


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_bytes_of_any_kind_are_refused(content: bytes) -> None:
    found = looked_at_text(content)
    assert (found.came_to, found.wrong) == ("refused", ())


@given(place=st.sampled_from(PLACES), tree=TREES)
@settings(max_examples=200)
def test_anything_at_all_behind_a_word_is_planned_or_refused_with_its_place(place: str, tree: object) -> None:
    """As JSON, which is YAML too: quotes keep the strangest words words."""
    lines = [line for line in GOOD.splitlines() if not line.startswith((place, " ", "steps", "expect"))]
    rest = {"steps": "[{hold: 1s}]", "expect": "{lost_writes: 0}", place: json.dumps(tree)}
    text = "\n".join([*lines, *(f"{word}: {value}" for word, value in rest.items())])
    assert looked_at_text(text.encode("utf-8", "surrogatepass")).wrong == ()


def test_the_same_number_is_the_same_file() -> None:
    assert [a_file(number) for number in range(50)] == [a_file(number) for number in range(50)]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (KeyError("steps"), "KeyError: 'steps'"),
        (
            DrillError("bad", path="mine.yaml", line=0, field="steps"),
            "no line of it (0): mine.yaml: steps: bad",
        ),
        (DrillError("bad", path="mine.yaml", line=99, field="steps"), "no line of it (99)"),
        (DrillError("bad", path="mine.yaml", line=1), "no field: mine.yaml:1: bad"),
        (DrillError("bad", line=1, field="steps"), "no file: 1: steps: bad"),
        (DrillError("b" * 2000, path="mine.yaml", line=1, field="steps"), "longer than anybody reads"),
    ],
)
def test_what_a_person_cannot_mend_by_is_seen(
    raised: Exception, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise raised

    monkeypatch.setattr("tests.drillfile.anyfile.plans_of", refuses)
    (wrong,) = looked_at_text(GOOD.encode()).wrong
    assert wrong.startswith(f"a file: {told}")


def test_what_hangs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr("tests.drillfile.anyfile.plans_of", hangs)
    monkeypatch.setattr("tests.drillfile.anyfile.patience", lambda: patience(0.01))
    assert "TimeoutError: it hung" in looked_at_text(GOOD.encode()).wrong[0]
