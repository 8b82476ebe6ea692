"""A run lies where nobody else is."""

from __future__ import annotations

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from harness.worlds.docker.weaving.blocks import RANGE, free_blocks


def test_an_empty_range_is_free_from_its_first_address_on() -> None:
    free = free_blocks([], networks=9)
    assert str(free[0]) == "198.18.0.0"
    assert len(free) == 256 // 9


def test_runs_of_one_size_fill_the_range_without_gaps() -> None:
    taken: list[str] = []
    for _ in range(256 // 9):
        start = free_blocks(taken, networks=9)[-1]
        taken += [f"{start + 256 * index}/24" for index in range(9)]
    assert free_blocks(taken, networks=9) == ()


def test_a_gap_that_is_not_aligned_is_taken_when_nothing_else_is_left() -> None:
    taken = ["198.18.0.0/17", "198.18.128.0/24", "198.18.132.0/22", "198.18.136.0/21", "198.18.144.0/20"]
    taken += ["198.18.160.0/19", "198.18.192.0/18"]
    assert [str(block) for block in free_blocks(taken, networks=3)] == ["198.18.129.0"]


def test_what_is_no_ipv4_network_is_ignored() -> None:
    assert len(free_blocks(["", "fd00::/64", "10.0.0.0/8"], networks=256)) == 1


@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(16, 30)), max_size=30),
    st.integers(1, 30),
)
def test_a_free_block_overlaps_nothing_that_is_taken(places: list[tuple[int, int]], networks: int) -> None:
    taken = [
        str(IPv4Network((int(RANGE.network_address) + 256 * slot, size), strict=False))
        for slot, size in places
    ]
    for block in free_blocks(taken, networks=networks):
        ours = [IPv4Network((int(block) + 256 * index, 24)) for index in range(networks)]
        assert all(network.subnet_of(RANGE) for network in ours)
        assert not any(network.overlaps(IPv4Network(text)) for network in ours for text in taken)
