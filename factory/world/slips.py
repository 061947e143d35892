"""The wrong values people write down, by the name of the mistake. Pure functions of the operands.

Each returns candidates: one that happens to equal the right value is no slip; the hand drops it.
"""

from fractions import Fraction

from factory.world.notation import Number

Slips = dict[str, Number]


def in_sum(a: Number, b: Number) -> Slips:
    """Mistakes in a + b."""
    return {
        "dropped carry": a + b - _carry(a, b),
        "flipped sign": a - b if a < 0 or b < 0 else a + b,
        "off by one": a + b + 1,
    }


def in_difference(a: Number, b: Number) -> Slips:
    """Mistakes in a - b."""
    return {
        "forgotten borrow": a - b + _carry(a - b, b),
        "flipped sign": a + b if b < 0 else b - a,
        "off by one": a - b - 1,
    }


def in_product(a: Number, b: Number) -> Slips:
    """Mistakes in a * b."""
    return {
        "wrong times table entry": a * b + min(a, b, key=abs),
        "flipped sign": -a * b if a < 0 or b < 0 else a * b,
        "swapped digits": _swapped(a * b),
        "misplaced decimal point": a * b * (10 if Fraction in (type(a), type(b)) else 1),
    }


def in_quotient(a: Number, b: Number) -> Slips:
    """Mistakes in a / b, b not 0."""
    right = Fraction(a) / b
    whole = right.denominator == 1
    return {
        "flipped sign": -right if a < 0 or b < 0 else right,
        "off by one": right + 1 if whole else right,
        "fraction upside down": right if whole else 1 / right,
    }


def in_remainder(a: int, modulus: int) -> Slips:
    """Mistakes in a mod modulus."""
    return {
        "off by one": (a + 1) % modulus,
        "remainder taken from the next multiple": -a % modulus,
    }


def _carry(a: Number, b: Number) -> int:
    """What the first carry of a + b is worth; 0 when there is none or a sign gets in the way."""
    if not (isinstance(a, int) and isinstance(b, int) and a > 0 and b > 0):
        return 0
    place = 10
    while place <= 10 * max(a, b):
        if a % place + b % place >= place:
            return place
        place *= 10
    return 0


def _swapped(value: Number) -> Number:
    """The last two digits change places; a single digit has no other to swap with."""
    if value.denominator != 1 or abs(value) < 10:
        return value
    head, tail = divmod(abs(value.numerator), 100)
    swapped = head * 100 + tail % 10 * 10 + tail // 10
    return -swapped if value < 0 else swapped
