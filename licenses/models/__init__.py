"""Licenses, the periods that were paid for, and what pays the next one."""

from licenses.models.license import License, Period
from licenses.models.renewal import (
    AttemptOutcome,
    Notice,
    NoticeKind,
    Renewal,
    RenewalAttempt,
    RenewalState,
    Source,
)

__all__ = [
    "AttemptOutcome",
    "License",
    "Notice",
    "NoticeKind",
    "Period",
    "Renewal",
    "RenewalAttempt",
    "RenewalState",
    "Source",
]
