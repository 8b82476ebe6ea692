"""Does every figure of a known failover hold the truth in its interval?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from random import Random

from harness.checkers import stalereads
from harness.checkers.clocks import within_true_time
from harness.checkers.intervals import Span, length, shared
from harness.checkers.linear.clusters import by_key
from harness.journalfile import Journal
from harness.judge import judge
from harness.model.event import Returned
from harness.model.verdict import Figure, TrialMeasures
from tests.checkers.knowntruth import (
    OUTSIDE,
    STRANDED,
    Done,
    Script,
    a_script,
    journal,
    true_phases,
)

_ROUNDING_S = 1e-9


def wrong(script: Script) -> list[str]:
    """A line for every figure that is not true."""
    told = journal(script)
    (measured,) = judge(script.plan, told).trials
    return [
        *_figures(script, measured),
        *_phases(script, measured),
        *_counts(script, measured),
        *_stale(script, told, measured),
    ]


def wrong_of(seed: int) -> list[str]:
    return [f"script {seed}: {line}" for line in wrong(a_script(Random(seed)))]


def _figures(script: Script, measured: TrialMeasures) -> Iterator[str]:
    m, fault_s = script.moments, script.moments.fault_s
    here = [OUTSIDE] if m.cut else [OUTSIDE, STRANDED]
    back_s = max(m.redirected_s[name] for name in here)
    yield from _holds("detection", measured.detection, m.decided_s - fault_s)
    yield from _holds("outage", measured.outage, back_s - fault_s)
    if (
        m.cut and len(m.serves) == 1
    ):  # served again in between, it has two outages, of which the longer counts
        yield from _holds("stranded outage", measured.stranded_outage, m.redirected_s[STRANDED] - fault_s)
    yield from _holds("rejoin", measured.rejoin, m.rejoined_s - m.healed_s)
    brain = Figure(value=0.0, low=measured.split_brain_low_s, high=measured.split_brain_high_s)
    yield from _holds("split brain", brain, _split_brain_s(script))


def _holds(name: str, figure: Figure | None, truth_s: float) -> Iterator[str]:
    low, high = (figure.low, figure.high) if figure else (None, None)
    if low is None or high is None or not low - _ROUNDING_S <= truth_s <= high + _ROUNDING_S:
        yield f"{name}: {truth_s} is not in {low} to {high}"


def _split_brain_s(script: Script) -> float:
    """How long both served: each from its first to its last effect, but for where it refused."""
    return length(shared([[*_served(script, node)] for node in ("n1", "n2")]))


def _served(script: Script, node: str) -> Iterator[Span]:
    """Stretches in which all that came to the node was done. A rest that nobody met is none that counts."""
    came = sorted((d.came_s, d.outcome) for d in script.done if d.node == node)
    for done, stretch in groupby(came, key=lambda at_and: at_and[1] != "fail"):
        times = [at_s for at_s, _ in stretch]
        if done and times[0] < times[-1]:
            yield times[0], times[-1]


def _phases(script: Script, measured: TrialMeasures) -> Iterator[str]:
    fault_s = script.moments.fault_s
    acks = [d.ret_s for d in script.done if d.node == "n2" and d.kind == "write" and d.ret_s is not None]
    truths = {name: at_s - fault_s for name, (at_s, _, _) in true_phases(script.moments).items()}
    truths["acknowledged"] = min(acks) - fault_s  # type: ignore[index]
    for name, truth_s in truths.items():
        told = next((p for p in measured.phases if p.phase == name), None)
        if told is None or abs(told.after_fault_s - truth_s) > told.error_s + _ROUNDING_S:
            yield f"{name}: {truth_s} is not in {told}"


def _counts(script: Script, measured: TrialMeasures) -> Iterator[str]:
    lost = script.lost()
    counted = measured.lost_before_fault + measured.lost_after_fault
    if counted != len(lost):
        yield f"lost: {len(lost)}, counted {counted}"
    if (measured.phantom, measured.failovers, measured.false_failovers) != (0, 1, 0):
        yield f"counted {measured.phantom} phantoms, {measured.failovers} failovers"
    truth_s = _rpo_s(lost, script.moments.fault_s)
    blur_s = sum(script.blur_s) + 4 * script.clock_error_s
    if abs(measured.rpo_s - truth_s) > blur_s + _ROUNDING_S:
        yield f"rpo: {truth_s}, measured {measured.rpo_s}"


def _rpo_s(lost: list[Done], fault_s: float) -> float:
    acks = [d.ret_s for d in lost if d.ret_s is not None]
    return max(fault_s, *acks) - min(acks) if acks else 0.0


def _stale(script: Script, told: Journal, measured: TrialMeasures) -> Iterator[str]:
    ops = [e for e in told.entries if isinstance(e, Returned)]
    wide = within_true_time(ops, script.clock_error_s)
    found = stalereads.check(
        by_key((o for o in wide if o.kind == "write"), (o for o in wide if o.kind == "read"))
    )
    if len(found.stale) != measured.stale_reads or found.aborted:
        yield f"{measured.stale_reads} stale reads of {len(found.stale)}, {len(found.aborted)} aborted"
    truths = _true_staleness(script)
    for stale in found.stale:
        true_s = truths[
            stale.read.client,
            round(stale.read.call_s + script.clock_error_s - script.offsets[stale.read.client], 6),
        ]
        if (
            true_s is None
            or not stale.staleness_s - _ROUNDING_S <= true_s <= stale.staleness_high_s + _ROUNDING_S
        ):
            yield f"staleness: {true_s} is not in {stale.staleness_s} to {stale.staleness_high_s}"


def _true_staleness(script: Script) -> dict[tuple[str, float], float | None]:
    """Of each read, by client and call; None of a fresh one."""
    effects = {d.value: d.effect_s for d in script.done if d.kind == "write" and d.effect_s is not None}
    ordered = sorted(effects.values())
    found: dict[tuple[str, float], float | None] = {}
    for read in (d for d in script.done if d.kind == "read" and d.outcome == "ok"):
        assert read.effect_s is not None
        written_s = effects.get(read.value, float("-inf"))
        over_s = next((at_s for at_s in ordered if at_s > written_s), float("inf"))
        late_s = read.effect_s - over_s
        found[read.client, round(read.call_s, 6)] = late_s if late_s > 0 else None
    return found
