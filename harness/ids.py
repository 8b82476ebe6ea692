"""How a run names what it asks for, so that a journal can be tied to its plan. Nothing else."""

from __future__ import annotations


def value_prefix(trial: int) -> str:
    """Of every value that a trial writes, and of every id it uses."""
    return f"t{trial}"


def step_id(trial: int, index: int) -> str:
    """Of the fault or control of a step; index counts from 0."""
    return f"{value_prefix(trial)}.s{index}"


def moment_id(trial: int, index: int) -> str:
    """Of the moment that a step counts from."""
    return f"{step_id(trial, index)}.on"


def read_id(trial: int, attempt: int) -> str:
    return f"{value_prefix(trial)}.read{attempt}"
