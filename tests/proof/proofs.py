"""Every proof by its name. One line adds one."""

from __future__ import annotations

from msgspec import Struct

from tests.checkers import truthful
from tests.checkers.linear import agreement
from tests.drillfile import anyfile
from tests.journalfile import anyrun
from tests.proof.found import Check, plainly
from tests.stackfile import anystack
from tests.worlds.simulator import cleanruns

CASES = 1_000
MANY = 100_000


class Proof(Struct, frozen=True):
    """check: a case's number -> what was found in it. cases: how many a whole proof has."""

    what: str
    check: Check
    cases: int = CASES


PROOFS: dict[str, Proof] = {
    "truth": Proof("failovers of known truth, every figure's interval", plainly(truthful.wrong_of)),
    "clean": Proof("clean simulated runs with random settings, false alarms", plainly(cleanruns.alarms)),
    "linear": Proof(
        "random histories, A, B and C against D", agreement.looked_at, len(agreement.FAST) * MANY
    ),
    "journals": Proof("damaged runs", anyrun.looked_at, 10 * CASES),
    "stacks": Proof("stack files, mutated", anystack.looked_at, MANY),
    "files": Proof("drill and suite files, mutated", anyfile.looked_at, MANY),
}
