"""Bring `.venv` up to what the locked requirement files say, with nothing but a bare Python.

Usage: python3 requirements/install.py (bootstrap | local | dev)

`bootstrap` is only uv, `local` what `make run` needs, `dev` all of it. What is there and unchanged
since the last time is kept, and a fuller set is never cut down to a smaller one.
"""

import fcntl
import hashlib
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
OUTER_PIP = (sys.executable, "-m", "pip", "--python", sys.executable)
SETS = ("bootstrap", "local", "dev")


def main(wanted: str) -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.")
    fcntl.flock(os.open(HERE, os.O_RDONLY), fcntl.LOCK_EX)  # `make run` and `make test` at once
    present, fingerprint = read_stamp()
    chosen = max(wanted, present, key=SETS.index) if present else wanted
    if present == chosen and fingerprint == fingerprint_of(chosen):
        return
    if not works(PYTHON, "--version"):
        make_venv()
    bootstrap()
    if chosen != "bootstrap":
        uv("pip", "sync", "--quiet", "--require-hashes", *map(str, files_of(chosen)))
    STAMP.write_text(f"{chosen} {fingerprint_of(chosen)}\n")


def read_stamp() -> tuple[str, str]:
    """Return what was installed last and its fingerprint, or two empty strings."""
    words = STAMP.read_text().split() if STAMP.is_file() else []
    known = len(words) == 2 and words[0] in SETS and works(PYTHON, "--version")
    return (words[0], words[1]) if known else ("", "")


def files_of(name: str) -> list[Path]:
    # uv is in every set, because a sync removes what the files do not name.
    return [HERE / f"{part}.txt" for part in dict.fromkeys(("bootstrap", name))]


def fingerprint_of(name: str) -> str:
    content = b"".join(path.read_bytes() for path in files_of(name))
    return hashlib.sha256(sys.version.encode() + content).hexdigest()


def works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """Make `.venv`; without pip where one outside can fill it, since that is quicker."""
    print(f"Making {VENV} with Python {sys.version.split()[0]} …", flush=True)
    bare = works(*OUTER_PIP, "--version")
    if not bare and not works(sys.executable, "-m", "ensurepip", "--version"):
        install_ensurepip()
    options = ["--clear", "--without-pip"] if bare else ["--clear"]
    run(sys.executable, "-m", "venv", *options, str(VENV))


def install_ensurepip() -> None:
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            "Python's venv module is incomplete here. Install it first: "
            f"`sudo apt-get install {package}` on Debian and Ubuntu."
        )
    print(f"Installing {package} …", flush=True)
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "-o=Dpkg::Use-Pty=0", "--no-install-recommends", package)


def bootstrap() -> None:
    """Install uv with pip, or with the uv of an earlier time."""
    if works(VENV / "bin" / "uv", "--version"):
        uv("pip", "install", "--quiet", "--require-hashes", "-r", str(HERE / "bootstrap.txt"))
        return
    inner = [str(PYTHON), "-m", "pip"]
    pip = inner if works(*inner, "--version") else [*OUTER_PIP[:-1], str(PYTHON)]
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    run(*pip, "install", *options, "-r", str(HERE / "bootstrap.txt"))


def uv(*arguments: str) -> None:
    # The system's certificates also hold those of a company's proxy; uv ignores them by itself.
    system = ssl.create_default_context().cert_store_stats()["x509_ca"] > 0
    os.environ.update(VIRTUAL_ENV=str(VENV), **({"UV_SYSTEM_CERTS": "1"} if system else {}))
    run(str(VENV / "bin" / "uv"), *arguments)


def run(*command: str) -> None:
    code = subprocess.run(command, check=False).returncode
    if code:
        sys.exit(f"`{' '.join(command)}` failed (exit {code}); see its message above.")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in SETS:
        sys.exit(__doc__)
    main(sys.argv[1])
