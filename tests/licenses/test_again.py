"""Trying a renewal again today, which the engine would try tomorrow."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.actions import park_account
from licenses.models import License, Renewal, RenewalState
from licenses.renewing.again import try_today
from licenses.renewing.engine import renew_reseller
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_entry
from tests.licenses.renewing import make_guard, make_renewing, today_of

As = Callable[[User], Client]


def engine(reseller: Reseller) -> None:
    """Let the engine do what is due today."""
    renew_reseller(reseller, today_of(reseller), now=timezone.now())


@pytest.fixture
def failed(acme: Reseller) -> Renewal:
    """A renewal that the balance did not cover today."""
    license = make_renewing(acme, make_guard(), 3)
    engine(acme)
    renewal: Renewal = license.renewals.get()
    assert renewal.state == RenewalState.WAITING
    return renewal


def button(renewal: Renewal) -> str:
    """Return the address of the button."""
    return reverse("admin:licenses_renewal_try-today", args=[renewal.pk])


def test_sam_lets_it_be_tried_after_money_came(
    as_: As, sam: User, acme: Reseller, failed: Renewal
) -> None:
    make_entry(acme, "500.00")
    engine(acme)
    failed.refresh_from_db()
    assert failed.state == RenewalState.WAITING
    assert as_(sam).post(button(failed)).status_code == 302
    engine(acme)
    failed.refresh_from_db()
    assert failed.state == RenewalState.PAID
    event = AuditEvent.objects.get(verb="license.renewal_brought_forward")
    assert (event.actor, event.about) == (sam, str(failed.license.uuid))
    assert failed.attempts.count() == 2


def test_pressed_twice_it_is_tried_once(as_: As, sam: User, failed: Renewal) -> None:
    client = as_(sam)
    client.post(button(failed))
    page = client.post(button(failed))
    assert (page.status_code, "already: the engine" in page.content.decode()) == (422, True)


def test_what_does_not_wait_is_refused(sam: User, acme: Reseller, failed: Renewal) -> None:
    now = timezone.now()
    make_entry(acme, "500.00")
    try_today(failed.pk, actor=sam, now=now)
    engine(acme)
    with pytest.raises(Refusal, match="Only a renewal that waits"):
        try_today(failed.pk, actor=sam, now=now)


def test_a_parked_account_is_released_first(sam: User, acme: Reseller, failed: Renewal) -> None:
    now = timezone.now()
    park_account(acme.pk, "Look.", actor=sam, now=now)
    with pytest.raises(Refusal, match="Release it first"):
        try_today(failed.pk, actor=sam, now=now)
    failed.refresh_from_db()
    assert failed.next_attempt_on == today_of(acme) + timedelta(days=1)


def test_the_licenses_page_says_why_it_failed(as_: As, sam: User, failed: Renewal) -> None:
    license: License = failed.license
    page = as_(sam).get(reverse("admin:licenses_license_change", args=[license.pk]))
    assert "Not covered" in page.content.decode()
