"""What can be written after `failover-drill`, and the help that teaches it. Imports nothing heavy.

commands    all of them; from words to a namespace
parser      a wrong word is an error that names the nearest right one
values      what options hold, and the options that several commands have
drills hunting looks ownstacks stacks    a family of commands each: a function adds the options of one,
            and its docstring is the command's help
"""

from harness.cli.arguments.commands import parse
from harness.cli.arguments.parser import Namespace, Parser, UsageError, nearest

__all__ = ["Namespace", "Parser", "UsageError", "nearest", "parse"]
