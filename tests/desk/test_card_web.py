"""A real web server that charges cards: killed with -9 at any point, each form is paid once.

A deposit and a purchase are pressed at once, as a person does. Timings are shortened by settings.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client

from billing.models import Card
from orders.models import Order
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.desk.cardwork import (
    PATIENT,
    PAYMENTS,
    SHORT,
    Works,
    before_the_answer,
    before_the_commit,
    before_the_gateway_did_it,
)
from tests.gateway import Gateway
from tests.mailserver import free_port
from tests.orders.shop import open_shop
from tests.processes import Launcher, eventually

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = [before_the_gateway_did_it, before_the_answer, before_the_commit]
CSRF = "x" * 32


@dataclass
class Forms(Works):
    """The forms of a deposit and of a purchase, filled in, before somebody at a web server."""

    alice: Client
    card: Card
    port: int = field(default_factory=free_port)
    keys: tuple[str, str] = field(default_factory=lambda: (str(uuid4()), str(uuid4())))
    count = 2

    def filled_in(self) -> dict[str, dict[str, Any]]:
        """Return what is posted where."""
        deposit = {"amount": "50.00", "card": self.card.pk, "key": self.keys[0]}
        buy = {
            "product": "guard",
            "term": 12,
            "quantity": 1,
            "expected_amount": "120.00",
            "payment_type": "card",
            "card": self.card.pk,
            "key": self.keys[1],
        }
        return {"/balance/deposit/": deposit, "/orders/buy/": buy}

    def start(self, fault: str = "") -> None:
        """Press both buttons at once."""
        self.gateway.fault(fault, PAYMENTS, times=self.count)
        for path, values in self.filled_in().items():
            Thread(target=self.press, args=(path, values), daemon=True).start()
        self.all_asked()

    def press(self, path: str, values: dict[str, Any]) -> None:
        """Post a form to the web server, which may die meanwhile."""
        session = self.alice.cookies["sessionid"].value
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        link = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request("POST", path, urlencode({**values, "csrfmiddlewaretoken": CSRF}), headers)
            link.getresponse().read()
        except (OSError, HTTPException):
            pass  # it died
        finally:
            link.close()

    def pressed_again(self) -> list[str]:
        """Return where each form leads when it is posted once more."""
        answers = [self.alice.post(path, values) for path, values in self.filled_in().items()]
        return [answer["Location"] for answer in answers]


@pytest.fixture
def forms(
    gateway: Gateway, acme: Reseller, alice: User, launch: Launcher, as_: Callable[[User], Client]
) -> Forms:
    launch.environment |= gateway.environment
    open_shop(acme, "0.00")
    return Forms(gateway, acme, as_(alice), make_card(gateway, acme))


def kill_at(point: Callable[[Works], Any], forms: Forms, launch: Launcher) -> None:
    """Let the web server come to a point with both, and kill it there."""
    web = launch.web(forms.port, **PATIENT)
    with point(forms):
        web.kill()
    forms.gateway.clear_faults()


@pytest.mark.parametrize("point", POINTS)
def test_what_a_killed_web_server_was_at_is_done_once(
    forms: Forms, launch: Launcher, point: Callable[[Works], Any]
) -> None:
    kill_at(point, forms, launch)
    assert not forms.is_settled()
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(forms.is_settled, 40)
    forms.assert_done_once()
    order = Order.objects.get()
    assert (order.state, order.licenses.count()) == ("processed", 1)
    assert forms.pressed_again() == ["/balance/", f"/orders/{order.number}/"]
    forms.assert_done_once()


def test_who_presses_again_before_anybody_found_out_is_shown_the_payment(
    forms: Forms, launch: Launcher
) -> None:
    kill_at(before_the_answer, forms, launch)
    assert all(where.startswith("/payments/") for where in forms.pressed_again())
    assert forms.times() == 1


def test_twin_without_the_scheduler_nobody_would_find_out(forms: Forms, launch: Launcher) -> None:
    kill_at(before_the_answer, forms, launch)
    launch.worker(**SHORT)
    time.sleep(11)
    assert not forms.is_settled()


def test_twin_without_the_keys_each_would_be_charged_twice(forms: Forms, launch: Launcher) -> None:
    kill_at(before_the_answer, forms, launch)
    forms.gateway.advance(25 * 3600)  # it has forgotten the keys
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(forms.is_settled, 40)
    assert forms.times() == 2
