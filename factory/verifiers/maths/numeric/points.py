r"""Two trees at fixed points -> equal, different, or None where that cannot be told.

Real functions are compared where both are real, so \sqrt{xy} equals \sqrt{x}\sqrt{y}, while
\sqrt{x^2} differs from x at the negative points. Precision follows the largest magnitude met; a
difference that neither vanishes nor stands out is looked at again with more bits.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

from mpmath import libmp

from factory.verifiers.maths.numeric.complexes import (
    ZERO,
    Complex,
    Undefined,
    Unreadable,
    finite,
    magnitude,
    rational,
)
from factory.verifiers.maths.numeric.evaluate import Machine
from factory.verifiers.maths.numeric.reader import Tree, read

BITS = (160, 500, 1600, 8000)
GUARD = 24  # bits lost to rounding along the way
ENOUGH = 6  # points of all signs and sizes
FEWEST = 3  # points at which both sides must be defined
MAX_LETTERS = 6
_CONSTANTS = frozenset("ei")
# drawn once: denominators are odd primes, so that no identity holds by accident
_DRAWN = tuple(
    tuple(Fraction(number) for number in row.split())
    for row in (
        "431/997 983/727 1231/619 311/461 1877/743 571/787",
        "-1033/751 1499/647 -521/883 1409/523 -1667/911 853/389",
        "2273/773 -1879/683 617/337 -1361/859 409/907 -2311/797",
        "-11827/503 -7219/877 -13007/641 -9311/449 -8101/967 -12203/571",
        "29297/991 18367/953 23581/701 15991/853 21613/733 31159/887",
        "97/1009 61/887 173/971 89/1013 137/829 53/947",
        # and whole numbers, where (-1)^n is real
        "7 3 5 2 4 6",
        "4 2 3 5 6 7",
        "11 5 6 7 3 4",
        "10 4 2 3 5 6",
        "9 6 4 5 2 3",
    )
)


def alike(gold: str, given: str) -> bool | None:
    """Whether two expressions are equal wherever both are defined."""
    one, other = read(gold), read(given)
    letters = shared_letters(one, other)
    if any("'" in name for name in _letters(one) ^ _letters(other)):
        raise Unreadable  # x' may be a derivative, or another x
    readings = {_alike(one, other, letters, tens) for tens in _bases(one, other)}
    return True if True in readings else None if None in readings else False


def _bases(one: Tree, other: Tree) -> Sequence[bool]:
    r"""A bare \log is natural or to base ten: it may be read either way, by both sides alike."""
    return (False, True) if any("log" in names(tree) for tree in (one, other)) else (False,)


def _alike(one: Tree, other: Tree, letters: Sequence[str], tens: bool) -> bool | None:
    seen = 0
    steps = names(one) | names(other)
    only_whole = bool(steps & {"floor", "ceil"}) and set(letters) <= set("kmnN")
    for point in points(letters):
        if only_whole and any(value.denominator > 1 for value in point.values()):
            continue
        real = bool(letters) and not _imaginary(one, other)
        try:
            if not equal(lambda m: (m.value(one), m.value(other)), point, real=real, tens=tens):
                return False
        except Undefined:
            continue
        seen += 1
        if seen == ENOUGH:
            break
    return True if seen >= (FEWEST if letters else 1) else None


def points(letters: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    """The points to try: fractions of both signs and many sizes, then whole numbers."""
    if not letters:
        yield {}
        return
    for row in _DRAWN:
        yield dict(zip(letters, row, strict=False))


Sides = Callable[[Machine], tuple[Complex, Complex]]


def equal(sides: Sides, point: dict[str, Fraction], *, real: bool, tens: bool = False) -> bool:
    """Equality at one point; raises Undefined or Unreadable."""
    vanished = 0
    for bits in BITS:
        numbers = {k: rational(v, bits) for k, v in point.items()}
        machine = Machine(bits, numbers, real=real, tens=tens)
        one, other = sides(machine)
        gap = libmp.mpc_sub(one, other, bits, "n")
        noise = machine.peak - bits + GUARD
        if noise > -80 and bits < BITS[-1]:
            continue  # numbers too large for this precision
        if magnitude(gap) > noise:
            return False
        size = max(magnitude(one), magnitude(other))
        if gap == ZERO or size > noise + 100:
            return True
        # both are noise, or small by themselves: 2^{-999} and 2^{-998}; noise follows the precision
        vanished += size > noise - 3 * GUARD
        if vanished == 2 or bits == BITS[-1]:
            return True
    raise Unreadable


def _fraction(value: Any) -> Fraction:
    if not finite((value, libmp.fzero)):
        raise Undefined
    return Fraction(*libmp.to_rational(value))


def value_of(text: str) -> Fraction | None:
    """The value of a real constant, to some 40 digits."""
    tree = read(text)
    if shared_letters(tree, tree) or "log" in names(tree):
        return None
    value = Machine(BITS[0], {}, real=False, tens=False).value(tree)
    if value[1] != libmp.fzero:
        return None
    return _fraction(value[0])


def real_at(text: str, point: dict[str, Fraction]) -> Fraction:
    """A real value at a point, to some 40 digits; raises Undefined or Unreadable."""
    numbers = {name: rational(value, BITS[0]) for name, value in point.items()}
    value = Machine(BITS[0], numbers, real=True, tens=False).value(read(text))
    if value[1] != libmp.fzero:
        raise Undefined
    return _fraction(value[0])


def letters_of(text: str) -> set[str]:
    """The letters of an expression but e and i; raises Unreadable."""
    return _letters(read(text))


def proportional(one: tuple[str, str], other: tuple[str, str]) -> int | None:
    """Of two relations l = r: the sign of a constant ratio of their l - r, 0 where none is."""
    trees = [read(side) for side in (*one, *other)]
    letters = shared_letters(*trees)
    if not letters:
        raise Unreadable
    signs: list[int] = []
    first: list[Fraction] = []
    for point in points(letters):
        try:
            signs.append(_ratio_sign(trees, point, first))
        except Undefined:
            continue
        if signs[-1] == 0:
            return 0
        if len(signs) == ENOUGH:
            break
    return signs[0] if len(signs) >= FEWEST and len(set(signs)) == 1 else None


def _ratio_sign(trees: Sequence[Tree], point: dict[str, Fraction], first: list[Fraction]) -> int:
    """The sign of the ratio at a point, 0 where it is not the ratio at the first point."""
    machine = Machine(
        BITS[0], {k: rational(v, BITS[0]) for k, v in point.items()}, real=True, tens=False
    )
    a, b, c, d = (machine.value(tree) for tree in trees)
    top, bottom = (libmp.mpc_sub(p, q, BITS[0], "n") for p, q in ((a, b), (c, d)))
    noise = machine.peak - BITS[0] + GUARD
    if min(magnitude(top), magnitude(bottom)) <= noise or (top[1], bottom[1]) != (libmp.fzero,) * 2:
        raise Undefined
    ratio = _fraction(libmp.mpf_div(top[0], bottom[0], BITS[0], "n"))
    if not first:
        first.append(ratio)
    return 0 if abs(ratio - first[0]) > abs(first[0]) / 2**80 else (1 if ratio > 0 else -1)


def solves(one: tuple[str, str], other: tuple[str, str]) -> bool | None:
    """Whether points on the first equation, a line or parabola in some letter, are on the other."""
    trees = [read(side) for side in (*one, *other)]
    letters = shared_letters(*trees)
    told: list[bool] = []
    for letter in letters:
        for point in points(letters):
            told += _on_both(trees, letter, point)
            if False in told:
                return False
    return True if len(told) >= FEWEST else None


def _on_both(trees: Sequence[Tree], letter: str, point: dict[str, Fraction]) -> list[bool]:
    """For each root of the first equation in the letter, whether it is one of the second."""
    try:
        zero, up, down, far = (
            _gap(trees[:2], {**point, letter: Fraction(n)}) for n in (0, 1, -1, 3)
        )
        square, slope = (up + down) / 2 - zero, (up - down) / 2
        if abs(9 * square + 3 * slope + zero - far) * 2**80 > abs(square) + abs(slope) + abs(zero):
            return []  # neither linear nor quadratic
        return [
            abs(_gap(trees[2:], {**point, letter: root})) < Fraction(1, 2**60)
            for root in _roots(square, slope, zero)
        ]
    except Undefined:
        return []


def _roots(square: Fraction, slope: Fraction, zero: Fraction) -> list[Fraction]:
    """The real roots, to some 100 digits."""
    if abs(square) * 2**80 <= abs(slope):
        return [(-zero / slope).limit_denominator(10**100)] if slope else []
    inside = slope * slope - 4 * square * zero
    if inside < 0 or not square:
        return []
    scaled = isqrt(inside.numerator * 10**240 // inside.denominator)
    size = Fraction(scaled, 10**120)
    return [((sign * size - slope) / (2 * square)).limit_denominator(10**100) for sign in (1, -1)]


def _gap(sides: Sequence[Tree], point: dict[str, Fraction]) -> Fraction:
    machine = Machine(
        BITS[1], {k: rational(v, BITS[1]) for k, v in point.items()}, real=True, tens=False
    )
    left, right = (machine.value(side) for side in sides)
    gap = libmp.mpc_sub(left, right, BITS[1], "n")
    if gap[1] != libmp.fzero:
        raise Undefined
    return _fraction(gap[0])


def shared_letters(*trees: Tree) -> list[str]:
    """The letters of all trees; one that only differs in its case is nobody's choice to make."""
    found = sorted({name for tree in trees for name in _letters(tree)})
    if len(found) > MAX_LETTERS or len({name.lower() for name in found}) < len(found):
        raise Unreadable
    return found


def _letters(tree: Tree) -> set[str]:
    if tree[0] == "letter":
        return {tree[1]} - _CONSTANTS
    inside = {name for part in tree[1:] if isinstance(part, tuple) for name in _letters(part)}
    return inside - {tree[1]} if tree[0] in ("sum", "product") else inside


def names(tree: Tree) -> set[str]:
    """The operators of a tree; `log` only where it has no base."""
    own = {tree[0]} if tree[0] != "log" or len(tree) == 2 else set[str]()
    return own.union(*(names(part) for part in tree[1:] if isinstance(part, tuple)))


def _imaginary(*trees: Tree) -> bool:
    return any("i" in _raw_letters(tree) for tree in trees)


def _raw_letters(tree: Tree) -> set[str]:
    found = {tree[1]} if tree[0] == "letter" else set[str]()
    for part in tree[1:]:
        if isinstance(part, tuple):
            found |= _raw_letters(part)
    return found
