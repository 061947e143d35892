"""What a problem says, apart from its wording: its facts, from its tokens."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from factory.likeness import boilerplate, symbols, tables, words
from factory.likeness import tokens as tk
from factory.likeness.boilerplate import tokenised
from factory.likeness.sketch import buffers

NOT = tables.fnv("not")
PERCENT = tables.fnv("%")
ONE, SLASH = tables.fnv("1"), tables.fnv("/")
SMALL = frozenset(tables.fnv(str(n)) for n in range(4))
DIGITS = frozenset(tables.fnv(str(n)) for n in range(10))
LENIENT = frozenset(map(tables.fnv, "=:"))  # signs that a few words more or less add or drop
STRICT = frozenset(  # signs that no wording replaces
    map(tables.fnv, [*"/^+-*!|<>", "<=", ">=", "root", *symbols.FUNCTIONS.split()])
)
NEAR = 2, 3  # what stands around a numeral: tokens before and after


class Reading(NamedTuple):
    """The tokens of one text, as Python numbers."""

    text: list[int]
    sense: list[int]
    kind: list[int]
    asked: list[bool]
    place: list[int]
    spelled: list[str]  # in lower case; empty where a token is no word


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts of a text; words and signs by their sense."""

    numerals: Counter[int]
    formal: Counter[int]  # numerals beside a sign, bracket or variable
    signs: Counter[int]
    variables: Counter[int]
    negations: int
    words: Counter[int]
    maths: Counter[int]  # all tokens of mathematics but brackets
    question: Counter[int]  # what the sentences that ask say
    story: Counter[int]  # what the others say
    reading: Reading
    spelled: dict[str, int]  # a word -> where its first token is in the reading
    sides: dict[int, Counter[int]]  # by exclusive set, how often each side is said
    around: dict[int, list[frozenset[int]]]  # by numeral, what stands around each
    order: tuple[int, ...]  # numerals as they come
    told: tuple[int, ...]  # all that says something, as it comes; pivots by their group
    joints: Counter[tuple[int, int]]  # neighbours in formulas


def readings(texts: Sequence[str]) -> list[Reading]:
    """The tokens of every text, boilerplate taken off."""
    data, offsets = buffers(pa.array(texts, pa.large_string()))
    page = tk.page(int(np.diff(offsets).max(initial=0)))
    found = []
    with np.errstate(over="ignore"):
        for start, end in pairwise(offsets):
            n = tokenised(data, start, end, tables.load(), boilerplate.load(), page)
            kind = page.kind[:n]
            found.append(
                Reading(
                    text=page.text[:n].tolist(),
                    sense=page.sense[:n].tolist(),
                    kind=(kind & 63).tolist(),
                    asked=(kind >= tk.ASKED).tolist(),
                    place=page.place[:n].tolist(),
                    spelled=_spelled(page, n),
                )
            )
    return found


def _spelled(page: tk.Page, n: int) -> list[str]:
    """The words themselves."""
    ends = page.end[:n].tolist()
    data = page.bytes[: max(ends, default=0)].tobytes().lower()
    begins = zip(page.begin[:n].tolist(), ends, strict=True)
    return [data[begin:end].decode("utf-8", "replace") if end else "" for begin, end in begins]


def facts(reading: Reading) -> Facts:
    """What counts of a text."""
    sense, kind = _parts(reading)
    said = [(s, k) for s, k in zip(sense, kind, strict=True) if s]

    def of(*kinds: int) -> Counter[int]:
        return Counter(s for s, k in said if k in kinds)

    asking = _asking(reading)
    placed = [(s, place in asking) for s, place in zip(sense, reading.place, strict=True) if s]
    told = zip(sense, reading.text, strict=True)
    return Facts(
        numerals=of(tk.NUMERAL),
        formal=_formal(said),
        signs=of(tk.OPERATOR, tk.MEASURE),
        variables=of(tk.VARIABLE),
        negations=kind.count(tk.NEGATION),
        words=of(tk.WORD),
        maths=Counter(s for s, k in said if k > tk.BLANK and k != tk.BRACKET),
        question=Counter(s for s, asked in placed if asked),
        story=Counter(s for s, asked in placed if not asked),
        reading=reading,
        spelled={w: at for at, w in reversed(list(enumerate(reading.spelled))) if w},
        sides=_sides(sense),
        around=_around(said),
        order=tuple(s for s, k in said if k == tk.NUMERAL),
        told=tuple(pivots().get(t, s) for s, t in told if s or t in pivots()),
        joints=_joints(sense, kind),
    )


def _asking(reading: Reading) -> set[int]:
    """The sentences that ask: with a question mark, else with a verb that asks, else the last."""
    marked = {place for place, asked in zip(reading.place, reading.asked, strict=True) if asked}
    told = {p for p, t in zip(reading.place, reading.text, strict=True) if t in _verbs()}
    return marked or told or set(reading.place[-1:])


@cache
def _verbs() -> frozenset[int]:
    return frozenset(map(tables.fnv, words.ASKING.split()))


def _parts(reading: Reading) -> tuple[list[int], list[int]]:
    """Senses and kinds, with 1/4 as a quarter and one third as a third."""
    sense, kind = list(reading.sense), list(reading.kind)
    for at in range(len(sense) - 2):
        if sense[at] == ONE and sense[at + 1] == SLASH and sense[at + 2] in _shares():
            sense[at] = sense[at + 1] = 0
            sense[at + 2], kind[at + 2] = _shares()[sense[at + 2]], tk.MEASURE
    for at in range(len(sense) - 1):
        if sense[at] == ONE and kind[at + 1] == tk.MEASURE:
            sense[at] = 0
    return sense, kind


@cache
def _shares() -> dict[int, int]:
    """The hash of n -> the sense of the n-th part."""
    names = ["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    return {tables.fnv(str(n)): tables.fnv("~" + name) for n, name in enumerate(names, 2)}


def _sides(sense: list[int]) -> dict[int, Counter[int]]:
    sides: dict[int, Counter[int]] = {}
    for s in sense:
        for number, side in _exclusive().get(s, ()):
            sides.setdefault(number, Counter())[side] += 1
    return sides


@cache
def _exclusive() -> dict[int, list[tuple[int, int]]]:
    """A sense -> the exclusive sets it is in, and its side there."""
    table: dict[int, list[tuple[int, int]]] = {}
    for number, line in enumerate(re.split(r"\n(?! +\|)", words.EXCLUSIVE.strip())):
        for side, spellings in enumerate(line.split("|")):
            for reading in readings(spellings.split()):
                for sense in filter(None, reading.sense):
                    if (number, side) not in table.setdefault(sense, []):
                        table[sense].append((number, side))
    return table


def excludes(sense: int) -> bool:
    """Whether a word is in an exclusive set: said or not said makes a difference."""
    return sense in _exclusive()


@cache
def pivots() -> dict[int, int]:
    """A small word that carries a relation -> its group, a small number."""
    groups = [group.split() for group in words.PIVOTS.split("|")]
    return {tables.fnv(word): at for at, group in enumerate(groups, 1) for word in group}


def synonyms(one: int, other: int) -> bool:
    """Whether one is a pivot and the other a word of its meaning: least, smallest."""
    return other in _meant().get(one, ()) or one in _meant().get(other, ())


@cache
def _meant() -> dict[int, set[int]]:
    """A pivot's group -> the senses of its words."""
    senses = {tables.fnv(word): sense for word, sense in tables.meanings().items()}
    found: dict[int, set[int]] = {}
    for word, group in pivots().items():
        if word in senses:
            found.setdefault(group, set()).add(senses[word])
    return found


def _formal(said: list[tuple[int, int]]) -> Counter[int]:
    """Numerals of formulas."""
    formula = (tk.OPERATOR, tk.BRACKET, tk.VARIABLE)
    beside = [(0, tk.WORD), *said, (0, tk.WORD)]
    return Counter(
        s
        for (s, k), (_, before), (_, after) in zip(said, beside, beside[2:], strict=False)
        if k == tk.NUMERAL and (before in formula or after in formula)
    )


def _around(said: list[tuple[int, int]]) -> dict[int, list[frozenset[int]]]:
    found: dict[int, list[frozenset[int]]] = {}
    before, after = NEAR
    for at, (s, k) in enumerate(said):
        if k == tk.NUMERAL:
            near = said[max(0, at - before) : at] + said[at + 1 : at + 1 + after]
            found.setdefault(s, []).append(frozenset(x for x, _ in near) - {s})
    return found


def _joints(sense: list[int], kind: list[int]) -> Counter[tuple[int, int]]:
    formal = (tk.OPERATOR, tk.BRACKET)
    pairs = zip(sense, kind, sense[1:], kind[1:], strict=False)
    return Counter(
        (a, b)
        for a, j, b, k in pairs
        if a and b and j > tk.BLANK and k > tk.BLANK and (j in formal or k in formal)
    )
