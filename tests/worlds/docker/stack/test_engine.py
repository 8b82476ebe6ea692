"""An engine that does not answer, or is elsewhere, is told with what to do; never as a traceback."""

from __future__ import annotations

import errno
import platform
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import docker
import pytest
import requests
from docker.errors import APIError

from harness.model.errors import WorldError
from harness.worlds.docker.stack import engine
from tests.worlds.docker.weaving.test_composefile import fake_docker


def test_an_engine_that_does_not_answer_is_told_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, f"echo unix://{tmp_path}/nobody.sock")
    with pytest.raises(WorldError, match=r"No such file or directory\n  run `failover-drill setup`"):
        engine.connect()


def test_an_engine_on_another_machine_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_docker(tmp_path, monkeypatch, "echo tcp://192.0.2.1:2375")
    with pytest.raises(WorldError, match=r"tcp://192.0.2.1:2375 is not on this machine[\s\S]*DOCKER_HOST"):
        engine.connect()


def test_an_engine_in_a_virtual_machine_is_refused_since_its_clock_is_another() -> None:
    engine.must_share_the_kernel(with_kernel(platform.release()))
    with pytest.raises(WorldError, match=r"another kernel \(6.6-linuxkit\)"):
        engine.must_share_the_kernel(with_kernel("6.6-linuxkit"))


def test_what_the_engine_refuses_is_told_in_its_own_words() -> None:
    error = APIError("500 Server Error", explanation="container a is restarting")
    with pytest.raises(WorldError, match="could not pause a: container a is restarting"), told():
        raise error


def test_the_innermost_reason_is_told() -> None:
    with pytest.raises(WorldError, match="could not pause a: reset by peer"), told():
        try:
            raise ConnectionResetError("reset by peer")
        except ConnectionResetError as error:
            raise requests.ConnectionError("('Connection aborted.', …)") from error


def test_a_full_disk_is_told_as_such() -> None:
    with pytest.raises(WorldError, match="the disk is full: free some space"), told():
        raise OSError(errno.ENOSPC, "No space left on device")


def told() -> AbstractContextManager[None]:
    return engine.told_plainly("pause a")


def with_kernel(release: str) -> docker.DockerClient:
    return cast(docker.DockerClient, SimpleNamespace(info=lambda: {"KernelVersion": release}))
