"""Template tags of the portal. Every template has them without loading them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any, Final

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reseller_portal.display import (
    amount_text,
    day_text,
    moment_text,
    money_text,
    relative_text,
    remembered,
)
from reseller_portal.icons import ICONS

register = template.Library()
register.filter("day_text", day_text)
register.filter("moment_text", moment_text)
register.simple_tag(money_text)
register.simple_tag(amount_text)


@register.filter
def why_not(actions: Iterable[Any]) -> list[tuple[str, str]]:
    """Return each reason once, with the labels of the buttons that it keeps from being pressed."""
    labels: dict[str, list[str]] = {}
    for action in actions:
        if action.reason:
            labels.setdefault(str(action.reason), []).append(str(action.label))
    return [(", ".join(names), reason) for reason, names in labels.items()]


BAR_UNITS: Final = 1000
MINUTE: Final = timedelta(minutes=1)
SCHEMES: Final = frozenset({"light", "dark"})
GOOD, WARN, BAD, IDLE = ("good", "check"), ("warn", "clock"), ("bad", "cross"), ("idle", "dash")
STATES: Final = {
    "processed": GOOD,
    "active": GOOD,
    "sent": GOOD,
    "ready": GOOD,
    "done": GOOD,
    "checking": WARN,
    "sending": WARN,
    "unknown": WARN,
    "parked": WARN,
    "confirming": ("warn", "alert"),
    "succeeded": GOOD,
    "declined": BAD,
    "refused": BAD,
    "not_sent": BAD,
    "grace": ("warn", "alert"),
    "queued": WARN,
    "running": WARN,
    "failed": BAD,
    "expired": BAD,
    "stuck": BAD,
    "refunded": ("idle", "undo"),
    "cancelled": IDLE,
    "dropped": IDLE,
    "available": ("idle", "circle"),
    "disabled": BAD,
    "open": WARN,
    "on": ("good", "shield"),
    "waiting": ("idle", "clock"),
    "failing": ("bad", "alert"),
    "not_covered": ("warn", "alert"),
    "no_price": ("bad", "alert"),
}


@register.simple_tag(takes_context=True)
def stored_scheme(context: Context) -> str:
    """Return the stored colour scheme: `light`, `dark`, or nothing for the system's."""
    request = context.get("request")
    chosen = request.COOKIES.get("scheme", "") if request else ""
    return chosen if chosen in SCHEMES else ""


@register.simple_tag
def kept(template_name: str, **values: str | bool | None) -> SafeString:
    """Include a template that sees these values alone, and remember what it drew for them."""
    return _kept(template_name, tuple(values.items()))


@partial(remembered, most=500)
def _kept(template_name: str, values: tuple[tuple[str, str | bool | None], ...]) -> SafeString:
    return render_to_string(template_name, dict(values))


@register.simple_tag
def cards_are_on() -> bool:
    """Say whether cards can be used here; where they cannot, nothing about them is shown."""
    return bool(settings.STRIPE_SECRET_KEY)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw an icon. It is an ornament: the words beside it, or an aria-label, say what it means."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag
@remembered
def money(amount: Decimal | int | None, currency: str) -> SafeString:
    """Show an amount with its currency, on one line; nothing for no amount."""
    if amount is None:
        return mark_safe("")
    return format_html(
        '<span class="money"><span class="currency">{}</span>&nbsp;{}</span>',
        currency,
        amount_text(amount),
    )


@register.simple_tag
@remembered
def day(value: date | None) -> SafeString:
    """Show a day; nothing for none."""
    if value is None:
        return mark_safe("")
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).date()
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_text(value))


@register.simple_tag
def moment(value: datetime | None) -> SafeString:
    """Show a moment in the active zone, and how long ago it was as an extra; nothing for none."""
    return mark_safe("") if value is None else moment_seen(value.astimezone(UTC), this_minute())


def this_minute() -> datetime:
    """Return when the current minute began: how long ago something was is told in minutes."""
    return timezone.now().replace(second=0, microsecond=0)


@remembered
def moment_seen(value: datetime, minute: datetime) -> SafeString:
    """Show a moment as it is seen in this minute; both in UTC, where no hour comes twice."""
    ago = relative_text(value, max(value, minute) if value - minute < MINUTE else minute)
    local = timezone.localtime(value).isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', local, ago, moment_text(value))


@register.simple_tag
def code(value: str) -> SafeString:
    """Show an activation code; a line breaks between its groups, never inside one."""
    groups = format_html_join(mark_safe("-<wbr>"), "{}", ((group,) for group in value.split("-")))
    return format_html('<code class="code">{}</code>', groups)


@register.simple_tag
def state_pill(state: str, label: str) -> SafeString:
    """Show a state in words, with an icon and a tone. An unknown state looks idle."""
    return _pill(state, str(label))


@remembered
def _pill(state: str, label: str) -> SafeString:
    tone, drawing = STATES.get(state, IDLE)
    return format_html('<span class="pill {}">{}{}</span>', tone, icon(drawing), label)


@register.simple_tag
@remembered
def license_bar(active: int, available: int, quantity: int) -> SafeString:
    """Show how many licenses of an order are active and available, as figures and a bar.

    What is neither (expired, cancelled) stays empty.
    """
    return format_html(
        '<span class="stock"><span><b>{}</b> {} · <b>{}</b> {}</span><span>{}</span>{}</span>',
        number_format(active),
        _("active"),
        number_format(available),
        _("available"),
        _("of %(quantity)s") % {"quantity": number_format(quantity)},
        _bar(active, available, quantity),
    )


def _bar(active: int, available: int, quantity: int) -> SafeString:
    used, free = (BAR_UNITS * part // max(quantity, 1) for part in (active, available))
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 4" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="M0 0h{}v4H0z"/><path class="free" d="M{} 0h{}v4h-{}z"/></svg>',
        BAR_UNITS,
        *(used, used, free, free),
    )
