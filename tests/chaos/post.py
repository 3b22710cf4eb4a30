"""The SMTP server of a run: it remembers when it took which mail, and whom it refused."""

import time
from email.message import EmailMessage
from random import Random

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mailserver import MailServer

RECENT = 60


class PostOffice(MailServer):
    """Takes mails, and breaks in every way that it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[float, str, EmailMessage]] = []
        self.refused: set[str] = set()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a recipient."""
        answer = await super().handle_RCPT(server, session, envelope, address, options)
        if answer.startswith("550"):
            self.refused.add(address)
        return answer

    def take(self, message: EmailMessage) -> None:
        """Keep a message and when it came."""
        self.taken.append((time.time(), str(message["Message-ID"]), message))

    def some_text(self, random: Random) -> str:
        """Return the text of one of the last mails that were taken."""
        recent = self.taken[-RECENT:]
        if not recent:
            return ""
        body = random.choice(recent)[2].get_body(("plain",))
        return str(body.get_content()) if body is not None else ""
