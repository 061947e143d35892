"""Greatest common divisors and least common multiples of two or three numbers."""

import math
import random

from factory.world.hand import Hand
from factory.world.notation import whole
from factory.world.phrasing import Params, numbers

DOMAIN = "number_theory"
LEVELS = ("elementary", "elementary", "middle", "middle", "high_school")

_WHAT = "{what:greatest common divisor|least common multiple}"
PHRASINGS = (
    f"What is the {_WHAT} of {{a:count}} and {{b:count}}?",
    f"Find the {_WHAT} of the numbers {{a:count}} and {{b:count}}.",
    f"Two numbers are {{a:count}} and {{b:count}}. Determine their {_WHAT}.",
    f"What is the {_WHAT} of {{a:count}}, {{b:count}} and {{c:count}}?",
    f"Find the {_WHAT} of the numbers {{a:count}}, {{b:count}} and {{c:count}}.",
    f"Three numbers are {{a:count}}, {{b:count}} and {{c:count}}. Determine their {_WHAT}.",
)

_SIZES = ((2, 9, 5), (2, 12, 9), (5, 30, 15), (5, 25, 16), (8, 32, 20))
LARGEST = 10**9  # beyond that nobody looks for factors by hand


def draw(rng: random.Random, difficulty: int) -> Params:
    """Multiples of a common factor; three of them from difficulty 4 on."""
    low, high, shared = _SIZES[difficulty - 1]
    factor = rng.randint(2, shared)
    what = rng.choice(("greatest common divisor", "least common multiple"))
    params: Params = {"what": what}
    params |= {
        name: factor * rng.randint(low, high) for name in "abc"[: 3 if difficulty > 3 else 2]
    }
    return params if len(set(_given(params))) == len(_given(params)) else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Python's own."""
    return str((math.lcm if _wants_multiple(params) else math.gcd)(*_given(params)))


def check(params: Params, answer: str) -> bool:
    """It divides (is divided by) every number, and what remains has no common factor."""
    value, given = whole(answer), _given(params)
    if value is None or value not in range(1, math.prod(given) + 1):
        return False
    pairs = [(value, n) if _wants_multiple(params) else (n, value) for n in given]
    rest = [above // below for above, below in pairs]
    return all(a % b == 0 for a, b in pairs) and math.gcd(*rest) == 1


def solve(params: Params, hand: Hand) -> str:
    """By prime factors, or by Euclid's algorithm on two numbers at a time."""
    given = _given(params)
    if hand.likes(0.4):
        return str(_by_factors(params, hand))
    value = given[0]
    for number in given[1:]:
        if _wants_multiple(params):
            common = _euclid(hand, value, number)
            hand.say(f"The least common multiple is {value} ÷ {common} × {number}.")
            value = int(hand.multiply(int(hand.divide(value, common)), number))
            hand.state(f"So far the least common multiple is {value}.")
        else:
            value = _euclid(hand, value, number)
    hand.confirm(*_finding(params, value))
    return str(value)


def _euclid(hand: Hand, a: int, b: int) -> int:
    start = f"{a} and {b}"
    hand.say(f"Euclid's algorithm on {start}: divide with remainder until nothing is left.")
    a, b = max(a, b), min(a, b)
    while b:
        a, b = b, hand.remainder(a, b)
    if a > 1 and hand.errs("stopped one step early in Euclid's algorithm", load=0.5):
        a = 1
    hand.state(f"The greatest common divisor of {start} is {a}.", f"gcd({start}) = {a}.")
    return a


def _by_factors(params: Params, hand: Hand) -> int:
    given = _given(params)
    hand.say("I break each number into primes.", "Prime factors show it.")
    powers = [_primes(hand, number) for number in given]
    wants_multiple = _wants_multiple(params)
    if hand.errs("lowest powers taken for highest, or the other way round", load=1):
        wants_multiple = not wants_multiple
    hand.say(f"Of each prime I take the {'highest' if wants_multiple else 'lowest'} power.")
    value = 1
    for prime in sorted(set().union(*powers)):
        exponents = [found.get(prime, 0) for found in powers]
        most = max(exponents) if wants_multiple else min(exponents)
        hand.state(f"{prime} appears {', '.join(map(str, exponents))} times: take {prime}^{most}.")
        for _ in range(most):
            value = int(hand.multiply(value, prime))
    hand.confirm(*_finding(params, value))
    return value


def _primes(hand: Hand, number: int) -> dict[int, int]:
    """Exponent by prime."""
    if number > LARGEST:
        raise hand.doubt(f"{number} is far too large to take apart by hand.")
    rest, found, prime = number, dict[int, int](), 2
    while prime * prime <= rest:
        while rest % prime == 0 and rest > prime:
            rest = int(hand.divide(rest, prime))
            found[prime] = found.get(prime, 0) + 1
        prime += 1
    if rest > 1:
        found[rest] = found.get(rest, 0) + 1
    hand.state(f"{number} = {' × '.join(str(p) for p in sorted(found) for _ in range(found[p]))}.")
    return found


def _finding(params: Params, value: int) -> tuple[str, bool]:
    pairs = [(value, n) if _wants_multiple(params) else (n, value) for n in _given(params)]
    left = [f"{a} leaves {a % b} on division by {b}" for a, b in pairs]
    return ", ".join(left), all(a % b == 0 for a, b in pairs)


def _wants_multiple(params: Params) -> bool:
    return params["what"] == "least common multiple"


def _given(params: Params) -> list[int]:
    return numbers(params, *(name for name in "abc" if name in params))
