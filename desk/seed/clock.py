"""The days and times of sample data, all in the reseller's zone and none in the future."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(18, 30)
YEARS, SPARED = 3, timedelta(minutes=15)


@dataclass(frozen=True)
class Clock:
    """One reseller's clock. `now` is an aware moment in whole seconds."""

    now: datetime
    zone: ZoneInfo

    @cached_property
    def today(self) -> date:
        """Return the calendar day in the zone."""
        return self.now.astimezone(self.zone).date()

    def workday(self, days_ago: int, random: Random) -> date:
        """Return about that day, before today and seldom on a weekend."""
        day = self.today - timedelta(days=max(1, days_ago))
        if day.weekday() >= 5 and random.random() < 0.85:
            day -= timedelta(days=day.weekday() - 4)
        return day

    def in_business_hours(self, day: date, random: Random) -> datetime:
        """Return a moment of a past day while people work, most often around noon."""
        seconds = (CLOSES.hour - OPENS.hour) * 3600 + (CLOSES.minute - OPENS.minute) * 60
        opens = datetime.combine(day, OPENS, tzinfo=self.zone)
        return opens + timedelta(seconds=int(random.triangular(0, seconds)))

    def so_far_today(self, part: float) -> datetime:
        """Return the moment at which `part` (0 to 1) of today's trade so far has passed.

        Trade begins at eight o'clock, or at midnight while it is too early for that. The last
        quarter of an hour is spared, unless the day is younger.
        """
        midnight = datetime.combine(self.today, time(0), tzinfo=self.zone)
        opens = datetime.combine(self.today, OPENS, tzinfo=self.zone)
        closes = datetime.combine(self.today, CLOSES, tzinfo=self.zone)
        start = opens if self.now >= opens + timedelta(hours=1) else midnight
        end = min(self.now - SPARED, closes) if start == opens else self.now - SPARED
        elapsed = int((end if end > start else self.now).timestamp() - start.timestamp())
        return datetime.fromtimestamp(start.timestamp() + int(elapsed * part), tz=self.zone)


def days_ago(random: Random) -> int:
    """Return an age in days within three years; the nearer, the more often."""
    return 1 + int((YEARS * 365 - 2) * random.random() ** 1.9)
