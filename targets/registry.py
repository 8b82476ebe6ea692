"""The bundled targets by name. No discovery: a target is one line here."""

from __future__ import annotations

from collections.abc import Callable

from harness.seams import Local, Searched, Target
from targets.redis_sentinel.target import REDIS_SENTINEL
from targets.reference.local import ReferenceLocal
from targets.reference.simulated.stack import SimulatedReference
from targets.reference.target import REFERENCE

TARGETS: dict[str, Target] = {target.name: target for target in (REFERENCE, REDIS_SENTINEL)}
# What a machine is set up for when nothing else is asked.
USUAL = REFERENCE.name
# Those that can be run in virtual time too, made anew for each run.
SIMULATED: dict[str, Callable[[], Searched]] = {REFERENCE.name: SimulatedReference}
# Those whose hosts can be processes of this machine.
LOCAL: dict[str, Local] = {REFERENCE.name: ReferenceLocal()}
