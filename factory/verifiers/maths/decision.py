"""What comparing two answers comes to, and the question a worker is asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from factory.verifiers import Flag, Tier

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
    """What it came to; `flags` are the liberties it takes, which a policy may refuse."""

    relation: Relation
    tier: Tier
    reason: str
    flags: frozenset[Flag] = frozenset()

    def taking(self, *flags: Flag | None) -> "Decision":
        """The same decision with more liberties; None stands for none."""
        more = self.flags.union(flag for flag in flags if flag)
        return replace(self, flags=more) if more != self.flags else self
