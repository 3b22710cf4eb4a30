"""The mails about a low balance, card payments that wait for a person, and money sent back."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from billing.low_balance import KIND
from billing.models import Account, Card, CardPayment, PaymentState, VendorDetails
from billing.payments.opening import page_of
from billing.payments.telling import (
    CARD_EXPIRING,
    KIND as PAYMENTS_TO_CONFIRM,
    RETURNED,
    TO_BALANCE,
)
from billing.texts import LOW, account_words, balance_link
from mailing.company import reader_of
from mailing.kinds import MailText, UndeliverableError, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from reseller_portal.display import day_text, moment_text, money_text

LISTED = 20


@mail_kind(KIND, gettext_lazy("Low balance"), to_company=True, changeable=LOW)
def balance_low(mail: Mail) -> MailText:
    """Say since when the balance is below its warning, what it is now, and how to fill it up."""
    account = Account.objects.select_related("reseller").get(reseller=mail.reseller)
    below = Decimal(mail.params["below"])
    person, warning = reader_of(mail), money_text(below, account.currency)
    since = datetime.fromisoformat(mail.params["since"])
    said = _("The balance is below %(below)s") if below else _("The balance is below zero")
    crossing = {"below": warning, "since": moment_text(since)}
    return letter(
        mail,
        said % {"below": warning},
        filling={**account_words(person, account), **crossing},
        person=person,
        account=account,
        since=since,
        vendor=VendorDetails.objects.current(),
        balance_link=balance_link(),
    )


@mail_kind(PAYMENTS_TO_CONFIRM, gettext_lazy("Payments to confirm"))
def payments_to_confirm(mail: Mail) -> MailText:
    """Say which card payments wait for a confirmation now, with the link to each of the first."""
    person = reader_of(mail)
    waiting = CardPayment.objects.filter(reseller=mail.reseller, state=PaymentState.CONFIRMING)
    payments = list(waiting.select_related("card").order_by("pk")[: LISTED + 1])
    if not payments:
        raise UndeliverableError(_("No payment waits for a confirmation any more."))
    return letter(
        mail,
        _("Card payments wait for your confirmation"),
        person=person,
        payments=[(payment, page_of(payment.uuid)) for payment in payments[:LISTED]],
        are_more=len(payments) > LISTED,
        cards_link=settings.SITE_URL + reverse("billing:cards"),
    )


@mail_kind(CARD_EXPIRING, gettext_lazy("Default card expires"), to_company=True)
def card_expiring(mail: Mail) -> MailText:
    """Say until when the default card can be charged, and what to do before."""
    person = reader_of(mail)
    cards = Card.objects.filter(reseller=mail.reseller, uuid=mail.params["card"])
    card = cards.filter(is_default=True).first()
    if card is None:
        raise UndeliverableError(_("Another card is the default one by now."))
    said = _("The default card expires on %(day)s") % {"day": day_text(card.expires_on)}
    cards_link = settings.SITE_URL + reverse("billing:cards")
    return letter(mail, said, person=person, card=card, cards_link=cards_link)


@mail_kind(RETURNED, gettext_lazy("Deposit returned"), to_company=True)
def deposit_returned(mail: Mail) -> MailText:
    """Say that a deposit goes back to its card, and what the balance is now."""
    return _letter_of_entry(mail, _("%(amount)s of your deposit goes back to your card"))


@mail_kind(TO_BALANCE, gettext_lazy("Refund to the balance instead of a card"), to_company=True)
def refund_to_balance(mail: Mail) -> MailText:
    """Say that money is in the balance, since its card did not take it."""
    return _letter_of_entry(mail, _("%(amount)s is in your balance instead of on your card"))


def _letter_of_entry(mail: Mail, subject: str) -> MailText:
    account = Account.objects.select_related("reseller").get(reseller=mail.reseller)
    amount = money_text(Decimal(mail.params["amount"]), account.currency)
    return letter(
        mail,
        subject % {"amount": amount},
        person=reader_of(mail),
        account=account,
        amount=amount,
        card=mail.params["card"],
        balance_link=balance_link(),
    )
