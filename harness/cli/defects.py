"""defects: break the target on purpose, in every way it names, and see whether the drills find it."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import NoReturn

from harness import drillfile, journalfile
from harness import run as workflow
from harness.cellfile import Asked, CellFile
from harness.cli.arguments import Namespace, nearest
from harness.cli.drills import DRILLS, containers, find_target, images
from harness.cli.streams import audience, look, show, write_error, write_out
from harness.drive import drive
from harness.judge import judge
from harness.model.drill import Drill
from harness.model.errors import DrillError, ExitCode, HarnessError
from harness.model.plan import Plan
from harness.model.proof import Cell, Proof, Table
from harness.model.verdict import Verdict
from harness.proving import BATCHES, Pair, Run, pairs, prove
from harness.seams import Target
from reports import defects as report
from reports.machine import encode
from targets.registry import SIMULATED

_CODES = {"pass": ExitCode.PASS, "fail": ExitCode.FAIL, "unknown": ExitCode.UNKNOWN}
_ENDINGS = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.HANGUP,
}
# A trial in containers takes half a minute.
_BATCHES = {"simulator": BATCHES, "docker": (1, 1)}


def defects(args: Namespace) -> ExitCode:
    """Tell which there are, or try them."""
    target = find_target(args.target)
    chosen = _chosen(target, args.defect)
    lines = {name: target.defects()[name] for name in chosen}
    if args.list:
        write_out(encode(lines) if args.json else report.listed(lines, look()))
        return ExitCode.PASS
    made = _pairs(target, chosen, args)
    if args.keep and args.world != "docker":
        raise DrillError("--keep is for containers: in virtual time the whole table takes minutes")
    began_s = time.monotonic()
    # Closed at once, whatever ends this: a generator that waits to be collected keeps its workers going.
    with closing(_in_containers(made, args) if args.world == "docker" else _in_virtual_time(made)) as tried:
        cells = [*_told(tried, made)]
    table = Table(
        world=args.world,
        target=target.name,
        defects=lines,
        cells=_in_order(cells, made),
        seconds=time.monotonic() - began_s,
    )
    return _reported(table, args)


def _reported(table: Table, args: Namespace) -> ExitCode:
    code = _CODES[table.judgement]
    if args.json:
        write_out(encode(report.Output(exit_code=code, table=table)))
    else:
        show(report.Proofs(table, look()))
    return code


def _chosen(target: Target, names: Sequence[str]) -> Mapping[str, Proof]:
    """All of them, or those that were named. One that no drill looks for is not hidden."""
    known, proofs = target.defects(), target.proofs()
    if not known:
        raise DrillError(f"the target {target.name} is what it is: it has no defects that could be put in")
    for name in names:
        if name not in known:
            raise DrillError(f"the target {target.name} has no defect '{name}'{nearest(name, known)}")
    return {name: proofs.get(name, Proof(drills=())) for name in dict.fromkeys(names or known)}


def _pairs(target: Target, proofs: Mapping[str, Proof], args: Namespace) -> list[Pair]:
    if args.world not in _BATCHES:
        raise DrillError(f"unknown world '{args.world}'{nearest(args.world, _BATCHES)}")
    if args.world == "simulator" and target.name not in SIMULATED:
        raise DrillError(f"the target '{target.name}' cannot be simulated; write --world docker")
    drills: dict[str, Drill] = {}
    for name in dict.fromkeys(drill for proof in proofs.values() for drill in proof.drills):
        (drills[name],) = drillfile.read_all([Path(name)], DRILLS)
    return pairs(target, proofs, drills, world=args.world, seed=args.seed, batches=_BATCHES[args.world])


def _told(cells: Iterator[Cell], made: Sequence[Pair]) -> Iterator[Cell]:
    """Each as it comes, with how far it is."""
    for number, cell in enumerate(cells, start=1):
        write_error(look().text(f"  {number}/{len(made)}  {report.line(cell)}\n"))
        yield cell


def _in_order(cells: Sequence[Cell], made: Sequence[Pair]) -> tuple[Cell, ...]:
    place = {(pair.defect, pair.drill): number for number, pair in enumerate(made)}
    return tuple(sorted(cells, key=lambda cell: place[cell.defect, cell.drill]))


# --- the simulator ----------------------------------------------------------------------------------


class EndedError(HarnessError):
    """By a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.exit_code = _ENDINGS[signal.Signals(number)]


def _in_virtual_time(made: Sequence[Pair]) -> Generator[Cell, None, None]:
    """All cores. Whatever ends this ends the workers too: they only compute, and leave nothing behind."""
    pool = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=_begin)
    before = {number: signal.signal(number, _ended) for number in _ENDINGS}
    try:
        for done in as_completed([pool.submit(simulate, pair) for pair in made]):
            yield done.result()
    except BaseException:
        for worker in active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        for number, handler in before.items():
            signal.signal(number, handler)


def _ended(number: int, frame: object) -> NoReturn:
    raise EndedError(number)


def _begin() -> None:
    """In a worker: Ctrl-C is for the one that reports."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def simulate(pair: Pair) -> Cell:
    """What breaks is told in the cell: one pair must not take the others with it."""
    try:
        return prove(pair, _simulated)
    except HarnessError as error:
        return Cell(defect=pair.defect, drill=pair.drill, outcome="unknown", reason=str(error))
    except Exception as error:
        reason = f"internal error ({type(error).__name__}: {error})"
        return Cell(defect=pair.defect, drill=pair.drill, outcome="unknown", reason=reason)


def _simulated(plan: Plan) -> Verdict:
    from harness.worlds.simulator.world import SimulatorWorld

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "journal.jsonl"
        world = SimulatorWorld(plan, SIMULATED[plan.target]())
        with journalfile.Writer(file) as journal:
            drive(plan, world, journal, stop=lambda: None, told=lambda entries, moment: None)
        world.close()
        return judge(plan, journalfile.read(file))


# --- containers -------------------------------------------------------------------------------------


def _in_containers(made: Sequence[Pair], args: Namespace) -> Generator[Cell, None, None]:
    """One stack after the other, each run in its own folder. What was kept before is not run again."""
    opened, made_from = (
        containers([plan for pair in made for plan in pair.plans], keep=False),
        images([args.target]),
    )
    asked = Asked(target=args.target, world=args.world, seed=args.seed, images=made_from)
    kept = CellFile.opened(Path(args.keep), asked) if args.keep else None

    def run(plan: Plan) -> Verdict:
        job = workflow.Job(plan=plan, command=_command(plan), images=made_from)
        (result,) = workflow.run(
            [job], out=Path(args.out), deadline_s=None, open_world=opened, audience=audience()
        )
        if result.exit_code >= ExitCode.HANGUP:
            raise EndedError(result.exit_code - 128)
        if result.verdict is None:
            raise HarnessError(result.problem or "there was nothing to judge")
        return result.verdict

    for pair in made:
        before = kept.before.get((pair.defect, pair.drill)) if kept else None
        cell = before or _contained(pair, run)
        if kept and not before:
            kept.keep(cell)
        yield cell


def _contained(pair: Pair, run: Run) -> Cell:
    try:
        return prove(pair, run)
    except EndedError:
        raise
    except HarnessError as error:
        return Cell(defect=pair.defect, drill=pair.drill, outcome="unknown", reason=str(error))


def _command(plan: Plan) -> str:
    command = f"failover-drill run {plan.drill} --seed {plan.seed} --trials {len(plan.trials)}"
    return f"{command} --defect {plan.defect}" if plan.defect else command
