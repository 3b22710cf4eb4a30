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


@mail_kind("work_waits", gettext_lazy("Work waiting for staff"), to_staff=True)
def work_waits(mail: Mail) -> MailText:
    """Say what waits for staff, since when, and where its list is."""
    subject = f"{mail.params['matter']}: {mail.params['number']}"
    link = settings.SITE_URL + mail.params["url"]
    return letter(mail, subject, link=link, **mail.params)
