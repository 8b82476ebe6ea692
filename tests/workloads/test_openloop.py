"""The open loop's schedule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.model.command import StartLoad
from harness.workloads.openloop import KEYS, lanes


def load(
    *, client: str = "client1", writers: int = 4, readers: int = 2, rate_per_s: float = 50.0
) -> StartLoad:
    return StartLoad(
        trial=1,
        client=client,
        address="router",
        value_prefix="t1",
        writers=writers,
        rate_per_s=rate_per_s,
        readers=readers,
        read_rate_per_s=rate_per_s,
        timeout_s=1.0,
    )


def test_a_value_is_written_once_by_all_clients_together() -> None:
    values = [
        lane.operation(n).value
        for client in ("client1", "client2")
        for lane in lanes(load(client=client), start_s=0.0)
        for n in range(100)
        if lane.kind == "write"
    ]
    assert len(values) == len(set(values)) == 2 * 4 * 100
    assert "t1.client2.3.99" in values


def test_clients_share_their_keys() -> None:
    def keys(client: str) -> set[str]:
        return {
            lane.operation(n).key for lane in lanes(load(client=client), start_s=0.0) for n in range(KEYS)
        }

    assert keys("client1") == keys("client2") == {f"k{number}" for number in range(KEYS)}


@given(st.integers(1, 8), st.floats(1, 500), st.integers(0, 1000))
def test_a_lane_keeps_its_rate_and_its_phase(writers: int, rate_per_s: float, n: int) -> None:
    own = [
        lane
        for lane in lanes(load(writers=writers, rate_per_s=rate_per_s), start_s=5.0)
        if lane.kind == "write"
    ]
    for index, lane in enumerate(own):
        expected_s = 5.0 + (n + index / writers) / rate_per_s
        assert abs(lane.operation(n).due_s - expected_s) < 1e-9


def test_no_rate_is_no_lane() -> None:
    assert lanes(load(rate_per_s=0.0), start_s=0.0) == ()
