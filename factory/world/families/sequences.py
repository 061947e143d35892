"""Sums of the first terms of arithmetic and geometric sequences."""

import random

from factory.world.hand import Hand
from factory.world.notation import Number, plain, read
from factory.world.phrasing import Params, numbers

DOMAIN = "algebra"
LEVELS = ("elementary", "middle", "high_school", "high_school", "high_school")
PHRASINGS = (
    "An arithmetic sequence starts with {start} and has common difference {step}."
    " What is the sum of its first {n} terms?",
    "Find the sum of the first {n} terms of the arithmetic sequence with first term {start}"
    " and common difference {step}.",
    "Starting from {start}, each number is the previous one plus {step}."
    " What do the first {n} numbers add up to?",
    "A geometric sequence starts with {start} and has common ratio {ratio}."
    " What is the sum of its first {n} terms?",
    "Find the sum of the first {n} terms of the geometric sequence with first term {start}"
    " and common ratio {ratio}.",
    "Starting from {start}, each number is {ratio} times the previous one."
    " What do the first {n} numbers add up to?",
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Arithmetic up to difficulty 3, geometric at 4, both at 5."""
    if difficulty <= 3 or (difficulty == 5 and rng.random() < 0.4):
        top = (6, 15, 60, 0, 400)[difficulty - 1]
        first, step = rng.randint(1, top), rng.randint(2, top)
        count = rng.randint(*((3, 4), (5, 9), (12, 50), (0, 0), (80, 400))[difficulty - 1])
        return {"start": first, "step": step, "n": count}
    ratio = rng.randint(2, 5) if difficulty == 4 else rng.choice((-5, -4, -3, 3, 4, 5, 6, 7))
    count = rng.randint(4, 7) if difficulty == 4 else rng.randint(6, 10)
    return {"start": rng.randint(2, 15 * (difficulty - 3)), "ratio": ratio, "n": count}


def answer(params: Params) -> str:
    """The closed formulas."""
    start, n = numbers(params, "start", "n")
    if "step" in params:
        return str(n * (2 * start + (n - 1) * int(params["step"])) // 2)
    ratio = int(params["ratio"])
    return str(start * (ratio**n - 1) // (ratio - 1))


def check(params: Params, answer: str) -> bool:
    """Write out the terms and add them."""
    term, n = numbers(params, "start", "n")
    total = 0
    for _ in range(n):
        total, term = total + term, term * int(params.get("ratio", 1)) + int(params.get("step", 0))
    return read(answer) == total


def solve(params: Params, hand: Hand) -> str:
    """A short list is added up term by term, a long one by the formula."""
    if int(params["n"]) <= 5 and hand.likes(0.6):
        return plain(_listed(params, hand))
    return plain(_arithmetic(params, hand) if "step" in params else _geometric(params, hand))


def _listed(params: Params, hand: Hand) -> Number:
    start, n = numbers(params, "start", "n")
    hand.say("There are only a few terms, so I list them.", f"Let me write out the {n} terms.")
    terms: list[Number] = [start]
    follow = hand.multiply if "ratio" in params else hand.add
    while len(terms) < n:
        terms.append(follow(terms[-1], int(params["ratio" if "ratio" in params else "step"])))
    hand.state(f"The terms are {', '.join(plain(term) for term in terms)}.")
    if hand.errs("dropped term"):
        terms.pop()
    total = terms[0]
    for term in terms[1:]:
        total = hand.add(total, term)
    return total


def _arithmetic(params: Params, hand: Hand) -> Number:
    start, step, n = numbers(params, "start", "step", "n")
    gaps = n if hand.errs("n steps instead of n - 1") else n - 1
    if hand.likes():
        hand.say(f"I need the last term, {gaps} steps after the first.", "First the last term.")
        last = hand.add(start, hand.multiply(gaps, step))
        hand.state(f"The last term is {last}.", f"Term number {n} is {last}.")
        hand.say("The sum is the number of terms times the mean of first and last.")
        return hand.divide(hand.multiply(n, hand.add(start, last)), 2)
    hand.say(f"The sum is {n} times {start} plus {step} times 1 + 2 + ... + {gaps}.")
    steps = hand.divide(hand.multiply(n, gaps), 2)
    hand.state(f"1 + 2 + ... + {gaps} = {plain(steps)}.")
    return hand.add(hand.multiply(n, start), hand.multiply(step, steps))


def _geometric(params: Params, hand: Hand) -> Number:
    start, ratio, n = numbers(params, "start", "ratio", "n")
    hand.say(f"The sum is {start} × (r^n - 1)/(r - 1) with r = {ratio} and n = {n}.")
    top = hand.power(ratio, n - 1 if hand.errs("n - 1 instead of n") else n)
    hand.state(f"r^n = {top}.", f"The power is {top}.")
    quotient = hand.divide(hand.subtract(top, 1), hand.subtract(ratio, 1))
    hand.state(f"(r^n - 1)/(r - 1) = {plain(quotient)}.")
    return hand.multiply(start, quotient)
