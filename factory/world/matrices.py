"""Matrices of exact numbers <-> text, and exact arithmetic on them; none of it can slip."""

from fractions import Fraction
from itertools import combinations, permutations

from factory.world.notation import Number, plain

Matrix = list[list[Number]]


def determinant(m: Matrix) -> Number:
    """Expanded along the first row."""
    if len(m) == 1:
        return m[0][0]
    minors = ([row[:k] + row[k + 1 :] for row in m[1:]] for k in range(len(m)))
    return sum(
        (-1) ** k * m[0][k] * determinant(minor) for k, minor in enumerate(minors) if m[0][k]
    )


def leibniz(m: Matrix) -> Number:
    """The determinant as the signed sum over all permutations."""
    total: Number = 0
    for order in permutations(range(len(m))):
        product: Number = (-1) ** sum(x > y for x, y in combinations(order, 2))
        for row, column in enumerate(order):
            product *= m[row][column]
        total += product
    return total


def largest_minor(m: Matrix) -> int:
    """The size of the largest square part with a determinant."""
    for size in range(min(len(m), len(m[0])), 0, -1):
        for rows in combinations(m, size):
            for columns in combinations(range(len(m[0])), size):
                if leibniz([[row[c] for c in columns] for row in rows]) != 0:
                    return size
    return 0


def eliminated(m: Matrix) -> Matrix:
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


def read_matrix(value: int | str) -> Matrix:
    """The matrix of a parameter, which a phrasing has read and so is one."""
    rows = str(value)[2:-2].split("], [")
    return [[int(entry) for entry in row.split(", ")] for row in rows]


def spell(m: Matrix) -> str:
    """`[[1, 2], [3, 4]]`."""
    return "[" + ", ".join(f"[{spell_row(row)}]" for row in m) + "]"


def spell_row(row: list[Number]) -> str:
    """`1, 2`."""
    return ", ".join(map(plain, row))
