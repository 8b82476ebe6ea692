"""What happened in a violating run, line by line, for the top of its drill file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.model.event import (
    AlertRaised,
    Applied,
    Controlled,
    Healed,
    PhaseReached,
    Powered,
    RoleChanged,
    Violated,
)
from harness.model.fault import describe
from harness.model.journal import Entry, TrialBegan, WaitEnded
from harness.search.outcome import Broken

_LINES_MAX = 40


def story(entries: Sequence[Entry], broken: Sequence[Broken], *, head: str) -> str:
    """head: where it comes from. The first line says what broke, the last ones how else it shows."""
    first = broken[0]
    until_s = first.at_s if first.at_s is not None else float("inf")
    told = [line for at_s, line in _lines(entries) if at_s <= until_s]
    left_out = len(told) - _LINES_MAX
    middle = [*told[:5], f"… {left_out} lines …", *told[left_out + 5 :]] if left_out > 0 else told
    shows = ", ".join(dict.fromkeys(one.name for one in broken))
    return "\n".join(
        (f"{head}: {first.name}. {_short(first.detail)}", "", *middle, "", f"It shows as: {shows}.")
    )


def _lines(entries: Iterable[Entry]) -> Iterator[tuple[float, str]]:
    origin_s, hurt = 0.0, False
    faults: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, TrialBegan):
            origin_s = entry.at_s
            yield origin_s, f"   0.000 s  {entry.primary} is primary; the load starts"
        if isinstance(entry, Applied):
            faults[entry.fault_id] = describe(entry.fault)
        at_s, text = _line(entry, faults)
        hurt = hurt or isinstance(entry, Applied | Controlled | Violated)
        if text and hurt:
            yield at_s, f"{at_s - origin_s:8.3f} s  {text}"


def _line(entry: Entry, faults: dict[str, str]) -> tuple[float, str]:
    match entry:
        case Applied(fault_id=fault_id, before_s=at_s):
            return at_s, faults[fault_id]
        case Healed(fault_id=fault_id, after_s=at_s):
            return at_s, f"over: {faults.get(fault_id, fault_id)}"
        case Controlled(ok=ok, action=action, detail=detail, before_s=at_s):
            return at_s, f"{action}: {detail}" if ok else f"{action} is refused: {detail}"
        case RoleChanged(at_s=at_s, host=host, role=role, epoch=epoch):
            return at_s, f"{host} is {role}" + (f", epoch {epoch}" if epoch else "")
        case PhaseReached(at_s=at_s, host=host, phase=phase, epoch=epoch, subject=subject):
            return at_s, f"{host}: {phase} ({subject}, epoch {epoch})"
        case Powered(at_s=at_s, host=host, state=state, by=by):
            return at_s, f"{by} switches {host} {state}"
        case AlertRaised(at_s=at_s, host=host, text=text):
            return at_s, f"{host} calls for a person: {text}"
        case WaitEnded(at_s=at_s, met=False, text=text):
            return at_s, f"waited in vain: {text}"
        case Violated(at_s=at_s, invariant=invariant, detail=detail):
            return at_s, f"BROKEN, {invariant}: {_short(detail)}"
        case _:
            return 0.0, ""


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]}…"
