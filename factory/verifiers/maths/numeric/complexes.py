"""Complex numbers of libmp, pairs of raw floats; their size, a tree's, and what is no number."""

from fractions import Fraction
from typing import Any

from mpmath import libmp

Complex = tuple[Any, Any]
MAX_BITS = 6000  # of a value's magnitude
ROUND = "n"
ZERO: Complex = (libmp.fzero, libmp.fzero)
ONE: Complex = (libmp.fone, libmp.fzero)


class Unreadable(Exception):
    """Not an expression of the kind this tier evaluates."""


class Undefined(Unreadable):
    """Not a real number at this point."""


def rational(value: Fraction, bits: int) -> Complex:
    return libmp.from_rational(value.numerator, value.denominator, bits, ROUND), libmp.fzero


def whole(value: Any) -> int:
    """The nearest whole number."""
    return int(libmp.to_int(value, "n") or 0)


def magnitude(value: Complex) -> int:
    """The exponent of two of the larger part; hugely negative for zero."""
    return max(part[2] + part[3] if part[1] else -(10**9) for part in value)


def finite(value: Complex) -> bool:
    return all(part[1] or part == libmp.fzero for part in value)


def negative(value: Complex) -> bool:
    return value[1] == libmp.fzero and bool(value[0][0])


def height(tree: tuple[Any, ...]) -> int:
    """Without recursion: whatever walks the tree later recurses this deep."""
    level, height = [tree], 0
    while level:
        height += 1
        level = [part for node in level for part in node[1:] if isinstance(part, tuple)]
    return height


def proper(tree: tuple[Any, ...]) -> bool:
    """Whether a fraction makes a mixed number with the whole number before it."""
    parts = tree[1:]
    return tree[0] == "/" and all(
        part[0] == "number" and part[1].denominator == 1 for part in parts
    )
