"""How forms draw what a page has most of: straight from Python, where a template costs much more.

A search panel has fifteen fields; a template for each, and for each input in it, was a fifth of
what a list page cost.
"""

from collections.abc import Callable
from typing import Any, Final

from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

NOTHING: Final = mark_safe("")


class Renderer(TemplatesSetting):
    """Draws inputs and fields itself, and leaves everything else to its template."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return the HTML of a form, a field or a widget."""
        draw = DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return draw(context)


def drawn_input(context: dict[str, Any]) -> SafeString:
    """Return an input with its value and attributes, as Django's own template does."""
    widget = context["widget"]
    value = {} if widget["value"] is None else {"value": widget["value"]}
    attributes = {"type": widget["type"], "name": widget["name"], **value, **widget["attrs"]}
    return format_html("<input{}>", _attributes(attributes))


def _attributes(values: dict[str, Any]) -> SafeString:
    """Return attributes in their sequence; True is one without a value, False is none."""
    return format_html_join(
        "",
        "{}",
        (
            [format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)]
            for name, value in values.items()
            if value is not False
        ),
    )


def drawn_field(context: dict[str, Any]) -> SafeString:
    """Return a field with its label, hint and errors; a box stands before its label."""
    field: BoundField = context["field"]
    label, notes = _label(field), format_html("{}{}", _hint(field), _errors(field))
    if field.widget_type == "checkbox":
        return format_html('<div class="check">{}{}</div>{}', field, label, notes)
    if not field.use_fieldset:
        return format_html("{}{}{}", label, notes, field)
    described = field.aria_describedby
    return format_html(
        "<fieldset{}><legend>{}{}</legend>{}{}</fieldset>",
        format_html(' aria-describedby="{}"', described) if described else NOTHING,
        field.label,
        _optional(field),
        notes,
        field,
    )


def _label(field: BoundField) -> SafeString:
    mark = NOTHING if field.widget_type == "checkbox" else _optional(field)
    return format_html('<label for="{}">{}{}</label>', field.id_for_label, field.label, mark)


def _optional(field: BoundField) -> SafeString:
    if field.field.required or getattr(field.form, "all_optional", False):
        return NOTHING
    return format_html(' <span class="optional">{}</span>', _("(optional)"))


def _hint(field: BoundField) -> SafeString:
    if not field.help_text:
        return NOTHING
    return format_html(
        '<div class="hint" id="{}_helptext">{}</div>', field.auto_id, field.help_text
    )


def _errors(field: BoundField) -> SafeString:
    if not field.errors:
        return NOTHING
    errors = format_html_join("", "<p>{}</p>", ([error] for error in field.errors))
    return format_html('<div class="errors" id="{}_error">{}</div>', field.auto_id, errors)


DRAWN: Final[dict[str, Callable[[dict[str, Any]], SafeString]]] = {
    "django/forms/field.html": drawn_field,
    **{
        f"django/forms/widgets/{kind}.html": drawn_input
        for kind in ("text", "date", "email", "number", "password", "hidden", "checkbox")
    },
}
