"""What a citizen has typed, kept over a refusal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the forms: what was typed before a refusal, or which form is thanked for."""

    words: str = ""
    place: str = ""
    stars: int = 0
    rating: str = ""
    kind: str = ""
    complaint: str = ""
    thanks: str = ""
