"""Changing many licenses at once: choosing, confirming, and letting the job run."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from billing.models import CardPayment
from billing.payments import watching
from licenses.bulk import working
from licenses.bulk.actions import start
from licenses.bulk.foreseeing import foresee
from licenses.bulk.results import with_result
from licenses.models import BulkChange, BulkItem, BulkVerb, License, ListName
from resellers.models import User

RENEWALS = "/renewals/bulk-change/"


def address(
    *licenses: License, do: BulkVerb = BulkVerb.TURN_OFF, to: str = RENEWALS, **query: str
) -> str:
    """Return the address of a confirmation for licenses that were ticked."""
    pairs = [*query.items(), ("do", do.value)]
    pairs += [("license", str(license.uuid)) for license in licenses]
    return f"{to}?{urlencode(pairs)}"


def make_change(license: License, by: User, **fields: Any) -> BulkChange:
    """Return a job that turns auto-renew of one license off, and has not begun."""
    values = {"verb": BulkVerb.TURN_OFF, "chosen_from": ListName.RENEWALS, "amount": 0, "total": 1}
    change = BulkChange.objects.create(
        reseller=license.reseller, by=by, key=uuid4(), **values | fields
    )
    BulkItem.objects.create(reseller=license.reseller, change=change, license=license, place=0)
    return change


def form_of(client: Client, url: str) -> dict[str, str]:
    """Look at a confirmation, and return what its form would send."""
    shown = client.get(url).context
    return {"expected": shown["preview"].token, "key": str(shown["key"])}


def confirm(client: Client, url: str, **options: Any) -> Any:
    """Look at the confirmation, and press its button."""
    return client.post(url, form_of(client, url), **options)


def work_off() -> BulkChange:
    """Let workers do the newest job and charge its card, and return it as it is then."""
    change = BulkChange.objects.latest("pk")
    while working.work(change.pk):
        pass
    if CardPayment.objects.due(timezone.now()).exists():
        watching.sweep()
    change.refresh_from_db()
    return change


def changed(client: Client, url: str) -> BulkChange:
    """Confirm, and let a worker do it."""
    assert confirm(client, url).status_code == 303
    return work_off()


def changed_by(actor: User, verb: BulkVerb, *licenses: License) -> BulkChange:
    """Let a person confirm a change of these licenses, and a worker do it."""
    now = timezone.now()
    seen = foresee(verb, [license.pk for license in licenses], actor=actor, now=now)
    facts: dict[str, Any] = {"chosen_from": ListName.RENEWALS, "is_all": False, "key": uuid4()}
    start(seen, actor=actor, now=now, **facts)
    return work_off()


def outcomes(change: BulkChange) -> dict[int, str]:
    """Return what became of each license, by its key, in their order."""
    items: Any = with_result(BulkItem.objects.filter(change=change)).order_by("place")
    return dict(items.values_list("license_id", "result"))


def reasons(change: BulkChange) -> list[str]:
    """Return the sentences about what was not done, in their order."""
    items: Any = with_result(BulkItem.objects.filter(change=change)).order_by("place")
    return list(items.exclude(why="").values_list("why", flat=True))


def recurrent_of(licenses: list[License]) -> list[bool]:
    """Return of each license whether it renews, as it is now."""
    found = License.objects.in_bulk([license.pk for license in licenses])
    return [found[license.pk].recurrent for license in licenses]
