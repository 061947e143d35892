"""What comparing two answers comes to, and the question a worker is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from factory.verifiers import Tier

Relation = Literal["same", "different", "unclear", "open", "bad_gold"]


@dataclass(frozen=True, slots=True)
class Answered:
    """A worker's reply; the values are decimal strings where that side is a real number."""

    relation: Relation
    gold: str | None = None
    given: str | None = None


Ask = Callable[[str, str], Answered]


class Rule(Protocol):
    """One rule of `decide`: a decision, or None where it does not apply."""

    def __call__(self, gold: str, given: str, ask: Ask | None, /) -> "Decision | None": ...


@dataclass(frozen=True, slots=True)
class Decision:
    relation: Relation
    tier: Tier
    reason: str
