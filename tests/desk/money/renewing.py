"""Steps of the renewal engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from licenses.models import License
from licenses.renewing.engine import renew_reseller
from tests.desk.money.forecast import Forecast, Tries
from tests.desk.money.plumbing import Plumbing
from tests.desk.money.world import Company


def has_licenses(_machine: Plumbing) -> bool:
    """Say whether anything was bought."""
    return License.objects.exists()


class Renewing(Plumbing):
    """What is due is paid as was worked out: whose turn it is, how often, for which days."""

    def __init__(self) -> None:
        super().__init__()
        self.tries: Tries = {}

    @contextmanager
    def charging(self, of: Company, licenses: list[int]) -> Iterator[None]:
        """Expect that the card of a company is charged for licenses; without cards it is not."""
        yield
        assert licenses == []

    def let_go(self, of: Company, license: License | None = None) -> dict[int, date] | None:
        """Expect that what waits for a person is ended; return the To of what was paid after all.

        Of one license, or of a company what is due. None if nothing waits.
        """
        return None

    def blocked(self) -> set[int]:
        """Return the licenses for which a card may still pay."""
        return set()

    @rule(days=st.integers(0, 40), at_all=st.sampled_from([True, True, False]))
    def wait(self, days: int, at_all: bool) -> None:
        """Let days pass; then the scheduler comes, unless it is off."""
        self.pass_time(days)
        for company in self.world.companies if at_all else []:
            self.renew(company)

    def renew(self, of: Company) -> None:
        """Do a pass for one company."""
        before, now = all_ends(), self.world.now
        freed = self.let_go(of) or {}
        forecast = Forecast(self.world, of, self.tries, self.blocked(), freed)
        if not of.parked:
            forecast.run()
        with self.charging(of, forecast.by_card):
            self.step(partial(renew_reseller, of.reseller, of.day(now), now=now), allowed=True)
        assert all_ends() == before | freed | forecast.ends
        self.reached["a renewal that is paid done"] += len(forecast.ends)
        self.reached["a renewal that is not covered done"] += forecast.unpaid


def all_ends() -> dict[int, date | None]:
    """Return the To of every license."""
    return dict(License.objects.values_list("pk", "ends_on"))
