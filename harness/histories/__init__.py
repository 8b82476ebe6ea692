"""Histories that others recorded, as operations that the checkers of linearizability take.

recorded        what a file becomes: its operations by object
pairing         a line's invocation or completion -> whole operations
jepsen_etcd     the format of Jepsen's etcd test: one compare-and-set register, order only
porcupine_kv    the format of Porcupine's key-value test: EDN maps, a line each
judging         each object searched; a verdict for the file

A file that cannot be read wholly is not judged: a line that was left out would change the verdict.
"""
