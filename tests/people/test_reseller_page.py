"""A reseller's page in the admin site: money, orders, cards, people, and what waits."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.actions import park_account
from billing.models import Card
from billing.references import account_in, reference_of
from licenses.models import License
from people.actions import invite_person
from resellers.models import Reseller, User
from tests.billing.cards import make_card_rows
from tests.factories import make_entry, make_order
from tests.mailing.test_log import make_mail

As = Callable[[User], Client]


def page(client: Client, reseller: Reseller) -> str:
    """Return the page."""
    path = reverse("admin:resellers_reseller_change", args=[reseller.pk])
    return client.get(path).content.decode()


@pytest.fixture
def busy(acme: Reseller, alice: User, bob: User, sam: User) -> Reseller:
    """Acme with one of everything."""
    make_order(acme, user=alice, number="4711000001", quantity=2)
    make_entry(acme, "1234.56", reference="Wire 7")
    make_card_rows(acme)
    make_mail(acme, state="failed", reason="550")
    invite_person(acme.pk, "ida@acme.example", "Ida", "viewer", actor=sam, now=timezone.now())
    return acme


def test_sam_sees_it_all_on_one_page(as_: As, sam: User, busy: Reseller) -> None:
    shown = page(as_(sam), busy)
    for text in ("1,234.56", "4711000001", "Wire 7", "•••• 4242", "Alice Arnold", "Ida"):
        assert text in shown, text
    assert "Mails were given up" in shown
    assert busy.account.transfer_reference in shown


def test_every_link_of_it_leads_somewhere(as_: As, sam: User, busy: Reseller) -> None:
    client = as_(sam)
    links = set(re.findall(r'href="(/admin/[^"]+)"', page(client, busy)))
    assert len(links) > 30
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code in {200, 302}, link


def test_a_strangers_rows_are_not_on_it(
    as_: As, sam: User, busy: Reseller, globex: Reseller
) -> None:
    shown = page(as_(sam), globex)
    for text in ("4711000001", "Wire 7", "4242", "Alice", "Ida", "given up"):
        assert text not in shown, text
    for empty in ("Nothing waits for you here.", "No card is kept", "It has not bought anything"):
        assert empty in shown


def test_a_parked_account_says_why_and_is_released_from_there(
    as_: As, sam: User, busy: Reseller
) -> None:
    assert "Park the account" in page(as_(sam), busy)
    park_account(busy.pk, "The ledger is wrong.", actor=sam, now=timezone.now())
    shown = page(as_(sam), busy)
    assert "The ledger is wrong." in shown
    assert "Release the account" in shown
    assert "Park the account" not in shown


def test_no_token_is_on_it(as_: As, sam: User, busy: Reseller) -> None:
    shown = page(as_(sam), busy)
    assert all(card.token not in shown for card in Card.objects.all())
    assert all(user.password not in shown for user in User.objects.all())
    codes = License.objects.filter(reseller=busy).values_list("activation_code", flat=True)
    assert not any(code in shown for code in codes)


def test_it_takes_as_many_queries_however_much_there_is(
    as_: As, sam: User, busy: Reseller, alice: User
) -> None:
    client, counts = as_(sam), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(client, busy)
        counts.append(len(queries))
        for _ in range(8):
            make_order(busy, user=alice, quantity=1)
            make_entry(busy)
            make_mail(busy, state="stuck")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("key", [1, 12, 999_999, 1_234_567])
def test_a_reference_is_read_however_it_is_spaced(key: int) -> None:
    reference = reference_of(key)
    assert re.fullmatch(r"RF[0-9]{2}( [0-9]{1,4})+", reference)
    assert account_in(reference) == account_in(f" {reference.lower()} ".replace(" ", "")) == key


def test_a_slip_of_the_pen_finds_nobody() -> None:
    whole = reference_of(123_456).replace(" ", "")
    for at in range(2, len(whole)):
        for digit in set("0123456789") - {whole[at]}:
            assert account_in(whole[:at] + digit + whole[at + 1 :]) is None
    for odd in ("", "RF", "RF18", "RF18000001x", "acme", "RF" + "9" * 40):
        assert account_in(odd) is None


def test_the_reference_is_one_that_banks_accept() -> None:
    whole = reference_of(42).replace(" ", "")
    turned = whole[4:] + whole[:4]
    assert int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def test_sam_finds_the_account_by_the_reference(
    as_: As, sam: User, acme: Reseller, globex: Reseller
) -> None:
    client, path = as_(sam), reverse("admin:billing_account_changelist")
    for term in (acme.account.transfer_reference, "acm"):
        found = client.get(path, {"q": term}).context["cl"].result_list
        assert list(found) == [acme.account], term
