"""What a reseller's admins do with its distribution companies: add, rename, retire, bring back.

Each raises Refusal, as `lock_team` does, for an actor who is no admin any more.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from reseller_portal.refusals import Refusal
from resellers.models import DistributionCompany, User
from resellers.steps import about_distribution_company, lock_team, record


@transaction.atomic(durable=True)
def add_distribution_company(name: str, *, actor: User) -> DistributionCompany:
    """Add a partner to the actor's company. Raises Refusal for a name that is taken."""
    company = DistributionCompany(reseller=lock_team(actor), name=as_one_line(name))
    _save_named(company, is_new=True)
    _record("distribution_company.added", company, actor, name=company.name)
    return company


@transaction.atomic(durable=True)
def rename_distribution_company(pk: int, name: str, *, actor: User) -> DistributionCompany:
    """Give a partner another name, on orders of the past too. Raises Refusal for a taken one."""
    company = _locked(pk, actor)
    was, company.name = company.name, as_one_line(name)
    if was != company.name:
        _save_named(company)
        _record("distribution_company.renamed", company, actor, was=was, name=company.name)
    return company


@transaction.atomic(durable=True)
def retire_distribution_company(pk: int, *, actor: User, now: datetime) -> DistributionCompany:
    """Let nobody pick a partner any more; what it was picked for stays."""
    company = _locked(pk, actor)
    if company.retired_at is None:
        company.retired_at, company.is_default = now, False
        company.save(update_fields=["retired_at", "is_default"])
        _record("distribution_company.retired", company, actor, name=company.name)
    return company


@transaction.atomic(durable=True)
def bring_back_distribution_company(pk: int, *, actor: User) -> DistributionCompany:
    """Let a retired partner be picked again."""
    company = _locked(pk, actor)
    if company.retired_at is not None:
        company.retired_at = None
        company.save(update_fields=["retired_at"])
        _record("distribution_company.brought_back", company, actor, name=company.name)
    return company


def as_one_line(name: str) -> str:
    """Return a name without line breaks and needless blanks."""
    return " ".join(name.split())


def _locked(pk: int, actor: User) -> DistributionCompany:
    companies = DistributionCompany.objects.filter(reseller=lock_team(actor))
    return companies.select_for_update(no_key=True).get(pk=pk)


def _save_named(company: DistributionCompany, *, is_new: bool = False) -> None:
    taken = Refusal(
        _("There is a distribution company of this name already, in use or retired."), field="name"
    )
    others = DistributionCompany.objects.filter(reseller=company.reseller).exclude(pk=company.pk)
    if others.filter(name__iexact=company.name).exists():
        raise taken
    try:
        with transaction.atomic():
            company.save(force_insert=is_new, update_fields=None if is_new else ["name"])
    except IntegrityError:
        raise taken from None


def _record(verb: str, company: DistributionCompany, actor: User, **changes: str) -> None:
    about = about_distribution_company(company)
    record(verb, about, reseller=company.reseller, actor=actor, **changes)
