"""The words for replication in a person's settings block, their schema, and what cannot be meant. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args
from urllib.parse import urlsplit

from harness.model.drill import Json
from harness.model.errors import DrillError
from targets.reference.settings import Replication, Settings, Temperature
from targets.reference.words import DURATION, Reader, count, one_of, positive, read

NODES_MIN, NODES_MAX = 2, 5
LAG_MAX = 1_000_000_000
_MODES: tuple[str, ...] = get_args(Replication)
_DEAD = ("remove", "wait")
_TEMPERATURES: tuple[str, ...] = get_args(Temperature)
# Each says something in these modes alone; elsewhere it is left out of what a plan shows.
_OF_MODES: Mapping[str, tuple[str, ...]] = {
    "sync_standbys": ("sync", "semi-sync"),
    "min_standbys": ("sync", "semi-sync"),
    "degrade_after_s": ("semi-sync",),
    "dead_standby": ("sync",),
    "max_lag": ("async",),
}
# Of standbys that do not run.
_OF_COLD = ("ship_interval", "cold_start")
# What every stack has unless it says otherwise.
_QUIET: Mapping[str, Json] = {"standby": "hot", "webhook": ""}


def words() -> Mapping[str, tuple[str, Reader]]:
    standbys = NODES_MAX - 1
    return {
        "replication": ("replication", one_of(dict.fromkeys(_MODES), "replication")),
        "nodes": ("nodes", _nodes),
        "sync_standbys": ("sync_standbys", count("standbys to wait for", low=1, high=standbys)),
        "min_standbys": ("min_standbys", count("standbys", low=0, high=standbys)),
        "degrade_after": ("degrade_after_s", positive),
        "dead_standby": ("dead_standby", one_of(dict.fromkeys(_DEAD), "fate of a dead standby")),
        "max_lag": ("max_lag", count("positions", low=1, high=LAG_MAX)),
        "lag_alert": ("lag_alert", _lag_alert),
        "standby": ("standby", _standby),
        "ship_interval": ("ship_interval_s", positive),
        "cold_start": ("cold_start_s", positive),
        "webhook": ("webhook", _webhook),
    }


def astray(written: Mapping[str, Json], settings: Settings) -> None:
    """Raises DrillError for a word that another mode or temperature would heed."""
    for word in _OF_COLD:
        if word in written and not settings.cold:
            raise DrillError(
                f"'{word}' is of cold standbys; leave it out, or write standby: cold", field=word
            )
    for word, (name, _) in words().items():
        modes = _OF_MODES.get(name, _MODES)
        if word in written and settings.replication not in modes:
            raise DrillError(
                f"'{word}' says nothing with replication {settings.replication}: it is of "
                f"{' and '.join(modes)}; leave it out, or change the replication",
                field=word,
            )


def said(values: dict[str, Json]) -> dict[str, Json]:
    """Plain settings, without what this mode does not heed and limits that are none."""
    mode = values["replication"]
    idle = {name for name, modes in _OF_MODES.items() if mode not in modes or not values[name]}
    idle |= {name for name, value in _QUIET.items() if values[name] == value}
    if "cold" not in f"{values['standby']}":
        idle |= {"ship_interval_s", "cold_start_s"}
    return {name: value for name, value in values.items() if name not in idle}


def too_few(settings: Settings) -> Iterator[tuple[str, str]]:
    """Field and reason: standbys that are asked for and cannot be."""
    running = [node for node in settings.nodes if node not in settings.cold]
    standbys = max(0, len(running) - 1)
    for field, asked, what in (
        ("sync_standbys", settings.sync_standbys, "be waited for"),
        ("min_standbys", settings.min_standbys, "be eligible before anything is acknowledged"),
    ):
        if asked > standbys:
            fix = f"write at most {standbys}, or give it more nodes"
            run = " that run" if settings.cold else ""
            yield (
                field,
                f"{asked} standbys shall {what}, and {len(settings.nodes)} nodes have {standbys}{run}; {fix}",
            )
    if settings.degrade_after_s <= 0:
        yield "degrade_after", "a standby that is not waited for at all is async; write for instance 1s"


def schema() -> dict[str, Any]:
    """JSON Schema of these words."""
    temperature = {"enum": [*_TEMPERATURES]}
    return {
        "replication": {
            "enum": [*_MODES],
            "description": "sync and semi-sync lose nothing, the latter waits a while; async does not wait.",
        },
        "nodes": _integer(NODES_MIN, NODES_MAX, "How many data nodes there are, the primary included."),
        "sync_standbys": _integer(1, NODES_MAX - 1, "k: so many standbys must hold a write; default: all."),
        "min_standbys": _integer(0, NODES_MAX - 1, "With fewer eligible ones nothing is acknowledged."),
        "degrade_after": {**DURATION, "description": "semi-sync: so long a standby is waited for."},
        "dead_standby": {
            "enum": [*_DEAD],
            "description": "sync: what follows once a quorum says so.",
        },
        "max_lag": _integer(1, LAG_MAX, "async: whoever is further behind is not promoted, in positions."),
        "lag_alert": {
            "type": "object",
            "additionalProperties": False,
            "description": "A standby that is further behind calls a person.",
            "properties": {
                "positions": _integer(1, LAG_MAX, "Records that it lacks."),
                "bytes": _integer(1, LAG_MAX, "Their keys and values."),
                "seconds": {**DURATION, "description": "Since the first of them was written."},
            },
        },
        "standby": {
            "anyOf": [
                temperature,
                {"type": "object", "additionalProperties": temperature, "minProperties": 1},
            ],
            "description": "warm applies only when it is promoted, cold does not run; for all, or by node.",
        },
        "ship_interval": {**DURATION, "description": "A cold standby is shipped the log this often."},
        "cold_start": {
            **DURATION,
            "description": "The stated time from the decision until a cold one serves.",
        },
        "webhook": {"type": "string", "pattern": "^http://[^/]+", "description": "Alerts are posted there."},
    }


def _standby(field: str, written: Json) -> object:
    """One word for all, or by node."""
    reader = one_of(dict.fromkeys(_TEMPERATURES), "temperature of standbys")
    if not isinstance(written, Mapping):
        return reader(field, written)
    if not written:
        raise DrillError("write a word for all, like warm, or a block like {n3: cold}", field=field)
    return {f"{node}": reader(f"{field}.{node}", word) for node, word in written.items()}


def _lag_alert(field: str, written: Json) -> object:
    if not isinstance(written, Mapping):
        raise DrillError("write a block: {positions: 1000, bytes: 1000000, seconds: 5s}", field=field)
    known: dict[str, tuple[str, Reader]] = {
        "positions": ("positions", count("positions", low=1, high=LAG_MAX)),
        "bytes": ("bytes", count("bytes", low=1, high=LAG_MAX)),
        "seconds": ("seconds_s", positive),
    }
    return read(field, written, known)


def _webhook(field: str, written: Json) -> str:
    text = written if isinstance(written, str) else ""
    parts = urlsplit(text)
    if parts.scheme != "http" or not parts.hostname:
        raise DrillError(f"'{written}' is no address for alerts; write http://host:port/path", field=field)
    return text


def _integer(low: int, high: int, description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high, "description": description}


def _nodes(field: str, written: Json) -> list[str]:
    if isinstance(written, int) and not isinstance(written, bool) and NODES_MIN <= written <= NODES_MAX:
        return [f"n{number}" for number in range(1, written + 1)]
    raise DrillError(
        f"'{written}' is no number of data nodes; write {NODES_MIN} to {NODES_MAX}, the primary included",
        field=field,
    )
