"""Which drills of the catalogue have to find which defect, and where one cannot show.

A drill is named where the defect breaks what it expects, or an invariant that the simulator watches. What a
world cannot do at all, like stopping at a moment inside a process, the planner says itself.
"""

from __future__ import annotations

from harness.model.proof import Proof
from targets.reference import defects as d

# What only a model of the truth sees, and containers have none.
_ONLY_SEEN_FROM_INSIDE = {"docker": "only the simulator's invariants see it: clients do not"}
_TOO_SHORT = {"docker": "it serves longer by less than a promotion takes there: clients see nothing"}
# The stacks in which some rule matters at all.
_FENCED = {"fence": ("device",)}
_SEMI_SYNC = {"replication": ("semi-sync",)}
_AWAITS_STANDBYS = {"replication": ("sync", "semi-sync")}
_ONE_OF_MANY = {"nodes": (3, 4, 5), "sync_standbys": (1,)}
_RARE = {"docker": "it takes more trials than containers have time for"}

PROOFS: dict[str, Proof] = {
    # --- leases and detection
    d.NO_LEASE_CHECK: Proof(drills=("isolate-primary", "pause-primary", "isolate-primary-async")),
    d.LEASE_FROM_ANSWER: Proof(drills=("late-answers",)),
    d.LEASE_BY_ONE_WITNESS: Proof(drills=("with-a-minority",)),
    d.LEASE_FROM_NEWEST_SEND: Proof(drills=("late-answers",), not_in=_TOO_SHORT),
    d.GRANTS_AFTER_A_RESTART: Proof(drills=("impatient-witnesses",)),
    d.EPOCH_IN_MEMORY: Proof(drills=("cold-start",)),
    d.HAND_BACK_UNBOUND: Proof(drills=("late-hand-back",)),
    d.GOES_ON_AFTER_HAND_BACK: Proof(drills=("switchover-in-vain",)),
    d.STOPPED_IS_DEAD: Proof(drills=("stutter",)),
    d.LONE_WITNESS_DECIDES: Proof(drills=("blind-witness",)),
    d.TRIGGER_HAPPY: Proof(drills=("jitter-below-timeout",), breaks="liveness"),
    d.TWICE_TOO_SLOW: Proof(drills=("isolate-primary-push",), breaks="liveness"),
    d.TCP_ONLY: Proof(drills=("primary-hangs",), breaks="liveness"),
    d.BEAT_STARTS_CLOCK: Proof(drills=("stillborn-primary",), breaks="liveness"),
    d.BUSINESS_IGNORED: Proof(drills=("stalled-disk",), breaks="liveness"),
    d.VOTE_NEVER_LAPSES: Proof(drills=("blind-in-turn",), breaks="liveness"),
    # --- the register
    d.WITNESS_FORGETS: Proof(drills=("restart-witnesses",)),
    d.COMES_BACK_EMPTY: Proof(drills=("forgetful-witness",)),
    d.COPIES_FROM_ONE: Proof(drills=("forgetful-witness",)),
    # Who sleeps for longer than the lease must be awake again before its attempt is given up.
    d.REGISTER_OUTRUNS_LEASE: Proof(
        drills=("sleeping-coordinator",), needs={"lease": (None, "250ms")}, not_in=_ONLY_SEEN_FROM_INSIDE
    ),
    d.ONE_ACCEPTED_IS_ENOUGH: Proof(drills=("restart-primary",), not_in=_ONLY_SEEN_FROM_INSIDE),
    d.BALLOT_AGAIN: Proof(drills=("longest-log", "switchover-stillborn"), not_in=_ONLY_SEEN_FROM_INSIDE),
    d.PROMISES_PROVE: Proof(drills=("half-a-change",)),
    # --- acknowledgement, logs, reads
    d.ACK_BEFORE_REPLICATION: Proof(drills=("isolate-primary", "double-failover")),
    d.OWN_FSYNC_NOT_AWAITED: Proof(drills=("restart-primary",), not_in=_RARE),
    d.STANDBY_ANSWERS_EARLY: Proof(drills=("power-cut",), not_in=_RARE),
    d.ANSWER_WITHOUT_EPOCH: Proof(drills=("late-fsync",), needs=_AWAITS_STANDBYS),
    d.OLDER_EPOCH_ACCEPTED: Proof(drills=("promotion-in-vain",)),
    d.POSITIONS_WITHOUT_EPOCHS: Proof(drills=("double-failover",)),
    d.REJOIN_WITHOUT_TRUNCATION: Proof(drills=("double-failover",), breaks="liveness"),
    d.READS_LOCAL_RECORDS: Proof(drills=("double-failover",)),
    d.UNKNOWN_TOLD_AS_FAILED: Proof(drills=("lost-answers",)),
    d.LOST_STORE_SAME_NAME: Proof(drills=("lost-disk",)),
    d.TAIL_THROWN_AWAY: Proof(drills=("isolate-primary-async",), not_in=_ONLY_SEEN_FROM_INSIDE),
    # --- cold standbys
    d.COLD_COUNTS: Proof(drills=("cold-beside-hot",)),
    d.COLD_WITHOUT_ITS_LOG: Proof(drills=("cold-failover",)),
    # --- promotion, start, switchover
    d.ELIGIBLE_FOR_EVER: Proof(drills=("standby-behind",)),
    d.OUSTED_STAYS_ELIGIBLE: Proof(drills=("stale-router",), breaks="liveness"),
    d.GIVEN_UP_PROMOTION_BLOCKS: Proof(drills=("promotion-in-vain",), breaks="liveness"),
    d.RESUMES_ITS_EPOCH: Proof(drills=("restart-primary",), not_in=_ONLY_SEEN_FROM_INSIDE),
    d.ONLY_FOLLOWS_AFTER_A_RESTART: Proof(drills=("restart-alone",), breaks="liveness"),
    # Who gives a switchover up after a second needs a lease that lasts longer, to go on with.
    d.SWITCHOVER_WITHOUT_SEAL: Proof(drills=("switchover-cut",), needs={**_ONE_OF_MANY, "lease": ("3s",)}),
    d.ROUTER_LEFT_BEHIND: Proof(drills=("stale-router",), breaks="liveness"),
    d.KEEPS_THE_REFUSED: Proof(drills=("switchover-by-check",), breaks="liveness"),
    # --- k of n, semi-sync, leaving and coming back
    d.ACK_BY_THE_OLD_VIEW: Proof(drills=("half-returned",)),
    d.INELIGIBLE_COUNTS: Proof(drills=("ineligible-ack",), needs={"nodes": (3, 4, 5)}),
    d.MIN_STANDBYS_IGNORED: Proof(
        drills=("alone-forbidden",), needs={"min_standbys": (1,)}, not_in=_ONLY_SEEN_FROM_INSIDE
    ),
    d.REMOVAL_WITHOUT_THE_REST: Proof(
        drills=("removed-too-early",),
        needs={**_ONE_OF_MANY, "replication": ("sync",), "dead_standby": (None,)},
    ),
    d.ONE_WORD_BURIES: Proof(drills=("half-seen-standby",), breaks="liveness"),
    d.RETURN_WITHOUT_VERIFYING: Proof(drills=("half-returned",)),
    d.UNKNOWN_CHANGE_TAKEN_FOR_DONE: Proof(drills=("degrade-cut",)),
    d.DEGRADE_WITHOUT_THE_REGISTER: Proof(drills=("degrade-cut", "alone-semi-sync"), needs=_SEMI_SYNC),
    d.ONE_SEALED_IS_ENOUGH: Proof(drills=("wrong-side",), needs=_ONE_OF_MANY),
    d.LAGGARDS_STAY_ELIGIBLE: Proof(drills=("stillborn-laggard",), needs=_ONE_OF_MANY),
    d.POSITION_BEFORE_EPOCH: Proof(drills=("longest-log",), needs=_ONE_OF_MANY),
    # Who is suspected goes on acknowledging for as long as its lease outlasts the detector.
    d.POSITIONS_BEFORE_THE_SEAL: Proof(
        drills=("late-lag",), needs={**_ONE_OF_MANY, "lease": ("800ms", "3s")}
    ),
    # A primary that is refused takes a newer epoch after a lease, and the attempt must last until then.
    d.VALUE_READ_AFTER_THE_SEALS: Proof(
        drills=("overtaken-promotion",), needs={**_ONE_OF_MANY, "lease": (None, "250ms")}
    ),
    d.THE_DEAD_DO_NOT_COUNT: Proof(drills=("wrong-side",), needs=_ONE_OF_MANY),
    d.MAX_LAG_IGNORED: Proof(
        drills=("max-lag-async",), needs={"replication": ("async",), "max_lag": (5, 50)}
    ),
    d.SWITCHOVER_KEEPS_LAGGARDS: Proof(drills=("switchover-stillborn",), needs=_ONE_OF_MANY),
    # --- the fence device
    d.FENCE_NOT_AWAITED: Proof(
        drills=("isolate-primary", "isolate-primary-async"), not_in=_ONLY_SEEN_FROM_INSIDE
    ),
    d.OFF_NOT_READ_BACK: Proof(drills=("fence-slow",), needs=_FENCED),
    d.FENCED_BY_NAME: Proof(drills=("fence-there-and-back",), breaks="liveness", needs=_FENCED),
    d.FENCED_BEFORE_REACHED: Proof(drills=("fence-no-standby",), needs=_FENCED),
    d.NEVER_POWERED_ON: Proof(drills=("fence-confirmed",), breaks="liveness", needs=_FENCED),
    # --- what comes in
    # Nothing is lost by it, and no random schedule gives orders with another stack's token.
    d.TOKEN_NOT_CHECKED: Proof(drills=("wrong-token",), breaks="liveness"),
    d.DAMAGE_NOT_LOOKED_FOR: Proof(drills=("damaged-store",)),
}
