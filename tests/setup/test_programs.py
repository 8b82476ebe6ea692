"""Other programs end within a limit, and their failures say what to do."""

from __future__ import annotations

import errno
import sys

import pytest

from harness.model.errors import WorldError
from harness.setup.programs import found, must, run, unwritable


def failing(said: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.exit({said!r})"]


def test_what_a_program_does_is_told_by_its_code_and_never_raised() -> None:
    assert run([sys.executable, "-c", "print('x')"], limit_s=30).stdout == "x\n"
    assert run(["no-such-program"], limit_s=30).returncode == 127
    assert run(["/etc"], limit_s=30).returncode == 126
    assert run([sys.executable, "-c", "input()"], limit_s=30).returncode == 1
    assert run(["sleep", "30"], limit_s=0.05).returncode == 124


def test_a_failure_names_what_went_wrong_its_last_words_and_the_fix() -> None:
    with pytest.raises(WorldError) as raised:
        must(failing("the reason"), limit_s=30, what="could not do it", fix="do it so")
    text = str(raised.value)
    assert text.startswith("could not do it")
    assert "the reason" in text
    assert text.endswith("do it so")


def test_a_program_s_colours_are_left_out_of_its_last_words() -> None:
    assert run(failing("\x1b[91mE:\x1b[0m bad"), limit_s=30).last_lines == "E: bad"


def test_a_full_disk_is_told_as_such_whatever_the_step() -> None:
    with pytest.raises(WorldError, match="free some space") as raised:
        must(failing("write: No space left on device"), limit_s=30, what="could not build", fix="look")
    assert "TMPDIR" in str(raised.value)


def test_a_file_of_ours_that_cannot_be_written_says_where_to_turn() -> None:
    assert "free some space" in str(unwritable(OSError(errno.ENOSPC, "No space left on device", "/x")))
    refused = unwritable(PermissionError(errno.EACCES, "Permission denied", "/x"))
    assert "/x: Permission denied" in str(refused)
    assert "set TMPDIR" in str(refused)


def test_an_administrator_s_programs_are_found_without_sbin_in_the_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert found("chroot")
    assert not found("no-such-program")
