"""The mails about signing in."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from mailing.kinds import MailText, NobodyThereError, UndeliverableError, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from people.changes import SignInChange
from people.links import invitation_link, reset_link
from people.models import Invitation
from resellers.models import User


@mail_kind(
    "password_reset",
    gettext_lazy("Password reset"),
    once=gettext_lazy("A link for a new password is asked for anew, at the sign-in page."),
)
def password_reset(mail: Mail) -> MailText:
    """Write the link to choose a new password, to whoever has an account under the address."""
    user = User.objects.filter(email=mail.to.lower(), is_active=True).first()
    if user is None:
        raise NobodyThereError(_("Nobody who may sign in has this e-mail address."))
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    subject = _("Choose a new password")
    return letter(mail, subject, user=user, link=reset_link(user), hours=hours)


@mail_kind(
    "sign_in_changed",
    gettext_lazy("Sign-in changed"),
    once=gettext_lazy("It told a person of one moment: a second one would say that it was again."),
)
def sign_in_changed(mail: Mail) -> MailText:
    """Tell a person what changed about their sign-in, so that they notice if it was not them."""
    change = SignInChange(mail.params["change"])
    user = User.objects.filter(email=mail.to).first()
    if user is None:
        raise NobodyThereError(_("Nobody has this e-mail address any more."))
    subject = _("Your sign-in was changed")
    link = settings.SITE_URL + reverse("account_reset_password")
    moment = mail.queued_at
    return letter(mail, subject, user=user, change=change.label, moment=moment, link=link)


@mail_kind(
    "invitation",
    gettext_lazy("Invitation"),
    once=gettext_lazy("An invitation is sent again under Users, with a link that lasts."),
)
def invitation(mail: Mail) -> MailText:
    """Write the link that accepts an invitation, as long as it is the last one issued.

    Who has an account at another company learns that here, and nobody else does.
    """
    invited = Invitation.objects.select_related("reseller", "invited_by").get(
        pk=mail.params["invitation"]
    )
    is_last = invited.issue == mail.params["issue"]
    if not is_last or invited.accepted_at or invited.withdrawn_at:
        raise UndeliverableError(_("The invitation was answered, withdrawn or sent again since."))
    subject = _("Your account at the Reseller Portal for %(reseller)s") % {
        "reseller": invited.reseller
    }
    has_account = User.objects.filter(email=invited.email).exists()
    link = "" if has_account else invitation_link(invited)
    return letter(mail, subject, invitation=invited, link=link)
