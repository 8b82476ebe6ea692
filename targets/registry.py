"""The bundled targets by name. No discovery: a target is one line here."""

from __future__ import annotations

from harness.seams import Target
from targets.reference.target import REFERENCE

TARGETS: dict[str, Target] = {REFERENCE.name: REFERENCE}
