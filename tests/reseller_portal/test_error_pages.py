"""Error pages say what happened and what to do next, whatever else is broken."""

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views import defaults

STATUSES = ("400", "403", "403_csrf", "404", "405", "429", "500")


@pytest.mark.parametrize("status", STATUSES)
def test_each_has_a_sentence_advice_and_a_way_on(status: str) -> None:
    html = render_to_string(f"{status}.html")
    assert html.count("<h1>") == 1
    assert "<p data-sentence>" in html
    assert '<p class="muted">' in html
    assert 'href="/"' in html


def test_a_server_error_needs_neither_database_nor_context(rf: RequestFactory) -> None:
    response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


def test_a_page_that_does_not_exist_never_repeats_the_address(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/activate/SECRET-CODE/")
    response: HttpResponse = defaults.page_not_found(request, Http404("SECRET-CODE"))
    assert "SECRET-CODE" not in response.content.decode()


def test_the_reason_of_a_refusal_stays_inside(rf: RequestFactory) -> None:
    response = defaults.permission_denied(rf.get("/"), PermissionError("inner reason"))
    assert "inner reason" not in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_told_to_reload() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()
