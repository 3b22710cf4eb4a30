"""Actions ask for themselves whose license it is: the admin site and tasks call them too."""

from uuid import uuid4

import pytest
from django.utils import timezone

from activation.actions import activate_by_link, activate_for_existing, activate_for_new
from activation.models import Activation
from activation.steps import CustomerDetails
from licenses.actions import change_billing_state
from licenses.codes import new_activation_code
from licenses.models import License
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, make_active, make_order

NOVA = CustomerDetails(company="Nova", name="Nina", email="nina@nova.example", country="FR")


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=2).licenses.all()[0]


def test_no_action_reaches_another_resellers_license(license: License, charlie: User) -> None:
    now = timezone.now()
    with pytest.raises(License.DoesNotExist):
        activate_for_new(license.uuid, NOVA, actor=charlie, now=now)
    with pytest.raises(License.DoesNotExist):
        activate_for_existing(license.uuid, NOVA.email, actor=charlie, now=now)
    make_active(license)
    with pytest.raises(License.DoesNotExist):
        change_billing_state(license.uuid, True, actor=charlie, now=now)


def test_what_does_not_exist_is_said_alike(alice: User) -> None:
    with pytest.raises(License.DoesNotExist):
        change_billing_state(uuid4(), True, actor=alice, now=timezone.now())
    with pytest.raises(License.DoesNotExist):
        activate_by_link(new_activation_code(), NOVA, terms_version="", now=timezone.now())


def test_vendor_staff_act_on_any_resellers_license(license: License, sam: User) -> None:
    now = timezone.now()
    activation = activate_for_new(license.uuid, NOVA, actor=sam, now=now)
    assert activation.by == sam
    assert activation.customer.reseller == license.reseller
    assert change_billing_state(license.uuid, True, actor=sam, now=now).auto_renew


def test_staff_find_the_customers_of_the_licenses_reseller_only(
    license: License, sam: User, globex: Reseller
) -> None:
    CustomerFactory.create(reseller=globex, email=NOVA.email)
    ours = CustomerFactory.create(reseller=license.reseller, email=NOVA.email)
    activate_for_existing(license.uuid, NOVA.email, actor=sam, now=timezone.now())
    assert Activation.objects.get().customer == ours


def test_activation_keeps_what_was_set_at_purchase(acme: Reseller, alice: User) -> None:
    license = make_order(acme, quantity=1, recurrent=True).licenses.get()
    assert not license.auto_renew
    activation = activate_for_new(license.uuid, NOVA, actor=alice, now=timezone.now())
    assert activation.license.auto_renew
