"""Verifiers: functions that judge a completion against an answer; this file is their contract.

A verifier is a module of this folder, found by its name, with `NAME`, `VERSION`, `POLICY`,
`verify` and `verify_many`. It is pure, never raises on any text, and accepts its own gold answer.
Only `incorrect` may become a rejected completion and only `correct` a chosen one: every other
outcome says that nothing was decided, and why.
"""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal[
    "correct",
    "incorrect",
    "ambiguous",  # the rules cannot tell, or the completion contradicts itself
    "no_answer",  # the completion ended without one
    "truncated",  # the completion was cut off before one
    "timeout",  # the deadline passed first
    "unparseable_answer",  # the gold answer has no mathematical reading
    "no_gold",  # there is nothing to judge against
    "error",  # the judge broke, not the completion
]
Tier = Literal["extract", "string", "exact", "numeric", "symbolic", "none"]
Flag = Literal[  # a liberty that "correct" rests on
    "rounding",  # a decimal for an exact value, or for a longer decimal
    "percent",  # a percent sign on one side only
    "units",  # a unit on one side only, degrees for radians
    "base",  # a base subscript on one side only
    "name",  # "x =" on one side only
    "order",  # a list in another order
    "brackets",  # a list for a set or a tuple, a single value in brackets
    "choice",  # the text of a choice for its letter
    "words",  # more words than the gold's
    "time",  # 4:30 for 4:30 p.m.
    "ratio",  # 3:4 for 3/4
]


@dataclass(frozen=True, slots=True)
class Claim:
    """One completion to judge, with what it is judged against."""

    completion: str
    answer: str | None
    question: str | None = None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, by which tier, and from what; `ms` is wall time in milliseconds.

    `flags`: the liberties that were needed to call it correct, in alphabetical order.
    """

    outcome: Outcome
    tier: Tier
    extracted: str | None
    canonical: str | None
    answer_canonical: str | None
    reason: str
    ms: float
    flags: tuple[Flag, ...] = ()

    def __bool__(self) -> bool:
        """Whether it is correct, so that `if verify(...)` means what it says."""
        return self.outcome == "correct"
