"""From one stand to another: the requests, their order, and what Toxiproxy says of itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.drill import Json
from harness.worlds.links.changes import Request, changes, left_by, settled, stand_of
from harness.worlds.links.wanted import Stand, Toxic, wanted
from tests.worlds.links.examples import asked, faults, proxy

DROP = Toxic("upstream", "timeout", (("timeout", 0),))
SLOW = Toxic("upstream", "latency", (("jitter", 5), ("latency", 50)))
AT_REST = Toxic("upstream", "latency", (("jitter", 0), ("latency", 0)))

standing = st.lists(faults, max_size=4).map(lambda some: wanted([proxy("a", "b")], some)["a-b-1"])


def said(now: Stand, then: Stand, *, closing: bool = False) -> list[str]:
    return [f"{r.method} {r.path} {r.body}".strip() for r in changes("p", now, then, closing=closing)]


@given(standing, standing, st.booleans())
def test_the_requests_lead_to_what_was_asked_for_and_back(now: Stand, then: Stand, closing: bool) -> None:
    there = asked(now, changes("p", now, then, closing=closing))
    assert (settled(there), there) == (then, left_by(now, then))
    back = asked(there, changes("p", there, now, closing=closing))
    assert settled(back) == now


@given(standing)
def test_nothing_is_sent_where_nothing_changes(stand: Stand) -> None:
    assert changes("p", stand, stand, closing=True) == ()


def test_a_latency_is_never_removed_but_set_to_rest_and_woken() -> None:
    assert said(Stand(True, (SLOW,)), Stand()) == [
        'PATCH /proxies/p/toxics/latency_upstream {"attributes": {"jitter": 0, "latency": 0}}'
    ]
    assert said(Stand(True, (AT_REST,)), Stand()) == []
    assert said(Stand(True, (AT_REST,)), Stand(True, (SLOW,))) == [
        'PATCH /proxies/p/toxics/latency_upstream {"attributes": {"jitter": 5, "latency": 50}}'
    ]


STALL = Toxic("upstream", "bandwidth", (("rate", 0),))
NARROW = Toxic("upstream", "bandwidth", (("rate", 20),))
NUDGED = ['PATCH /proxies/p/toxics/bandwidth_upstream {"attributes": {"rate": 0}}', "GET /proxies/p"]


def test_a_stall_is_nudged_until_toxiproxy_has_seen_who_is_gone_and_then_removed() -> None:
    removed = [*NUDGED, *NUDGED, "DELETE /proxies/p/toxics/bandwidth_upstream"]
    assert said(Stand(True, (STALL,)), Stand()) == removed


def test_a_rate_shrinks_in_place_and_never_grows_there() -> None:
    assert said(Stand(True, (NARROW,)), Stand(True, (STALL,))) == NUDGED[:1]
    *removed, added = said(Stand(True, (STALL,)), Stand(True, (NARROW,)))
    assert removed == said(Stand(True, (STALL,)), Stand())
    assert added.startswith("POST /proxies/p/toxics ")


def test_a_proxy_is_disabled_before_its_toxics_change_and_enabled_after() -> None:
    off, on = 'PATCH /proxies/p {"enabled": false}', 'PATCH /proxies/p {"enabled": true}'
    assert said(Stand(True, (DROP,)), Stand(False)) == [off, "DELETE /proxies/p/toxics/timeout_upstream"]
    assert said(Stand(False, (DROP,)), Stand()) == ["DELETE /proxies/p/toxics/timeout_upstream", on]


def test_a_full_proxy_is_closed_around_a_change_of_toxics_and_only_then() -> None:
    off, on = 'PATCH /proxies/p {"enabled": false}', 'PATCH /proxies/p {"enabled": true}'
    first, *_, last = said(Stand(), Stand(True, (DROP,)), closing=True)
    assert (first, last) == (off, on)
    assert said(Stand(), Stand(False), closing=True) == [off]


def test_a_toxic_is_sent_whole_and_for_every_connection() -> None:
    (request,) = changes("p", Stand(), Stand(True, (DROP,)))
    assert (request.method, request.path) == ("POST", "/proxies/p/toxics")
    assert json.loads(request.body) == {
        "name": "timeout_upstream",
        "type": "timeout",
        "stream": "upstream",
        "toxicity": 1.0,
        "attributes": {"timeout": 0},
    }


def test_what_somebody_else_added_is_taken_away() -> None:
    foreign = Toxic("downstream", "slow_close", (("delay", 9),))
    assert changes("p", Stand(True, (foreign,)), Stand()) == (
        Request("DELETE", "/proxies/p/toxics/slow_close_downstream"),
    )


def test_a_stand_is_read_from_what_toxiproxy_says() -> None:
    answer: Json = {
        "name": "p",
        "enabled": False,
        "toxics": [
            {"type": "timeout", "stream": "upstream", "toxicity": 1, "attributes": {"timeout": 0}},
        ],
    }
    assert stand_of(answer) == Stand(False, (DROP,))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"enabled": True},
        {"enabled": 1, "toxics": []},
        {"enabled": True, "toxics": [{"type": "timeout"}]},
        {"enabled": True, "toxics": [{"type": "timeout", "stream": "sideways", "attributes": {}}]},
    ],
)
def test_nonsense_is_no_stand(answer: Json) -> None:
    with pytest.raises(ValueError, match="not a"):
        stand_of(answer)
