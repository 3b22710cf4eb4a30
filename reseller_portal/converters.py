"""The ids that stand in URLs."""

from django.urls import register_converter


class OrderNumber:
    """Ten digits."""

    regex = "[0-9]{10}"

    def to_python(self, value: str) -> str:
        """Return the number as it is stored."""
        return value

    def to_url(self, value: str) -> str:
        """Return the number as it is shown."""
        return value


register_converter(OrderNumber, "number")
