"""A drill -> its file as a person would write it, without what is as by default. The reverse of reading."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from harness.drillfile.measures import BOUND, LEAST, NEVER, QUANTILES, SEEN
from harness.model import hardship
from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    DiskStep,
    Drill,
    ExecStep,
    Expectation,
    HoldStep,
    ImpairStep,
    Json,
    KillStep,
    LatencyStep,
    Load,
    LossStep,
    PartitionStep,
    Step,
    StrainStep,
    SwitchStep,
    Trigger,
    WaitStep,
    Window,
)
from harness.model.hardship import Cpu, DiskFull, FailingFsync, Memory, SlowFsync
from harness.model.impairment import Bandwidth, Reset, Slicing, SlowClose, name_of
from harness.model.moment import TELLS
from harness.model.units import duration, seconds

_COMMENT_WIDTH = 110
_TIMES = ("detection_time", "outage", "rejoin_time")
Fields = list[tuple[str, str]]


def written(drill: Drill) -> str:
    """Reads back as the same drill. The story becomes the comment on top."""
    lines = [*_comment(drill.story), f"drill: {drill.name}", f"target: {drill.target}"]
    if drill.seed is not None:
        lines.append(f"seed: {drill.seed}")
    if any(drill.settings.values()):
        lines.append(f"settings: {_flow(drill.settings)}")
    lines.append(f"load: {_block(_load(drill.load))}")
    if drill.clients:
        ways = ", ".join(f"{word}: {{via: {via}}}" for word, via in drill.clients.items())
        lines.append(f"clients: {{{ways}}}")
    if drill.trials != 1:
        lines.append(f"trials: {drill.trials}")
    if drill.missed != "abandon":
        lines.append(f"missed: {drill.missed}")
    lines.append("steps:")
    for step in drill.steps:
        lines += [f"  {'  ' if n else '- '}{name}: {text}" for n, (name, text) in enumerate(_step(step))]
    lines.append(f"expect: {_block([*_expected(drill.expect)])}")
    return "\n".join(lines) + "\n"


def _comment(story: str) -> Iterator[str]:
    for line in story.splitlines():
        hang = line[: len(line) - len(line.lstrip())]
        wrapped = textwrap.wrap(line, _COMMENT_WIDTH, initial_indent="# ", subsequent_indent=f"# {hang}  ")
        yield from wrapped or ["#"]


def _load(load: Load) -> Fields:
    usual = Load()
    fields = [
        ("writers", f"{load.writers}"),
        ("rate", f"{load.rate_per_s:g}/s"),
        ("readers", f"{load.readers}"),
    ]
    if load.read_rate_per_s != usual.read_rate_per_s:
        fields.append(("read_rate", f"{load.read_rate_per_s:g}/s"))
    return fields + ([] if load.timeout_s == usual.timeout_s else [("timeout", _span(load.timeout_s))])


# --- steps ------------------------------------------------------------------------------------------


def _step(step: Step) -> Fields:
    match step:
        case WaitStep(wait_for=wait_for, host=host, within_s=within_s):
            narrowed = f", host: {host}" if host else ""
            return [("wait", f"{{for: {wait_for}{narrowed}, within: {_span(within_s)}}}")]
        case HoldStep(duration_s=duration_s):
            return [("hold", _span(duration_s))]
        case ExecStep(host=host, argv=argv, within_s=within_s):
            block = [("on", host), ("run", _listed(argv)), ("within", _span(within_s))]
            return [("exec", _block(block)), *_when(step.on, step.at)]
        case ControlStep(action="switchover" as action, to=to):
            return [(action, f"{{to: {to}}}"), *_when(step.on, step.at)]
        case ControlStep(action=action, to=to):
            return [("order", f"{{do: {action}, to: {to}}}"), *_when(step.on, step.at)]
        case KillStep(verb="restart" | "power_off" as verb, victim=victim, scope=scope):
            wide = [] if scope == "process" or verb == "power_off" else [("scope", scope)]
            ends = [] if verb == "restart" else [_until(step.until_s)]
            return [(verb, victim), *wide, *_when(step.on, step.at), *ends]
        case KillStep(verb=verb, victim=victim, scope=scope):
            wide = [] if scope == "process" else [("scope", scope)]
            return [(verb, victim), *wide, *_when(step.on, step.at), _until(step.until_s)]
        case CrashStep(victim=victim, side=side, until_s=until_s, within_s=within_s):
            nth = [("nth", f"{step.nth}")] if step.nth > 1 else []
            point = (side, _block([(step.act, step.what), *nth]))
            # `within` is the point's: a moment that it counts from as well is waited for as long.
            when = [field for field in _when(step.on, step.at) if field[0] != "within"]
            return [("crash", victim), point, *when, ("within", _span(within_s)), _until(until_s)]
        case PartitionStep(how=how, direction=direction):
            way: Fields = [] if direction == "both" else [("direction", direction)]
            way += [] if step.shape == "split" else [("shape", step.shape)]
            way += _flaps(step)
            return [*_cut(step), ("how", how), *way, *_when(step.on, step.at), _until(step.until_s)]
        case LatencyStep(delay_s=delay_s, jitter_s=jitter_s):
            jitter = [("jitter", _span(jitter_s))] if jitter_s else []
            much = [("delay", _span(delay_s)), *jitter, *_flaps(step)]
            return [("latency", _sides(step.sides)), *much, *_when(step.on, step.at), _until(step.until_s)]
        case LossStep(sides=sides, share=share):
            much = [("share", f"{share * 100:g}%")]
            return [("loss", _sides(sides)), *much, *_when(step.on, step.at), _until(step.until_s)]
        case ImpairStep(direction=direction):
            way = [] if direction == "both" else [("direction", direction)]
            return [*_impaired(step), *way, *_when(step.on, step.at), _until(step.until_s)]
        case DiskStep(victim=victim, does=does):
            return [("disk", victim), ("does", does), *_when(step.on, step.at), _until(step.until_s)]
        case ClockStep(victim=victim, rate=rate):
            return [("clock", victim), ("rate", f"{rate}"), *_when(step.on, step.at), _until(step.until_s)]
        case StrainStep():
            return [*_strained(step), *_when(step.on, step.at), _until(step.until_s)]
        case SwitchStep(victim=victim, how=how):
            return [("switch", victim), ("how", how), *_when(step.on, step.at), _until(step.until_s)]
        case _:
            assert_never(step)


def _flaps(step: PartitionStep | LatencyStep) -> Fields:
    if step.flapping is None:
        return []
    period_s, on_s = step.flapping.period_s, step.flapping.on_s
    return [("flapping", _block([("period", _span(period_s)), ("duty", f"{on_s / period_s:.0%}")]))]


def _impaired(step: ImpairStep) -> Fields:
    head = (name_of(step.by), _sides(step.sides))
    match step.by:
        case Bandwidth(rate_kb_per_s=rate):
            return [head, ("rate", f"{rate}KB/s")]
        case Slicing(piece_bytes=piece_bytes, delay_s=delay_s):
            apart = [("apart", _span(delay_s))] if delay_s else []
            return [head, ("piece_bytes", f"{piece_bytes}"), *apart]
        case Reset():
            return [head]
        case SlowClose(delay_s=delay_s):
            return [head, ("delay", _span(delay_s))]


def _listed(argv: Sequence[str]) -> str:
    return f"[{', '.join(map(json.dumps, argv))}]"


def _strained(step: StrainStep) -> Fields:
    head = (hardship.name_of(step.by), step.victim)
    match step.by:
        case Cpu(share=share):
            return [head, ("share", f"{share:.0%}")]
        case Memory(limit_mb=limit_mb):
            return [head, ("limit", f"{limit_mb}MB")]
        case SlowFsync(delay_s=delay_s):
            return [head, ("delay", _span(delay_s))]
        case FailingFsync() | DiskFull():
            return [head]


def _cut(step: PartitionStep) -> Fields:
    if len(step.sides) == 2 and step.sides[1] == ("rest",):
        alone = step.sides[0]
        return [("isolate", alone[0] if len(alone) == 1 else f"[{', '.join(alone)}]")]
    return [("partition", _sides(step.sides))]


def _sides(sides: Sequence[Sequence[str]]) -> str:
    return f"[{', '.join(map(_side, sides))}]"


def _side(side: Sequence[str]) -> str:
    return "rest" if [*side] == ["rest"] else f"[{', '.join(side)}]"


def _when(on: Trigger | None, at: Window) -> Fields:
    low, high = _span(at.low_s), _span(at.high_s)
    fields = [] if at == Window(0.0, 0.0) else [("at", low if low == high else f"{low}..{high}")]
    return fields if on is None else [("on", _moment(on)), ("within", _span(on.within_s)), *fields]


def _moment(on: Trigger) -> str:
    if on.act == TELLS and not on.host and on.nth == 1 and on.what != "register":
        return on.what
    host = [("host", on.host)] if on.host else []
    return _block([(on.act, on.what), *host, *([("nth", f"{on.nth}")] if on.nth > 1 else [])])


def _until(until_s: float) -> tuple[str, str]:
    return "until", _span(until_s)


# --- bounds -----------------------------------------------------------------------------------------


def _expected(expect: Sequence[Expectation]) -> Iterable[tuple[str, str]]:
    """A number that is asked for from both sides is one word; quantiles of one measure are one block."""
    fields: dict[str, str] = {}
    names = {limit: name for name, limit in QUANTILES.items()}
    for one in expect:
        if one.measure in _TIMES:
            mine = [other for other in expect if other.measure == one.measure]
            bounds = [(LEAST if o.at_least else names[o.quantile], _limit(o)) for o in mine]
            fields[one.measure] = _block(bounds)
        elif not one.at_least:
            fields[one.measure] = _between(one, expect) if one.measure == "failovers" else _limit(one)
    return fields.items()


def _between(most: Expectation, expect: Sequence[Expectation]) -> str:
    least = next((one.limit for one in expect if one.measure == most.measure and one.at_least), 0.0)
    return _limit(most) if most.limit == least or most.seen else f"{least:g}..{_limit(most)}"


def _limit(one: Expectation) -> str:
    if one.limit is None or one.seen:
        return SEEN if one.seen else BOUND
    if one.measure == "split_brain":
        return NEVER
    return _span(one.limit) if one.measure in (*_TIMES, "rpo") else f"{one.limit:g}"


def _block(fields: Fields) -> str:
    return f"{{{', '.join(f'{name}: {text}' for name, text in fields)}}}"


def _flow(value: Json | Mapping[str, Json]) -> str:
    match value:
        case dict():
            return _block([(name, _flow(entry)) for name, entry in value.items()])
        case list():
            return f"[{', '.join(map(_flow, value))}]"
        case bool():
            return "true" if value else "false"
        case _:
            return f"{value}"


def _span(value_s: float) -> str:
    """As a person would write it, unless that would read as another number."""
    text = duration(value_s)
    return text if seconds(text) == value_s else f"{value_s!r}s"
