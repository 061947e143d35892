"""Exact numbers <-> text: how the embedded world writes a value, and how a check reads one back.

Values are `int` or `Fraction`, never `float`. `tex` and `surd` write answers (LaTeX-light, lowest
terms, one spelling per value); `plain` and `money` write values inside sentences; `read` gives an
answer back as a sympy number, or None for text that is not one.
"""

import math
import re
from fractions import Fraction
from tokenize import TokenError
from typing import Any

Number = int | Fraction

# Two operators in a row would reach sympy as a power, and a tower of those never ends.
_READABLE = re.compile(r"(?:[0-9]|[-+.(){} ]|[×÷/](?! *[×÷/])|\\frac|\\sqrt){1,200}")
_SYMPY_NAMES = (
    ("\\frac{", "("), ("\\sqrt{", "sqrt("), ("{", "("), ("}", ")"), ("×", "*"), ("÷", "/")
)  # fmt: skip
_JUXTAPOSED = re.compile(r"([0-9})])(?=\\sqrt|\\frac)")


def tidy(value: Number) -> Number:
    """A whole fraction becomes an int."""
    return value.numerator if value.denominator == 1 else value


def plain(value: Number) -> str:
    """`3/4`, `-7`: the way a value stands in a sentence."""
    return str(value)


def operand(text: str) -> str:
    """The text of a value as it stands after an operator: negative ones in brackets."""
    return f"({text})" if text.startswith("-") else text


def tex(value: Number) -> str:
    r"""`-\frac{3}{4}`, `12`."""
    return _over(str(abs(value.numerator)), value.denominator, "-" if value < 0 else "")


def money(value: Number) -> str:
    """`42.50`, `42`, `0.125`; a value whose decimals never end stays a fraction."""
    if value.denominator == 1:
        return plain(value)
    places = next((n for n in range(2, 9) if (value * 10**n).denominator == 1), 0)
    if not places:
        return plain(value)
    dollars, rest = divmod(abs(value * 10**places).numerator, 10**places)
    return f"{'-' if value < 0 else ''}{dollars}.{rest:0{places}d}"


def surd(base: Fraction, scale: Fraction, radicand: int) -> str:
    r"""base + scale * sqrt(radicand) as one fraction: `\frac{3-2\sqrt{5}}{4}`."""
    if radicand == 1 or scale == 0:
        return tex(tidy(base + scale))
    below = math.lcm(base.denominator, scale.denominator)
    whole, times = (base * below).numerator, (scale * below).numerator
    root = ("" if abs(times) == 1 else str(abs(times))) + rf"\sqrt{{{radicand}}}"
    if whole == 0:
        return _over(root, below, "-" if times < 0 else "")
    return _over(f"{whole}{'-' if times < 0 else '+'}{root}", below)


def split_root(value: int) -> tuple[int, int]:
    """(k, r) with value = k * k * r and r free of squares; value > 0."""
    outside, inside, rest, factor = 1, 1, value, 2
    while factor**3 <= rest:
        while rest % (factor * factor) == 0:
            outside, rest = outside * factor, rest // (factor * factor)
        if rest % factor == 0:
            inside, rest = inside * factor, rest // factor
        factor += 1
    root = math.isqrt(rest)  # what is left has at most two prime factors
    return (outside * root, inside) if root * root == rest else (outside, inside * rest)


def read(text: str) -> Any | None:
    r"""The sympy number that `-\frac{3}{4}`, `2+\sqrt{3}` or `3 + 4 × 5` spells, or None."""
    from sympy import SympifyError  # here, not above: a solver that never checks need not wait
    from sympy.parsing.sympy_parser import parse_expr, rationalize, standard_transformations

    if not _READABLE.fullmatch(text):
        return None
    spelled = _JUXTAPOSED.sub(r"\1*", text).replace("}{", ")/(")
    for tex_name, name in _SYMPY_NAMES:
        spelled = spelled.replace(tex_name, name)
    try:
        return parse_expr(spelled, transformations=(*standard_transformations, rationalize))
    except (SympifyError, SyntaxError, TypeError, TokenError):
        return None


def rational(text: str) -> Fraction | None:
    """The fraction or whole number a text spells; None for anything else."""
    value = read(text)
    return Fraction(int(value.p), int(value.q)) if value is not None and value.is_Rational else None


def whole(text: str) -> int | None:
    """The whole number a text spells; None for anything else."""
    value = rational(text)
    return value.numerator if value is not None and value.denominator == 1 else None


def _over(above: str, below: int, sign: str = "") -> str:
    return f"{sign}{above}" if below == 1 else rf"{sign}\frac{{{above}}}{{{below}}}"
