"""What threads tell is taken in order; what broke the world comes after it."""

from __future__ import annotations

import pytest

from harness.model.errors import WorldError
from harness.model.event import Woke
from harness.worlds.meanwhile import inbox as inboxes
from harness.worlds.meanwhile.inbox import Inbox


def woke(name: str) -> Woke:
    return Woke(wake_id=name, at_s=0.0)


def test_all_that_was_told_is_taken_at_once_in_its_order() -> None:
    inbox = Inbox()
    for name in "abc":
        inbox.tell(woke(name))
    assert inbox.take(0.0) == [woke("a"), woke("b"), woke("c")]
    assert inbox.take(0.0) == []


def test_what_came_before_the_end_of_the_world_is_still_taken() -> None:
    inbox = Inbox()
    inbox.tell(woke("a"))
    inbox.broke(WorldError("the engine went away"))
    assert inbox.take(0.0) == [woke("a")]
    for _ in range(2):
        with pytest.raises(WorldError, match="went away"):
            inbox.take(0.0)
    with pytest.raises(WorldError, match="went away"):
        inbox.raise_broken()


def test_after_its_close_nothing_is_kept() -> None:
    inbox = Inbox()
    inbox.close()
    inbox.tell(woke("a"))
    inbox.broke(WorldError("nobody's business any more"))
    assert inbox.take(0.0) == []


def test_a_run_that_falls_too_far_behind_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "UNREAD_MAX", 2)
    inbox = Inbox()
    for name in "abcd":
        inbox.tell(woke(name))
    assert inbox.take(0.0) == [woke("a"), woke("b"), woke("c")]
    with pytest.raises(WorldError, match="lower rate"):
        inbox.take(0.0)
