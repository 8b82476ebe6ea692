"""In the mesh a host reaches its peers through the hub, and nothing else at all."""

from __future__ import annotations

import json
import socket
import urllib.request

import pytest

from tests.docker.inside import Inside

pytestmark = pytest.mark.docker


def hub_api(inside: Inside, path: str, change: dict[str, object]) -> None:
    ports = inside.container("fd-hub").attrs["NetworkSettings"]["Ports"]
    request = urllib.request.Request(
        f"http://127.0.0.1:{ports['8474/tcp'][0]['HostPort']}{path}",
        data=json.dumps(change).encode(),
        method="POST",
    )
    urllib.request.urlopen(request, timeout=5).close()


@pytest.mark.parametrize("name", ["b", "famous-b", "second"])
def test_a_peer_answers_by_every_name_that_it_had(inside: Inside, name: str) -> None:
    assert inside.connect("asker", name, 7000) == "said b hello"
    assert inside.connect("a", name, 7001) == "said b hello"


def test_a_host_is_called_as_its_file_says(inside: Inside) -> None:
    assert inside.connect("b", "echo-a", 7000) == "said echo-a hello"
    assert inside.connect("a", "echo-a", 7000) == "said echo-a hello"


def test_peers_are_reached_through_the_hub_alone(inside: Inside) -> None:
    link = "/proxies/asker-b-7000"
    hub_api(inside, link, {"enabled": False})
    try:
        assert inside.connect("asker", "b", 7000).startswith("ConnectionRefusedError")
        assert inside.connect("asker", "b", 7001) == "said b hello"
    finally:
        hub_api(inside, link, {"enabled": True})
    assert inside.connect("asker", "b", 7000) == "said b hello"


def test_a_direct_route_to_a_peer_is_dead(inside: Inside) -> None:
    assert inside.connect("a", inside.address("fd-sandbox-b", "b"), 7000).startswith("OSError 101")


def test_the_hubs_control_and_the_injector_answer_no_host(inside: Inside) -> None:
    beside, control = inside.address("fd-hub", "a"), inside.address("fd-hub", "fd-control")
    for port in (8474, 7400):
        assert inside.connect("a", beside, port).startswith("ConnectionRefusedError")
        assert inside.connect("a", control, port).startswith("OSError 101")


def test_what_listens_on_the_machine_answers_no_host(inside: Inside) -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:
        bridge = inside.address("fd-hub", "a").rpartition(".")[0] + ".1"
        assert inside.connect("a", bridge, listener.getsockname()[1]).startswith("OSError 113")


def test_an_unknown_name_fails_at_once(inside: Inside) -> None:
    assert inside.connect("a", "nobody.example", 80).startswith("gaierror")
    assert inside.run("a", "cat", "/etc/resolv.conf") == ""


def test_only_the_hub_is_published_and_only_on_loopback(inside: Inside) -> None:
    published = {
        (row["Labels"]["failover-drill.part"], port["IP"], port["PrivatePort"])
        for row in inside.containers()
        for port in row["Ports"]
        if "PublicPort" in port
    }
    assert published == {("hub", "127.0.0.1", 8474), ("hub", "127.0.0.1", 7400)}


def test_what_the_file_and_the_target_say_arrives_as_it_was_written(inside: Inside) -> None:
    environment = inside.environment("a")
    assert environment["GREETING"] == "costs 5$ at home"
    assert environment["SETTINGS"] == '{"price": "5$"}'
    assert environment["FROM_FILE"] == "926073e1"
    assert inside.run("a", "cat", "/run/secrets/key") == "open sesame\n"


def test_a_service_of_a_profile_that_nobody_chose_stays_away(inside: Inside) -> None:
    assert "tools" not in inside.woven["services"]


def test_volumes_are_the_runs_own_and_who_shares_one_still_does(inside: Inside) -> None:
    inside.run("a", "sh", "-c", "echo mine > /state/note")
    assert inside.run("b", "cat", "/state/note") == "mine\n"
    mounts = {mount["Destination"]: mount for mount in inside.container("a").attrs["Mounts"]}
    assert mounts["/state"]["Name"] == f"{inside.project}_state"
    assert mounts["/scratch"]["Type"] == "volume"
