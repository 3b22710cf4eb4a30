"""What staff's buttons for money at the card gateway share: each declares what differs."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from resellers.models import User
from resellers.staff.buttons import Button, Done

if TYPE_CHECKING:
    from django.utils.functional import Promise


class GatewayButton(Button):
    """Says what the row is and what follows, and has an action do it.

    `facts` says what it is, `says` what to do before and what follows, `done` that it is done;
    `act` is the action, and `refuses` says why it cannot be done now.
    """

    facts: ClassVar[Callable[[Any], str]]
    says: "ClassVar[str | Promise]"
    done: "ClassVar[str | Promise]"
    act: ClassVar[Callable[..., Any]]
    refuses: ClassVar[Callable[[Any], str | None]]

    @classmethod
    def why_not(cls, obj: Any, _now: datetime) -> str | None:
        """Say why it cannot be done now, or None."""
        return cls.refuses(obj)

    @classmethod
    def explain(cls, obj: Any, _now: datetime) -> "list[str | Promise]":
        """Say what it is, and what follows."""
        return [cls.facts(obj), cls.says]

    @classmethod
    def press(cls, obj: Any, values: dict[str, Any], *, actor: User, now: datetime) -> Done:
        """Do it."""
        cls.act(obj.pk, **values, actor=actor, now=now)
        return Done(cls.done)
