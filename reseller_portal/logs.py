"""Logs: one JSON object a line, to standard error, without activation codes, links or tokens.

Whatever is logged, by us, by Django, by Celery, by the web server or as a database error's text,
goes through one formatter, whose last step hides what `secrets` knows. Django's own lines about a
request name its path; the route takes its place.
"""

from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from reseller_portal.secrets import without_secrets


def name_the_route(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace the path in a line of Django's about a request by its route."""
    record: Any = event.get("_record")
    request: Any = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    if request is None or not hasattr(request, "META"):
        return event
    reason = str(event["event"]).partition(":")[0]  # a path follows the colon
    event["event"] = "request_refused"
    event.update(
        reason=reason,
        method=request.method,
        route=match.route if match else None,
        status=getattr(record, "status_code", None),
    )
    return event


def hide_secrets(_: WrappedLogger, __: str, line: Any) -> str:
    """Hide codes, links and tokens in the finished line."""
    return without_secrets(line)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


# Django would mail errors to ADMINS, with the request's data; and write SQL when DEBUG is on.
LOGGERS: dict[str, dict[str, Any]] = {
    "django": {"handlers": [], "level": "INFO", "propagate": True},
    "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    "django.db.backends": {"level": "WARNING"},
    "celery": {"level": "WARNING"},
    "kombu": {"level": "WARNING"},
    "stripe": {"level": "WARNING"},  # it writes the address of each request
}


def formatter() -> ProcessorFormatter:
    """Return the one formatter."""
    return ProcessorFormatter(
        foreign_pre_chain=[*SHARED, name_the_route],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.UnicodeDecoder(),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
            hide_secrets,
        ],
    )


def configured() -> dict[str, Any]:
    """Return the configuration of `logging`, and set up structlog to end in it."""
    structlog.configure(
        processors=[
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": LOGGERS,
    }
