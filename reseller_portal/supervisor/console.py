"""What the person at the terminal sees."""

import sys


def say(text: str, *, error: bool = False) -> None:
    """Print one message at once, also when the output is a pipe."""
    stream = sys.stderr if error else sys.stdout
    stream.write(f"{text}\n")
    stream.flush()
