"""Remainders of products and powers."""

import random

from factory.world.hand import Hand
from factory.world.notation import read
from factory.world.phrasing import Params, numbers

DOMAIN = "number_theory"
LEVELS = ("elementary", "middle", "high_school", "high_school", "college")
PHRASINGS = (
    "What is the remainder when {a} × {b} is divided by {m}?",
    "Find the remainder of {a} × {b} on division by {m}.",
    "The product {a} × {b} is divided by {m}. What remains?",
    "What is the remainder when {base}^{exponent} is divided by {m}?",
    "Find the value of {base}^{exponent} modulo {m}, as a number from 0 to {m} - 1.",
    "Determine the smallest non-negative integer congruent to {base}^{exponent} modulo {m}.",
)

_PRODUCTS = ((9, 20, 9), (20, 99, 19))
_POWERS = ((9, 9, 13), (30, 40, 40), (99, 250, 99))


def draw(rng: random.Random, difficulty: int) -> Params:
    """Products at difficulty 1 and 2, powers with growing exponents after that."""
    if difficulty <= 2:
        low, high, modulus = _PRODUCTS[difficulty - 1]
        a, b = rng.randint(low, high), rng.randint(low, high)
        return {"a": a, "b": b, "m": rng.randint(3, modulus)}
    base, exponent, modulus = _POWERS[difficulty - 3]
    return {
        "base": rng.randint(2, base),
        "exponent": rng.randint(exponent // 3 + 2, exponent),
        "m": rng.randint(modulus // 3 + 3, modulus),
    }


def answer(params: Params) -> str:
    """Python's own modular power."""
    if "a" in params:
        a, b, m = numbers(params, "a", "b", "m")
        return str(a * b % m)
    return str(pow(*numbers(params, "base", "exponent", "m")))


def check(params: Params, answer: str) -> bool:
    """Multiply step by step, subtracting multiples: the answer must differ by a multiple of m."""
    m = int(params["m"])
    a, b = numbers(params, "a", "b") if "a" in params else (1, 1)
    product = a * b
    for _ in range(int(params.get("exponent", 0))):
        product = product * int(params["base"])
    value = read(answer)
    return value is not None and value in range(m) and (product - value) % m == 0


def solve(params: Params, hand: Hand) -> str:
    """Reduce factors early or late; square repeatedly, from the top of the exponent or its end."""
    if "a" in params:
        return str(_product(hand, *numbers(params, "a", "b", "m")))
    base, exponent, m = numbers(params, "base", "exponent", "m")
    hand.say(
        f"{base}^{exponent} is large, so I reduce modulo {m} after every step.",
        f"I use repeated squaring modulo {m}.",
    )
    if base >= m:
        base = hand.remainder(base, m)
        hand.state(f"The base is congruent to {base} modulo {m}.")
    return str((_power if hand.likes() else _from_squares)(hand, base, exponent, m))


def _product(hand: Hand, a: int, b: int, m: int) -> int:
    if hand.likes():
        hand.say("Multiply first, then divide.", "I work out the product and divide.")
        product = int(hand.multiply(a, b))
        hand.state(f"The product is {product}.")
        return hand.remainder(product, m)
    hand.say(f"I can reduce each factor modulo {m} first.", "Smaller numbers first: reduce both.")
    a, b = hand.remainder(a, m), hand.remainder(b, m)
    hand.state(f"The factors leave remainders {a} and {b}.")
    if hand.errs("remainders added instead of multiplied"):
        return hand.remainder(int(hand.add(a, b)), m)
    return hand.remainder(int(hand.multiply(a, b)), m)


def _power(hand: Hand, base: int, exponent: int, m: int) -> int:
    """The bits of the exponent from the top: square, and multiply once more for a 1."""
    value, reached = base, 1
    for bit in bin(exponent)[3:]:
        value = hand.remainder(int(hand.multiply(value, value)), m)
        reached *= 2
        hand.state(f"{base}^{reached} ≡ {value} (mod {m}).")
        if bit == "1" and not hand.errs("dropped factor", load=1.0):
            value = hand.remainder(int(hand.multiply(value, base)), m)
            reached += 1
            hand.state(f"{base}^{reached} ≡ {value} (mod {m}).")
    return value


def _from_squares(hand: Hand, base: int, exponent: int, m: int) -> int:
    """The powers base^1, base^2, base^4, ..., and the product of those that are needed."""
    hand.say(f"I write {exponent} as a sum of powers of two.", "I make a table of squares first.")
    needed = [1 << place for place in range(exponent.bit_length()) if exponent >> place & 1]
    hand.state(f"{exponent} = {' + '.join(map(str, reversed(needed)))}.")
    square, reached, value = base, 1, 0
    while True:
        if reached in needed and not (value and hand.errs("dropped factor", load=1.0)):
            value = hand.remainder(int(hand.multiply(value, square)), m) if value else square
            hand.state(f"So far the product is {value}.")
        if 2 * reached > exponent:
            return value
        square, reached = hand.remainder(int(hand.multiply(square, square)), m), 2 * reached
        hand.state(f"{base}^{reached} ≡ {square} (mod {m}).")
