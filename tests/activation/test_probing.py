"""What a link tells of a code that activates nothing: always the same."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from licenses.actions import replace_code
from licenses.codes import new_activation_code
from resellers.models import Reseller, User
from tests.factories import make_cancelled, make_order

NOT_THE_SAME = {"X-Request-ID", "Content-Length", "Expires"}
ONCE = re.compile(r"[A-Za-z0-9]{64}")
MALFORMED = ("x", "0" * 35, "A" * 3000, "%00", "ABCDE-FGHJK", "%E2%80%AE", "'--")


@pytest.fixture
def dead(acme: Reseller, alice: User) -> list[str]:
    """A cancelled code, a replaced one, an unknown one, and some that are none."""
    cancelled, replaced = make_order(acme, quantity=2).licenses.all()
    make_cancelled(cancelled)
    old = replaced.activation_code
    replace_code(replaced.uuid, actor=alice, now=timezone.now())
    return [cancelled.activation_code, old, new_activation_code(), *MALFORMED]


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_dead_codes_are_alike_in_status_head_page_and_work(dead: list[str], method: str) -> None:
    seen = []
    for number, code in enumerate(dead):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        with CaptureQueriesContext(connection) as captured:
            answer = getattr(client, method)(f"/activate/{code}/")
        headers = {
            key: sorted(value.split("; "))
            for key, value in answer.items()
            if key not in NOT_THE_SAME
        }
        queries = [query["sql"].split()[0] for query in captured]
        seen.append((answer.status_code, headers, ONCE.sub("…", answer.text), queries))
    assert [each for each in seen if each != seen[0]] == []
    assert seen[0][0] == 404
