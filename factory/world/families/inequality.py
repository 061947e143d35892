"""Inequalities, linear and quadratic: the solutions as x < a, as intervals, or how many integers.

Everything is brought to one side first: left - right is a line or a parabola.
"""

import math
import random
from fractions import Fraction
from itertools import zip_longest

from factory.world.hand import Hand
from factory.world.notation import Number, plain, tex, tidy
from factory.world.phrasing import Params
from factory.world.polynomials import Poly, at, derived, drawn, plus, poly_of, spell, times, trimmed
from factory.world.working import value_at

DOMAIN = "algebra"
LEVELS = ("middle", "middle", "high_school", "high_school", "college")
PHRASINGS = (
    "Solve the inequality {l:poly} {sign:<|>|≤|≥} {r:poly}. Give the answer in the form x < a,"
    " x > a, x ≤ a or x ≥ a.",
    "For which x is {l:poly} {sign:<|>|≤|≥} {r:poly}? Write the condition on x, such as x < 2.",
    "Simplify {l:poly} {sign:<|>|≤|≥} {r:poly} to a condition with x alone on the left.",
    "Solve {left:poly} {sign:<|>|≤|≥} {right:poly}. Write the solution set in interval notation.",
    "Find all real x with {left:poly} {sign:<|>|≤|≥} {right:poly}, as an interval or a union of"
    " intervals.",
    "On which part of the real line does {left:poly} {sign:<|>|≤|≥} {right:poly} hold? Use interval"
    " notation.",
    "How many integers x satisfy {p:poly} {sign:<|>|≤|≥} {q:poly}?",
    "For how many whole numbers x, also negative ones, is {p:poly} {sign:<|>|≤|≥} {q:poly} true?",
    "Count the integer solutions of {p:poly} {sign:<|>|≤|≥} {q:poly}.",
)

_TEX = {"<": "<", ">": ">", "≤": r"\le", "≥": r"\ge"}
_TURNED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}


def draw(rng: random.Random, difficulty: int) -> Params:
    """Linear on one side, on both; a parabola with roots, a line beside it; integers to count."""
    sign = rng.choice("<>≤≥")
    if difficulty <= 2:
        left = drawn(rng, 1, 9 * difficulty)
        right = drawn(rng, difficulty - 1, 20)
        if difficulty == 2:
            left, right = plus((), left, rng.choice((-1, 1))), plus((), right, rng.choice((-1, 1)))
        if left[-1] == 1 or left[1:] == right[1:]:
            return draw(rng, difficulty)
        return {"l": spell(left), "sign": sign, "r": spell(right)}
    if difficulty == 5:
        return _counted(rng)
    scale = 1 if difficulty == 3 else rng.choice((-2, -1, 1, 2, 3))
    first, second = rng.sample([k for k in range(-9, 10) if k], 2)
    gap = times((-first * scale, scale), (-second, rng.choice((1, 2)) if difficulty == 4 else 1))
    right = () if difficulty == 3 else drawn(rng, 1, 9)
    if at(derived(gap), Fraction(first)) == 0:
        return draw(rng, difficulty)
    return {"left": spell(plus(gap, right)), "sign": sign, "right": spell(right)}


def _counted(rng: random.Random) -> Params:
    """Between the roots of a parabola, which are mostly no whole numbers."""
    a, b, c = rng.randint(1, 3), rng.randint(-20, 20), -rng.randint(5, 150)
    turned = rng.choice((-1, 1))
    gap = trimmed(turned * k for k in (c, b, a))
    right = drawn(rng, rng.choice((1, 2)), 9)
    if len(plus(gap, right)) != 3:
        return _counted(rng)
    sign = rng.choice("<≤" if turned > 0 else ">≥")
    return {"p": spell(plus(gap, right)), "sign": sign, "q": spell(right)}


def answer(params: Params) -> str:
    """Exact roots of left - right; for a count, every integer between bounds on the roots."""
    gap, sign = _gap(params), str(params["sign"])
    if "l" in params:
        turned = sign if gap[1] > 0 else _TURNED[sign]
        return f"x {_TEX[turned]} {tex(tidy(Fraction(-gap[0]) / gap[1]))}"
    if "p" in params:
        bound = 2 + max(abs(c) for c in gap[:2])  # Cauchy's
        return str(sum(_holds(at(gap, x), sign) for x in range(-int(bound), int(bound) + 1)))
    low, high = _rational_roots(gap)
    return _interval(low, high, sign in "≤≥", inside=(sign in "<≤") == (gap[-1] > 0))


def check(params: Params, answer: str) -> bool:
    """Put in the ends of the answer and a number of points on every side of them."""
    gap, sign = _gap(params), str(params["sign"])
    if "p" in params:
        return answer == str(_between_roots(gap, sign))
    if "l" in params:
        end = Fraction(-gap[0]) / gap[1]
        shown = "≤" if _holds(0, sign) else "<"
        shown = shown if _holds(at(gap, end - 1), sign) else _TURNED[shown]
        return answer == f"x {_TEX[shown]} {tex(tidy(end))}"
    low, high = _rational_roots(gap)
    inside = _holds(at(gap, Fraction(low + high) / 2), sign)
    outside = _holds(at(gap, low - 1), sign) and _holds(at(gap, high + 1), sign)
    ends = at(gap, low) == at(gap, high) == 0 and low < high
    return ends and inside != outside and answer == _interval(low, high, _holds(0, sign), inside)


def solve(params: Params, hand: Hand) -> str:
    """A line is divided by its slope; a parabola is looked at between and outside its roots."""
    sign = str(params["sign"])
    if "l" in params:
        return _linear(hand, poly_of(params["l"]), poly_of(params["r"]), sign)
    names = ("p", "q") if "p" in params else ("left", "right")
    above, below = (poly_of(params[name]) for name in names)
    pairs = zip_longest(above, below, fillvalue=0)
    gap = trimmed(hand.subtract(a, b) if b else a for a, b in pairs)
    hand.state(f"On one side: {spell(gap)} {sign} 0.", f"That is {spell(gap)} {sign} 0.")
    if len(gap) != 3:
        raise hand.doubt(f"{spell(gap)} is no quadratic.")
    if gap[-1] < 0 and ("p" in params or hand.likes(0.6)):
        gap = plus((), gap, -1)
        if not hand.errs("sign not turned when multiplying by -1", load=4):
            sign = _TURNED[sign]
        hand.state(f"Times -1, which turns the sign: {spell(gap)} {sign} 0.")
    if "p" in params:
        return str(_count(hand, gap, sign))
    low, high = _roots(hand, gap)
    hand.state(f"The roots are {plain(low)} and {plain(high)}.")
    inside = _sides(hand, gap, sign, low, high)
    if hand.errs("took the outside for the inside"):
        inside = not inside
    hand.state(f"So x lies {'between' if inside else 'outside'} the roots.")
    return _interval(low, high, sign in "≤≥", inside)


def _linear(hand: Hand, left: Poly, right: Poly, sign: str) -> str:
    (b, a), (d, c) = (_line(hand, poly) for poly in (left, right))
    if a < c and hand.likes():
        hand.say("I collect x on the right, where there is more of it.")
        a, b, c, d, sign = c, d, a, b, _TURNED[sign]
        hand.say(f"Read from right to left: {spell((b, a))} {sign} {spell((d, c))}.")
    if c:
        a = hand.subtract(a, c)
        hand.state(f"Taking away {spell((0, c))}: {spell((b, a))} {sign} {plain(d)}.")
    if b:
        d = hand.add(d, b) if hand.errs("flipped sign") else hand.subtract(d, b)
        hand.state(f"So {spell((0, a))} {sign} {plain(d)}.")
    if a < 0 and not hand.errs("sign not turned when dividing by a negative", load=4):
        sign = _TURNED[sign]
        hand.say(f"Dividing by {plain(a)} turns the sign around.")
    end = hand.divide(d, a) if a != 1 else d
    hand.state(f"So x {sign} {plain(end)}.")
    return f"x {_TEX[sign]} {tex(end)}"


def _line(hand: Hand, poly: Poly) -> tuple[Number, Number]:
    if len(poly) > 2:
        raise hand.doubt(f"{spell(poly)} is not linear.")
    return at(poly, 0), at(derived(poly), 0)


def _roots(hand: Hand, gap: Poly) -> tuple[Number, Number]:
    """Low and high. Raises Doubt when they are not two fractions."""
    c, b, a = gap
    if a == 1 and hand.likes():
        low, high = _rational_roots(gap) if _is_square(b * b - 4 * c) else (0, 0)
        pair = f"{plain(-low)} and {plain(-high)}"
        hand.say(f"Two numbers with product {plain(c)} and sum {plain(b)}: {pair}.")
        if hand.multiply(low, high) != c or hand.add(-low, -high) != b:
            raise hand.doubt("No, these do not fit.")
        if hand.errs("roots read with the signs of the factors"):
            return -high, -low
        return low, high
    hand.say("For the roots I use the quadratic formula.", "The quadratic formula gives the roots.")
    disc = hand.subtract(hand.multiply(b, b), hand.multiply(hand.multiply(4, a), c))
    if disc <= 0 or not _is_square(disc):
        raise hand.doubt(f"The discriminant {plain(disc)} gives no two rational roots.")
    root, below = math.isqrt(int(disc)), hand.multiply(2, a)
    hand.say(f"The discriminant is {plain(disc)} = {root}^2.")
    ends = [hand.divide(hand.add(-b, step), below) for step in (-root, root)]
    return min(ends), max(ends)


def _sides(hand: Hand, gap: Poly, sign: str, low: Number, high: Number) -> bool:
    """Whether the solutions lie between the roots."""
    if low < 0 < high and hand.likes(0.6):
        hand.say(f"I test x = 0, which lies between: it gives {plain(gap[0])}.")
        return _holds(gap[0], sign)
    if hand.likes(0.4):
        x = math.floor(high) + 1
        return not _holds(value_at(hand, gap, x, "the left side"), sign)
    way = "up, so it is negative" if gap[-1] > 0 else "down, so it is positive"
    hand.say(f"The parabola opens {way} between the roots.")
    return (sign in "<≤") == (gap[-1] > 0)


def _count(hand: Hand, gap: Poly, sign: str) -> int:
    """The integers x between the roots of a parabola that opens up."""
    c, b, a = gap
    if sign in ">≥":
        raise hand.doubt("Outside the roots there are infinitely many integers.")
    disc = hand.subtract(hand.multiply(b, b), hand.multiply(hand.multiply(4, a), c))
    hand.state(f"The discriminant is {plain(disc)}.")
    if disc <= 0:
        raise hand.doubt("That leaves nothing to count.")
    root = math.isqrt(int(disc) - (sign == "<"))
    hand.say(f"{root}^2 = {root**2} is the last square {'below' if sign == '<' else 'up to'} it.")
    below = hand.multiply(2, a)
    hand.say(f"Completing the square, ({spell((b, below))})^2 {sign} {plain(disc)}.")
    hand.say(f"So {spell((b, below))} lies from -{root} to {root}.")
    ends = [hand.subtract(end, b) for end in (-root, root)]
    hand.state(f"{spell((0, below))} lies from {plain(ends[0])} to {plain(ends[1])}.")
    low, high = math.ceil(Fraction(ends[0]) / below), math.floor(Fraction(ends[1]) / below)
    hand.state(f"The integers are {low} to {high}.", f"So x runs from {low} to {high}.")
    if hand.likes():
        for x in (high, high + 1):
            value = value_at(hand, gap, x, "the left side")
            if _holds(value, sign) != (x == high):
                raise hand.doubt(f"That does not fit: x = {x} is on the wrong side.")
    if hand.errs("counted the steps instead of the numbers"):
        return int(hand.subtract(high, low))
    return int(hand.add(hand.subtract(high, low), 1))


def _between_roots(gap: Poly, sign: str) -> int:
    """Walk out from the vertex both ways as long as the inequality holds."""
    vertex = Fraction(-gap[1]) / (2 * gap[2])
    count = 0
    for x, step in ((math.floor(vertex), -1), (math.floor(vertex) + 1, 1)):
        while _holds(at(gap, x), sign):
            count, x = count + 1, x + step
    return count


def _gap(params: Params) -> Poly:
    names = next(pair for pair in (("l", "r"), ("left", "right"), ("p", "q")) if pair[0] in params)
    left, right = (poly_of(params[name]) for name in names)
    return plus(left, right, -1)


def _holds(value: Number, sign: str) -> bool:
    return {"<": value < 0, ">": value > 0, "≤": value <= 0, "≥": value >= 0}[sign]


def _is_square(value: Number) -> bool:
    return value > 0 and value.denominator == 1 and math.isqrt(int(value)) ** 2 == value


def _rational_roots(gap: Poly) -> tuple[Number, Number]:
    c, b, a = gap
    root = math.isqrt(int(b * b - 4 * a * c))
    ends = sorted(tidy((-b + step) / Fraction(2 * a)) for step in (-root, root))
    return ends[0], ends[1]


def _interval(low: Number, high: Number, closed: bool, inside: bool) -> str:
    left, right = ("[", "]") if closed else ("(", ")")
    if inside:
        return f"{left}{tex(low)}, {tex(high)}{right}"
    return rf"(-\infty, {tex(low)}{right} \cup {left}{tex(high)}, \infty)"
