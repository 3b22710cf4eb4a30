"""What vendor staff see of notices."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from licenses.models import Notice
from licenses.notices.rounds import notify
from resellers.models import Reseller, User
from tests.licenses.notices import MORNING, ending

As = Callable[[User], Client]


@pytest.fixture
def told(acme: Reseller, globex: Reseller) -> Notice:
    """A notice of Acme's, beside one of a stranger's."""
    license = ending(acme, 7)
    ending(globex, 7)
    notify(MORNING, acme.day_of(MORNING))
    return license.notices.get()


def found(client: Client, term: str) -> list[Notice]:
    page = client.get(reverse("admin:licenses_notice_changelist"), {"q": term})
    return list(page.context["cl"].result_list)


@pytest.mark.parametrize("path", ["license__uuid", "license__order__number", "reseller__name"])
def test_sam_finds_what_a_reseller_was_told(told: Notice, sam: User, as_: As, path: str) -> None:
    term: Any = told
    for name in path.split("__"):
        term = getattr(term, name)
    assert found(as_(sam), str(term)) == [told]
    assert len(found(as_(sam), "")) == 2


def test_the_page_says_when_and_shows_no_code(told: Notice, sam: User, as_: As) -> None:
    page = as_(sam).get(reverse("admin:licenses_notice_change", args=[told.pk])).content.decode()
    assert "24 Nov 2026" in page
    assert told.license.activation_code not in page
