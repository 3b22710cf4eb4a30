"""From where a request comes: what proxies write is read, and nonsense is not believed."""

from typing import Any

import pytest
from django.test import RequestFactory

from reseller_portal.middleware import client_address


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:5123", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("unknown", "127.0.0.1"),
        ("_hidden", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_behind_one_proxy_it_is_the_last_that_the_proxy_wrote(
    written: str, read: str, settings: Any, rf: RequestFactory
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    assert client_address(rf.get("/", headers={"X-Forwarded-For": written})) == read


def test_without_a_proxy_the_header_counts_for_nothing(settings: Any, rf: RequestFactory) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    assert client_address(rf.get("/", headers={"X-Forwarded-For": "203.0.113.9"})) == "127.0.0.1"
