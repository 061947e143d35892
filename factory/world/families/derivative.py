"""Derivatives of polynomials, products, powers and quotients: as a polynomial or at a point.

Every function here is p^n times q^m; a quotient has a negative m.
"""

import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, operand, plain, tex, tidy
from factory.world.phrasing import Params
from factory.world.polynomials import (
    Poly,
    at,
    derived,
    drawn,
    poly_of,
    read_poly,
    spell,
    term,
    times,
    trimmed,
)  # fmt: skip
from factory.world.working import multiplied, value_at

DOMAIN = "calculus"
LEVELS = ("high_school", "high_school", "college", "college", "college")
PHRASINGS = (
    "Find the derivative of f(x) = {p:poly}.",
    "Differentiate {p:poly} with respect to x.",
    "If f(x) = {p:poly}, what is f'(x)?",
    "Let f(x) = {p:poly}. Find f'({x}).",
    "What is the slope of the curve y = {p:poly} at x = {x}?",
    "After x seconds a cart stands {p:poly} metres east of the start. What is its velocity to the"
    " east, in metres per second, at x = {x}?",
    "Let f(x) = ({p:poly})({q:poly}). Find f'({x}).",
    "What is the slope of y = ({p:poly})({q:poly}) at x = {x}?",
    "Differentiate the product ({p:poly})({q:poly}) and give the value of the derivative at"
    " x = {x}.",
    "Let g(x) = ({p:poly})^{n}. Find g'({x}).",
    "What is the slope of y = ({p:poly})^{n} at x = {x}?",
    "Differentiate ({p:poly})^{n} with the chain rule and give the value at x = {x}.",
    "Let f(x) = ({p:poly})/({below:poly}). Find f'({x}).",
    "What is the slope of y = ({p:poly})/({below:poly}) at x = {x}?",
    "How fast does ({p:poly})/({below:poly}) change at x = {x}? Give the derivative there.",
    "Let f(x) = ({p:poly})^{n}({q:poly})^{m}. Find f'({x}).",
    "What is the slope of y = ({p:poly})^{n}({q:poly})^{m} at x = {x}?",
    "Use the product rule and the chain rule to differentiate ({p:poly})^{n}({q:poly})^{m}, and"
    " give the value of the derivative at x = {x}.",
    "Let h(x) = ({p:poly})^{n}/({below:poly}). Find h'({x}).",
    "What is the slope of y = ({p:poly})^{n}/({below:poly}) at x = {x}?",
    "Determine the derivative of ({p:poly})^{n}/({below:poly}) at x = {x}.",
)

LARGEST_EXPONENT = 9
_KINDS = (("",), ("x",), ("qx",), ("nx", "bx"), ("nqmx", "nbx"))


def draw(rng: random.Random, difficulty: int) -> Params:
    """Sums of powers, then a value, then one rule, then two rules at once."""
    kind = rng.choice(_KINDS[difficulty - 1])
    degree = (3, 3, 2, 2, rng.choice((1, 2)))[difficulty - 1]
    params: Params = {"p": spell(drawn(rng, degree, (9, 6, 6, 5, 5)[difficulty - 1]))}
    x = rng.choice((1, 2, 3, 4, 5, -1, -2, -3))
    if "n" in kind:
        params["n"] = rng.randint(3, 5) if difficulty == 4 else rng.randint(2, 3)
    if "q" in kind or "b" in kind:
        other = drawn(rng, 1, 6)
        params["q" if "q" in kind else "below"] = spell(other)
    if "m" in kind:
        params["m"] = rng.randint(2, 3)
    if "x" in kind:
        params["x"] = abs(x) if difficulty == 2 else x
    small = all(0 < abs(at(base, x)) <= 9 for base, _ in _factors(params))
    return params if difficulty <= 2 or small else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Multiply out what is above, differentiate, and use the quotient rule for what is below."""
    above, below = Poly((1,)), Poly((1,))
    for base, exponent in _factors(params):
        for _ in range(abs(exponent)):
            if exponent > 0:
                above = times(above, base)
            else:
                below = times(below, base)
    if "x" not in params:
        return spell(derived(above))
    x = int(params["x"])
    top = at(derived(above), x) * at(below, x) - at(above, x) * at(derived(below), x)
    return tex(Fraction(top) / at(below, x) ** 2)


def check(params: Params, answer: str) -> bool:
    """Dual numbers: f(x + e) = f(x) + f'(x) e with e^2 = 0, no rule needed."""
    if "x" in params:
        return answer == tex(tidy(_slope(params, int(params["x"]))))
    found = read_poly(answer)
    return found is not None and all(at(found, x) == _slope(params, x) for x in range(9))


def solve(params: Params, hand: Hand) -> str:
    """Differentiate the parts, then follow a rule; or another way where there is a short one."""
    (p, n), *rest = factors = _factors(params)
    if any(abs(exponent) > LARGEST_EXPONENT or len(base) < 2 for base, exponent in factors):
        raise hand.doubt("That is nothing I would differentiate by hand.")
    if "x" not in params:
        return spell(_differentiated(hand, p, "f"))
    x = int(params["x"])
    if not rest:
        if n == 1:
            return tex(value_at(hand, _differentiated(hand, p, "f"), x, "the derivative"))
        return tex(_part(hand, "f", p, n, x)[1])
    q, m = rest[0]
    if (n, m) == (1, 1) and hand.likes(0.4):
        hand.say("I multiply out first, so that no rule is needed.")
        product = times(p, q)
        hand.state(f"The product is {spell(product)}.", f"Multiplied out: {spell(product)}.")
        return tex(value_at(hand, _differentiated(hand, product, "f"), x, "the derivative"))
    u, slope_u = _part(hand, "u", p, n, x)
    v, slope_v = _part(hand, "v", q, abs(m), x)
    rule = _quotient if m < 0 else _product
    return tex(rule(hand, u, slope_u, v, slope_v))


def _differentiated(hand: Hand, poly: Poly, name: str) -> Poly:
    """The derivative, term by term."""
    if len(poly) == 2:
        hand.state(f"{name}'(x) = {plain(poly[1])}.")
        return poly[1:]
    hand.say("Each x^k becomes k x^(k-1).", f"I differentiate {spell(poly)} term by term.")
    slope: list[Number] = [0] * len(poly)
    for power in range(len(poly) - 1, 0, -1):
        if poly[power] == 0:
            continue
        factor = hand.multiply(power, poly[power])
        lowered = power - (not (power > 1 and hand.errs("exponent not lowered", load=0.4)))
        slope[lowered] += factor
        hand.say(f"The derivative of {term(poly[power], power)} is {term(factor, lowered)}.")
    if poly[0] and hand.errs("constant kept when differentiating", load=0.4):
        slope[0] += poly[0]
    found = trimmed(slope)
    hand.state(f"So {name}'(x) = {spell(found)}.", f"{name}'(x) = {spell(found)}.")
    return found


def _part(hand: Hand, name: str, base: Poly, exponent: int, x: int) -> tuple[Number, Number]:
    """Value and slope at x of base^exponent."""
    if exponent == 1:
        hand.say(f"Let {name}(x) = {spell(base)}.", f"I call {spell(base)} {name}(x).")
        value = value_at(hand, base, x, f"{name}(x)")
        return value, value_at(hand, _differentiated(hand, base, name), x, f"{name}'(x)")
    hand.say(
        f"Let {name}(x) = w(x)^{exponent} with w(x) = {spell(base)}.",
        f"The inside of {name}(x) = ({spell(base)})^{exponent} is w(x) = {spell(base)}.",
    )
    value = value_at(hand, base, x, "w(x)")
    slope = value_at(hand, _differentiated(hand, base, "w"), x, "w'(x)")
    way = _factor_by_factor if exponent <= 3 and hand.likes(0.35) else _chain
    power, steep = way(hand, value, slope, exponent)
    hand.state(
        f"So {name} = {plain(power)} and {name}' = {plain(steep)} at x = {x}.",
        f"At x = {x} we have {name} = {plain(power)} and {name}' = {plain(steep)}.",
    )
    return power, steep


def _chain(hand: Hand, value: Number, slope: Number, exponent: int) -> tuple[Number, Number]:
    hand.say(
        f"By the chain rule the derivative is {exponent} × w^{exponent - 1} × w'.",
        f"Chain rule: bring down {exponent}, lower the exponent, multiply by w'.",
    )
    lower = multiplied(hand, [value] * (exponent - 1))
    steep = hand.multiply(exponent, lower)
    if hand.errs("inner derivative forgotten", load=1):
        return hand.multiply(lower, value), steep
    steep = hand.multiply(steep, slope)
    return hand.multiply(lower, value), steep


def _factor_by_factor(
    hand: Hand, value: Number, slope: Number, exponent: int
) -> tuple[Number, Number]:
    hand.say("I use the product rule, one factor w at a time.")
    power, steep = value, slope
    for reached in range(2, exponent + 1):
        steep = hand.add(hand.multiply(steep, value), hand.multiply(power, slope))
        power = hand.multiply(power, value)
        hand.say(f"w^{reached} is {plain(power)} and its derivative {plain(steep)}.")
    return power, steep


def _product(hand: Hand, u: Number, slope_u: Number, v: Number, slope_v: Number) -> Number:
    if hand.errs("derivative of a product taken as the product of derivatives", load=1):
        hand.say("I multiply the two derivatives.")
        return hand.multiply(slope_u, slope_v)
    if u != 0 and v != 0 and hand.likes(0.3):
        hand.say("With logarithms: f' = f × (u'/u + v'/v).", "I use f'/f = u'/u + v'/v.")
        rate = hand.add(hand.divide(slope_u, u), hand.divide(slope_v, v))
        hand.state(f"f'/f = {plain(rate)}.", f"The relative rate is {plain(rate)}.")
        return hand.multiply(hand.multiply(u, v), rate)
    hand.say("By the product rule f' = u'v + uv'.", "Product rule: (uv)' = u'v + uv'.")
    left, right = hand.multiply(slope_u, v), hand.multiply(u, slope_v)
    hand.state(f"u'v = {plain(left)} and uv' = {plain(right)}.")
    return hand.add(left, right)


def _quotient(hand: Hand, u: Number, slope_u: Number, v: Number, slope_v: Number) -> Number:
    if hand.likes(0.4):
        hand.say("From f × v = u I get f'v + fv' = u', so f' = (u' - fv')/v.")
        value = hand.divide(u, v)
        hand.state(f"Here f = {plain(value)}.", f"The value of f is {plain(value)}.")
        return hand.divide(hand.subtract(slope_u, hand.multiply(value, slope_v)), v)
    hand.say("Quotient rule: f' = (u'v - uv')/v^2.", "By the quotient rule f' = (u'v - uv')/v^2.")
    left, right = hand.multiply(slope_u, v), hand.multiply(u, slope_v)
    if hand.errs("quotient rule in the wrong order", load=1):
        left, right = right, left
    top = hand.subtract(left, right)
    if v == 1:
        return top
    below = v if hand.errs("denominator not squared", load=1) else hand.multiply(v, v)
    hand.state(f"The fraction is {plain(top)}/{operand(plain(below))}.")
    return hand.divide(top, below)


def _factors(params: Params) -> list[tuple[Poly, int]]:
    """What is multiplied, with exponents."""
    factors = [(poly_of(params["p"]), int(params.get("n", 1)))]
    if "q" in params:
        factors.append((poly_of(params["q"]), int(params.get("m", 1))))
    if "below" in params:
        factors.append((poly_of(params["below"]), -1))
    return factors


def _slope(params: Params, x: int) -> Number:
    value, slope = Fraction(1), Fraction(0)
    for base, exponent in _factors(params):
        inner = sum(c * k * x ** (k - 1) for k, c in enumerate(base) if k)
        for _ in range(abs(exponent)):
            if exponent > 0:
                slope = slope * at(base, x) + value * inner
                value *= at(base, x)
            else:
                value /= at(base, x)
                slope = (slope - value * inner) / at(base, x)
    return slope
