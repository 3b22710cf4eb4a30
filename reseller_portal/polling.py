"""How often a page asks how far a job is."""

from datetime import timedelta

# Often at first, because most jobs are done at once: (age in seconds, pause in milliseconds)
PAUSES = ((3, 250), (15, 1000))
LONGEST_PAUSE = 2000


def pause_after(age: timedelta) -> int:
    """Return after how many milliseconds to ask again about a job of that age."""
    seconds = age.total_seconds()
    return next((pause for limit, pause in PAUSES if seconds < limit), LONGEST_PAUSE)
