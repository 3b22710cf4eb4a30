"""No page takes a name that nobody can read, or that leads somewhere else."""

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from licenses.models import License
from reseller_portal.name_fields import NameField
from resellers.models import DistributionCompany, Reseller, User
from tests.factories import make_order
from tests.project.test_architecture import APPS

As = Callable[[User], Client]
CUSTOMER = {"company": "Nova", "name": "Nina", "email": "nina@nova.example", "country": "FR"}
ADMIN = {"admin_name": "Ida", "admin_email": "ida@initech.example"}
PLACES = {"currency": "EUR", "time_zone": "UTC"}
ANEW, ONE_LINE, ADDRESS = "Type this anew", "Write one line", "Leave web addresses out"


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=1).licenses.get()


@pytest.mark.parametrize(
    "wrong",
    [("company", "\u200b", ANEW), ("name", "\u200b\u202e", ANEW), ("company", "No\nva", ONE_LINE)],
)
@pytest.mark.parametrize("who", ["anybody", "ann"])
def test_a_customer_has_a_name_that_is_seen(
    as_: As, ann: User, license: License, who: str, wrong: tuple[str, str, str]
) -> None:
    field, typed, said = wrong
    path, more = f"/activate/{license.activation_code}/", {"terms": "on"}
    if who == "ann":
        path, more = f"/licenses/{license.uuid}/activate/", {"customer": "new"}
    client = as_(ann) if who == "ann" else Client()
    answer = client.post(path, {**CUSTOMER, **more, field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    license.refresh_from_db()
    assert license.activated_at is None


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/settings/company/", {"name": "Acme", "time_zone": "UTC"}),
        ("/settings/distribution-companies/add/", {"name": "Delta"}),
        ("/settings/users/invite/", {"name": "Ida", "email": "i@a.example", "role": "agent"}),
    ],
)
@pytest.mark.parametrize("wrong", [("\u200b", ANEW), ("A\nB", ONE_LINE)])
def test_alice_is_told_what_is_wrong_with_a_name(
    as_: As, alice: User, path: str, values: dict[str, str], wrong: tuple[str, str]
) -> None:
    typed, said = wrong
    answer = as_(alice).post(path, {**values, "name": typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert not DistributionCompany.objects.exists()


def test_an_invitation_carries_no_address_of_somebody_elses(as_: As, alice: User) -> None:
    values = {"name": "Win at https://evil.example", "email": "i@a.example", "role": "agent"}
    answer = as_(alice).post("/settings/users/invite/", values)
    assert answer.status_code == 422
    assert ADDRESS in answer.text


@pytest.mark.parametrize(
    ("page", "values", "field"),
    [
        ("resellers_reseller_open", {"name": "Initech", **PLACES, **ADMIN}, "name"),
        ("resellers_reseller_open", {"name": "Initech", **PLACES, **ADMIN}, "admin_name"),
        ("catalog_product_add", {"slug": "guard", "grace_days": "14"}, "name"),
        ("resellers_distributioncompany_add", {}, "name"),
    ],
)
def test_sam_too(as_: As, sam: User, page: str, values: dict[str, str], field: str) -> None:
    answer = as_(sam).post(reverse(f"admin:{page}"), {**values, field: "A\u202eB"})
    assert ANEW in answer.text
    assert not Product.objects.exists()
    assert not Reseller.objects.filter(name="Initech").exists()


def test_every_field_for_a_name_is_one() -> None:
    fields = {
        f"{form.__module__}.{form.__qualname__}.{name}": field
        for form in every_form(forms.Form)
        for name, field in getattr(form, "base_fields", {}).items()
        if name in {"name", "company", "admin_name"}
        and form.__module__.endswith("forms")
        and form.__module__.split(".")[0] in APPS
    }
    assert len(fields) > 8
    assert [where for where, field in fields.items() if not isinstance(field, NameField)] == []


def every_form(base: Any) -> set[Any]:
    """Return the forms that are made of another one."""
    return {one for form in base.__subclasses__() for one in {form, *every_form(form)}}
