"""Verdicts as a judge would write them: a pass, a split brain, void trials, phases that never came."""

from __future__ import annotations

from typing import Any

from harness.model.drill import Expectation, KillStep, Load, WaitStep, Window
from harness.model.plan import (
    Bound,
    ClientPlan,
    HostPlan,
    Plan,
    PlanFile,
    Promises,
    Provenance,
    TimedStep,
    TrialPlan,
)
from harness.model.verdict import Figure, Finding, PhaseTime, TrialMeasures, Verdict

STORY = (
    "The primary's process dies by SIGKILL under write load. The agent beside it sees it die and hands the\n"
    "lease back; the standby serves within 0.3 s, and no acknowledged write is missing."
)
FORMULA = "3 × 100ms + 100ms + 100ms for the vote"


def plan(*, trials: int = 30, drill: str = "kill-primary") -> Plan:
    steps = (
        TimedStep(step=WaitStep(wait_for="steady", within_s=20.0)),
        TimedStep(
            step=KillStep(verb="kill", victim="primary", scope="process", at=Window(1.0, 2.0), until_s=3.0),
            at_s=1.372,
        ),
        TimedStep(step=WaitStep(wait_for="rejoined", host="victim", within_s=20.0)),
    )
    return Plan(
        drill=drill,
        story=STORY,
        target="reference",
        world="docker",
        seed=4711,
        defect="",
        settings={
            "replication": "sync",
            "detector": {"interval": "100ms", "timeout": "100ms", "threshold": 3},
            "nodes": ["n1", "n2"],
        },
        hosts=(
            HostPlan(name="n1", role="data", ports=(7000, 8008)),
            HostPlan(name="n2", role="data", ports=(7000, 8008)),
            HostPlan(name="w1", role="witness", ports=(7200,)),
            HostPlan(name="w2", role="witness", ports=(7200,)),
            HostPlan(name="w3", role="witness", ports=(7200,)),
            HostPlan(name="router", role="router", ports=(7000,)),
            HostPlan(name="client1", role="client"),
            HostPlan(name="client2", role="client"),
        ),
        clients=(
            ClientPlan(host="client1", via="router", writers=2, readers=1),
            ClientPlan(host="client2", via="router", writers=2, readers=1),
        ),
        load=Load(),
        trials=tuple(TrialPlan(number=number, steps=steps) for number in range(1, trials + 1)),
        expect=(
            Expectation(measure="detection_time"),
            Expectation(measure="outage", quantile=0.9, limit=0.3),
            Expectation(measure="lost_writes", limit=0),
        ),
        promises=Promises(
            detection=Bound(limit_s=0.5, formula=FORMULA),
            rpo=Bound(limit_s=0.0, formula="replication is sync"),
            lost_writes_max=0,
            reads_are_linearizable=True,
        ),
    )


def plan_file(**changes: Any) -> PlanFile:
    return PlanFile(
        plan=plan(**changes),
        provenance=Provenance(
            started_utc="2026-11-24T02:47:09Z",
            origin_monotonic_s=81234.5,
            command="failover-drill run drills/kill-primary.yaml --seed 4711 --trials 30",
            harness_version="0.1.0",
            python="3.11.2",
            kernel="6.1.0-18-amd64",
            cpus=2,
            images={
                "failover-drill/reference:0a1b2c3d4e5f": "sha256:77aa5c1d2e3f40516273",
                "failover-drill/mesh:5f4e3d2c1b0a": "sha256:12bb5c1d2e3f40516273",
            },
        ),
    )


def figure(value: float | None, error: float = 0.002) -> Figure:
    if value is None:
        return Figure(value=None, low=None, high=None)
    return Figure(value=value, low=value - error, high=value + error)


def trial(number: int, *, scale: float = 1.0, **changes: Any) -> TrialMeasures:
    values: dict[str, Any] = {
        "trial": number,
        "fault": "kill n1 (process)",
        "fault_at_s": 12.3 + 9 * number,
        "fault_error_s": 0.0012,
        "phases": (
            PhaseTime(phase="suspected", after_fault_s=0.0031 * scale, host="w1", subject="n1"),
            PhaseTime(phase="suspected", after_fault_s=0.0033 * scale, host="w2", subject="n1"),
            PhaseTime(phase="decided", after_fault_s=0.0087 * scale, host="w1", subject="n1"),
            PhaseTime(phase="lease_over", after_fault_s=0.0093 * scale, host="w1", subject="n1"),
            PhaseTime(phase="promoted", after_fault_s=0.0461 * scale, host="n2", subject="n2"),
            PhaseTime(phase="redirected", after_fault_s=0.0527 * scale, host="w1", subject="n2"),
            PhaseTime(phase="validated", after_fault_s=0.0984 * scale, host="w1", subject="n2"),
            PhaseTime(phase="rejoined", after_fault_s=3.412, host="n2", subject="n1"),
        ),
        "detection": figure(0.0087 * scale, 0.0012),
        "outage": figure(0.0713 * scale, 0.0112),
        "stranded_outage": None,
        "rejoin": figure(0.412, 0.005),
        "writes_acknowledged": 1804,
        "writes_unknown": 4,
        "writes_failed": 11,
        "reads_ok": 902,
        "lost_before_fault": 0,
        "lost_after_fault": 0,
        "recovered": 2,
        "phantom": 0,
        "duplicated": 0,
        "rpo_s": 0.0,
        "split_brain_low_s": 0.0,
        "split_brain_high_s": 0.0,
        "claimed_s": 0.0,
        "stale_reads": 0,
        "staleness_max_s": 0.0,
        "failovers": 1,
        "false_failovers": 0,
    }
    return TrialMeasures(**{**values, **changes})


def finding(measure: Any, judgement: Any = "pass", **changes: Any) -> Finding:
    values: dict[str, Any] = {"measured": "0", "bound": "0"}
    return Finding(measure=measure, judgement=judgement, **{**values, **changes})


def safe_findings() -> tuple[Finding, ...]:
    return (
        finding("lost_writes"),
        finding("rpo", measured="0 s", bound="0 s"),
        finding("split_brain", measured="0 s", bound="never"),
        finding("false_failovers"),
        finding("faults_bit", measured="30 of 30", bound="all"),
        finding("journal", measured="whole", bound="whole"),
        finding("noise", measured="longest stall 12 ms", bound="50 ms"),
        finding("waits", measured="60 of 60 met", bound="all"),
    )


def time_findings() -> tuple[Finding, ...]:
    return (
        finding("detection_time", measured="max 11.3 ms", bound=f"max 500 ms ({FORMULA})", error="± 1.2 ms"),
        finding("outage", measured="p90 92 ms", bound="p90 300 ms", error="± 11 ms"),
    )


def passed() -> Verdict:
    trials = tuple(trial(number, scale=1 + (number % 7) / 20) for number in range(1, 31))
    return Verdict(
        drill="kill-primary",
        judgement="pass",
        findings=time_findings() + safe_findings(),
        trials=trials,
        trials_planned=30,
    )


def split_brain() -> Verdict:
    bad = trial(
        7,
        scale=4.1,
        fault="cut {client1, n1} | {client2, n2, router, w1, w2, w3} (drop)",
        split_brain_low_s=0.412,
        split_brain_high_s=0.431,
        claimed_s=0.517,
        lost_after_fault=83,
        rpo_s=0.409,
        stale_reads=17,
        staleness_max_s=0.388,
        stranded_outage=figure(None),
    )
    trials = (*(trial(number, scale=1 + number / 10) for number in range(1, 7)), bad)
    failed = (
        finding(
            "split_brain",
            "fail",
            measured="412 ms – 431 ms in trial 7",
            bound="never",
            error="± 2.1 ms",
            trial=7,
            evidence=(
                "n1 in epoch 6 acknowledged 83 writes from 71.204 s to 71.635 s",
                "n2 in epoch 7 acknowledged 161 writes from 71.223 s on",
                "client1 writer 2: write t7.client1.2.118 called 71.611 s, acknowledged 71.613 s by n1 "
                "in epoch 6, after client2's t7.client2.0.9 was acknowledged 71.229 s by n2 in epoch 7",
            ),
        ),
        finding(
            "lost_writes",
            "fail",
            measured="83 of 12628",
            bound="0",
            trial=7,
            evidence=(
                "all 83 were acknowledged by n1 in epoch 6 after the fault",
                "first t7.client1.0.71 at 71.206 s, last t7.client1.2.118 at 71.613 s",
            ),
        ),
    )
    safe = tuple(f for f in safe_findings() if f.measure not in ("split_brain", "lost_writes"))
    return Verdict(
        drill="kill-primary",
        judgement="fail",
        findings=time_findings() + failed + safe,
        trials=trials,
        trials_planned=7,
    )


def unknown() -> Verdict:
    void = "client2 was not scheduled for 212 ms at 40.1 s (limit 50 ms)"
    trials = (trial(1), trial(2, void=void), trial(3, scale=1.2))
    findings = (
        finding(
            "outage",
            "unknown",
            measured="max 86 ms of 2 trials",
            bound="p90 300 ms",
            error="± 11 ms",
            evidence=("p90 is not estimable below 29 trials, there are 2: judged by the maximum",),
        ),
        finding(
            "noise",
            "unknown",
            measured="longest stall 212 ms",
            bound="50 ms",
            trial=2,
            evidence=(void, "the machine had 2 CPUs; leave it alone while a drill runs, or give it more"),
        ),
    )
    safe = tuple(f for f in safe_findings() if f.measure != "noise")
    return Verdict(
        drill="kill-primary",
        judgement="unknown",
        findings=findings + safe,
        trials=trials,
        trials_planned=30,
    )


def censored() -> Verdict:
    never = trial(
        2,
        phases=(PhaseTime(phase="suspected", after_fault_s=0.412, host="w2", subject="n1"),),
        detection=figure(None),
        outage=figure(None),
        rejoin=figure(None),
        failovers=0,
    )
    findings = (
        finding(
            "outage",
            "fail",
            measured="max never",
            bound="max 300 ms",
            trial=2,
            evidence=("no write was acknowledged after the fault, up to the end of the trial 21.4 s later",),
        ),
    )
    return Verdict(
        drill="kill-primary",
        judgement="fail",
        findings=findings + safe_findings(),
        trials=(trial(1), never, trial(3)),
        trials_planned=3,
    )
