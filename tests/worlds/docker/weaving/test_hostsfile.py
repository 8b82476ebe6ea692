"""What hosts call each other, and where those names lead."""

from __future__ import annotations

import pytest

from harness.model.errors import DrillError
from harness.worlds.docker.weaving.dialect import Table, tables
from harness.worlds.docker.weaving.hostsfile import hosts_file, names
from tests.worlds.docker.examples import PATH, compose, host, placed, stack


def lines(of: str, written: Table) -> dict[str, str]:
    built, services = placed(stack()), tables(written["services"])
    named = names(built, services, path=PATH)
    return hosts_file(built.host(of), built, named, services[of])


def test_a_peers_name_leads_to_the_hub_on_the_own_network() -> None:
    assert lines("a", compose()) == {"b": "198.18.40.101"}
    assert lines("b", compose()) == {"a": "198.18.41.100"}


def test_everything_that_a_peer_is_called_leads_there() -> None:
    b: Table = {
        "hostname": "db-b",
        "container_name": "prod-db-b",
        "networks": {"default": {"aliases": ["replica"]}},
    }
    assert lines("a", compose(b=b)) == dict.fromkeys(["b", "db-b", "prod-db-b", "replica"], "198.18.40.101")


def test_a_host_may_be_called_otherwise_than_its_service() -> None:
    of = stack(host("east", 80, service="a"), host("west", 80, service="b"))
    built, services = placed(of), tables(compose()["services"])
    found = hosts_file(built.host("east"), built, names(built, services, path=PATH), services["a"])
    assert found == {"a": "198.18.40.10", "west": "198.18.40.101", "b": "198.18.40.101"}


def test_a_hosts_own_aliases_lead_to_itself_and_docker_writes_its_hostname() -> None:
    a: Table = {"hostname": "db-a", "networks": {"default": {"aliases": ["primary"]}}}
    found = lines("a", compose(a=a))
    assert found == {"a": "198.18.40.10", "primary": "198.18.40.10", "b": "198.18.40.101"}


def test_a_link_gives_its_name_to_that_service_alone() -> None:
    written = compose(a={"links": ["b:database"]})
    assert lines("a", written)["database"] == "198.18.40.101"
    assert "database" not in lines("b", written)


def test_the_mesh_wins_over_addresses_that_a_person_wrote_for_peers() -> None:
    found = lines("a", compose(a={"extra_hosts": ["b=172.28.0.3", "ldap=10.0.0.9"]}))
    assert found == {"b": "198.18.40.101", "ldap": "10.0.0.9"}


def test_a_name_of_two_hosts_is_refused() -> None:
    both: Table = {"networks": {"default": {"aliases": ["db"]}}}
    with pytest.raises(DrillError, match="both a and b are called 'db'"):
        lines("a", compose(a=both, b=both))
