from __future__ import annotations

import pytest

from harness.model.errors import WorldError
from targets.reference.metrics.exposition import Histogram, text
from targets.reference.metrics.families import FSYNC_BOUNDS_S
from tests.bench.containers.stack import commits_in


def test_group_commits_are_counted_by_the_nodes_own_metrics() -> None:
    fsync = Histogram(FSYNC_BOUNDS_S)
    fsync.observe(0.002)
    fsync.observe(0.004)
    assert commits_in(text([fsync.family("failover_fsync_seconds", "Time of a group commit")])) == 2


def test_metrics_without_commits_are_refused_with_the_fix() -> None:
    with pytest.raises(WorldError, match="failover-drill setup"):
        commits_in("failover_epoch 1\n")
