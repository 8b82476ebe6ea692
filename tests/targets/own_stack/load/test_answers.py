"""What an answer holds."""

from __future__ import annotations

import pytest

from targets.own_stack.load.answers import listed, shown_field


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (" v1\n", "", "v1"),
        ('{"role": "primary"}', "role", "primary"),
        ('{"node": {"role": "replica"}}', "node.role", "replica"),
        ('{"leader": true}', "leader", "true"),
        ('{"role": null}', "role", ""),
        ("[]", "role", ""),
    ],
)
def test_a_field_is_its_value_as_text(text: str, field: str, value: str) -> None:
    assert shown_field(text, field) == value


@pytest.mark.parametrize("text", ["", "<html>", "[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="no JSON where the field 'role' is looked for"):
        shown_field(text, "role")


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("a\n\n b \n", "", ["a", "b"]),
        ('["a", "b"]', "", ["a", "b"]),
        ('{"values": ["a", 1]}', "values", ["a", "1"]),
        ("", "", []),
    ],
)
def test_values_come_a_line_each_or_as_a_list(text: str, field: str, values: list[str]) -> None:
    assert listed(text, field) == values


def test_a_field_that_is_no_list_is_refused() -> None:
    with pytest.raises(ValueError, match="the field values is no list"):
        listed('{"values": "a"}', "values")
