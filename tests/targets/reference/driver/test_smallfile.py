"""The small durable file: the old content or the new."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from targets.reference.driver.smallfile import write_durably


def test_the_new_content_replaces_the_old(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        write_durably(tmp_path / "state", content)
    assert (tmp_path / "state").read_bytes() == b"two"
    assert [file.name for file in tmp_path.iterdir()] == ["state"]


def test_a_host_that_dies_before_the_sync_still_has_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_durably(tmp_path / "state", b"old")

    def dies(handle: int) -> None:
        raise OSError("the host dies here")

    monkeypatch.setattr(os, "fsync", dies)
    with pytest.raises(OSError, match="dies"):
        write_durably(tmp_path / "state", b"new")
    assert (tmp_path / "state").read_bytes() == b"old"
