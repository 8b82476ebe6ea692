"""A person's stack file -> an OwnStack, as strictly as a drill file is read; and its first draft.

reading   the file's words
speech    the words of how a node is asked, written and read
draft     a compose file -> a stack file to be finished by a person: pure
access    the parts of that which log in and give orders: pure
services  what of a compose file a draft looks at: pure
kinds     which software an image is, by its name: pure
"""

from harness.stackfile.reading import is_stack_file, read

__all__ = ["is_stack_file", "read"]
