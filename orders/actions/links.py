"""Mailing the links of an order's licenses to a list of customers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from activation.sending import queue_links
from licenses.links import KIND
from mailing.models import Mail
from mailing.querysets import MailQuerySet
from orders.link_plans import Plan, deliveries, licenses_of, plan
from orders.models import Order
from orders.steps import lock_order
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.roles import Right
from resellers.steps import lock_company_for, record


class PlanChanged(Refusal):
    """Another license would go to somebody than the person saw."""


@transaction.atomic(durable=True)
def send_links(
    order_number: str,
    addresses: str,
    words: str,
    *,
    key: UUID,
    mark: str,
    actor: User,
    now: datetime,
) -> list[Mail]:
    """Queue a mail with a link for each line of a list, all of them or none.

    `key` is the one-time key of the form: a second press gives the same mails. `mark` is that of
    the plan that was confirmed: raises PlanChanged for another one, and Refusal for a list that
    cannot be sent, or by who may not (any more); Order.DoesNotExist for a stranger's order.
    """
    lock_company_for(actor, Right.OPERATE)
    order = lock_order(order_number, actor)
    before = list(sent_with(order, key))
    if before:
        return before
    available = licenses_of(order).available().select_for_update(no_key=True)
    list(available.values_list("pk", flat=True))
    planned = plan(order, addresses, now)
    _refuse(planned, mark)
    prefix = key_of(order, key)
    mails = queue_links(deliveries(planned, prefix), words, actor=actor, now=now)
    count = len(mails)
    record("order.links_sent", order.number, reseller=order.reseller, actor=actor, licenses=count)
    return mails


def key_of(order: Order, key: UUID) -> str:
    """Return how the keys of the mails begin that a form's one-time key has sent."""
    return f"{KIND}/{order.number}/{key}/"


def sent_with(order: Order, key: UUID) -> MailQuerySet:
    """Return the mails that a form's one-time key has sent, in the order of the list."""
    mails = Mail.objects.for_reseller(order.reseller).filter(key__startswith=key_of(order, key))
    return mails.order_by("key")


def _refuse(planned: Plan, mark: str) -> None:
    if planned.reason or planned.problems:
        raise Refusal(planned.reason or _("A line of the list is wrong."), field="addresses")
    if planned.mark != mark:
        raise PlanChanged(
            _("The licenses have changed since you looked. Check the list and confirm it anew.")
        )
