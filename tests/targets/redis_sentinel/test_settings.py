from __future__ import annotations

from typing import Any

import pytest

from harness.model.drill import Json
from harness.model.errors import DrillError
from targets.redis_sentinel.settings import plain, schema, settings_from, settings_of


def test_without_a_word_it_is_short_enough_for_drills() -> None:
    settings = settings_of({})
    assert (settings.nodes, settings.down_after_s, settings.failover_timeout_s) == (3, 1.0, 10.0)
    assert (settings.quorum, settings.min_replicas, settings.persistence) == (2, 0, "rdb")


def test_the_bound_is_down_after_a_ping_a_question_and_two_ticks() -> None:
    bound = settings_of({"down_after": "30s"}).detection
    assert bound.limit_s == pytest.approx(30 + 1 + 1 + 0.2)
    assert bound.formula == "down-after 30s + ping 1s + ask 1s + 2 ticks of 100ms"


def test_a_short_down_after_is_pinged_as_often() -> None:
    assert settings_of({"down_after": "500ms"}).detection.limit_s == pytest.approx(0.5 + 0.5 + 1 + 0.2)


def test_what_a_plan_carries_is_read_back() -> None:
    settings = settings_of({"nodes": 2, "min_replicas": 1, "persistence": "aof"})
    assert settings_from(plain(settings)) == settings
    with pytest.raises(DrillError, match="not settings of redis-sentinel"):
        settings_from({"nodes": "two"})


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ({"down_aftr": "1s"}, "down_aftr", "did you mean 'down_after'?"),
        ({"down_after": 1}, "down_after", "1 has no unit"),
        ({"down_after": "0s"}, "down_after", "write 1ms or more"),
        ({"quorum": 4}, "quorum", "no number from 1 to 3"),
        ({"quorum": True}, "quorum", "no number from 1 to 3"),
        ({"nodes": 1}, "nodes", "no number from 2 to 3"),
        ({"nodes": 2, "min_replicas": 2}, "min_replicas", "write at most 1"),
        ({"persistence": "rbd"}, "persistence", "did you mean 'rdb'?"),
        ({"persistence": 1}, "persistence", "there are rdb, aof, none"),
    ],
)
def test_a_wrong_word_is_told_with_its_fix(written: dict[str, Json], field: str, says: str) -> None:
    with pytest.raises(DrillError) as wrong:
        settings_of(written)
    assert wrong.value.field == field and says in wrong.value.problem


def test_the_schema_has_every_word_that_is_read() -> None:
    properties: Any = schema()["properties"]
    for word in properties:
        with pytest.raises(DrillError) as wrong:
            settings_of({word: None})
        assert wrong.value.field == word
