"""What an admin changes of the company."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people.steps import about_reseller
from reseller_portal.refusals import Refusal
from resellers.models import DistributionCompany, Reseller, User
from resellers.steps import lock_team, record

OWN = (
    *("name", "address", "tax_number", "time_zone"),
    *("default_term_months", "default_payment_type"),
)


@dataclass(frozen=True)
class CompanySettings:
    """The company as it is to be; `distribution_company` is the one that purchases begin with."""

    name: str
    address: str
    tax_number: str
    time_zone: str
    default_term_months: int | None
    default_payment_type: str
    distribution_company: DistributionCompany | None


@transaction.atomic(durable=True)
def change_company(wish: CompanySettings, *, actor: User) -> Reseller:
    """Change the settings of the actor's company. Another time zone moves no stored date.

    Raises Refusal for a name that cannot be had, for a distribution company that was retired
    meanwhile, and for an actor who is no admin any more.
    """
    reseller = lock_team(actor)
    changed = {
        name: [getattr(reseller, name), getattr(wish, name)]
        for name in OWN
        if getattr(reseller, name) != getattr(wish, name)
    }
    for name, (_was, now) in changed.items():
        setattr(reseller, name, now)
    _save(reseller, list(changed))
    changed |= _pick(reseller, wish.distribution_company)
    if changed:
        about = about_reseller(reseller)
        record("reseller.settings_changed", about, reseller=reseller, actor=actor, changed=changed)
    return reseller


def _save(reseller: Reseller, fields: list[str]) -> None:
    others = Reseller.objects.exclude(pk=reseller.pk)
    # of other companies nothing is said
    refusal = Refusal(_("This name cannot be had. Choose another one, or ask the vendor."), "name")
    if "name" in fields and others.filter(name__iexact=reseller.name).exists():
        raise refusal
    try:
        with transaction.atomic():
            reseller.save(update_fields=fields)
    except IntegrityError:
        raise refusal from None


def _pick(reseller: Reseller, company: DistributionCompany | None) -> dict[str, list[str | None]]:
    companies = DistributionCompany.objects.filter(reseller=reseller)
    was = companies.filter(is_default=True).first()
    if was == company:
        return {}
    companies.filter(is_default=True).update(is_default=False)
    if company is not None and not companies.in_use().filter(pk=company.pk).update(is_default=True):
        raise Refusal(
            _("This distribution company is no longer in use. Choose another one, or none."),
            field="distribution_company",
        )
    names = [one.name if one else None for one in (was, company)]
    return {"distribution_company": names}
