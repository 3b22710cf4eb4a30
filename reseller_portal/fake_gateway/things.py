"""What the gateway keeps: JSON objects as Stripe shows them; names with `_` are not shown."""

import secrets
import string
from typing import Any

Thing = dict[str, Any]
LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """Return an id as Stripe makes them: `pi_` and 24 random letters and digits."""
    return f"{prefix}_" + "".join(secrets.choice(LETTERS) for _ in range(24))


def public(value: Any) -> Any:
    """Return the value without what is not shown, at any depth."""
    if isinstance(value, dict):
        return {name: public(each) for name, each in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [public(each) for each in value]
    return value
