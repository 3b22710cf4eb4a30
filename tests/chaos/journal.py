"""What happened when: the faults, and what people were answered."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from reseller_portal.secrets import without_secrets


@dataclass(frozen=True)
class Spell:
    """A fault from its beginning to its end, on the clock of the machine."""

    name: str
    began: float
    ended: float


@dataclass(frozen=True)
class Answered:
    """One request: who did what, and what came back; status 0 if the line broke."""

    who: str
    deed: str
    path: str
    began: float
    seconds: float
    status: int
    text: str = ""


@dataclass
class Journal:
    """Everything that is judged later, written by all threads."""

    began: datetime
    spells: list[Spell] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    promised: dict[str, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, answer: Answered) -> None:
        """Keep what somebody was answered; of a page only what an error says."""
        with self.lock:
            self.answers.append(answer)

    def promise(self, key: str, number: str) -> None:
        """Keep that a person was led to an order, by the form with this key."""
        with self.lock:
            self.promised[key] = number

    def count(self, deed: str) -> None:
        """Count something that was done to its end."""
        with self.lock:
            self.done[deed] += 1

    def surprise(self, sentence: str) -> None:
        """Keep what must not happen at all."""
        with self.lock:
            self.surprises.append(sentence)

    def spell(self, name: str, began: float) -> None:
        """Keep that a fault is over."""
        self.spells.append(Spell(name, began, time.time()))

    def write_to(self, file: Path) -> None:
        """Write down every fault and every answer in their order, for whoever has to find out."""
        lines = [(spell.began, f"{spell.name}, until {spell.ended:.1f}") for spell in self.spells]
        for each in self.answers:
            what = f"{each.status} {each.seconds:.1f} s {each.who} {each.deed} {each.path}"
            lines.append((each.began, what))
        text = "".join(f"{at:.1f} {line}\n" for at, line in sorted(lines))
        file.write_text(without_secrets(text))

    def explains(self, names: tuple[str, ...], first: float, last: float) -> bool:
        """Say whether one of these faults was there at some time between two moments."""
        return any(
            spell.name in names and spell.began <= last and first <= spell.ended
            for spell in self.spells
        )
