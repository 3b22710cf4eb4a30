"""`expand[]`: an id in an answer becomes the object that it names."""

from collections.abc import Sequence
from typing import Any

from reseller_portal.fake_gateway.errors import GatewayError
from reseller_portal.fake_gateway.store import Store
from reseller_portal.fake_gateway.things import Thing

DEEPEST = 4


def expand(store: Store, thing: Thing, paths: Sequence[str]) -> Thing:
    """Return the answer with the named ids replaced; a list's elements are `data.…`."""
    for path in paths:
        names = path.split(".")
        if len(names) > DEEPEST:
            message = f"You cannot expand more than 4 levels of a property. Property: {path}"
            raise GatewayError(400, message, param="expand")
        _expand(store, thing, names, path)
    return thing


def _expand(store: Store, value: Any, names: Sequence[str], path: str) -> None:
    if isinstance(value, list):
        for each in value:
            _expand(store, each, names, path)
    elif isinstance(value, dict):
        name, *rest = names
        if name not in value or (isinstance(value[name], str) and not store.get(value[name])):
            message = f"This property cannot be expanded ({path})."
            raise GatewayError(400, message, param="expand")
        if isinstance(value[name], str):
            value[name] = store.get(value[name])
        if rest:
            _expand(store, value[name], rest, path)
