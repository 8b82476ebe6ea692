"""One stack of echo servers for all tests that only look at it; what each test needs to ask the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from harness.worlds.docker.stack import engine
from harness.worlds.docker.world import DockerWorld
from tests.docker.echotarget import EchoTarget, plan
from tests.docker.inside import Inside


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    made = engine.connect()
    yield made
    made.close()


@pytest.fixture(scope="session")
def said() -> list[str]:
    """What the start of the shared stack told the person."""
    return []


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run's folder of the shared stack."""
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="session")
def world(folder: Path, said: list[str]) -> Iterator[DockerWorld]:
    opened = DockerWorld.open(plan(), EchoTarget(), folder, said.append, False)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def inside(client: docker.DockerClient, world: DockerWorld, folder: Path) -> Inside:
    return Inside(client, folder)
