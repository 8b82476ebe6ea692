from __future__ import annotations

import pytest

from targets.redis_sentinel.replication import NO_ID, replication_of
from tests.targets.redis_sentinel.said import history

MASTER = f"""# Replication\r
role:master\r
connected_slaves:3\r
slave0:ip=r3,port=6379,state=online,offset=2380,lag=0\r
slave1:ip=r2,port=6379,state=online,offset=2380,lag=1\r
slave2:ip=r4,port=6379,state=wait_bgsave,offset=0,lag=0\r
master_failover_state:no-failover\r
master_replid:{history("b")}\r
master_replid2:{history("a")}\r
second_repl_offset:1044\r
"""
REPLICA = f"""role:slave\r
master_host:r1\r
master_link_status:{{link}}\r
master_replid:{history("b")}\r
master_replid2:{NO_ID}\r
"""


def test_a_primary_says_which_history_it_writes_and_who_follows_it() -> None:
    said = replication_of(MASTER)
    assert (said.is_master, said.replid, said.before) == (True, history("b"), history("a"))
    assert said.online == ("r2", "r3")


def test_one_whose_copy_is_still_made_does_not_follow_yet() -> None:
    assert "r4" not in replication_of(MASTER).online


@pytest.mark.parametrize(("link", "in_touch"), [("up", True), ("down", False)])
def test_a_replica_says_whether_it_has_its_primary(link: str, in_touch: bool) -> None:
    said = replication_of(REPLICA.format(link=link))
    assert (said.is_master, said.in_touch, said.before) == (False, in_touch, NO_ID)


@pytest.mark.parametrize("text", ["", "redis_version:8.0.2\r\n", "role:master\r\n"])
def test_what_is_no_such_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no INFO"):
        replication_of(text)
