from __future__ import annotations

import pytest

from targets.redis_sentinel.sayings import naming, saying

MASTER = {
    "name": "mymaster",
    "ip": "r1",
    "flags": "master",
    "num-slaves": "2",
    "num-other-sentinels": "2",
    "config-epoch": "0",
}


def words(**changes: str) -> list[str]:
    """As Sentinel answers: name after value."""
    fields = MASTER | {name.replace("_", "-"): value for name, value in changes.items()}
    return [word for pair in fields.items() for word in pair]


def test_an_epoch_of_ours_is_theirs_and_one_more() -> None:
    said = naming(["r1", "6379"], words())
    assert (said.primary, said.epoch, said.sentinels, said.replicas) == ("r1", 1, 2, 2)
    assert said.primary_is_well


def test_during_a_failover_the_address_counts_and_not_the_old_name() -> None:
    """Sentinel names the promoted one by its address first, and already under the new epoch."""
    said = naming(["r2", "6379"], words(config_epoch="3", flags="master,failover_in_progress"))
    assert (said.primary, said.epoch, said.primary_is_well) == ("r2", 4, False)


def test_a_sentinel_that_names_nobody_says_nothing() -> None:
    with pytest.raises(ValueError, match="names nobody"):
        naming(None, words())


@pytest.mark.parametrize(
    ("channel", "text", "phase", "subject", "of"),
    [
        ("+sdown", "master mymaster r1 6379", "suspected", "r1", "ending"),
        ("+odown", "master mymaster r1 6379 #quorum 2/2", "decided", "r1", "ending"),
        ("+elected-leader", "master mymaster r1 6379", "elected", "r1", "ending"),
        ("+promoted-slave", "slave r2:6379 r2 6379 @ mymaster r1 6379", "promoted", "r2", "new"),
        ("+switch-master", "mymaster r1 6379 r2 6379", "redirected", "r2", "new"),
    ],
)
def test_what_a_sentinel_publishes_is_a_phase(
    channel: str, text: str, phase: str, subject: str, of: str
) -> None:
    said = saying(channel, text)
    assert said is not None
    assert (said.phase, said.subject, said.of, said.detail) == (phase, subject, of, f"{channel} {text}")


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("+sdown", "slave r2:6379 r2 6379 @ mymaster r1 6379"),
        ("+sdown", "sentinel 5c s2 26379 @ mymaster r1 6379"),
        ("+sdown", "master another r9 6379"),
        ("-sdown", "master mymaster r1 6379"),
        ("+vote-for-leader", "5c 1"),
        ("+new-epoch", "1"),
        ("+switch-master", "another r8 6379 r9 6379"),
        ("+sdown", ""),
    ],
)
def test_of_a_replica_of_a_sentinel_or_of_another_master_it_is_none(channel: str, text: str) -> None:
    assert saying(channel, text) is None
