"""From a kind's templates to the text of a mail."""

from typing import Any

from django.conf import settings
from django.template import Context, engines

from mailing.kinds import MailText
from mailing.models import Mail


def letter(mail: Mail, subject: str, **context: Any) -> MailText:
    """Render `mail/<kind>.txt` and `mail/<kind>.html` with the context, `mail` and `reseller`.

    Only the HTML is escaped.
    """
    values = {
        "mail": mail,
        "reseller": mail.reseller,
        "subject": subject,
        "site_url": settings.SITE_URL,
        **context,
    }
    text = _rendered(f"mail/{mail.kind}.txt", values, escape=False)
    return MailText(subject, text.strip() + "\n", _rendered(f"mail/{mail.kind}.html", values))


def _rendered(name: str, values: dict[str, Any], *, escape: bool = True) -> str:
    template: Any = engines["django"].get_template(name)
    rendered: str = template.template.render(Context(values, autoescape=escape))
    return rendered
