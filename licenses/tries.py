"""The tries at renewals, in words: what came of each, why, and when the next one is."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.gateway import cards_are_on
from billing.models import CardPayment
from licenses.codes import last_group
from licenses.history import SHOWN, Entry, name_of, with_license
from licenses.models import AttemptOutcome, License, RenewalAttempt, RenewalState, Source
from licenses.renewing.cards import key_of
from reseller_portal.display import day_text, money_text
from resellers.models import Reseller, User
from resellers.querysets import ResellerQuerySet
from resellers.roles import Right

PILLS = {
    AttemptOutcome.PAID: "succeeded",
    AttemptOutcome.NOT_COVERED: "not_covered",
    AttemptOutcome.NO_PRICE: "no_price",
    AttemptOutcome.DECLINED: "declined",
    AttemptOutcome.REFUSED: "refused",
    AttemptOutcome.NEEDS_AUTHENTICATION: "confirming",
    AttemptOutcome.NOT_SENT: "not_sent",
    AttemptOutcome.UNKNOWN: "checking",
}


def try_entries(
    reseller: Reseller, licenses: QuerySet[License], user: User, *, named: bool
) -> list[Entry]:
    """Return the newest tries at licenses as entries of a history: one query, two with cards.

    The history of several licenses names each, and shows of each renewal the newest try alone, with
    how many there were. What the balance paid is left out: that the license was renewed says it.
    """
    attempts = _to_tell(reseller).filter(renewal__license__in=licenses)
    if named:
        attempts = _newest_of_each(attempts, reseller)
    newest: Any = attempts.order_by("-at", "-pk").select_related("renewal__license", "actor")
    found = list(newest[:SHOWN])
    urls = payment_urls(found, user)
    last = {attempt.renewal_id: attempt.pk for attempt in reversed(found)}
    return [
        Entry(
            _("Renewal"),
            attempt.at,
            _text(attempt, reseller.currency, named=named),
            name_of(attempt.actor),
            PILLS[AttemptOutcome(attempt.outcome)],
            attempt.get_outcome_display(),
            _reason(attempt, is_last=last[attempt.renewal_id] == attempt.pk),
            urls.get(attempt.pk, ""),
        )
        for attempt in found
    ]


def _to_tell(reseller: Reseller) -> ResellerQuerySet[RenewalAttempt]:
    attempts = RenewalAttempt.objects.for_reseller(reseller)
    return attempts.exclude(outcome=AttemptOutcome.PAID, source=Source.BALANCE)


def _newest_of_each(
    attempts: ResellerQuerySet[RenewalAttempt], reseller: Reseller
) -> ResellerQuerySet[RenewalAttempt]:
    """Keep the newest try at each renewal, with `count`, how many there were."""
    same = _to_tell(reseller).filter(renewal=OuterRef("renewal"))
    newest = same.order_by("-at", "-pk").values("pk")[:1]
    counted = same.order_by().values("renewal").annotate(count=Count("pk")).values("count")
    return attempts.filter(pk=Subquery(newest)).annotate(count=Subquery(counted))


def payment_urls(attempts: Iterable[RenewalAttempt], user: User) -> dict[int, str]:
    """Return the pages of the card payments of tries, by the tries' keys, for who may see them."""
    if user.reseller is None or not cards_are_on() or not user.may(Right.ADMINISTER):
        return {}
    by_card = {key_of(each): each.pk for each in attempts if each.source == Source.CARD}
    payments = CardPayment.objects.for_reseller(user.reseller).filter(key__in=by_card)
    return {
        by_card[key]: reverse("billing:payment", args=[uuid])
        for key, uuid in payments.values_list("key", "uuid")
    }


def _text(attempt: RenewalAttempt, currency: str, *, named: bool) -> str:
    if attempt.amount is None:
        text = _("Renewal tried")
    else:
        by_card = attempt.source == Source.CARD
        said = _("Renewal for %(amount)s by card") if by_card else _("Renewal for %(amount)s")
        text = said % {"amount": money_text(attempt.amount, currency)}
    license = attempt.renewal.license
    about = str(license.uuid)
    return with_license(text, about, {about: last_group(license.activation_code)} if named else {})


def _reason(attempt: RenewalAttempt, *, is_last: bool) -> str:
    renewal = attempt.renewal
    next_on = renewal.next_attempt_on
    if is_last and next_on is not None:
        following = _("Next try on %(day)s.") % {"day": day_text(next_on)}
    elif is_last and renewal.state == RenewalState.ENDED:
        following = _("It is not tried again by itself.")
    else:
        following = ""
    return " ".join(filter(None, (attempt.reason, following, _how_many(attempt))))


def _how_many(attempt: RenewalAttempt) -> str:
    count: int = getattr(attempt, "count", 1)
    return _("The newest of %(count)d tries.") % {"count": count} if count > 1 else ""
