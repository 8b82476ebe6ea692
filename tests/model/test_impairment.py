"""What is wrong with a link, in words."""

from __future__ import annotations

import pytest

from harness.model.fault import Impair, Link, describe
from harness.model.impairment import Bandwidth, Impairment, Reset, Slicing, SlowClose


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (Bandwidth(100), "bandwidth a→b (100KB/s)"),
        (Slicing(64, 0.001), "slicing a→b (64B, 1ms apart)"),
        (Reset(), "reset a→b"),
        (SlowClose(2.0), "slow_close a→b (2s)"),
    ],
)
def test_an_impairment_is_told_with_its_links_and_how_much(by: Impairment, says: str) -> None:
    assert describe(Impair((Link("a", "b"),), by)) == says
