"""Families of problems: each file here is one, found by its name; there is no list to extend.

`Family` below is the contract a family module fulfils. Numbers stand in the parameters as they are;
signs and coefficients of 1 are the phrasing's business (`factory.world.phrasing`). A statement must
belong to one family only, and `solve` must survive any value a slip or a stranger's statement
brings: it may raise `Doubt`, nothing else. What is harder is longer: more steps, not only larger
numbers.
"""

import random
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from factory.world.hand import Hand
from factory.world.phrasing import LONGEST_STATEMENT, Params, parse


class Family(Protocol):
    """What a family module defines."""

    DOMAIN: str
    LEVELS: tuple[str, str, str, str, str]
    """School level of difficulty 1 to 5: elementary, middle, high_school or college."""
    PHRASINGS: tuple[str, ...]
    """At least three for any parameters drawn. One fits them when it names exactly those."""

    def draw(self, rng: random.Random, difficulty: int) -> Params:
        """Parameters of a problem of difficulty 1 to 5."""
        ...

    def answer(self, params: Params) -> str:
        """The exact answer, as LaTeX-light text."""
        ...

    def check(self, params: Params, answer: str) -> bool:
        """Whether the answer is right, found another way than `answer` finds it."""
        ...

    def solve(self, params: Params, hand: Hand) -> str:
        """Write the steps with the hand; return the answer it arrives at. May raise Doubt.

        There are at least two ways to go, and the hand takes the one it likes.
        """
        ...


@cache
def load() -> dict[str, Family]:
    """Every family by name, in alphabetical order."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: cast(Family, import_module(f"{__name__}.{name}")) for name in names}


@cache
def _by_first_word() -> dict[str, list[tuple[str, str]]]:
    """(family, phrasing) by the first word of the phrasing; "" where that is a parameter."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, family in load().items():
        for phrasing in family.PHRASINGS:
            first = phrasing.partition(" ")[0]
            found.setdefault("" if "{" in first else first, []).append((name, phrasing))
    return found


def recognise(statement: str) -> tuple[str, Params] | None:
    """The family that could have written the statement, with its parameters; None if none could."""
    if len(statement) > LONGEST_STATEMENT:
        return None
    text = " ".join(statement.split())
    phrasings = _by_first_word()
    for name, phrasing in (*phrasings.get(text.partition(" ")[0], ()), *phrasings.get("", ())):
        params = parse(phrasing, text)
        if params is not None:
            return name, params
    return None
