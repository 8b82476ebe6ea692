"""What is reduced keeps its slack: it shows again, whatever the delays are."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import structs

from harness.model.drill import Drill
from harness.model.errors import DrillError
from harness.search.reduction import SEEDS, Slack
from tests.search.fields import drawn

DRILL = structs.replace(drawn(0).drill, seed=100)


class Shows:
    """Violates with these seeds alone, and remembers which were asked."""

    def __init__(self, seeds: Collection[int]) -> None:
        self.seeds, self.asked = seeds, list[int]()

    def __call__(self, drill: Drill) -> bool:
        assert drill.seed is not None
        self.asked.append(drill.seed)
        return drill.seed in self.seeds


def test_one_that_shows_with_another_seed_is_taken_with_that_seed() -> None:
    found = Slack(Shows({101}))(DRILL)
    assert found is not None and found.seed == 101


def test_what_shows_with_every_seed_is_not_exchanged_for_what_does_by_chance() -> None:
    shows = Shows(range(100, 100 + SEEDS))
    slack = Slack(shows)
    assert slack(DRILL) is not None and slack.needed == SEEDS
    shows.seeds = {100}
    assert slack(DRILL) is None
    shows.seeds = range(100, 100 + SEEDS)
    assert slack(DRILL) is not None


def test_what_cannot_reach_it_any_more_is_not_played_on() -> None:
    shows = Shows(range(100, 100 + SEEDS))
    slack = Slack(shows)
    slack(DRILL)
    shows.seeds, shows.asked = (), []
    assert slack(DRILL) is None and shows.asked == [100]


def test_what_nobody_can_play_is_no_candidate() -> None:
    def refuses(drill: Drill) -> bool:
        raise DrillError("there is no standby")

    assert Slack(refuses)(DRILL) is None
