"""The base of every page about one license."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from licenses.codes import last_group
from licenses.models import License
from licenses.tables import LicenseKeyTable
from reseller_portal.pages import Page, SeeOther, wants_fragment
from reseller_portal.refusals import Refusal

LIST_STATE = ("page", "page_size", "sort", "search", "status", "link", "in")
ACTIVATION = "activation"
RENEWALS = "renewals"


class LicensePage(Page):
    """A dialog about one license; a page of its own where there is no script.

    Its address may carry the state of the key table that it was opened from, so that it leads back
    to what the person saw; `?in=activation` says that it was opened from an activation instead, and
    `?renewals=` from the list of renewals, whose query that is.
    """

    license: License

    def fetch(self, **kwargs: Any) -> None:
        """Load the license with all that its row shows; 404 for a stranger's."""
        licenses = License.objects.for_reseller(self.reseller).for_rows()
        self.license = get_object_or_404(licenses, uuid=kwargs["license"])

    @property
    def shown_code(self) -> str:
        """Return how titles and messages name the license: the last group says which."""
        return last_group(self.license.activation_code)

    @property
    def list_state(self) -> str:
        """Return the state of the key table, as a query string."""
        return list_state(self.request)

    @property
    def is_in_an_activation(self) -> bool:
        """Say whether the page was opened from the activation of the license."""
        return self.request.GET.get("in") == ACTIVATION

    @property
    def is_in_renewals(self) -> bool:
        """Say whether the page was opened from the list of renewals."""
        return RENEWALS in self.request.GET

    @property
    def back(self) -> str:
        """Return the address of the list or activation that the person came from."""
        if self.is_in_an_activation:
            return reverse("activation:show", args=[self.license.uuid])
        if self.is_in_renewals:
            query = QueryDict(self.request.GET[RENEWALS]).urlencode()
            return f"{reverse('renewals:list')}{query and f'?{query}'}#license-{self.license.uuid}"
        keys = reverse("orders:license_keys", args=[self.license.order.number])
        query = f"?{self.list_state}" if self.list_state else ""
        return f"{keys}{query}#license-{self.license.uuid}"

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer a refused action with its sentence, and the way back."""
        return self.not_possible(refusal.message, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def not_possible(self, reason: str, *, status: int) -> HttpResponse:
        """Say why nothing can be done."""
        context = {"refusal": reason, "back": self.back}
        return self.render(context, template="refused.html", status=status)

    def done(self, message: str) -> HttpResponse:
        """Say that it was done, where it was done: in the row, or on the page that holds it.

        An opened activation and the list of renewals fetch anew what they show.
        """
        if not wants_fragment(self.request):
            messages.success(self.request, message)
            return SeeOther(self.back)
        if self.is_in_an_activation:
            context = {"message": message, "region": f"result-{self.license.uuid}"}
            return told(self, context, changed=f"license-{self.license.uuid}-changed")
        if self.is_in_renewals:
            context = {"message": message, "region": "renewals-result"}
            return told(self, context, changed="renewals-changed")
        return told_in_its_row(self, self.license, message)


def told_in_its_row(page: Page, license: License, message: str) -> HttpResponse:
    """Say above the key table what was done with a license, and show its row anew."""
    row = License.objects.for_reseller(page.reseller).for_rows().get(pk=license.pk)
    table = LicenseKeyTable([row], user=page.user, today=page.today, query=list_state(page.request))
    number = row.order.number
    context = {"message": message, "table": table, "region": f"keys-result-{number}"}
    return told(page, context, changed=f"order-{number}-changed")


def told(page: Page, context: dict[str, Any], *, changed: str) -> HttpResponse:
    """Put a message into its region, and let who listens for a change fetch it."""
    response = page.render(context, template="licenses/done.html")
    response.headers["HX-Trigger"] = changed
    return response


def came_from(query: str) -> str:
    """Return what tells a license's page that it was opened from the list of renewals, so."""
    return urlencode({RENEWALS: query})


def list_state(request: HttpRequest) -> str:
    """Return what a request's query says about the key table, as a query string."""
    state = QueryDict(mutable=True)
    state.update({name: request.GET[name] for name in LIST_STATE if request.GET.get(name)})
    return state.urlencode()
