r"""Functions given by cases, compared by value: on both sides of every boundary and on it."""

import re
from fractions import Fraction

from factory.verifiers.maths import numeric, ranges
from factory.verifiers.maths.decision import Ask, Decision
from factory.verifiers.maths.shape import outermost, shape_of

_ABOUT = re.compile(
    r"[,&(<>=] ?(?:if )?([a-z])(?=[<>=]|\\(?:le|ge|ne))"
)  # what a condition is about
_EVERYWHERE: tuple[ranges.Ends, ...] = ((None, False, None, False),)
_ELSE = ("otherwise", "else", "elsewhere", "")
_AROUND = tuple(Fraction(n, 97) for n in (-100_000, -971, -101, -3, 0, 3, 101, 971, 100_000))

Row = tuple[str, list[ranges.Ends]]  # what holds, and where


def rule(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """Cases against cases, or against one expression."""
    if "cases" not in gold + given:
        return None
    try:
        one, other = _rows(gold), _rows(given)
        if one is None or other is None:
            return None
        letters = sorted(
            {name for text, _ in one + other for name in numeric.letters_of(text)}
            | {name for side in (gold, given) for name in _ABOUT.findall(side)}
        )
        if len(letters) > 1:
            return None
        same = _alike(one, other, letters[0] if letters else "x")
    except numeric.Unreadable:
        return None
    return Decision("same" if same else "different", "numeric", "cases compared by value")


def _rows(text: str) -> list[Row] | None:
    shape = shape_of(text)
    if shape is None:
        return [(text, list(_EVERYWHERE))]
    if shape[0] != "cases":
        return None
    rows: list[Row] = []
    for part in shape[1]:
        value, *conditions = outermost(part[1:-1], ",")
        told = ",".join(conditions).strip(" ()")
        where = list(_EVERYWHERE) if told in _ELSE else ranges.ends(told)
        if where is None:
            return None
        rows.append((value, where))
    return rows


def _alike(one: list[Row], other: list[Row], letter: str) -> bool:
    bounds = {
        end
        for _, where in (*one, *other)
        for low, _, high, _ in where
        for end in (low, high)
        if end is not None
    }
    points = sorted({bound + step for bound in bounds or {Fraction(0)} for step in _AROUND})
    return all(_equal(_value(one, letter, point), _value(other, letter, point)) for point in points)


def _equal(one: Fraction | None, other: Fraction | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= Fraction(1, 10**30) * max(abs(one), abs(other))


def _value(rows: list[Row], letter: str, point: Fraction) -> Fraction | None:
    """None where no case holds or the function is not real."""
    for text, where in rows:
        if any(_within(point, ends) for ends in where):
            try:
                return numeric.real_at(text, {letter: point})
            except numeric.Undefined:
                return None
    return None


def _within(point: Fraction, ends: ranges.Ends) -> bool:
    low, low_in, high, high_in = ends
    above = low is None or point > low or (low_in and point == low)
    return above and (high is None or point < high or (high_in and point == high))
