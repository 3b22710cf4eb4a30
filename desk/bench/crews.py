"""Several worker processes at once, each with a connection of its own."""

from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any

from django.db import connection

from desk.bench.timing import timed

FORK = get_context("fork")  # a new interpreter would be measured, too
PATIENCE = 600.0


def seconds(workers: int, work: Callable[[int], Any], keys: Sequence[int]) -> float:
    """Let so many processes do the work for all keys, each taking the next; return how long.

    They are started and connected before the clock is. Raises RuntimeError if one of them fails.
    """
    tasks: Any = FORK.SimpleQueue()
    for key in (*keys, *[None] * workers):
        tasks.put(key)
    ready = FORK.Barrier(workers + 1, timeout=PATIENCE)
    connection.close()  # so that no two processes share one
    crew = [FORK.Process(target=_worker, args=(work, tasks, ready)) for _ in range(workers)]
    for process in crew:
        process.start()
    ready.wait()
    with timed() as watch:
        for process in crew:
            process.join(PATIENCE)
    if any(process.exitcode for process in crew):
        raise RuntimeError("a worker of the bench failed")
    return watch.seconds


def _worker(work: Callable[[int], Any], tasks: Any, ready: Any) -> None:
    connection.ensure_connection()
    ready.wait()
    while (key := tasks.get()) is not None:
        work(key)
    connection.close()
