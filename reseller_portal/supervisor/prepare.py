"""Brings the database up to date: tables, the cache's table, sample data where there is none.

Run as a program of its own with seed's arguments, because it is the one part that needs Django;
one process instead of three saves the time of two starts.
"""

import os
import sys

import django
from django.core.management import CommandError, call_command


def main(seed: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    try:
        call_command("seed", "--if-empty", *seed)
    except CommandError as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main(sys.argv[1:])
