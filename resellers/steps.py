"""What actions of every app share: the record of who did what."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from reseller_portal.origin import address
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, DistributionCompany, Reseller, User
from resellers.roles import Right, Role


def record(
    verb: str,
    about: str,
    *,
    reseller: Reseller | None,
    actor: User | None,
    **changes: Any,
) -> AuditEvent:
    """Write an audit event in the caller's transaction.

    `about` is the public id of the thing; `changes` are JSON values and hold no secrets. Without an
    actor it was a customer (on a public page) or a worker.
    """
    [event] = record_each(verb, [about], reseller=reseller, actor=actor, **changes)
    return event


def record_each(
    verb: str,
    about: Iterable[str],
    *,
    reseller: Reseller | None,
    actor: User | None,
    **changes: Any,
) -> list[AuditEvent]:
    """Write the same audit event about each of several things, in the caller's transaction."""
    return AuditEvent.objects.bulk_create(
        AuditEvent(
            reseller=reseller,
            actor=actor,
            verb=verb,
            about=thing,
            changes=changes,
            address=address.get(),
        )
        for thing in about
    )


def about_distribution_company(company: DistributionCompany) -> str:
    """Return how audit events name a distribution company."""
    return f"distributioncompany:{company.pk}"


def lock_team(actor: User) -> Reseller:
    """Lock the actor's company, so that of its admins one after another changes it.

    Raises Refusal if the actor is no admin (any more): a colleague may have been quicker.
    """
    reseller = _locked_company(actor)
    admins = User.objects.filter(reseller=reseller, role=Role.ADMIN, is_active=True)
    if not admins.filter(pk=actor.pk).exists():
        raise Refusal(_("You are no admin any more. Ask a colleague who is."))
    return reseller


def lock_company_for(actor: User, right: Right) -> Reseller:
    """Lock the actor's company, under which is counted what it has under way.

    Raises Refusal if the actor may not do it (any more): a colleague may have been quicker.
    """
    reseller = _locked_company(actor)
    person = User.objects.get(pk=actor.pk)
    if not (person.is_active and person.may(right)):
        raise Refusal(_("You may not do this any more. Ask an admin of your company."))
    return reseller


def _locked_company(actor: User) -> Reseller:
    if actor.reseller is None:
        raise ValueError("vendor staff belong to no company")
    return Reseller.objects.select_for_update(no_key=True).get(pk=actor.reseller.pk)
