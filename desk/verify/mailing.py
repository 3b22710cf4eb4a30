"""What companies say in their own words."""

from collections.abc import Iterable

from desk.verify.registry import invariant
from mailing.kinds import kinds
from mailing.models import EmailText
from mailing.texts.chosen import mistakes_of


@invariant("Every own text of a mail can be used: none names a placeholder that is gone.")
def own_texts_can_be_used() -> Iterable[str]:
    """Return “company: kind” for each text in whose place the standard one goes out."""
    changeable = {kind.name: kind.changeable for kind in kinds()}
    for own in EmailText.objects.select_related("reseller").order_by("pk").iterator():
        if mistakes_of(own, changeable.get(own.kind)):
            yield f"{own.reseller}: {own.kind}"
