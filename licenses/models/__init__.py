"""Licenses, the periods that were paid for, and what pays the next one."""

from licenses.models.license import License, Period
from licenses.models.notice import Notice, NoticeKind, NoticeRound
from licenses.models.renewal import (
    AttemptOutcome,
    Renewal,
    RenewalAttempt,
    RenewalState,
    Source,
)
from licenses.models.replaced import ReplacedCode

__all__ = [
    "AttemptOutcome",
    "License",
    "Notice",
    "NoticeKind",
    "NoticeRound",
    "Period",
    "Renewal",
    "RenewalAttempt",
    "RenewalState",
    "ReplacedCode",
    "Source",
]
