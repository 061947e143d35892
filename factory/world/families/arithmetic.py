"""Chains of additions, subtractions and multiplications of whole numbers."""

import random

from factory.world.hand import Hand
from factory.world.notation import Number, read
from factory.world.phrasing import Params

DOMAIN = "arithmetic"
LEVELS = ("elementary", "elementary", "elementary", "middle", "middle")
PHRASINGS = (
    "Compute {chain:chain}.",
    "What is {chain:chain}?",
    "Evaluate the expression {chain:chain}.",
    "Work out {chain:chain} and give the result as a whole number.",
)

_SIZES = ((2, 3, 60), (3, 10, 300), (4, 20, 900), (5, 60, 4000), (7, 100, 20000))
_TERMS_AT = ((0,), (0,), (1,), (1, 3), (1, 4))  # where a product stands, by difficulty


def draw(rng: random.Random, difficulty: int) -> Params:
    """More and larger numbers; from difficulty 3 on some of the operators are products."""
    count, low, high = _SIZES[difficulty - 1]
    parts = [str(rng.randint(low, high))]
    for place in range(1, count):
        product = difficulty > 2 and place in _TERMS_AT[difficulty - 1]
        parts += ["×" if product else rng.choice("+-")]
        parts += [str(rng.randint(3, 12 * difficulty) if product else rng.randint(low, high))]
    return {"chain": " ".join(parts)}


def answer(params: Params) -> str:
    """Products first, then the signed terms."""
    total, parts = 0, f"+ {params['chain']}".split()
    sign, term = 1, 0
    for operator, number in zip(parts[::2], parts[1::2], strict=True):
        if operator == "×":
            term *= int(number)
            continue
        total, sign, term = total + sign * term, 1 if operator == "+" else -1, int(number)
    return str(total + sign * term)


def check(params: Params, answer: str) -> bool:
    """Sympy reads the expression with its own grammar."""
    return read(answer) == read(str(params["chain"]))


def solve(params: Params, hand: Hand) -> str:
    """Clear the products, then go left to right, by full tens, or gather what is taken away."""
    parts = str(params["chain"]).split()
    numbers: list[Number] = [int(number) for number in parts[::2]]
    signs = parts[1::2]
    if "×" in signs and set(signs) != {"×"}:
        if hand.errs("order of operations ignored"):
            hand.say("I go from left to right.")
            return str(_folded(hand, numbers, signs))
        hand.say("Multiplication comes first.", "By the order of operations, I multiply first.")
    numbers, signs = _multiply_first(hand, numbers, signs)
    if len(signs) > 1:
        hand.say(f"It remains to compute {_spell(numbers, signs)}.", "The rest are sums.")
    if signs.count("-") > 1 and hand.likes():
        total = _gathered(hand, numbers, signs)
    else:
        total = (_by_tens if hand.likes(0.4) else _folded)(hand, numbers, signs)
    hand.state(f"So {_spell(numbers, signs)} = {total}.")
    return str(total)


def _multiply_first(
    hand: Hand, numbers: list[Number], signs: list[str]
) -> tuple[list[Number], list[str]]:
    kept, between = numbers[:1], list[str]()
    for sign, number in zip(signs, numbers[1:], strict=True):
        if sign == "×":
            kept[-1] = hand.multiply(kept[-1], number)
        else:
            kept, between = [*kept, number], [*between, sign]
    return kept, between


def _folded(hand: Hand, numbers: list[Number], signs: list[str]) -> Number:
    steps = {"+": hand.add, "-": hand.subtract, "×": hand.multiply}
    total = numbers[0]
    for sign, number in zip(signs, numbers[1:], strict=True):
        total = steps[sign](total, number)
    return total


def _by_tens(hand: Hand, numbers: list[Number], signs: list[str]) -> Number:
    """Full tens first, and what that was too much goes back."""
    hand.say("I round to full tens and put it right after.", "Full tens are easier.")
    total = numbers[0]
    for sign, number in zip(signs, numbers[1:], strict=True):
        over = -number.numerator % 10
        if over == 0 or sign == "×":
            total = _folded(hand, [total, number], [sign])
            continue
        hand.say(f"{number} is {number + over} less {over}.")
        there, back = (hand.add, hand.subtract) if sign == "+" else (hand.subtract, hand.add)
        total = back(there(total, number + over), over)
    return total


def _gathered(hand: Hand, numbers: list[Number], signs: list[str]) -> Number:
    taken = [number for sign, number in zip(signs, numbers[1:], strict=True) if sign == "-"]
    given = [number for sign, number in zip(["+", *signs], numbers, strict=True) if sign == "+"]
    if len(taken) > 1 and hand.errs("dropped term"):
        taken.pop()
    hand.say("I gather the numbers that are added and the numbers that are taken away.")
    gained = given[0]
    for number in given[1:]:
        gained = hand.add(gained, number)
    lost = taken[0]
    for number in taken[1:]:
        lost = hand.add(lost, number)
    hand.state(f"Added: {gained}. Taken away: {lost}.")
    return hand.subtract(gained, lost)


def _spell(numbers: list[Number], signs: list[str]) -> str:
    rest = (f" {sign} {number}" for sign, number in zip(signs, numbers[1:], strict=True))
    return str(numbers[0]) + "".join(rest)
