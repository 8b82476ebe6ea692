"""What Compose said, as it was seen to say it, and what a person is told to do."""

from __future__ import annotations

import pytest

from harness.worlds.docker.stack.diagnosis import BlockTakenError, start_failed

PROGRESS = " Network x_n  Creating\n Network x_n  Error\n"


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?\n", "setup"),
        ("Error response from daemon: no such image: failover-drill/mesh:1: No such image", "setup"),
        ("Error response from daemon: no such image: db:1: No such image: db:1", "docker pull"),
        ('Error response from daemon: Get "https://x/v2/": dial tcp: lookup x: no such host', "docker pull"),
        ("Error response from daemon: pull access denied for db, repository does not exist", "docker pull"),
        ("Error response from daemon: mkdir /var/lib/x: no space left on device", "free some space"),
        ("dependency failed to start: container x-a-1 is unhealthy", "health check"),
        ('service "a" didn\'t complete successfully: exit 1', "ended by itself"),
        ("Error response from daemon: something never seen", "`docker compose up`"),
    ],
)
def test_each_failure_names_its_fix(said: str, fix: str) -> None:
    error = start_failed(PROGRESS + said, again="docker compose up")
    assert fix in str(error)
    assert said.strip() in str(error)
    assert "Creating" not in str(error)


def test_an_image_that_cannot_be_had_is_named_with_its_service() -> None:
    said = 'Error response from daemon: Get "https://x/v2/": dial tcp: lookup x: no such host'
    error = start_failed(said, again="", absent={"ui": "adminer", "db": "postgres:16"})
    assert "ui (image adminer), db (image postgres:16): no such image is here" in f"{error}"
    assert "`docker pull adminer`" in f"{error}"
    assert "ui" not in f"{start_failed('no space left on device', again='', absent={'ui': 'adminer'})}"


@pytest.mark.parametrize(
    "said",
    [
        "failed to create network x: Error response from daemon: Pool overlaps with other one on this space",
        "Error response from daemon: cannot create network: networks have overlapping IPv4",
    ],
)
def test_a_block_that_was_taken_is_an_error_of_its_own(said: str) -> None:
    assert isinstance(start_failed(PROGRESS + said, again=""), BlockTakenError)


def test_a_compose_that_says_nothing_is_told_as_such() -> None:
    assert "it said nothing" in str(start_failed("", again="docker compose up"))
