"""A draft says what the compose file shows, asks for the rest, and is a stack file once that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.model.errors import DrillError
from harness.model.ownstack import OwnStack
from harness.stackfile.draft import draft
from tests.stackfile.written import stack

PAIR: dict[str, Any] = {
    "name": "shop",
    "services": {
        "cache-1": {"image": "redis:8", "command": ["redis-server"], "ports": [{"target": 6379}]},
        "cache-2": {"image": "redis:8", "command": ["redis-server", "--replicaof", "cache-1", "6379"]},
    },
}
POSTGRES: dict[str, Any] = {
    "image": "postgres:17",
    "environment": {"POSTGRES_USER": "app", "POSTGRES_PASSWORD": "s3cret", "POSTGRES_DB": "shop"},
}


def drafted(services: dict[str, Any] | None = None) -> str:
    compose: dict[str, Any] = PAIR if services is None else {"name": "shop", "services": services}
    return draft(compose, compose_file="compose.yaml")


def finished(folder: Path, text: str) -> OwnStack:
    return stack(folder, text.replace("within: TODO, because: TODO", "within: 5s, because: we say so"))


def test_a_redis_pair_lacks_only_what_nobody_could_read_off_it(tmp_path: Path) -> None:
    with pytest.raises(DrillError, match=r"detection\.within: 'TODO' is still to be said"):
        stack(tmp_path, drafted())
    own = finished(tmp_path, drafted())
    assert own.name == "shop"
    assert [(host.service, host.role, host.ports) for host in own.hosts] == [
        ("cache-1", "data", (6379,)),
        ("cache-2", "data", (6379,)),
    ]
    assert (own.ask.by, own.speaks.by) == ("redis", "redis")


def test_a_postgres_pair_is_logged_into_as_its_environment_says_without_the_secret(tmp_path: Path) -> None:
    text = drafted({"db": POSTGRES, "standby": {"image": "postgres:17"}})
    assert "s3cret" not in text
    own = finished(tmp_path, text)
    assert (own.ask.by, own.speaks.by) == ("postgres", "postgres")
    assert (own.login.user, own.login.database) == ("app", "shop")
    assert own.login.password_env == "POSTGRES_PASSWORD"


def test_what_is_no_known_software_is_asked_for(tmp_path: Path) -> None:
    text = drafted({**PAIR["services"], "web": {"build": {"context": "."}, "ports": [{"target": 80}]}})
    assert "web: {role: TODO, ports: [80]}  # built from a Dockerfile: what is it in a failover?" in text
    with pytest.raises(DrillError) as raised:
        finished(tmp_path, text)
    assert raised.value.field == "hosts.web.role"


def test_a_router_whose_ports_do_not_show_is_asked_for_them(tmp_path: Path) -> None:
    text = drafted({**PAIR["services"], "lb": {"image": "haproxy:3"}})
    assert "lb: {role: router, ports: [TODO]}  # image haproxy:3: HAProxy; which ports" in text


def test_software_that_no_driver_speaks_to_is_said_to_be_so(tmp_path: Path) -> None:
    text = drafted({"a": {"image": "mysql:9"}, "b": {"image": "mysql:9"}})
    assert "primary: {ask: TODO}  # MySQL: there is no driver for it, so say it by http or command" in text
    assert "load: {driver: TODO}  # MySQL" in text


def test_a_password_on_a_command_line_has_to_be_put_into_a_file(tmp_path: Path) -> None:
    services = {**PAIR["services"], "cache-1": {"image": "redis:8", "command": ["--requirepass", "s3cret"]}}
    text = drafted(services)
    assert "s3cret" not in text
    assert "login: {password: {file: TODO}}" in text


def test_a_password_that_a_service_has_in_its_environment_is_named_by_that(tmp_path: Path) -> None:
    """As most compose files have it: an env file, and ${REDIS_PASSWORD} in the command."""
    node = {
        "image": "redis:8",
        "command": ["redis-server", "--requirepass", "s3cret"],
        "environment": {"REDIS_PASSWORD": "s3cret", "TZ": "UTC"},
    }
    text = drafted({"a": node, "b": node})
    assert "s3cret" not in text
    assert finished(tmp_path, text).login.password_env == "REDIS_PASSWORD"
    assert """[sh, -c, 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli -e replicaof no one']""" in text


def test_an_image_that_takes_its_password_from_the_environment_needs_no_command(tmp_path: Path) -> None:
    node = {"image": "bitnami/valkey:8", "environment": {"VALKEY_PASSWORD": "s3cret"}}
    assert finished(tmp_path, drafted({"a": node, "b": node})).login.password_env == "VALKEY_PASSWORD"


def test_the_orders_of_a_draft_are_given_as_whom_the_database_knows(tmp_path: Path) -> None:
    text = drafted({"db": POSTGRES, "standby": {"image": "postgres:17"}})
    own = finished(tmp_path, text.replace("# orders", "orders").replace("#   promote", "  promote"))
    assert own.orders.promote == ("psql", "-U", "app", "-d", "shop", "-c", "select pg_promote()")


def test_a_redis_order_ends_with_an_error_where_the_server_answers_with_one() -> None:
    """redis-cli ends with 0 else, and a drill would take the refusal for done."""
    assert "#   promote: [redis-cli, -e, replicaof, 'no', one]" in drafted()


def test_tools_that_look_at_a_stack_are_no_hosts_of_it(tmp_path: Path) -> None:
    tools = {"stats": {"image": "oliver006/redis_exporter"}, "ui": {"image": "adminer", "ports": [8080]}}
    text = drafted({**PAIR["services"], **tools})
    assert "  # stats: left out, since it is a tool to look at others" in text
    assert [host.service for host in finished(tmp_path, text).hosts] == ["cache-1", "cache-2"]


def test_where_an_image_can_be_stood_in_for_that_is_offered() -> None:
    assert "# images: {'redis:8': debian_redis}" in drafted()
    assert "# images:" not in drafted({"a": {"image": "bitnami/redis:8"}})


@pytest.mark.parametrize(
    "compose", [{}, {"services": {}}, {"services": {"a": None, "b": []}}, {"name": "-./-"}]
)
def test_a_compose_file_that_says_little_makes_a_draft_all_the_same(compose: dict[str, Any]) -> None:
    assert "stack: my-stack" in draft(compose, compose_file="compose.yaml")
