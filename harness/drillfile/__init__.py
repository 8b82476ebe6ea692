"""A person's files -> Drills. Every word that is not understood is an error with its line and the fix.

    drills = read_all([Path("kill-primary"), Path("mine.yaml")], drills_folder)

textfile   a path -> its text
tree       text -> words with their lines; all that YAML would guess is left to whoever reads the word
words      what a word may hold: its reader and its JSON Schema, said once
fields verbs steps load measures drill suite    the words of a file

Roles, hosts, settings and promises are the planner's: only a target knows them.
"""

from harness.drillfile.catalogue import read_all

__all__ = ["read_all"]
