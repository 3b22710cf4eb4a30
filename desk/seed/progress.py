"""What the person at the terminal sees."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic


@dataclass
class Progress:
    """Says what was done and how many seconds it took since the start."""

    say: Callable[[str], object]
    began: float = field(default_factory=monotonic)

    def __call__(self, text: str) -> None:
        """Say one line."""
        self.say(f"{monotonic() - self.began:7.1f} s  {text}")
