"""The figures of a run."""

from collections import Counter

from mailing.models import Mail
from tests.chaos.ground import Ground
from tests.chaos.journal import Journal


def table(ground: Ground, journal: Journal, settled: float) -> str:
    """Return them, one a line."""
    statuses = Counter(answer.status for answer in journal.answers)
    faults = Counter(spell.name for spell in journal.spells)
    names = [name for _, name, _ in ground.mail.taken]
    lines: dict[str, object] = {
        "requests": len(journal.answers),
        **{f"  {status or 'no answer'}": count for status, count in sorted(statuses.items())},
        "slowest answer, s": f"{max((each.seconds for each in journal.answers), default=0):.1f}",
        **{f"  {deed}": count for deed, count in sorted(journal.done.items())},
        "faults": len(journal.spells),
        **{f"  {name}": count for name, count in sorted(faults.items())},
        "mails sent": Mail.objects.filter(state="done").count(),
        "mails refused by the server": Mail.objects.filter(state="failed").count(),
        "mails that came": len(names),
        "mails that came again": len(names) - len(set(names)),
        "charges at the gateway": len(ground.gateway.charges()),
        "refunds at the gateway": len(ground.gateway.refunds()),
        "settled after, s": f"{settled:.1f}",
    }
    return "\n".join(f"{name:<42}{value:>10}" for name, value in lines.items())
