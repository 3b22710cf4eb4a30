"""Whatever is posted to the webhook's address, signed or not: never an error of the server."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings as drawing, strategies as st

from reseller_portal.fake_gateway.webhooks import signature
from resellers.models import Reseller
from tests.billing.cards import make_card_rows
from tests.gateway import Gateway
from tests.project.crawl.nasty import BODIES, TEXTS
from tests.project.crawl.sending import every_row

ADDRESS = "/webhooks/stripe/"
KINDS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.refunded",
    "charge.refund.updated",
    "refund.failed",
    "checkout.session.completed",
    "setup_intent.succeeded",
    "no.such.kind",
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(TEXTS) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["id", "object", "status", "metadata", "payment_intent", "amount", "mode"])
EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS) | ODD, "data": ODD}
) | st.fixed_dictionaries(
    {
        "type": st.sampled_from(KINDS),
        "data": st.fixed_dictionaries({"object": st.dictionaries(NAMES, ODD)}),
    }
)


def post(body: bytes, signed_by: str, kind: str = "application/json") -> int:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answer = client.generic("POST", ADDRESS, body, kind, headers={"Stripe-Signature": signed_by})
    return answer.status_code


@pytest.mark.parametrize("signed_by", ["", "t=1,v1=x", "t=,v1=", "t=NaN,v1=ü", "x" * 10_000])
def test_what_is_not_signed_is_refused(gateway: Gateway, acme: Reseller, signed_by: str) -> None:
    make_card_rows(acme)
    before = every_row()
    for kind, body in BODIES:
        assert post(body, signed_by, kind) == 400
    for text in TEXTS:
        assert post(text.encode(), signed_by) == 400
    assert every_row() == before


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"1", b'"x"', b"[" * 100_000, b"\xff", b"{}"]
)
def test_what_is_signed_and_no_event_is_refused_or_passed_over(
    gateway: Gateway, acme: Reseller, body: bytes
) -> None:
    assert post(*signed(gateway, body)) in {200, 400}


def signed(gateway: Gateway, body: bytes) -> tuple[bytes, str]:
    return body, signature(body, gateway.webhook_secret, int(time.time()))


def test_nonsense_that_is_signed_changes_nothing(gateway: Gateway, acme: Reseller) -> None:
    make_card_rows(acme)
    before = every_row()

    @drawing(
        max_examples=150,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(EVENT)
    def told(event: Any) -> None:
        assert post(*signed(gateway, json.dumps(event).encode())) in {200, 400}

    told()
    assert every_row() == before
