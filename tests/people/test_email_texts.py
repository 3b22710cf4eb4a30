"""The texts of mails: alice writes her company's own."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from mailing.delivery import write
from mailing.models import EmailText, Mail
from mailing.texts.actions import TRIES
from mailing.texts.trying import KIND as TEST
from reseller_portal.running import PermanentError, PointlessError
from resellers.models import AuditEvent, Reseller, User
from resellers.record import sentence
from resellers.roles import Role
from tests.factories import UserFactory
from tests.mailing.texts import own_text

As = Callable[[User], Client]
LIST = "/settings/emails/"
PAGE = f"{LIST}balance_low/"
RESET = f"{PAGE}reset/"
BODY = "Hello {person},\n\nonly {balance} is left."


@pytest.fixture
def adam(acme: Reseller) -> User:
    """Another admin at Acme."""
    return UserFactory.create(name="Adam", reseller=acme, role=Role.ADMIN)


def values(subject: str = "Low: {balance}", body: str = BODY, **more: str) -> dict[str, str]:
    """Return what the form sends."""
    return {"subject": subject, "body": body, "edition": "", **more}


def errors(page: Any) -> str:
    """Return what the form says is wrong."""
    return " ".join(said for wrong in page.context["form"].errors.values() for said in wrong)


def test_alice_writes_a_text_and_it_is_what_mails_say(as_: As, alice: User, acme: Reseller) -> None:
    answer = as_(alice).post(PAGE, values(body=f"\r\n{BODY}\r\n".replace("\n\n", "\r\n\r\n")))
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    text = EmailText.objects.get()
    assert (text.subject, text.body, text.changed_by) == ("Low: {balance}", BODY, alice)
    mail = Mail(kind="balance_low", reseller=acme, to=alice.email, key="k", about="x")
    mail.params = {"since": "2026-11-24T10:00:00+00:00", "below": "50.00"}
    assert write(mail).text.startswith("Hello Alice Arnold,\n\nonly EUR\xa00.00 is left.")
    page = as_(alice).get(LIST).text
    assert "Alice Arnold" in page
    event = AuditEvent.objects.get()
    assert (event.verb, event.changes) == (
        "email_text.changed",
        {"kind": "balance_low", "fields": ["subject", "body"]},
    )
    assert sentence(event, "EUR") == "Own text written: subject, text"
    assert "Own text written" in as_(alice).get(PAGE).text


def test_what_is_not_changed_is_not_recorded(as_: As, alice: User) -> None:
    client = as_(alice)
    client.post(PAGE, values())
    again = {**values(), "edition": str(EmailText.objects.get().edition)}
    assert client.post(PAGE, again).status_code == 303
    assert AuditEvent.objects.count() == 1


def test_the_page_begins_near_to_the_standard_text_and_shows_it(as_: As, alice: User) -> None:
    page = as_(alice).get(PAGE)
    assert "{balance}" in page.context["form"]["body"].value()
    preview = page.context["preview"]
    assert preview["subject"] == "The balance is low: EUR 1,250.00"
    assert "the balance of Acme fell below EUR\xa01,500.00" in preview["html"]
    assert "href" not in preview["html"]
    assert "style" not in preview["html"]
    assert not EmailText.objects.exists()


def test_a_preview_keeps_what_was_typed_and_saves_nothing(as_: As, alice: User) -> None:
    typed = values("Hm {reseller}", "<b>{balance}</b>\n\nsee {balance_link}", press="preview")
    page = as_(alice).post(PAGE, typed)
    assert page.status_code == 200
    preview = page.context["preview"]
    assert preview["subject"] == "Hm Acme"
    assert "&lt;b&gt;EUR" in preview["html"]
    assert "/balance/" in preview["text"]
    assert "&lt;b&gt;{balance}&lt;/b&gt;" in page.text
    assert not EmailText.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject", "", "Give a subject."),
        ("subject", "  ", "Give a subject."),
        ("subject", "x" * 151, "at most 150 characters"),
        ("subject", "a\r\nBcc: x@y.example", "Write one line"),
        ("subject", "a\u2028b", "Write one line"),
        ("subject", "a\0b", "Type this anew"),
        ("subject", "{balnce}", "Column 1: {balnce} is no placeholder of this mail. Did you"),
        ("subject", "{balance_link}", "cannot stand in the subject"),
        ("body", "", "Give a text."),
        ("body", " \n ", "Give a text."),
        ("body", "{balance}" + "x" * 5000, "at most 5000 characters"),
        ("body", "{balance}\0", "Type this anew"),
        ("body", "{balance}\x07", "Take out the control characters"),
        ("body", "\r\n\r\n{balance} {x}", "Line 3, column 11: {x} is no placeholder"),
        ("body", "Hello", "Put {balance} into the text"),
        ("body", "{balance} {licenses}", "{licenses} is no placeholder of this mail"),
        ("body", "{balance.__class__}", "{balance.__class__} is no placeholder"),
        ("body", "{balance} {", "column 11: this “{” is not closed."),
        ("edition", "x", "Open this page anew"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_done(
    as_: As, alice: User, field: str, value: str, said: str
) -> None:
    for press in ("save", "preview", "test", "nonsense"):
        page = as_(alice).post(PAGE, {**values(press=press), field: value})
        assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
        assert said in errors(page)
        assert page.context["form"][field].value() == value
    assert not EmailText.objects.exists()
    assert not Mail.objects.exists()


def test_a_subject_of_the_longest_and_a_text_of_crlf_fit(as_: As, alice: User) -> None:
    body = "{balance}" + "\r\n" * 4990 + "."
    assert as_(alice).post(PAGE, values("x" * 150, body)).status_code == 303


def test_who_saves_second_sees_the_first_and_keeps_what_was_typed(
    as_: As, alice: User, adam: User
) -> None:
    as_(adam).post(PAGE, values("Adam’s"))
    page = as_(alice).post(PAGE, values("Alice’s"))
    assert page.status_code == 422
    assert "Adam changed this text meanwhile. Yours is not saved yet." in errors(page)
    assert page.context["form"]["subject"].value() == "Alice’s"
    assert "Adam’s" in page.text
    assert EmailText.objects.get().subject == "Adam’s"
    edition = page.context["form"]["edition"].value()
    assert as_(alice).post(PAGE, values("Alice’s", edition=edition)).status_code == 303
    assert EmailText.objects.get().subject == "Alice’s"


def test_a_text_that_was_reset_meanwhile_is_not_quietly_back(
    as_: As, alice: User, adam: User
) -> None:
    as_(adam).post(PAGE, values("Adam’s"))
    edition = str(EmailText.objects.get().edition)
    as_(adam).post(RESET, {"edition": edition})
    page = as_(alice).post(PAGE, values("Alice’s", edition=edition))
    assert "set back to the standard text meanwhile" in errors(page)
    as_(adam).post(PAGE, values("Adam’s"))
    assert as_(alice).post(PAGE, values("Alice’s", edition=edition)).status_code == 422
    assert EmailText.objects.get().subject == "Adam’s"


def test_the_standard_text_comes_back_after_a_question(as_: As, alice: User) -> None:
    client = as_(alice)
    assert "says the standard text already" in client.get(RESET).text
    assert client.post(RESET).status_code == 422
    client.post(PAGE, values())
    edition = EmailText.objects.get().edition
    assert f'value="{edition}"' in client.get(RESET).text
    assert client.post(RESET, {"edition": str(uuid4())}).status_code == 422
    assert EmailText.objects.exists()
    assert client.post(RESET, {"edition": str(edition)}).status_code == 303
    assert not EmailText.objects.exists()
    assert sentence(AuditEvent.objects.latest("id"), "EUR") == "Set back to the standard text"


def test_a_test_mail_goes_to_who_writes_and_saves_nothing(as_: As, alice: User) -> None:
    page = as_(alice).post(PAGE, values("Hi {person}", press="test"))
    assert (page.status_code, page.context["form"]["subject"].value()) == (200, "Hi {person}")
    assert "A test mail to alice@acme.example is queued. Nothing was saved." in page.text
    mail = Mail.objects.get()
    assert (mail.kind, mail.to, mail.actor) == (TEST, alice.email, alice)
    text = write(mail)
    assert text.subject == "Test: Hi Kim Sample"
    for body in (text.text, text.html):
        assert "only EUR\xa01,250.00 is left." in body
        assert "This is a test of the text “Low balance”." in body
    assert not EmailText.objects.exists()


def test_test_mails_are_limited_for_each_person(as_: As, alice: User, adam: User) -> None:
    client = as_(alice)
    for _ in range(TRIES):
        assert client.post(PAGE, values(press="test")).status_code == 200
    page = client.post(PAGE, values(press="test"))
    assert page.status_code == 422
    assert f"You had {TRIES} test mails within an hour." in errors(page)
    assert Mail.objects.count() == TRIES
    assert as_(adam).post(PAGE, values(press="test")).status_code == 200


def test_a_test_mail_is_not_sent_to_who_may_not_write_any_more(as_: As, alice: User) -> None:
    as_(alice).post(PAGE, values(press="test"))
    User.objects.filter(pk=alice.pk).update(role=Role.AGENT)
    with pytest.raises(PointlessError):
        write(Mail.objects.get())


def test_a_test_mail_whose_placeholder_was_retired_says_so(as_: As, alice: User) -> None:
    as_(alice).post(PAGE, values(press="test"))
    mail = Mail.objects.get()
    mail.params["body"] = "{balance} {retired}"
    with pytest.raises(PermanentError):
        write(mail)


def test_a_text_that_is_not_used_any_more_is_shown_as_such(
    as_: As, alice: User, acme: Reseller
) -> None:
    own_text(acme, "balance_low", "Own", "{balance} {retired}")
    assert "own, not in use" in as_(alice).get(LIST).text
    page = as_(alice).get(PAGE)
    assert page.status_code == 200
    assert "{retired} is no placeholder of this mail" in errors(page)
    assert page.context["preview"] is None


@pytest.mark.parametrize("kind", ["password_reset", "invitation", TEST, "nothing"])
def test_other_mails_have_no_text_to_change(as_: As, alice: User, kind: str) -> None:
    for address in (f"{LIST}{kind}/", f"{LIST}{kind}/reset/"):
        assert as_(alice).get(address).status_code == 404
        assert as_(alice).post(address, values()).status_code == 404


def test_charlie_sees_and_changes_his_own(
    as_: As, charlie: User, acme: Reseller, alice: User
) -> None:
    theirs = own_text(acme, "balance_low", "Of Acme", "{balance} Of Acme")
    client = as_(charlie)
    for address in (LIST, PAGE):
        page = client.get(address).text
        assert "Of Acme" not in page
        assert alice.name not in page
    assert client.post(PAGE, values(edition=str(theirs.edition))).status_code == 422
    assert client.post(PAGE, values("Of Globex")).status_code == 303
    assert client.post(RESET, {"edition": str(theirs.edition)}).status_code == 422
    assert dict(EmailText.objects.values_list("reseller__name", "subject")) == {
        "Acme": "Of Acme",
        "Globex": "Of Globex",
    }


def test_the_pages_cost_the_same_queries_however_much_was_written(
    as_: As, alice: User, acme: Reseller, django_assert_num_queries: Any
) -> None:
    client = as_(alice)
    client.get(LIST)
    own_text(acme, "balance_low", "Own", "{balance}")
    with django_assert_num_queries(4):
        client.get(LIST)
    for kind in ("order_confirmation", "renewals_ahead", "renewals_paid"):
        own_text(acme, kind, "Own", "{licenses}")
    with django_assert_num_queries(4):
        client.get(LIST)


@pytest.mark.parametrize(
    "broken",
    [{"subject": ""}, {"subject": "a\nb"}, {"subject": "a\x7fb"}, {"body": ""}, {"kind": "other"}],
)
def test_the_database_refuses_an_odd_text(acme: Reseller, alice: User, broken: Any) -> None:
    own_text(acme, "other", "Own", "x")
    text = own_text(acme, "balance_low", "Own", "x")
    with pytest.raises(IntegrityError), transaction.atomic():
        EmailText.objects.filter(pk=text.pk).update(**broken)
    assert text.changed_at <= timezone.now()
