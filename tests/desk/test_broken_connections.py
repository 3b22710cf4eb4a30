"""A real web server whose database connection ends in the middle of a request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from billing.models import Account, BalanceEntry
from orders.models import Order
from resellers.models import Reseller, User
from tests.licenses.renewals import broken
from tests.mailserver import free_port
from tests.orders.shop import open_shop
from tests.processes import Launcher
from tests.races import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

CSRF = "x" * 32
END_THE_WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


class Form:
    """A purchase that is filled in, before somebody at a web server of one's own."""

    def __init__(self, client: Client, port: int) -> None:
        self.session, self.port = client.cookies["sessionid"].value, port
        self.values = {
            "product": "guard",
            "term": 12,
            "quantity": 2,
            "expected_amount": "240.00",
            "payment_type": "balance",
            "key": str(uuid4()),
            "csrfmiddlewaretoken": CSRF,
        }

    def press(self) -> tuple[int, str, str]:
        """Send it; return the status, where it leads, and the page."""
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        link = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request("POST", "/orders/buy/", urlencode(self.values), headers)
            answer = link.getresponse()
            page = answer.read().decode()
        finally:
            link.close()
        return answer.status, answer.getheader("Location", "") or "", page


@pytest.fixture
def form(acme: Reseller, ann: User, as_: Callable[[User], Client], launch: Launcher) -> Form:
    open_shop(acme, "1000.00")
    form = Form(as_(ann), free_port())
    launch.web(form.port)
    return form


def broken_off(form: Form, acme: Reseller) -> tuple[int, str, str]:
    """Press the button, and end the connection of the request while it waits for the account."""
    with ThreadPoolExecutor(1) as pool, transaction.atomic(durable=True):
        Account.objects.select_for_update().get(reseller=acme)
        pressed = pool.submit(form.press)
        wait_for(1)
        with connection.cursor() as cursor:
            cursor.execute(END_THE_WAITING)
        answer = pressed.result(60)
        transaction.set_rollback(True)
    return answer


def test_who_is_in_the_middle_gets_the_portals_own_page_and_nothing_is_done(
    form: Form, acme: Reseller, launch: Launcher
) -> None:
    status, _, page = broken_off(form, acme)
    assert (status, "Something went wrong" in page, "Traceback" in page) == (500, True, False)
    assert (Order.objects.count(), BalanceEntry.objects.filter(kind="purchase").count()) == (0, 0)


def test_pressing_again_buys_once(form: Form, acme: Reseller) -> None:
    broken_off(form, acme)
    answers = [form.press() for _ in range(2)]
    order = Order.objects.get()
    assert [answer[:2] for answer in answers] == [(303, f"/orders/{order.number}/")] * 2
    assert BalanceEntry.objects.filter(kind="purchase").count() == 1
    assert broken() == []
