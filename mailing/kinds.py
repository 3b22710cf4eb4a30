"""Which mails there are. Each app declares its own in `emails.py`; this app only sends them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from mailing.models import Mail
    from mailing.texts.declared import Changeable


@dataclass(frozen=True)
class MailText:
    """What a mail says, as plain text and as HTML.

    `reply_to` is the address that an answer reaches; empty where nobody reads one.
    """

    subject: str
    text: str
    html: str
    reply_to: str = ""


Writer = Callable[["Mail"], MailText]


@dataclass(frozen=True)
class MailKind:
    """A kind of mail: its name in the outbox, its name for people, and who writes it.

    `once` says why a mail that went out is not sent once more by a reseller, if it is not. One that
    is `to_company` goes to the people whom the company has chosen for it. One that is `to_staff`
    alone is about no company. Of one that is `changeable` a company may write the text.
    """

    name: str
    label: "str | Promise"
    write: Writer
    once: "str | Promise" = ""
    to_company: bool = False
    changeable: "Changeable | None" = None
    to_staff: bool = False


class UndeliverableError(Exception):
    """A kind's function will not write this mail any more; the text says why, to a person."""


class NobodyThereError(UndeliverableError):
    """Nobody has the address, as anybody may type any: not a failure that staff should look at."""


_kinds: dict[str, MailKind] = {}


def mail_kind(
    name: str,
    label: "str | Promise",
    *,
    once: "str | Promise" = "",
    to_company: bool = False,
    changeable: "Changeable | None" = None,
    to_staff: bool = False,
) -> Callable[[Writer], Writer]:
    """Declare the decorated function as the writer of a kind.

    It is called at each attempt, outside of any transaction, in the reseller's time zone. It raises
    UndeliverableError when the mail has lost its sense, and NobodyThereError when nobody has its
    address. Raises ValueError for a name that is taken.
    """

    def declare(write: Writer) -> Writer:
        if name in _kinds:
            raise ValueError(f"The mail kind {name!r} is declared twice.")
        _kinds[name] = MailKind(name, label, write, once, to_company, changeable, to_staff)
        return write

    return declare


def kind_named(name: str) -> MailKind:
    """Return a declared kind; raises KeyError for an unknown one."""
    return _kinds[name]


def label_of(name: str) -> str:
    """Return what people call a kind; the name itself for one that is no longer declared."""
    kind = _kinds.get(name)
    return str(kind.label) if kind else name


def kinds() -> list[MailKind]:
    """Return all that are declared."""
    return list(_kinds.values())
