"""Whether two texts state one problem: what keeps them apart, or how alike they are.

Two texts that differ in a numeral, a sign, a variable or a word that excludes the other's are two
problems, however alike. Who rewords a problem changes many words, who makes another one of it few:
so a pair that is the same but for an edit or two is one only where the edit is harmless. Other
pairs are one from a likeness on that falls with the mathematics they share: four numerals of two
digits say more than any wording. Measured on pairs written by hand and on 22 thousand real
problems, with their answers as judge: `just bench dedup`.
"""

from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations
from typing import NamedTuple

from factory.likeness.facts import (
    DIGITS,
    LENIENT,
    NOT,
    PERCENT,
    SMALL,
    STRICT,
    Facts,
    excludes,
    synonyms,
)
from factory.likeness.typos import mended

MANY, LONG = 40, 2_000  # numerals, tokens: beyond them places are not compared
FEW = 2  # edits: those who reword make more
CLAUSE = 3  # tokens: so many move together where a clause does
FORMULA = 0.6  # share of neighbours in formulas that stay
TOLD, ASKED = 0.75, 0.6  # how alike a story is that is the same, a question that is another
UNLIKE = "too little in common"  # so begins the reason of two texts of which nothing is known
CROSSED = 1.2  # of 2: how alike the places of two numerals are once they are exchanged
MOST, LEAST, FALL = 0.85, 0.35, 0.16  # likeness wanted: without shared mathematics, at all, a unit


class Judgement(NamedTuple):
    """The verdict on a pair, its likeness from 0 to 1, and what decided."""

    same: bool
    apart: bool  # by their mathematics: not even a third text joins them
    score: float
    reason: str


def judge(one: Facts, other: Facts) -> Judgement:
    """Whether two texts state one problem; the same whichever comes first."""
    one, other = mended(one, other)
    score = likeness(one, other)
    against = contradiction(one, other)
    edits = None if against else few_edits(one, other)
    if reason := against or altered(one, other, edits):
        return Judgement(same=False, apart=True, score=score, reason=reason)
    if reason := dispute(one, other) or reworded(one, other, edits):
        return Judgement(same=False, apart=False, score=score, reason=reason)
    wanted = max(LEAST, MOST - FALL * evidence(one, other))
    if score < wanted:
        reason = f"{UNLIKE}: {score:.2f} of {wanted:.2f}"
        return Judgement(same=False, apart=False, score=score, reason=reason)
    reason = "the same mathematics in other words"
    return Judgement(same=True, apart=False, score=score, reason=reason)


def contradiction(one: Facts, other: Facts) -> str | None:
    """What keeps two texts apart, however they are worded; None where nothing does."""
    for name, a, b in (
        ("numeral", one.numerals, other.numerals),
        ("sign", one.signs, other.signs),
        ("variable", one.variables, other.variables),
    ):
        if (a - b) and (b - a):
            return f"another {name}"
    percent = bool(one.signs[PERCENT]) != bool(other.signs[PERCENT])
    if percent or STRICT & _either(one.signs, other.signs).keys():
        return "a sign more"
    known = one.numerals & other.numerals
    more = _either(one.numerals, other.numerals)
    if any(n not in SMALL and n not in known for n in more):
        return "a numeral more"
    if any(n in _either(one.formal, other.formal) for n in more):
        return "another numeral in a formula"
    both, either = one.joints & other.joints, one.joints | other.joints
    if one.joints and other.joints and both.total() < FORMULA * either.total() > 3:
        return "another formula"
    return "numerals changed places" if _exchanged(one, other) else None


def dispute(one: Facts, other: Facts) -> str | None:
    """What in their words speaks against one problem; None where nothing does."""
    for number in one.sides.keys() & other.sides.keys():
        a, b = one.sides[number], other.sides[number]
        if (a - b) and (b - a):
            return "words that exclude each other"
    if one.negations != other.negations and likeness(one, other) >= TOLD:
        return "another thing denied"
    if _share(one.story, other.story) >= TOLD and _asks_else(one, other):
        return "another question about the same"
    return None


def _asks_else(one: Facts, other: Facts) -> bool:
    """Whether each question has words that the other has not, and they share few."""
    gone, come = one.question - other.question, other.question - one.question
    return bool(gone and come) and _share(one.question, other.question) < ASKED


def _share(one: Counter[int], other: Counter[int]) -> float:
    """The weighted Jaccard index; 0 where one of them says nothing."""
    return (one & other).total() / (one | other).total() if one and other else 0.0


def _either(one: Counter[int], other: Counter[int]) -> Counter[int]:
    """What only one of the two has."""
    return (one - other) + (other - one)


def _exchanged(one: Facts, other: Facts) -> bool:
    """Whether two numerals stand each where the other stood."""
    if one.order == other.order:
        return False
    both = sorted(one.numerals.keys() & other.numerals.keys())
    once = [n for n in both if one.numerals[n] == other.numerals[n] == 1][:MANY]
    for a, b in combinations(once, 2):
        straight = _alike(one, other, a, a, b) + _alike(one, other, b, b, a)
        crossed = _alike(one, other, a, b, b) + _alike(one, other, b, a, a)
        if crossed > straight and crossed >= CROSSED:
            return True
    return False


def _alike(one: Facts, other: Facts, a: int, b: int, rival: int) -> float:
    """How alike the places of numeral `a` in one text and `b` in the other are."""
    x, y = one.around[a][0] - {a, b, rival}, other.around[b][0] - {a, b, rival}
    return len(x & y) / max(len(x | y), 1)


Edits = list[tuple[tuple[int, ...], tuple[int, ...]]]  # what goes and what comes, by place


def few_edits(one: Facts, other: Facts) -> Edits | None:
    """The edits between two texts that are the same but for a few; None where there are more."""
    first, second = sorted((one.told, other.told))
    if max(len(first), len(second)) > LONG:
        return None
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    codes = [places for op, *places in matcher.get_opcodes() if op != "equal"]
    return [(first[a:b], second[c:d]) for a, b, c, d in codes] if len(codes) <= FEW else None


def altered(one: Facts, other: Facts, edits: Edits | None) -> str | None:
    """Of two texts that are the same but for few edits: how they change the mathematics."""
    if edits is None:
        return None
    signs = _either(one.signs, other.signs).keys() - LENIENT
    if signs or one.negations != other.negations or _either(one.numerals, other.numerals):
        return "nearly the same text, other mathematics"
    if one.variables.keys() ^ other.variables.keys():
        return "nearly the same text, other variables"
    if one.order != other.order and _alone(one, edits):
        return "nearly the same text, numerals changed places"
    return None


def _alone(one: Facts, edits: Edits) -> bool:
    """Whether numerals that changed places did so alone: with their clause or verb they may."""
    longest = max((len(side) for edit in edits for side in edit), default=0)
    replaced = any(all(not one.numerals.keys().isdisjoint(side) for side in e) for e in edits)
    return longest < 2 or (replaced and longest < CLAUSE)


def reworded(one: Facts, other: Facts, edits: Edits | None) -> str | None:
    """Of two texts that are the same but for few edits: the changed word that makes them two."""
    if edits is None:
        return None
    if len(one.told) == len(other.told):
        changed = [pair for pair in zip(one.told, other.told, strict=True) if pair[0] != pair[1]]
        if len(changed) == 2 and changed[0] == changed[1][::-1]:
            return "nearly the same text, two words changed places"
    small: Counter[int] = Counter()
    replaced: set[tuple[int, int]] = set()
    for out, come in edits:
        if len(out) == len(come) and all(map(synonyms, out, come)):
            continue
        if NOT in out or NOT in come:
            return "nearly the same text, another thing denied"
        small.update(t for t in out if t < GROUPS)
        small.subtract(t for t in come if t < GROUPS)
        if len(out) == len(come):
            replaced.update(zip(out, come, strict=True))
    if any(small.values()):
        return "nearly the same text, another relation"
    if any((b, a) in replaced for a, b in replaced):
        return "nearly the same text, two words changed places"
    known = one.words.keys() & other.words.keys()
    if any((a in known and b in known) or excludes(a) or excludes(b) for a, b in replaced):
        return "nearly the same text, another thing meant"
    gone, come = _asked_only(one, other), _asked_only(other, one)
    if (gone and come) or any(excludes(word) for word in gone | come):
        return "nearly the same text, another question"
    return None


def _asked_only(one: Facts, other: Facts) -> set[int]:
    """What one text asks for and the other does not say at all."""
    return (one.question & one.words).keys() - other.words.keys()


GROUPS = 64  # hashes are larger, groups of pivots smaller


def likeness(one: Facts, other: Facts) -> float:
    """How alike words and mathematics are, 0 to 1: the weighted Jaccard index."""
    return _share(one.words + one.maths, other.words + other.maths)


def evidence(one: Facts, other: Facts) -> float:
    """What the shared mathematics says: 1 a numeral of two digits and more, less a small one."""
    formulas = 0.2 * min((one.joints & other.joints).total(), 10)
    shared = one.numerals & other.numerals
    return formulas + sum(0.25 if n in SMALL else 0.5 if n in DIGITS else 1.0 for n in shared)
