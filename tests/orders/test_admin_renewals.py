"""What vendor staff see of renewals: why one failed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from licenses.models import Renewal
from resellers.models import Reseller, User
from tests.licenses.renewals import make_due, renew

As = Callable[[User], Client]


@pytest.fixture
def failed(acme: Reseller, globex: Reseller) -> Renewal:
    """A renewal of Acme's that the balance did not cover, beside one of a stranger's."""
    [license] = make_due(acme, 3)
    make_due(globex, 3)
    renew(acme)
    renew(globex)
    return license.renewals.get()


def found(client: Client, table: str, **query: str) -> list[Any]:
    page = client.get(reverse(f"admin:licenses_{table}_changelist"), query)
    return list(page.context["cl"].result_list)


@pytest.mark.parametrize("path", ["license__uuid", "license__order__number", "reseller__name"])
def test_sam_finds_a_renewal_and_its_attempts(
    failed: Renewal, sam: User, as_: As, path: str
) -> None:
    term: Any = failed
    for name in path.split("__"):
        term = getattr(term, name)
    client = as_(sam)
    assert found(client, "renewal", q=str(term)) == [failed]
    assert found(client, "renewalattempt", q=str(term)) == list(failed.attempts.all())
    assert len(found(client, "renewal")) == len(found(client, "renewalattempt")) == 2


def test_the_lists_are_narrowed(failed: Renewal, sam: User, as_: As) -> None:
    client = as_(sam)
    assert found(client, "renewal", of="Acme", state__exact="waiting") == [failed]
    assert found(client, "renewal", state__exact="paid") == []
    assert found(client, "renewal", source__exact="card") == []
    assert found(client, "renewalattempt", outcome__exact="declined") == []


def test_the_page_says_why_it_failed_and_shows_no_code(failed: Renewal, sam: User, as_: As) -> None:
    page = as_(sam).get(reverse("admin:licenses_renewal_change", args=[failed.pk])).text
    assert "Not covered. The balance did not cover it." in page
    assert failed.license.activation_code not in page
