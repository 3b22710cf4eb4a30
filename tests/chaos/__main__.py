"""`make chaos`: prints the seed and the figures; ends with 1 if anything was broken."""

import argparse
import logging
import sys
import time
from pathlib import Path
from random import Random

import django

from reseller_portal.supervisor.console import say
from tests.chaos.ground import Ground, ground_in

STATE = Path("var/chaos")
PATIENCE = 90.0
SHOWN = 8

Problems = dict[str, list[str]]


def main() -> int:
    """Do one run."""
    options = _parser().parse_args()
    seed = options.seed or str(time.time_ns() % 1_000_000)
    say(f"Seed {seed}: SEED={seed} brings the same faults again.")
    with ground_in(STATE) as ground, ground.servers():
        django.setup()
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # each line of each talk
        problems = _storm(ground, seed, options.seconds)
        if not options.no_load:
            problems |= _load(ground)
    for name, sentences in problems.items():
        say(f"BROKEN {name}, {len(sentences)} times:", error=True)
        for sentence in sentences[:SHOWN]:
            say(f"  {sentence}", error=True)
    return 1 if problems else 0


def _storm(ground: Ground, seed: str, seconds: float) -> Problems:
    from django.utils import timezone

    from tests.chaos.crowd import crowd
    from tests.chaos.figures import storm_figures, table
    from tests.chaos.journal import Journal
    from tests.chaos.judge import judged, settle
    from tests.chaos.storm import Storm
    from tests.chaos.world import lay, rising

    lay(ground)
    journal = Journal(timezone.now())
    with ground.portal():
        with crowd(ground, journal, seed), rising(journal):
            Storm(ground, journal, Random(seed)).rage(seconds)
        journal.write_to(STATE / "journal.txt")
        settled = settle(journal, PATIENCE)
        problems = judged(ground, journal)
    say(table(storm_figures(ground, journal, settled)))
    return problems


def _load(ground: Ground) -> Problems:
    from tests.chaos.figures import table
    from tests.chaos.load import lay_load, load

    lay_load()
    with ground.portal():
        loaded = load(ground)
    say(table(loaded.figures()))
    found = loaded.problems()
    return {"under load": found} if found else {}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", default="", help="another one, other faults; else a new one")
    parser.add_argument("--seconds", type=float, default=180, help="how long faults come and go")
    parser.add_argument("--no-load", action="store_true", help="only the faults")
    return parser


if __name__ == "__main__":
    sys.exit(main())
