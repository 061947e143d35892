"""What several families work out by hand: sums, products, values of polynomials, binomials.

Everything here goes through the hand, so it is exact when the hand is steady and slips when not.
"""

from collections.abc import Sequence
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, plain, tidy
from factory.world.polynomials import Poly, spell

PEOPLE = ("Ada", "Ben", "Chidi", "Dana", "Emil", "Farah", "Goro", "Hana", "Ivan", "Jude")
LONGEST_PRODUCT = 25  # factors; nobody writes out more


def added(hand: Hand, values: Sequence[Number]) -> Number:
    """The sum, left to right; a zero is not worth a line."""
    total, *rest = [value for value in values if value] or [0]
    for value in rest:
        total = hand.subtract(total, -value) if value < 0 else hand.add(total, value)
    return total


def multiplied(hand: Hand, values: Sequence[Number]) -> Number:
    """The product, left to right. Raises Doubt when nobody would write that out."""
    if len(values) > LONGEST_PRODUCT:
        raise hand.doubt(f"A product of {len(values)} factors is too long to write out.")
    product: Number = 1
    for value in values:
        product = hand.multiply(product, value)
    return product


def value_at(hand: Hand, poly: Poly, x: Number, name: str) -> Number:
    """The value of the polynomial at x, from the inside out (Horner) or term by term."""
    if len(poly) < 2 or x == 0:
        return poly[0] if poly else 0
    if hand.likes(0.4):
        hand.say(
            f"I work out {spell(poly)} from the inside: start with {plain(poly[-1])}, times"
            f" {plain(x)}, and so on."
        )
        value = poly[-1]
        for coefficient in reversed(poly[:-1]):
            value = added(hand, (hand.multiply(value, x), coefficient))
    else:
        value = added(hand, _terms_at(hand, poly, x))
    hand.state(
        f"So {name} is {plain(value)} at x = {plain(x)}.",
        f"At x = {plain(x)}, {name} is {plain(value)}.",
    )
    return value


def _terms_at(hand: Hand, poly: Poly, x: Number) -> list[Number]:
    hand.say(f"Put x = {plain(x)} into {spell(poly)}.", f"Put {plain(x)} for x in {spell(poly)}.")
    values, power = [poly[0]], x
    for exponent, coefficient in list(enumerate(poly))[1:]:
        if exponent > 1:
            power = hand.multiply(power, x)
            if x < 0 < power and hand.errs("even power of a negative left negative", load=0.5):
                power = -power
        values.append(hand.multiply(coefficient, power) if coefficient else 0)
    hand.say(f"The terms are {', '.join(plain(value) for value in values[::-1] if value)}.")
    return values[::-1]


def choose(hand: Hand, n: int, k: int) -> Number:
    """How many sets of k there are among n. Raises Doubt when it is too long to write out."""
    if not 0 <= k <= n:
        hand.say(f"{k} out of {n} cannot be chosen, so there are 0 ways.")
        return 0
    if k > n - k and hand.likes(0.8):
        hand.say(f"C({n}, {k}) = C({n}, {n - k}), which is shorter.")
        k = n - k
    if k > LONGEST_PRODUCT:
        raise hand.doubt(f"C({n}, {k}) is too long to write out.")
    if k > 2 and hand.likes(0.35):
        return _by_pascal(hand, n, k)
    if k <= 1:
        hand.say(f"C({n}, {k}) is {n**k}.", f"C({n}, {k}) = {n**k}, of course.")
        return n**k
    ways = multiplied(hand, range(n, n - k, -1))
    if not hand.errs("order counted although it does not matter", load=0.7):
        ways = hand.divide(ways, multiplied(hand, range(k, 1, -1)))
    hand.state(f"C({n}, {k}) = {plain(ways)}.", f"So C({n}, {k}) is {plain(ways)}.")
    return ways


def _by_pascal(hand: Hand, n: int, k: int) -> Number:
    """Step along row n: C(n, j + 1) = C(n, j) × (n - j)/(j + 1)."""
    hand.say(f"I walk along row {n} of Pascal's triangle.", f"From C({n}, 1) = {n} step by step.")
    ways: Number = n
    for j in range(1, k):
        ways = hand.divide(hand.multiply(ways, n - j), j + 1)
    hand.state(f"C({n}, {k}) = {plain(ways)}.", f"So C({n}, {k}) is {plain(ways)}.")
    return ways


def over(hand: Hand, top: Number, bottom: Number) -> Number:
    """top/bottom in lowest terms. Raises Doubt when bottom is 0."""
    if bottom == 0:
        raise hand.doubt("There is nothing to divide by.")
    value = tidy(Fraction(top) / Fraction(bottom))
    reduces = f"{plain(top)}/{plain(bottom)} = " if value.numerator != top else ""
    hand.state(f"That is {reduces}{plain(value)}.", f"The fraction is {reduces}{plain(value)}.")
    return value
