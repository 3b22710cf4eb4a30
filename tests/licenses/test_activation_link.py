"""The dialog with a license's activation link."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from licenses.links import activation_link
from licenses.models import License
from licenses.qr import qr_file, qr_inline
from resellers.models import Reseller, User
from tests.factories import make_active, make_cancelled, make_order

SignIn = Callable[[User], Client]


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=1).licenses.get()


def dialog(client: Client, license: License, **options: Any) -> str:
    response = client.get(f"/licenses/{license.uuid}/activation-link/", **options)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def test_ann_finds_the_whole_link_in_a_field_with_a_copy_button(
    as_: SignIn, ann: User, license: License, settings: Any
) -> None:
    page = dialog(as_(ann), license)
    link = f"{settings.SITE_URL}/activate/{license.activation_code}/"
    assert f'<textarea id="activation-link" rows="2" readonly>{link}</textarea>' in page
    assert 'data-copy="activation-link"' in page
    assert str(license.product) in page


def test_the_link_leads_to_the_customers_page(
    as_: SignIn, ann: User, license: License, settings: Any
) -> None:
    link = f"{settings.SITE_URL}/activate/{license.activation_code}/"
    assert link in dialog(as_(ann), license)
    path = link.removeprefix(settings.SITE_URL)
    assert str(license.product) in Client().get(path).content.decode()


def test_of_a_used_license_it_says_since_when(as_: SignIn, ann: User, license: License) -> None:
    make_active(license)
    page = dialog(as_(ann), license)
    assert "Used since" in page
    assert license.activation_code not in page


def test_of_a_cancelled_license_it_says_why_not(as_: SignIn, ann: User, license: License) -> None:
    make_cancelled(license)
    page = dialog(as_(ann), license)
    assert "its link no longer works" in page
    assert license.activation_code not in page


def test_it_is_a_dialog_for_the_table_and_a_page_without_script(
    as_: SignIn, ann: User, license: License
) -> None:
    client = as_(ann)
    assert "<html" not in dialog(client, license, headers={"HX-Request": "true"})
    page = dialog(client, license)
    assert "<html" in page
    back = f"/orders/{license.order.number}/license-keys/#license-{license.uuid}"
    assert f'href="{back}"' in page


def test_bob_sam_and_charlie_do_not_get_it(
    as_: SignIn, bob: User, charlie: User, sam: User, license: License
) -> None:
    url = f"/licenses/{license.uuid}/activation-link/"
    answers = {user.name: as_(user).get(url) for user in (bob, charlie, sam)}
    assert [answer.status_code for answer in answers.values()] == [403, 404, 403]
    assert not any(license.activation_code in a.content.decode() for a in answers.values())


@pytest.mark.parametrize("page", ["activation-link", "activate", "billing-state"])
def test_a_strangers_license_looks_like_none(
    as_: SignIn, charlie: User, license: License, page: str
) -> None:
    client = as_(charlie)
    theirs = client.get(f"/licenses/{license.uuid}/{page}/", headers={"HX-Request": "true"})
    none = client.get(f"/licenses/{uuid4()}/{page}/", headers={"HX-Request": "true"})
    assert theirs.status_code == none.status_code == HTTPStatus.NOT_FOUND
    own = ("X-Request-ID", "Expires")
    assert {k: v for k, v in theirs.items() if k not in own} == {
        k: v for k, v in none.items() if k not in own
    }
    assert without_token(theirs) == without_token(none)


def without_token(response: Any) -> bytes:
    """Return a page without what differs between any two visits."""
    content: bytes = response.content
    token = str(response.context["csrf_token"]).encode() if response.context else b""
    return content.replace(token, b"") if token else content


@pytest.mark.parametrize("path", ["nonsense", "123", "%00", "..", "0" * 36])
def test_what_is_no_id_is_no_license(as_: SignIn, ann: User, path: str) -> None:
    assert as_(ann).get(f"/licenses/{path}/activation-link/").status_code == HTTPStatus.NOT_FOUND


def test_the_link_is_drawn_as_a_qr_code_without_any_style(
    as_: SignIn, ann: User, license: License
) -> None:
    page = dialog(as_(ann), license)
    drawing = page[page.index('<div role="img" aria-label="QR code of this link">') :]
    drawing = drawing[: drawing.index("</div>")]
    assert qr_inline(activation_link(license.activation_code)) in drawing
    assert "style" not in drawing
    assert drawing.count("<path") == 2, "dark ink on paper of its own, in every colour scheme"


def test_the_qr_code_comes_as_a_file_that_no_cache_keeps(
    as_: SignIn, ann: User, license: License
) -> None:
    response = as_(ann).get(f"/licenses/{license.uuid}/activation-link/?format=svg")
    name = f"activation-link-{license.activation_code[-5:]}.svg"
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in response["Cache-Control"]
    assert response.content == qr_file(activation_link(license.activation_code))
    assert license.activation_code not in response.content.decode()


def test_of_a_used_license_there_is_no_qr_code(as_: SignIn, ann: User, license: License) -> None:
    make_active(license)
    assert 'role="img"' not in dialog(as_(ann), license)
    page = as_(ann).get(f"/licenses/{license.uuid}/activation-link/?format=svg").content
    assert b"Used since" in page


def test_bob_gets_no_qr_code(as_: SignIn, bob: User, license: License) -> None:
    answer = as_(bob).get(f"/licenses/{license.uuid}/activation-link/?format=svg")
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_it_cannot_be_posted_to(as_: SignIn, ann: User, license: License) -> None:
    response = as_(ann).post(f"/licenses/{license.uuid}/activation-link/")
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
