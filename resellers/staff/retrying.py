"""Trying again what was given up: one job, or everything of its kind."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _g, gettext_lazy as _, ngettext

from reseller_portal.jobs import Job
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.staff.buttons import Button, Done, ListButton

AT_ONCE = 500


class RetryOne(Button):
    """The base of the buttons that try a job again; `retry` is the action.

    `refusal` says why another job is not, `queued` that it was done.
    """

    slug, label, verb = "retry", _("Try again"), _("Try again")
    main = True
    retry: ClassVar[Callable[..., Job]]
    refusal: "ClassVar[str | Promise]"
    queued: "ClassVar[str | Promise]"

    @classmethod
    def why_not(cls, obj: Any, _now: datetime) -> str | None:
        """Say why there is nothing to try again."""
        return None if obj.is_given_up else str(cls.refusal)

    @classmethod
    def press(cls, obj: Any, _values: Any, *, actor: User, now: datetime) -> Done:
        """Queue it."""
        cls.retry(obj.pk, actor=actor, now=now)
        return Done(cls.queued)


class RetryAll(ListButton):
    """The base of the buttons that try all jobs of a kind again; `retry` is the action for one."""

    slug, label, verb = "retry-all", _("Try all again that were given up"), _("Try them again")
    model: ClassVar[type[Job]]
    retry: ClassVar[Callable[..., Job]]

    @classmethod
    def given_up(cls) -> list[int]:
        """Return those that were given up, the oldest first, AT_ONCE at most."""
        jobs: Any = cls.model._default_manager.all()
        rows = jobs.given_up().order_by("next_attempt_at", "pk")
        return list(rows.values_list("pk", flat=True)[:AT_ONCE])

    @classmethod
    def why_not(cls, _obj: Any, _now: datetime) -> str | None:
        """Say that there is nothing to try."""
        return None if cls.given_up() else _g("Nothing was given up.")

    @classmethod
    def explain(cls, _obj: Any, _now: datetime) -> list[Any]:
        """Say how many."""
        count = len(cls.given_up())
        said = ngettext(
            "%(count)d of them is tried again from the beginning.",
            "%(count)d of them are tried again from the beginning.",
            count,
        )
        return [said % {"count": count}, _g("What fails once more is given up once more.")]

    @classmethod
    def press(cls, _obj: Any, _values: Any, *, actor: User, now: datetime) -> Done:
        """Queue each; one that somebody else has taken meanwhile is passed over."""
        count = sum(cls._again(key, actor, now) for key in cls.given_up())
        said = ngettext("%(count)d is queued again.", "%(count)d are queued again.", count)
        return Done(said % {"count": count})

    @classmethod
    def _again(cls, key: int, actor: User, now: datetime) -> bool:
        try:
            cls.retry(key, actor=actor, now=now)
        except Refusal:
            return False
        return True
