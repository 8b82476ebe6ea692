"""Named faults of the controller itself: each one line of behaviour changed, none reachable unless named.

They prove that the drills can see: a drill that passes against a broken controller proves nothing. A machine
is told at its start which defect it has; where one is looked at often it is looked up once, then. Which
drills find which is in proofs.py.
"""

from __future__ import annotations

from typing import Final

# --- leases and detection
NO_LEASE_CHECK: Final = "no-lease-check"
LEASE_FROM_ANSWER: Final = "lease-from-answer"
LEASE_BY_ONE_WITNESS: Final = "lease-by-one-witness"
LEASE_FROM_NEWEST_SEND: Final = "lease-from-newest-send"
GRANTS_AFTER_A_RESTART: Final = "grants-after-a-restart"
EPOCH_IN_MEMORY: Final = "epoch-in-memory"
HAND_BACK_UNBOUND: Final = "hand-back-unbound"
GOES_ON_AFTER_HAND_BACK: Final = "goes-on-after-hand-back"
STOPPED_IS_DEAD: Final = "stopped-is-dead"
LONE_WITNESS_DECIDES: Final = "lone-witness-decides"
# --- the register
WITNESS_FORGETS: Final = "witness-forgets"
COMES_BACK_EMPTY: Final = "witness-comes-back-empty"
COPIES_FROM_ONE: Final = "copies-from-one"
REGISTER_OUTRUNS_LEASE: Final = "register-outruns-lease"
PROMISES_PROVE: Final = "promises-prove"
ONE_ACCEPTED_IS_ENOUGH: Final = "one-accepted-is-enough"
BALLOT_AGAIN: Final = "ballot-again"
# --- acknowledgement, logs, reads
ACK_BEFORE_REPLICATION: Final = "ack-before-replication"
OWN_FSYNC_NOT_AWAITED: Final = "own-fsync-not-awaited"
STANDBY_ANSWERS_EARLY: Final = "standby-answers-early"
ANSWER_WITHOUT_EPOCH: Final = "answer-without-epoch"
OLDER_EPOCH_ACCEPTED: Final = "older-epoch-accepted"
POSITIONS_WITHOUT_EPOCHS: Final = "positions-without-epochs"
REJOIN_WITHOUT_TRUNCATION: Final = "rejoin-without-truncation"
READS_LOCAL_RECORDS: Final = "reads-local-records"
UNKNOWN_TOLD_AS_FAILED: Final = "unknown-told-as-failed"
LOST_STORE_SAME_NAME: Final = "lost-store-same-name"
TAIL_THROWN_AWAY: Final = "tail-thrown-away"
# --- promotion, start, switchover
ELIGIBLE_FOR_EVER: Final = "eligible-for-ever"
OUSTED_STAYS_ELIGIBLE: Final = "ousted-stays-eligible"
GIVEN_UP_PROMOTION_BLOCKS: Final = "given-up-promotion-blocks"
RESUMES_ITS_EPOCH: Final = "resumes-its-epoch"
ONLY_FOLLOWS_AFTER_A_RESTART: Final = "only-follows-after-a-restart"
SWITCHOVER_WITHOUT_SEAL: Final = "switchover-without-seal"
ROUTER_LEFT_BEHIND: Final = "router-left-behind"
KEEPS_THE_REFUSED: Final = "keeps-the-refused"
TRIGGER_HAPPY: Final = "trigger-happy"
TWICE_TOO_SLOW: Final = "detector-twice-too-slow"
TCP_ONLY: Final = "tcp-only-health-check"
BEAT_STARTS_CLOCK: Final = "clock-starts-at-first-heartbeat"
VOTE_NEVER_LAPSES: Final = "vote-never-lapses"
BUSINESS_IGNORED: Final = "business-ignored"
# --- the fence device
FENCE_NOT_AWAITED: Final = "fence-not-awaited"
OFF_NOT_READ_BACK: Final = "off-not-read-back"
FENCED_BY_NAME: Final = "fenced-by-name"
FENCED_BEFORE_REACHED: Final = "fenced-before-reached"
NEVER_POWERED_ON: Final = "never-powered-on"
# --- what comes in
TOKEN_NOT_CHECKED: Final = "token-not-checked"
DAMAGE_NOT_LOOKED_FOR: Final = "damage-not-looked-for"
# --- who counts, who is promoted, who stays eligible
ACK_BY_THE_OLD_VIEW: Final = "ack-by-the-old-view"
INELIGIBLE_COUNTS: Final = "ineligible-counts"
MIN_STANDBYS_IGNORED: Final = "min-standbys-ignored"
REMOVAL_WITHOUT_THE_REST: Final = "removal-without-the-rest"
ONE_WORD_BURIES: Final = "one-word-buries"
RETURN_WITHOUT_VERIFYING: Final = "return-without-verifying"
UNKNOWN_CHANGE_TAKEN_FOR_DONE: Final = "unknown-change-taken-for-done"
DEGRADE_WITHOUT_THE_REGISTER: Final = "degrade-without-the-register"
ONE_SEALED_IS_ENOUGH: Final = "one-sealed-is-enough"
LAGGARDS_STAY_ELIGIBLE: Final = "laggards-stay-eligible"
POSITION_BEFORE_EPOCH: Final = "position-before-epoch"
POSITIONS_BEFORE_THE_SEAL: Final = "positions-before-the-seal"
VALUE_READ_AFTER_THE_SEALS: Final = "value-read-after-the-seals"
THE_DEAD_DO_NOT_COUNT: Final = "the-dead-do-not-count"
MAX_LAG_IGNORED: Final = "max-lag-ignored"
SWITCHOVER_KEEPS_LAGGARDS: Final = "switchover-keeps-laggards"
# --- cold standbys
COLD_COUNTS: Final = "cold-counts"
COLD_WITHOUT_ITS_LOG: Final = "cold-without-its-log"

DEFECTS: dict[str, str] = {
    NO_LEASE_CHECK: "a primary never looks at its lease: it serves on behind a cut, and after a pause",
    LEASE_FROM_ANSWER: "a lease counts from when its answer came, not from when it was asked for",
    LEASE_BY_ONE_WITNESS: "a lease goes on for as long as any one witness renews it",
    LEASE_FROM_NEWEST_SEND: "a lease counts from the newest heartbeat, not from the one that was answered",
    GRANTS_AFTER_A_RESTART: "a restarted witness grants before the grants of its former life have run out",
    EPOCH_IN_MEMORY: "a restarted witness knows no newer epoch until it hears one: it grants an old one",
    HAND_BACK_UNBOUND: "a late hand-back of an old epoch takes the node's present lease away",
    GOES_ON_AFTER_HAND_BACK: "a switchover hands the lease back first, and when it fails its epoch goes on",
    STOPPED_IS_DEAD: "the agent takes a process that was merely stopped for dead, and hands its lease back",
    LONE_WITNESS_DECIDES: "one vote is enough to fail over: a witness cut off alone ousts a healthy primary",
    WITNESS_FORGETS: "a witness keeps the register in memory alone: restarted, it knows nothing",
    COMES_BACK_EMPTY: "a witness that lost its store answers for the register at once, without copying it",
    COPIES_FROM_ONE: "a witness that lost its store copies what the first one says, not what all others do",
    REGISTER_OUTRUNS_LEASE: "a witness accepts another primary while its own grant to the present one lasts",
    PROMISES_PROVE: "a read of the register is believed after promises alone, before a majority accepted it",
    ONE_ACCEPTED_IS_ENOUGH: "a change of the register counts once one witness has accepted it",
    BALLOT_AGAIN: "ballots are told apart by their number alone: two proposers may use the same one",
    ACK_BEFORE_REPLICATION: "a write is acknowledged before any standby has it, in sync too",
    OWN_FSYNC_NOT_AWAITED: "a write is acknowledged once the standby has it, the primary's own disk or not",
    STANDBY_ANSWERS_EARLY: "a standby answers for records that its disk does not hold yet",
    ANSWER_WITHOUT_EPOCH: "a standby's answer names a position alone, and counts whatever log it was about",
    OLDER_EPOCH_ACCEPTED: "a sealed standby goes on taking the stream of the older epoch",
    POSITIONS_WITHOUT_EPOCHS: "logs are compared by position alone: a divergent tail stays, and counts",
    REJOIN_WITHOUT_TRUNCATION: "a node that rejoins keeps its divergent tail, and nothing fits behind it",
    READS_LOCAL_RECORDS: "a read returns what the primary has written itself, acknowledged or not",
    UNKNOWN_TOLD_AS_FAILED: "a deposed primary calls waiting writes failed; the standby may have them",
    LOST_STORE_SAME_NAME: "a node is known by its name alone: one that lost its store still counts",
    TAIL_THROWN_AWAY: "a rejoining node drops its divergent tail, and puts it into no file for the operator",
    ELIGIBLE_FOR_EVER: "a coordinator promotes whoever was ever eligible, however far behind it is",
    OUSTED_STAYS_ELIGIBLE: "the ousted primary stays eligible: the new one waits for the dead on every write",
    GIVEN_UP_PROMOTION_BLOCKS: "a primary that a given-up promotion has left behind takes no newer epoch",
    RESUMES_ITS_EPOCH: "a restarted primary goes on in its old epoch, over what its disk happened to hold",
    ONLY_FOLLOWS_AFTER_A_RESTART: "a restarted primary that the register still names takes no new epoch",
    SWITCHOVER_WITHOUT_SEAL: "a switchover seals nobody, and its primary goes on when it takes too long",
    ROUTER_LEFT_BEHIND: "a promoted primary does not move the router: clients wait for its own check",
    KEEPS_THE_REFUSED: "a node that is not primary refuses clients and keeps them: they look nowhere else",
    TRIGGER_HAPPY: "one heartbeat that is half an interval late is enough: jitter below the time-out ousts",
    TWICE_TOO_SLOW: "a witness waits twice as long as it states before it suspects",
    TCP_ONLY: "a primary whose host can be reached counts as healthy, whether it answers or not",
    BEAT_STARTS_CLOCK: "a witness misses a primary only once it has heard it: one that never beats is not",
    VOTE_NEVER_LAPSES: "a vote stands for ever: two witnesses that were blind one after the other oust",
    BUSINESS_IGNORED: "a primary that answers counts as healthy, whether its disk writes anything or not",
    FENCE_NOT_AWAITED: "a standby is sealed and promoted before the old lease is over or its holder seen off",
    OFF_NOT_READ_BACK: "that the device took the order counts as off: the old primary may still run",
    FENCED_BY_NAME: "a fence strikes the node and not its epoch: a restarted primary gets no lease any more",
    FENCED_BEFORE_REACHED: "the primary is switched off before anybody looks whether a standby is there",
    NEVER_POWERED_ON: "a node that was fenced stays off",
    TOKEN_NOT_CHECKED: "whoever says a name at the peers' port is believed, whatever token it shows",
    DAMAGE_NOT_LOOKED_FOR: "a damaged store is read as far as it goes: its host serves and votes on it",
    ACK_BY_THE_OLD_VIEW: "while a standby returns, a write is acknowledged without it: it may be promoted so",
    INELIGIBLE_COUNTS: "a standby that is not eligible counts for an acknowledgement; nobody seals it",
    MIN_STANDBYS_IGNORED: "with fewer eligible standbys than min_standbys it acknowledges all the same",
    REMOVAL_WITHOUT_THE_REST: "a dead standby is removed though only it holds what was acknowledged",
    ONE_WORD_BURIES: "a standby is removed once a single witness holds it for dead",
    RETURN_WITHOUT_VERIFYING: "a standby becomes eligible again before it holds everything",
    UNKNOWN_CHANGE_TAKEN_FOR_DONE: "a change of eligible is taken for done once it is proposed",
    DEGRADE_WITHOUT_THE_REGISTER: "semi-sync acknowledges alone without asking the register first",
    ONE_SEALED_IS_ENOUGH: "with k < n one sealed standby is promoted: it may lack what another one holds",
    LAGGARDS_STAY_ELIGIBLE: "with k < n standbys that lack records stay eligible after a promotion",
    POSITION_BEFORE_EPOCH: "the longest log is promoted, though its tail is of an older epoch",
    POSITIONS_BEFORE_THE_SEAL: "the most advanced standby is chosen by what it held before it was sealed",
    VALUE_READ_AFTER_THE_SEALS: "a promotion compares with the register of now, not of before the first seal",
    THE_DEAD_DO_NOT_COUNT: "a coordinator counts only the standbys that answer: who is dead is as if removed",
    MAX_LAG_IGNORED: "in async a standby further behind than max_lag is promoted",
    SWITCHOVER_KEEPS_LAGGARDS: "with k < n a switchover leaves standbys eligible that lack records",
    COLD_COUNTS: "a cold standby counts for an acknowledgement: what is yet to be shipped is taken for held",
    COLD_WITHOUT_ITS_LOG: "a cold standby starts from its own store alone, without what was shipped to it",
}
