"""What a promotion by hand costs and may lose, from what is known. Pure."""

from __future__ import annotations

from msgspec import Struct

from targets.reference.ctl.view import REIGNS, View
from targets.reference.machines.words.messages import Place
from targets.reference.settings import Settings


class Risk(Struct, frozen=True):
    """hindrance: why it cannot be, with the fix; empty: it can. lines: what a person should know first."""

    hindrance: str
    lines: tuple[str, ...]


def risk(settings: Settings, view: View, to: str, *, forced: bool) -> Risk:
    """Of promoting `to` in place of the present primary."""
    hindrance = _hindrance(settings, view, to, forced=forced)
    if hindrance:
        return Risk(hindrance, ())
    return Risk("", (*_cost(settings, view), *(_loss(view, to) if forced else _kept(settings, to))))


def fence_risk(view: View, node: str) -> tuple[str, ...]:
    """What a person should know before a node is switched off."""
    lines = [f"{node} is switched off at once, as by a power cut: what runs there ends"]
    if view.serving is not None and view.serving.node == node:
        others = [member.node for member in view.register.eligible if member.node != node]
        then = "a failover follows" if others and not view.maintenance else "NOBODY takes over"
        lines.append(f"{node} SERVES: {then}; `ctl switchover` first costs less")
    elif view.eligible(node):
        lines.append(f"{node} is eligible: in sync mode writes wait until it is back")
    lines.append(
        "it stays off until `ctl fence --on`"
        if view.maintenance
        else "the witnesses switch it on again within seconds; to keep it off: `ctl maintenance on` first"
    )
    return tuple(lines)


def _hindrance(settings: Settings, view: View, to: str, *, forced: bool) -> str:
    register = view.register
    told = view.nodes.get(to)
    if to not in settings.nodes:
        return f"there is no node '{to}'; the nodes are {', '.join(settings.nodes)}"
    if not view.has_majority:
        return (
            f"only {len(view.reachable)} of {len(settings.witnesses)} witnesses answer, and a promotion "
            f"needs {view.majority}: the register decides, and nobody else may. Bring a witness back first"
        )
    if told is None and view.at_rest(to) is None:
        why = view.silent.get(to, "?")
        return f"{to} does not answer ({why}): it could not be sealed. Start it first: `ctl rejoin {to}`"
    if register.primary == to and told is not None and told.role in REIGNS:
        return f"{to} is primary already"
    if not register.epoch:
        return "nobody was ever primary: the cluster begins by itself once its first node runs"
    if not forced and not view.eligible(to):
        return (
            f"{to} is not eligible: it may lack acknowledged writes. Let it rejoin (`ctl rejoin {to}`), or "
            f"accept the loss: `ctl promote {to} --force`"
        )
    return ""


def _cost(settings: Settings, view: View) -> tuple[str, ...]:
    primary = view.serving
    wait = f"its lease is waited for (up to {settings.granted_lease_s:g} s): that is never skipped"
    if primary is None:
        register = view.register
        return (f"{register.primary} is primary of epoch {register.epoch} and does not serve; {wait}",)
    return (
        f"{primary.node} SERVES in epoch {primary.epoch} and will be ousted; {wait}",
        f"a planned move costs less and loses nothing: `ctl switchover`, while {primary.node} answers",
    )


def _kept(settings: Settings, to: str) -> tuple[str, ...]:
    if settings.replication != "async":
        return (f"{to} is eligible: it holds every acknowledged write, so none is lost",)
    return (f"replication is async: what the primary had not yet sent to {to} is lost",)


def _loss(view: View, to: str) -> tuple[str, ...]:
    told = view.nodes[to]
    known = view.last_of_primary
    if told is None:
        return _loss_at_rest(view, to)
    lines = [f"{to} holds everything up to {place(told.durable)}, durably"]
    if known is None:
        lines.append(f"how far {view.register.primary} was is NOT KNOWN: what may be lost cannot be said")
    else:
        last, ago_s = known
        when = "says itself" if not ago_s else f"was heard {ago_s:.1f} s ago"
        lines.append(f"{view.register.primary} was at {place(last)} ({when}): {_behind(told.durable, last)}")
    others = [
        f"{name} ({place(one.durable)})"
        for name, one in view.nodes.items()
        if one is not None and name not in (to, view.register.primary) and one.durable > told.durable
    ]
    if others:
        lines.append(f"other nodes hold MORE: {', '.join(others)}; promote one of them instead if you can")
    if not view.eligible(to):
        lines.append(f"{to} is NOT eligible: acknowledged writes may be missing there, for good")
    lines.append(f"then {to} alone is eligible; others rejoin, what they hold beyond it goes to a file")
    return tuple(lines)


def _loss_at_rest(view: View, to: str) -> tuple[str, ...]:
    """It does not run, so it is known by its primary alone."""
    rests = view.at_rest(to)
    assert rests is not None
    return (
        f"{to} is cold: it is started, with the log up to position {rests.held} that was shipped to it",
        f"{rests.lag_positions} records were not shipped yet {rests.heard_ago_s:.1f} s ago: they may be LOST",
        f"then {to} alone is eligible; others rejoin, what they hold beyond it goes to a file",
    )


def _behind(held: Place, last: Place) -> str:
    if held >= last:
        return "nothing known is missing"
    if held.epoch == last.epoch:
        return f"{last.position - held.position} records may be LOST"
    return f"at least {max(1, last.position - held.position)} records may be LOST, the logs differ in epoch"


def place(of: Place) -> str:
    return f"epoch {of.epoch} position {of.position}"
