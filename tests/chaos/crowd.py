"""The people who are at it all the time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from catalog.models import Product
from tests.chaos.browser import Broken, Browser
from tests.chaos.deeds import CAST, CUSTOMERS, RENEWING, Deed, Person, sign_in
from tests.chaos.ground import Ground
from tests.chaos.journal import Journal
from tests.chaos.world import bench_people

PAUSES = 0.05, 0.5
BENCH_PEOPLE = 2


class Worker(threading.Thread):
    """One person, from deed to deed until everybody goes home."""

    def __init__(self, person: Person, deeds: tuple[Deed, ...], over: threading.Event) -> None:
        super().__init__(name=person.browser.who, daemon=True)
        self.person, self.deeds, self.over = person, deeds, over

    def run(self) -> None:
        """Do one thing after another; what breaks is left for the next time."""
        while not self.over.wait(self.person.random.uniform(*PAUSES)):
            deed = self.person.random.choice(self.deeds)
            try:
                if self.person.browser.who not in CUSTOMERS:
                    sign_in(self.person.browser, self.person.journal)
                deed(self.person)
            except Broken:
                self.over.wait(1)
            except Exception as error:
                self.person.journal.surprise(f"{self.name} could not {deed.__name__}: {error!r}")
                raise


@contextmanager
def crowd(ground: Ground, journal: Journal, seed: str) -> Iterator[None]:
    """Let everybody work within the block."""
    over, products = threading.Event(), list(Product.objects.values_list("slug", flat=True))

    def person(who: str, at: int) -> Person:
        browser = Browser(who, ground.port, journal)
        return Person(browser, Random(f"{seed} {at}"), journal, ground.mail, products)

    renewing = [(who, RENEWING) for who in bench_people()[:BENCH_PEOPLE]]
    cast = enumerate((*CAST, *renewing))
    workers = [Worker(person(who, at), deeds, over) for at, (who, deeds) in cast]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        over.set()
        for worker in workers:
            worker.join(60)
