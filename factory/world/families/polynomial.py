"""Polynomials: values, products, quotients, remainders, and what the roots add up to."""

import random
from fractions import Fraction
from itertools import zip_longest

from factory.world.hand import Hand
from factory.world.notation import Number, plain, read, tex, tidy
from factory.world.phrasing import Params
from factory.world.polynomials import (
    Poly,
    at,
    derived,
    divided,
    drawn,
    plus,
    poly_of,
    read_poly,
    spell,
    term,
    times,
    trimmed,
)  # fmt: skip
from factory.world.working import added, value_at

DOMAIN = "algebra"
LEVELS = ("middle", "middle", "high_school", "high_school", "college")
PHRASINGS = (
    "What is the value of {p:poly} when x = {x}?",
    "Let p(x) = {p:poly}. Compute p({x}).",
    "Evaluate {p:poly} at x = {x}.",
    "A machine turns x into {p:poly}. What comes out when x = {x} goes in?",
    "Expand ({p:poly})({q:poly}).",
    "Multiply {p:poly} by {q:poly} and collect like terms.",
    "Write the product ({p:poly})({q:poly}) as a polynomial in standard form.",
    "A rectangle measures {p:poly} by {q:poly}. Give its area as a polynomial in x.",
    "Find the remainder when {n:poly} is divided by {d:poly}.",
    "{n:poly} is divided by {d:poly}. What is the remainder?",
    "Divide {n:poly} by {d:poly} and give only the remainder.",
    "Let r, s and t be the roots of {f:poly}. Compute r^3 + s^3 + t^3.",
    "The three complex roots of {f:poly} are cubed. What is the sum of the cubes?",
    "Find the sum of the cubes of all roots of the polynomial {f:poly}, each root counted"
    " with its multiplicity.",
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Values, then products, then remainders; long products and remainders or roots at 5."""
    if difficulty == 1:
        return {"p": spell(drawn(rng, 2, 9)), "x": rng.randint(2, 6) * rng.choice((1, 1, -1))}
    kind = rng.choice(("product", "remainder", "roots")[: max(1, difficulty - 2)])
    if kind == "product":
        degrees = ((1, 1), (1, 2), (2, 2), (2, 3))[difficulty - 2]
        p, q = (drawn(rng, degree, 9) for degree in degrees)
        return {"p": spell(p), "q": spell(q)} if p != q else draw(rng, difficulty)
    if kind == "roots":
        return {"f": spell((*drawn(rng, 2, 9), 1 if rng.random() < 0.6 else 2))}
    below = (rng.randint(1, 4) * rng.choice((-1, 1)) for _ in range(difficulty - 3))
    return {"n": spell(drawn(rng, (3, 4, 6)[difficulty - 3], 9)), "d": spell((*below, 1))}


def answer(params: Params) -> str:
    """By Horner, by multiplying every pair of terms, by long division, by Vieta."""
    if "x" in params:
        return tex(at(poly_of(params["p"]), int(params["x"])))
    if "q" in params:
        return spell(times(poly_of(params["p"]), poly_of(params["q"])))
    if "d" in params:
        return spell(divided(poly_of(params["n"]), poly_of(params["d"]))[1])
    e1, e2, e3 = _vieta(poly_of(params["f"]))
    return tex(e1**3 - 3 * e1 * e2 + 3 * e3)


def check(params: Params, answer: str) -> bool:
    """Powers of x; values at many points; reduction power by power; the series of f'/f."""
    if "x" in params:
        x = int(params["x"])
        return read(answer) == sum(c * x**k for k, c in enumerate(poly_of(params["p"])))
    if "f" in params:
        f = poly_of(params["f"])
        series, _ = divided(times(derived(f), (0, 0, 0, 0, 1)), f)
        return answer == tex(series[0])
    found = read_poly(answer)
    if found is None:
        return False
    if "q" in params:
        p, q = poly_of(params["p"]), poly_of(params["q"])
        return all(at(p, x) * at(q, x) == at(found, x) for x in range(-5, 6))
    left, d = Poly(), poly_of(params["d"])
    for coefficient in reversed(poly_of(params["n"])):
        left = plus(times(left, (0, 1)), (coefficient,))
        left = plus(left, d, -left[-1]) if len(left) == len(d) else left
    return found == left


def solve(params: Params, hand: Hand) -> str:
    """Each kind in one of two ways."""
    if "x" in params:
        return tex(value_at(hand, poly_of(params["p"]), int(params["x"]), "the polynomial"))
    if "q" in params:
        return _expanded(hand, poly_of(params["p"]), poly_of(params["q"]))
    if "f" in params:
        return _cubes(hand, poly_of(params["f"]))
    n, d = poly_of(params["n"]), poly_of(params["d"])
    if not d or d[-1] != 1 or len(d) < 2:
        raise hand.doubt(f"I would rather not divide by {spell(d)}.")
    if len(d) == 2 and hand.likes(0.6):
        root = d[0] if hand.errs("root of the divisor with the wrong sign") else -d[0]
        hand.say(
            f"By the remainder theorem the remainder is the value at x = {root}.",
            f"{spell(d)} is zero at x = {root}, and there only the remainder is left.",
        )
        return tex(value_at(hand, n, root, "the polynomial"))
    return _reduced(hand, n, d) if hand.likes() else _long_division(hand, n, d)


def _expanded(hand: Hand, p: Poly, q: Poly) -> str:
    if hand.likes():
        hand.say("I multiply each term of the first factor by the whole second factor.")
        total = Poly()
        for k, c in list(enumerate(p))[::-1]:
            row = trimmed([0] * k + [hand.multiply(c, b) if b else 0 for b in q])
            if k == 0 and hand.errs("constant term not multiplied through"):
                row = times((c,), q[-1:])
            hand.state(f"{term(c, k)} times ({spell(q)}) is {spell(row)}.")
            total = _collected(hand, total, row)
    else:
        hand.say("I find the product power by power.", "Coefficient by coefficient, from the top.")
        found: list[Number] = []
        for power in range(len(p) + len(q) - 2, -1, -1):
            pairs = [(p[k], q[power - k]) for k in range(len(p)) if 0 <= power - k < len(q)]
            if len(pairs) > 2 and hand.errs("missed pair of terms"):
                pairs.pop()
            found.append(added(hand, [hand.multiply(a, b) for a, b in pairs]))
            where = f"coefficient of {term(1, power)}" if power else "constant"
            hand.state(f"The {where} is {plain(found[-1])}.")
        total = trimmed(found[::-1])
    hand.state(f"Together: {spell(total)}.", f"The product is {spell(total)}.")
    left, right = at(p, 1) * at(q, 1), at(total, 1)
    hand.confirm(f"at x = 1 the factors give {left} and the product {right}", left == right)
    return spell(total)


def _collected(hand: Hand, p: Poly, q: Poly, sign: int = 1) -> Poly:
    """p + sign * q, like terms together."""
    pairs = list(zip_longest(p, q, fillvalue=0))
    return trimmed(added(hand, (a, sign * b)) for a, b in pairs)


def _reduced(hand: Hand, n: Poly, d: Poly) -> str:
    """Replace the highest power by lower ones until the degree is small enough."""
    lower = plus((), d[:-1], -1)
    if hand.errs("signs kept when the leading power is isolated"):
        lower = d[:-1]
    hand.state(f"Where {spell(d)} is zero, {term(1, len(d) - 1)} = {spell(lower)}.")
    while len(n) >= len(d):
        shift = len(n) - len(d)
        hand.say(f"Replace {term(n[-1], len(n) - 1)} in {spell(n)}.")
        step = [0] * shift + [hand.multiply(n[-1], c) if c else 0 for c in d[:-1]]
        wrong = lower == d[:-1]
        n = _collected(hand, n[:-1], tuple(step), 1 if wrong else -1)
        hand.state(f"That leaves {spell(n)}.")
    return spell(n)


def _long_division(hand: Hand, n: Poly, d: Poly) -> str:
    hand.say("Long division, the highest power first.", f"I divide {spell(n)} step by step.")
    while len(n) >= len(d):
        lead = term(n[-1], len(n) - len(d))
        product = [0] * (len(n) - len(d)) + [hand.multiply(n[-1], c) for c in d[:-1]] + [n[-1]]
        hand.state(f"The quotient gets {lead}; {lead} times ({spell(d)}) is {spell(product)}.")
        sign = 1 if hand.errs("added instead of subtracted in the division") else -1
        n = _collected(hand, n[:-1], tuple(product[:-1]), sign)
        hand.state(f"What is left is {spell(n)}.", f"Subtracting leaves {spell(n)}.")
    return spell(n)


def _cubes(hand: Hand, f: Poly) -> str:
    if len(f) != 4:
        raise hand.doubt("That is no cubic.")
    e1, e2, e3 = (tidy(value) for value in _vieta(f))
    if hand.errs("Vieta without the alternating signs"):
        e1 = -e1
    hand.state(
        f"By Vieta, r + s + t = {e1}, rs + st + tr = {e2} and rst = {e3}.",
        f"Vieta: the sum of the roots is {e1}, of their pairs {e2}, and their product {e3}.",
    )
    if hand.likes():
        hand.say("I use r^3 + s^3 + t^3 = (r + s + t)^3 - 3(r + s + t)(rs + st + tr) + 3rst.")
        cube = hand.multiply(hand.multiply(e1, e1), e1)
        mixed = hand.multiply(3, hand.multiply(e1, e2))
        hand.state(f"The first part is {plain(cube)}, the second {plain(mixed)}.")
        return tex(added(hand, (cube, -mixed, hand.multiply(3, e3))))
    hand.say("Newton's identities give the sums of powers one after the other.")
    squares = hand.subtract(hand.multiply(e1, e1), hand.multiply(2, e2))
    hand.state(f"r^2 + s^2 + t^2 = {plain(squares)}.")
    hand.say("Next, the cubes: sum × squares - pairs × sum + 3 × product.")
    parts = (hand.multiply(e1, squares), -hand.multiply(e2, e1), hand.multiply(3, e3))
    return tex(added(hand, parts))


def _vieta(f: Poly) -> tuple[Fraction, Fraction, Fraction]:
    """Sum of the roots, of their pairs, and their product."""
    d, c, b, a = f
    return Fraction(-b, 1) / a, Fraction(c) / a, Fraction(-d) / a
