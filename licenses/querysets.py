"""Business words over many licenses."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast

from licenses.links import KIND
from licenses.renewing.schedule import FIRST_ATTEMPT
from licenses.status import LicenseStatus as Status
from mailing.models import Mail, MailState
from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from licenses.models import License  # noqa: F401 (ruff does not see the base class's parameter)
    from resellers.models import Reseller

NEVER_LEFT = (MailState.FAILED, MailState.DROPPED)


def status_case(today: date) -> Case:
    """Return `License.status_on(today)` as an expression; a test holds both equal."""
    last_grace = Value(today) - F("product__grace_days")
    cases = [
        When(cancelled_at__isnull=False, then=Value(Status.CANCELLED.value)),
        When(activated_at=None, then=Value(Status.AVAILABLE.value)),
        When(ends_on__gte=today, then=Value(Status.ACTIVE.value)),
        When(ends_on__gte=last_grace, then=Value(Status.GRACE.value)),
    ]
    return Case(*cases, default=Value(Status.EXPIRED.value), output_field=CharField())


class LicenseQuerySet(ResellerQuerySet["License"]):
    """Licenses. Status is derived from facts; `today` is the reseller's calendar day."""

    def available(self) -> Self:
        """Keep those that are for resale: neither activated nor cancelled."""
        return self.filter(activated_at=None, cancelled_at=None)

    def without_sent_link(self) -> Self:
        """Keep those for resale whose link no customer was sent, nor is about to be."""
        available = self.available().with_link_mail_state()
        return available.filter(Q(link_sent_at=None) | Q(link_mail_state__in=NEVER_LEFT))

    def with_sent_link(self) -> Self:
        """Keep those for resale whose link a customer was sent, or is about to be."""
        available = self.available().with_link_mail_state()
        return available.filter(link_sent_at__isnull=False).exclude(link_mail_state__in=NEVER_LEFT)

    def with_link_mail_state(self) -> Self:
        """Add the state of the last mail with the present link; None where there is none."""
        mails = Mail.objects.filter(
            reseller=OuterRef("reseller"), kind=KIND, about=Cast(OuterRef("uuid"), CharField())
        )
        last = Subquery(mails.order_by("-queued_at", "-id").values("state")[:1])
        state = Case(When(link_sent_at__isnull=False, then=last), output_field=CharField())
        return self.annotate(link_mail_state=state)

    def activated(self) -> Self:
        """Keep those that were activated and not cancelled."""
        return self.filter(activated_at__isnull=False, cancelled_at=None)

    def ever_activated(self) -> Self:
        """Keep those that were activated, cancelled later or not."""
        return self.filter(activated_at__isnull=False)

    def ever_touched(self) -> Self:
        """Keep those with which anything was ever done."""
        return self.exclude(activated_at=None, cancelled_at=None, code_number=1, link_sent_at=None)

    def activated_between(
        self, reseller: "Reseller", first: date | None = None, last: date | None = None
    ) -> Self:
        """Keep those activated in these days of the reseller, both inclusive; None is no bound."""
        rows = self.ever_activated()
        if first is not None:
            rows = rows.filter(activated_at__gte=reseller.day_begins(first))
        if last is not None:
            rows = rows.filter(activated_at__lt=reseller.day_ends(last))
        return rows

    def with_code(self, code: str) -> Self:
        """Keep those whose activation code, in the form in which codes are stored, begins so."""
        return self.filter(activation_code__startswith=code)

    def ending_between(self, first: date | None = None, last: date | None = None) -> Self:
        """Keep those whose To lies in these days, both inclusive; None is no bound."""
        rows = self.filter(ends_on__isnull=False)
        if first is not None:
            rows = rows.filter(ends_on__gte=first)
        if last is not None:
            rows = rows.filter(ends_on__lte=last)
        return rows

    def active(self, today: date) -> Self:
        """Keep those whose To has not passed."""
        return self.activated().filter(ends_on__gte=today)

    def renewing(self) -> Self:
        """Keep those that renew by themselves: recurrent, activated and not cancelled."""
        return self.activated().filter(recurrent=True)

    def due(self, as_of: date) -> Self:
        """Keep those whose next period is to be paid on a day of the reseller, or was before.

        The first try is 7 days before To; then the renewal says when. Each half is one range of an
        index that holds nothing else.
        """
        renewing = self.renewing().order_by()
        fresh = renewing.filter(in_renewal=False, ends_on__lte=as_of + FIRST_ATTEMPT)
        again = renewing.filter(
            renewals__reseller=F("reseller"),
            renewals__state="waiting",
            renewals__next_attempt_on__lte=as_of,
        )
        return self.filter(pk__in=fresh.values("pk").union(again.values("pk"), all=True))

    def refundable(self, today: date) -> Self:
        """Keep those whose money can be asked for: available or active, and not asked for yet."""
        unused_or_active = Q(activated_at=None) | Q(ends_on__gte=today)
        left = self.filter(unused_or_active, cancelled_at=None).exclude(refund__state="asked")
        return left.exclude(in_renewal=True, renewals__state="checking")

    def in_status(self, status: str, today: date) -> Self:
        """Keep those with a status, a word of LicenseStatus."""
        return self.alias(word=status_case(today)).filter(word=status)

    def with_payment_under_way(self) -> Self:
        """Load with each license whether a card payment of its next period is under way."""
        renewals: Any = self.model._meta.get_field("renewals").related_model
        under_way = renewals.objects.filter(license=OuterRef("pk"), state="checking")
        return self.annotate(is_being_paid=Exists(under_way))

    def for_rows(self) -> Self:
        """Load with each license what its row and its menu show."""
        return (
            self.with_link_mail_state()
            .with_payment_under_way()
            .select_related(
                "reseller",
                "product",
                "customer",
                "refund",
                "order",
                "order__distribution_company",
            )
        )

    def with_status(self, today: date) -> Self:
        """Add `status`, the word of LicenseStatus, as a column."""
        return self.annotate(status=status_case(today))
