"""A failover whose every moment is known, told as a journal by clocks that are off, each by its own amount.

`a_script(draw)` draws it: a primary is killed or cut off with a client, decided about, replaced, healed, and
back; every operation takes effect at one true moment between its call and its return. From that the truth of
each measure follows without any checker. `wrong(script)` judges the journal and names every figure whose
interval does not hold the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from msgspec import Struct, structs

from harness.journalfile import Journal
from harness.model.event import LoadStopped, Outcome, PhaseName, Returned
from harness.model.fault import Cut, Fault, Kill
from harness.model.journal import Entry
from harness.model.plan import Plan
from tests.checkers.journals import (
    began,
    client,
    cut_of,
    fault,
    final,
    phase,
    plan,
    register,
    run,
    says,
    trial,
    waited,
)

END_S = 9.0
LOAD_UNTIL_S = 7.0
OUTSIDE, STRANDED = "client1", "client2"


class Moments(Struct, frozen=True, kw_only=True):
    """True seconds. cut: with a stranded client, whom the old primary serves in `serves`."""

    cut: bool
    fault_s: float
    suspected_s: float
    decided_s: float
    promoted_s: float
    redirected_s: dict[str, float]  # from then on a client's calls reach the new primary
    replicated_s: float  # what the old primary did later is on no other node
    serves: tuple[tuple[float, float], ...]  # when the old primary serves
    healed_s: float
    rejoined_s: float


class Done(Struct, frozen=True, kw_only=True):
    """One operation as it truly was. came_s: to the node. effect_s: the same, None where it was not done."""

    client: str
    kind: str
    value: str
    call_s: float
    ret_s: float | None
    came_s: float
    effect_s: float | None
    node: str
    outcome: Outcome


class Script(Struct, frozen=True, kw_only=True):
    """offsets: of each host's clock, none above clock_error_s. blur_s: of the injection, before and after."""

    moments: Moments
    done: tuple[Done, ...]
    offsets: dict[str, float]
    clock_error_s: float
    blur_s: tuple[float, float]

    @property
    def plan(self) -> Plan:
        return plan(
            clients=(client(OUTSIDE), client(STRANDED)), clock_error_s=self.clock_error_s, stall_limit_s=1.0
        )

    def stamp(self, host: str, true_s: float) -> float:
        return true_s + self.offsets[host]

    def held(self) -> list[str]:
        """What the new primary holds in the end."""
        mine = [d for d in self.done if d.kind == "write" and d.effect_s is not None]
        old = [d for d in mine if d.node == "n1" and (d.effect_s or 0.0) <= self.moments.replicated_s]
        return [d.value for d in (*old, *(d for d in mine if d.node == "n2"))]

    def lost(self) -> list[Done]:
        held = set(self.held())
        acked = [d for d in self.done if d.kind == "write" and d.outcome == "ok"]
        return [d for d in acked if d.value not in held]


def a_script(draw: Random) -> Script:
    error_s = draw.choice((0.0, 0.0005, 0.002, 0.01))
    hosts = ("harness", "n1", "n2", "w1", "w2", "w3", OUTSIDE, STRANDED)
    moments = _moments(draw)
    return Script(
        moments=moments,
        done=tuple(_operations(draw, moments)),
        offsets={host: draw.uniform(-error_s, error_s) for host in hosts},
        clock_error_s=error_s,
        blur_s=(draw.uniform(0, 0.005), draw.uniform(0, 0.005)),
    )


def _moments(draw: Random) -> Moments:
    cut, fault_s = draw.random() < 0.6, draw.uniform(2, 3)
    suspected_s = fault_s + draw.uniform(0.01, 0.1)
    decided_s = suspected_s + draw.uniform(0.01, 0.2)
    promoted_s = decided_s + draw.uniform(0.01, 0.2)
    # A person's mistake, or a clock: the old primary may serve long after the new one does.
    stops_s = fault_s + draw.uniform(0.05, 1.2) if cut else fault_s
    pauses_s = draw.uniform(fault_s, stops_s)
    back_s = draw.uniform(pauses_s, stops_s)
    whole = not cut or draw.random() < 0.5
    healed_s = fault_s + draw.uniform(1.5, 2.0)
    seen_s = promoted_s + draw.uniform(0, 0.2)
    return Moments(
        cut=cut,
        fault_s=fault_s,
        suspected_s=suspected_s,
        decided_s=decided_s,
        promoted_s=promoted_s,
        redirected_s={OUTSIDE: seen_s, STRANDED: healed_s if cut else seen_s + draw.uniform(0, 0.1)},
        replicated_s=fault_s - draw.choice((0.0, draw.uniform(0, 0.5))),
        serves=((0.0, stops_s),) if whole else ((0.0, pauses_s), (back_s, stops_s)),
        healed_s=healed_s,
        rejoined_s=healed_s + draw.uniform(0.05, 0.5),
    )


# --- the load ---------------------------------------------------------------------------------------


def _operations(draw: Random, moments: Moments) -> Iterator[Done]:
    """A writer and a reader for each client. In the order of their effects, so that reads see writes."""
    planned = []
    for host in (OUTSIDE, STRANDED):
        for kind, spacing_s in (("write", draw.uniform(0.01, 0.04)), ("read", draw.uniform(0.01, 0.04))):
            times = (n * spacing_s + draw.uniform(0, 0.001) for n in range(int(LOAD_UNTIL_S / spacing_s)))
            planned += [(at_s + draw.uniform(0, 0.01), at_s, host, kind, n) for n, at_s in enumerate(times)]
    newest = {"n1": "", "n2": ""}
    copied = False
    for effect_s, call_s, host, kind, number in sorted(planned):
        if not copied and effect_s > moments.replicated_s:
            newest["n2"], copied = newest["n1"], True
        value = f"t1.{host}.0.{number}" if kind == "write" else ""
        op = _operation(draw, moments, host, kind, value, call_s, effect_s)
        if op.effect_s is not None and kind == "write":
            newest[op.node] = value
        yield structs.replace(op, value=newest[op.node]) if kind == "read" and op.outcome == "ok" else op


def _operation(
    draw: Random, moments: Moments, host: str, kind: str, value: str, call_s: float, effect_s: float
) -> Done:
    ret_s = effect_s + draw.uniform(0, 0.01)
    node = _reached(moments, host, call_s, effect_s)
    serves = _serves(moments, node, effect_s)
    outcome: Outcome = "ok"
    effect: float | None = effect_s
    back: float | None = ret_s
    if not node:
        outcome, effect, back = draw.choice((("unknown", None, None), ("fail", None, ret_s)))
    elif not serves:
        outcome, effect = "fail", None
    elif node == "n1" and ret_s > moments.fault_s and not (moments.cut and host == STRANDED):
        outcome, back = "unknown", None  # done, but the answer never came
    return Done(
        client=host,
        kind=kind,
        value=value,
        call_s=call_s,
        ret_s=back,
        came_s=effect_s,
        effect_s=effect,
        node=node,
        outcome=outcome,
    )


def _reached(moments: Moments, host: str, call_s: float, effect_s: float) -> str:
    """The node that a call comes to; "" where it comes to none."""
    if call_s >= moments.redirected_s[host]:
        return "n2"
    if moments.cut and host == STRANDED:
        return "n1" if effect_s < moments.healed_s else ""
    return "n1" if effect_s <= moments.fault_s else ""


def _serves(moments: Moments, node: str, at_s: float) -> bool:
    return node == "n2" or any(low <= at_s <= high for low, high in moments.serves)


# --- the journal ------------------------------------------------------------------------------------


def journal(script: Script) -> Journal:
    m = script.moments
    told = [(_told_s(op), _returned(script, op)) for op in script.done]
    told += [(at_s, entry) for at_s, entry in _events(script)]
    inside = [entry for _, entry in sorted(told, key=lambda pair: pair[0])]
    read = final(*script.held(), at=script.stamp("harness", END_S - 0.5), host="n2", epoch=2)
    assert m.rejoined_s < LOAD_UNTIL_S
    return run(trial(*inside, read, ended=END_S))


def _told_s(op: Done) -> float:
    return op.ret_s if op.ret_s is not None else op.call_s + 1.0


def _returned(script: Script, op: Done) -> Entry:
    known = op.outcome == "ok" or (op.outcome == "fail" and op.node)
    call_s = script.stamp(op.client, op.call_s)
    return Returned(
        trial=1,
        client=op.client,
        kind="write" if op.kind == "write" else "read",
        key="k",
        value=op.value,
        outcome=op.outcome,
        scheduled_s=call_s,
        call_s=call_s,
        ret_s=None if op.ret_s is None else script.stamp(op.client, op.ret_s),
        node=op.node if known else "",
        epoch={"n1": 1, "n2": 2}[op.node] if op.outcome == "ok" else 0,
    )


def _events(script: Script) -> Iterator[tuple[float, Entry]]:
    m, before_s, after_s = script.moments, *script.blur_s
    broken: Fault = Cut(cut_of(f"n1 {STRANDED}"), "drop") if m.cut else Kill("n1", "process")
    act = fault(
        broken,
        at=script.stamp("harness", m.fault_s - before_s),
        until=script.stamp("harness", m.healed_s - before_s),
        width=before_s + after_s,
    )
    yield 0.0, says("n1", "primary", 1, at=script.stamp("n1", 0.0))
    yield 0.0, says("n2", "standby", 1, at=script.stamp("n2", 0.0))
    yield 0.0, register("n1", 1, at=script.stamp("w1", 0.0))
    for index, at_s in ((0, 0.5), (1, m.fault_s), (2, m.fault_s + 0.006)):
        yield at_s, began(index, at=script.stamp("harness", at_s))
    yield 1.0, waited(0, at=script.stamp("harness", 1.0), met=True)
    yield m.fault_s + after_s, act[0]
    yield m.healed_s + after_s, act[1]
    yield from ((at_s, entry) for at_s, entry in _steps(script))
    yield m.promoted_s, says("n2", "primary", 2, at=script.stamp("n2", m.promoted_s))
    yield m.promoted_s, register("n2", 2, at=script.stamp("w1", m.promoted_s))
    yield m.rejoined_s, says("n1", "standby", 2, at=script.stamp("n1", m.rejoined_s))
    yield m.rejoined_s + 0.1, waited(2, at=script.stamp("harness", m.rejoined_s + 0.1), met=True)
    yield LOAD_UNTIL_S + 1.1, LoadStopped(client=OUTSIDE, at_s=LOAD_UNTIL_S + 1.1)


def true_phases(m: Moments) -> dict[PhaseName, tuple[float, str, int]]:
    """When, told by whom, of which reign."""
    return {
        "suspected": (m.suspected_s, "w2", 1),
        "decided": (m.decided_s, "w1", 1),
        "promoted": (m.promoted_s, "n2", 2),
        "redirected": (m.redirected_s[OUTSIDE], "w3", 2),
        "rejoined": (m.rejoined_s, "n1", 2),
    }


def _steps(script: Script) -> Iterator[tuple[float, Entry]]:
    for name, (at_s, host, epoch) in true_phases(script.moments).items():
        subject = "n1" if epoch == 1 or name == "rejoined" else "n2"
        yield at_s, phase(name, epoch, at=script.stamp(host, at_s), host=host, subject=subject)
