"""The confirmation of a change of many licenses, from whichever list they were chosen."""

from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.bulk import telling
from licenses.bulk.actions import start
from licenses.bulk.choice import all_that_match, keys_of, ticked
from licenses.bulk.foreseeing import foresee
from licenses.bulk.previews import Preview
from licenses.models import BulkChange, BulkVerb, ListName
from licenses.querysets import LicenseQuerySet
from reseller_portal.filtering import ListFilter
from reseller_portal.pages import Page, lead_to
from reseller_portal.refusals import Refusal
from resellers.roles import Right

OF_THE_CHOICE = ("license", "which", "do", "recurrent")
BY_RECURRENT = {"true": BulkVerb.TURN_ON, "false": BulkVerb.TURN_OFF}


class ConfirmBulkChange(Page):
    """Asks, and starts the job. A subclass says from which list the licenses are chosen.

    The address holds the list's query and the choice: `license` (a UUID, repeated) or `which=all`,
    and `do`, a word of BulkVerb (or `recurrent`, `true` or `false`). What was seen travels with the
    form as `expected`; if it is something else by then, the form comes back with the same `key`.
    """

    right = Right.OPERATE
    template = "bulk/confirm.html"
    chosen_from: ClassVar[ListName]

    def filters(self) -> ListFilter:
        """Return the list's filters as its query states them."""
        raise NotImplementedError

    @property
    def list_url(self) -> str:
        """Return the address of the list."""
        raise NotImplementedError

    def ticked(self) -> LicenseQuerySet:
        """Return the licenses that were ticked."""
        return ticked(self.reseller, self.request.GET.getlist("license"))

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Say what would happen, or why nothing can."""
        try:
            return self.confirmation(uuid4())
        except Refusal as refusal:
            return self.not_possible(refusal, HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Start the job, if it is still what the person saw; once for each key."""
        key = self.key()
        before = self.started_with(key)
        if before is not None:
            return self.started(before)
        seen = self.preview
        is_as_seen = request.POST.get("expected") == seen.token and seen.can_be_confirmed
        if key is None or not is_as_seen:
            return self.confirmation(key or uuid4(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return self.started(
            start(
                seen,
                chosen_from=self.chosen_from,
                is_all=self.is_all,
                key=key,
                actor=self.user,
                now=self.now,
            )
        )

    def key(self) -> UUID | None:
        """Return the one-time key of the form; None for a request without a right one."""
        try:
            return UUID(self.request.POST.get("key", ""))
        except ValueError:
            return None

    def started_with(self, key: UUID | None) -> BulkChange | None:
        """Return the job that the person has started with this key, if there is one."""
        if key is None:
            return None
        changes = BulkChange.objects.for_reseller(self.reseller)
        return changes.filter(by=self.user, key=key).first()

    @property
    def is_all(self) -> bool:
        """Say whether all that match are meant, on whichever page of the list."""
        return self.request.GET.get("which") == "all"

    @cached_property
    def verb(self) -> BulkVerb:
        """Return what is to be done. Raises Refusal for anything else."""
        given = self.request.GET
        turned = given.get("recurrent") or self.request.POST.get("recurrent") or ""
        try:
            return BulkVerb(given.get("do") or BY_RECURRENT[turned])
        except (KeyError, ValueError):
            said = _("Say what to do: turn auto-renew on (turn_on) or off (turn_off), or renew.")
            raise Refusal(said) from None

    @cached_property
    def preview(self) -> Preview:
        """Return what it would come to. Raises Refusal for none and for too many licenses."""
        licenses = all_that_match(self.filters()) if self.is_all else self.ticked()
        return foresee(self.verb, keys_of(licenses), actor=self.user, now=self.now)

    def confirmation(self, key: UUID, status: int = HTTPStatus.OK) -> HttpResponse:
        """Show what the change means. Raises Refusal where there is nothing to choose from."""
        seen = self.preview
        context = {
            "heading": telling.heading(seen.verb, seen.count),
            "preview": seen,
            "verb": seen.verb,
            "verb_label": seen.verb.label,
            "key": key,
            "is_changed": status != HTTPStatus.OK,
            "refused": telling.not_done(seen.refused),
            "refused_count": len(seen.refused),
            "back": self.back,
        }
        return self.render(context, status=status)

    def started(self, change: BulkChange) -> HttpResponse:
        """Lead to the job."""
        return lead_to(self.request, reverse("bulk:show", args=[change.uuid]))

    @property
    def back(self) -> str:
        """Return the address of the list as it was."""
        query = QueryDict(mutable=True)
        query.update({name: self.request.GET[name] for name in self.request.GET})
        for name in OF_THE_CHOICE:
            query.pop(name, None)
        return f"{self.list_url}?{query.urlencode()}" if query else self.list_url

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer a refused change with its sentence, and the way back."""
        return self.not_possible(refusal, HTTPStatus.UNPROCESSABLE_ENTITY)

    def not_possible(self, refusal: Refusal, status: int) -> HttpResponse:
        """Say why nothing can be done."""
        context = {"refusal": refusal.message, "back": self.back}
        return self.render(context, template="refused.html", status=status)
