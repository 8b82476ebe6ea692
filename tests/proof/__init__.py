"""Long runs that `make test` only samples: `make proof`, or `python -m tests.proof [NAME …] [--cases N]`.

A proof is a function from a case's number to what is wrong with it, in a file of its own beside what it
checks; it is added by one line in `proofs`. What was done is kept in runs/proof-NAME.jsonl, and is gone on
with, as long as the sources are the same.
"""
