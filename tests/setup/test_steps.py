"""Steps are announced; two set-ups take turns."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup import steps
from harness.setup.steps import alone, step


def test_a_step_says_what_begins_and_that_it_is_done() -> None:
    said: list[str] = []
    with step(said.append, "making it"):
        assert said == ["making it …"]
    assert said[1].startswith("making it: done in ")


def test_a_step_that_takes_long_says_that_it_is_still_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_PATIENCE_S", 0.01)
    reminded = threading.Event()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if "still at it" in line:
            reminded.set()

    with step(say, "making it"):
        assert reminded.wait(10)


def test_a_step_that_fails_is_not_called_done() -> None:
    said: list[str] = []
    with pytest.raises(WorldError), step(said.append, "making it"):
        raise WorldError("no")
    assert said == ["making it …"]


def test_the_second_set_up_waits_for_the_first(tmp_path: Path) -> None:
    lock, order = tmp_path / "lock", []
    waiting = threading.Event()

    def say(line: str) -> None:
        order.append(line.split(":")[0])
        waiting.set()

    def second() -> None:
        with alone(say, lock=lock):
            order.append("second")

    with alone(order.append, lock=lock):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first ends")
    thread.join(10)
    assert order == ["another set-up is at work on this machine", "first ends", "second"]


def test_a_set_up_that_waited_for_too_long_says_how_to_find_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_TURN_WITHIN_S", 0.1)
    lock = tmp_path / "lock"
    with alone(print, lock=lock), pytest.raises(WorldError, match="fuser"), alone(print, lock=lock):
        pass


def test_a_lock_that_somebody_else_s_link_stands_for_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorldError, match="cannot write"), alone(print, lock=tmp_path / "lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()
