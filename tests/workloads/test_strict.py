"""What cannot be decoded is a ValueError, and nothing else, with every msgspec that is about."""

from __future__ import annotations

import msgspec
import pytest

from harness.workloads.strict import decoded

_numbers = msgspec.json.Decoder(list[int])


def test_what_is_right_is_the_value() -> None:
    assert decoded(_numbers.decode, b"[1, 2]") == [1, 2]


def failing(error: Exception) -> object:
    def decode(body: object) -> object:
        raise error

    return decode


@pytest.mark.parametrize(
    "error",
    [msgspec.DecodeError("malformed"), msgspec.ValidationError("no number"), RecursionError("too deep")],
)
def test_what_is_wrong_is_a_plain_value_error(error: Exception) -> None:
    """Older ones of msgspec raise what is none."""
    with pytest.raises(ValueError) as raised:
        decoded(failing(error), b"")  # type: ignore[arg-type]
    assert type(raised.value) is ValueError
