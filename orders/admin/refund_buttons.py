"""What vendor staff can do about refunds: pay back, approve, reject."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g, gettext_lazy as _, ngettext

from billing.models import ZERO
from licenses.models import License
from orders.actions import approve_refunds, refund_order, reject_refunds
from orders.models import Order, Refund
from orders.refunds import Offer, offer, why_not, worth
from reseller_portal.display import money_text
from reseller_portal.secrets import refuse_secrets
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


class Reason(forms.Form):
    """Why staff pay back without having been asked."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept with the refund, for staff."),
        validators=[refuse_secrets],
    )


class Answer(forms.Form):
    """Why staff turn a wish down."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=500,
        help_text=_("The reseller gets it by mail."),
        validators=[refuse_secrets],
    )


def in_words(offered: Offer) -> str:
    """Return what would be paid back, as a sentence."""
    said = ngettext(
        "%(amount)s goes back to %(where)s, and %(count)d license is cancelled for good.",
        "%(amount)s goes back to %(where)s, and %(count)d licenses are cancelled for good.",
        offered.licenses,
    )
    money = money_text(offered.amount, offered.currency)
    return said % {"amount": money, "where": offered.where, "count": offered.licenses}


def paid_back(refunds: Sequence[Refund]) -> Done:
    """Return what staff are told of refunds that were paid."""
    amount = sum((refund.amount for refund in refunds), ZERO)
    said = ngettext(
        "%(amount)s is paid back, and %(count)d license is cancelled.",
        "%(amount)s is paid back, and %(count)d licenses are cancelled.",
        len(refunds),
    )
    currency = refunds[0].order.currency
    return Done(said % {"amount": money_text(amount, currency), "count": len(refunds)})


@offered_on(Order)
class RefundOrder(Button):
    """Pays back everything that is left of an order."""

    slug, label, verb = "refund", _("Refund what is left"), _("Refund it")
    form = Reason

    @classmethod
    def why_not(cls, obj: Order, now: datetime) -> str | None:
        """Say why nothing can be paid back."""
        return why_not(obj, obj.reseller.day_of(now))

    @classmethod
    def explain(cls, obj: Order, now: datetime) -> list[Any]:
        """Say how much and how many."""
        today = obj.reseller.day_of(now)
        if why_not(obj, today):
            return []
        return [in_words(offer(obj, today))]

    @classmethod
    def press(cls, obj: Order, values: Any, *, actor: User, now: datetime) -> Done:
        """Pay back."""
        return paid_back(refund_order(obj.number, None, values["reason"], actor=actor, now=now))


@offered_on(License)
class RefundLicense(Button):
    """Pays back one license."""

    slug, label, verb = "refund", _("Refund this license"), _("Refund it")
    form = Reason

    @classmethod
    def why_not(cls, obj: License, now: datetime) -> str | None:
        """Say why it cannot be paid back."""
        return why_not(obj.order, obj.reseller.day_of(now), obj)

    @classmethod
    def explain(cls, obj: License, now: datetime) -> list[Any]:
        """Say how much."""
        if cls.why_not(obj, now):
            return []
        return [in_words(offer(obj.order, obj.reseller.day_of(now), obj))]

    @classmethod
    def press(cls, obj: License, values: Any, *, actor: User, now: datetime) -> Done:
        """Pay back."""
        number, reason = obj.order.number, values["reason"]
        return paid_back(refund_order(number, obj.uuid, reason, actor=actor, now=now))


class Deciding(Button):
    """The base of the buttons about what was asked for: of an order all that waits, or one."""

    shy = True

    @classmethod
    def waiting(cls, obj: Order | Refund) -> Any:
        """Return the refunds that the button is about."""
        if isinstance(obj, Refund):
            return Refund.objects.waiting().filter(pk=obj.pk)
        return Refund.objects.waiting().filter(order=obj)

    @classmethod
    def why_not(cls, obj: Order | Refund, _now: datetime) -> str | None:
        """Say why there is nothing to decide."""
        return None if cls.waiting(obj).exists() else _g("Nothing waits to be decided.")

    @classmethod
    def explain(cls, obj: Order | Refund, now: datetime) -> list[Any]:
        """Say how much and how many, and the reason that was given."""
        waiting, order = cls.waiting(obj), order_of(obj)
        licenses = License.objects.filter(refund__in=waiting)
        reasons = waiting.order_by().values_list("reason", flat=True).distinct()[:5]
        sentences = [in_words(worth(order, licenses, order.reseller.day_of(now)))]
        return sentences + [_g("The reason given: %(reason)s") % {"reason": r} for r in reasons]


def order_of(obj: Order | Refund) -> Order:
    """Return the order that a button is about."""
    return obj.order if isinstance(obj, Refund) else obj


def only(obj: Order | Refund) -> int | None:
    """Return the key of the one refund that a button is about, or None for all that wait."""
    return obj.pk if isinstance(obj, Refund) else None


@offered_on(Order)
@offered_on(Refund)
class Approve(Deciding):
    """Pays back what was asked for."""

    slug, label, verb = "approve-refund", _("Approve the refund"), _("Approve it")
    main = True

    @classmethod
    def press(cls, obj: Order | Refund, _values: Any, *, actor: User, now: datetime) -> Done:
        """Pay back."""
        return paid_back(approve_refunds(order_of(obj).number, only(obj), actor=actor, now=now))


@offered_on(Order)
@offered_on(Refund)
class Reject(Deciding):
    """Turns down what was asked for."""

    slug, label, verb = "reject-refund", _("Reject the refund"), _("Reject it")
    form = Answer

    @classmethod
    def explain(cls, obj: Order | Refund, now: datetime) -> list[Any]:
        """Say what stays as it is."""
        return [
            *super().explain(obj, now)[1:],
            _g("Nothing changes for the licenses. The refund can be asked for again."),
        ]

    @classmethod
    def press(cls, obj: Order | Refund, values: Any, *, actor: User, now: datetime) -> Done:
        """Turn it down."""
        number, answer = order_of(obj).number, values["answer"]
        refunds = reject_refunds(number, only(obj), answer, actor=actor, now=now)
        said = ngettext(
            "%(count)d refund is rejected.", "%(count)d refunds are rejected.", len(refunds)
        )
        return Done(said % {"count": len(refunds)})
