"""What the record says of mails."""

from django.utils.translation import gettext_lazy as _

from mailing.kinds import label_of
from resellers.record import says, thing

thing("mail", _("Mail"))

says("mail.retried", _("Mail tried again"), _("%(kind)s to %(to)s tried again"), kind=label_of)
says("mail.resent", _("Mail sent once more"), _("%(kind)s to %(to)s sent once more"), kind=label_of)
