"""What clusters are worth: mutants found, distinct problems merged, answers that disagree."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from factory.verifiers.maths import equivalent
from tests.bench._dedup_sets import Problem, Row

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DEADLINE_S = 1.0


@dataclass(slots=True)
class Share:
    """So many of so many."""

    hits: int = 0
    of: int = 0

    def add(self, hit: bool) -> None:
        """One more."""
        self.hits += hit
        self.of += 1

    @property
    def percent(self) -> float:
        """In percent; 0 of none."""
        return 100 * self.hits / self.of if self.of else 0.0


Merged = dict[tuple[bool, str], Share]  # by whether it is the same, and by kind


def merged(rows: Sequence[Row], names: Sequence[str], by: Callable[[Row], str]) -> Merged:
    """How many mutants are in the cluster of their original."""
    found: Merged = defaultdict(Share)
    for row, name in zip(rows, names, strict=True):
        if row.kind:
            found[row.same, by(row)].add(name == names[row.original])
    return dict(found)


@dataclass(frozen=True, slots=True)
class Removed:
    """What a tool would take out of natural problems: all of a cluster but its first."""

    clusters: int
    largest: int
    count: int
    alone: list[tuple[int, int]]  # places of those whose answer nobody shares, and of the kept one

    @property
    def percent(self) -> float:
        """The share of those."""
        return 100 * len(self.alone) / self.count if self.count else 0.0


def removed(problems: Sequence[Problem], names: Sequence[str]) -> Removed:
    """Of each cluster all but the first; problems without an answer cannot speak for themselves."""
    members: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        members[name].append(place)
    clusters = [places for places in members.values() if len(places) > 1]
    alone: list[tuple[int, int]] = []
    for places in clusters:
        answers = Counter(problems[place].answer for place in places)
        lonely = {
            a for a in answers if a is not None and answers[a] == 1 and not _other(a, answers)
        }
        alone += [(p, places[0]) for p in places[1:] if problems[p].answer in lonely]
    count = sum(len(places) - 1 for places in clusters)
    return Removed(len(clusters), max(map(len, clusters), default=0), count, alone)


def _other(answer: str, answers: Counter[str | None]) -> bool:
    """Whether another answer of these says the same."""
    return any(other is not None and other != answer and agree(answer, other) for other in answers)


def agree(one: str, other: str) -> bool:
    """Whether two final answers are the same; plain numbers are compared as such."""
    if NUMBER.fullmatch(one) and NUMBER.fullmatch(other):
        return float(one) == float(other)
    return _equivalent(*sorted((one, other)))


@cache
def _equivalent(one: str, other: str) -> bool:
    return equivalent(one, other, deadline_s=DEADLINE_S)
