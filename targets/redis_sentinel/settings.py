"""A person's settings block <-> Settings, and what follows from them. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

from harness.model.drill import Json
from harness.model.errors import DrillError
from harness.model.plan import Bound
from harness.model.units import duration, seconds
from targets.redis_sentinel.names import DATA, SENTINELS

Persistence = Literal["rdb", "aof", "none"]

# Sentinel's own constants: it pings each second (or each down-after, when that is shorter), asks the other
# Sentinels each second, and looks at its timers ten times a second.
PING_S, ASK_S, TICK_S = 1.0, 1.0, 0.1
_PERSISTENCE: Mapping[str, str] = {
    "rdb": "snapshots, as the distribution has them",
    "aof": "and every write in a file, synced each second",
    "none": "nothing outlives the process",
}
_DURATION: dict[str, Json] = {
    "type": "string",
    "pattern": r"^\s*\d+(\.\d+)?\s*(us|ms|s|m|h)\s*$",
    "examples": ["1s"],
}


class Settings(Struct, frozen=True, kw_only=True):
    """The distribution's own are down_after 30 s, failover_timeout 180 s: too long for a drill of minutes."""

    nodes: int = len(DATA)
    down_after_s: float = 1.0
    failover_timeout_s: float = 10.0
    quorum: int = 2
    min_replicas: int = 0
    min_replicas_max_lag_s: float = 10.0
    persistence: Persistence = "rdb"

    @property
    def detection(self) -> Bound:
        """From the death until a quorum of Sentinels agrees (+odown); while none of them is in TILT."""
        ping_s = min(PING_S, self.down_after_s)
        return Bound(
            limit_s=self.down_after_s + ping_s + ASK_S + 2 * TICK_S,
            formula=(
                f"down-after {duration(self.down_after_s)} + ping {duration(ping_s)} + ask {duration(ASK_S)} "
                f"+ 2 ticks of {duration(TICK_S)}"
            ),
        )


def settings_of(written: Mapping[str, Json]) -> Settings:
    """Raises DrillError, its field relative to the block."""
    values: dict[str, Any] = {}
    for word, value in written.items():
        if word not in _WORDS:
            raise DrillError(f"unknown setting '{word}'; {_nearest(word, _WORDS)}", field=word)
        name, _, read = _WORDS[word]
        values[name] = read(word, value)
    settings = Settings(**values)
    if settings.min_replicas >= settings.nodes:
        raise DrillError(
            f"{settings.nodes} nodes have {settings.nodes - 1} replicas: no write would ever be accepted; "
            f"write at most {settings.nodes - 1}",
            field="min_replicas",
        )
    return settings


def settings_from(plain: Mapping[str, Json]) -> Settings:
    """From a plan's settings. Raises DrillError when they are from elsewhere."""
    try:
        return msgspec.convert(plain, Settings)
    except msgspec.ValidationError as error:
        raise DrillError(f"{error}; these are not settings of redis-sentinel") from error


def plain(settings: Settings) -> dict[str, Json]:
    return cast(dict[str, Json], msgspec.to_builtins(settings))


def schema() -> dict[str, Json]:
    """JSON Schema of the block as a person writes it."""
    properties: dict[str, Json] = {word: dict(described) for word, (_, described, _) in _WORDS.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


# --- words ------------------------------------------------------------------------------------------


def _span(field: str, written: Json) -> float:
    """Whole milliseconds: that is what the configuration files take."""
    try:
        value_s = seconds(written)
    except ValueError as error:
        raise DrillError(f"{error}", field=field) from error
    if value_s < 0.001:
        raise DrillError(f"'{written}' is less than Redis can count; write 1ms or more", field=field)
    return value_s


def _count(low: int, high: int) -> Callable[[str, Json], int]:
    def read(field: str, written: Json) -> int:
        if isinstance(written, int) and not isinstance(written, bool) and low <= written <= high:
            return written
        raise DrillError(f"'{written}' is no number from {low} to {high}", field=field)

    return read


def _persistence(field: str, written: Json) -> str:
    if isinstance(written, str) and written in _PERSISTENCE:
        return written
    raise DrillError(f"unknown persistence '{written}'; {_nearest(written, _PERSISTENCE)}", field=field)


def _nearest(word: object, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(f"{word}", known, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"


def _number(low: int, high: int, says: str) -> tuple[dict[str, Json], Callable[[str, Json], int]]:
    return {"type": "integer", "minimum": low, "maximum": high, "description": says}, _count(low, high)


def _time(says: str) -> tuple[dict[str, Json], Callable[[str, Json], float]]:
    return {**_DURATION, "description": says}, _span


# Word -> name in Settings, its JSON Schema, its reader.
_WORDS: Mapping[str, tuple[str, dict[str, Json], Callable[[str, Json], object]]] = {
    "nodes": ("nodes", *_number(2, len(DATA), "Redis nodes, the primary included.")),
    "down_after": ("down_after_s", *_time("Silence after which a Sentinel holds a node for down.")),
    "failover_timeout": (
        "failover_timeout_s",
        *_time("A failover that got stuck is tried again after twice as long."),
    ),
    "quorum": ("quorum", *_number(1, len(SENTINELS), "So many Sentinels must agree that it is down.")),
    "min_replicas": ("min_replicas", *_number(0, len(DATA) - 1, "With fewer in touch nothing is written.")),
    "min_replicas_max_lag": (
        "min_replicas_max_lag_s",
        *_time("How long ago a replica may have been in touch; whole seconds."),
    ),
    "persistence": (
        "persistence",
        {"enum": [*_PERSISTENCE], "description": "What of a node outlives its process."},
        _persistence,
    ),
}
