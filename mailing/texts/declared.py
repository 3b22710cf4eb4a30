"""What each kind of mail offers to who writes its text: placeholders, and a sample of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from resellers.models import Reseller

    Words = str | Promise

SUBJECT_LENGTH, BODY_LENGTH = 150, 5000


class Form(Enum):
    """How a placeholder stands in a mail."""

    WORDS = auto()  # within a line, in the subject too
    LINK = auto()  # an address, which can be clicked
    BLOCK = auto()  # lines of their own, out of templates


@dataclass(frozen=True)
class Placeholder:
    """A name in braces; `says` tells in a sentence what stands there instead.

    A BLOCK is drawn by `mail/<template>.txt` and `.html`, with what the kind's own templates get.
    """

    name: str
    says: "Words"
    form: Form = Form.WORDS
    template: str = ""

    @property
    def written(self) -> str:
        """Return it as it is typed."""
        return f"{{{self.name}}}"

    @property
    def is_inline(self) -> bool:
        """Say whether it may stand in a subject too."""
        return self.form is Form.WORDS


def link(name: str, says: "Words") -> Placeholder:
    """Declare an address."""
    return Placeholder(name, says, Form.LINK)


def block(name: str, says: "Words", template: str) -> Placeholder:
    """Declare lines that templates draw."""
    return Placeholder(name, says, Form.BLOCK, template)


@dataclass(frozen=True)
class Filling:
    """What stands for placeholders: words and addresses by name, and what draws the blocks."""

    words: Mapping[str, str]
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Changeable:
    """What a company may say in its own words about one kind of mail.

    `readers` says who gets it. A text begins as `mail/own/<kind>.txt` has it: its subject, an empty
    line, its body. `sample` fills it with things that do not exist. A body without what is `needed`
    would make no sense.
    """

    readers: "Words"
    placeholders: tuple[Placeholder, ...]
    sample: "Callable[[Reseller], Filling]"
    needed: tuple[str, ...] = ()

    def named(self, name: str) -> Placeholder | None:
        """Return a placeholder; None if there is none of this name."""
        return next((one for one in self.placeholders if one.name == name), None)
