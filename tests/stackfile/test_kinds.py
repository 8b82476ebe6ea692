"""What an image's name tells, and what it does not."""

from __future__ import annotations

import pytest

from harness.stackfile.kinds import kind_of, repository, stand_in_for


@pytest.mark.parametrize(
    ("image", "name", "role"),
    [
        ("redis:8", "Redis", "data"),
        ("bitnami/redis:latest", "Redis", "data"),
        ("bitnami/redis-sentinel:7", "Redis Sentinel", "witness"),
        ("registry.test:5000/library/postgres:17@sha256:abc", "PostgreSQL", "data"),
        ("postgis/postgis:17-3.5", "PostgreSQL", "data"),
        ("container-registry.test/mysql/mysql-router:9", "MySQL Router", "router"),
        ("mariadb", "MySQL", "data"),
        ("haproxy:3.0", "HAProxy", "router"),
        ("quay.test/coreos/etcd:v3.5", "etcd", "witness"),
    ],
)
def test_a_known_image_is_known_by_its_own_name(image: str, name: str, role: str) -> None:
    kind = kind_of(image, "")
    assert kind is not None
    assert (kind.name, kind.role) == (name, role)


def test_an_owner_s_name_tells_nothing() -> None:
    assert kind_of("redis/insight:2", "") is None
    assert kind_of("", "python app.py") is None


def test_a_redis_that_was_told_so_is_a_sentinel() -> None:
    kind = kind_of("redis:8", "redis-server /etc/sentinel.conf --sentinel")
    assert kind is not None and kind.role == "witness"


@pytest.mark.parametrize(
    ("image", "recipe"),
    [
        ("redis:8", "debian_redis"),
        ("docker.io/library/redis", "debian_redis"),
        ("bitnami/redis:8", ""),
        ("nginx", ""),
    ],
)
def test_only_the_image_of_that_very_name_has_a_stand_in(image: str, recipe: str) -> None:
    assert stand_in_for(image) == recipe


def test_a_port_of_a_registry_is_no_tag() -> None:
    assert repository("registry.test:5000/a/b") == "registry.test:5000/a/b"
    assert repository("registry.test:5000/a/b:1@sha256:0") == "registry.test:5000/a/b"
