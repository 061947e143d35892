"""Definite integrals of polynomials, values of antiderivatives, and areas between curves."""

import math
import random
from fractions import Fraction
from itertools import pairwise, zip_longest

from factory.world.hand import Hand
from factory.world.notation import Number, operand, plain, tex, tidy
from factory.world.phrasing import Params
from factory.world.polynomials import (
    Poly,
    antiderived,
    at,
    drawn,
    plus,
    poly_of,
    spell,
    times,
    trimmed,
)  # fmt: skip
from factory.world.working import added, value_at

DOMAIN = "calculus"
LEVELS = ("high_school", "high_school", "college", "college", "college")
PHRASINGS = (
    "Compute the integral of {p:poly} from x = {a} to x = {b}.",
    "Evaluate \\int_{{{a}}}^{{{b}}} ({p:poly}) dx.",
    "What is the definite integral of f(x) = {p:poly} over the interval [{a}, {b}]?",
    "A tank fills at a rate of {p:poly} litres per minute after x minutes. How many litres flow in"
    " from minute {a} to minute {b}? Count outflow as negative.",
    "F is an antiderivative of {p:poly} with F({a}) = {start}. Find F({b}).",
    "The slope of a curve at x is {p:poly}, and the curve passes through ({a}, {start})."
    " What is its height at x = {b}?",
    "If F'(x) = {p:poly} and F({a}) = {start}, what is F({b})?",
    "Find the area enclosed by the curves y = {p:poly} and y = {q:poly}.",
    "The graphs of f(x) = {p:poly} and g(x) = {q:poly} enclose a region. What is its total area?",
    "How large is the area between y = {p:poly} and y = {q:poly}, taken over all parts that the two"
    " curves enclose?",
)

WIDEST = 60  # how far from 0 the hand looks for whole roots


def draw(rng: random.Random, difficulty: int) -> Params:
    """Integrals of growing degree; areas enclosed in one piece at 4, in two at 5."""
    if difficulty >= 4:
        return _drawn_area(rng, difficulty)
    low = rng.choice((0, 0, 1)) if difficulty == 1 else rng.randint(-2, 1)
    p = drawn(rng, difficulty, (9, 4, 6)[difficulty - 1])
    if difficulty == 2:  # so that the antiderivative has whole coefficients
        p = tuple(int(c) * (power + 1) for power, c in enumerate(p))
    params: Params = {"p": spell(p), "a": low}
    if difficulty > 1 and rng.random() < 0.4:
        params["start"] = rng.randint(-9, 9)
    return {**params, "b": low + rng.randint(1, (6, 3, 2)[difficulty - 1])}


def answer(params: Params) -> str:
    """Differences of the antiderivative."""
    pieces = (abs(_between(f, low, high)) for f, low, high in _pieces(params))
    if "q" in params:
        return tex(tidy(sum(pieces, Fraction(0))))
    [(p, low, high)] = _pieces(params)
    return tex(tidy(_between(p, low, high) + int(params.get("start", 0))))


def check(params: Params, answer: str) -> bool:
    """Boole's rule, exact up to degree 5, on every piece."""
    total = Fraction(int(params.get("start", 0)))
    for f, low, high in _pieces(params):
        step = Fraction(high - low, 4)
        weighed = zip((7, 32, 12, 32, 7), range(5), strict=True)
        piece = step * 2 / 45 * sum(weight * at(f, low + k * step) for weight, k in weighed)
        total += abs(piece) if "q" in params else piece
    return answer == tex(tidy(total))


def solve(params: Params, hand: Hand) -> str:
    """By antiderivative, by Simpson's rule, or term by term; an area piece by piece."""
    if "q" in params:
        return tex(_area(hand, poly_of(params["p"]), poly_of(params["q"])))
    p = poly_of(params["p"])
    low, high = _limits(params)
    if "start" not in params:
        return tex(_integral(hand, p, low, high))
    start = int(params["start"])
    hand.say(f"F({high}) = F({low}) + the integral of the slope from {low} to {high}.")
    if hand.likes():
        return tex(added(hand, (start, _integral(hand, p, low, high))))
    whole = _antiderivative(hand, p)
    constant = hand.subtract(start, value_at(hand, whole, low, "F without a constant"))
    if hand.errs("constant of integration left out", load=1):
        constant = 0
    hand.state(f"So F(x) = {spell(plus(whole, (constant,)))}.")
    return tex(added(hand, (value_at(hand, whole, high, "the part with x"), constant)))


def _integral(hand: Hand, p: Poly, low: int, high: int) -> Number:
    if len(p) <= 4 and hand.likes(0.3):
        return _by_simpson(hand, p, low, high)
    whole = _antiderivative(hand, p)
    upper = value_at(hand, whole, high, "F")
    lower = value_at(hand, whole, low, "F")
    hand.state(f"The integral is F({high}) - F({low}) = {plain(upper)} - {operand(plain(lower))}.")
    if lower != 0 and hand.errs("lower limit added instead of subtracted", load=1):
        return hand.add(upper, lower)
    return hand.subtract(upper, lower) if lower != 0 else upper


def _by_simpson(hand: Hand, p: Poly, low: int, high: int) -> Number:
    middle = tidy(Fraction(low + high, 2))
    if len(p) <= 2:
        hand.say("Under a straight line the mean height is the one in the middle.")
        return hand.multiply(high - low, value_at(hand, p, middle, "the height"))
    hand.say(
        "Simpson's rule is exact up to degree 3: (width/6) × (left + 4 × middle + right).",
        f"I take the heights at {low}, {middle} and {high}; up to degree 3 Simpson is exact.",
    )
    heights = [value_at(hand, p, x, "the height") for x in (low, middle, high)]
    if not hand.errs("middle height not weighed", load=1):
        heights[1] = hand.multiply(4, heights[1])
    total = added(hand, heights)
    hand.state(f"The weighed heights add up to {plain(total)}.")
    return hand.divide(hand.multiply(high - low, total), 6)


def _antiderivative(hand: Hand, p: Poly) -> Poly:
    hand.say("I raise each exponent by one and divide by it.", "First an antiderivative.")
    raised: list[Number] = [0]
    for power, coefficient in enumerate(p):
        if coefficient and power and hand.errs("not divided by the new exponent", load=0.5):
            raised.append(coefficient)
            continue
        raised.append(hand.divide(coefficient, power + 1) if coefficient and power else coefficient)
    whole = trimmed(raised)
    hand.state(f"F(x) = {spell(whole)}.", f"An antiderivative is F(x) = {spell(whole)}.")
    return whole


def _area(hand: Hand, p: Poly, q: Poly) -> Number:
    pairs = zip_longest(p, q, fillvalue=0)
    gap = trimmed(hand.subtract(above, below) if below else above for above, below in pairs)
    hand.state(f"The difference is d(x) = {spell(gap)}.", f"Subtracting, d(x) = {spell(gap)}.")
    roots = _crossings(hand, gap)
    hand.state(f"The curves meet at x = {', '.join(map(str, roots))}.")
    if len(roots) == 2 and hand.likes(0.4):
        width = hand.subtract(roots[1], roots[0])
        hand.say(f"A parabola {spell(gap)} cuts off |a| × width^3/6.")
        return hand.divide(hand.multiply(abs(gap[-1]), hand.power(int(width), 3)), 6)
    whole, pieces = _antiderivative(hand, gap), list[Number]()
    heights = [value_at(hand, whole, root, "F") for root in roots]
    for left, right in pairwise(heights):
        pieces.append(hand.subtract(right, left))
    if len(pieces) > 1 and hand.errs("parts of opposite sign cancelled", load=1):
        return abs(added(hand, pieces))
    hand.state(f"The pieces are {', '.join(plain(piece) for piece in pieces)}; sizes count.")
    return added(hand, [abs(piece) for piece in pieces])


def _crossings(hand: Hand, gap: Poly) -> list[int]:
    """The whole roots of a parabola or cubic, ascending. Raises Doubt when not all are whole."""
    found: list[int] = []
    if len(gap) == 4:
        tried = sorted(range(-WIDEST, WIDEST + 1), key=lambda x: (abs(x), -x))
        root = next((x for x in tried if at(gap, x) == 0), None)
        if root is None:
            raise hand.doubt(f"I find no whole root of {spell(gap)}.")
        hand.say(f"Trying small numbers, d({root}) = 0.", f"By trial x = {root} is a root of d.")
        row: list[Number] = [gap[-1]]
        for coefficient in gap[-2:0:-1]:
            carried = hand.multiply(row[-1], root) if root else 0
            row.append(added(hand, (carried, coefficient)))
        gap = trimmed(row[::-1])
        hand.state(f"Dividing by {spell((-root, 1))} leaves {spell(gap)}.")
        found.append(root)
    if len(gap) != 3:
        raise hand.doubt(f"{spell(gap)} does not look like what I need.")
    return sorted({*found, *_parabola_roots(hand, gap)})


def _parabola_roots(hand: Hand, gap: Poly) -> tuple[int, int]:
    c, b, a = gap
    if hand.likes():
        total, product = (hand.divide(-b, a), hand.divide(c, a)) if a != 1 else (-b, c)
        hand.say(f"I need two numbers with sum {plain(total)} and product {plain(product)}.")
        square = total * total - 4 * product
    else:
        hand.say("For the roots I take the discriminant b^2 - 4ac.")
        square = hand.subtract(hand.multiply(b, b), hand.multiply(4, hand.multiply(a, c)))
        total, square = Fraction(-b) / a, square / Fraction(a) ** 2
    root = Fraction(math.isqrt(max(0, square.numerator)), math.isqrt(square.denominator))
    low, high = tidy((total - root) / 2), tidy((total + root) / 2)
    if root * root != square or root == 0 or not (isinstance(low, int) and isinstance(high, int)):
        raise hand.doubt("That has no two whole roots, which cannot be right here.")
    hand.say(f"These are {low} and {high}.", f"That gives x = {low} and x = {high}.")
    return low, high


def _drawn_area(rng: random.Random, difficulty: int) -> Params:
    count = difficulty - 2
    gap = Poly((rng.choice((-2, -1, 1, 1, 2, 3)) if count == 2 else rng.choice((-1, 1, 2)),))
    # One root of a cubic is 0, so that much of the work stays short.
    roots = (
        [0, *rng.sample((-3, -2, -1, 1, 2, 3), 2)] if count == 3 else rng.sample(range(-4, 6), 2)
    )
    for root in roots:
        gap = times(gap, (-root, 1))
    q = trimmed(rng.randint(-5, 6) for _ in range(count))
    p = plus(gap, q)
    return {"p": spell(p), "q": spell(q)} if len(q) > 1 else _drawn_area(rng, difficulty)


def _pieces(params: Params) -> list[tuple[Poly, int, int]]:
    """What is integrated, and from where to where."""
    if "q" not in params:
        return [(poly_of(params["p"]), *_limits(params))]
    gap = plus(poly_of(params["p"]), poly_of(params["q"]), -1)
    roots = [x for x in range(-WIDEST, WIDEST + 1) if at(gap, x) == 0]
    return [(gap, low, high) for low, high in pairwise(roots)]


def _limits(params: Params) -> tuple[int, int]:
    return int(params["a"]), int(params["b"])


def _between(p: Poly, low: int, high: int) -> Fraction:
    whole = antiderived(p)
    return Fraction(at(whole, high) - at(whole, low))
