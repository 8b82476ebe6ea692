"""The bundled targets by name. No discovery: a target is one line here."""

from __future__ import annotations

from collections.abc import Callable

from harness.seams import Searched, Target
from targets.redis_sentinel.target import REDIS_SENTINEL
from targets.reference.simulated.stack import SimulatedReference
from targets.reference.target import REFERENCE

TARGETS: dict[str, Target] = {target.name: target for target in (REFERENCE, REDIS_SENTINEL)}
# What a machine is set up for when nothing else is asked.
USUAL = REFERENCE.name
# Those that can be run in virtual time too, made anew for each run.
SIMULATED: dict[str, Callable[[], Searched]] = {REFERENCE.name: SimulatedReference}
