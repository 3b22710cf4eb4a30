"""A rule said no."""


class Refusal(Exception):
    """An action will not do what was asked: a text for the person that says what to do next.

    `field` names the form field that the text belongs to, if there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)
