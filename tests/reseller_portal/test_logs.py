"""No log holds an activation code, an activation link, a token or a password."""

import json
import logging
import socket
import sys
from collections.abc import Callable
from http.client import HTTPConnection

import pytest
import structlog
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from hypothesis import given, strategies as st

from exports.models import Export
from licenses.codes import ALPHABET, new_activation_code
from licenses.models import License
from mailing.models import Mail
from orders.models import Order
from reseller_portal.logs import formatter
from reseller_portal.secrets import HIDDEN, hold_secrets, without_secrets
from resellers.models import Reseller, User
from tests.factories import LicenseFactory, make_order
from tests.mailserver import MailServer, free_port
from tests.processes import Launcher, eventually

As = Callable[[User], Client]


def line(message: str, *args: object, **extra: object) -> str:
    """Return what would be written for a line of somebody's."""
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, message, args, None)
    record.__dict__.update(extra)
    return formatter().format(record)


@given(st.lists(st.text(ALPHABET, min_size=5, max_size=5), min_size=6, max_size=6))
def test_every_code_is_hidden_however_it_is_spelled(groups: list[str]) -> None:
    for between in ("-", "", " ", "%2D", "–", "_"):
        code = between.join(groups)
        for spelling in (code, code.lower()):
            assert without_secrets(f"a {spelling}.") == f"a {HIDDEN}."


@pytest.mark.parametrize("end", ["\n", "\r\n", "\t", "\x0b", "\u2028"])
def test_a_code_is_found_on_any_line(end: str) -> None:
    code = new_activation_code()
    for text in (f"Hello,{end}{code}", f"Hello,{end}{end.join(code.split('-'))}{end}"):
        assert without_secrets(text).startswith(f"Hello,{end}{HIDDEN}")
        assert hold_secrets({"words": [text]})
        assert hold_secrets({text: 1})
        assert not any(group in line(text) for group in code.split("-"))


def test_codes_that_are_given_out_are_hidden() -> None:
    assert all(without_secrets(new_activation_code()) == HIDDEN for _ in range(200))


@pytest.mark.parametrize(
    "text",
    [
        "4d7a1f0e-52a3-4a8e-8f53-0a8c5c1e6a51",
        "order 4821903377 of alice@acme.example",
        "request_id 0123456789abcdef0123456789abcdef",
        "pbkdf2_sha256",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert without_secrets(text) == text
    assert not hold_secrets({"text": text})


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("GET /activate/anything/ HTTP/1.1", f"GET /activate/{HIDDEN} HTTP/1.1"),
        ("/accounts/password/reset/key/3-set-password/", f"/accounts/password/reset/{HIDDEN}"),
        ("/accounts/invitation/WzEsMV0:abc/", f"/accounts/invitation/{HIDDEN}"),
        ("postgres://portal:pa55@db:5432/x", f"postgres://portal:{HIDDEN}@db:5432/x"),
        ("No such PaymentMethod: 'pm_1NeyYc2e'", f"No such PaymentMethod: 'pm_{HIDDEN}'"),
        ("Bearer sk_live_51Hn4eGk", f"Bearer sk_live_{HIDDEN}"),
        ("?client_secret=pi_3Ab_secret_9ZxYw12", f"?client_secret=pi_3Ab_secret_{HIDDEN}"),
    ],
)
def test_links_tokens_and_passwords_are_hidden(text: str, hidden: str) -> None:
    assert without_secrets(text) == hidden


def test_a_database_errors_detail_is_hidden(acme: Reseller) -> None:
    license = make_order(acme, quantity=1).licenses.get()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        LicenseFactory.create(order=license.order, activation_code=license.activation_code)
    assert license.activation_code in str(caught.value)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "broke", (), caught._excinfo)
    written = formatter().format(record)
    assert license.activation_code not in written
    assert HIDDEN in written
    assert "license_code_once" in written


def test_djangos_lines_about_a_request_name_the_route(rf: RequestFactory) -> None:
    request = rf.get("/orders/?search=ABC", headers={"cookie": "sessionid=secret"})
    request.resolver_match = None
    written = line("%s: %s", "Not Found", "/my/path/", request=request, status_code=404)
    told = json.loads(written)
    assert (told["event"], told["reason"]) == ("request_refused", "Not Found")
    assert (told["status"], told["route"]) == (404, None)
    assert "/my/path/" not in written
    assert "secret" not in written


def test_a_line_is_one_json_object_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    logger = structlog.get_logger("some.module")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter())
    logging.getLogger("some.module").addHandler(handler)
    logger.warning("happened", number=3)
    told = json.loads(capsys.readouterr().out)
    assert (told["event"], told["number"], told["level"]) == ("happened", 3, "warning")
    assert told["timestamp"].endswith("Z")
    logging.getLogger("some.module").removeHandler(handler)


class Browser:
    """Sends requests to a real web server, with a person's session."""

    def __init__(self, port: int, client: Client) -> None:
        self.port = port
        self.cookie = f"sessionid={client.cookies['sessionid'].value}"

    def ask(self, method: str, path: str, **headers: str) -> int:
        """Return the status of the answer."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=20)
        link.request(method, path, headers={"Cookie": self.cookie, **headers})
        status = link.getresponse().status
        link.close()
        return status

    def say(self, text: str) -> None:
        """Send what need not be HTTP."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as link:
            link.sendall(text.encode())
            link.recv(1000)


def use_everything(browser: Browser, license: License) -> None:
    """Do what brings a code to the server, in every way that ends well or badly."""
    code, number = license.activation_code, license.order.number
    for spelling in (code, code.lower(), code.replace("-", ""), code[:-1] + "2"):
        browser.ask("GET", f"/activate/{spelling}/")
        browser.ask("POST", f"/activate/{spelling}/")
        browser.ask("GET", f"/nowhere/{spelling}/")
        browser.ask("GET", f"/orders/?search={spelling}&state=nonsense")
        browser.ask("GET", f"/search/?q={spelling}", Referer=f"/search/?q={spelling}")
        browser.ask("PUT", f"/orders/?search={spelling}")
        browser.ask("POST", f"/exports/orders/?search={spelling}&date_from={spelling}")
        browser.ask("GET", "/", Host=f"{spelling}.example")
        browser.ask("GET", f"/admin/licenses/license/?q={spelling}")
    browser.ask("GET", f"/licenses/{license.uuid}/activation-link/")
    browser.ask("GET", f"/orders/{number}/license-keys/?format=csv")
    browser.ask("GET", f"/orders/{number}/activation-codes/?format=csv")
    browser.say(f"GET /activate/{code}/ HTTP/9.9\r\n\r\n")
    browser.say(f"{code}\r\n\r\n")
    browser.say(f"GET / HTTP/1.1\r\n{code} x\r\n\r\n")


@pytest.mark.django_db(transaction=True)
def test_no_log_of_any_process_holds_a_code(
    acme: Reseller, ann: User, as_: As, launch: Launcher, mailserver: MailServer
) -> None:
    order = make_order(acme, user=ann)
    license = order.licenses.first()
    assert license is not None
    mailserver.answers = [f"550 5.7.1 Not liked: {license.activation_code}"]
    web, _worker = launch.web(port := free_port()), launch.worker()
    client = as_(ann)
    client.post(f"/orders/{order.number}/resend-email/")
    client.post("/exports/license-keys/?date_from=&date_to=")
    use_everything(Browser(port, client), license)
    eventually(lambda: Mail.objects.exclude(state__in=["queued", "running"]).exists())
    eventually(lambda: Export.objects.filter(state="done").exists())
    web.stop()
    check(launch.logs(), order)
    assert HIDDEN in Mail.objects.get().reason


def check(logs: str, order: Order) -> None:
    """Look for every code in what was logged, and for the lines that must be there."""
    for code in order.licenses.values_list("activation_code", flat=True):
        for spelling in (code, code.lower(), code.replace("-", "")):
            assert spelling not in logs
    assert '"route": "activate/<' in logs
    assert "request_refused" in logs
    assert "Invalid" in logs  # a bad request line, from the web server itself
    assert "job_settled" in logs
