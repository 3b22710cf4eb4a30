"""The figures of a run."""

from collections import Counter
from collections.abc import Mapping

from billing.models import BalanceEntry, CardPayment
from exports.models import Export
from licenses.models import BulkChange
from mailing.models import Mail
from orders.models import Order
from tests.chaos.ground import Ground
from tests.chaos.journal import Journal


def table(figures: Mapping[str, object]) -> str:
    """Return figures, one a line."""
    return "\n".join(f"{name:<42}{value:>14}" for name, value in figures.items())


def storm_figures(ground: Ground, journal: Journal, settled: float) -> dict[str, object]:
    """Return what happened while faults came and went, and what came of it."""
    statuses = Counter(answer.status for answer in journal.answers)
    faults = Counter(spell.name for spell in journal.spells)
    names = [name for _, name, _ in ground.mail.taken]
    mails = Mail.objects.filter(queued_at__gte=journal.began)
    payments = CardPayment.objects.filter(state="succeeded", created_at__gte=journal.began)
    entries = BalanceEntry.objects.filter(at__gte=journal.began)
    return {
        "requests": len(journal.answers),
        **{f"  {status or 'no answer'}": count for status, count in sorted(statuses.items())},
        "slowest answer, s": f"{max((each.seconds for each in journal.answers), default=0):.1f}",
        **{f"  {deed}": count for deed, count in sorted(journal.done.items())},
        "faults": len(journal.spells),
        **{f"  {name}": count for name, count in sorted(faults.items())},
        "orders": Order.objects.filter(placed_at__gte=journal.began).count(),
        "renewals paid by balance": entries.filter(kind="renewal").count(),
        "renewals paid by card": payments.filter(purpose="renewal").count(),
        "purchases paid by card": payments.filter(purpose="purchase").count(),
        "deposits by card": payments.filter(purpose="deposit").count(),
        "bulk changes": BulkChange.objects.filter(state="done").count(),
        "exports written": Export.objects.filter(state="done").count(),
        "mails sent": mails.filter(state="done").count(),
        "mails refused by the server": mails.filter(state="failed").count(),
        "mails that came": len(names),
        "mails that came again": len(names) - len(set(names)),
        "charges at the gateway": len(ground.gateway.charges()),
        "refunds at the gateway": len(ground.gateway.refunds()),
        "settled after, s": f"{settled:.1f}",
    }
