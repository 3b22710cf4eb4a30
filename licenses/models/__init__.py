"""Licenses, the periods that were paid for, what pays the next one, and changes of many."""

from licenses.models.bulk import (
    BulkChange,
    BulkItem,
    BulkOutcome,
    BulkState,
    BulkVerb,
    ListName,
)
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
    "BulkChange",
    "BulkItem",
    "BulkOutcome",
    "BulkState",
    "BulkVerb",
    "License",
    "ListName",
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
