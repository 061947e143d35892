r"""Canonical text -> exact rational, and when two of them are the same answer.

Reads integers, decimals, repeating decimals, fractions, mixed numbers, powers and scientific
notation. Nothing is evaluated: every form is one pattern, and digits and exponents are capped, so
a tower of exponents is simply not a number here.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

MAX_EXPONENT = 1000
_DECIMAL = r"(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})"
_OVERLINE = r"(?:\\overline|\\bar|\\dot)\{(\d{1,100})\}"
_FRACTION = rf"(?:\\frac\{{([-+]?{_DECIMAL})\}}\{{([-+]?{_DECIMAL})\}}|({_DECIMAL})/({_DECIMAL}))"
_PLAIN = re.compile(_DECIMAL)
_REPEATING = re.compile(rf"(\d{{1,100}})\.(\d{{0,100}}){_OVERLINE}")
_QUOTIENT = re.compile(_FRACTION)
_MIXED = re.compile(rf"(\d{{1,100}})(?: |(?=\\)){_FRACTION}")
_POWER = re.compile(rf"(?:({_DECIMAL})\\cdot ?)?({_DECIMAL})\^(?:(\d)|\{{([-+]?\d{{1,4}})\}})")
_E_NOTATION = re.compile(rf"({_DECIMAL})[eE]([-+]?\d{{1,4}})")


@dataclass(frozen=True, slots=True)
class Number:
    """A value; `ulp` is one unit in its last written place, None when it was written exactly."""

    value: Fraction
    ulp: Fraction | None = None
    digits: int = 0
    endless: bool = False

    def times(self, size: Fraction) -> "Number":
        """The value in another unit, as precise as before."""
        return Number(self.value * size, self.ulp and self.ulp * size, self.digits, self.endless)


def irrational(value: str) -> Number:
    """A value known only as a long decimal, of which no finite decimal is the exact spelling."""
    return Number(Fraction(value), endless=True)


def parse(text: str) -> Number | None:
    """The number that `text` writes, or None."""
    sign = -1 if text.startswith("-") else 1
    body = text[1:] if text[:1] in ("-", "+") else text
    if body.startswith("(") and body.endswith(")") and "(" not in body[1:]:
        body = body[1:-1]
    if not body or len(body) > 1000 or not (body[0].isdigit() or body[0] in "\\."):
        return None
    try:
        number = _unsigned(body)
    except ZeroDivisionError:
        return None
    return number and Number(sign * number.value, number.ulp, number.digits)


def _unsigned(text: str) -> Number | None:
    if _PLAIN.fullmatch(text):
        return _decimal(text)
    if found := _QUOTIENT.fullmatch(text):
        return Number(_quotient(found.groups()))
    if found := _MIXED.fullmatch(text):
        return Number(int(found[1]) + _quotient(found.groups()[1:]))
    if found := _POWER.fullmatch(text):
        return _scaled(found[1], found[2], int(found[3] or found[4]))
    if found := _E_NOTATION.fullmatch(text):
        return _scaled(found[1], "10", int(found[2]))
    if found := _REPEATING.fullmatch(text):
        return Number(_repeating(*found.groups()))
    return None


def _decimal(text: str) -> Number:
    whole, _, places = text.partition(".")
    if not places:
        return Number(Fraction(int(whole)))
    digits = (whole + places).lstrip("0")
    return Number(
        Fraction(int(whole + places), 10 ** len(places)),
        Fraction(1, 10 ** len(places)),
        len(digits),
    )


def _quotient(groups: tuple[str | None, ...]) -> Fraction:
    top, bottom = (part for part in groups if part is not None)
    return Fraction(top) / Fraction(bottom)


def _repeating(whole: str, places: str, cycle: str) -> Fraction:
    nines = (10 ** len(cycle) - 1) * 10 ** len(places)
    return Fraction(int(whole + places), 10 ** len(places)) + Fraction(int(cycle), nines)


def _scaled(factor: str | None, base: str, exponent: int) -> Number | None:
    if abs(exponent) > MAX_EXPONENT or len(base) > 20:
        return None
    scale = Fraction(base) ** exponent
    number = _decimal(factor) if factor else Number(Fraction(1))
    return Number(number.value * scale, number.ulp and number.ulp * scale, number.digits)


def same(gold: Number, given: Number) -> bool:
    """Equal, or equal as far as a decimal can be: see the rounding rule of the policy."""
    gap = abs(gold.value - given.value)
    if gap == 0:
        return True
    decimals = [number for number in (gold, given) if number.ulp is not None]
    if any(number.digits >= 12 for number in decimals) and gap <= abs(gold.value) / 10**9:
        return True  # the noise of binary floating point: 17.999999999999996
    if decimals and all(number.digits >= 6 for number in decimals):
        return gap < max(number.ulp for number in decimals if number.ulp)
    if gold.ulp and given.ulp and gold.digits >= 4 and given.digits >= max(6, gold.digits + 2):
        return gap <= gold.ulp / 2  # 3.14159 for 3.142
    rounded = gold.ulp is not None and gold.digits >= 3 and given.ulp is None
    return rounded and _endless(given) and gap <= (gold.ulp or 0) / 2


def _endless(number: Number) -> bool:
    """Whether no finite decimal writes this value, so that a decimal gold had to round it."""
    rest = number.value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return number.endless or rest > 1
