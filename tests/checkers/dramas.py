"""Whole runs of kill-primary as a world would tell them: the load, the fault, the failover, the return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.conductor.stand import stamp
from harness.journalfile import Journal
from harness.model.event import FinalRead, LoadStopped, Returned
from harness.model.journal import Entry, Note, RunEnded, TrialBegan, TrialEnded
from tests.checkers.journals import acked, began, final, killed, op, phase, read, register, says, waited

TRIAL_S = 10.0
FAULT_S, HEALED_S, BACK_S, STOPPED_S = 1.0, 2.0, 2.2, 4.0


def a_run(trials: int = 1, *, outage_s: float = 0.2, spacing_s: float = 0.1) -> Journal:
    """Every trial kills the primary; the other node serves outage_s later. Nothing is lost."""
    told = [said for number in range(1, trials + 1) for said in _trial(number, outage_s, spacing_s)]
    start: list[Entry] = [
        says("n1", "primary", 1, at=0.0),
        says("n2", "standby", 1, at=0.0),
        register("n1", 1, at=0.0),
    ]
    return Journal((*start, *told, RunEnded(at_s=trials * TRIAL_S, reason="done")))


def without(journal: Journal, *kinds: type) -> Journal:
    return Journal(tuple(entry for entry in journal.entries if not isinstance(entry, kinds)))


def plus(journal: Journal, *more: Entry, trial: int = 1) -> Journal:
    """More entries, told just before the trial's load stops."""
    entries = list(journal.entries)
    begun = next(i for i, e in enumerate(entries) if isinstance(e, TrialBegan) and e.trial == trial)
    place = next(i for i, e in enumerate(entries) if isinstance(e, LoadStopped) and i > begun)
    return Journal((*entries[:place], *more, *entries[place:]))


def _trial(number: int, outage_s: float, spacing_s: float) -> Iterator[Entry]:
    begun = (number - 1) * TRIAL_S
    old, new = ("n1", "n2") if number % 2 else ("n2", "n1")
    served = list(_operations(number, begun, (old, new), outage_s, spacing_s))
    promoted = begun + FAULT_S + outage_s - 0.01
    fault_id, killed_s = f"t{number}.s1", begun + FAULT_S
    done: list[Entry] = [
        began(0, at=begun, number=number),
        waited(0, at=begun + 0.5, met=True, number=number),
        began(1, at=killed_s, number=number),
        *killed(old, at=killed_s, until=begun + HEALED_S, name=fault_id),
        began(2, at=killed_s + 0.003, number=number),
        phase("decided", number, at=killed_s + 0.02, subject=old),
        phase("promoted", number + 1, at=promoted, subject=new, host=new),
        says(new, "primary", number + 1, at=promoted),
        register(new, number + 1, at=promoted),
        says(old, "standby", number + 1, at=begun + BACK_S),
        waited(2, at=begun + BACK_S, met=True, number=number),
    ]
    yield TrialBegan(trial=number, at_s=begun, primary=old)
    yield from sorted([*served, *done], key=_told_s)
    yield from (LoadStopped(client=name, at_s=begun + STOPPED_S) for name in ("client1", "client2"))
    yield _read_back(number, begun, new, served)
    yield TrialEnded(trial=number, at_s=begun + STOPPED_S + 0.2, completed=True)


def _operations(
    number: int, begun: float, nodes: tuple[str, str], outage_s: float, spacing_s: float
) -> Iterator[Returned]:
    """Two clients, a writer and a reader each; between the fault and the new primary nobody is served."""
    newest = ""
    for n in range(int(STOPPED_S / spacing_s)):
        for index, client in enumerate(("client1", "client2")):
            at = begun + n * spacing_s + index * spacing_s / 2
            more = {"trial": number, "client": client, "key": f"k{number}"}
            value, ret, read_s = f"t{number}.{client}.0.{n}", at + spacing_s / 10, at + spacing_s / 4
            since_s = round(at - begun - FAULT_S, 6)
            by, epoch = (nodes[0], number) if since_s < 0 else (nodes[1], number + 1)
            if 0 <= since_s < outage_s:
                yield op("write", value, "fail", at, at, **more)
                yield op("read", "", "fail", read_s, read_s, **more)
            else:
                newest = value
                yield acked(value, at, ret, by=by, epoch=epoch, **more)
                yield read(newest, read_s, read_s + spacing_s / 10, by=by, epoch=epoch, **more)


def _read_back(number: int, begun: float, new: str, served: Iterable[Returned]) -> FinalRead:
    values = [o.value for o in served if o.kind == "write" and o.outcome == "ok"]
    return final(*values, at=begun + STOPPED_S + 0.1, host=new, epoch=number + 1, number=number)


def _told_s(entry: Entry) -> float:
    return entry.at_s if isinstance(entry, Note) else stamp(entry)
