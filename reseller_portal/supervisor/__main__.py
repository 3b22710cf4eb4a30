"""The commands: `run` the whole portal, or a command `with` its own PostgreSQL and Valkey."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from reseller_portal.supervisor.console import say
from reseller_portal.supervisor.guard import guard
from reseller_portal.supervisor.kernel import end_with_parent
from reseller_portal.supervisor.portal import Portal
from reseller_portal.supervisor.problems import CannotRunError
from reseller_portal.supervisor.servers import Servers
from reseller_portal.supervisor.state import State
from reseller_portal.supervisor.variables import variables_for

PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Do what the command line says and return the exit code."""
    options = _parser().parse_args()
    if options.with_parent:
        end_with_parent(os.getppid(), signal.SIGTERM)
    os.chdir(PROJECT)
    state = State(options.state)
    try:
        if options.what == "run":
            return _run(state, options.port, options.seed)
        return _with(state, options.command, throwaway=not options.lasting)
    except CannotRunError as problem:
        say(str(problem), error=True)
        return 1


def _run(state: State, port: int, seed: str) -> int:
    portal = Portal(state, port, seed)
    with state.claimed(f"The portal at {portal.address}"):
        return guard(portal.keep)


def _with(state: State, command: list[str], *, throwaway: bool) -> int:
    def keep(report: Callable[[Mapping[str, str]], None]) -> None:
        servers = Servers(state, throwaway=throwaway)
        with servers.begun():
            servers.finish()
            report(variables_for(state, servers.urls, port=8000))
            while True:
                signal.pause()

    with state.claimed(f"`{' '.join(command)}`"):
        return guard(keep, command)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reseller_portal.supervisor")
    commands = parser.add_subparsers(dest="what", required=True)
    run = commands.add_parser("run", help="run the whole portal until Ctrl-C")
    run.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    run.add_argument(
        "--seed", default=os.environ.get("SEED", ""), help="arguments of manage.py seed"
    )
    beside = commands.add_parser("with", help="run a command beside its own PostgreSQL and Valkey")
    for command in (run, beside):
        command.add_argument("--state", type=Path, default=_default_state())
        command.add_argument("--with-parent", action="store_true", help="end when the parent ends")
    beside.add_argument(
        "--lasting",
        action="store_true",
        help="keep what it writes safe from a crash, as `run` does",
    )
    beside.add_argument("command", nargs="+", help="after --")
    return parser


def _default_state() -> Path:
    return Path(os.environ.get("PORTAL_STATE") or PROJECT / "var")


if __name__ == "__main__":
    sys.exit(main())
