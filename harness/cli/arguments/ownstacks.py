"""init: a stack of the user's own."""

from __future__ import annotations

from harness.cli.arguments.parser import Parser


def init(parser: Parser) -> None:
    """Draft a stack file: what drills must know of your own compose file.

    The compose file is read as `docker compose` understands it, and never changed.
    What it does not tell is TODO in the draft, to be said by you; then the stack
    file is a target like any other.

    examples:
      failover-drill init compose.yaml --out stack.yaml
      failover-drill init --words                          (of a stack file)
      failover-drill setup --target ./stack.yaml
      failover-drill run kill-primary --target ./stack.yaml
    """
    parser.add_argument("compose", metavar="COMPOSE", nargs="?", default="", help="a compose file")
    parser.add_argument(
        "--out", metavar="FILE", default="", help="write it there; default: to standard output"
    )
    parser.add_argument("--words", action="store_true", help="explain every word of a stack file")
