"""Asking for an export, and asking again."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _, ngettext

from exports.kinds import ExportKind
from exports.models import Export
from exports.tasks import write
from reseller_portal.refusals import Refusal
from reseller_portal.wake import wake
from resellers.models import User
from resellers.steps import record

OF_THE_PAGE = frozenset({"page", "page_size", "open"})


def as_stored(query: str) -> str:
    """Return a list's query without what concerns only its page, in one order."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return urlencode(sorted(pair for pair in pairs if pair[0] not in OF_THE_PAGE))


@transaction.atomic(durable=True)
def start(kind: ExportKind, query: str, *, user: User, now: datetime) -> Export:
    """Ask for an export, or get the unfinished one that this person asked for with the same query.

    Raises Refusal for a query that is not valid, or while the company has too many unfinished ones.
    """
    reseller, stored = user.reseller, as_stored(query)
    if reseller is None:
        raise Refusal(_("Only the people of a reseller can export its lists."))
    kind.rows(user, stored, now)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    unfinished = Export.objects.for_reseller(reseller).unfinished()
    same = unfinished.filter(by=user, kind=kind.slug, query=stored).first()
    if same is not None:
        return same
    _refuse_too_many(unfinished.count())
    export = Export.objects.create(
        reseller=reseller,
        by=user,
        kind=kind.slug,
        query=stored,
        covers=kind.covers(user, stored, now),
        asked_at=now,
        next_attempt_at=now,
    )
    record("export.started", str(export.uuid), reseller=reseller, actor=user, kind=kind.slug)
    wake(write, export.pk)
    return export


def _refuse_too_many(unfinished: int) -> None:
    most: int = settings.EXPORTS_AT_ONCE
    if unfinished >= most:
        raise Refusal(
            ngettext(
                "%(count)d export of your company is being written. Wait until it is ready.",
                "%(count)d exports of your company are being written. Wait until one is ready.",
                unfinished,
            )
            % {"count": unfinished}
        )


@transaction.atomic(durable=True)
def retry(export_id: int, *, actor: User, now: datetime) -> Export:
    """Try a failed or stuck export from the beginning. Raises Refusal if it is neither."""
    export = Export.objects.select_for_update(no_key=True).get(pk=export_id)
    try:
        with transaction.atomic():
            is_queued = export.requeue(now)
    except IntegrityError:
        raise Refusal(_("The same export is already being written.")) from None
    if not is_queued:
        raise Refusal(_("Only a failed or stuck export can be tried again."))
    record(
        "export.retried",
        str(export.uuid),
        reseller=export.reseller,
        actor=actor,
        kind=export.kind,
    )
    wake(write, export.pk)
    return export
