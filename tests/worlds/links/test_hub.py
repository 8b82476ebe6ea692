"""The hub against a Toxiproxy that misbehaves: every failure is told, none hangs.

A real one is in tests/docker."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from harness.model.errors import WorldError
from harness.model.fault import Cut, Slow
from harness.worlds.links import hub as hub_module
from harness.worlds.links import server as server_module
from harness.worlds.links.hub import Hub
from harness.worlds.links.proxy import Proxy
from harness.worlds.links.wanted import Stand, Toxic, wanted
from tests.worlds.links.examples import ALL_LINKS, PROXIES
from tests.worlds.links.toxiproxydouble import ToxiproxyDouble, served

DROPPED = wanted(PROXIES, [Cut(ALL_LINKS, "drop")])
OPEN = wanted(PROXIES, [])
NAME = PROXIES[0].name


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what never answers; still far more than an answer takes."""
    monkeypatch.setattr(hub_module, "_CHANGE_LIMIT_S", 0.5)
    monkeypatch.setattr(hub_module, "_START_LIMIT_S", 0.2)
    monkeypatch.setattr(server_module, "CALL_LIMIT_S", 0.5)


@pytest.fixture
def toxiproxy() -> ToxiproxyDouble:
    return ToxiproxyDouble()


@pytest.fixture
def hub(toxiproxy: ToxiproxyDouble) -> Iterator[Hub]:
    with served(toxiproxy) as port:
        made = Hub("127.0.0.1", port)
        made.create(PROXIES)
        yield made


def test_links_are_cut_all_at_once_read_back_and_healed(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    change = hub.apply(DROPPED)
    hub.read(DROPPED)
    assert 0 <= change.after_s - change.before_s < 5
    assert change.before_s <= time.monotonic()
    assert all(len(proxy["toxics"]) == 2 for proxy in toxiproxy.proxies.values())
    hub.apply(OPEN)
    hub.read(OPEN)
    assert all(proxy["toxics"] == [] for proxy in toxiproxy.proxies.values())


def test_nothing_is_sent_where_nothing_changes(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    toxiproxy.asked.clear()
    assert hub.apply(OPEN).notes == ()
    assert toxiproxy.asked == []


def test_all_are_created_in_one_call_without_a_listing_for_each(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    assert toxiproxy.asked == ["GET /proxies", "POST /populate", "GET /proxies"]


def test_a_slowed_link_that_was_healed_can_be_slowed_again(hub: Hub) -> None:
    slowed = wanted(PROXIES, [Slow(ALL_LINKS, 0.1, 0.0)])
    for stands in (slowed, OPEN, slowed, OPEN):
        hub.apply(stands)
        hub.read(stands)


def test_full_proxies_are_closed_around_the_change_and_named(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    toxiproxy.asked.clear()
    assert hub.toxics_differ(DROPPED) == set(DROPPED)
    change = hub.apply({NAME: DROPPED[NAME]}, closing={NAME})
    assert toxiproxy.asked == [
        f"PATCH /proxies/{NAME}",
        f"POST /proxies/{NAME}/toxics",
        f"POST /proxies/{NAME}/toxics",
        f"PATCH /proxies/{NAME}",
    ]
    assert change.notes == (
        f"{NAME}: a reader took nothing and its stream was full, so its connections were closed",
    )


def test_a_proxy_that_hangs_is_made_anew_and_told_and_the_others_are_changed(
    hub: Hub, toxiproxy: ToxiproxyDouble, impatient: None
) -> None:
    toxiproxy.hangs = {NAME}
    change = hub.apply(DROPPED)
    hub.read(DROPPED)
    assert change.notes == (f"Toxiproxy hung on {NAME}; it was made anew, and its connections were closed",)
    assert toxiproxy.asked.count(f"DELETE /proxies/{NAME}") == 1
    assert sum(line.startswith("DELETE") for line in toxiproxy.asked) == 1


def test_what_is_only_late_is_waited_for_and_not_made_anew(
    hub: Hub, toxiproxy: ToxiproxyDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_CHANGE_LIMIT_S", 0.1)
    monkeypatch.setattr(hub_module, "_LATE_LIMIT_S", 0.5)
    toxiproxy.late_s = {NAME: 0.3}
    assert hub.apply(DROPPED).notes == ()
    hub.read(DROPPED)
    assert not [line for line in toxiproxy.asked if line.startswith("DELETE")]


def test_so_many_that_hang_still_leave_the_others_their_turn(
    hub: Hub, toxiproxy: ToxiproxyDouble, impatient: None
) -> None:
    toxiproxy.hangs = {proxy.name for proxy in PROXIES[:4]}
    assert len(hub.apply(DROPPED).notes) == 4
    hub.read(DROPPED)


def test_a_server_error_is_told_and_not_taken_for_success(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    # As for an address that another holds: the client library would go on as if it had worked.
    toxiproxy.ruined[f"/proxies/{NAME}"] = (500, '{"error": "bind: address already in use"}')
    with pytest.raises(WorldError, match=rf"{NAME}.*500.*address already in use"):
        hub.apply({NAME: Stand(False)})


def test_after_a_refusal_the_truth_is_read_before_the_next_change(
    hub: Hub, toxiproxy: ToxiproxyDouble
) -> None:
    toxiproxy.ruined[f"/proxies/{NAME}/toxics"] = (500, "")
    with pytest.raises(WorldError):
        hub.apply(DROPPED)
    toxiproxy.ruined.clear()
    hub.apply(DROPPED)
    hub.read(DROPPED)


def test_a_change_that_was_ignored_is_found_when_it_is_read_back(
    hub: Hub, toxiproxy: ToxiproxyDouble
) -> None:
    toxiproxy.deaf = {NAME}
    hub.apply(DROPPED)
    with pytest.raises(
        WorldError, match=rf"1 of .* {NAME} Toxiproxy says listening instead of listening, timeout"
    ):
        hub.read(DROPPED)


def test_a_link_that_vanished_is_told(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    del toxiproxy.proxies[NAME]
    with pytest.raises(WorldError, match="lost a link"):
        hub.read(OPEN)


def test_a_toxic_that_is_none_of_ours_is_found(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    foreign = {"name": "x", "type": "slicer", "stream": "upstream", "attributes": {"delay": 1}}
    toxiproxy.proxies[NAME]["toxics"].append(foreign)
    with pytest.raises(WorldError, match="slicer_upstream delay=1"):
        hub.read(OPEN)


def test_links_that_cannot_be_created_are_told(toxiproxy: ToxiproxyDouble) -> None:
    toxiproxy.ruined["/populate"] = (500, "cannot assign requested address")
    with served(toxiproxy) as port, pytest.raises(WorldError, match="500: cannot assign requested address"):
        Hub("127.0.0.1", port).create(PROXIES)


def test_links_at_other_addresses_than_asked_for_are_told(toxiproxy: ToxiproxyDouble) -> None:
    first = PROXIES[0]
    taken = {"name": NAME, "listen": "elsewhere:1", "upstream": first.upstream, "enabled": True, "toxics": []}
    toxiproxy.proxies[NAME] = taken
    with served(toxiproxy) as port, pytest.raises(WorldError, match=rf"{NAME} was not made as asked"):
        Hub("127.0.0.1", port).create(PROXIES)


def test_a_start_waits_until_toxiproxy_answers(
    toxiproxy: ToxiproxyDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "CALL_LIMIT_S", 0.3)
    toxiproxy.hangs = {"somebody"}
    with served(toxiproxy) as port:
        timer = threading.Timer(0.1, toxiproxy.hangs.clear)
        timer.start()
        Hub("127.0.0.1", port).create(PROXIES)
        timer.join()


def test_a_hub_that_never_answers_is_told_with_its_address(impatient: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(WorldError, match=rf"127.0.0.1:{port} did not answer"):
            Hub("127.0.0.1", port).create([])
    with pytest.raises(WorldError, match="did not answer"):
        Hub("127.0.0.1", port).create([])


def test_a_proxy_of_the_environment_is_never_asked(
    toxiproxy: ToxiproxyDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with served(toxiproxy) as port:
        Hub("127.0.0.1", port).create(PROXIES)


def test_two_hubs_in_one_process_are_two(toxiproxy: ToxiproxyDouble, hub: Hub) -> None:
    other = ToxiproxyDouble()
    with served(other) as port:
        second = Hub("127.0.0.1", port)
        second.create([_elsewhere(PROXIES[0])])
        hub.read(OPEN)
    assert list(other.proxies) == ["elsewhere"]


def _elsewhere(proxy: Proxy) -> Proxy:
    return Proxy(
        name="elsewhere",
        source=proxy.source,
        destination=proxy.destination,
        listen=proxy.listen,
        upstream=proxy.upstream,
    )


def test_nothing_unchecked_leaves_the_hub(hub: Hub, toxiproxy: ToxiproxyDouble) -> None:
    toxiproxy.asked.clear()
    with pytest.raises(WorldError, match="rate is -1"):
        hub.apply({NAME: Stand(True, (Toxic("upstream", "bandwidth", (("rate", -1),)),))})
    assert toxiproxy.asked == []
