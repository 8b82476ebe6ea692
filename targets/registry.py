"""The bundled targets by name. No discovery: a target is one line here."""

from __future__ import annotations

from harness.seams import Simulated, Target
from targets.reference.simulated.stack import SIMULATED_REFERENCE
from targets.reference.target import REFERENCE

TARGETS: dict[str, Target] = {REFERENCE.name: REFERENCE}
# Those that can be run in virtual time too.
SIMULATED: dict[str, Simulated] = {REFERENCE.name: SIMULATED_REFERENCE}
