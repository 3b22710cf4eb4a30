"""The record as it is shown: who did what to which thing, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from resellers.models import AuditEvent, Reseller
from resellers.naming import Named, named
from resellers.record import sentence, thing_of

SHOWN = 20


@dataclass(frozen=True)
class Deed:
    """One thing that was done."""

    event: AuditEvent
    about: Named | None
    currency: str

    @property
    def words(self) -> str:
        """Return what was done."""
        return sentence(self.event, self.currency)

    @property
    def thing(self) -> str:
        """Return to what kind of thing."""
        return thing_of(self.event.verb)

    @property
    def by(self) -> str:
        """Return who did it."""
        actor = self.event.actor
        if actor is None:
            return _("automatic, or a customer")
        return _("%(name)s (vendor)") % {"name": actor.name} if actor.is_staff else actor.name


def deeds(reseller: Reseller, events: Iterable[AuditEvent]) -> list[Deed]:
    """Return events, their actors loaded, with the names of what they are about."""
    listed = list(events)
    names = named(reseller, {event.about for event in listed})
    return [Deed(event, names.get(event.about), reseller.currency) for event in listed]


def done_to(reseller: Reseller, *abouts: str) -> list[Deed]:
    """Return the newest of what was done to some things: the history of their page."""
    events = AuditEvent.objects.for_reseller(reseller).filter(about__in=abouts)
    return deeds(reseller, events.select_related("actor")[:SHOWN])


def latest(reseller: Reseller, count: int) -> list[Deed]:
    """Return what was done last at a company."""
    events = AuditEvent.objects.for_reseller(reseller).select_related("actor")
    return deeds(reseller, events[:count])
