"""run, plan, check: drills and what is left of them."""

from __future__ import annotations

from harness.cli.arguments.parser import Parser
from harness.cli.arguments.values import add_json, configurations, deadline, seed, trials


def run(parser: Parser) -> None:
    """Run drills and judge them.

    A run leaves runs/<UTC time>-<drill>/: plan.json, journal.jsonl, verdict.json
    and the logs of every host. Progress goes to standard error, the report to
    standard output.

    Without --world and without a Docker engine it runs as processes of this
    machine, if `setup` made that ready, and says what Docker would add.

    examples:
      failover-drill run kill-primary                        (of the catalogue)
      failover-drill run my.yaml --trials 3 --seed 4711
      failover-drill run flagship --deadline 20m --json > report.json
      failover-drill run kill-primary --world simulator      (virtual time)
      failover-drill run kill-primary --world processes      (without containers)
      failover-drill run isolate-primary --defect no-lease-check    (must fail)
      failover-drill run kill-primary --target ./stack.yaml         (your own)
    """
    _planned(parser)
    parser.add_argument("--out", metavar="DIR", default="runs", help="where the run's folder is made (runs)")
    parser.add_argument(
        "--keep", action="store_true", help="leave the containers for a look; `clean` removes them"
    )
    parser.add_argument(
        "--deadline", metavar="D", type=deadline, help="end after this long, like 20m: heal, clean, judge"
    )


def plan(parser: Parser) -> None:
    """Show what a run would do, and do nothing.

    Every phase drawn from the seed, every host, what the target promises and the
    bounds that are judged.

    examples:
      failover-drill plan kill-primary --seed 4711
      failover-drill plan my.yaml other.yaml --json
    """
    _planned(parser)


def check(parser: Parser) -> None:
    """Judge stored runs again, with the checkers of today.

    A run is named by its folder or a file in it; a folder of runs means all of
    them. Nothing is written.

    With --history, files that others recorded: could a single copy have answered
    so, in some order? Exit code 0 where it could, 1 where it could not, 4 where the
    search came to its bound first.

    examples:
      failover-drill check runs/2026-11-24T02-47-09Z-kill-primary
      failover-drill check runs --json
      failover-drill check --history etcd_000.log --format jepsen-etcd
    """
    parser.add_argument("runs", metavar="RUN", nargs="*", help="a run's folder, or a folder of runs")
    parser.add_argument("--history", metavar="FILE", nargs="+", default=[], help="recorded histories")
    parser.add_argument("--format", metavar="F", default="", help="theirs: jepsen-etcd or porcupine-kv")
    parser.add_argument(
        "--configurations",
        metavar="N",
        type=configurations,
        default=0,
        help="how many a search keeps before it gives up (1000000, some 350 MB)",
    )
    add_json(parser)


def _planned(parser: Parser) -> None:
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="drill files, suites, or names in the catalogue"
    )
    parser.add_argument(
        "--world",
        metavar="W",
        default="",
        help="where it runs: docker (the default), processes (of this machine), simulator",
    )
    parser.add_argument(
        "--target",
        metavar="T",
        default="",
        help="another system than the file names: a bundled one, or a stack file (see init)",
    )
    parser.add_argument("--trials", metavar="N", type=trials, help="another number of trials than the file's")
    parser.add_argument(
        "--seed", metavar="S", type=seed, help="what phases are drawn from; drawn when not given"
    )
    parser.add_argument(
        "--defect", metavar="NAME", default="", help="break the target on purpose (see targets NAME)"
    )
    add_json(parser)
