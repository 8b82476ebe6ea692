"""A sample of `python -m tests.proof kills`: who dies by SIGKILL, a run never passes, and nothing is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docker.kills.killing import NOBODY, kill_once
from tests.docker.kills.victims import Of

pytestmark = pytest.mark.docker

# Early, so that they are quick: the mesh and the services come up in these seconds.
LATEST_S = 4.0


@pytest.mark.parametrize(("of", "number"), [("reaper", 0), ("hub", 1), ("agent", 0)])
def test_a_run_that_was_struck_never_passes_and_leaves_nothing(of: Of, number: int, tmp_path: Path) -> None:
    became = kill_once(of, number, tmp_path / "struck", latest_s=LATEST_S)
    assert became.wrong == ()
    assert became.victim != NOBODY
    # 3: it saw that it cannot go on; -9: with the reaper the harness was struck too, before it saw that.
    assert became.exit_code in (3, -9)
    assert became.checked == 4
