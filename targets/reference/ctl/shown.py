"""The view of a cluster as text for a person at night: what is wrong comes first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from targets.reference.ctl.view import DOWN, REIGNS, View
from targets.reference.machines.words.messages import Place
from targets.reference.machines.words.operating import NodeStatus, StandbyStatus, Tail, WitnessStatus

T = TypeVar("T")

NEVER_S = float("inf")
# Where a data node keeps its store, and what it moved aside, in its container.
FOLDER = "/var/lib/failover-drill"


def shown(view: View) -> str:
    """Whole lines."""
    parts = [_head(view), _warnings(view), _nodes(view), _witnesses(view), _tails(view)]
    return "\n".join("\n".join(part) + "\n" for part in parts if part)


def _head(view: View) -> list[str]:
    register, primary = view.register, view.serving
    lines = []
    if view.maintenance:
        lines = [
            f"*** MAINTENANCE IS ON: {view.maintenance} ***",
            "    nobody fails over by itself; `ctl maintenance off` ends it",
        ]
    serves = f"{primary.node} serves" if primary else "NOBODY SERVES"
    sure = "" if view.certain else "  (not sure: no majority of the witnesses shows it)"
    named = register.primary or "nobody yet"
    eligible = ", ".join(member.node for member in register.eligible) or "nobody"
    return [*lines, f"epoch {register.epoch}, primary {named}; {serves}", f"eligible: {eligible}{sure}"]


def _warnings(view: View) -> list[str]:
    rest = {host for host in view.silent if view.at_rest(host) or view.may_rest(host)}
    silent = {host: why for host, why in view.silent.items() if host not in rest}
    found = [f"{host} does not answer: {why}{_remedy(view, host, why)}" for host, why in silent.items()]
    if not view.has_majority:
        count = len(view.reachable)
        found.append(f"{count} of {len(view.witnesses)} witnesses: no majority, so nothing can be decided")
    for witness in _answering(view.witnesses):
        if witness.damaged:
            found.append(f"{witness.witness} refuses to vote: {witness.damaged}")
        elif not witness.has_store:
            found.append(f"{witness.witness} has lost its store and copies it from the others")
        if witness.suspects:
            found.append(f"{witness.witness} holds {witness.watched[1]} for failed: {witness.suspects}")
        if witness.leads:
            found.append(f"{witness.witness} leads a failover: {witness.leads}")
    for node in _answering(view.nodes):
        if node.stands_aside:
            found.append(f"{node.node} stands aside: {node.stands_aside}")
        if node.role == "fenced":
            found.append(
                f"{node.node} is primary of epoch {node.epoch} without a lease: it refuses everybody"
            )
        seen = view.standby(node.node)
        if seen is not None and not seen.carries_load:
            found.append(f"{node.node} cannot carry the load: it falls behind more and more")
        if not view.eligible(node.node) and node.temperature != "cold":
            found.append(f"{node.node} is not eligible: it cannot take over")
    return [f"  ! {line}" for line in found]


def _remedy(view: View, host: str, why: str) -> str:
    return f"; `ctl rejoin {host}` starts it" if host in view.nodes and why == DOWN else ""


def _nodes(view: View) -> list[str]:
    rows = [("node", "role", "eligible", "last durable", "lag", "")]
    for name, told in view.nodes.items():
        if (rests := view.at_rest(name)) is not None:
            last, lag = _seen_by_primary(view, name)
            remark = f"cold, at rest; shipped to {_ago(rests.heard_ago_s)}"
            rows.append((name, "cold", _yes(view.eligible(name)), last, lag, remark))
        elif view.may_rest(name):
            rows.append(
                (name, "cold", _yes(view.eligible(name)), "?", "?", "does not run; who ships to it is gone")
            )
        elif told is None:
            rows.append((name, "?", _yes(view.eligible(name)), *_seen_by_primary(view, name), "no answer"))
        else:
            last, lag = _place(told.durable), _lag(view, told)
            rows.append((name, told.role, _yes(view.eligible(name)), last, lag, _remark(view, told)))
    return _table(rows)


def _seen_by_primary(view: View, name: str) -> tuple[str, str]:
    seen = view.standby(name)
    if seen is None or seen.heard_ago_s == NEVER_S:
        return "?", "?"
    return f"position {seen.held}", _behind(seen)


def _lag(view: View, told: NodeStatus) -> str:
    if told.role in REIGNS:
        return "-"
    seen = view.standby(told.node)
    return _behind(seen) if seen and seen.heard_ago_s < NEVER_S else "?"


def _behind(seen: StandbyStatus) -> str:
    if not seen.lag_positions:
        return "0"
    return f"{seen.lag_positions} records, {seen.lag_bytes} bytes, {seen.lag_s:.1f} s"


def _remark(view: View, told: NodeStatus) -> str:
    if told.role in REIGNS:
        waiting = f", {told.waiting_writes} writes wait" if told.waiting_writes else ""
        return f"lease {told.lease_s * 1000:.0f} ms{waiting}"
    seen = view.standby(told.node)
    if seen is None or seen.heard_ago_s == NEVER_S:
        return "does not follow"
    kept = "" if told.temperature == "hot" else f"{told.temperature}, "
    return f"{kept}follows, heard {_ago(seen.heard_ago_s)}"


def _witnesses(view: View) -> list[str]:
    rows = [("witness", "register", "lease to", "left", "primary heard", "votes")]
    for name, told in view.witnesses.items():
        rows.append(_witness(told) if told is not None else (name, "no answer", "", "", "", ""))
    return _table(rows)


def _witness(told: WitnessStatus) -> tuple[str, str, str, str, str, str]:
    if not told.has_store:
        return told.witness, "no store", "", "", "", ""
    ready = f"(grants in {told.ready_in_s * 1000:.0f} ms)" if told.ready_in_s else "nobody"
    lease = f"{told.grant[1]}, epoch {told.grant[0]}" if told.grant[1] else ready
    left = f"{told.lease_s * 1000:.0f} ms" if told.grant[1] else ""
    heard = _ago(told.heard_ago_s) if told.heard_ago_s < NEVER_S else "never"
    votes = ", ".join(f"{vote.voter} ({vote.left_s * 1000:.0f} ms)" for vote in told.votes) or "-"
    register = f"{told.register.primary or 'nobody'}, epoch {told.register.epoch}"
    return told.witness, register, lease, left, heard, votes


def _tails(view: View) -> list[str]:
    lines = [line for node in _answering(view.nodes) for line in tails_of(node)]
    return ["moved aside for you to look at:", *lines] if lines else []


def tails_of(node: NodeStatus) -> list[str]:
    return [f"  {node.node}: {tail_file(tail)}  ({tail.reason})" for tail in node.tails]


def tail_file(tail: Tail) -> str:
    """A number tells apart tails with the same ends."""
    return f"{FOLDER}/{tail.stem}.*.jsonl"


def _answering(told: dict[str, T | None]) -> list[T]:
    return [one for one in told.values() if one is not None]


def _yes(eligible: bool) -> str:
    return "yes" if eligible else "NO"


def _place(of: Place) -> str:
    return f"epoch {of.epoch} position {of.position}"


def _ago(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms ago" if seconds < 10 else f"{seconds:.0f} s ago"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
