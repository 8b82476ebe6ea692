"""up, ctl: stacks without a drill."""

from __future__ import annotations

import argparse

from harness.cli.arguments.parser import Parser


def up(parser: Parser) -> None:
    """Bring a stack up without a drill, and leave it running.

    Its settings are those of a drill file (calm, when none is named); `ctl` looks
    at it and steers it, `clean` removes it.

    examples:
      failover-drill up
      failover-drill up my.yaml
    """
    parser.add_argument("files", metavar="FILE", nargs="*", default=["calm"], help="a drill file (calm)")
    parser.add_argument("--out", metavar="DIR", default="runs", help="where its folder is made (runs)")
    parser.add_argument("--target", metavar="T", default="", help="another system than the file names")
    parser.add_argument("--defect", metavar="NAME", default="", help="break the target on purpose")
    parser.set_defaults(seed=0)


def ctl(parser: Parser) -> None:
    """Show and steer a stack that runs: status, switchover, promote, rejoin, fence, maintenance.

    For one that `up` or `run --keep` left, or a drill that runs right now; over links
    that no fault touches. Inside a container of the stack the same tool is `ctl`, and
    sees what that host can reach.

    examples:
      failover-drill ctl status
      failover-drill ctl promote n2 --force
      failover-drill ctl promote --help
      docker compose -f runs/…/compose.yaml exec w1 ctl status
    """
    parser.add_argument("--run", metavar="RUN", default="", help="the run's id, when several run")
    parser.add_argument("words", metavar="…", nargs=argparse.REMAINDER, help="what `ctl` is told")
