"""What a client program is told."""

from __future__ import annotations

import pytest

from targets.own_stack.setup import told


@pytest.mark.parametrize("environment", [{}, {"FAILOVER_DRILL_STACK": ""}, {"FAILOVER_DRILL_STACK": "{}"}])
def test_a_program_that_was_told_nothing_says_so(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        told(environment)
