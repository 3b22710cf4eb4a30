"""The ids that stand in URLs."""

from datetime import date

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


class Month:
    """A month as `2026-11`, of the 20th to the 22nd century."""

    regex = "(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        """Return its first day."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        """Return the month of a day."""
        return f"{value:%Y-%m}"


register_converter(OrderNumber, "number")
register_converter(Month, "month")
