"""A real SMTP server that can be told to refuse, to put off and to hang."""

import asyncio
import email.policy
import socket
from email.message import EmailMessage
from email.parser import BytesParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """Takes mails at `url`. `answers` are given to the next recipients, in order: `550 5.1.1 No`.

    It accepts nobody's sign-in. While `hangs` is set, nothing is answered to a message, and none is
    taken; `holding` counts them. While `dawdles` is set they are taken, and answered afterwards.
    So many messages as `drops` says are taken, and then the line breaks before an answer; these
    are `unanswered`.
    """

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.unanswered: list[EmailMessage] = []
        self.answers: list[str] = []
        self.hangs = self.dawdles = False
        self.holding = 0
        self.drops = 0
        self.port = free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ready_timeout=10,
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=False, handled=False),
        )
        self._controller.start()

    def stop(self) -> None:
        """Let go of everybody who waits, and close the port."""
        self.hangs = self.dawdles = False
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    @property
    def url(self) -> str:
        """Return the EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Answer a recipient."""
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a message."""
        if self.hangs:
            await self._until_it_goes_on()
            return "451 4.3.0 Was hanging"
        content = envelope.content
        assert isinstance(content, bytes)
        parser = BytesParser(policy=email.policy.default)
        message = parser.parsebytes(content)
        self.take(message)
        await self._until_it_goes_on()
        if self.drops and server.transport is not None:
            self.drops -= 1
            self.unanswered.append(message)
            server.transport.close()
        return "250 OK"

    def take(self, message: EmailMessage) -> None:
        """Keep a message."""
        self.received.append(message)

    async def _until_it_goes_on(self) -> None:
        self.holding += 1
        while self.hangs or self.dawdles:  # noqa: ASYNC110 (it is told from another thread)
            await asyncio.sleep(0.05)
        self.holding -= 1


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
