"""The mail about a low balance."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from billing.low_balance import KIND
from billing.models import Account, VendorDetails
from mailing.company import reader_of
from mailing.kinds import MailText, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from reseller_portal.display import money_text


@mail_kind(KIND, gettext_lazy("Low balance"), to_company=True)
def balance_low(mail: Mail) -> MailText:
    """Say since when the balance is below its warning, what it is now, and how to fill it up."""
    account = Account.objects.select_related("reseller").get(reseller=mail.reseller)
    below = Decimal(mail.params["below"])
    said = _("The balance is below %(below)s") if below else _("The balance is below zero")
    return letter(
        mail,
        said % {"below": money_text(below, account.currency)},
        person=reader_of(mail),
        account=account,
        since=datetime.fromisoformat(mail.params["since"]),
        vendor=VendorDetails.objects.current(),
        balance_link=settings.SITE_URL + reverse("billing:balance"),
    )
