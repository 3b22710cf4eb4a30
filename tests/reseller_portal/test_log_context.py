"""Every line of a log says whose it is: request, task, person, reseller; and what was refused."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from mailing.models import Mail
from reseller_portal.logs import formatter
from resellers.models import Reseller, User
from tests.factories import PASSWORD, make_order
from tests.processes import Launcher, eventually

As = Callable[[User], Client]
Lines = Callable[[str], list[dict[str, Any]]]

LOGIN = "/accounts/login/"


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Return what was written under a name since the test began."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    yield lambda event: named(event, written.getvalue())
    logging.getLogger().removeHandler(handler)


def named(event: str, logs: str) -> list[dict[str, Any]]:
    """Return the lines of one name."""
    told = [json.loads(line) for line in logs.splitlines() if line.startswith("{")]
    return [line for line in told if line["event"] == event]


def test_a_request_names_who_asks_for_which_company(
    acme: Reseller, alice: User, as_: As, lines: Lines
) -> None:
    answer = as_(alice).get("/orders/")
    [line] = lines("request")
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["actor"], line["reseller"]) == (alice.pk, acme.pk)
    assert (line["route"], line["status"], line["address"]) == ("orders/", 200, "127.0.0.1")
    assert line["ms"] >= 0


def test_the_next_one_of_the_same_thread_does_not(alice: User, as_: As, lines: Lines) -> None:
    as_(alice).get("/orders/")
    Client().get("/healthz/")
    first, second = lines("request")
    assert "actor" in first
    assert not {"actor", "reseller"} & set(second)
    assert first["request_id"] != second["request_id"]


def test_a_strangers_thing_and_none_are_refused_on_record(
    acme: Reseller, alice: User, charlie: User, as_: As, lines: Lines
) -> None:
    number = make_order(acme, user=alice).number
    as_(charlie).get(f"/orders/{number}/")
    as_(charlie).get(f"/licenses/{uuid4()}/renew/")
    refused = lines("request_refused")
    assert [line["status"] for line in refused] == [404, 404]
    assert {line["actor"] for line in refused} == {charlie.pk}
    assert all(line["route"] and line["request_id"] and line["address"] for line in refused)


def test_a_missing_right_is_refused_on_record(bob: User, as_: As, lines: Lines) -> None:
    as_(bob).get("/mails/")
    [line] = lines("request_refused")
    assert (line["status"], line["actor"], line["route"]) == (403, bob.pk, "mails/")
    assert "Permission denied" in line["reason"]


def test_a_form_without_its_token_is_refused_on_record(alice: User, lines: Lines) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    client.post("/orders/buy/")
    [line] = lines("request_refused")
    assert (line["status"], line["actor"]) == (403, alice.pk)
    assert "CSRF" in line["reason"]


def test_a_wrong_password_is_on_record_without_what_was_typed(alice: User, lines: Lines) -> None:
    Client().post(LOGIN, {"login": "Alice@acme.example", "password": "hunter2-hunter2"})
    Client().post(LOGIN, {"login": "hunter2-hunter2@example.com", "password": "x"})
    known, unknown = lines("sign_in_refused")
    assert (known["reason"], known["person"], known["address"]) == (
        "password",
        alice.pk,
        "127.0.0.1",
    )
    assert unknown["person"] is None
    assert "hunter2" not in json.dumps([known, unknown])
    assert "alice" not in json.dumps(known).lower()


def test_that_somebody_disabled_tried_is_on_record(alice: User, lines: Lines) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    Client().post(LOGIN, {"login": alice.email, "password": PASSWORD})
    [line] = lines("sign_in_refused")
    assert (line["reason"], line["person"]) == ("disabled", alice.pk)


def test_one_try_too_many_is_on_record(alice: User, lines: Lines) -> None:
    for _ in range(11):
        Client().post(LOGIN, {"login": alice.email, "password": "wrong"})
    assert [line["reason"] for line in lines("sign_in_refused")] == ["password"] * 10 + ["limit"]


def test_a_limit_of_the_pages_is_on_record(alice: User, lines: Lines) -> None:
    for _ in range(21):
        Client().post("/accounts/password/reset/", {"email": alice.email})
    assert lines("request_refused")[-1]["status"] == 429


@pytest.mark.django_db(transaction=True)
def test_a_workers_lines_name_the_task_and_the_request_that_woke_it(
    acme: Reseller, ann: User, as_: As, launch: Launcher
) -> None:
    order = make_order(acme, user=ann)
    launch.worker()
    answer = as_(ann).post(f"/orders/{order.number}/resend-email/")
    eventually(lambda: Mail.objects.filter(state="done").exists())
    eventually(lambda: named("job_settled", launch.logs()))
    [line] = named("job_settled", launch.logs())
    assert (line["task"], line["request_id"]) == ("mailing.deliver", answer["X-Request-ID"])
    assert (line["job"], line["reseller"]) == ("Mail", acme.pk)
    assert line["task_id"]
