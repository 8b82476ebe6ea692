"""What the words for replication say, in which mode, and what they cannot mean. Their place among all words
is test_written's; what is unsafe is test_unsafe's.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.model.drill import Json
from harness.model.errors import DrillError
from targets.reference import replicationwords
from targets.reference.settings import LagAlert, Settings


def read(word: str, written: Json) -> Any:
    _, reader = replicationwords.words()[word]
    return reader(word, written)


def said(**values: Any) -> dict[str, Json]:
    return replicationwords.said(msgspec.to_builtins(Settings(**values)))


def test_a_number_of_nodes_names_them_in_order() -> None:
    assert read("nodes", 3) == ["n1", "n2", "n3"]


@pytest.mark.parametrize("written", [0, 1, 6, True, "three", [1, 2]])
def test_what_is_no_number_of_nodes_is_refused_with_the_numbers_that_are(written: Json) -> None:
    with pytest.raises(DrillError, match="write 2 to 5"):
        read("nodes", written)


def test_a_threshold_of_lag_is_read_with_its_units() -> None:
    written = read("lag_alert", {"positions": 1000, "seconds": "5s"})
    assert msgspec.convert(written, LagAlert) == LagAlert(positions=1000, seconds_s=5.0)


def test_a_threshold_that_is_no_block_is_shown_one() -> None:
    with pytest.raises(DrillError, match=r"write a block: \{positions"):
        read("lag_alert", "5s")


@pytest.mark.parametrize("written", ["https://h/x", "h:80/x", "http:///x", 5, ""])
def test_alerts_go_to_an_http_address_and_to_nothing_else(written: Json) -> None:
    with pytest.raises(DrillError, match="write http://host:port/path"):
        read("webhook", written)


@pytest.mark.parametrize(
    ("word", "mode", "heeded_in"),
    [
        ("max_lag", "sync", "async"),
        ("degrade_after", "sync", "semi-sync"),
        ("dead_standby", "semi-sync", "sync"),
        ("sync_standbys", "async", "sync and semi-sync"),
    ],
)
def test_a_word_that_the_mode_does_not_heed_is_refused_with_those_that_do(
    word: str, mode: Any, heeded_in: str
) -> None:
    with pytest.raises(DrillError, match=f"it is of {heeded_in};"):
        replicationwords.astray({word: 1}, Settings(replication=mode))


def test_a_word_in_its_own_mode_is_no_problem() -> None:
    replicationwords.astray({"max_lag": 5}, Settings(replication="async"))
    replicationwords.astray({"nodes": 3, "standby": "warm"}, Settings(replication="async"))


def test_a_plan_shows_what_the_mode_heeds_and_no_limit_that_is_none() -> None:
    assert said(replication="async", max_lag=7)["max_lag"] == 7
    assert "max_lag" not in said(replication="sync", max_lag=7)
    assert "min_standbys" not in said(replication="sync", min_standbys=0)
    assert said(replication="sync", min_standbys=1)["min_standbys"] == 1


def test_a_plan_shows_a_temperature_and_a_webhook_only_where_they_are_not_as_always() -> None:
    assert {"standby", "webhook"} & said().keys() == set()
    assert (
        said(standby="warm", webhook="http://h/x").items()
        >= {"standby": "warm", "webhook": "http://h/x"}.items()
    )


def test_more_standbys_than_there_are_cannot_be_asked_for() -> None:
    problems = dict(replicationwords.too_few(Settings(sync_standbys=2, min_standbys=2)))
    assert problems.keys() == {"sync_standbys", "min_standbys"}
    assert all("write at most 1, or give it more nodes" in reason for reason in problems.values())
    assert not [*replicationwords.too_few(Settings(nodes=("n1", "n2", "n3"), sync_standbys=2))]


def test_a_standby_that_is_not_waited_for_at_all_is_another_mode() -> None:
    assert dict(replicationwords.too_few(Settings(degrade_after_s=0.0))).keys() == {"degrade_after"}


def test_every_word_has_its_schema() -> None:
    assert replicationwords.schema().keys() == replicationwords.words().keys()
