"""The parameters of a request: `metadata[order]=7&expand[0]=customer`, as Stripe encodes them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from reseller_portal.fake_gateway.errors import GatewayError, missing

PART = re.compile(r"\[([^\[\]]*)\]")
LARGEST_AMOUNT = 99_999_999


def decoded(text: str) -> dict[str, Any]:
    """Return the parameters as nested dicts and lists."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = [name.partition("[")[0], *PART.findall(name)]
        branch = tree
        for part in rest:
            branch = branch.setdefault(first, {})
            first = part or str(len(branch))
        branch[first] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if all(name.isdigit() for name in value):
        return [_with_lists(each) for each in value.values()]
    return {name: _with_lists(each) for name, each in value.items()}


class Parameters:
    """What a request asks for, read name by name. An empty text means that it is not given."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value != ""}

    def only(self, *names: str) -> None:
        """Refuse a parameter that is none of these, as Stripe does."""
        for name in self.given:
            if name not in {*names, "expand"}:
                message = f"Received unknown parameter: {name}"
                raise GatewayError(400, message, code="parameter_unknown", param=name)

    def kinds(self) -> list[str]:
        """Return the allowed kinds of payment methods; refuse what API versions of before had."""
        if "payment_method_types" in self.given:
            message = (
                "`payment_method_types` is no longer supported: `allowed_payment_method_types`."
            )
            code = "payment_method_types_no_longer_supported"
            raise GatewayError(400, message, code=code, param="payment_method_types")
        return self.texts("allowed_payment_method_types")

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a text."""
        value = self.given.get(name, default)
        if value is not None and not isinstance(value, str):
            raise GatewayError(400, f"Invalid string: {name}", param=name)
        return value

    def required(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.text(name)
        if value is None:
            raise missing(name)
        return value

    def choice(self, name: str, *allowed: str) -> str | None:
        """Return one of the allowed texts, or None when it is not given."""
        value = self.text(name)
        if value is not None and value not in allowed:
            message = f"Invalid {name}: must be one of {', '.join(allowed)}"
            raise GatewayError(400, message, param=name)
        return value

    def integer(self, name: str, default: int | None = None) -> int | None:
        """Return a whole number."""
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"-?\d{1,15}", value):
            message = f"Invalid integer: {value}"
            raise GatewayError(400, message, code="parameter_invalid_integer", param=name)
        return int(value)

    def amount(self, name: str) -> int | None:
        """Return an amount in the currency's smallest unit, at least 1."""
        value = self.integer(name)
        if value is not None and value < 1:
            message = "This value must be greater than or equal to 1."
            raise GatewayError(400, message, code="parameter_invalid_integer", param=name)
        if value is not None and value > LARGEST_AMOUNT:
            message = "Amount must be no more than 999,999.99"
            raise GatewayError(400, message, code="amount_too_large", param=name)
        return value

    def flag(self, name: str) -> bool:
        """Return whether it is true; false when it is not given."""
        return self.choice(name, "true", "false") == "true"

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a group of parameters, empty when it is not given."""
        value = self.given.get(name, {})
        if not isinstance(value, dict):
            raise GatewayError(400, f"Invalid object: {name}", param=name)
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list, empty when it is not given."""
        value = self.given.get(name, [])
        if not isinstance(value, list):
            raise GatewayError(400, f"Invalid array: {name}", param=name)
        return [str(each) for each in value]

    def metadata(self, before: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the metadata after this request; an empty text removes one."""
        given = self.mapping("metadata")
        for name, value in given.items():
            if len(name) > 40 or not isinstance(value, str) or len(value) > 500:
                raise GatewayError(400, f"Invalid metadata: {name[:40]}", param="metadata")
        merged = {**(before or {}), **given}
        return {name: value for name, value in merged.items() if value}
