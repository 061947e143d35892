"""Definite integrals of polynomials, values of antiderivatives, and areas between curves."""

import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, operand, plain, tex, tidy
from factory.world.phrasing import Params, numbers
from factory.world.polynomials import (
    Poly, antiderived, at, derived, drawn, plus, poly_of, spell, term, times, trimmed,
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
    low = 0 if difficulty == 1 else rng.randint(-3, 2)
    params: Params = {"p": spell(drawn(rng, difficulty, 9)), "a": low}
    if difficulty > 1 and rng.random() < 0.4:
        params["start"] = rng.randint(-9, 9)
    return {**params, "b": low + rng.randint(1, 5)}


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
    low, high = numbers(params, "a", "b")
    if "start" not in params:
        return tex(_integral(hand, p, low, high))
    start = int(params["start"])
    hand.say(f"F({high}) = F({low}) + the integral of the slope from {low} to {high}.")
    if hand.likes():
        return tex(added(hand, (start, _integral(hand, p, low, high))))
    whole = _antiderivative(hand, p)
    constant = hand.subtract(start, value_at(hand, whole, low, "Without a constant F"))
    if hand.errs("constant of integration left out"):
        constant = 0
    hand.state(f"So F(x) = {spell(plus(whole, (constant,)))}.")
    return tex(added(hand, (value_at(hand, whole, high, "The part with x"), constant)))


def _integral(hand: Hand, p: Poly, low: int, high: int) -> Number:
    if len(p) <= 4 and hand.likes(0.3):
        return _by_simpson(hand, p, low, high)
    whole = _antiderivative(hand, p)
    upper = value_at(hand, whole, high, "F")
    lower = value_at(hand, whole, low, "F")
    hand.state(f"The integral is F({high}) - F({low}) = {plain(upper)} - {operand(plain(lower))}.")
    if lower != 0 and hand.errs("lower limit added instead of subtracted"):
        return hand.add(upper, lower)
    return hand.subtract(upper, lower) if lower != 0 else upper


def _by_simpson(hand: Hand, p: Poly, low: int, high: int) -> Number:
    middle = tidy(Fraction(low + high, 2))
    hand.say(
        "Simpson's rule is exact up to degree 3: (width/6) × (left + 4 × middle + right).",
        f"I take the heights at {low}, {middle} and {high}; up to degree 3 Simpson is exact.",
    )
    heights = [value_at(hand, p, x, "The height") for x in (low, middle, high)]
    if not hand.errs("middle height not weighed"):
        heights[1] = hand.multiply(4, heights[1])
    total = added(hand, heights)
    hand.state(f"The weighed heights add up to {plain(total)}.")
    return hand.divide(hand.multiply(high - low, total), 6)


def _antiderivative(hand: Hand, p: Poly) -> Poly:
    hand.say("I raise each exponent by one and divide by it.", "First an antiderivative.")
    raised: list[Number] = [0]
    for power, coefficient in enumerate(p):
        if coefficient and power and hand.errs("not divided by the new exponent", load=1):
            raised.append(coefficient)
            continue
        raised.append(hand.divide(coefficient, power + 1) if coefficient and power else coefficient)
    whole = trimmed(raised)
    hand.state(f"F(x) = {spell(whole)}.", f"An antiderivative is F(x) = {spell(whole)}.")
    return whole


def _area(hand: Hand, p: Poly, q: Poly) -> Number:
    size = max(len(p), len(q))
    pairs = [(f[k] if k < len(f) else 0 for f in (p, q)) for k in range(size)]
    gap = trimmed(hand.subtract(a, b) if b else a for a, b in pairs)
    hand.state(f"The difference is d(x) = {spell(gap)}.", f"Subtracting, d(x) = {spell(gap)}.")
    roots = _crossings(hand, gap)
    hand.state(f"The curves meet at x = {', '.join(map(str, roots))}.")
    if len(roots) == 2 and hand.likes(0.4):
        width = hand.subtract(roots[1], roots[0])
        hand.say(f"A parabola {spell(gap)} cuts off |a| × width^3/6.")
        return hand.divide(hand.multiply(abs(gap[-1]), hand.power(int(width), 3)), 6)
    whole, pieces = _antiderivative(hand, gap), list[Number]()
    heights = [value_at(hand, whole, root, "F") for root in roots]
    for left, right in zip(heights, heights[1:], strict=False):
        pieces.append(hand.subtract(right, left))
    if len(pieces) > 1 and hand.errs("parts of opposite sign cancelled"):
        return abs(added(hand, pieces))
    hand.state(f"The pieces are {', '.join(plain(piece) for piece in pieces)}; sizes count.")
    return added(hand, [abs(piece) for piece in pieces])
