"""The verbs of what a host's programs have too little of: processor, memory, durable writes, room on disk."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.drillfile.fields import AT, UNTIL
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.tree import Node, shown
from harness.drillfile.verb import Verb, trigger, until_s
from harness.drillfile.words import WORD, Field, Kind, Words, span, text_of
from harness.model.drill import Step, StrainStep
from harness.model.hardship import Cpu, DiskFull, FailingFsync, Hardship, Memory, SlowFsync

_PERCENT = re.compile(r"(\d{1,3})\s*%")
_SIZE = re.compile(r"(\d{1,6})\s*(MB|GB)")
_MB = {"MB": 1, "GB": 1000}
# Docker's own least; more than one processor is no scarcity.
_LEAST_MB, _MOST_MB = 8, 1_000_000


def _share(node: Node) -> float:
    text = text_of(node, "a share like 10%").strip()
    match = _PERCENT.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= 100:
        raise node.spot.wrong(f"'{shown(text)}' is no share from 1% to 100%; write for instance 10%")
    return int(match[1]) / 100


def _size(node: Node) -> int:
    text = text_of(node, "a size like 64MB").strip()
    match = _SIZE.fullmatch(text)
    limit_mb = int(match[1]) * _MB[match[2]] if match else 0
    if not _LEAST_MB <= limit_mb <= _MOST_MB:
        raise node.spot.wrong(
            f"'{shown(text)}' is no size from {_LEAST_MB}MB to {_MOST_MB // 1000}GB; write for instance 64MB"
        )
    return limit_mb


def _of_host(verb: str) -> Field[str]:
    return Field(name=verb, kind=WORD, help="whose: a role or a host", example="primary", required=True)


_SHARE: Field[float] = Field(
    name="share",
    kind=Kind(_share, {"type": "string", "pattern": rf"^\s*{_PERCENT.pattern}\s*$"}),
    help="of one processor, for all that runs on the host together",
    example="10%",
    required=True,
)
_LIMIT: Field[int] = Field(
    name="limit",
    kind=Kind(_size, {"type": "string", "pattern": rf"^\s*{_SIZE.pattern}\s*$"}),
    help="what all that runs on the host may use together; more than it uses now. 1MB is 1,000,000 bytes",
    example="128MB",
    required=True,
)
_LATE: Field[float] = Field(
    name="delay",
    kind=span(0.001, 60.0),
    help="how much later each fsync and fdatasync begins",
    example="200ms",
    required=True,
)
_CPU, _MEMORY = _of_host("cpu"), _of_host("memory")
_SLOW, _FAILING, _FULL = _of_host("slow_fsync"), _of_host("failing_fsync"), _of_host("disk_full")


def _builder(head: Field[str], by: Callable[[Words], Hardship]) -> Callable[[Words], Step]:
    def build(words: Words) -> Step:
        return StrainStep(
            victim=words[head], by=by(words), at=words[AT], until_s=until_s(words), on=trigger(words)
        )

    return build


_TIMES = (AT, ON, ON_WITHIN, UNTIL)
_TRACED = (
    "Done by strace, from outside and to unmodified programs, all that run there then and what they start; "
    "it makes every other call of theirs slower, too, by tens of microseconds. "
)
CPU = Verb(
    head=_CPU,
    fields=(_SHARE, *_TIMES),
    build=_builder(_CPU, lambda words: Cpu(words[_SHARE])),
    summary="give a host a share of one processor only",
    does="Its programs run in short spurts, 100 ms apart at the worst, and are late with all they do, on "
    "open and on new connections alike. Verified by the kernel's own accounts: what they used, and how often "
    "they were held back.",
    example="- cpu: primary\n  share: 10%\n  at: 1s..2s\n  until: 6s",
)
MEMORY = Verb(
    head=_MEMORY,
    fields=(_LIMIT, *_TIMES),
    build=_builder(_MEMORY, lambda words: Memory(words[_LIMIT])),
    summary="let a host run out of memory: the kernel kills the service's process",
    does="Something beside the service takes all that is left below the limit, and the kernel's OOM killer "
    "ends the service's process, as by SIGKILL; the host lives on, so its peers are refused. At `until` the "
    "limit is as before, and the process is started. Verified by the kernel's count of its OOM kills, and by "
    "the process.",
    example="- memory: primary\n  limit: 128MB\n  at: 1s..2s\n  until: 4s",
)
SLOW_FSYNC = Verb(
    head=_SLOW,
    fields=(_LATE, *_TIMES),
    build=_builder(_SLOW, lambda words: SlowFsync(words[_LATE])),
    summary="make every durable write of a host late",
    does="A write that waits for its fsync is acknowledged that much later; what does not is not slowed. "
    + _TRACED
    + "Verified by the kernel, which says who is traced, and by strace's own list of the calls it made late.",
    example="- slow_fsync: primary\n  delay: 200ms\n  at: 1s..2s\n  until: 6s",
)
FAILING_FSYNC = Verb(
    head=_FAILING,
    fields=_TIMES,
    build=_builder(_FAILING, lambda words: FailingFsync()),
    summary="let every durable write of a host fail with EIO",
    does="Nothing is synced, and the program is told so. Whoever goes on as if it were durable acknowledges "
    "what a power cut would take. "
    + _TRACED
    + "What has ended of it is started at `until`. Verified as slow_fsync.",
    example="- failing_fsync: primary\n  at: 1s..2s\n  until: 4s",
)
DISK_FULL = Verb(
    head=_FULL,
    fields=_TIMES,
    build=_builder(_FULL, lambda words: DiskFull()),
    summary="let a host's disk run full: writes that need room fail with ENOSPC",
    does="A file that nobody asked for takes all the room there is where the service keeps its data. What is "
    "overwritten in place still succeeds, on open and on new connections alike, until something has to grow. "
    "The machine's own disk is not touched: in a drill with this step the named volumes of data hosts are of "
    "64 MiB each, in memory, from the start. At `until` the file is gone, and what has ended is started. "
    "Verified by a byte that is written beside the data: ENOSPC then, none before and after.",
    example="- disk_full: primary\n  at: 1s..2s\n  until: 6s",
)
HARDSHIPS = (CPU, MEMORY, SLOW_FSYNC, FAILING_FSYNC, DISK_FULL)
