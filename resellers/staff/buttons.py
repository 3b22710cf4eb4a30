"""What staff can do on a page besides looking: each is a page of its own that asks, then acts.

An app gives buttons to the models of the apps above it: `@offered_on(Reseller)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from resellers.models import User


@dataclass(frozen=True)
class ButtonLink:
    """A button as its page shows it; with a `reason` it cannot be pressed now."""

    label: "str | Promise"
    url: str
    is_main: bool
    reason: str | None


@dataclass(frozen=True)
class Done:
    """What came of pressing a button: a sentence, and the page to show it on, if another one."""

    sentence: "str | Promise"
    url: str | None = None


@dataclass(frozen=True)
class Shown:
    """A page that a button shows, once: a template and what it needs besides the object."""

    template: str
    context: dict[str, Any]


class Button:
    """One thing that staff can do with an object.

    `slug` ends its address. `form` asks for what it needs. `main` makes it stand out;
    a `shy` one is not listed while it cannot be pressed.
    """

    slug: ClassVar[str]
    label: "ClassVar[str | Promise]"
    verb: "ClassVar[str | Promise]"
    form: ClassVar[type[forms.Form]] = forms.Form
    main: ClassVar[bool] = False
    shy: ClassVar[bool] = False

    @classmethod
    def why_not(cls, _obj: Any, _now: datetime) -> str | None:
        """Say why it cannot be done now, or None."""
        return None

    @classmethod
    def explain(cls, _obj: Any, _now: datetime) -> "list[str | Promise]":
        """Return what will happen, in sentences."""
        return []

    @classmethod
    def asks(cls, obj: Any, data: Any) -> forms.Form:
        """Return the form, bound to what was typed, if something was."""
        return cls.form(data)

    @classmethod
    def press(cls, obj: Any, values: dict[str, Any], *, actor: User, now: datetime) -> Done | Shown:
        """Do it by an action; return what to tell, or to show. Raises Refusal."""
        raise NotImplementedError

    @classmethod
    def link_for(cls, obj: Model) -> ButtonLink:
        """Return the button as the object's page shows it."""
        url = reverse(f"admin:{url_name(type(obj), cls)}", args=[obj.pk])
        return ButtonLink(cls.label, url, cls.main, cls.why_not(obj, timezone.now()))


class ListButton(Button):
    """One thing that staff can do from a list; `obj` is None throughout."""

    @classmethod
    def link(cls, model: type[Model]) -> ButtonLink:
        """Return the button as the list shows it."""
        return ButtonLink(cls.label, reverse(f"admin:{url_name(model, cls)}"), cls.main, None)


Kind = TypeVar("Kind", bound=type[Button])

_offered: dict[type[Model], list[type[Button]]] = {}


def offered_on(model: type[Model]) -> Callable[[Kind], Kind]:
    """Offer the decorated button on the pages of a model, or on its list."""

    def offer(button: Kind) -> Kind:
        _offered.setdefault(model, []).append(button)
        return button

    return offer


def buttons_of(model: type[Model]) -> list[type[Button]]:
    """Return the buttons of a model's pages."""
    return [button for button in _offered.get(model, []) if not issubclass(button, ListButton)]


def list_buttons_of(model: type[Model]) -> list[type[ListButton]]:
    """Return the buttons of a model's list."""
    return [button for button in _offered.get(model, []) if issubclass(button, ListButton)]


def url_name(model: type[Model], button: type[Button]) -> str:
    """Return the name of a button's address within the admin site."""
    return f"{model._meta.app_label}_{model._meta.model_name}_{button.slug}"
