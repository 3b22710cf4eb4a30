"""The database refuses a row that mixes two resellers."""

import pytest
from django.db import IntegrityError, connection, transaction

from resellers.models import Reseller, User
from resellers.roles import Role
from tests.factories import (
    CustomerFactory,
    DistributionCompanyFactory,
    OrderFactory,
    UserFactory,
    make_active,
    make_order,
)


def check_now() -> None:
    """Let the database check what it would check at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(constraint: str) -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=constraint)


def test_an_order_of_acme_cannot_be_placed_by_a_person_of_globex(
    acme: Reseller, charlie: User
) -> None:
    with refused("order_user_same_reseller"), transaction.atomic():
        OrderFactory.create(reseller=acme, user=charlie)
        check_now()


def test_an_order_of_acme_cannot_go_through_a_distributor_of_globex(
    acme: Reseller, globex: Reseller
) -> None:
    stranger = DistributionCompanyFactory.create(reseller=globex)
    with refused("order_distributor_same_reseller"), transaction.atomic():
        OrderFactory.create(reseller=acme, distribution_company=stranger)
        check_now()


def test_a_license_of_acme_cannot_be_moved_to_globex(acme: Reseller, globex: Reseller) -> None:
    license = make_order(acme, quantity=1).licenses.get()
    with refused("license_order_same_reseller"), transaction.atomic():
        license.reseller = globex
        license.save()
        check_now()


def test_a_license_of_acme_cannot_belong_to_a_customer_of_globex(
    acme: Reseller, globex: Reseller
) -> None:
    license = make_order(acme, quantity=1).licenses.get()
    stranger = CustomerFactory.create(reseller=globex)
    with refused("license_customer_same_reseller"), transaction.atomic():
        make_active(license, customer=stranger)
        check_now()


def test_a_person_has_a_reseller_or_is_staff(acme: Reseller) -> None:
    with refused("user_of_reseller_or_staff"), transaction.atomic():
        UserFactory.create(reseller=None, role=Role.AGENT)
    with refused("user_of_reseller_or_staff"), transaction.atomic():
        UserFactory.create(reseller=acme, role="", is_staff=True)


def test_an_address_signs_in_one_person_whatever_its_case(alice: User) -> None:
    with refused("resellers_user_email_key"), transaction.atomic():
        UserFactory.create(email="ALICE@acme.example")
    with refused("user_email_lower_case"), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(email="Alice@acme.example")
