"""Last digits of powers, inverses, linear congruences, and pairs of congruences."""

import random
from math import gcd

from factory.world.hand import Hand
from factory.world.notation import whole
from factory.world.phrasing import Params, numbers

DOMAIN = "number_theory"
LEVELS = ("middle", "middle", "high_school", "college", "college")
PHRASINGS = (
    "What is the last digit of {base:count}^{exponent:count}?",
    "In which digit does {base:count}^{exponent:count} end?",
    "Find the units digit of {base:count}^{exponent:count}.",
    "Find the smallest non-negative integer x with {a:count}x ≡ {b:count} (mod {m:count}).",
    "Solve {a:count}x ≡ {b:count} (mod {m:count}) for x from 0 to {m:count} - 1.",
    "Which x, 0 ≤ x < {m:count}, satisfies {a:count}x ≡ {b:count} (mod {m:count})?",
    "A number leaves remainder {r:count} on division by {m:count} and remainder {s:count} on"
    " division by {n:count}. What is the smallest such positive number?",
    "Find the smallest positive integer x with x ≡ {r:count} (mod {m:count}) and"
    " x ≡ {s:count} (mod {n:count}).",
    "What is the least positive x that is congruent to {r:count} modulo {m:count} and to"
    " {s:count} modulo {n:count}?",
)

FEW = 12  # steps that a hand takes by trying


def draw(rng: random.Random, difficulty: int) -> Params:
    """Powers at 1 and 2, one congruence at 3 and 4, two at 5; solutions are unique."""
    if difficulty <= 2:
        base = rng.choice((2, 3, 4, 7, 8, 9)) if difficulty == 1 else rng.randint(12, 99)
        return {"base": base, "exponent": rng.randint(*((4, 25), (20, 120))[difficulty - 1])}
    m = rng.randint(*((13, 50), (60, 300), (15, 60))[difficulty - 3])
    if difficulty == 5:
        n = rng.randint(20, 90)
        params: Params = {"r": rng.randint(1, m - 1), "m": m, "s": rng.randint(1, n - 1), "n": n}
        return params if gcd(m, n) == 1 and m != n else draw(rng, difficulty)
    a, b = rng.randint(2, m - 1), rng.randint(1, m - 1)
    return {"a": a, "b": b, "m": m} if gcd(a, m) == 1 else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Python's modular powers and inverses."""
    if "base" in params:
        base, exponent = numbers(params, "base", "exponent")
        return str(pow(base, exponent, 10))
    if "a" in params:
        a, b, m = numbers(params, "a", "b", "m")
        return str(pow(a, -1, m) * b % m)
    r, m, s, n = numbers(params, "r", "m", "s", "n")
    return str(r + m * ((s - r) * pow(m, -1, n) % n))


def check(params: Params, answer: str) -> bool:
    """Put the number into what is asked; a last digit comes from the digits of the power itself."""
    x = whole(answer)
    if x is None:
        return False
    if "base" in params:
        base, exponent = numbers(params, "base", "exponent")
        return str(x) == str(base**exponent)[-1]
    if "a" in params:
        a, b, m = numbers(params, "a", "b", "m")
        return x in range(m) and (a * x - b) % m == 0
    r, m, s, n = numbers(params, "r", "m", "s", "n")
    return x in range(1, m * n + 1) and x % m == r and x % n == s


def solve(params: Params, hand: Hand) -> str:
    """Cycles or squaring; trying or Euclid's algorithm run backwards."""
    if "base" in params:
        base, exponent = numbers(params, "base", "exponent")
        return str((_cycle if hand.likes() else _squared)(hand, base, exponent))
    if "a" in params:
        a, b, m = numbers(params, "a", "b", "m")
        x = _congruence(hand, a, b, m)
        hand.confirm(f"{a} × {x} = {a * x} leaves {a * x % m} modulo {m}", (a * x - b) % m == 0)
        return str(x)
    return str(_two(hand, *numbers(params, "r", "m", "s", "n")))


def _cycle(hand: Hand, base: int, exponent: int) -> int:
    """The last digits come round again after one, two or four powers."""
    digit = base % 10
    hand.say(f"Only the last digit {digit} matters. I look for a cycle.", "Last digits repeat.")
    digits = [digit]
    while (after := hand.remainder(int(hand.multiply(digits[-1], digit)), 10)) not in digits:
        digits.append(after)
    if after != digits[0]:
        raise hand.doubt("The digits should come back to the first one, but do not.")
    hand.state(f"The last digits go round as {', '.join(map(str, digits))}.")
    place = hand.remainder(exponent, len(digits))
    if len(digits) > 1 and hand.errs("counted the cycle from 0 instead of 1", load=1):
        return digits[place]
    hand.state(f"Power {exponent} is number {place or len(digits)} of the cycle.")
    return digits[place - 1]


def _squared(hand: Hand, base: int, exponent: int) -> int:
    """Square and keep the last digit, for each binary digit of the exponent."""
    hand.say("I square again and again and keep the last digit.", "Repeated squaring modulo 10.")
    digit = base % 10
    value, reached = digit, 1
    for bit in bin(exponent)[3:]:
        value, reached = hand.remainder(int(hand.multiply(value, value)), 10), 2 * reached
        if bit == "1":
            value = hand.remainder(int(hand.multiply(value, digit)), 10)
            reached += 1
        hand.state(f"{base}^{reached} ends in {value}.")
    return value


def _congruence(hand: Hand, a: int, b: int, m: int) -> int:
    """x with ax ≡ b (mod m): b, b + m, b + 2m, ... until a divides it, or by the inverse of a."""
    steps = next((k for k in range(FEW) if (b + k * m) % a == 0), None)
    if steps is None or hand.likes():
        inverse = _inverse(hand, a, m)
        return hand.remainder(int(hand.multiply(b, inverse)), m)
    hand.say(
        f"I add {m} to {b} until {a} divides it.", f"Which of {b}, {b} + {m}, ... does {a} divide?"
    )
    value = b
    for _ in range(steps):
        left = hand.remainder(value, a)
        hand.say(
            f"{value} leaves {left} on division by {a}: not yet.", f"{value}: remainder {left}."
        )
        value = int(hand.add(value, m))
    if value % a:
        raise hand.doubt(f"{a} does not divide {value}, so this leads nowhere.")
    hand.state(f"{a} divides {value}, so {a}x ≡ {value} has x = {value // a}.")
    return hand.remainder(int(hand.divide(value, a)), m)


def _inverse(hand: Hand, a: int, m: int) -> int:
    """The inverse of a modulo m by Euclid's algorithm. Raises Doubt when there is none."""
    hand.say(f"I need the inverse of {a} modulo {m}: Euclid's algorithm.", f"First invert {a}.")
    old, new, above, below = 0, 1, m, a
    while below > 1:
        quotient = above // below
        rest = hand.remainder(above, below)
        old, new = new, int(hand.subtract(old, hand.multiply(quotient, new)))
        above, below = below, rest
        hand.state(f"{below} ≡ {new} × {a} (mod {m}).")
    if below != 1:
        raise hand.doubt(f"{a} and {m} have a common divisor, so there is no inverse.")
    inverse = hand.remainder(new, m)
    hand.state(f"The inverse of {a} modulo {m} is {inverse}.")
    return inverse


def _two(hand: Hand, r: int, m: int, s: int, n: int) -> int:
    """x = r + mk, where mk ≡ s - r (mod n)."""
    if hand.likes():
        r, m, s, n = s, n, r, m
    hand.say(f"Write x = {r} + {m}k.", f"The first condition says x = {r} + {m}k for some k.")
    missing = hand.remainder(int(hand.subtract(s, r)), n)
    factor = hand.remainder(m, n)
    hand.state(f"Then {factor}k ≡ {missing} (mod {n}).")
    if factor == 0:
        raise hand.doubt("Both moduli share all their factors.")
    k = _congruence(hand, factor, missing, n)
    hand.state(f"So k = {k}.", f"k = {k} is the smallest.")
    x = int(hand.add(r, hand.multiply(m, k)))
    hand.confirm(f"{x} leaves {x % m} modulo {m} and {x % n} modulo {n}", x % m == r and x % n == s)
    return x
