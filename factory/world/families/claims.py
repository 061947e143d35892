"""How many claims about numbers are true."""

import math
import random

from factory.world.hand import Hand
from factory.world.notation import plain, whole
from factory.world.phrasing import Params, numbers

DOMAIN = "logic"
LEVELS = ("elementary", "elementary", "elementary", "middle", "middle")

_THREE = (
    "(1) {b:count} is divisible by {c:count}. (2) {d:count} × {e:count} is greater than {f:count}."
    " (3) {a:count} is a prime number."
)
_FIVE = _THREE + (
    " (4) {g:count} is a square number. (5) {h:count} leaves remainder {i:count} on division by"
    " {j:count}."
)
_SEVEN = _FIVE + (
    " (6) {k:count} and {l:count} have a common divisor above 1. (7) The sum {m:count} +"
    " {n:count} + {o:count} is even."
)
PHRASINGS = tuple(
    wording
    for claims in (_THREE, _FIVE, _SEVEN)
    for wording in (
        f"How many of these claims are true? {claims}",
        f"Count the true claims. {claims}",
        f"Some of these claims may be false. {claims} How many are true?",
    )
)

LARGEST = 10_000  # to look for divisors of by hand


def draw(rng: random.Random, difficulty: int) -> Params:
    """Three claims, five from difficulty 2 on, seven from difficulty 4 on."""
    size = (30, 30, 90, 60, 150)[difficulty - 1]
    c, d, e, j = (rng.randint(3, 5 + size // 6) for _ in range(4))
    b = c * rng.randint(3, size) + rng.choice((0, 0, 1, c - 1))
    f = d * e + rng.choice((-7, -3, -1, 0, 2, 5))
    a = rng.randint(11, 2 * size) if rng.random() < 0.2 else rng.randint(5, size) * 2 + 1
    params: Params = {"b": b, "c": c, "d": d, "e": e, "f": f, "a": a}
    if difficulty >= 2:
        g = rng.randint(5, size // 3) ** 2 + rng.choice((0, 0, 0, 2, -3))
        h = rng.randint(size, 5 * size)
        i = h % j if rng.random() < 0.5 and h % j else rng.randint(1, j - 1)
        params |= {"g": g, "h": h, "i": i, "j": j}
    if difficulty >= 4:
        params |= {name: rng.randint(20, 4 * size) for name in "klmno"}
    return params if f > 0 else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Each claim by its definition."""
    a, b, c, d, e, f = numbers(params, *"abcdef")
    truths = [a > 1 and all(a % n for n in range(2, a)), b % c == 0, d * e > f]
    if "g" in params:
        g, h, i, j = numbers(params, *"ghij")
        truths += [math.isqrt(g) ** 2 == g, h % j == i]
    if "k" in params:
        k, n, *added = numbers(params, *"klmno")
        truths += [math.gcd(k, n) > 1, sum(added) % 2 == 0]
    return str(sum(truths))


def check(params: Params, answer: str) -> bool:
    """Count out multiples, rows, squares and common divisors."""
    a, b, c, d, e, f = numbers(params, *"abcdef")
    held = [a not in (m * n for m in range(2, a) for n in range(m, a // m + 1))]
    held += [b in range(0, b + 1, c), sum([d] * e) > f]
    if "g" in params:
        g, h, i, j = numbers(params, *"ghij")
        held += [any(n * n == g for n in range(g + 1)), h in range(i, h + 1, j) and i < j]
    if "k" in params:
        k, n, *added = numbers(params, *"klmno")
        held += [any(k % m == n % m == 0 for m in range(2, k + 1))]
        held += [sum(number % 2 for number in added) in (0, 2)]
    return whole(answer) == sum(held)


def solve(params: Params, hand: Hand) -> str:
    """One claim after the other, from the first or from the last."""
    judges = [_divisible, _greater, _prime]
    judges += [_square, _remainder] if "g" in params else []
    judges += [_common, _even] if "k" in params else []
    order = list(enumerate(judges, 1))
    if hand.likes():
        order.reverse()
        hand.say("I start with the last claim.", "From the last claim to the first.")
    true: list[int] = []
    for number, judge in order:
        holds = judge(params, hand)
        if hand.errs("claim judged the wrong way round", load=0.5):
            holds = not holds
        hand.state(f"Claim ({number}) is {'true' if holds else 'false'}.")
        true += [number] * holds
    hand.state(f"True: {', '.join(f'({number})' for number in sorted(true)) or 'none'}.")
    return str(len(true))


def _divisible(params: Params, hand: Hand) -> bool:
    b, c = numbers(params, "b", "c")
    hand.say(f"I divide {b} by {c}.", f"Does {c} divide {b}?")
    if hand.likes():
        return hand.remainder(b, c) == 0
    return hand.divide(b, c).denominator == 1


def _greater(params: Params, hand: Hand) -> bool:
    d, e, f = numbers(params, "d", "e", "f")
    value = hand.multiply(d, e)
    hand.say(f"I compare {plain(value)} with {f}.", f"Is {plain(value)} greater than {f}?")
    return value > f


def _prime(params: Params, hand: Hand) -> bool:
    a = int(params["a"])
    hand.say(f"Is {a} a prime number?", f"I look for a divisor of {a}.")
    if a > LARGEST:
        raise hand.doubt(f"{a} is too large to look for divisors by hand.")
    tried = [n for n in range(2, math.isqrt(a) + 1) if all(n % m for m in range(2, n))]
    for prime in tried:
        if hand.remainder(a, prime) == 0:
            hand.say(f"{prime} divides {a}.", f"So {a} is a multiple of {prime}.")
            return False
    hand.say(f"No prime up to the root of {a} divides it.", "There is no divisor.")
    return a > 1


def _square(params: Params, hand: Hand) -> bool:
    g = int(params["g"])
    root = math.isqrt(g)
    hand.say(f"Which square comes close to {g}? That of {root}.", f"I try {root}.")
    return hand.multiply(root, root) == g


def _remainder(params: Params, hand: Hand) -> bool:
    h, i, j = numbers(params, "h", "i", "j")
    hand.say(f"What is left when I divide {h} by {j}?", f"I divide {h} by {j}.")
    return hand.remainder(h, j) == i


def _common(params: Params, hand: Hand) -> bool:
    k, other = numbers(params, "k", "l")
    hand.say(f"Euclid's algorithm on {k} and {other}.", f"What divides both {k} and {other}?")
    k, other = max(k, other), min(k, other)
    while other:
        k, other = other, hand.remainder(k, other)
    hand.say(f"Their greatest common divisor is {k}.")
    return k > 1


def _even(params: Params, hand: Hand) -> bool:
    first, second, third = numbers(params, *"mno")
    if hand.likes():
        hand.say("Only odd numbers matter for that.", "I count the odd numbers among them.")
        odd = [number for number in (first, second, third) if number % 2]
        hand.say(f"{len(odd)} of them are odd.")
        return len(odd) % 2 == 0
    total = hand.add(hand.add(first, second), third)
    hand.say(f"The sum is {plain(total)}.")
    return total % 2 == 0
