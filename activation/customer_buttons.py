"""What vendor staff can do with a customer."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _g, gettext_lazy as _

from activation.actions import erase_person
from activation.models import Customer
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


@offered_on(Customer)
class ErasePerson(Button):
    """Erases the data of a customer's contact person."""

    slug, label, verb = "erase", _("Erase personal data"), _("Erase for good")

    @classmethod
    def why_not(cls, obj: Customer, _now: datetime) -> str | None:
        """Say why there is nothing to erase."""
        return _g("This customer's personal data are erased already.") if obj.is_erased else None

    @classmethod
    def explain(cls, obj: Customer, _now: datetime) -> list[Any]:
        """Say what will happen, and what stays."""
        who = {"name": obj.name, "email": obj.email, "company": obj.company}
        return [
            _g(
                "The name %(name)s and the address %(email)s are erased: from the customer, from "
                "the outbox and from the records. A mail to them that still waits is dropped."
            )
            % who,
            _g("The company %(company)s, its licenses and what happened to them stay.") % who,
            _g("This cannot be undone. Be sure that it is the person, or the law, who asks."),
        ]

    @classmethod
    def press(cls, obj: Customer, _values: Any, *, actor: User, now: datetime) -> Done:
        """Erase them."""
        erase_person(obj.uuid, actor=actor, now=now)
        return Done(_g("The personal data of %(company)s are erased.") % {"company": obj.company})
