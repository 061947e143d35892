"""Right triangles, and areas from the corners of triangles and quadrilaterals."""

import random
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from factory.world.hand import Hand
from factory.world.notation import Number, plain, rational, tex, tidy
from factory.world.phrasing import Params, numbers

DOMAIN = "geometry"
LEVELS = ("middle", "middle", "high_school", "high_school", "high_school")

_THREE = "({a}, {b}), ({c}, {d}) and ({e}, {f})"
_FOUR = "({a}, {b}), ({c}, {d}), ({e}, {f}) and ({g}, {h})"
PHRASINGS = (
    "A right triangle has legs {p:count} and {q:count}. How long is its hypotenuse?",
    "The legs of a right triangle measure {p:count} and {q:count}. Find the hypotenuse.",
    "Two sides of lengths {p:count} and {q:count} meet at a right angle. How far apart are their"
    " other ends?",
    "A right triangle has hypotenuse {z:count} and one leg {p:count}. How long is the other leg?",
    "One leg of a right triangle is {p:count} and its hypotenuse is {z:count}. Find the other leg.",
    "A ladder {z:count} units long leans on a wall, its foot {p:count} units away. How high does"
    " it reach?",
    f"What is the area of the triangle with corners {_THREE}?",
    f"A triangle has its corners at {_THREE}. Find its area.",
    f"Determine the area enclosed by the triangle {_THREE}.",
    f"What is the area of the quadrilateral with corners {_FOUR}, in this order?",
    f"A quadrilateral has its corners at {_FOUR}, in this order. Find its area.",
    f"Determine the area enclosed by the quadrilateral through {_FOUR}, in this order.",
)

Point = tuple[Number, Number]

_TRIPLES = (
    (3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (12, 35, 37), (9, 40, 41),
)  # fmt: skip


def draw(rng: random.Random, difficulty: int) -> Params:
    """Pythagorean triples, then triangles, then quadrilaterals."""
    if difficulty <= 2:
        triple = rng.choice(_TRIPLES[: 3 if difficulty == 1 else 7])
        times = rng.randint(1, 9) if difficulty == 1 else rng.randint(2, 20)
        p, q, z = (side * times for side in triple)
        p, q = (p, q) if rng.random() < 0.5 else (q, p)
        return {"p": p, "q": q} if rng.random() < 0.5 else {"z": z, "p": p}
    size, names = ((8, "abcdef"), (12, "abcdefgh"), (40, "abcdefgh"))[difficulty - 3]
    params: Params = {name: rng.randint(-size, size) for name in names}
    return params if _is_convex(_corners(params)) else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Pythagoras; Gauss's cross products."""
    if "a" in params:
        crosses = (x * v - u * y for (x, y), (u, v) in _edges(_corners(params)))
        return tex(tidy(Fraction(abs(sum(crosses)), 2)))
    p = int(params["p"])
    square = p * p + int(params["q"]) ** 2 if "q" in params else int(params["z"]) ** 2 - p * p
    return str(isqrt(square))


def check(params: Params, answer: str) -> bool:
    """The side fits into Pythagoras; the area is that of the trapezoids under the edges."""
    value = rational(answer)
    if value is None or value <= 0:
        return False
    if "a" in params:
        under = ((x + u) * (v - y) for (x, y), (u, v) in _edges(_corners(params)))
        return abs(sum(under)) == 2 * value
    p = int(params["p"])
    if "q" in params:
        return (value - p) * (value + p) == int(params["q"]) ** 2
    return value**2 + p * p == int(params["z"]) ** 2


def solve(params: Params, hand: Hand) -> str:
    """Squares added or factored; cross products along the edges, or triangles from one corner."""
    if "a" in params:
        return tex((_crossed if hand.likes() else _split)(hand, _corners(params)))
    hand.say(
        "By Pythagoras, the squares of the legs add up to the square of the hypotenuse.",
        "The angle is right, so Pythagoras applies.",
    )
    square = _square(params, hand)
    hand.state(f"The square of the side is {plain(square)}.")
    side = isqrt(max(int(square), 0))
    if side * side != square or side <= 0:
        raise hand.doubt(f"{square} is no square number, but the side should be whole.")
    hand.state(f"Its root is {side}, as {side} × {side} = {square}.")
    return str(side)


def _square(params: Params, hand: Hand) -> Number:
    p = int(params["p"])
    if "q" in params:
        q = int(params["q"])
        common = next((n for n in range(20, 1, -1) if p % n == q % n == 0), 1)
        if common > 1 and hand.likes():
            return _scaled(hand, p, q, common)
        return hand.add(hand.multiply(p, p), hand.multiply(q, q))
    z = int(params["z"])
    if hand.likes():
        hand.say("The difference of squares is a product: (z - p)(z + p).")
        return hand.multiply(hand.subtract(z, p), hand.add(z, p))
    left, right = hand.multiply(z, z), hand.multiply(p, p)
    wrong = hand.errs("squares added for a leg", load=1)
    return hand.add(left, right) if wrong else hand.subtract(left, right)


def _scaled(hand: Hand, p: int, q: int, common: int) -> Number:
    """The square from that of a smaller triangle of the same shape."""
    hand.say(f"Both legs are multiples of {common}, so I take a smaller triangle first.")
    a, b = hand.divide(p, common), hand.divide(q, common)
    small = hand.add(hand.multiply(a, a), hand.multiply(b, b))
    hand.state(f"In the triangle {common} times smaller the square is {plain(small)}.")
    return hand.multiply(small, common * common)


def _crossed(hand: Hand, corners: list[Point]) -> Number:
    hand.say("I use the shoelace formula.", "Cross products along the edges give twice the area.")
    total: Number = 0
    for (x, y), (u, v) in _edges(corners):
        term = hand.subtract(hand.multiply(x, v), hand.multiply(u, y))
        hand.state(f"From {_spell((x, y))} to {_spell((u, v))}: {plain(term)}.")
        total = hand.add(total, term)
    return _halved(hand, total)


def _split(hand: Hand, corners: list[Point]) -> Number:
    start = corners[0]
    hand.say(f"I look at the others from {_spell(start)}.", "I cut triangles from one corner.")
    sides = [(hand.subtract(x, start[0]), hand.subtract(y, start[1])) for x, y in corners[1:]]
    hand.state(f"From {_spell(start)} the sides are {', '.join(map(_spell, sides))}.")
    total: Number = 0
    for (a, b), (c, d) in pairwise(sides):
        term = hand.subtract(hand.multiply(a, d), hand.multiply(b, c))
        hand.state(f"{_spell((a, b))} and {_spell((c, d))} span {plain(term)}, twice a triangle.")
        total = hand.add(total, term)
    return _halved(hand, total)


def _halved(hand: Hand, total: Number) -> Number:
    if hand.errs("area not halved", load=1):
        return abs(total)
    hand.say("Half of that, without its sign, is the area.", "This is twice the area, up to sign.")
    return hand.divide(abs(total), 2)


def _corners(params: Params) -> list[Point]:
    flat = numbers(params, *(name for name in "abcdefgh" if name in params))
    return list(zip(flat[::2], flat[1::2], strict=True))


def _edges(corners: list[Point]) -> list[tuple[Point, Point]]:
    return list(pairwise([*corners, corners[0]]))


def _is_convex(corners: list[Point]) -> bool:
    """Whether every corner turns the same way; on the way round once."""
    edges = [(u - x, v - y) for (x, y), (u, v) in _edges(corners)]
    turns = [a * d - b * c for (a, b), (c, d) in pairwise([*edges, edges[0]])]
    return min(turns) > 0 or max(turns) < 0


def _spell(point: Point) -> str:
    return f"({plain(point[0])}, {plain(point[1])})"
