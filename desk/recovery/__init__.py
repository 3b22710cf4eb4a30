"""A copy of the database, and the way back from one."""
