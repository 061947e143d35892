"""Which texts to compare: those that share a key, or a band of their signatures (LSH).

A small bucket gives all its pairs. In one of more than `CROWD` every text meets the first `HUBS` of
it and the one before: a million texts that are all alike cost a few million comparisons. What is
new meets what was there by the same rule; so what was compared after several runs depends on the
set of texts alone where no bucket is crowded, and in one run always.
"""

import numpy as np

from factory.likeness.kernel import njit, outer
from factory.likeness.sketch import PERMUTATIONS, mixed
from factory.likeness.tables import Array
from factory.likeness.tokens import U

CROWD = 64
HUBS = 4


def bands(threshold: float) -> tuple[int, int]:
    """datasketch's choice of bands and of rows in each for this Jaccard similarity."""
    from datasketch import MinHashLSH  # it loads scipy

    lsh = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    return lsh.b, lsh.r


def band_keys(signatures: Array, salts: Array, threshold: float) -> Array:
    """uint64 [bands, n]: a key a band; texts of another salt share none."""
    count, rows = bands(threshold)
    out = np.empty((count, len(signatures)), np.uint64)
    with np.errstate(over="ignore"):
        fill_bands(signatures, salts, rows, out)
    return out


def pairs(columns: Array, whole: int, fresh: Array) -> Array:
    """int64 [m, 2], i < j: the texts to compare, of which at least one is fresh.

    `columns` is uint64 [k, n], a key a text. Texts must be sorted. Of the first `whole` columns a
    crowded bucket gives nothing: the bands part it.
    """
    n = columns.shape[1]
    found = [np.empty(0, np.int64)]
    for number, keys in enumerate(columns):
        order = np.argsort(keys, kind="stable")
        room = count_pairs(keys, order, fresh, number < whole)
        out = np.empty(room, np.int64)
        fill_pairs(keys, order, fresh, number < whole, out)
        found.append(out)
    codes = np.unique(np.concatenate(found))
    return np.stack([codes // max(n, 1), codes % max(n, 1)], axis=1)


def agree(pairs: Array, signatures: Array, least: int) -> Array:
    """bool [m]: the pairs whose signatures agree in `least` places and more."""
    out = np.empty(len(pairs), np.bool_)
    fill_agree(pairs, signatures, least, out)
    return out


@outer
def fill_agree(pairs: Array, signatures: Array, least: int, out: Array) -> None:
    """A pair a row."""
    for row in range(len(pairs)):
        i, j, same = pairs[row, 0], pairs[row, 1], 0
        for k in range(signatures.shape[1]):
            same += signatures[i, k] == signatures[j, k]
        out[row] = same >= least


@outer
def fill_bands(signatures: Array, salts: Array, rows: int, out: Array) -> None:
    """One key a band and text."""
    for i in range(signatures.shape[0]):
        for band in range(out.shape[0]):
            key = salts[i] + U(band)
            for k in range(band * rows, (band + 1) * rows):
                key = mixed(key ^ U(signatures[i, k]))
            out[band, i] = key


@njit
def bucket(keys: Array, order: Array, first: int) -> int:
    """Where the bucket that begins here ends."""
    last = first + 1
    while last < len(order) and keys[order[last]] == keys[order[first]]:
        last += 1
    return last


@outer
def count_pairs(keys: Array, order: Array, fresh: Array, whole: bool) -> int:
    """How many pairs `fill_pairs` writes."""
    return visit(keys, order, fresh, whole, order[:0])


@outer
def fill_pairs(keys: Array, order: Array, fresh: Array, whole: bool, out: Array) -> int:
    """Every pair as i * n + j."""
    return visit(keys, order, fresh, whole, out)


@njit
def visit(keys: Array, order: Array, fresh: Array, whole: bool, out: Array) -> int:
    """Go through all buckets; the number of pairs. They are written where `out` has room."""
    count, first, n = 0, 0, len(order)
    while first < n:
        last = bucket(keys, order, first)
        crowded = last - first > CROWD
        for i in range(first, last if not (crowded and whole) else first):
            end = last if not crowded or i < first + HUBS else min(i + 2, last)
            for j in range(i + 1, end):
                if fresh[order[i]] or fresh[order[j]]:
                    if len(out):
                        out[count] = order[i] * n + order[j]
                    count += 1
        first = last
    return count


@outer
def alike(groups: Array, signatures: Array, least: int, out: Array) -> None:
    """Union texts of a group whose signatures agree in `least` places: fills `out` [n, 2].

    Rows of a group stand together. Column 0: the first row of the set a row is in; column 1: in how
    many places its signature agrees with the row that joined it. A row meets the `CROWD` before it.
    """
    for i in range(len(groups)):
        out[i, 0], out[i, 1] = i, 0
        j = i - 1
        while j >= 0 and groups[j] == groups[i] and i - j <= CROWD:
            if root(out, j) != root(out, i):
                same = 0
                for k in range(signatures.shape[1]):
                    same += signatures[i, k] == signatures[j, k]
                if same >= least:
                    a, b = root(out, i), root(out, j)
                    out[max(a, b), 0] = min(a, b)
                    out[i, 1], out[j, 1] = max(out[i, 1], same), max(out[j, 1], same)
            j -= 1
    for i in range(len(groups)):
        out[i, 0] = root(out, i)


@njit
def root(out: Array, i: int) -> int:
    """The first row of the set."""
    while out[i, 0] != i:
        i = out[i, 0]
    return i
