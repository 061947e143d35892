"""Polynomials with exact coefficients <-> text, and exact arithmetic on them.

A polynomial is the tuple of its coefficients, the constant first, no zero last: x^2 - 3 is
(-3, 0, 1) and 0 is (). The families that work on polynomials share this; none of it can slip.
"""

import random
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import zip_longest

from factory.world.notation import Number, plain, tidy
from factory.world.phrasing import SLOTS

Poly = tuple[Number, ...]

_SPELLED = re.compile(SLOTS["poly"].accepts)
_TERM = re.compile(r"([-+]?)([0-9]*)(x?)(?:\^([2-9]))?")


def spell(poly: Sequence[Number]) -> str:
    """`3x^2 - x + 4`, the way a statement, a sentence and an answer write it."""
    terms = [(power, c) for power, c in enumerate(poly) if c][::-1]
    if not terms:
        return "0"
    first = term(abs(terms[0][1]), terms[0][0])
    rest = (f" {'-' if c < 0 else '+'} {term(abs(c), power)}" for power, c in terms[1:])
    return ("-" if terms[0][1] < 0 else "") + first + "".join(rest)


def term(coefficient: Number, power: int) -> str:
    """`3x^2`, `-x`, `(1/2)x`, `4`."""
    if power == 0:
        return plain(coefficient)
    shown = {1: "", -1: "-"}.get(coefficient, plain(coefficient))  # pyright: ignore
    if isinstance(coefficient, Fraction) and coefficient.denominator > 1:
        shown = f"({shown})"
    return f"{shown}x" + (f"^{power}" if power > 1 else "")


def read_poly(text: str) -> Poly | None:
    """The polynomial with whole coefficients that the text spells, or None."""
    if not _SPELLED.fullmatch(text):
        return None
    coefficients = [0] * 10
    for sign, digits, x, power in _TERM.findall(text.replace(" ", "")):
        if digits or x:
            coefficients[int(power or bool(x))] += int(f"{sign}{digits or 1}")
    return trimmed(coefficients)


def poly_of(value: int | str) -> Poly:
    """The polynomial of a parameter, which a phrasing has read and so is one."""
    return read_poly(str(value)) or ()


def drawn(rng: random.Random, degree: int, size: int) -> Poly:
    """A polynomial of that degree, coefficients up to `size`, leading one positive; few zeros."""
    inner = (rng.randint(1, size) * rng.choice((-1, 1, 1)) for _ in range(degree))
    return (*inner, rng.randint(1, size))


def trimmed(coefficients: Iterable[Number]) -> Poly:
    """Without zeros at the top, whole numbers as ints."""
    kept = [tidy(c) for c in coefficients]
    while kept and kept[-1] == 0:
        kept.pop()
    return tuple(kept)


def plus(p: Poly, q: Poly, times_q: Number = 1) -> Poly:
    """p + times_q * q."""
    return trimmed(a + times_q * b for a, b in zip_longest(p, q, fillvalue=0))


def times(p: Poly, q: Poly) -> Poly:
    """p * q."""
    product: list[Number] = [0] * (len(p) + len(q))
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            product[i + j] += a * b
    return trimmed(product)


def at(poly: Poly, x: Number) -> Number:
    """The value at x."""
    value: Number = 0
    for coefficient in reversed(poly):
        value = value * x + coefficient
    return tidy(value)


def derived(poly: Poly) -> Poly:
    """The derivative."""
    return trimmed(power * c for power, c in enumerate(poly))[1:]


def antiderived(poly: Poly) -> Poly:
    """The antiderivative that is 0 at 0."""
    return trimmed([0, *(Fraction(c) / (power + 1) for power, c in enumerate(poly))])


def divided(above: Poly, below: Poly) -> tuple[Poly, Poly]:
    """Quotient and remainder; below is not 0."""
    quotient: Poly = ()
    while len(above) >= len(below):
        step = (0,) * (len(above) - len(below)) + (Fraction(above[-1]) / below[-1],)
        quotient, above = plus(quotient, step), plus(above, times(step, below), -1)
    return quotient, above
