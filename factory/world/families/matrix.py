"""Matrices: products, powers and traces, determinants, ranks and entries of inverses."""

import random
from fractions import Fraction

from factory.world.determinants import cleared, worked_determinant
from factory.world.hand import Hand
from factory.world.matrices import (
    Matrix,
    determinant,
    eliminated,
    largest_minor,
    leibniz,
    read_matrix,
    spell,
)  # fmt: skip
from factory.world.notation import Number, plain, tex, tidy
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
        return {"rank": spell(_dependent(rng, rng.choice((2, 3, 3))))}
    if kind in ("det", "inverse"):
        params: Params = {kind: spell(a)} | (place if kind == "inverse" else {})
        return params if determinant(a) else draw(rng, difficulty)
    return {"a": spell(a), "b": spell(b)} | (place if kind == "entry" else {})


def answer(params: Params) -> str:
    """Expansion along rows, sums of products, elimination, cofactors."""
    if "det" in params:
        return tex(determinant(read_matrix(params["det"])))
    if "rank" in params:
        return str(sum(any(row) for row in eliminated(read_matrix(params["rank"]))))
    if "inverse" in params:
        return tex(tidy(Fraction(_cofactor(params)) / determinant(read_matrix(params["inverse"]))))
    a, b = read_matrix(params["a"]), read_matrix(params["b"])
    n = len(a)
    places = [_place(params)] if "i" in params else [(k, k) for k in range(n)]
    return str(sum(a[i][k] * b[k][j] for i, j in places for k in range(n)))


def check(params: Params, answer: str) -> bool:
    """All permutations; the largest minor that is not 0; Gauss-Jordan; the other way round."""
    if "det" in params:
        return answer == tex(leibniz(read_matrix(params["det"])))
    if "rank" in params:
        return answer == str(largest_minor(read_matrix(params["rank"])))
    if "inverse" in params:
        m = read_matrix(params["inverse"])
        both = [[*row, *(int(i == k) for k in range(len(m)))] for i, row in enumerate(m)]
        i, j = _place(params)
        return answer == tex(tidy(Fraction(eliminated(both)[i][len(m) + j])))
    a, b = read_matrix(params["a"]), read_matrix(params["b"])
    if "i" not in params:  # the trace of BA is the trace of AB
        return answer == tex(sum(b[i][k] * a[k][i] for i in range(len(a)) for k in range(len(a))))
    i, j = _place(params)
    column = [sum(x * y for x, y in zip(row, [r[j] for r in b], strict=True)) for row in a]
    return answer == tex(column[i])


def solve(params: Params, hand: Hand) -> str:
    """Check the shapes, then the kind's own way."""
    given = [name for name in ("det", "inverse", "rank", "a", "b") if name in params]
    shapes = {name: read_matrix(params[name]) for name in given}
    for name, m in shapes.items():
        square = name == "rank" or len(m) == len(m[0])
        if {len(row) for row in m} != {len(m[0])} or not square:
            raise hand.doubt("The shape of this matrix does not fit the question.")
    if "rank" in params:
        return str(_rank(hand, shapes["rank"]))
    if "det" in params:
        return tex(worked_determinant(hand, shapes["det"]))
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
        m = cleared(hand, m)
        if m and not any(map(any, m)):
            hand.say("Nothing but zeros is left.", "What is left is zero.")
            rank += hand.errs("zero row counted as a pivot")
            break
    hand.state(f"I count {rank} pivots, so the rank is {rank}.", f"The rank is {rank}.")
    return rank


def _inverse_entry(hand: Hand, m: Matrix, i: int, j: int) -> Number:
    """The cofactor over the determinant, or Cramer's rule for the j-th unit vector."""
    hand.say("First the determinant.", "I need the determinant of the matrix.")
    below = worked_determinant(hand, [list(row) for row in m])
    if hand.likes(0.4):
        unit = [
            [int(r == j) if c == i else x for c, x in enumerate(row)] for r, row in enumerate(m)
        ]
        hand.say(f"By Cramer's rule, column {i + 1} is replaced by a unit vector: {spell(unit)}.")
        above = worked_determinant(hand, unit)
    else:
        row, column = (i, j) if hand.errs("cofactor matrix not transposed") else (j, i)
        hand.say(f"I need the cofactor of row {row + 1}, column {column + 1} (transposed).")
        minor = [[x for c, x in enumerate(r) if c != column] for k, r in enumerate(m) if k != row]
        above = worked_determinant(hand, minor) if len(minor) > 1 else minor[0][0]
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


def _cofactor(params: Params) -> Number:
    i, j = _place(params)
    rows = [row for k, row in enumerate(read_matrix(params["inverse"])) if k != j]
    return (-1) ** (i + j) * determinant([row[:i] + row[i + 1 :] for row in rows])
