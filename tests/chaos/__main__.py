"""`make chaos`: prints the seed and a table of figures; ends with 1 if anything was broken."""

import argparse
import logging
import sys
import time
from pathlib import Path
from random import Random

import django

from reseller_portal.supervisor.console import say
from tests.chaos.ground import Ground, ground_in
from tests.chaos.journal import Journal

STATE = Path("var/chaos")
PATIENCE = 90.0
SHOWN = 8


def main() -> int:
    """Do one run."""
    options = _parser().parse_args()
    seed = options.seed or str(time.time_ns() % 1_000_000)
    say(f"Seed {seed}: give SEED={seed} for the same faults.")
    with ground_in(STATE) as ground, ground.servers():
        django.setup()
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # each line of each talk
        problems = _storm(ground, seed, options.seconds)
    for name, sentences in problems.items():
        say(f"BROKEN {name}, {len(sentences)} times:", error=True)
        for sentence in sentences[:SHOWN]:
            say(f"  {sentence}", error=True)
    return 1 if problems else 0


def _storm(ground: Ground, seed: str, seconds: float) -> dict[str, list[str]]:
    from django.utils import timezone

    from tests.chaos import figures
    from tests.chaos.crowd import crowd
    from tests.chaos.judge import judged, settle
    from tests.chaos.storm import Storm
    from tests.chaos.world import lay, rising

    lay(ground)
    journal = Journal(timezone.now())
    with ground.portal():
        with crowd(ground, journal, seed), rising(journal):
            Storm(ground, journal, Random(seed)).rage(seconds)
        settled = settle(journal, PATIENCE)
        problems = judged(ground, journal)
        say(figures.table(ground, journal, settled))
    return problems


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", default="", help="another one, other faults; else a new one")
    parser.add_argument("--seconds", type=float, default=180, help="how long faults come and go")
    return parser


if __name__ == "__main__":
    sys.exit(main())
