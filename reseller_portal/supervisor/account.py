"""As whom PostgreSQL runs: it refuses root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reseller_portal.supervisor.problems import CannotRunError


@dataclass(frozen=True)
class Account:
    """Whose rights a child gets: None keeps ours; `prefix` is put before its command."""

    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    def as_options(self) -> dict[str, Any]:
        """Return what subprocess needs to know of it."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Make this account the owner of the file, or of the folder and all below it."""
        owner = os.geteuid() if self.uid is None else self.uid
        group = os.getegid() if self.gid is None else self.gid
        if os.geteuid() == 0 and path.stat().st_uid != owner:
            for each in (path, *path.rglob("*")):
                os.chown(each, owner, group, follow_symlinks=False)


OURS = Account()


def account_for(program: Path, folder: Path) -> Account:
    """Return the account under which `program` can run on `folder`.

    An ordinary user's own; for root the user nobody, or root's own files seen as an ordinary
    user's where nobody cannot reach the folder. Raises CannotRunError when neither works.
    """
    if os.geteuid() != 0:
        return OURS
    candidates = [Account(prefix=("unshare", "--user", "--map-user=1000", "--"))]
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        pass
    else:
        candidates.insert(0, Account(uid=nobody.pw_uid, gid=nobody.pw_gid))
    for account in candidates:
        if _reaches(account, program, folder):
            return account
    raise CannotRunError(
        f"PostgreSQL does not run as root, and the user nobody cannot reach {folder}. Run this as "
        "an ordinary user, or put the project where others may read it, such as /srv."
    )


def _reaches(account: Account, program: Path, folder: Path) -> bool:
    if account.prefix and not shutil.which(account.prefix[0]):
        return False
    script = 'test -x "$1" && exec "$0" --version'
    result = subprocess.run(
        [*account.prefix, "/bin/sh", "-c", script, str(program), str(folder)],
        capture_output=True,
        check=False,
        **account.as_options(),
    )
    return result.returncode == 0
