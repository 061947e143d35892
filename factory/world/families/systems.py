"""Systems of linear equations: one unknown of two, or of three at difficulty 5."""

import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, plain, rational, tex, tidy
from factory.world.phrasing import Params

DOMAIN = "algebra"
LEVELS = ("middle", "middle", "high_school", "high_school", "college")

_TWO = "{a:coef}x{b:term}y = {k} and {d:coef}x{e:term}y = {l}"
_THREE = (
    "{a:coef}x{b:term}y{c:term}z = {k}, {d:coef}x{e:term}y{f:term}z = {l}"
    " and {g:coef}x{h:term}y{i:term}z = {m}"
)
PHRASINGS = (
    f"Solve the system {_TWO}. What is {{which:x|y}}?",
    f"If {_TWO}, find {{which:x|y}}.",
    f"The numbers x and y satisfy {_TWO}. Determine {{which:x|y}}.",
    f"Solve the system {_THREE}. What is {{which:x|y|z}}?",
    f"If {_THREE}, find {{which:x|y|z}}.",
    f"The numbers x, y and z satisfy {_THREE}. Determine {{which:x|y|z}}.",
)

Rows = list[list[Number]]  # the coefficients of an equation, its right side last


def draw(rng: random.Random, difficulty: int) -> Params:
    """Whole solutions; any fraction at difficulty 4; three unknowns at difficulty 5."""
    names = "abcdefghi" if difficulty == 5 else "abde"
    right, unknowns = ("klm", "xyz") if difficulty == 5 else ("kl", "xy")
    size = (1, 5, 9, 12, 2)[difficulty - 1]
    params: Params = {"which": rng.choice(unknowns)}
    params |= {name: rng.randint(1, size) * rng.choice((-1, 1)) for name in names}
    if difficulty == 1:
        params |= {"a": rng.randint(1, 3), "d": rng.randint(1, 3)}
    low, high = ((1, 12), (-9, 9), (-12, 12), (0, 0), (-6, 6))[difficulty - 1]
    solution = [rng.randint(low, high) for _ in unknowns]
    for place, row in zip(right, _rows({**params, **dict.fromkeys(right, 0)}), strict=True):
        made = sum(a * x for a, x in zip(row, solution, strict=False))
        params[place] = rng.randint(-20, 20) if difficulty == 4 else int(made)
    return params if _determinant(_rows(params)) else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Cramer's rule."""
    rows, place = _rows(params), "xyz".index(str(params["which"]))
    swapped = [[*row[:place], row[-1], *row[place + 1 : -1], row[-1]] for row in rows]
    return tex(tidy(Fraction(_determinant(swapped)) / _determinant(rows)))


def check(params: Params, answer: str) -> bool:
    """Fix the unknown asked for; the others follow from the first equations, the last must hold."""
    known, rows = rational(answer), _rows(params)
    if known is None:
        return False
    place = "xyz".index(str(params["which"]))
    left = [[*row[:place], *row[place + 1 : -1], row[-1] - row[place] * known] for row in rows]
    return _consistent(left)


def solve(params: Params, hand: Hand) -> str:
    """Eliminate one unknown after the other, or put one equation into the other."""
    rows, which = _rows(params), str(params["which"])
    others = [name for name in "xyz"[: len(rows)] if name != which]
    if hand.likes():
        others.reverse()
    order = [*others, which]
    places = ["xyz".index(name) for name in order]
    rows = [[*(row[place] for place in places), row[-1]] for row in rows]
    while len(rows) > 1:
        last = len(rows) == 2 and hand.likes(0.4)
        rows = _substituted(hand, rows, order) if last else _eliminated(hand, rows, order)
        order = order[1:]
    a, b = rows[0]
    value = hand.divide(b, a)
    hand.state(
        f"So {which} = {plain(value)}.", f"Dividing by {plain(a)}, {which} = {plain(value)}."
    )
    if len(params) == 7:
        _put_back(params, hand, value)
    return tex(value)


def _eliminated(hand: Hand, rows: Rows, order: list[str]) -> Rows:
    """The other equations, each times the first one's coefficient, less a multiple of the first."""
    first, *rest = sorted(rows, key=lambda row: row[0] == 0)
    hand.say(f"I eliminate {order[0]}.", f"To get rid of {order[0]}, I combine equations.")
    made: Rows = []
    for row in rest:
        hand.say(
            f"{plain(first[0])} times ({_spell(row, order)}),"
            f" minus {plain(row[0])} times ({_spell(first, order)}).",
        )
        joined: list[Number] = []
        for a, b in zip(row[1:], first[1:], strict=True):
            left, right = hand.multiply(a, first[0]), hand.multiply(b, row[0])
            wrong = hand.errs("equations added instead of subtracted", load=0.5)
            joined.append(hand.add(left, right) if wrong else hand.subtract(left, right))
        hand.state(
            f"This gives {_spell(joined, order[1:])}.", f"Left: {_spell(joined, order[1:])}."
        )
        made.append(joined)
    return made


def _substituted(hand: Hand, rows: Rows, order: list[str]) -> Rows:
    """The first unknown of one equation, put into the other."""
    (a, b, c), (d, e, f) = sorted(rows, key=lambda row: (row[0] == 0, abs(row[0])))
    x, y = order
    hand.say(f"I solve one equation for {x} and substitute.", f"From the first, {x} alone.")
    constant, slope = hand.divide(c, a), hand.divide(b, a)
    hand.state(f"{x} = {plain(constant)} - ({plain(slope)}){y}.")
    left = hand.subtract(e, hand.multiply(d, slope))
    right = hand.subtract(f, hand.multiply(d, constant))
    hand.state(f"Put into the other equation: {_spell([left, right], [y])}.")
    return [[left, right]]


def _put_back(params: Params, hand: Hand, value: Number) -> None:
    """The other unknown from the first equation; then the second must hold."""
    (a, b, k), (d, e, right) = _rows(params)
    if params["which"] == "x":
        a, b, d, e = b, a, e, d
    other = tidy(Fraction(k - b * value) / a)
    left = tidy(Fraction(d * other + e * value))
    hand.confirm(
        f"the first equation makes the other unknown {plain(other)}, and then the left side"
        f" of the second is {plain(left)}, which should be {plain(right)}",
        left == right,
    )


def _consistent(rows: Rows) -> bool:
    """Whether equations one more than their unknowns agree, by elimination."""
    if len(rows[0]) == 1:
        return not any(row[0] for row in rows)
    first, *rest = sorted(rows, key=lambda row: row[0] == 0)
    if first[0] == 0:
        return _consistent([row[1:] for row in rows])
    ratios = [Fraction(row[0]) / first[0] for row in rest]
    return _consistent(
        [
            [a - ratio * b for a, b in zip(row[1:], first[1:], strict=True)]
            for ratio, row in zip(ratios, rest, strict=True)
        ]
    )


def _rows(params: Params) -> Rows:
    places = ("abck", "defl", "ghim") if "c" in params else ("abk", "del")
    return [[int(params[name]) for name in row] for row in places]


def _determinant(rows: Rows) -> Number:
    if len(rows) == 2:
        return rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    minors = ([[*row[:at], *row[at + 1 :]] for row in rows[1:]] for at in range(3))
    signed = zip((1, -1, 1), rows[0], minors, strict=False)
    return sum((sign * a * _determinant(minor) for sign, a, minor in signed), start=0)


def _spell(row: list[Number], order: list[str]) -> str:
    terms = (
        f"{'-' if a < 0 else '+'} {'' if abs(a) == 1 else plain(abs(a))}{name}"
        for a, name in zip(row, order, strict=False)
        if a
    )
    return f"{' '.join(terms).removeprefix('+ ') or '0'} = {plain(row[-1])}"
