"""How a result is looked at another way: what to compute from it, what comes out and what should.

Pure functions of a computation and the value it gave. `inverse` exposes every wrong value;
`last_digit` is the quick look people take, and lets many a slip through.
"""

from fractions import Fraction
from typing import NamedTuple

from factory.world.notation import Number, tidy


class Check(NamedTuple):
    """`left sign right` gives `found`; the value holds if that is `wanted`."""

    left: Number
    sign: str
    right: Number
    found: Number
    wanted: Number


def inverse(a: Number, sign: str, b: Number, value: Number) -> Check | None:
    """Undo the computation; None where nothing undoes it."""
    if sign == "+":
        return Check(value, "-", b, tidy(Fraction(value - b)), a)
    if sign == "-":
        return Check(value, "+", b, tidy(Fraction(value + b)), a)
    if sign == "÷":
        return Check(value, "×", b, tidy(Fraction(value * b)), a)
    if b == 0:
        return None
    if sign == "mod":
        return Check(a - value, "÷", b, tidy(Fraction(a - value) / b), a // b)
    return Check(value, "÷", b, tidy(Fraction(value) / b), a)


def last_digit(a: Number, sign: str, b: Number, value: Number) -> Check | None:
    """The last digits alone, for sums and products of whole numbers above 9."""
    if sign not in ("+", "×") or not all(isinstance(n, int) and n > 9 for n in (a, b, value)):
        return None
    ends = a % 10, b % 10
    digit = (sum(ends) if sign == "+" else ends[0] * ends[1]) % 10
    return Check(ends[0], sign, ends[1], value % 10, digit)
