"""How long a session lasts: not beyond a while without work, and never beyond a working day."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

BEGAN = "began"
AT_MOST = timedelta(hours=12)


class SessionStore(DatabaseStore):
    """A session in the database. Each use puts its end off, but only within a day of sign-in."""

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when it ends if it is not used any more."""
        unused = super().get_expiry_date(**kwargs)
        began = self.get(BEGAN)
        return min(unused, datetime.fromisoformat(began) + AT_MOST) if began else unused
