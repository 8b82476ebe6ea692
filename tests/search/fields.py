"""The reference target as a field to search, for tests."""

from __future__ import annotations

from harness.model.plan import Plan
from harness.search.crew import Field, offers_of, plan_of
from harness.search.results import Asked
from harness.search.schedules import Schedule, schedule
from targets.registry import SIMULATED, TARGETS


def field_of(target: str) -> Field:
    return Field(TARGETS[target], SIMULATED[target])


FIELD = field_of("reference")
OFFERS = offers_of(FIELD)


def asked(*, schedules: int, seed: int = 1, defect: str = "", all_: bool = False) -> Asked:
    return Asked(target="reference", seed=seed, schedules=schedules, defect=defect, all=all_)


def drawn(number: int, seed: int = 1) -> Schedule:
    return schedule(OFFERS, seed, number)


def plan(number: int = 0) -> Plan:
    return plan_of(FIELD, drawn(number), "")
