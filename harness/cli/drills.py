"""run, plan, check: from a person's files to jobs, from results to a report."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness import drillfile, planner, runfolder, stackfile
from harness import run as workflow
from harness.cli import worlds
from harness.cli.arguments import Namespace, nearest
from harness.cli.streams import audience, look, show, write_error, write_out
from harness.model.drill import Drill
from harness.model.errors import DrillError, ExitCode, WorldError
from harness.model.plan import Plan
from harness.run import Job, Result
from harness.seams import Target
from harness.stackfile import is_stack_file
from reports import plain
from reports.machine import Output, RunOutput, encode
from reports.terminal import Report, summary
from targets.own_stack.target import OwnStackTarget
from targets.registry import TARGETS, USUAL

if TYPE_CHECKING:
    from harness.worlds.docker.world import DockerWorld

# The folder above the package: a checkout, or where a wheel was installed.
DRILLS = Path(__file__).resolve().parent.parent.parent / "drills"
AtHand = Callable[[Collection[str]], str]


def run(args: Namespace) -> ExitCode:
    """Plan everything, look whether a run can start, run drill by drill, report each as it comes."""
    planned = plans_of(args, at_hand=worlds.at_hand)
    targets = {plan.target for _, plan in planned}
    open_world = worlds.opener(args, [plan for _, plan in planned])
    made_from = images(targets) if args.world == "docker" else {}
    programs = worlds.programs(targets) if args.world == "processes" else {}
    jobs = [
        Job(plan=plan, command=_again(args, drill, plan), images=made_from, programs=programs)
        for drill, plan in planned
    ]
    results: list[Result] = []
    for result in workflow.run(
        jobs, out=Path(args.out), deadline_s=args.deadline, open_world=open_world, audience=audience()
    ):
        results.append(result)
        _report(result, args)
    return _close(results, args)


def plan(args: Namespace) -> ExitCode:
    """Show what a run would do. The seed is drawn as a run would draw it, and shown."""
    planned = plans_of(args)
    own_files_must_fit([plan for _, plan in planned])
    if args.json:
        write_out(encode([plan for _, plan in planned]))
    for index, (drill, plan) in enumerate(() if args.json else planned):
        write_out("\n" if index else "")
        show(plain.plan(plan, drill.path, look()))
    return ExitCode.PASS


def check(args: Namespace) -> ExitCode:
    """Judge stored runs again. All that were named must be there before any is judged."""
    if args.history or args.format or args.configurations:
        from harness.cli.histories import check_histories

        return check_histories(args)
    if not args.runs:
        raise DrillError("name a run's folder, or with --history FILE a history that others recorded")
    folders = [folder for named in args.runs for folder in runfolder.find(Path(named))]
    results: list[Result] = []
    for folder in folders:
        result = workflow.check(folder)
        results.append(result)
        _report(result, args)
        _compare(result, folder)
    return _close(results, args)


def plans_of(args: Namespace, *, at_hand: AtHand = lambda targets: worlds.USUAL) -> list[tuple[Drill, Plan]]:
    """All files read and planned; the first wrong one raises before anything starts.

    at_hand: the world for drills of these targets, where none was named.
    """
    if args.world:
        worlds.must_be_one(args.world)
    drills = drillfile.read_all([Path(file) for file in args.files], DRILLS)
    args.world = args.world or at_hand({args.target} if args.target else {drill.target for drill in drills})
    drawn = secrets.randbelow(2**32)
    return [(drill, _planned(drill, args, _seed(drill, args, drawn))) for drill in drills]


def _seed(drill: Drill, args: Namespace, drawn: int) -> int:
    """The command's, else the file's own, else one for all files."""
    written: int | None = args.seed
    return next(seed for seed in (written, drill.seed, drawn) if seed is not None)


def _planned(drill: Drill, args: Namespace, seed: int) -> Plan:
    if args.target:
        target = _offered_in(args.world, find_target(args.target))
    else:
        target = _own_target(drill, args.world)
    return planner.plan(
        drill, target, world=args.world, seed=seed, trials=args.trials or drill.trials, defect=args.defect
    )


def find_target(name: str) -> Target:
    """A bundled one by its name, or a stack of the user's own by the path of its stack file."""
    if name in TARGETS:
        return TARGETS[name]
    if is_stack_file(name):
        return own_stack(name)
    near = nearest(name, TARGETS)
    own = "" if "did you mean" in near else ", or a stack file of your own, like ./stack.yaml"
    raise DrillError(f"unknown target '{name}'{near}{own}")


def own_stack(path: str) -> OwnStackTarget:
    """Raises DrillError: the stack file's path, line and field."""
    from harness.worlds.docker.weaving import composefile

    return OwnStackTarget(stackfile.read(path), composefile.read)


def _offered_in(world: str, target: Target) -> Target:
    worlds.must_take(world, target.name)
    return target


def _own_target(drill: Drill, world: str) -> Target:
    """A stack file is seen from the drill's; what is wrong at a place in it is told as its own."""
    own = is_stack_file(drill.target)
    try:
        name = f"{Path(drill.path).parent / drill.target}" if own else drill.target
        return _offered_in(world, own_stack(name) if own else find_target(name))
    except DrillError as error:
        if error.line:
            raise
        line, why = drill.lines.get("target", 0), f"{error}" if error.path else error.problem
        raise DrillError(why, path=drill.path, line=line, field="target") from error


def containers(plans: Sequence[Plan], *, keep: bool) -> Callable[[Plan, Path, workflow.Say], DockerWorld]:
    """Raises before anything starts: WorldError and TargetError for what is missing here, DrillError for a
    compose file that cannot be woven, whichever plan it is of.
    """
    from harness import setup

    own_files_must_fit(plans)
    targets = {plan.target for plan in plans}
    words = [f" --target {name}" for name in sorted(targets) if name != USUAL]
    hindrance = setup.ready(recipes_of(targets), setup=f"failover-drill setup{''.join(words)}")
    if hindrance:
        raise WorldError(f"{hindrance}\n  `failover-drill doctor` shows everything that runs need")
    from harness.setup.images import ROOT
    from harness.setup.stand_ins import missing
    from harness.worlds.docker.weaving.inspection import must_weave
    from harness.worlds.docker.world import DockerWorld

    for image in missing(stand_ins_of(targets)):
        raise WorldError(f"the image {image} is missing: run `failover-drill setup{''.join(words)}`")
    must_weave(find_target(plan.target).stack(plan, ROOT / "compose") for plan in plans)

    def opened(plan: Plan, folder: Path, say: workflow.Say) -> DockerWorld:
        return DockerWorld.open(plan, find_target(plan.target), folder, say, keep)

    return opened


def own_files_must_fit(plans: Iterable[Plan]) -> None:
    """What is wrong with a person's own compose file comes before anything that a set-up makes. DrillError.

    Nothing is said where Compose itself is missing, which reads such files.
    """
    from harness.setup import compose_plugin
    from harness.setup.images import ROOT
    from harness.worlds.docker.weaving.inspection import must_weave

    targets = ((plan, find_target(plan.target)) for plan in plans)
    own = [(plan, target) for plan, target in targets if isinstance(target, OwnStackTarget)]
    if own and compose_plugin.version():
        must_weave(target.stack(plan, ROOT / "compose") for plan, target in own)


def images(targets: Collection[str]) -> dict[str, str]:
    """Those that a run of these targets in containers is made from: name -> id."""
    from harness.setup import images as ours
    from harness.setup.stand_ins import used

    own = {image: ours.image_id(image) for image in ours.needed(recipes_of(targets))}
    return own | used(stand_ins_of(targets))


def recipes_of(targets: Iterable[str]) -> tuple[str, ...]:
    """What the images of these targets are made from, each once. Raises DrillError for an unknown one."""
    found = (recipe for name in targets for recipe in find_target(name).images.values())
    return tuple(dict.fromkeys(found))


def stand_ins_of(targets: Iterable[str]) -> dict[str, str]:
    """Images of users' own compose files -> recipes of what stands in for them."""
    found = (find_target(name) for name in targets)
    own = (target.stand_ins for target in found if isinstance(target, OwnStackTarget))
    return {image: recipe for images in own for image, recipe in images.items()}


def _again(args: Namespace, drill: Drill, plan: Plan) -> str:
    """The command that runs this drill alone again, with every phase the same."""
    words = ["failover-drill", "run", drill.path, "--seed", str(plan.seed), "--trials", str(len(plan.trials))]
    words += ["--world", args.world] if args.world != "docker" else []
    words += ["--target", args.target] if args.target else []
    words += ["--defect", args.defect] if args.defect else []
    return shlex.join(words)


def _report(result: Result, args: Namespace) -> None:
    if result.problem:
        write_error(f"failover-drill: {result.plan.drill}: {result.problem}\n")
    if result.verdict is None or result.file is None:
        write_error(f"  what there is lies in {result.folder}\n" if result.folder else "")
    elif not args.json:
        show(Report(result.file, result.verdict, folder=result.folder, look=look()))


def _compare(result: Result, folder: Path) -> None:
    stored = runfolder.read_verdict(folder)
    if not (folder / runfolder.VERDICT).exists():
        write_error(
            f"{folder}: the run itself came to no verdict: it goes on, or was ended before it had one\n"
        )
    if stored and result.verdict and stored.judgement != result.verdict.judgement:
        write_error(
            f"{folder}: the run itself was judged {stored.judgement}, today {result.verdict.judgement}\n"
        )


def _close(results: Sequence[Result], args: Namespace) -> ExitCode:
    code = workflow.worst([result.exit_code for result in results])
    if args.json:
        write_out(encode(Output(exit_code=code, runs=tuple(map(_output, results)))))
    elif len(results) > 1:
        show(plain.summary([_line(result) for result in results], look()))
    return code


def _line(result: Result) -> tuple[str, str, str]:
    judgement = result.verdict.judgement if result.verdict else "broken"
    broken = f"{result.problem.splitlines()[0]} " if result.problem else ""
    return judgement, result.plan.drill, broken + (summary(result.verdict) if result.verdict else "")


def _output(result: Result) -> RunOutput:
    return RunOutput(
        drill=result.plan.drill,
        folder=result.folder,
        exit_code=result.exit_code,
        plan=result.plan,
        provenance=result.file.provenance if result.file else None,
        verdict=result.verdict,
        problem=result.problem,
    )
