"""From where the current request came, for the record of who did what."""

from contextvars import ContextVar

address: ContextVar[str | None] = ContextVar("address", default=None)
