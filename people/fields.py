"""Fields of the forms about people and companies."""

from typing import Any

from django import forms


class Lines(forms.CharField):
    """Lines of text, whose ends are written in one way."""

    def to_python(self, value: Any) -> str:
        """Return what was typed; browsers send CR and LF."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
