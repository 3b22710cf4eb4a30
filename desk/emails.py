"""The mails to those who keep the portal running."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from mailing.kinds import MailText, mail_kind
from mailing.letters import letter
from mailing.models import Mail


@mail_kind("invariants_broken", gettext_lazy("Broken invariants"), to_staff=True)
def invariants_broken(mail: Mail) -> MailText:
    """Say which rules of the data are broken, and where the parked accounts are."""
    link = settings.SITE_URL + reverse("admin:billing_account_changelist") + "?parked=yes"
    return letter(mail, _("The portal's data breaks its rules"), link=link, **mail.params)


@mail_kind("card_money_waits", gettext_lazy("Card money for staff"), to_staff=True)
def card_money_waits(mail: Mail) -> MailText:
    """Say how many payments and refunds by card wait for staff, and where they are."""
    return letter(
        mail,
        _("Card payments wait for a decision"),
        payments_link=_parked("cardpayment"),
        refunds_link=_parked("cardrefund"),
        **mail.params,
    )


def _parked(model: str) -> str:
    address = reverse(f"admin:billing_{model}_changelist")
    return f"{settings.SITE_URL}{address}?state__exact=parked"
