"""Which software an image is, as far as its name tells, and what that means for a drill. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from harness.model.ownstack import OwnRole, Speech


class Kind(Struct, frozen=True, kw_only=True):
    """speech: how a stack file speaks to it; empty: by no word that there is. ports: its own."""

    name: str
    role: OwnRole
    ports: tuple[int, ...]
    speech: Speech | None = None
    stand_in: str = ""


_REDIS = Kind(name="Redis", role="data", ports=(6379,), speech="redis", stand_in="debian_redis")
_POSTGRES = Kind(name="PostgreSQL", role="data", ports=(5432,), speech="postgres", stand_in="debian_postgres")
_MYSQL = Kind(name="MySQL", role="data", ports=(3306,))
SENTINEL = Kind(name="Redis Sentinel", role="witness", ports=(26379,))
_WATCHES = Kind(name="a tool to look at others", role="other", ports=())
_KEEPS = Kind(name="a tool for backups", role="other", ports=())
# A part of an image's own name (without registry, owner and tag) -> what it is. The first that fits counts.
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("exporter", "commander", "adminer", "pgadmin", "phpmyadmin", "redisinsight"), _WATCHES),
    **dict.fromkeys(("prometheus", "grafana", "pghero"), _WATCHES),
    "backup": _KEEPS,
    "sentinel": SENTINEL,
    "redis": _REDIS,
    "valkey": Kind(name="Valkey", role="data", ports=(6379,), speech="redis"),
    "pgbouncer": Kind(name="PgBouncer", role="router", ports=(6432,)),
    "pgpool": Kind(name="Pgpool", role="router", ports=(5432,)),
    "postgis": Kind(name="PostgreSQL", role="data", ports=(5432,), speech="postgres"),
    "timescaledb": Kind(name="PostgreSQL", role="data", ports=(5432,), speech="postgres"),
    "pgvector": Kind(name="PostgreSQL", role="data", ports=(5432,), speech="postgres"),
    "postgres": _POSTGRES,
    "mysql-router": Kind(name="MySQL Router", role="router", ports=(6446,)),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "percona": _MYSQL,
    "mongo": Kind(name="MongoDB", role="data", ports=(27017,)),
    "haproxy": Kind(name="HAProxy", role="router", ports=()),
    "traefik": Kind(name="Traefik", role="router", ports=()),
    "envoy": Kind(name="Envoy", role="router", ports=()),
    "nginx": Kind(name="nginx", role="router", ports=()),
    "etcd": Kind(name="etcd", role="witness", ports=(2379, 2380)),
    "consul": Kind(name="Consul", role="witness", ports=(8500, 8300, 8301)),
    "zookeeper": Kind(name="ZooKeeper", role="witness", ports=(2181, 2888, 3888)),
}
# Only the images of these very names: others of the same software have entry points of their own.
_OFFICIAL = ("redis", "postgres")


def kind_of(image: str, command: str) -> Kind | None:
    """None for what its name does not tell. command: a Sentinel is a Redis that was told so."""
    name = repository(image)
    found = next((kind for part, kind in _KINDS.items() if part in name.rpartition("/")[2]), None)
    return SENTINEL if found is _REDIS and "sentinel" in command else found


def stand_in_for(image: str) -> str:
    """The recipe that has the entry point of just this image; empty where none has."""
    name = repository(image).removeprefix("docker.io/").removeprefix("library/")
    return _KINDS[name].stand_in if name in _OFFICIAL else ""


def repository(image: str) -> str:
    """Without tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
