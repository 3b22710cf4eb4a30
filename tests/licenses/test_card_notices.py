"""Before the default card expires, by which licenses renew, a company is told: twice, once each."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from billing.models import Card, CardNotice
from licenses.notices.cards import tell_of_card
from licenses.notices.rounds import notify
from mailing.actions import choose_audience
from mailing.delivery import send, write
from mailing.models import Mail
from reseller_portal.running import PermanentError
from resellers.models import Reseller, User
from resellers.querysets import ResellerQuerySet
from resellers.roles import Role
from tests.licenses.notices import DAY, MORNING, TODAY, ending
from tests.licenses.renewing import make_guard, make_renewing
from tests.races import all_at_once

As = Callable[[User], Client]
KIND = "card_expiring"
LAST = TODAY + 30 * DAY


@pytest.fixture(autouse=True)
def _cards_are_on(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_of_the_tests"


@pytest.fixture
def card(acme: Reseller) -> Card:
    """Acme's default card, which expires in 30 days."""
    return card_of(acme)


def card_of(reseller: Reseller, **fields: Any) -> Card:
    values = {"token": "pm_1", "brand": "visa", "last4": "4242", "expires_on": LAST}
    return Card.objects.create(reseller=reseller, is_default=True, **values | fields)


def rounds(*days: int) -> list[str]:
    """Hold the rounds so many days from TODAY, and return to whom mails were queued in all."""
    for away in days:
        notify(MORNING + away * DAY, TODAY + away * DAY)
    return list(Mail.objects.filter(kind=KIND).order_by("pk").values_list("to", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "count"),
    [([-1], 0), ([0], 1), ([0, 0, 1, 22], 1), ([0, 23], 2), ([0, 23, 24, 30], 2), ([25], 1)],
)
def test_a_month_and_a_week_ahead_it_is_told_once_each(
    acme: Reseller, alice: User, card: Card, days: list[int], count: int
) -> None:
    ending(acme, 200, recurrent=True)
    assert rounds(*days) == [alice.email] * count
    assert CardNotice.objects.count() == count


@pytest.mark.django_db
def test_who_becomes_an_admin_later_is_not_told_of_what_was_told(
    acme: Reseller, alice: User, bob: User, card: Card
) -> None:
    ending(acme, 200, recurrent=True)
    rounds(0)
    User.objects.filter(pk=bob.pk).update(role=Role.ADMIN)
    assert rounds(1) == [alice.email]
    assert set(rounds(23)[1:]) == {alice.email, bob.email}


@pytest.mark.django_db
def test_once_it_has_expired_there_is_nothing_to_tell_ahead(
    acme: Reseller, alice: User, card: Card
) -> None:
    ending(acme, 200, recurrent=True)
    assert rounds(31, 40) == []


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["nothing renews", "not the default", "cards are off"])
def test_what_renews_nothing_is_not_told(
    acme: Reseller, alice: User, card: Card, settings: Any, why: str
) -> None:
    ending(acme, 200, recurrent=why != "nothing renews")
    if why == "not the default":
        Card.objects.update(is_default=False)
    if why == "cards are off":
        settings.STRIPE_SECRET_KEY = ""
    assert rounds(0) == []


@pytest.mark.django_db
def test_it_goes_to_whom_the_company_chose(
    as_: As, acme: Reseller, alice: User, bob: User, card: Card
) -> None:
    ending(acme, 200, recurrent=True)
    assert "Default card expires" in as_(alice).get("/settings/notices/").content.decode()
    choose_audience(KIND, [], [bob.pk], actor=alice)
    assert rounds(0) == [bob.email]


@pytest.mark.django_db
def test_the_mail_says_until_when_and_where_to_add_another(
    acme: Reseller, alice: User, card: Card
) -> None:
    ending(acme, 200, recurrent=True)
    rounds(0)
    text = write(Mail.objects.get(kind=KIND))
    assert "24 Dec 2026" in text.subject
    for body in (text.text, text.html):
        assert "Visa •••• 4242" in body
        assert "/settings/payment/" in body
        assert card.token not in body


@pytest.mark.django_db
def test_one_that_another_card_has_replaced_is_not_sent_any_more(
    acme: Reseller, alice: User, card: Card
) -> None:
    ending(acme, 200, recurrent=True)
    rounds(0)
    Card.objects.update(is_default=False)
    card_of(acme, token="pm_2")
    with pytest.raises(PermanentError, match="Another card"):
        send(Mail.objects.get(kind=KIND))


def eight_at_once(acme: Reseller) -> list[str]:
    """Tell of the card from eight processes, as if there were no round to lock."""
    card_of(acme)
    ending(acme, 200, recurrent=True)

    def tell() -> None:
        with transaction.atomic():
            tell_of_card(acme, TODAY, MORNING)

    return sorted(type(outcome).__name__ for outcome in all_at_once(*[tell] * 8))


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_tell_it_once(acme: Reseller, alice: User) -> None:
    assert set(eight_at_once(acme)) == {"NoneType"}
    assert Mail.objects.filter(kind=KIND).count() == CardNotice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_asking_the_constraint_the_others_get_an_error(
    acme: Reseller, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_anew(rows: Any, defaults: Any, **fields: Any) -> Any:
        return rows.create(**fields, **defaults), True

    monkeypatch.setattr(ResellerQuerySet, "get_or_create", write_anew)
    assert eight_at_once(acme).count("IntegrityError") == 7


def warnings(as_: As, person: User) -> list[str]:
    """Return what home and the renewals say to a person about the default card."""
    pages = [as_(person).get(address).content.decode() for address in ("/", "/renewals/")]
    return [" ".join(page.split()) for page in pages if "The default card" in page]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "is_refused", "said"),
    [
        (20, False, "The default card can be charged until"),
        (-1, False, "The default card expired on"),
        (400, True, "was declined for good"),
        (400, False, ""),
    ],
)
def test_home_and_renewals_warn_of_it(
    as_: As, alice: User, *, days: int, is_refused: bool, said: str
) -> None:
    acme, now = alice.reseller, timezone.now()
    assert acme is not None
    last = acme.day_of(now) + days * DAY
    card_of(acme, expires_on=last, refused_at=now if is_refused else None)
    assert warnings(as_, alice) == []
    make_renewing(acme, make_guard(), 20)
    assert [said in text for text in warnings(as_, alice)] == [True, True] * bool(said)


@pytest.mark.django_db
def test_who_can_do_nothing_about_it_is_not_warned(as_: As, acme: Reseller, ann: User) -> None:
    card_of(acme, expires_on=acme.day_of(timezone.now()))
    make_renewing(acme, make_guard(), 20)
    assert warnings(as_, ann) == []


@pytest.mark.django_db
def test_each_day_of_the_window_has_its_notice(acme: Reseller, alice: User, card: Card) -> None:
    ending(acme, 200, recurrent=True)
    deeds = [partial(rounds, day) for day in range(-1, 32)]
    assert [len(deed()) for deed in deeds] == [0] + [1] * 23 + [2] * 9
