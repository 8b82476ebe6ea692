"""How long bytes of slow links stayed in the hub, from counters whose truth is known."""

from __future__ import annotations

import random

import pytest

from harness.model.fault import Link, Slow
from harness.worlds.faults.answers import Followed, Passing
from harness.worlds.faults.delays import Delay, delays, most_s, told
from harness.worlds.links.proxy import Proxy

A_B = Proxy(name="a-b", source="a", destination="b", listen="a:7000", upstream="b:7000")
C_B = Proxy(name="c-b", source="c", destination="b", listen="c:7000", upstream="b:7000")
FORTH, BACK = Link("a", "b"), Link("b", "a")
LOOK_S = 0.002
SLOW = [Slow((FORTH, BACK), 0.05, 0.01)]


class Talk:
    """Connections through proxies, and what a look each 2 ms would have shown of them."""

    def __init__(self, looks: int = 200) -> None:
        self._looks = [(LOOK_S * at, LOOK_S * at + 0.0005) for at in range(looks)]
        self._legs: dict[tuple[str, str], tuple[list[tuple[float, int]], list[tuple[float, int]]]] = {}

    def connection(
        self, proxy: Proxy, name: str, forth: list[tuple[float, float]], back: list[tuple[float, float]]
    ) -> None:
        """forth, back: when each byte came to the hub, and when it left."""
        near, far = (proxy.listen, f"{proxy.source}:{name}"), (f"hub:{name}", proxy.upstream)
        self._legs[near] = (_steps(came for came, _ in forth), _steps(left for _, left in back))
        self._legs[far] = (_steps(came for came, _ in back), _steps(left for _, left in forth))

    def followed(self) -> Followed:
        rows, seen = [], dict[tuple[str, str], tuple[int, int]]()
        for before_s, after_s in self._looks:
            for (local, remote), (received, written) in self._legs.items():
                counts = _by(received, before_s), _by(written, before_s)
                if seen.get((local, remote)) != counts:
                    seen[local, remote] = counts
                    rows.append(
                        Passing(
                            before_s=before_s,
                            after_s=after_s,
                            local=local,
                            remote=remote,
                            received=counts[0],
                            written=counts[1],
                        )
                    )
        return Followed(tuple(self._looks), tuple(rows))


def _steps(times: object) -> list[tuple[float, int]]:
    return [(at, count + 1) for count, at in enumerate(sorted(times))]  # type: ignore[call-overload]


def _by(steps: list[tuple[float, int]], at_s: float) -> int:
    return max((count for at, count in steps if at <= at_s), default=0)


def late(came: list[float], delay_s: float) -> list[tuple[float, float]]:
    return [(at, at + delay_s) for at in came]


def test_every_delay_lies_in_its_interval() -> None:
    talk = Talk()
    talk.connection(A_B, "1", late([0.01, 0.1, 0.2], 0.051), late([0.05, 0.15], 0.043))
    found = delays((FORTH, BACK), [A_B], SLOW, talk.followed())
    assert len(found) == 5
    for one, truth_s in zip(found, (0.051, 0.051, 0.051, 0.043, 0.043), strict=True):
        assert one.low_s <= truth_s <= one.high_s <= one.low_s + 3 * LOOK_S
        assert one.least_s == pytest.approx(0.04)


def test_only_the_links_in_question_count() -> None:
    talk = Talk()
    talk.connection(A_B, "1", late([0.01, 0.1], 0.051), late([0.05, 0.15], 0.0))
    assert len(delays((FORTH,), [A_B], SLOW, talk.followed())) == 2


def test_bytes_that_came_before_the_watch_began_prove_nothing() -> None:
    talk = Talk()
    talk.connection(A_B, "1", [(-0.02, 0.03), (0.1, 0.15)], late([0.05], 0.05))
    assert len(delays((FORTH,), [A_B], SLOW, talk.followed())) == 1


def test_legs_that_cannot_be_told_apart_are_left_out() -> None:
    talk = Talk()
    for name, proxy in (("1", A_B), ("2", A_B), ("3", C_B)):
        talk.connection(proxy, name, late([0.01, 0.1], 0.05), late([0.05], 0.05))
    assert delays((FORTH, BACK), [A_B, C_B], SLOW, talk.followed()) == []


def test_those_of_links_that_are_not_slow_are_told_first() -> None:
    """All have said as much as each other: a byte that leaves late is of the slow one."""
    talk = Talk()
    talk.connection(A_B, "1", late([0.01, 0.1, 0.2], 0.05), late([0.05], 0.05))
    talk.connection(C_B, "2", late([0.01, 0.1, 0.2], 0.0), late([0.05], 0.0))
    assert len(delays((FORTH, BACK), [A_B, C_B], SLOW, talk.followed())) == 4


def test_in_random_talk_no_delay_is_ever_mistaken() -> None:
    """Other sources to the same place are as they please; what is told of the slow links is true."""
    for seed in range(200):
        draw, talk = random.Random(seed), Talk()
        for name in range(4):
            proxy, slow = (A_B, True) if name < 2 else (C_B, False)
            forth, back = (
                [(at, at + (draw.uniform(0.04, 0.06) if slow else draw.uniform(0, 0.001))) for at in came]
                for came in (sorted(draw.uniform(-0.1, 0.3) for _ in range(draw.randrange(12))),) * 2
            )
            in_order = [
                list(zip((c for c, _ in w), sorted(o for _, o in w), strict=True)) for w in (forth, back)
            ]
            talk.connection(proxy, f"{name}", *in_order)
        for one in delays((FORTH, BACK), [A_B, C_B], SLOW, talk.followed()):
            assert one.high_s >= 0.04 and one.low_s <= 0.06


def test_only_a_delay_whose_upper_end_is_too_short_is_a_proof() -> None:
    assert told([Delay(0.03, 0.045, 0.04)], 0.5) == "in 500 ms 1 pieces came and left 30.0 to 45.0 ms later"
    with pytest.raises(ValueError, match=r"1 of 2 pieces stayed too short, one of them 30\.0 ms at most"):
        told([Delay(0.03, 0.045, 0.04), Delay(0.01, 0.03, 0.04)], 0.5)


def test_delays_of_several_faults_add_up() -> None:
    assert most_s((FORTH, BACK), [*SLOW, Slow((BACK,), 0.1, 0.0)]) == pytest.approx(0.16)
