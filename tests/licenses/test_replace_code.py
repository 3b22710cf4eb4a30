"""A code that got into wrong hands is replaced: the old link is dead, the new one works."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from licenses.actions import replace_code
from licenses.codes import PATTERN, last_group
from licenses.models import License, ReplacedCode
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.factories import LicenseFactory, make_active, make_cancelled, make_order

SignIn = Callable[[User], Client]


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=2).licenses.all()[0]


def url(license: License) -> str:
    return f"/licenses/{license.uuid}/replace-code/"


def send(client: Client, license: License, **options: Any) -> Any:
    """Submit the dialog as it was shown."""
    return client.post(url(license), {"number": license.code_number}, **options)


def opened(code: str) -> Any:
    """Open an activation link as a customer does."""
    return Client().get(f"/activate/{code}/")


def test_ann_replaces_the_code_and_the_old_link_is_dead(
    as_: SignIn, ann: User, license: License
) -> None:
    old, client = license.activation_code, as_(ann)
    page = client.get(url(license)).content.decode()
    assert f"Replace the code of license {license}</h1>" in page
    assert "this cannot be undone" in page
    response = send(client, license)
    assert response.status_code == HTTPStatus.SEE_OTHER
    license.refresh_from_db()
    assert license.activation_code != old
    said = client.get(response["Location"]).content.decode()
    assert f"it is called {license} now. Its old link is dead." in said
    assert opened(license.activation_code).status_code == HTTPStatus.OK
    dead, unknown = opened(old), opened("2" * 30)
    assert dead.status_code == unknown.status_code == HTTPStatus.NOT_FOUND
    assert dead.content == unknown.content


def test_it_is_on_record_and_in_the_orders_history_without_any_code(
    as_: SignIn, alice: User, license: License
) -> None:
    old, client = license.activation_code, as_(alice)
    send(client, license)
    event = AuditEvent.objects.get()
    license.refresh_from_db()
    assert (event.verb, event.about, event.actor) == (
        "license.code_replaced",
        str(license.uuid),
        alice,
    )
    assert event.changes == {}
    page = client.get(f"/orders/{license.order.number}/").content.decode()
    assert f"Activation code replaced: the earlier link is dead, license {license}" in page
    assert old not in page
    assert ReplacedCode.objects.get().code == old


def test_a_double_click_replaces_it_once(as_: SignIn, ann: User, license: License) -> None:
    client = as_(ann)
    answers = [send(client, license) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.SEE_OTHER] * 2
    license.refresh_from_db()
    assert license.code_number == 2
    assert ReplacedCode.objects.count() == AuditEvent.objects.count() == 1


def test_a_row_is_shown_anew_where_it_was_done(as_: SignIn, ann: User, license: License) -> None:
    response = send(as_(ann), license, headers={"HX-Request": "true"})
    license.refresh_from_db()
    page = response.content.decode()
    assert f'id="license-{license.uuid}"' in page
    assert last_group(license.activation_code) in page
    assert response.headers["HX-Trigger"] == f"order-{license.order.number}-changed"


def test_used_and_cancelled_licenses_keep_theirs(
    as_: SignIn, ann: User, license: License, acme: Reseller
) -> None:
    used = make_active(license)
    cancelled = make_cancelled(make_order(acme, quantity=1).licenses.get())
    for kept, reason in ((used, "Used since"), (cancelled, "Cancelled: its link")):
        code, client = kept.activation_code, as_(ann)
        assert reason in client.get(url(kept)).content.decode()
        response = send(client, kept)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert reason in response.content.decode()
        kept.refresh_from_db()
        assert kept.activation_code == code
    assert not ReplacedCode.objects.exists()


@pytest.mark.parametrize("number", ["x", "0", "-1", "99999"])
def test_nonsense_replaces_nothing(as_: SignIn, ann: User, license: License, number: str) -> None:
    response = as_(ann).post(url(license), {"number": number})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not ReplacedCode.objects.exists()


def test_bob_may_not_and_charlie_finds_nothing(
    as_: SignIn, bob: User, charlie: User, license: License
) -> None:
    for user, status in ((bob, HTTPStatus.FORBIDDEN), (charlie, HTTPStatus.NOT_FOUND)):
        client = as_(user)
        assert client.get(url(license)).status_code == status
        assert send(client, license).status_code == status
    assert not ReplacedCode.objects.exists()
    with pytest.raises(License.DoesNotExist):
        replace_code(license.uuid, actor=charlie, now=timezone.now())


def test_the_menu_says_why_not(as_: SignIn, ann: User, bob: User, license: License) -> None:
    make_active(license)
    keys = f"/orders/{license.order.number}/license-keys/"
    page = as_(ann).get(keys).content.decode()
    assert "Replace the Code<small>Used since" in page
    other = license.order.licenses.exclude(pk=license.pk).get()
    assert url(other) in page
    assert url(license) not in page
    assert "/replace-code/" not in as_(bob).get(keys).content.decode()


def test_no_license_ever_gets_a_replaced_code(ann: User, license: License) -> None:
    """The database itself refuses to give one out again, one by one and in bulk."""
    old = license.activation_code
    replace_code(license.uuid, actor=ann, now=timezone.now())
    again = LicenseFactory.build(
        order=license.order, reseller=license.reseller, product=license.product
    )
    again.activation_code = old
    with pytest.raises(IntegrityError, match="never given out again"):
        License.objects.bulk_create([again])


def test_a_license_does_not_get_its_replaced_code_back(ann: User, license: License) -> None:
    old = license.activation_code
    replace_code(license.uuid, actor=ann, now=timezone.now())
    with pytest.raises(IntegrityError, match="never given out again"):
        License.objects.filter(pk=license.pk).update(activation_code=old)


def test_the_new_code_is_made_as_all_are(ann: User, license: License) -> None:
    first = replace_code(license.uuid, actor=ann, now=timezone.now())
    second = replace_code(license.uuid, actor=ann, now=timezone.now())
    codes = {license.activation_code, first.activation_code, second.activation_code}
    assert len(codes) == 3
    assert second.code_number == 3
    numbered = ReplacedCode.objects.values_list("number", "code")
    assert list(numbered) == [(1, license.activation_code), (2, first.activation_code)]
    assert all(re.fullmatch(PATTERN, code) for code in codes)


def test_what_is_refused_raises(ann: User, license: License) -> None:
    make_active(license)
    with pytest.raises(Refusal, match="Used since"):
        replace_code(license.uuid, actor=ann, now=timezone.now())
