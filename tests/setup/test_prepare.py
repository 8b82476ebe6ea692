"""With everything there, set-up says nothing and a run may start."""

from __future__ import annotations

import pytest

from harness.setup import doctor, prepare, ready


@pytest.mark.docker
def test_set_up_a_second_time_has_nothing_to_do() -> None:
    prepare(lambda line: None)
    said: list[str] = []
    prepare(said.append)
    assert said == []
    assert ready() == ""
    assert all(check.ok for check in doctor.checks() if check.needed)
