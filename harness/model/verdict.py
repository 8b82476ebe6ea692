"""Findings that are pass, fail or unknown, each with its evidence."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.drill import Measure

Judgement = Literal["pass", "fail", "unknown"]


class Figure(Struct, frozen=True, kw_only=True):
    """A measured value with the interval the truth lies in. None: censored, it never came (+∞)."""

    value: float | None
    low: float | None
    high: float | None


class PhaseTime(Struct, frozen=True, kw_only=True):
    """When a phase was reached, in seconds after the fault. layer: of health, found ill; "" unsaid.

    error_s: the truth is no further away, either way.
    """

    phase: str
    after_fault_s: float
    host: str
    subject: str
    layer: str = ""
    error_s: float = 0.0


class TrialMeasures(Struct, frozen=True, kw_only=True):
    """What one trial measured. Figures are seconds after the fault; None where a measure does not apply."""

    trial: int
    fault: str
    fault_at_s: float | None
    fault_error_s: float
    phases: tuple[PhaseTime, ...]
    detection: Figure | None
    outage: Figure | None
    stranded_outage: Figure | None
    rejoin: Figure | None
    writes_acknowledged: int
    writes_unknown: int
    writes_failed: int
    reads_ok: int
    lost_before_fault: int
    lost_after_fault: int
    recovered: int
    phantom: int
    duplicated: int
    rpo_s: float
    split_brain_low_s: float
    split_brain_high_s: float
    claimed_s: float
    stale_reads: int
    staleness_max_s: float
    failovers: int
    false_failovers: int
    void: str = ""  # why this trial's times are unknown; empty when they count
    outage_gap: Figure | None = None  # from the last good write before to the first after, with its bounds
    old_primary_ops: int = 0  # served by an old primary, called after a newer one had served
    staleness_high_s: float = 0.0  # of the stale reads: none was older than that
    watched_s: float = 0.0  # how long the trial was
    slow_writes: int = 0  # good, but more than 0.1 s after their schedule


class Finding(Struct, frozen=True, kw_only=True):
    """One bound, judged. measured and bound are texts with units; evidence is for a person.

    shown: it passed because what the drill is there to show was seen.
    unknown: the check could not be made; it is not pass.
    """

    measure: Measure | Literal["faults_bit", "invariants", "journal", "linearizability", "noise", "waits"]
    judgement: Judgement
    measured: str
    bound: str
    error: str = ""
    trial: int = 0  # the trial to look at first; 0 is "all"
    evidence: tuple[str, ...] = ()
    shown: bool = False


class Verdict(Struct, frozen=True, kw_only=True):
    """The judgement of a run: fail if any finding fails, else unknown if any is, else pass."""

    drill: str
    judgement: Judgement
    findings: tuple[Finding, ...]
    trials: tuple[TrialMeasures, ...]
    trials_planned: int
