"""Exact counts that the family `counting` answers and checks with; none of it can slip."""

import math
from itertools import combinations

from factory.world.phrasing import Params, numbers


def groups(*divisors: int) -> list[tuple[tuple[int, ...], int]]:
    """Every group of the divisors, with the sign inclusion-exclusion gives it."""
    sizes = range(1, len(divisors) + 1)
    return [(group, (-1) ** (size - 1)) for size in sizes for group in combinations(divisors, size)]


def paths(right: int, up: int) -> int:
    """Shortest paths on a grid."""
    return math.comb(right + up, up)


def coefficients(each: list[int], times: int) -> list[int]:
    """The coefficients of `each`, as a polynomial, to that power, as far as `each` goes."""
    row = [1]
    for _ in range(times):
        row = [
            sum(row[i] * each[k - i] for i in range(min(k + 1, len(row)))) for k in range(len(each))
        ]
    return row


def walked(params: Params) -> int:
    """Point by point, keeping apart the paths that have met each marked point."""
    x, y = numbers(params, "x", "y")
    marked = [("u", "v")] if "u" in params else [("p", "q"), ("r", "s")]
    points = [(int(params[a]), int(params[b])) for a, b in marked]
    met: dict[tuple[int, int], dict[bool, int]] = {}
    for i in range(x + 1):
        for j in range(y + 1):
            here = {False: int(i == j == 0), True: 0}
            for before in ((i - 1, j), (i, j - 1)):
                for flag, ways in met.get(before, {}).items():
                    here[flag] += ways
            met[i, j] = {False: 0, True: sum(here.values())} if (i, j) in points else here
    return met[x, y]["u" in params]
