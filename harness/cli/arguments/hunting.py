"""search, defects: looks for what breaks the target, and for drills that see nothing."""

from __future__ import annotations

from harness.cli.arguments.parser import Parser
from harness.cli.arguments.values import add_json, schedules, seed, workers


def search(parser: Parser) -> None:
    """Search for schedules of faults that break the target, in the simulator.

    Each schedule is a drill of about half a minute of virtual time: a light load, and
    one to six faults at random times and at moments of the protocol. It is sound when
    every invariant held and the cluster recovered. A violating one is reduced to a
    drill file that shows the same. Uses all cores; what is found depends on the seed
    alone.

    examples:
      failover-drill search --schedules 1000 --seed 1
      failover-drill search --schedules 2000 --defect hand-back-unbound --out found
      failover-drill search --resume found             (goes on where it ended)
    """
    parser.add_argument("--schedules", metavar="N", type=schedules, default=1000, help="how many (1000)")
    parser.add_argument("--seed", metavar="S", type=seed, default=1, help="what they are drawn from (1)")
    parser.add_argument("--target", metavar="T", default="", help="the system that is searched (reference)")
    parser.add_argument("--defect", metavar="NAME", default="", help="break the target on purpose")
    parser.add_argument("--all", action="store_true", help="count all violations; default: stop at the first")
    folder = parser.add_mutually_exclusive_group()
    folder.add_argument("--out", metavar="DIR", default="", help="a new folder for what is found")
    folder.add_argument("--resume", metavar="DIR", default="", help="go on with the search in this folder")
    parser.add_argument("--workers", metavar="N", type=workers, help="processes (as many as cores)")
    add_json(parser)


def defects(parser: Parser) -> None:
    """Break the target on purpose and see that the drills find it.

    Every named defect of the target is run in the drills that have to find it, and
    the sound controller in all of them. Exit code 0 only if each defect is found
    and the sound controller passes.

    examples:
      failover-drill defects                       (in virtual time, all cores)
      failover-drill defects --list
      failover-drill defects --defect no-lease-check --world docker
      failover-drill defects --world docker --keep cells.jsonl    (goes on where it ended)
      failover-drill defects --json > defects.json
    """
    parser.add_argument("--list", action="store_true", help="say which there are, a defect a line")
    parser.add_argument(
        "--defect", metavar="NAME", nargs="+", action="extend", default=[], help="only these defects"
    )
    parser.add_argument(
        "--world", metavar="W", default="simulator", help="where: simulator (the default) or docker"
    )
    parser.add_argument("--target", metavar="T", default="reference", help="which system (reference)")
    parser.add_argument("--seed", metavar="S", type=seed, default=1, help="what phases are drawn from (1)")
    parser.add_argument("--out", metavar="DIR", default="runs", help="where runs in containers go (runs)")
    parser.add_argument(
        "--keep",
        metavar="FILE",
        default="",
        help="keep what was run in containers here; what is there is not run",
    )
    add_json(parser)
