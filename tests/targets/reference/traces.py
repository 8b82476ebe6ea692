"""What each rule of the protocol is there for: the shortest story without it, and where that is seen to end.

trace -> rule (the lines that a defect breaks) -> defect -> drill -> what the drill then finds. The lines are
looked up, not written down: `python -m tests.targets.reference.traces` prints the whole map.
"""

from __future__ import annotations

import ast
from pathlib import Path

from msgspec import Struct

from targets.reference import defects as d
from targets.reference import machines

_MACHINES = Path(machines.__file__).parent


class Trace(Struct, frozen=True, kw_only=True):
    """ends: a measure of the drill that fails, or an invariant that the simulator sees broken."""

    name: str
    defect: str
    drill: str
    ends: str


TRACES = (
    # --- the register
    Trace(
        name="a reader takes a change for chosen that one witness had merely accepted",
        defect=d.PROMISES_PROVE,
        drill="half-a-change",
        ends="unchosen-reign",
    ),
    Trace(
        name="two proposers use one ballot number, and two values are chosen at it",
        defect=d.BALLOT_AGAIN,
        drill="switchover-stillborn",
        ends="epoch-fell",
    ),
    Trace(
        name="a witness comes back empty and lets a rival of what it had promised be chosen",
        defect=d.COMES_BACK_EMPTY,
        drill="forgetful-witness",
        ends="lost_writes",
    ),
    Trace(
        name="a node claims an epoch that one witness has accepted, and another is chosen",
        defect=d.ONE_ACCEPTED_IS_ENOUGH,
        drill="restart-primary",
        ends="unchosen-reign",
    ),
    # --- leases
    Trace(
        name="a late hand-back of the old epoch frees the lease of the new one",
        defect=d.HAND_BACK_UNBOUND,
        drill="late-hand-back",
        ends="false_failovers",
    ),
    Trace(
        name="a primary goes on in an epoch that it has handed back",
        defect=d.GOES_ON_AFTER_HAND_BACK,
        drill="switchover-in-vain",
        ends="lost_writes",
    ),
    Trace(
        name="a restarted witness knows no newer epoch and grants the old one",
        defect=d.EPOCH_IN_MEMORY,
        drill="cold-start",
        ends="stale_reads",
    ),
    Trace(
        name="a late answer makes a lease count from a send that it did not answer",
        defect=d.LEASE_FROM_NEWEST_SEND,
        drill="late-answers",
        ends="lease-outlived",
    ),
    Trace(
        name="a fence strikes a node in all its epochs: who was fenced once never gets a lease again",
        defect=d.FENCED_BY_NAME,
        drill="fence-there-and-back",
        ends="outage",
    ),
    Trace(
        name="a restarted witness grants while the grants of its former life last",
        defect=d.GRANTS_AFTER_A_RESTART,
        drill="impatient-witnesses",
        ends="split_brain",
    ),
    # --- what counts as acknowledged
    Trace(
        name="a write is acknowledged that the primary's own disk then loses",
        defect=d.OWN_FSYNC_NOT_AWAITED,
        drill="restart-primary",
        ends="acknowledged-lost",
    ),
    Trace(
        name="a standby that does not count is counted, and nobody seals it",
        defect=d.INELIGIBLE_COUNTS,
        drill="ineligible-ack",
        ends="lost_writes",
    ),
    Trace(
        name="a late answer about the old epoch's record is taken for the new one's",
        defect=d.ANSWER_WITHOUT_EPOCH,
        drill="late-fsync",
        ends="acknowledged-lost",
    ),
    Trace(
        name="a third node keeps a divergent record and answers with its position",
        defect=d.POSITIONS_WITHOUT_EPOCHS,
        drill="double-failover",
        ends="lost_writes",
    ),
    Trace(
        name="a read shows what only the primary has, and it vanishes",
        defect=d.READS_LOCAL_RECORDS,
        drill="double-failover",
        ends="stale_reads",
    ),
    Trace(
        name="a node with an empty store takes an epoch by its name",
        defect=d.LOST_STORE_SAME_NAME,
        drill="lost-disk",
        ends="lost_writes",
    ),
    # --- promotion and start
    Trace(
        name="a standby that lacks a record stays eligible and is sealed alone in the next failover",
        defect=d.LAGGARDS_STAY_ELIGIBLE,
        drill="stillborn-laggard",
        ends="lost_writes",
    ),
    Trace(
        name="the one standby that lacks the record is sealed alone",
        defect=d.ONE_SEALED_IS_ENOUGH,
        drill="wrong-side",
        ends="lost_writes",
    ),
    Trace(
        name="positions are asked for first, and change before the seals",
        defect=d.POSITIONS_BEFORE_THE_SEAL,
        drill="late-lag",
        ends="lost_writes",
    ),
    Trace(
        name="a promotion compares with a value that is newer than its first seal",
        defect=d.VALUE_READ_AFTER_THE_SEALS,
        drill="overtaken-promotion",
        ends="lost_writes",
    ),
    Trace(
        name="the longest log wins, though its tail is of an older epoch",
        defect=d.POSITION_BEFORE_EPOCH,
        drill="longest-log",
        ends="lost_writes",
    ),
    Trace(
        name="a promotion is given up, its seal stays, and a healthy cluster is blocked for ever",
        defect=d.GIVEN_UP_PROMOTION_BLOCKS,
        drill="promotion-in-vain",
        ends="outage",
    ),
    Trace(
        name="a restarted primary waits to follow somebody, and who lacks its records takes its place",
        defect=d.ONLY_FOLLOWS_AFTER_A_RESTART,
        drill="restart-alone",
        ends="lost_writes",
    ),
    # --- who is eligible
    Trace(
        name="a dead standby is removed though it alone holds what was acknowledged",
        defect=d.REMOVAL_WITHOUT_THE_REST,
        drill="removed-too-early",
        ends="lost_writes",
    ),
    Trace(
        name="a change to a primary alone is taken for done, and never was",
        defect=d.UNKNOWN_CHANGE_TAKEN_FOR_DONE,
        drill="degrade-cut",
        ends="lost_writes",
    ),
    Trace(
        name="while a standby returns, a write is acknowledged as if it did not",
        defect=d.ACK_BY_THE_OLD_VIEW,
        drill="half-returned",
        ends="lost_writes",
    ),
    Trace(
        name="a standby becomes eligible again that lacks what was acknowledged without it",
        defect=d.RETURN_WITHOUT_VERIFYING,
        drill="half-returned",
        ends="lost_writes",
    ),
    Trace(
        name="a standby becomes eligible again that lacks what a read has shown without it",
        defect=d.RETURN_WITHOUT_VERIFYING,
        drill="half-returned",
        ends="stale_reads",
    ),
    Trace(
        name="a switchover seals nobody, its primary resumes, and its ballot is chosen after all",
        defect=d.SWITCHOVER_WITHOUT_SEAL,
        drill="switchover-cut",
        ends="lost_writes",
    ),
)


def lines_of(defect: str) -> list[str]:
    """Where the machines ask for it: "file:line, function"."""
    constant = next(name for name, value in vars(d).items() if value == defect)
    return [line for file in sorted(_MACHINES.rglob("*.py")) for line in _asks(file, constant)]


def _asks(file: Path, constant: str) -> list[str]:
    """Whether it is named in a comparison: `NAME in defects`."""
    found = []
    for function in ast.walk(ast.parse(file.read_text())):
        if isinstance(function, ast.FunctionDef):
            names = [
                name
                for test in ast.walk(function)
                if isinstance(test, ast.Compare)
                for name in ast.walk(test.left)
                if isinstance(name, ast.Name) and name.id == constant
            ]
            found += [f"{file.name}:{name.lineno}, {function.name}" for name in names]
    return found


def main() -> None:
    for trace in TRACES:
        print(f"{trace.name}\n    {'; '.join(lines_of(trace.defect))}")
        print(f"    {trace.defect} in {trace.drill}: {trace.ends}")


if __name__ == "__main__":
    main()
