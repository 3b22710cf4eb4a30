"""The home page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from billing.cards import warning_of
from billing.chart import balance_chart
from billing.steps import why_parked
from desk.first_steps import first_steps
from desk.home.attention import matters
from desk.home.figures import Figures
from desk.home.stock import stock_of
from licenses.upcoming.charges import forecast_of
from licenses.upcoming.chart import weeks_ahead
from licenses.upcoming.filters import WINDOWS
from orders.models import Order
from people.activity.rows import latest
from reseller_portal.listed import Lists
from reseller_portal.pages import Page

AHEAD = WINDOWS[-1]
LATEST = 5


class Home(Page):
    """How the company stands today, and tiles to the areas. Staff work in the admin site."""

    template = "desk/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead vendor staff to where they work."""
        if request.user.is_authenticated and request.user.is_staff:
            return redirect("admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Show the page."""
        forecast = forecast_of(self.reseller, self.today, AHEAD)
        stock = stock_of(self.reseller)
        lists = Lists(self.user, self.now)
        context = {
            "figures": Figures(lists, self.reseller, forecast, stock).all(),
            "matters": matters(lists, self.reseller, self.today),
            "forecast": forecast,
            "account": (account := forecast.account),
            "why_parked": why_parked() if account.is_parked else None,
            "ahead": (chart := weeks_ahead(forecast)),
            "weeks": [(week, "") for week in chart.weeks],
            "days_ahead": AHEAD,
            "balance": balance_chart(self.reseller, None, None, self.today),
            "stock": stock,
            "first": first_steps(self.user, self.reseller),
            "card_warning": warning_of(self.user, self.today),
            **self.latest(),
        }
        return self.render(context)

    def latest(self) -> dict[str, Any]:
        """Return the latest orders, and to admins what was done last instead."""
        if self.user.may_administer:
            return {"deeds": latest(self.reseller, LATEST)}
        return {"orders": Order.objects.for_reseller(self.reseller).with_parts()[:LATEST]}
