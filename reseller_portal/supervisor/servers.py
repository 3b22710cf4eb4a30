"""The servers that the portal needs, and the environment that leads its processes to them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from reseller_portal.supervisor.children import Child, stop
from reseller_portal.supervisor.postgres import Postgres
from reseller_portal.supervisor.state import State
from reseller_portal.supervisor.valkey import Valkey


class Servers:
    """PostgreSQL and Valkey of one state folder, but for those that the environment names."""

    def __init__(self, state: State, *, throwaway: bool) -> None:
        self.state = state
        self.postgres = None
        if not os.environ.get("DATABASE_URL"):
            self.postgres = Postgres(state, throwaway=throwaway)
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey(state)
        self.parts = [part for part in (self.valkey, self.postgres) if part]

    @property
    def children(self) -> list[Child]:
        """Return the server processes, those first that may be stopped first."""
        return [part.server for part in self.parts]

    @property
    def urls(self) -> Mapping[str, str]:
        """Return DATABASE_URL and REDIS_URL, known before the servers answer."""
        own = {}
        if self.postgres:
            own["DATABASE_URL"] = self.postgres.url
        if self.valkey:
            own["REDIS_URL"] = self.valkey.url
        return own

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Begin to start them; whatever happens inside, stop them in the end, PostgreSQL last."""
        try:
            for part in self.parts:
                part.begin()
            yield
        finally:
            for child in self._all():
                stop([child])
            self.state.forget()

    def finish(self) -> None:
        """Wait until all of them answer. Raises CannotRunError."""
        for part in self.parts:
            part.finish()

    def _all(self) -> list[Child]:
        creation = [self.postgres.creation] if self.postgres else []
        return [*creation, *self.children]
