"""How the rules of passwords are told: beforehand as a hint, or what was broken as an error."""


class HintOrError:
    """Leaves the hint of a new password out once an error beside it says what to do."""

    new_password = "password1"  # noqa: S105 (the name of a field)

    def full_clean(self) -> None:
        """Check as usual; a field remembers its hint from before."""
        super().full_clean()  # type: ignore[misc]
        if self.new_password in self.errors:  # type: ignore[attr-defined]
            self[self.new_password].help_text = ""  # type: ignore[index]
