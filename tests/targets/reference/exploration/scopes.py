"""The scopes that are searched to their end, each about something else, and what each defect shows in."""

from __future__ import annotations

from typing import Literal

from msgspec import structs

from targets.reference import defects
from targets.reference.settings import Detector, Replication, Settings
from tests.targets.reference.exploration.ballots import Bounds
from tests.targets.reference.exploration.scope import Scope


def _settings(
    *witnesses: str,
    nodes: tuple[str, ...] = ("a", "b"),
    sync_standbys: int = 0,
    replication: Replication = "sync",
    degrade_after_s: float = 1.0,
    fence: Literal["none", "device"] = "none",
    lease_s: float = 0.0,
) -> Settings:
    """Times whose sums are exact, so that states which differ by nothing else are the same. Push alone."""
    return Settings(
        nodes=nodes,
        witnesses=witnesses,
        sync_standbys=sync_standbys,
        replication=replication,
        degrade_after_s=degrade_after_s,
        fence=fence,
        lease_s=lease_s,
        detector=Detector(interval_s=0.5, timeout_s=0.5, threshold=1),
        heartbeats=("push",),
        canary_s=1000.0,
        clock_margin_s=0.0625,
        clock_rate_error=0.0,
    )


ONE, THREE = _settings("w1"), _settings("w1", "w2", "w3")
ONE_OF_TWO = _settings("w1", nodes=("a", "b", "c"), sync_standbys=1)
SEMI_SYNC = _settings("w1", replication="semi-sync", degrade_after_s=0.5)
SEMI_SYNC_SOON = _settings("w1", replication="semi-sync", degrade_after_s=0.25)

DIES = Scope(name="the primary dies", settings=ONE, lasts_s=2.0, crashes=1, restarts=1, may_crash=("a",))
HANDED_BACK = Scope(
    name="dies, handed back",
    settings=ONE,
    lasts_s=1.0,
    crashes=1,
    restarts=1,
    may_crash=("a",),
    fast_path=True,
)
WITNESS_DIES = Scope(
    name="the witness dies", settings=ONE, lasts_s=2.0, crashes=1, restarts=1, may_crash=("w1",)
)
STANDBY_DIES = Scope(
    name="the standby dies", settings=ONE, lasts_s=1.0, crashes=1, restarts=1, may_crash=("b",)
)
LOST = Scope(name="a message is lost", settings=ONE, lasts_s=2.0, drops=1)
HELD = Scope(name="a channel is held", settings=ONE, lasts_s=2.0, holds=1, channel=20)
SWITCHOVER = Scope(name="a switchover", settings=ONE, lasts_s=1.0, switchovers=1)
SWITCHOVER_LOST = Scope(
    name="a switchover, a message is lost", settings=ONE, lasts_s=1.0, switchovers=1, drops=1
)
DIES_LOST = Scope(
    name="dies, a message is lost",
    settings=ONE,
    lasts_s=1.5,
    crashes=1,
    restarts=1,
    drops=1,
    may_crash=("a",),
)
THREE_CALM = Scope(name="three witnesses, nothing fails", settings=THREE, lasts_s=1.0)
THREE_LOST = Scope(name="three witnesses, a message is lost", settings=THREE, lasts_s=1.0, drops=1)
# A failover among three witnesses, in all orders in which nobody is more than two messages behind.
THREE_DIES = Scope(
    name="three witnesses, the primary dies and returns",
    settings=THREE,
    lasts_s=0.4,
    writes=0,
    crashes=1,
    restarts=1,
    may_crash=("a",),
    fast_path=True,
    channel=2,
)
THREE_DIES_LOST = Scope(
    name="three witnesses, dies, a message is lost",
    settings=THREE,
    lasts_s=0.02,
    writes=0,
    crashes=1,
    drops=1,
    may_crash=("a",),
    fast_path=True,
    channel=2,
)
THREE_DIES_TWO_LOST = structs.replace(
    THREE_DIES_LOST, name="three witnesses, dies, two messages are lost", drops=2
)
# The write is under way, acknowledged or not there yet when the primary dies: what was acknowledged survives.
THREE_DIES_WRITTEN_TO = structs.replace(
    THREE_DIES_LOST, name="three witnesses, dies while it is written to", drops=0, writes=1, may_write=("a",)
)

# The standby leaves `eligible` while it is dead, and comes back.
DEGRADES = Scope(
    name="semi-sync, the standby dies and returns",
    settings=SEMI_SYNC,
    lasts_s=2.0,
    crashes=1,
    restarts=1,
    may_crash=("b",),
)
# It degrades, is written to and dies; who was left out returns first, and must not be taken.
DEGRADES_DIES = Scope(
    name="semi-sync, both die, one returns",
    settings=SEMI_SYNC_SOON,
    lasts_s=0.6,
    crashes=2,
    restarts=1,
    may_crash=("a", "b"),
    may_write=("a",),
    fast_path=True,
)
ONE_OF_TWO_DIES = Scope(
    name="one of two standbys is needed, the primary dies",
    settings=ONE_OF_TWO,
    lasts_s=1.0,
    crashes=1,
    may_crash=("a",),
    fast_path=True,
    channel=2,
)
ONE_OF_TWO_BOTH_DIE = Scope(
    name="one of two is needed, two die",
    settings=ONE_OF_TWO,
    lasts_s=1.0,
    epochs=3,
    crashes=2,
    may_crash=("a", "b"),
    fast_path=True,
    channel=2,
)

# The lease would last longer than the power.
FENCED = Scope(
    name="switched off, a message is lost",
    settings=_settings("w1", fence="device", lease_s=1.5),
    lasts_s=1.6,
    drops=1,
)

# Those that end within seconds, and all.
Any = Scope | Bounds
SHORT: list[Any] = [Bounds(ballots=1), WITNESS_DIES, STANDBY_DIES, THREE_CALM]
ALL: list[Any] = [
    *SHORT,
    Bounds(ballots=1, losses=1),
    Bounds(ballots=2),
    DIES,
    HANDED_BACK,
    LOST,
    DEGRADES,
    DEGRADES_DIES,
    FENCED,
    SWITCHOVER,
    HELD,
    DIES_LOST,
    SWITCHOVER_LOST,
    ONE_OF_TWO_DIES,
    ONE_OF_TWO_BOTH_DIE,
    THREE_LOST,
    THREE_DIES,
    THREE_DIES_LOST,
    THREE_DIES_WRITTEN_TO,
    THREE_DIES_TWO_LOST,
]

# A drill sees the others; these show in a scope so small. The first within a second or two each.
SEEN_SOON: dict[str, tuple[Any, str]] = {
    defects.NO_LEASE_CHECK: (LOST, "a and b can decide at once"),
    defects.READS_LOCAL_RECORDS: (DIES, "to a read"),
    defects.RESUMES_ITS_EPOCH: (DIES, "is the name of two records"),
    defects.GOES_ON_AFTER_HAND_BACK: (SWITCHOVER, "a and b can decide at once"),
    defects.PROMISES_PROVE: (Bounds(ballots=2, losses=1), "which nothing has chosen"),
    defects.ONE_ACCEPTED_IS_ENOUGH: (Bounds(ballots=2, losses=1), "which nothing has chosen"),
    defects.BALLOT_AGAIN: (Bounds(ballots=2), "is chosen after"),
}
SEEN_IN: dict[str, tuple[Any, str]] = {
    **SEEN_SOON,
    defects.OWN_FSYNC_NOT_AWAITED: (DIES, "was acknowledged"),
    defects.OFF_NOT_READ_BACK: (FENCED, "a and b can decide at once"),
    defects.ACK_BEFORE_REPLICATION: (DIES_LOST, "was acknowledged"),
}
# These take longer.
SEEN_LATE: dict[str, tuple[Any, str]] = {
    defects.DEGRADE_WITHOUT_THE_REGISTER: (DEGRADES_DIES, "was acknowledged"),
    defects.ONE_SEALED_IS_ENOUGH: (ONE_OF_TWO_BOTH_DIE, "was acknowledged"),
    defects.LAGGARDS_STAY_ELIGIBLE: (ONE_OF_TWO_BOTH_DIE, "was acknowledged"),
}
