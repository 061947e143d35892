"""Matrices: products, powers and traces, determinants, ranks and entries of inverses."""

import random
from fractions import Fraction
from itertools import combinations, permutations

from factory.world.hand import Hand
from factory.world.notation import Number, operand, plain, tex, tidy
from factory.world.phrasing import Params
from factory.world.working import added

DOMAIN = "linear_algebra"
LEVELS = ("high_school", "high_school", "college", "college", "college")
PHRASINGS = (
    "Find the determinant of the matrix {det:matrix}.",
    "What is the determinant of {det:pmatrix}?",
    "Compute det(M) for M = {det:matrix}.",
    "By what signed factor does the linear map with matrix {det:pmatrix} scale volume?",
    "Let A = {a:matrix} and B = {b:matrix}. What is the entry of AB in row {i} and column {j}?",
    "Multiply {a:pmatrix} by {b:pmatrix}, in this order. Which number stands in row {i}, column"
    " {j} of the product?",
    "For A = {a:matrix} and B = {b:matrix}, find the number in row {i} and column {j} of AB.",
    "Let A = {a:matrix} and B = {b:matrix}. Find the trace of AB.",
    "What is the trace of the product of {a:pmatrix} and {b:pmatrix}?",
    "Multiply A = {a:matrix} by B = {b:matrix}. What do the diagonal entries of AB add up to?",
    "What is the rank of the matrix {rank:matrix}?",
    "How many linearly independent rows does {rank:pmatrix} have?",
    "Find the dimension of the column space of {rank:matrix}.",
    "Let M = {inverse:matrix}. Find the entry of its inverse in row {i} and column {j}.",
    "The matrix {inverse:pmatrix} is invertible. Which number stands in row {i}, column {j} of the"
    " inverse?",
    "Invert {inverse:matrix} and give the entry in row {i}, column {j}.",
)

Matrix = list[list[Number]]

_KINDS = (
    ("det", "entry"),
    ("trace", "inverse"),
    ("det", "trace"),
    ("rank", "inverse"),
    ("inverse", "det"),
)
_SIZES = (2, 2, 3, 3, 3)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Two by two, then three by three; ranks and larger entries at 4, inverses or 4 by 4 at 5."""
    kind, n = rng.choice(_KINDS[difficulty - 1]), _SIZES[difficulty - 1]
    size = 4 if kind == "trace" and n > 2 else (9, 9, 6, 3, 6)[difficulty - 1]
    a, b = (_drawn(rng, n, size) for _ in range(2))
    if kind == "det" and difficulty == 5:
        a = _drawn(rng, 4, 5)
        a[0] = rng.sample([0, 0, rng.randint(1, 5), rng.randint(-5, 5)], 4)
    place: Params = {"i": rng.randint(1, n), "j": rng.randint(1, n)}
    if kind == "rank":
        return {"rank": _spell(_dependent(rng, rng.choice((2, 3, 3))))}
    if kind in ("det", "inverse"):
        params: Params = {kind: _spell(a)} | (place if kind == "inverse" else {})
        return params if _determinant(a) else draw(rng, difficulty)
    return {"a": _spell(a), "b": _spell(b)} | (place if kind == "entry" else {})


def answer(params: Params) -> str:
    """Expansion along rows, sums of products, elimination, cofactors."""
    if "det" in params:
        return tex(_determinant(_read(params["det"])))
    if "rank" in params:
        return str(sum(any(row) for row in _eliminated(_read(params["rank"]))))
    if "inverse" in params:
        return tex(tidy(Fraction(_cofactor(params)) / _determinant(_read(params["inverse"]))))
    a, b = _read(params["a"]), _read(params["b"])
    n = len(a)
    places = [_place(params)] if "i" in params else [(k, k) for k in range(n)]
    return str(sum(a[i][k] * b[k][j] for i, j in places for k in range(n)))


def check(params: Params, answer: str) -> bool:
    """All permutations; the largest minor that is not 0; Gauss-Jordan; the other way round."""
    if "det" in params:
        return answer == tex(_leibniz(_read(params["det"])))
    if "rank" in params:
        return answer == str(_largest_minor(_read(params["rank"])))
    if "inverse" in params:
        m = _read(params["inverse"])
        both = [[*row, *(int(i == k) for k in range(len(m)))] for i, row in enumerate(m)]
        i, j = _place(params)
        return answer == tex(tidy(Fraction(_eliminated(both)[i][len(m) + j])))
    a, b = _read(params["a"]), _read(params["b"])
    if "i" not in params:  # the trace of BA is the trace of AB
        return answer == tex(sum(b[i][k] * a[k][i] for i in range(len(a)) for k in range(len(a))))
    i, j = _place(params)
    column = [sum(x * y for x, y in zip(row, [r[j] for r in b], strict=True)) for row in a]
    return answer == tex(column[i])


def solve(params: Params, hand: Hand) -> str:
    """Check the shapes, then the kind's own way."""
    shapes = {
        name: _read(params[name]) for name in ("det", "inverse", "rank", "a", "b") if name in params
    }
    for name, m in shapes.items():
        square = name == "rank" or len(m) == len(m[0])
        if {len(row) for row in m} != {len(m[0])} or not square:
            raise hand.doubt("The shape of this matrix does not fit the question.")
    if "rank" in params:
        return str(_rank(hand, shapes["rank"]))
    if "det" in params:
        return tex(_det(hand, shapes["det"]))
    n = len(next(iter(shapes.values())))
    if {len(m) for m in shapes.values()} != {n} or not all(
        1 <= int(params.get(k, 1)) <= n for k in "ij"
    ):
        raise hand.doubt("The sizes do not fit.")
    if "inverse" in params:
        return tex(_inverse_entry(hand, shapes["inverse"], *_place(params)))
    return tex(_product(hand, params, shapes["a"], shapes["b"]))


def _product(hand: Hand, params: Params, a: Matrix, b: Matrix) -> Number:
    if "i" in params:
        i, j = _place(params)
        if hand.errs("rows and columns mixed up"):
            i, j = j, i
        return _dot(hand, a[i], [row[j] for row in b], f"row {i + 1} times column {j + 1}")
    n = range(len(a))
    hand.say("The trace needs only the diagonal of the product.", "Only diagonal entries count.")
    if hand.likes(0.3):
        hand.say("The trace of AB is also the sum of all a_ik × b_ki, column by column of A.")
        columns = [(k, [row[k] for row in a], b[k]) for k in n]
        return added(
            hand,
            [_dot(hand, c, r, f"column {k + 1} of A with row {k + 1} of B") for k, c, r in columns],
        )
    diagonal = [
        _dot(hand, a[k], [row[k] for row in b], f"row {k + 1} of A with column {k + 1} of B")
        for k in n
    ]
    return added(hand, diagonal)


def _dot(hand: Hand, row: list[Number], column: list[Number], what: str) -> Number:
    hand.say(f"I take {what}.", f"Next, {what}.")
    total = added(hand, [hand.multiply(x, y) for x, y in zip(row, column, strict=True)])
    hand.state(f"{what[0].upper()}{what[1:]} gives {plain(total)}.")
    return total


def _det(hand: Hand, m: Matrix) -> Number:
    """Two by two at once; larger by the first row, the first column or elimination."""
    if len(m) == 2:
        [[a, b], [c, d]] = m
        left, right = hand.multiply(a, d), hand.multiply(b, c)
        plus = hand.errs("products added in a two by two determinant")
        value = hand.add(left, right) if plus else hand.subtract(left, right)
        hand.state(f"The determinant of {_spell(m)} is {plain(value)}.")
        return value
    if len(m) == 3 and hand.likes(0.3):
        return _sarrus(hand, m)
    if hand.likes(0.3) or (len(m) > 3 and m[0].count(0) < 2):
        return _by_elimination(hand, m)
    if len(m) > 3 or hand.likes():
        hand.say("I expand along the first row.", "Expansion along the first row.")
    else:
        hand.say("I expand down the first column: turning the matrix over changes nothing.")
        m = [list(column) for column in zip(*m, strict=True)]
        hand.say(f"So I work with {_spell(m)}.")
    signs = (
        [1] * len(m)
        if hand.errs("cofactor signs forgotten")
        else [(-1) ** k for k in range(len(m))]
    )
    parts: list[Number] = []
    for k, entry in enumerate(m[0]):
        if entry == 0:
            hand.say("The next entry is 0 and adds nothing.")
            continue
        minor = [row[:k] + row[k + 1 :] for row in m[1:]]
        parts.append(signs[k] * hand.multiply(entry, _det(hand, minor)))
    hand.say(f"With signs the parts are {', '.join(map(plain, parts))}.")
    value = added(hand, parts)
    hand.state(f"So the determinant is {plain(value)}.")
    return value


def _sarrus(hand: Hand, m: Matrix) -> Number:
    hand.say("By the rule of Sarrus: three products down, three products up.")
    down = [_triple(hand, [m[k][(k + j) % 3] for k in range(3)]) for j in range(3)]
    up = [_triple(hand, [m[k][(j - k) % 3] for k in range(3)]) for j in range(3)]
    first, second = added(hand, down), added(hand, up)
    hand.state(f"Down: {plain(first)}. Up: {plain(second)}.")
    if hand.errs("products added in the rule of Sarrus"):
        return hand.add(first, second)
    return hand.subtract(first, second)


def _triple(hand: Hand, entries: list[Number]) -> Number:
    if 0 in entries:
        return 0
    return hand.multiply(hand.multiply(entries[0], entries[1]), entries[2])


def _by_elimination(hand: Hand, m: Matrix) -> Number:
    sign, diagonal = 1, list[Number]()
    hand.say("I bring it to triangular form; that leaves the determinant as it is.")
    while m:
        swap = next((k for k, row in enumerate(m) if row[0] != 0), None)
        if swap is None:
            hand.state("A column has run out of pivots, so the determinant is 0.")
            return 0
        if swap:
            hand.say(f"Swap rows 1 and {swap + 1} of {_spell(m)}.")
            m[0], m[swap] = m[swap], m[0]
            sign = sign if hand.errs("sign of a row swap forgotten") else -sign
        diagonal.append(m[0][0])
        m = _cleared(hand, m)
    hand.state(f"The pivots are {', '.join(map(plain, diagonal))}.")
    value: Number = sign
    for pivot in diagonal:
        value = hand.multiply(value, pivot)
    return value


def _cleared(hand: Hand, m: Matrix) -> Matrix:
    """What is left under the first row once its first entry has cleared the column."""
    first, *rest = m
    left: Matrix = []
    for row in rest:
        if row[0] == 0:
            left.append(row[1:])
            continue
        factor = hand.divide(row[0], first[0]) if first[0] != 1 else row[0]
        hand.say(f"From [{_row(row)}] take {operand(plain(factor))} times [{_row(first)}].")
        pairs = zip(row[1:], first[1:], strict=True)
        left.append([hand.subtract(x, hand.multiply(factor, y)) if y else x for x, y in pairs])
    if left and left[0]:
        hand.state(f"That leaves {_spell(left)}.", f"Below the pivot stays {_spell(left)}.")
    return left


def _rank(hand: Hand, m: Matrix) -> int:
    """Count the pivots, of the rows or of the columns."""
    if hand.likes(0.4):
        m = [list(column) for column in zip(*m, strict=True)]
        hand.say("Rows and columns have the same rank, so I may turn the matrix over.")
    rank = 0
    while m and m[0]:
        swap = next((k for k, row in enumerate(m) if row[0] != 0), None)
        if swap is None:
            hand.say("The first column of what is left is zero, so I pass over it.")
            m = [row[1:] for row in m]
            continue
        m[0], m[swap] = m[swap], m[0]
        rank += 1
        m = _cleared(hand, m)
        if m and not any(map(any, m)):
            hand.say("Nothing but zeros is left.", "What is left is zero.")
            rank += hand.errs("zero row counted as a pivot")
            break
    hand.state(f"I count {rank} pivots, so the rank is {rank}.", f"The rank is {rank}.")
    return rank


def _inverse_entry(hand: Hand, m: Matrix, i: int, j: int) -> Number:
    """The cofactor over the determinant, or Cramer's rule for the j-th unit vector."""
    hand.say("First the determinant.", "I need the determinant of the matrix.")
    below = _det(hand, [list(row) for row in m])
    if hand.likes(0.4):
        unit = [
            [int(r == j) if c == i else x for c, x in enumerate(row)] for r, row in enumerate(m)
        ]
        hand.say(f"By Cramer's rule, column {i + 1} is replaced by a unit vector: {_spell(unit)}.")
        above = _det(hand, unit)
    else:
        row, column = (i, j) if hand.errs("cofactor matrix not transposed") else (j, i)
        hand.say(f"I need the cofactor of row {row + 1}, column {column + 1} (transposed).")
        minor = [[x for c, x in enumerate(r) if c != column] for k, r in enumerate(m) if k != row]
        above = _det(hand, minor) if len(minor) > 1 else minor[0][0]
        above = above * (
            1 if hand.errs("sign of the cofactor forgotten") else (-1) ** (row + column)
        )
        hand.state(f"With its sign the cofactor is {plain(above)}.")
    return hand.divide(above, below)


def _place(params: Params) -> tuple[int, int]:
    return int(params["i"]) - 1, int(params["j"]) - 1


def _drawn(rng: random.Random, n: int, size: int) -> Matrix:
    return [[rng.randint(-size // 2, size) for _ in range(n)] for _ in range(n)]


def _dependent(rng: random.Random, rank: int) -> Matrix:
    """Four rows that are whole combinations of `rank` rows."""
    rows = [[rng.randint(-2, 4) for _ in range(4)] for _ in range(rank)]
    for _ in range(4 - rank):
        factors = [rng.choice((-1, 1, 2)) for _ in range(rank)]
        rows.append(
            [sum(f * row[c] for f, row in zip(factors, rows, strict=False)) for c in range(4)]
        )
    rng.shuffle(rows)
    return [list(row) for row in rows]


def _determinant(m: Matrix) -> Number:
    if len(m) == 1:
        return m[0][0]
    minors = ([row[:k] + row[k + 1 :] for row in m[1:]] for k in range(len(m)))
    return sum(
        (-1) ** k * m[0][k] * _determinant(minor) for k, minor in enumerate(minors) if m[0][k]
    )


def _cofactor(params: Params) -> Number:
    i, j = _place(params)
    rows = [row for k, row in enumerate(_read(params["inverse"])) if k != j]
    return (-1) ** (i + j) * _determinant([row[:i] + row[i + 1 :] for row in rows])


def _leibniz(m: Matrix) -> Number:
    total: Number = 0
    for order in permutations(range(len(m))):
        product: Number = (-1) ** sum(x > y for x, y in combinations(order, 2))
        for row, column in enumerate(order):
            product *= m[row][column]
        total += product
    return total


def _largest_minor(m: Matrix) -> int:
    """The size of the largest square part with a determinant."""
    for size in range(min(len(m), len(m[0])), 0, -1):
        for rows in combinations(m, size):
            for columns in combinations(range(len(m[0])), size):
                if _leibniz([[row[c] for c in columns] for row in rows]) != 0:
                    return size
    return 0


def _eliminated(m: Matrix) -> Matrix:
    """The reduced row echelon form."""
    rows, done = [[Fraction(x) for x in row] for row in m], 0
    for column in range(len(m[0])):
        pivot = next((k for k in range(done, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [x / rows[done][column] for x in rows[done]]
        for k, row in enumerate(rows):
            if k != done:
                rows[k] = [x - row[column] * y for x, y in zip(row, rows[done], strict=True)]
        done += 1
    return [list(row) for row in rows]


def _read(value: int | str) -> Matrix:
    rows = str(value)[2:-2].split("], [")
    return [[int(entry) for entry in row.split(", ")] for row in rows]


def _spell(m: Matrix) -> str:
    return "[" + ", ".join(f"[{_row(row)}]" for row in m) + "]"


def _row(row: list[Number]) -> str:
    return ", ".join(map(plain, row))
