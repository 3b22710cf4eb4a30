"""What breaks: each fault begins, is there for a while, and ends. One at a time of each kind."""

import os
import resource
import signal
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from django.db import DatabaseError, connection
from redis import Redis

from reseller_portal.supervisor.children import Child
from tests.chaos.ground import Ground, end, freeze
from tests.programs import children_of

Course = Generator[None]
Begin = Callable[[Ground, Random], Course]

TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
ORDER BY state = 'active' DESC, state_change DESC LIMIT %s
"""
CHARGES, REFUNDS = "/v1/payment_intents*", "/v1/refunds*"
LITTLE = 200  # bytes that a full disk still takes


@dataclass(frozen=True)
class Fault:
    """A kind of fault: what it hits, and how many seconds it lasts."""

    name: str
    hits: str
    seconds: tuple[float, float]
    begin: Begin


FAULTS: list[Fault] = []


def fault(name: str, hits: str, *seconds: float) -> Callable[[Begin], Begin]:
    """Declare a fault: a generator that breaks something, yields, and lets it be mended."""

    def declare(begin: Begin) -> Begin:
        FAULTS.append(Fault(name, hits, (seconds[0], seconds[-1]), begin))
        return begin

    return declare


@fault("broker stopped", "broker", 2, 8)
def broker_stopped(ground: Ground, _random: Random) -> Course:
    """Kill it, and start it with what it had written down."""
    end(ground.valkey.server)
    yield
    ground.valkey.begin()
    ground.valkey.finish()


@fault("broker frozen", "broker", 2, 8)
def broker_frozen(ground: Ground, _random: Random) -> Course:
    """Let it take connections and answer nothing."""
    freeze(ground.valkey.server, frozen=True)
    yield
    freeze(ground.valkey.server, frozen=False)


@fault("broker emptied", "broker", 0)
def broker_emptied(ground: Ground, _random: Random) -> Course:
    """Let it forget everything."""
    _empty(ground)
    yield


@fault("broker restarted empty", "broker", 0)
def broker_restarted(ground: Ground, _random: Random) -> Course:
    """Start it anew at once, without anything that was in it."""
    _empty(ground)
    end(ground.valkey.server)
    ground.valkey.begin()
    ground.valkey.finish()
    yield


def _empty(ground: Ground) -> None:
    with Redis(unix_socket_path=str(ground.valkey.socket), socket_timeout=5) as broker:
        broker.flushall()


@fault("database restarted", "database", 0.5, 3)
def database_restarted(ground: Ground, _random: Random) -> Course:
    """Stop it as `pg_ctl -m immediate` does, and start it after a moment."""
    connection.close()
    server = ground.postgres.server
    os.kill(server.pid, signal.SIGQUIT)
    if server.process is not None:
        server.process.wait()
    yield
    server.start()
    server.wait_until(lambda: server.ready)


@fault("connections terminated", "database", 0)
def connections_terminated(_ground: Ground, random: Random) -> Course:
    """End a few connections, those first that are in the middle of something."""
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(TERMINATE, [random.randint(1, 3)])
    connection.close()
    yield


@fault("disk of exports full", "exports", 3, 8)
def disk_full(ground: Ground, _random: Random) -> Course:
    """Let the processes that do jobs write no more than a little into any file."""
    _let_write(ground, LITTLE)
    yield
    _let_write(ground, resource.RLIM_INFINITY)


def _let_write(ground: Ground, most: int) -> None:
    for worker in ground.workers:
        for pid in children_of(worker.pid):
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


@fault("folder of exports gone", "exports", 3, 8)
def folder_gone(ground: Ground, _random: Random) -> Course:
    """Let something that is no folder be in its place."""
    aside = ground.exports.with_suffix(".aside")
    ground.exports.mkdir(mode=0o700, exist_ok=True)
    ground.exports.rename(aside)
    ground.exports.touch()
    yield
    ground.exports.unlink()
    aside.rename(ground.exports)


@fault("mail put off", "mail", 0)
def mail_put_off(ground: Ground, random: Random) -> Course:
    """Say 451 to the next few recipients."""
    ground.mail.answers += ["451 4.3.0 Come back later"] * random.randint(2, 8)
    yield


@fault("mail refused", "mail", 0)
def mail_refused(ground: Ground, random: Random) -> Course:
    """Say 550 to the next few recipients."""
    ground.mail.answers += ["550 5.1.1 Nobody of that name"] * random.randint(1, 3)
    yield


@fault("mail server hangs", "mail", 5, 9)
def mail_hangs(ground: Ground, _random: Random) -> Course:
    """Answer no message."""
    ground.mail.hangs = True
    yield
    ground.mail.hangs = False


@fault("mail dropped after DATA", "mail", 0)
def mail_dropped(ground: Ground, random: Random) -> Course:
    """Take the next few messages and break the line before saying so."""
    ground.mail.drops += random.randint(1, 4)
    yield


@fault("mail server away", "mail", 2, 6)
def mail_away(ground: Ground, _random: Random) -> Course:
    """Let nobody listen."""
    ground.mail.stop()
    yield
    ground.mail.start()


@fault("gateway slow", "gateway", 0)
def gateway_slow(ground: Ground, random: Random) -> Course:
    """Answer the next few charges late, some too late."""
    ground.gateway.fault("slow", CHARGES, times=3, seconds=random.uniform(1, 5))
    yield


@fault("gateway answers 500", "gateway", 0)
def gateway_errors(ground: Ground, random: Random) -> Course:
    """Fail before or after the deed."""
    for path in (CHARGES, REFUNDS):
        ground.gateway.fault(random.choice(("error_before", "error_after")), path, times=2)
    yield


@fault("gateway silent after charging", "gateway", 0)
def gateway_silent(ground: Ground, _random: Random) -> Course:
    """Charge or pay back, and say nothing."""
    for path in (CHARGES, REFUNDS):
        ground.gateway.fault("timeout_after", path, times=2, seconds=6)
    yield


@fault("gateway breaks the line", "gateway", 0)
def gateway_breaks(ground: Ground, random: Random) -> Course:
    """Hang up before or after the deed, or say that it was asked too often."""
    kind = random.choice(("reset_before", "reset_after", "rate_limit"))
    ground.gateway.fault(kind, CHARGES, times=2)
    yield


@fault("gateway restarted", "gateway", 0.5, 4)
def gateway_restarted(ground: Ground, _random: Random) -> Course:
    """Kill it, and start it with what it knew."""
    ground.gateway.kill()
    yield
    ground.gateway.start()


@fault("webhooks repeated and reordered", "gateway", 4, 8)
def webhooks_reordered(ground: Ground, _random: Random) -> Course:
    """Keep them back, then tell all of them three times, the newest first."""
    ground.gateway.webhooks(withheld=True, times=3, order="newest")
    yield
    ground.gateway.webhooks(withheld=False, times=1, order="oldest")


@fault("web worker killed", "web", 0)
def web_worker_killed(ground: Ground, random: Random) -> Course:
    """Kill one process that answers requests."""
    _kill_one(children_of(ground.web.pid), random)
    yield


@fault("web server killed", "web", 0)
def web_server_killed(ground: Ground, _random: Random) -> Course:
    """Kill all that answers requests."""
    end(ground.web)
    yield
    ground.web.start()


@fault("worker's child killed", "workers", 0)
def child_killed(ground: Ground, random: Random) -> Course:
    """Kill one process that does jobs."""
    _kill_one(children_of(random.choice(ground.workers).pid), random)
    yield


@fault("worker killed", "workers", 0.5, 3)
def worker_killed(ground: Ground, random: Random) -> Course:
    """Kill a worker with all its processes."""
    yield from _killed(random.choice(ground.workers))


@fault("worker frozen", "workers", 8, 14)
def worker_frozen(ground: Ground, random: Random) -> Course:
    """Let a worker stand still for longer than its leases."""
    worker = random.choice(ground.workers)
    freeze(worker, frozen=True)
    yield
    freeze(worker, frozen=False)


@fault("scheduler killed", "schedulers", 0.5, 4)
def scheduler_killed(ground: Ground, random: Random) -> Course:
    """Kill one of the two."""
    yield from _killed(random.choice(ground.schedulers))


def _killed(child: Child) -> Course:
    end(child)
    yield
    child.start()


def _kill_one(pids: list[int], random: Random) -> None:
    if pids:
        with suppress(ProcessLookupError):
            os.kill(random.choice(pids), signal.SIGKILL)
