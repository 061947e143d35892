"""Linear equations in one unknown, from ax + b = c to brackets on both sides."""

import random
from fractions import Fraction
from typing import Any

from factory.world.hand import Hand
from factory.world.notation import Number, plain, read, tex
from factory.world.phrasing import Params, numbers

DOMAIN = "algebra"
LEVELS = ("middle", "middle", "middle", "high_school", "high_school")
PHRASINGS = (
    "Solve for x: {a:coef}x{b:signed} = {c}.",
    "If {a:coef}x{b:signed} = {c}, what is x?",
    "Find the number x that satisfies {a:coef}x{b:signed} = {c}.",
    "Solve for x: {a:coef}x{b:signed} = {c:coef}x{d:signed}.",
    "For which x is {a:coef}x{b:signed} equal to {c:coef}x{d:signed}?",
    "What value of x makes {a:coef}x{b:signed} = {c:coef}x{d:signed} true?",
    "Solve for x: {p:coef}(x{q:signed}){b:signed} = {c:coef}x{d:signed}.",
    "Find x if {p:coef}(x{q:signed}){b:signed} = {c:coef}x{d:signed}.",
    "The equation {p:coef}(x{q:signed}){b:signed} = {c:coef}x{d:signed} has one solution. Find x.",
    "Solve for x: {p:coef}(x{q:signed}){b:signed} = {c:coef}(x{r:signed}){d:signed}.",
    "Find x if {p:coef}(x{q:signed}){b:signed} = {c:coef}(x{r:signed}){d:signed}.",
    "What value of x makes {p:coef}(x{q:signed}){b:signed} = {c:coef}(x{r:signed}){d:signed} true?",
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Whole solutions and one side first, then both sides, then brackets and any fraction."""
    if difficulty <= 2:
        size = 9 if difficulty == 1 else 30
        a, b, x = rng.randint(2, size), rng.randint(1, 2 * size), rng.randint(1, size)
        if difficulty == 2:
            a, b = a * rng.choice((-1, 1)), b * rng.choice((-1, 1))
        return {"a": a, "b": b, "c": a * x + b}
    size = (0, 0, 0, 20, 30, 99)[difficulty]
    names = ("", "", "", "abcd", "pqbcd", "pqbcrd")[difficulty]
    params: Params = {name: rng.randint(2, size) * rng.choice((-1, 1)) for name in names}
    return draw(rng, difficulty) if params.get("a", params.get("p")) == params["c"] else params


def answer(params: Params) -> str:
    """The straight line left - right, from its values at 0 and 1, crosses 0 here."""
    at_0, at_1 = (left - right for left, right in (_sides(params, 0), _sides(params, 1)))
    return tex(Fraction(-at_0, at_1 - at_0))


def check(params: Params, answer: str) -> bool:
    """Put the value into both sides."""
    x = read(answer)
    if x is None:
        return False
    left, right = _sides(params, x)
    return left == right


def solve(params: Params, hand: Hand) -> str:
    """Expand, collect the unknown on one side, divide last or first."""
    a, b, c, d = _expanded(params, hand)
    side = _linear(c, d) if c else plain(d)
    hand.say(f"We want x alone. Start from {_linear(a, b)} = {side}.", "I isolate x step by step.")
    if c:
        hand.say(f"Move {c}x to the left.", f"Subtract {c}x from both sides.")
        a = hand.subtract(a, c)
        hand.state(f"{_linear(a, b)} = {d}.", f"This gives {_linear(a, b)} = {d}.")
    x = (_divided_first if hand.likes(0.3) else _divided_last)(hand, a, b, d)
    left, right = _sides(params, Fraction(x))
    hand.confirm(
        f"with x = {x} the left side is {left} and the right side is {right}", left == right
    )
    return tex(x)


def _divided_last(hand: Hand, a: Number, b: Number, d: Number) -> Number:
    hand.say(f"Now {_move(b)} both sides.", f"Next I {_move(b)} both sides.")
    d = hand.add(d, b) if hand.errs("flipped sign") else hand.subtract(d, b)
    hand.state(f"So {a}x = {d}.", f"That leaves {a}x = {d}.")
    x = hand.divide(d, a)
    hand.state(f"Dividing by {a}, x = {plain(x)}.", f"Divide both sides by {a}: x = {plain(x)}.")
    return x


def _divided_first(hand: Hand, a: Number, b: Number, d: Number) -> Number:
    hand.say(f"I divide everything by {a} first.", f"Divide every term by {a}.")
    right = hand.divide(d, a)
    left = b if hand.errs("one term not divided") else hand.divide(b, a)
    hand.state(f"So {_linear(1, left)} = {plain(right)}.")
    x = hand.subtract(right, left)
    hand.state(f"Then x = {plain(x)}.", f"That leaves x = {plain(x)}.")
    return x


def _expanded(params: Params, hand: Hand) -> tuple[Number, Number, Number, Number]:
    """a, b, c, d of ax + b = cx + d."""
    if "p" not in params:
        a, b, c = numbers(params, "a", "b", "c")
        return (a, b, c, int(params["d"])) if "d" in params else (a, b, 0, c)
    p, q, b, c, d = numbers(params, "p", "q", "b", "c", "d")
    left, right = _constant(hand, p, q, b), d
    if "r" in params:
        right = _constant(hand, c, int(params["r"]), d)
    hand.state(f"The equation is {_linear(p, left)} = {_linear(c, right)}.")
    return p, left, c, right


def _constant(hand: Hand, factor: int, inside: int, outside: int) -> Number:
    """The constant of factor(x + inside) + outside."""
    hand.say(
        f"I multiply out {factor}({_linear(1, inside)}).",
        f"Expand the bracket: {factor} times x and {factor} times {inside}.",
    )
    wrong = hand.errs("bracket not multiplied through")
    product = inside if wrong else hand.multiply(factor, inside)
    hand.state(f"The bracket becomes {_linear(factor, product)}.")
    return hand.add(product, outside)


def _sides(params: Params, x: Any) -> tuple[Any, Any]:
    if "p" in params:
        p, q, b, c, d = numbers(params, "p", "q", "b", "c", "d")
        return p * (x + q) + b, c * (x + int(params.get("r", 0))) + d
    a, b, c = numbers(params, "a", "b", "c")
    return a * x + b, c * x + int(params["d"]) if "d" in params else c


def _linear(a: Number, b: Number) -> str:
    return f"{'' if a == 1 else a}x {'-' if b < 0 else '+'} {abs(b)}"


def _move(b: Number) -> str:
    return f"add {-b} to" if b < 0 else f"subtract {b} from"
