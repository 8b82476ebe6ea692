"""Doctor names each missing thing with the way to get it, and never raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup import doctor, prepare, ready


@pytest.fixture
def bare_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user without root on a machine without Docker."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 1000)


@pytest.mark.usefixtures("bare_user")
def test_every_missing_thing_has_a_remedy() -> None:
    seen = doctor.checks(("reference",), ())
    assert {check.name for check in seen if not check.ok} >= {"Docker engine", "Compose plugin", "images"}
    assert all(check.remedy for check in seen if not check.ok)


@pytest.mark.usefixtures("bare_user")
def test_without_root_and_engine_set_up_says_what_to_install() -> None:
    with pytest.raises(WorldError, match="install Docker") as raised:
        prepare(print, ("reference",))
    assert raised.value.exit_code == 3


@pytest.mark.usefixtures("bare_user")
def test_a_run_is_told_why_it_cannot_start() -> None:
    assert "failover-drill setup" in ready(("reference",))


def test_a_choice_that_leads_nowhere_is_named_and_nothing_is_to_be_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    told = {check.name: check.remedy for check in doctor.checks(("reference",), ())}
    for text in (told["Docker engine"], told["images"], ready(("reference",))):
        assert f"DOCKER_HOST=unix://{tmp_path}/nobody.sock" in text
        assert "`unset DOCKER_HOST`" in text
        assert "failover-drill setup" not in text
