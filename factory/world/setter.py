"""(count, seed) -> problems, going round families and difficulties, each answer checked twice.

Deterministic: a row depends on the seed and its own name, and on the rows before it of its family
only in that no two rows ask the same thing. What cannot be made comes out as `Dropped`, never
silently missing.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from factory.world.families import Family, load
from factory.world.phrasing import Params, render, slots

REDRAWS = 40  # before a family counts as exhausted at a difficulty
TEST_SHARE = 10  # one question in this many is held out

Asked = set[tuple[str, tuple[tuple[str, int | str], ...]]]


@dataclass(frozen=True)
class WorldProblem:
    """A problem with its exact, independently checked answer."""

    row: str
    """family-difficulty-index."""
    statement: str
    answer: str
    family: str
    difficulty: int
    """1 to 5."""
    level: str
    domain: str
    split: Literal["train", "test"]


@dataclass(frozen=True)
class Dropped:
    """A row that gave no problem, and why."""

    row: str
    reason: str
    statement: str
    family: str


def cells() -> list[str]:
    """`family-difficulty` of all there are.

    The families take turns, and each comes one difficulty further than the family before it, so
    that the first few rows already spread over families and difficulties alike.
    """
    return [f"{name}-{(turn + at) % 5 + 1}" for turn in range(5) for at, name in enumerate(load())]


def problems(
    count: int, seed: int, chosen: Sequence[str] | None = None
) -> Iterator[WorldProblem | Dropped]:
    """Exactly `count` rows, no two of which ask the same thing, from all cells or the chosen."""
    families, turns = load(), chosen or cells()
    asked: Asked = set()
    for number in range(count):
        index, turn = divmod(number, len(turns))
        name, _, difficulty = turns[turn].rpartition("-")
        row = f"{turns[turn]}-{index:04d}"
        rng = random.Random(f"{seed}/{row}")
        yield _make(row, name, families[name], int(difficulty), rng, asked)


def split_of(name: str, params: Params) -> Literal["train", "test"]:
    """The split is the question's own, whatever run, seed, order or wording it appears in.

    Words among the parameters (who buys what, larger or smaller) are wording too: they play no
    part, so that the same numbers never stand in both splits.
    """
    asked = sorted((key, value) for key, value in params.items() if not str(value).isalpha())
    held_out = int.from_bytes(sha256(repr((name, asked)).encode()).digest()[:8]) % TEST_SHARE == 0
    return "test" if held_out else "train"


def phrasings_for(family: Family, params: Params) -> list[str]:
    """The family's phrasings that name exactly these parameters."""
    return [phrasing for phrasing in family.PHRASINGS if slots(phrasing).keys() == params.keys()]


def _make(
    row: str, name: str, family: Family, difficulty: int, rng: random.Random, asked: Asked
) -> WorldProblem | Dropped:
    statement = ""
    for _ in range(REDRAWS):
        params = family.draw(rng, difficulty)
        key = (name, tuple(params.items()))  # without the phrasing: a rewording asks nothing new
        statement = render(rng.choice(phrasings_for(family, params)), params)
        if key in asked:
            continue
        asked.add(key)
        answer = family.answer(params)
        if not family.check(params, answer):
            return Dropped(row, f"answer {answer} fails its check", statement, name)
        level, split = family.LEVELS[difficulty - 1], split_of(name, params)
        return WorldProblem(row, statement, answer, name, difficulty, level, family.DOMAIN, split)
    return Dropped(row, f"asked before, {REDRAWS} draws in a row", statement, name)
