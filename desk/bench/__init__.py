"""How fast the portal is: `make bench`.

Every figure is measured beside something else in the same run, because a machine alone says little:
a page at two sizes of the database, an action beside a bare INSERT of the same rows, an export
beside PostgreSQL's own COPY. A row is a function; its module is named in `run`.
"""
