"""The stages of harness.conductor.machine, and what a person is told that each waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Stage = Literal[
    "idle", "starting", "steps", "healing", "settling", "tail", "stopping", "reading", "ending", "over"
]

# Of those that wait for the same whatever there is.
WAITS_FOR: Mapping[Stage, str] = {
    "starting": "a primary",
    "healing": "every fault to be over",
    "ending": "every fault to be over",
    "reading": "every write to be read back",
}
