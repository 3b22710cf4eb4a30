"""A walk through all pages that a person can reach, collecting what may be sent from there."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import Http404
from django.test import Client
from django.urls import resolve
from django.views.generic import View

from reseller_portal.lists import ListPage
from tests.project.crawl.pages import Form, Page, asked, inside

Key = tuple[str, str, frozenset[str]]
OF_EVERY_LIST = ("page", "page_size", "sort")


def name_of(address: str) -> str:
    """Return the name of an address; nothing for one that is no page of the portal."""
    try:
        match = resolve(urlsplit(address).path)
    except Http404:
        return ""
    return "" if match.url_name is None or match.view_name.startswith("static") else match.view_name


def parameters(address: str) -> tuple[str, ...]:
    """Return the parameters that a list's page reads, whether or not its form shows them."""
    view = getattr(resolve(urlsplit(address).path).func, "view_class", View)
    if not issubclass(view, ListPage) or not hasattr(view, "filters"):
        return ()
    return (*view.filters.base_filters, *OF_EVERY_LIST)


class Walk:
    """Each kind of page once, and each kind of form: told apart by name and parameters."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.forms: dict[Key, Form] = {}
        self._seen: dict[str, set[str]] = {}

    def through(self, addresses: Iterable[str]) -> list[Form]:
        """Walk from these addresses on; return the forms."""
        waiting = list(addresses)
        while waiting:
            address = waiting.pop(0)
            form = asked(address)
            if self._is_new(name_of(address), form):
                waiting += self._open(address, form)
        return list(self.forms.values())

    def _is_new(self, name: str, form: Form) -> bool:
        if not name or (name in self._seen and self._seen[name] >= form.values.keys()):
            return False
        self._seen.setdefault(name, set()).update(form.values)
        return True

    def _open(self, address: str, form: Form) -> list[str]:
        answer = self.client.get(address)
        assert answer.status_code < 500 or form.path == "/readyz/", address
        if "Location" in answer.headers:
            return list(inside({answer.headers["Location"]}))
        if answer.status_code != 200:
            return []
        for name in parameters(address):
            form.add(name, "text", "")
        self._keep(form)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            return []
        page = Page(address, answer.content.decode())
        for each in page.forms:
            self._keep(each)
        return list(inside(page.links))

    def _keep(self, form: Form) -> None:
        fields = frozenset(form.kinds) if form.method == "post" else frozenset()
        key = (form.method, name_of(form.address), fields)
        if not key[1] or not (form.kinds or form.method == "post"):
            return
        known = self.forms.setdefault(key, form)
        for name, kind in form.kinds.items():
            known.kinds.setdefault(name, kind)
