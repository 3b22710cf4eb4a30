"""The page of a button: it asks, then acts, outside of any transaction of the admin site's own."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reseller_portal.refusals import Refusal
from resellers.staff.buttons import Button, Shown, buttons_of, list_buttons_of, url_name

if TYPE_CHECKING:
    from resellers.staff.pages import StaffAdmin


def button_paths(page: "StaffAdmin") -> list[URLPattern]:
    """Return the addresses of a model's buttons."""
    of_list = [
        path(f"{button.slug}/", _view(page, button), name=url_name(page.model, button))
        for button in list_buttons_of(page.model)
    ]
    of_page = [
        path(
            f"<path:object_id>/{button.slug}/",
            _view(page, button),
            name=url_name(page.model, button),
        )
        for button in buttons_of(page.model)
    ]
    return of_list + of_page


def _view(page: "StaffAdmin", button: type[Button]) -> Callable[..., HttpResponseBase]:
    def view(request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        return ask_or_act(page, button, request, object_id)

    return page.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(view))


def ask_or_act(
    page: "StaffAdmin", button: type[Button], request: HttpRequest, object_id: str | None
) -> HttpResponse:
    """Show what will happen and ask; a POST does it. Raises Http404 for an object that is none."""
    obj = _object(page, request, object_id)
    form = button.asks(obj, request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = _act(page, button, request, obj, form)
        if answer is not None:
            return answer
    return _ask(page, button, request, obj, form)


def _object(page: "StaffAdmin", request: HttpRequest, object_id: str | None) -> Any:
    if object_id is None:
        return None
    obj = page.get_object(request, unquote(object_id))
    if obj is None:
        raise Http404
    return obj


def _act(
    page: "StaffAdmin", button: type[Button], request: HttpRequest, obj: Any, form: Any
) -> HttpResponse | None:
    user: Any = request.user
    try:
        done = button.press(obj, form.cleaned_data, actor=user, now=timezone.now())
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
    if isinstance(done, Shown):
        context = {**_context(page, button, request, obj), **done.context}
        return TemplateResponse(request, done.template, context)
    page.message_user(request, str(done.sentence), messages.SUCCESS)
    return HttpResponseRedirect(done.url or _back(page, obj))


def _ask(
    page: "StaffAdmin", button: type[Button], request: HttpRequest, obj: Any, form: Any
) -> HttpResponse:
    now = timezone.now()
    context = {
        **_context(page, button, request, obj),
        "reason": button.why_not(obj, now),
        "sentences": button.explain(obj, now),
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return TemplateResponse(request, "admin/button.html", context, status=status)


def _context(
    page: "StaffAdmin", button: type[Button], request: HttpRequest, obj: Any
) -> dict[str, Any]:
    return {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": button.label,
        "subtitle": str(obj) if obj is not None else None,
        "original": obj,
        "button": button,
        "back": _back(page, obj),
    }


def _back(page: "StaffAdmin", obj: Any) -> str:
    name = f"admin:{page.opts.app_label}_{page.opts.model_name}"
    if obj is None:
        return reverse(f"{name}_changelist")
    return reverse(f"{name}_change", args=[quote(obj.pk)])
