"""One thing that `scorewire doctor` looked at."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fine", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do unless it is fine."""

    about: str
    verdict: Verdict
    found: str
    advice: str = ""
