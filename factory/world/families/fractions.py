"""Sums, differences, products and quotients of fractions, to lowest terms."""

import math
import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, plain, read, tex
from factory.world.phrasing import Params

DOMAIN = "arithmetic"
LEVELS = ("elementary", "elementary", "middle", "middle", "middle")
PHRASINGS = (
    "Compute {sum:ratios} and give the result in lowest terms.",
    "What is {sum:ratios}? Write the answer as a fraction in lowest terms.",
    "Simplify {sum:ratios}.",
    "Evaluate {sum:ratios} as a single reduced fraction.",
)

_SIZES = ((2, 6), (2, 12), (3, 12), (3, 20), (4, 30))


def draw(rng: random.Random, difficulty: int) -> Params:
    """More and larger fractions; products and quotients from difficulty 3 on."""
    count, size = _SIZES[difficulty - 1]
    signs = [rng.choice("+-" if difficulty < 3 else "+-×÷") for _ in range(count - 1)]
    parts = [_ratio(rng, size)]
    for sign in signs:
        parts += [sign, _ratio(rng, size)]
    return {"sum": " ".join(parts)}


def answer(params: Params) -> str:
    """Products and quotients become one signed term each; the terms are added."""
    total, term = Fraction(0), Fraction(0)
    parts = f"+ {params['sum']}".split()
    for sign, text in zip(parts[::2], parts[1::2], strict=True):
        value = Fraction(text)
        if sign in "×÷":
            term *= value if sign == "×" else 1 / value
        else:
            total, term = total + term, value if sign == "+" else -value
    return tex(total + term)


def check(params: Params, answer: str) -> bool:
    """Sympy reads the expression with its own grammar; the answer must be reduced."""
    bracketed = (f"({part})" if "/" in part else part for part in str(params["sum"]).split())
    value = read("".join(bracketed))
    if value is None or read(answer) != value:
        return False
    return value.q == 1 or answer.endswith(f"{{{value.q}}}")


def solve(params: Params, hand: Hand) -> str:
    """Products and quotients first, then left to right, or all over one common denominator."""
    parts = str(params["sum"]).split()
    terms: list[Number] = [Fraction(parts[0])]
    signs: list[str] = []
    if "×" in parts or "÷" in parts:
        hand.say("Products and quotients come before sums.", "I multiply and divide first.")
    for sign, text in zip(parts[1::2], parts[2::2], strict=True):
        if sign in "×÷":
            terms[-1] = _scaled(hand, terms[-1], sign, Fraction(text))
        else:
            signs, terms = [*signs, sign], [*terms, Fraction(text)]
    if len(terms) > 2 and hand.likes():
        return tex(_over_one(hand, terms, signs))
    total = terms[0]
    for sign, term in zip(signs, terms[1:], strict=True):
        total = _joined(hand, total, sign, term)
    return tex(total)


def _over_one(hand: Hand, terms: list[Number], signs: list[str]) -> Number:
    below = math.lcm(*(term.denominator for term in terms))
    hand.say(f"One denominator for all of them is {below}.", f"I put everything over {below}.")
    tops = [hand.multiply(term.numerator, below // term.denominator) for term in terms]
    rest = (f" {sign} {top}/{below}" for sign, top in zip(signs, tops[1:], strict=True))
    hand.state(f"The sum is {tops[0]}/{below}{''.join(rest)}.")
    total = tops[0]
    for sign, top in zip(signs, tops[1:], strict=True):
        total = hand.add(total, top) if sign == "+" else hand.subtract(total, top)
    return _reduced(hand, total, below)


def _scaled(hand: Hand, a: Number, sign: str, b: Fraction) -> Number:
    if sign == "÷":
        hand.say(f"Dividing by {b} is multiplying by its reciprocal.", f"Flip {b} and multiply.")
        b = b if hand.errs("divisor not flipped") else 1 / b
    if b.numerator and a.numerator and hand.likes():
        return _cancelled(hand, a, b)
    top = hand.multiply(a.numerator, b.numerator)
    bottom = hand.multiply(a.denominator, b.denominator)
    hand.state(f"{plain(a)} × {plain(b)} = {top}/{bottom}.")
    return _reduced(hand, top, bottom)


def _cancelled(hand: Hand, a: Number, b: Fraction) -> Number:
    """Cancel crosswise, then multiply what is left."""
    first, second = Fraction(a.numerator, b.denominator), Fraction(b.numerator, a.denominator)
    hand.say(
        f"I cancel crosswise: {a.numerator}/{b.denominator} = {plain(first)} and"
        f" {b.numerator}/{a.denominator} = {plain(second)}."
    )
    top = hand.multiply(first.numerator, second.numerator)
    bottom = hand.multiply(first.denominator, second.denominator)
    return _reduced(hand, top, bottom)


def _joined(hand: Hand, a: Number, sign: str, b: Number) -> Number:
    if sign == "+" and hand.errs("numerators and denominators added"):
        hand.say("Add the numerators and the denominators.")
        return _reduced(hand, a.numerator + b.numerator, a.denominator + b.denominator)
    below = math.lcm(a.denominator, b.denominator)
    if hand.likes(0.4):
        below = a.denominator * b.denominator  # not the least, but it always works
    hand.say(
        f"A common denominator of {plain(a)} and {plain(b)} is {below}.",
        f"Use denominator {below}.",
    )
    left = hand.multiply(a.numerator, below // a.denominator)
    right = hand.multiply(b.numerator, below // b.denominator)
    hand.state(f"{plain(a)} {sign} {plain(b)} = {left}/{below} {sign} {right}/{below}.")
    top = hand.add(left, right) if sign == "+" else hand.subtract(left, right)
    return _reduced(hand, top, below)


def _reduced(hand: Hand, top: Number, bottom: Number) -> Number:
    if bottom == 0:
        raise hand.doubt("A denominator of 0 cannot be right.")
    value = Fraction(top) / Fraction(bottom)
    if value.numerator == top:
        hand.state(f"That is {plain(value)}.", f"We have {plain(value)}, already in lowest terms.")
    else:
        hand.state(
            f"{top}/{bottom} = {plain(value)}.", f"{top}/{bottom} reduces to {plain(value)}."
        )
    return value


def _ratio(rng: random.Random, size: int) -> str:
    below = rng.randint(2, size)
    above = rng.choice([top for top in range(1, 2 * below) if math.gcd(top, below) == 1])
    return f"{above}/{below}"
