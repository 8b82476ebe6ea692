"""A sample of what `python -m tests.proof stacks` looks at whole."""

from __future__ import annotations

from collections import Counter

from tests.stackfile.anystack import looked_at

SAMPLE = 400


def test_every_stack_file_of_a_sample_is_understood_or_refused_with_its_place() -> None:
    seen = [looked_at(number) for number in range(SAMPLE)]
    assert [wrong for found in seen for wrong in found.wrong] == []
    came_to = Counter(found.came_to for found in seen)
    assert came_to["accepted"] >= SAMPLE / 40 and came_to["refused"] >= SAMPLE / 2
