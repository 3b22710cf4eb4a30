"""The web server's own errors, in the form of all other logs."""

from typing import Any

from gunicorn.glogging import Logger as GunicornLogger

from reseller_portal.logs import formatter


class Logger(GunicornLogger):  # type: ignore[misc]
    """Writes what gunicorn has to say (a request that is no HTTP, a worker that died)."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's log up, then give it our formatter, which hides codes in a bad request."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter())
