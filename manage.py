#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys

from reseller_portal.environment import read_local_environment


def main() -> None:
    """Run a management command, beside a running `make run` if no database is named."""
    read_local_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
