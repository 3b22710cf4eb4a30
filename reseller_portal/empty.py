"""What an empty list says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Empty:
    """An empty list in words, with the way out."""

    icon: str
    heading: str
    text: str
    url: str = ""
    label: str = ""
