"""What must hold in the data at any moment, beyond what the database itself refuses.

An invariant is a function that returns the public ids of the rows that break it. One module for
each part of the data; `invariants` names those modules, and a new one is added there.
"""
