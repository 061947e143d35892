r"""Answers that stand for many: general solutions in an integer k, and terms with free constants.

x = \pi/2 + k\pi is the set of its values for every integer k, so two such answers are compared as
residues of their common period. y = Ax + B is the space of its values for all A and B:
antiderivatives and solutions of differential equations are the same when they span the same
functions.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from math import gcd, lcm

from factory.verifiers.maths import naming, numeric
from factory.verifiers.maths.decision import Decision
from factory.verifiers.maths.shape import outermost, shape_of

MOST = 200  # residues of one period
_K = re.compile(r"(?<![\\a-zA-Z])k(?![a-zA-Z])")
_NAMED = re.compile(r"([a-z](?:_\w)?|\\[a-z]{2,7}|\([a-z](?:,[a-z])+\))=(.+)")
_SURE = re.compile(r"C|[Cc]_\d")
_CONSTANT = re.compile(r"[CcKABDk]|[ABCcD]_\d")
_SOLVED = re.compile(r"[yfu](?:\([a-z]\))?=")
_LEVEL = re.compile(r"([^=,]+)=[CcK]")
_ENDS = {"()", "[]", "(]", "[)"}
_TINY = Fraction(1, 2**80)
_FIXED = 1 << 240

Line = tuple[Fraction, Fraction]  # the value at k = 0, and what every step of k adds


def told(gold: str, given: str, *, whole: bool, real: bool) -> Decision | None:
    r"""What this says of two answers; one may be said to hold for every whole k, or every real c.

    Otherwise 2k and 2k+2 are two answers, and only where \pi tells of periods one set of values.
    """
    if gold == given:
        return None
    if (whole or ("\\pi" in gold and "\\pi" in given)) and (decision := _integers(gold, given)):
        return decision
    bare = naming.unnamed(gold, given)
    solved = all(map(_SOLVED.match, (gold, given)))
    return _constants(*bare, general=real or solved) or _levels(gold, given)


def _integers(gold: str, given: str) -> Decision | None:
    """Two general solutions, as sets of numbers or of points."""
    kinds = {shape[0] for text in (gold, given) if (shape := shape_of(text))}
    if not _K.search(gold) or not _K.search(given) or len(kinds & _ENDS) > 1:
        return None
    try:
        one, other = _lines(gold), _lines(given)
        points = [len(family) > 1 for family in (*one, *other)]
        if any(points):
            lone = len(one) == len(other) == 1 and len(one[0]) == len(other[0])
            same = _same_points(one[0], other[0]) if lone else None
        else:
            same = _same_residues([line for [line] in one], [line for [line] in other])
    except numeric.Unreadable:
        return None
    if same is None:
        return None
    return Decision("same" if same else "different", "numeric", "values for every integer k")


def _lines(text: str) -> list[list[Line]]:
    """The families of `text`: each one line, or one for every coordinate."""
    parts = outermost(text, ",")
    named = [_NAMED.fullmatch(part) for part in parts]
    names = {found[1] for found in named if found}
    if len(parts) > 1 and len(names) == len(parts):
        return [[_line(found[2]) for found in named if found]]
    bare = [found[2] if found else part for found, part in zip(named, parts, strict=True)]
    shape = shape_of(",".join(bare))
    if shape and shape[0] in _ENDS:
        return [[_line(part) for part in shape[1]]]
    if shape and shape[0] in ("list", "{}"):
        return [[_line(part)] for part in shape[1]]
    return [[_line(bare[0])]]


def _line(text: str) -> Line:
    """A term that is linear in k and has no other letter."""
    if numeric.letters_of(text) - {"k"}:
        raise numeric.Unreadable
    start, *later = (numeric.real_at(text, {"k": Fraction(k)}) for k in (0, 1, 2, -5))
    step = later[0] - start
    bent = [abs(value - start - k * step) for value, k in zip(later, (1, 2, -5), strict=True)]
    if max(bent) > _TINY * (abs(start) + abs(step) + 1):
        raise numeric.Unreadable
    return start, step


def _same_points(one: Sequence[Line], other: Sequence[Line]) -> bool | None:
    lead = next((at for at, line in enumerate(one) if line[1]), None)
    if lead is None or not other[lead][1]:
        return None
    sign = 1 if one[lead][1] * other[lead][1] > 0 else -1
    shift = (other[lead][0] - one[lead][0]) / one[lead][1]
    whole = round(shift)
    gaps = [abs(b - sign * d) for (_, b), (_, d) in zip(one, other, strict=True)]
    gaps += [abs(a + whole * b - c) for (a, b), (c, _) in zip(one, other, strict=True)]
    return max(gaps) < _TINY * (1 + abs(shift))


def _same_residues(one: Sequence[Line], other: Sequence[Line]) -> bool | None:
    unit = abs(one[0][1])
    if not all(step for _, step in (*one, *other)):
        return None
    steps = [(abs(step) / unit).limit_denominator(720) for _, step in (*one, *other)]
    far = [
        abs(near * unit - abs(step)) for near, (_, step) in zip(steps, (*one, *other), strict=True)
    ]
    if max(far) > _TINY * unit:
        return False if len(one) == len(other) == 1 else None
    period = Fraction(lcm(*(s.numerator for s in steps)), gcd(*(s.denominator for s in steps)))
    if sum(period / step for step in steps) > MOST:
        return None
    sets = [_residues(lines, unit, period) for lines in (one, other)]
    return all(any(_near(a, b, period) for b in sets[1 - at]) for at in (0, 1) for a in sets[at])


def _residues(lines: Sequence[Line], unit: Fraction, period: Fraction) -> list[Fraction]:
    found = []
    for start, step in lines:
        size = (abs(step) / unit).limit_denominator(720)
        found += [(start / unit + j * size) % period for j in range(int(period / size))]
    return found


def _near(one: Fraction, other: Fraction, period: Fraction) -> bool:
    gap = abs(one - other)
    return min(gap, period - gap) < _TINY * (1 + period)


def _constants(gold: str, given: str, *, general: bool) -> Decision | None:
    """Two terms with free constants that span the same functions; what does not is not told."""
    if not re.search(r"[CcABK]", gold) or "=" in gold + given or "," in gold + given:
        return None
    try:
        sides = [numeric.letters_of(text) for text in (gold, given)]
        free = [{name for name in side if _CONSTANT.fullmatch(name)} for side in sides]
        bound = [side - found for side, found in zip(sides, free, strict=True)]
        named = general or (free[0] >= {"A", "B"} and len(bound[0]) == 1)
        sure = named or any(_SURE.fullmatch(name) for name in free[0] | free[1])
        if bound[0] != bound[1] or not bound[0] or not all(free) or not sure:
            return None
        # 2Cx is not Cx, but x+C is x+2C, and y=Cx is y=Kx
        lone = len(free[0]) == 1 and not (general and free[0] != free[1])
        if max(map(len, free)) > 4 or not _same_space((gold, given), free, sorted(bound[0]), lone):
            return None
    except numeric.Unreadable:
        return None
    told = "the same functions for all constants"
    return Decision("same", "numeric", told, frozenset({"name"}))


def _levels(gold: str, given: str) -> Decision | None:
    """x^2+y^2=C and x^2/2+y^2/2=K: the same curves for all constants."""
    terms = [_LEVEL.fullmatch(text) for text in (gold, given)]
    if not terms[0] or not terms[1]:
        return None
    texts = [found[1] for found in terms if found]
    try:
        letters = [numeric.letters_of(text) for text in texts]
        if letters[0] != letters[1] or len(letters[0]) < 2:
            return None
        rows: list[list[Fraction]] = []
        for point in numeric.points(sorted(letters[0])):
            with suppress(numeric.Undefined):
                rows.append([Fraction(1), *(numeric.real_at(text, point) for text in texts)])
    except numeric.Unreadable:
        return None
    same = len(rows) > 4 and _rank(rows) == 2 == _rank([row[:2] for row in rows])
    if not same:
        return None
    told = "the same curves for all constants"
    return Decision("same", "numeric", told, frozenset({"name"}))


def _same_space(
    texts: Sequence[str],
    free: Sequence[set[str]],
    bound: list[str],
    added: bool,
) -> bool:
    """`added`: only where the constants are added to the rest."""
    rows: list[list[Fraction]] = []
    names = [sorted(side) for side in free]
    for point in numeric.points(bound):
        try:
            rows.append(
                [
                    value
                    for text, consts in zip(texts, names, strict=True)
                    for value in _affine(text, consts, point)
                ]
            )
        except numeric.Undefined:
            continue
    first = len(names[0])
    if len(rows) < first + len(names[1]) + 2:
        raise numeric.Unreadable
    one = [row[1 : first + 1] for row in rows]
    other = [row[first + 2 :] for row in rows]
    if added and any(_difference(value, side[0][0]) for side in (one, other) for [value] in side):
        return False
    apart = [[_difference(row[0], row[first + 1])] for row in rows]
    if not all(any(row[at] for row in side) for side in (one, other) for at in range(len(side[0]))):
        raise numeric.Unreadable  # a constant that adds nothing was not understood
    rank = _rank(one)
    both = [[*a, *b] for a, b in zip(one, other, strict=True)]
    shifted = [[*a, *b] for a, b in zip(one, apart, strict=True)]
    return rank == _rank(other) == _rank(both) == _rank(shifted)


def _difference(one: Fraction, other: Fraction) -> Fraction:
    """Without the noise of rounding."""
    gap = one - other
    return gap if abs(gap) > _TINY * (abs(one) + abs(other)) else Fraction(0)


def _affine(text: str, consts: list[str], point: dict[str, Fraction]) -> list[Fraction]:
    """At one point: the value without constants, and what each constant adds."""

    def at(**values: int) -> Fraction:
        zeros = dict.fromkeys(consts, Fraction(0))
        given = {name: Fraction(value) for name, value in values.items()}
        return numeric.real_at(text, {**point, **zeros, **given})

    base = at()
    slopes = [at(**{name: 1}) - base for name in consts]
    for sign in (1, -1):
        trial = {name: sign * (3 + 2 * index) for index, name in enumerate(consts)}
        told = base + sum(trial[name] * slope for name, slope in zip(consts, slopes, strict=True))
        value = at(**trial)
        if abs(told - value) > _TINY * (abs(value) + abs(base) + 1):
            raise numeric.Unreadable
    return [base, *slopes]


def _rank(rows: list[list[Fraction]]) -> int:
    """The rank of a small matrix of long decimals, by elimination with the largest pivots."""
    columns = [_scaled([row[at] for row in rows]) for at in range(len(rows[0]))]
    matrix = [list(row) for row in zip(*columns, strict=True)]
    rank = 0
    for _ in columns:
        places = [(abs(value), r, c) for r, row in enumerate(matrix) for c, value in enumerate(row)]
        size, r, c = max(places, default=(0, 0, 0))
        if size < _FIXED >> 80:
            break
        pivot = matrix.pop(r)
        matrix = [
            [value - row[c] * pivot[at] // pivot[c] for at, value in enumerate(row)]
            for row in matrix
        ]
        rank += 1
    return rank


def _scaled(column: list[Fraction]) -> list[int]:
    most = max(map(abs, column))
    return [int(value / most * _FIXED) if most else 0 for value in column]
