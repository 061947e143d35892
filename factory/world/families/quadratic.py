"""The larger or the smaller root of a quadratic equation: whole, rational or with a square root."""

import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, operand, plain, read, split_root, surd, tex
from factory.world.phrasing import Params, numbers

DOMAIN = "algebra"
LEVELS = ("middle", "high_school", "high_school", "high_school", "high_school")
PHRASINGS = (
    "Find the {which:larger|smaller} root of {a:coef}x^2{b:term}x{c:signed} = 0.",
    "What is the {which:larger|smaller} solution of {a:coef}x^2{b:term}x{c:signed} = 0?",
    "The equation {a:coef}x^2{b:term}x{c:signed} = 0 has two real roots."
    " Give the {which:larger|smaller} one.",
    "Solve {a:coef}x^2{b:term}x{c:signed} = 0."
    " State only the {which:larger|smaller} of the two solutions.",
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Difficulty 1 to 3 start from the roots, 4 and 5 from the coefficients."""
    size = (0, 6, 12, 9, 40, 150)[difficulty]
    m, n, c = (rng.randint(1, size) * rng.choice((-1, 1)) for _ in range(3))
    p, q = (rng.randint(1, 5), rng.randint(2, 5)) if difficulty == 3 else (1, 1)
    a, b, c = (p * q, -(p * n + q * m), m * n) if difficulty <= 3 else (1, 2 * m, c)
    if difficulty == 5:
        a, b = rng.randint(3, 40), m
    if b == 0 or b * b - 4 * a * c <= 0:
        return draw(rng, difficulty)
    return {"which": rng.choice(("larger", "smaller")), "a": a, "b": b, "c": c}


def answer(params: Params) -> str:
    """The quadratic formula."""
    a, b, c = numbers(params, "a", "b", "c")
    outside, inside = split_root(b * b - 4 * a * c)
    step = Fraction(outside, abs(2 * a)) * _side(params)
    return surd(Fraction(-b, 2 * a), step, inside)


def check(params: Params, answer: str) -> bool:
    """Put the root in; the other root is what Vieta leaves."""
    import sympy

    root = read(answer)
    if root is None:
        return False
    a, b, c = numbers(params, "a", "b", "c")
    other = sympy.Rational(-b, a) - root
    side = (root - other) * _side(params)
    return sympy.expand(a * root**2 + b * root + c) == 0 and bool(side > 0)


def solve(params: Params, hand: Hand) -> str:
    """Factor when it is easy and the hand likes to, else complete the square, or the formula."""
    a, b, c = numbers(params, "a", "b", "c")
    pair = _pair(b, c) if a == 1 else None
    if pair and hand.likes(0.6):
        return _factored(params, hand, pair)
    return (_by_square if hand.likes(0.4) else _by_formula)(params, hand)


def _factored(params: Params, hand: Hand, pair: tuple[int, int]) -> str:
    _, b, c = numbers(params, "a", "b", "c")
    m, n = pair
    hand.say(
        f"I look for two numbers with product {c} and sum {b}.",
        f"Can this be factored? I need two numbers that multiply to {c} and add to {b}.",
    )
    if hand.multiply(m, n) != c or hand.add(m, n) != b:
        raise hand.doubt(f"Hmm, {m} and {n} do not fit.")
    hand.state(f"{m} and {n} work, so the left side is {_factor(m)}{_factor(n)}.")
    wrong = hand.errs("roots read with the signs of the factors")
    roots = sorted((m, n) if wrong else (-m, -n))
    hand.state(f"The roots are {roots[0]} and {roots[1]}.")
    total = roots[0] + roots[1]
    hand.confirm(f"the roots add up to {total} and should add up to {-b}", total == -b)
    return str(roots[_side(params) > 0])


def _by_formula(params: Params, hand: Hand) -> str:
    a, b, c = numbers(params, "a", "b", "c")
    hand.say("I use the quadratic formula.", f"Here a = {a}, b = {b}, c = {c}. Apply the formula.")
    square, rest = hand.multiply(b, b), hand.multiply(hand.multiply(4, a), c)
    plus = hand.errs("discriminant with + 4ac")
    disc = hand.add(square, rest) if plus else hand.subtract(square, rest)
    terms = f"{operand(plain(b))}^2 {'+' if plus else '-'} 4 × {a} × {operand(plain(c))}"
    hand.state(f"The discriminant is {terms} = {disc}.", f"b^2 - 4ac = {terms} = {disc}.")
    if disc <= 0:
        raise hand.doubt("That is not positive, but there should be two real roots.")
    below = a if hand.errs("divided by a instead of 2a") else hand.multiply(2, a)
    above = b if hand.errs("b instead of -b") else -b
    return _finish(params, hand, int(disc), above, below)


def _by_square(params: Params, hand: Hand) -> str:
    """(x + h)^2 = r, with h half the coefficient of x and r the square of h less the constant."""
    a, b, c = numbers(params, "a", "b", "c")
    hand.say("I complete the square.", "Let me complete the square.")
    if a != 1:
        hand.say(f"First I divide by {a}.", f"I divide everything by {a}.")
    linear, constant = (hand.divide(value, a) if a != 1 else value for value in (b, c))
    half = hand.divide(linear, 2)
    hand.state(f"Half the coefficient of x is {plain(half)}.")
    right = hand.subtract(hand.multiply(half, half), constant)
    hand.state(f"So (x + {operand(plain(half))})^2 = {plain(right)}.")
    if right <= 0:
        raise hand.doubt("A square that is not positive would not leave two real roots.")
    top, below = right.numerator, right.denominator
    outside, inside = split_root(top * below)
    _seek_squares(hand, top * below)
    root = surd(Fraction(0), Fraction(outside, below), inside)
    hand.state(f"The root of {plain(right)} is {root}.")
    if hand.errs("half the coefficient added instead of taken away"):
        half = -half
    return surd(Fraction(-half), Fraction(outside, below) * _side(params), inside)


def _seek_squares(hand: Hand, value: int) -> None:
    """Look for squares to take out of the root."""
    hand.say(f"Now the square root of {value}.", f"I need the root of {value}.")
    if split_root(value)[1] == 1:
        return
    hand.say(f"{value} is no square, so a root stays.", "Which squares can be taken out?")
    for prime in (2, 3, 5, 7, 11, 13):
        if prime * prime <= value:
            divides = "divides" if value % prime**2 == 0 else "does not divide"
            hand.say(f"{prime}^2 = {prime * prime} {divides} {value}.")


def _finish(params: Params, hand: Hand, disc: int, above: int, below: Number) -> str:
    if below == 0:
        raise hand.doubt("The leading coefficient cannot be 0.")
    outside, inside = split_root(disc)
    _seek_squares(hand, disc)
    sign = "+" if _side(params) * below > 0 else "-"
    if inside == 1:
        hand.state(
            f"Its root is {outside}, so x = ({above} {sign} {outside})/{operand(plain(below))}."
        )
        top = hand.add(above, outside) if sign == "+" else hand.subtract(above, outside)
        return tex(hand.divide(top, below))
    if outside > 1:
        inside = int(hand.divide(disc, outside * outside))
        outside *= outside if hand.errs("square brought out of the root whole") else 1
    root = rf"{outside if outside > 1 else ''}\sqrt{{{inside}}}"
    hand.state(f"So x = ({above} {sign} {root})/{operand(plain(below))}.")
    step = Fraction(outside) / abs(below) * _side(params)
    return surd(Fraction(above) / below, step, inside)


def _side(params: Params) -> int:
    return -1 if params["which"] == "smaller" else 1


def _pair(b: int, c: int) -> tuple[int, int] | None:
    """m <= n with m + n = b and m * n = c."""
    outside, inside = split_root(b * b - 4 * c) if b * b > 4 * c else (0, 0)
    return ((b - outside) // 2, (b + outside) // 2) if inside == 1 else None


def _factor(m: int) -> str:
    return f"(x {'-' if m < 0 else '+'} {abs(m)})"
